"""The text of JSON files as DuckDB reads it: UTF-8, under a neutral name, with every number as it was written.

Here: the copy or link that DuckDB opens, and the numbers that DuckDB would write differently.
Not here: records (json_documents.py), lines (physical_lines.py).

DuckDB reads 2014.10 as 2014.1 and 5.10903e+17 as a whole number. What was delivered is a month and a damaged identifier, so
such a number is passed on in quotes. Other numbers come out as they are, but for these: -0 is 0, more than 17 significant
digits after a decimal point are rounded, 1E7 (as Java writes large amounts) is 10000000.0, and in an array within a value
1.10 is 1.1.
"""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from suining_data.catalog.model import Resource
from suining_data.ingestion.encodings import fitting_encodings, refuse_wide_encoding
from suining_data.ingestion.physical_lines import BLOCK_BYTES, LooksLikeUtf8, decoded_blocks
from suining_data.ingestion.reading import Refused, Target, neutral_link, yaml_of

# Colon, blanks, number. A quote after a letter or digit closes a string, so that what follows is no text within one.
_INEXACT = re.compile(
    rb':(?<=[0-9A-Za-z_\x80-\xff]":)([ \t\r\n]*+)(-?[0-9]++(?:\.[0-9]*+(?<=[0-9]0)|(?:\.[0-9]++)?[Ee]\+[0-9]++))'
    rb"(?=[ \t\r\n]*+[,}\]])"
)


def with_exact_numbers(text: bytes) -> bytes:
    """The text with quotes around each number that DuckDB would write differently."""
    parts = _INEXACT.split(text)  # text, blanks, number, text, ...; `sub` with groups calls Python for each number
    pieces = [b""] * (2 * len(parts) - 1)
    pieces[::2] = parts
    pieces[1::2] = [b":", b'"', b'"'] * (len(parts) // 3)
    return b"".join(pieces)


def readable(file: Path, resource: Resource, target: Target, number: int = 1) -> Path:
    """The path that DuckDB opens in place of `file`: a link in the scratch folder, or a copy where the text must change."""
    refuse_wide_encoding(file, resource)
    if resource.delivery.encoding.startswith("utf-8"):
        neutral = neutral_link(file, target, f"document_{number}.json")
    else:
        neutral = target.scratch / f"document_{number}.json"
        _decode(file, neutral, resource)
    return _with_exact_numbers(neutral, target.scratch / f"exact_{number}.json")


def _with_exact_numbers(file: Path, copy: Path) -> Path:
    if not file.stat().st_size:
        return file
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if not any(_INEXACT.search(window) for window in _windows(text)):
            return file
        with copy.open("wb") as out:
            out.writelines(with_exact_numbers(window) for window in _windows(text))
        return copy


def _windows(text: mmap.mmap) -> Iterator[bytes]:
    """The text in pieces that end with a comma, so that none cuts a number from its key or from the comma after it."""
    start = 0
    while start < len(text):
        end = text.find(b",", start + BLOCK_BYTES) + 1 or len(text)
        yield text[start:end]
        start = end


def _decode(file: Path, copy: Path, resource: Resource) -> None:
    encoding = resource.delivery.encoding
    place = f"{file.name} " if resource.delivery.pages else ""
    line = 1
    try:
        with copy.open("wb") as out:
            for text in decoded_blocks(file, encoding):
                line += text.count("\n")
                out.write(text.encode())
    except LooksLikeUtf8:
        raise Refused(
            f"{place}第 {line} 行之后: 登记为 {encoding}，而内容像是 UTF-8。请核对 {yaml_of(resource)} 的 delivery.encoding。",
            f"{place}after line {line}: declared as {encoding}, but the text looks like UTF-8. "
            f"Check delivery.encoding in {yaml_of(resource)}.",
        ) from None
    except UnicodeError:
        fits = "、".join(name for name in fitting_encodings(file) if name != encoding) or "?"
        raise Refused(
            f"{place}第 {line} 行之后: 含有不能按 {encoding} 解码的字节（内容像是 {fits}）。"
            f"请核对 {yaml_of(resource)} 的 delivery.encoding。",
            f"{place}after line {line}: bytes that are not {encoding} (looks like {fits}). "
            f"Check delivery.encoding in {yaml_of(resource)}.",
        ) from None

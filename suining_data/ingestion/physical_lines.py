"""Physical lines of a text file as UTF-8, each with its number; lines that cannot be decoded are marked, not lost.

Here: blocks of complete lines, strict decoding in the declared encoding, overlong lines, text of formats without lines.
Not here: what a line means (delimited.py, json_documents.py).

Splitting bytes at newlines is safe in every encoding of the catalogue: no GB18030 character contains 0x0A or 0x22.
"""

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 1 << 20  # bytes; longer lines are rejected as TOO_LONG
HEAD_BYTES = 10_000
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Broken:
    """Why a physical line cannot be read, and its text (undecodable bytes as \\xNN)."""

    rule: str
    reason: str
    raw_text: str


@dataclass(frozen=True)
class Lines:
    """Consecutive physical lines. `lines` are UTF-8 without line ends; a broken line is an empty text in them."""

    first: int
    lines: list[bytes]
    text: bytes  # the lines joined with LF, for checks over all of them at once
    broken: dict[int, Broken] = field(default_factory=dict)  # by position in `lines`


@dataclass(frozen=True)
class _Overlong:
    head: bytes


def physical_lines(file: Path, encoding: str) -> Iterator[Lines]:
    """All physical lines of `file` in order. Memory holds a few blocks, whatever the size of the file."""
    first = 1
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    with file.open("rb") as stream:
        if codec == "utf-8" and stream.read(len(BOM)) != BOM:
            stream.seek(0)
        for block in _blocks(stream):
            chunk = _too_long(first, block.head, codec) if isinstance(block, _Overlong) else _lines(first, block, codec)
            first += len(chunk.lines)
            yield chunk


def decoded_blocks(file: Path, encoding: str) -> Iterator[str]:
    """The text of `file` in pieces, without byte order mark; UnicodeError when it is not in `encoding`."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding.startswith("utf-8") else encoding)()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def ends_with_a_line_end(file: Path) -> bool:
    """False when the last line may be incomplete."""
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) in b"\r\n"


def fitting_encodings(file: Path) -> list[str]:
    """The encodings that can decode the start of `file`: a hint for messages, never used for reading."""
    with file.open("rb") as stream:
        head = stream.read(1 << 16)
    head = head[: head.rfind(b"\n") + 1] or head
    return [name for name in ("utf-8", "gb18030", "utf-16") if _decodes(head, name)]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return encoding != "utf-16" or data[:2] in (b"\xff\xfe", b"\xfe\xff")


def _blocks(stream: BinaryIO) -> Iterator[bytes | _Overlong]:
    rest = b""
    while data := stream.read(BLOCK_BYTES):
        rest += data
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LONGEST_LINE:
            yield _Overlong(rest[:HEAD_BYTES])
            rest = _after_line_end(stream)
    if rest:
        yield rest


def _after_line_end(stream: BinaryIO) -> bytes:
    """Skips to the next line end and returns the bytes that were read after it."""
    while data := stream.read(BLOCK_BYTES):
        end = data.find(b"\n")
        if end >= 0:
            return data[end + 1 :]
    return b""


def _lines(first: int, block: bytes, codec: str) -> Lines:
    text = block.removesuffix(b"\n")
    if b"\r" in text:
        # CRLF and LF files give the same rows, and a line break inside a value is always LF
        text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
    broken: dict[int, Broken] = {}
    try:
        decoded = text.decode(codec)
        if codec != "utf-8":
            text = decoded.encode()
    except UnicodeError:
        text, broken = _line_by_line(text, codec)
    lines = text.split(b"\n")
    if len(lines) > 1 or len(text) > LONGEST_LINE:
        _mark_overlong(lines, broken)
    return Lines(first, lines, text, broken)


def _line_by_line(text: bytes, codec: str) -> tuple[bytes, dict[int, Broken]]:
    lines: list[bytes] = []
    broken: dict[int, Broken] = {}
    for index, line in enumerate(text.split(b"\n")):
        try:
            lines.append(line.decode(codec).encode())
        except UnicodeError:
            lines.append(b"")
            broken[index] = Broken("ENCODING", f"含有不能按 {codec} 解码的字节", escaped(line, codec))
    return b"\n".join(lines), broken


def _mark_overlong(lines: list[bytes], broken: dict[int, Broken]) -> None:
    if max(map(len, lines)) <= LONGEST_LINE:
        return
    for index, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            broken[index] = _overlong(line[:HEAD_BYTES], "utf-8")
            lines[index] = b""


def _too_long(first: int, head: bytes, codec: str) -> Lines:
    return Lines(first, [b""], b"", {0: _overlong(head, codec)})


def _overlong(head: bytes, codec: str) -> Broken:
    return Broken("TOO_LONG", f"一行超过 {LONGEST_LINE} 字节", escaped(head, codec) + "…")


def escaped(line: bytes, codec: str = "utf-8") -> str:
    """The line as text; bytes that cannot be decoded become \\xNN."""
    return line.decode(codec, "backslashreplace").encode("utf-8", "backslashreplace").decode()

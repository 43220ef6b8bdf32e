"""Physical lines of a text file as UTF-8, each with its number; lines that cannot be decoded are marked, not lost.

Here: blocks of complete lines, strict decoding in the declared encoding, overlong lines, text of formats without lines.
Not here: what an encoding is (encodings.py), what a line means (delimited.py, json_documents.py).

Splitting bytes at newlines is safe in every encoding of the catalogue: no GB18030 character contains 0x0A or 0x22. Form
feeds, U+0085 and U+2028 do not end a line. A carriage return ends one only in a file without a single newline, as old
Macs wrote it. Where files were appended to one another, their byte order marks and the end-of-file marks of DOS (Ctrl-Z)
lie within the text; they are left out of their lines.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from suining_data.ingestion.encodings import BOM, codec_of, decoder, looks_like_utf_8, suspected_places, to_utf_8
from suining_data.ingestion.reading import Refused

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 1 << 20  # bytes; longer lines are rejected as TOO_LONG
GROUP = 200  # lines that are decoded at once in a block that has an undecodable line
HEAD_BYTES = 10_000
MOSTLY = 0.8  # of the lines that are not ASCII
END_OF_FILE = b"\x1a"  # Ctrl-Z
MARKED = re.compile(rb"^(?:\xef\xbb\xbf)+", re.MULTILINE)


class LooksLikeUtf8(UnicodeError):
    """The text can be decoded as declared, but only by chance."""


@dataclass(frozen=True)
class Broken:
    """Why a physical line cannot be read, and its text (undecodable bytes as \\xNN)."""

    rule: str
    reason: str
    raw_text: str
    is_utf_8: bool = False  # in a file that is declared as something else


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
    """All physical lines of `file` in order. Memory holds a few blocks, whatever the size of the file.

    Refused when the lines are not as many as the file has line ends.
    """
    first, in_utf_8, as_declared = 1, 0, 0
    with file.open("rb") as stream:
        blocks = _Blocks(stream, b"\r" if _has_old_line_ends(file) else b"\n")
        for block in blocks:
            chunk = (
                _too_long(first, block.head, encoding)
                if isinstance(block, _Overlong)
                else _lines(first, block, encoding)
            )
            first += len(chunk.lines)
            suspects = sum(why.is_utf_8 for why in chunk.broken.values())
            in_utf_8 += suspects
            as_declared += sum(not line.isascii() for line in chunk.lines) if suspects else _most_lines(chunk)
            yield chunk
    _refuse_if_utf_8(encoding, in_utf_8, as_declared)
    if blocks.lines != first - 1:
        raise Refused(
            f"全文件: 读到 {first - 1} 行，文件有 {blocks.lines} 行。请把文件交给平台维护人员。",
            f"whole file: {first - 1} lines were read, but the file has {blocks.lines}. Send it to the platform's maintainer.",
        )


def _most_lines(chunk: Lines) -> int:
    """All lines of a chunk with any text that is not ASCII: to count them one by one would cost too much."""
    return 0 if chunk.text.isascii() else len(chunk.lines)


def _refuse_if_utf_8(encoding: str, in_utf_8: int, as_declared: int) -> None:
    if in_utf_8 > MOSTLY * (in_utf_8 + as_declared):
        raise Refused(
            f"全文件: 登记为 {encoding}，而内容像是 UTF-8（{in_utf_8} 行）。"
            "请核对目录中这项资源的 delivery.encoding，或请交付方重新导出。",
            f"whole file: declared as {encoding}, but the text looks like UTF-8 ({in_utf_8} lines). "
            "Check delivery.encoding of the resource in the catalogue, or ask the department for a new export.",
        )


def decoded_blocks(file: Path, encoding: str) -> Iterator[str]:
    """The text of `file` in pieces, without byte order mark; UnicodeError when it is not in `encoding`."""
    pieces = decoder(encoding)
    is_gb = codec_of(encoding) == "gb18030"
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            if is_gb and _utf_8_lines(block, encoding, HEAD_BYTES):
                raise LooksLikeUtf8
            yield pieces.decode(block)
    yield pieces.decode(b"", final=True)


def _utf_8_lines(block: bytes, encoding: str, around: int = BLOCK_BYTES) -> set[bytes]:
    """Lines of a block in GBK that look like UTF-8; of a longer line the part `around` the place."""
    found, end = set(), 0
    for place in suspected_places(block):
        if place >= end:
            start = max(block.rfind(b"\n", 0, place) + 1, place - around)
            end = block.find(b"\n", place)
            end = min(len(block) if end < 0 else end, place + around)
            if looks_like_utf_8(block[start:end], encoding):
                found.add(block[start:end])
    return found


def ends_with_a_line_end(file: Path) -> bool:
    """False when the last line may be incomplete."""
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) in b"\r\n"


def _has_old_line_ends(file: Path) -> bool:
    """True when the file has carriage returns and not a single newline."""
    has_return = False
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            if b"\n" in block:
                return False
            has_return = has_return or b"\r" in block
    return has_return


class _Blocks:
    """The bytes of a file in blocks of complete lines that end with LF; counts the lines by their ends."""

    def __init__(self, stream: BinaryIO, line_end: bytes) -> None:
        self._stream = stream
        self._line_end = line_end
        self._line_ends = 0
        self._is_open = False  # the last line has no line end

    @property
    def lines(self) -> int:
        return self._line_ends + self._is_open

    def __iter__(self) -> Iterator[bytes | _Overlong]:
        rest = b""
        while data := self._read():
            rest += data
            end = rest.rfind(b"\n") + 1
            if end:
                yield rest[:end]
                rest = rest[end:]
            elif len(rest) > LONGEST_LINE:
                yield _Overlong(rest[:HEAD_BYTES])
                rest = self._after_line_end()
        if rest:
            yield rest

    def _read(self) -> bytes:
        data = self._stream.read(BLOCK_BYTES)
        self._line_ends += int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == self._line_end[0]))
        self._is_open = not data.endswith(self._line_end) if data else self._is_open
        return data if self._line_end == b"\n" else data.replace(self._line_end, b"\n")

    def _after_line_end(self) -> bytes:
        """Skips to the next line end and returns the bytes that were read after it."""
        while data := self._read():
            end = data.find(b"\n")
            if end >= 0:
                return data[end + 1 :]
        return b""


def _lines(first: int, block: bytes, encoding: str) -> Lines:
    text = block.removesuffix(b"\n")
    if b"\r" in text:
        # CRLF and LF files give the same rows, and a line break inside a value is always LF
        text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
    broken: dict[int, Broken] = {}
    try:
        text = _as_utf_8(text, encoding)
    except UnicodeError:
        text, broken = _line_by_line(text, encoding)
    if BOM[:1] in text and BOM in text:  # the first search is much faster
        text = MARKED.sub(b"", text)
    lines = text.split(b"\n")
    if END_OF_FILE in text:
        _mark_ends_of_files(lines, broken)
        text = b"\n".join(lines)
    if len(lines) > 1 or len(text) > LONGEST_LINE:
        _mark_overlong(lines, broken)
    return Lines(first, lines, text, broken)


def _as_utf_8(text: bytes, encoding: str) -> bytes:
    """UnicodeError when a part of the text is not in `encoding`, or only by chance."""
    if codec_of(encoding) == "utf-8":
        text.decode()
        return text
    found = to_utf_8(text, encoding)
    if _utf_8_lines(text, encoding):
        raise LooksLikeUtf8
    return found


def _line_by_line(text: bytes, encoding: str) -> tuple[bytes, dict[int, Broken]]:
    lines: list[bytes] = []
    broken: dict[int, Broken] = {}
    in_utf_8 = _utf_8_lines(text, encoding) if codec_of(encoding) == "gb18030" else set()
    received = text.split(b"\n")
    for first in range(0, len(received), GROUP):
        group = received[first : first + GROUP]
        try:
            if not in_utf_8.isdisjoint(group):
                raise LooksLikeUtf8
            lines.append(to_utf_8(b"\n".join(group), encoding))
        except UnicodeError:
            lines += _each_line(group, first, encoding, in_utf_8, broken)
    return b"\n".join(lines), broken


def _each_line(
    lines: list[bytes], first: int, encoding: str, in_utf_8: set[bytes], broken: dict[int, Broken]
) -> Iterator[bytes]:
    """The lines in UTF-8, one by one; those that cannot be decoded are added to `broken`, and are empty."""
    for index, line in enumerate(lines, start=first):
        try:
            if line in in_utf_8:
                raise LooksLikeUtf8
            yield to_utf_8(line, encoding)
        except UnicodeError:
            yield b""
            broken[index] = _undecodable(line, encoding)


def _undecodable(line: bytes, encoding: str) -> Broken:
    if looks_like_utf_8(line, encoding):
        reason = f"登记为 {encoding}，而内容像是 UTF-8"
        return Broken("ENCODING", reason, line.decode("utf-8", "backslashreplace"), is_utf_8=True)
    return Broken("ENCODING", f"含有不能按 {codec_of(encoding)} 解码的字节", escaped(line, encoding))


def _mark_ends_of_files(lines: list[bytes], broken: dict[int, Broken]) -> None:
    for index, line in enumerate(lines):
        if END_OF_FILE in line:
            lines[index] = line.strip(END_OF_FILE)
            if not lines[index]:
                broken[index] = Broken("END_OF_FILE_MARK", "只有文件结束符（Ctrl-Z）", "\\x1a")


def _mark_overlong(lines: list[bytes], broken: dict[int, Broken]) -> None:
    if max(map(len, lines)) <= LONGEST_LINE:
        return
    for index, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            broken[index] = _overlong(line[:HEAD_BYTES], "utf-8")
            lines[index] = b""


def _too_long(first: int, head: bytes, encoding: str) -> Lines:
    return Lines(first, [b""], b"", {0: _overlong(head, encoding)})


def _overlong(head: bytes, encoding: str) -> Broken:
    return Broken("TOO_LONG", f"一行超过 {LONGEST_LINE} 字节", escaped(head, encoding) + "…")


def escaped(line: bytes, encoding: str = "utf-8") -> str:
    """The line as text; bytes that cannot be decoded become \\xNN."""
    return line.decode(codec_of(encoding), "backslashreplace").encode("utf-8", "backslashreplace").decode()

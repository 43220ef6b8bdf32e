"""Bytes to text in the encodings of the catalogue, and what bytes look like when the catalogue is wrong about them.

Here: the decoding of GBK and GB18030 as Windows and browsers do it, UTF-8 inside GBK, UTF-16 and UTF-32, hints for messages.
Not here: lines (physical_lines.py), what a text means.

`gbk` and `gb18030` are one encoding here, that of https://encoding.spec.whatwg.org: GB18030, in which the byte 80 is the
euro sign of Windows' code page 936. Python maps some two-byte characters to the private use area, as GB18030 did before
2005; they become the characters that they are.

Chinese text in UTF-8 is often valid GBK by chance (浙江 in UTF-8 is 娴欐睙 in GBK), so that a successful decoding proves
little. The reverse proves much: text in GBK is hardly ever valid UTF-8, and then hardly ever common Han characters.
"""

import codecs
import re
from pathlib import Path

import numpy as np

from suining_data.catalog.model import Resource
from suining_data.ingestion.reading import Refused, yaml_of

BOM = b"\xef\xbb\xbf"
HEAD_BYTES = 1 << 16
FEW_ZEROS = 4  # zero bytes; so many are damage, not another encoding
LEAST_ZEROS = 0.05  # of all bytes: one for each delimiter, digit and Latin letter of a UTF-16 text
MOST_ZEROS = 0.9  # of the zero bytes of a UTF-16 text are in the same half of each character

_GB = ("gbk", "gb18030")
_NO_LONGER_PRIVATE = {
    0xE7C7: 0x1E3F,
    **dict(zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19),
               strict=True)),
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_PRIVATE = re.compile(f"[{''.join(map(chr, _NO_LONGER_PRIVATE))}]")

_ASCII, _CONTINUATION, _HAN_LEAD, _OTHER = range(4)  # what a byte is in UTF-8
_CLASSES = bytes(
    _ASCII if b < 0x80 else _CONTINUATION if b < 0xC0 else _HAN_LEAD if 0xE2 <= b <= 0xE9 or b == 0xEF else _OTHER
    for b in range(256)
)
_RUN = re.compile(rb"[\x80-\xff]+")
_HAN_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}")
_CHINESE = re.compile("[\u2010-\u203f\u2100-\u24ff\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]+")  # with its punctuation


def codec_of(encoding: str) -> str:
    """Python's codec for an encoding of the catalogue."""
    return "gb18030" if encoding in _GB else "utf-8" if encoding == "utf-8-sig" else encoding


def decode(data: bytes, encoding: str) -> str:
    """The bytes as text; UnicodeDecodeError when they are not in `encoding`."""
    return _as_characters(data.decode(codec_of(encoding), _errors(encoding)), encoding)


def to_utf_8(data: bytes, encoding: str) -> bytes:
    """The bytes in UTF-8; UnicodeDecodeError when they are not in `encoding`."""
    text = data.decode(codec_of(encoding), _errors(encoding))
    found = text.encode()
    return _as_characters(text, encoding).encode() if b"\xee" in found else found  # U+E000 and more; a fast search


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Decodes a text in pieces, without its byte order mark."""
    codec = "utf-8-sig" if encoding.startswith("utf-8") else codec_of(encoding)
    inner = codecs.getincrementaldecoder(codec)(_errors(encoding))
    return inner if encoding not in _GB else _GbDecoder(inner, encoding)


class _GbDecoder(codecs.IncrementalDecoder):
    def __init__(self, inner: codecs.IncrementalDecoder, encoding: str) -> None:
        super().__init__()
        self._inner = inner
        self._encoding = encoding

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        return _as_characters(self._inner.decode(data, final), self._encoding)


def _errors(encoding: str) -> str:
    return "suining_euro" if encoding in _GB else "strict"


def _euro(error: UnicodeError) -> tuple[str, int]:
    """An error handler: the lone byte 80 is the euro sign of code page 936, all else stays an error."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


codecs.register_error("suining_euro", _euro)


def _as_characters(text: str, encoding: str) -> str:
    if encoding in _GB and not text.isascii() and _PRIVATE.search(text):
        return text.translate(_NO_LONGER_PRIVATE)
    return text


def looks_like_utf_8(data: bytes, codec: str) -> bool:
    """True when a line (or a record, a value) declared as GBK or GB18030 is, all of it or a part, Chinese text in UTF-8.

    A part is two or more Han characters between ASCII characters, all of them common.
    """
    if codec not in _GB or data.isascii():
        return False
    if data.startswith(BOM):
        return True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return any(_is_common(run.decode()) for run in _RUN.findall(data) if _HAN_RUN.fullmatch(run))
    chinese = "".join(_CHINESE.findall(text))
    unusual = len(text) - len(text.encode("ascii", "ignore")) - len(chinese)
    common = _common(chinese)
    if len(chinese) == 1:  # three bytes and a letter, such as 王A, are two rare characters in GBK
        return common == 1 and not unusual and not _common(data.decode(codec_of(codec), "replace"))
    return len(chinese) > unusual and 2 * common >= len(chinese)


def _common(text: str) -> int:
    """How many characters are in GB 2312, which has 6763 Han characters, and not in ASCII."""
    return (len(text.encode("gb2312", "ignore")) - len(text.encode("ascii", "ignore"))) // 2


def _is_common(text: str) -> bool:
    return _common(text) == len(text)


def suspected_places(data: bytes) -> list[int]:
    """Places in GBK text at which UTF-8 may begin, so that only few lines are worth a closer look.

    Three bytes as of a Han character in UTF-8 after an ASCII character: sound text has five of them in 4 MB.
    """
    classes = np.frombuffer(b"\0" + data.translate(_CLASSES) + b"\0\0", dtype=np.uint8)
    leads = np.flatnonzero(classes == _HAN_LEAD)
    is_start = (classes[leads - 1] == _ASCII) & (classes[leads + 1] == _CONTINUATION)
    places: list[int] = (leads[is_start & (classes[leads + 2] == _CONTINUATION)] - 1).tolist()
    return places


def fitting_encodings(file: Path) -> list[str]:
    """The encodings that the start of `file` can be in: a hint for messages, never used for reading."""
    head = head_of(file)
    wide = wide_encoding(head)
    if wide:
        return [wide]
    head = head[: head.rfind(b"\n") + 1] or head
    return [name for name in ("utf-8", "gb18030") if _decodes(head, name)]


def head_of(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        decode(data, encoding)
    except UnicodeError:
        return False
    return not looks_like_utf_8(data, encoding)


def wide_encoding(head: bytes) -> str | None:
    """utf-32 or utf-16 when the start of a file is in it, with or without byte order mark."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if not head or not _has_many_zeros(head):
        return None
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = _decoded_head(head, name)
        if "\0" not in text and not {"\n", "\r", "<", "{", "["}.isdisjoint(text):
            return name[:6]
    return None


def refuse_wide_encoding(file: Path, resource: Resource) -> None:
    """For text formats: a file in UTF-16 or UTF-32 is refused before its bytes are taken for lines."""
    if found := wide_encoding(head_of(file)):
        name, encoding = found.upper(), resource.delivery.encoding
        raise Refused(
            f"全文件: 不是 {encoding}，内容像是 {name}（例如 Excel 的“Unicode 文本”）。请交付方另存为 {encoding} 后重新交付。",
            f'whole file: not {encoding}; it looks like {name} (such as "Unicode text" of Excel). Ask the department to save '
            f"it as {encoding} and to deliver it again, or check delivery.encoding in {yaml_of(resource)}.",
        )


def _has_many_zeros(head: bytes) -> bool:
    halves = (head[::2].count(0), head[1::2].count(0))
    total = sum(halves)
    is_utf_32 = total > len(head) / 2
    return total > max(FEW_ZEROS, LEAST_ZEROS * len(head)) and (is_utf_32 or max(halves) >= MOST_ZEROS * total)


def _decoded_head(head: bytes, codec: str) -> str:
    """Empty when the head is not in `codec`; its last character may be cut."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(head)
    except UnicodeDecodeError:
        return ""

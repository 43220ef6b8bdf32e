"""The parts of an XLSX: which part is the workbook, which are its sheets, how many bytes may be unpacked.

Here: part names, relationships, the number formats of the styles, a stream of a part's XML within the limits.
Not here: the cells of a sheet (workbook_xml.py).

A program may name the parts as it likes: the relationships lead from one to the next. Names are compared without case,
and with slashes for backslashes. Both namespaces are read, the usual one and that of "Strict Open XML".
"""

import posixpath
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from suining_data.ingestion.archive import DAMAGE, most_unpacked
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook_cells import DamagedParts
from suining_data.ingestion.workbook_formats import BUILT_IN, NumberFormat, number_format
from suining_data.settings import Limits

BLOCK_BYTES = 1 << 20
ZIP = b"PK\x03\x04"
NAMES = " "  # between the namespace and the name of an element
# RuntimeError: an encrypted part; LookupError: a part, a style or a shared text that is not there
UNREADABLE = (
    *DAMAGE, OSError, RuntimeError, LookupError, ValueError, StopIteration, struct.error, expat.ExpatError,
)  # fmt: skip
TRUE = ("1", "true", "on")

Attributes = dict[str, str]


@dataclass(frozen=True)
class SheetPart:
    """A sheet as the workbook names it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Outline:
    """What the workbook says about itself. `formats`: the number format of each cell style, None for General."""

    sheets: tuple[SheetPart, ...]
    from_1904: bool
    recalculates: bool  # the program that wrote it left the results of formulas to the one that opens it
    formats: tuple[NumberFormat | None, ...]
    texts: str | None  # the part with the shared texts


class Package:
    """The parts of an open XLSX. What is unpacked of all of them is limited."""

    def __init__(self, archive: ZipFile, size: int, limits: Limits) -> None:
        self.archive, self.limits = archive, limits
        self.left = most_unpacked(size, limits)
        self.parts: dict[str, ZipInfo] = {}
        for part in archive.infolist():
            if self.parts.setdefault(_folded(part.filename), part) is not part:
                raise DamagedParts  # two parts of one name: programs disagree about which one counts

    def blocks(self, part: str) -> Iterator[bytes]:
        with self.archive.open(self.parts[_folded(part)]) as stream:
            while block := stream.read(BLOCK_BYTES):
                self.left -= len(block)
                if self.left < 0:
                    raise _bomb(self.limits)
                yield block

    def elements(self, part: str) -> Iterator[tuple[str, Attributes]]:
        """Name without namespace and attributes of every element, in the order of the part."""
        found: list[tuple[str, Attributes]] = []
        parser = xml_parser()
        parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(NAMES)[2], attributes))
        for block in self.blocks(part):
            parser.Parse(block, False)
            yield from found
            found.clear()
        parser.Parse(b"", True)
        yield from found

    def targets(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Id, kind and target of the relationships of a part ("" is the package)."""
        folder, name = posixpath.split(part)
        relationships = posixpath.join(folder, "_rels", f"{name}.rels")
        for element, attributes in self.elements(relationships):
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes["Target"].replace("\\", "/")
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                yield attributes["Id"], attributes["Type"].rpartition("/")[2], self._existing(path)

    def _existing(self, path: str) -> str:
        return path if _folded(path) in self.parts else unquote(path)

    def outline(self) -> Outline:
        book = next((target for _, kind, target in self.targets("") if kind == "officeDocument"), None)
        if book is None:
            raise DamagedParts
        targets = {identity: (kind, target) for identity, kind, target in self.targets(book)}
        by_kind = dict(reversed(targets.values()))
        sheets: list[SheetPart] = []
        from_1904 = recalculates = False
        for element, attributes in self.elements(book):
            if element == "workbookPr":
                from_1904 = attributes.get("date1904", "") in TRUE
            elif element == "calcPr":
                recalculates = attributes.get("fullCalcOnLoad", "") in TRUE
            elif element == "sheet":
                identity = next(value for key, value in attributes.items() if key.endswith(f"{NAMES}id"))
                kind, target = targets[identity]
                if kind == "worksheet":
                    is_hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(SheetPart(attributes.get("name", ""), target, is_hidden))
        if len({_folded(sheet.part) for sheet in sheets}) < len(sheets):
            raise DamagedParts
        # a workbook without shared texts may still name their part
        styles, texts = (
            target if target is not None and _folded(target) in self.parts else None
            for target in (by_kind.get("styles"), by_kind.get("sharedStrings"))
        )
        formats = tuple(self._formats(styles)) if styles else ()
        return Outline(tuple(sheets), from_1904, recalculates, formats, texts)

    def _formats(self, part: str) -> Iterator[NumberFormat | None]:
        codes: dict[str, str] = {}
        is_cell_style = False
        for element, attributes in self.elements(part):
            if element == "numFmt":
                codes.setdefault(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
            elif element == "xf":
                if is_cell_style:
                    yield _format(attributes.get("numFmtId", "0"), codes)
            elif element not in ("alignment", "protection", "extLst", "ext"):
                is_cell_style = element == "cellXfs"


def open_package(file: Path, limits: Limits) -> tuple[ZipFile, Package]:
    """Close the first when the second is no longer used."""
    archive = ZipFile(file)
    try:
        return archive, Package(archive, file.stat().st_size, limits)
    except BaseException:
        archive.close()
        raise


def is_zip(file: Path) -> bool:
    """True for an XLSX; False for an XLS, an encrypted workbook or a web page."""
    with file.open("rb") as stream:
        return stream.read(len(ZIP)) == ZIP


def xml_parser() -> expat.XMLParserType:
    """A parser that gives names with their namespaces, and refuses a DOCTYPE."""
    parser = expat.ParserCreate(namespace_separator=NAMES)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = partial(_refuse_doctype)
    return parser


def _refuse_doctype(*_: object) -> None:
    raise DamagedParts


def _format(number: str, codes: dict[str, str]) -> NumberFormat | None:
    code = codes.get(number, BUILT_IN.get(int(number), ""))
    found = number_format(code)
    return None if found.decimals == 0 else found


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _bomb(limits: Limits) -> Refused:
    return Refused(
        f"全文件: 工作簿解压后超过其大小的 {limits.unpacked_ratio} 倍或 {limits.unpacked_gb:g} GB，可能是压缩炸弹"
        "（上限 SUINING_LIMIT_UNPACKED_RATIO、SUINING_LIMIT_UNPACKED_GB）。请交付方重新导出。",
        f"whole file: the workbook unpacks to more than {limits.unpacked_ratio} times its size or {limits.unpacked_gb:g} "
        "GB; it may be a zip bomb (limits SUINING_LIMIT_UNPACKED_RATIO, SUINING_LIMIT_UNPACKED_GB). Ask the department "
        "for a new export.",
    )

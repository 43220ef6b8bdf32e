"""An XLSX: its sheets and their shared texts.

Here: opening the file, shared texts.
Not here: part names and styles (workbook_parts.py), the cells of a sheet (workbook_sheet.py).

A library would be shorter, but none shows what a person sees: calamine gives neither number formats nor unknown errors
(#SPILL! makes it give up the file), and allocates what one cell in a far corner asks for; openpyxl takes seven times as
long.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from suining_data.ingestion.workbook_cells import Budget, Cells, DamagedParts, Sheet
from suining_data.ingestion.workbook_parts import (
    NAMES,
    UNREADABLE,
    Attributes,
    Outline,
    Package,
    SheetPart,
    open_package,
    xml_parser,
)
from suining_data.ingestion.workbook_sheet import SheetReader
from suining_data.ingestion.workbook_values import Values, unescaped
from suining_data.settings import Limits


def open_xlsx(file: Path, limits: Limits) -> list[Sheet]:
    """The sheets in the order of the workbook. Refused when a limit is exceeded, DamagedParts when it cannot be read."""
    try:
        archive, package = open_package(file, limits)
        with archive:
            outline = package.outline()
            budget = Budget(limits)
            texts = list(_texts(package, outline.texts, Budget(limits))) if outline.texts else []
    except UNREADABLE:
        raise DamagedParts from None

    def reader(part: SheetPart) -> Callable[[], Cells]:
        return lambda: _read(file, limits, part, outline, texts, budget)

    return [Sheet(part.name, part.is_hidden, reader(part)) for part in outline.sheets]


def _read(file: Path, limits: Limits, part: SheetPart, outline: Outline, texts: list[str], budget: Budget) -> Cells:
    try:
        archive, package = open_package(file, limits)
        with archive:
            return SheetReader(Cells(part.name, budget), Values(outline, texts)).read(package.blocks(part.part))
    except UNREADABLE:
        raise DamagedParts from None


def _texts(package: Package, part: str, budget: Budget) -> Iterator[str]:
    """The shared texts: the runs of a text are joined, the phonetic ones left out. `budget` counts each text once."""
    found: list[str] = []
    pieces: list[str] = []
    is_text = is_phonetic = False

    def start(tag: str, _: Attributes) -> None:
        nonlocal is_text, is_phonetic
        name = tag.rpartition(NAMES)[2]
        if name == "t":
            is_text = not is_phonetic
        elif name == "si":
            pieces.clear()
        elif name == "rPh":
            is_phonetic = True

    def end(tag: str) -> None:
        nonlocal is_text, is_phonetic
        name = tag.rpartition(NAMES)[2]
        if name == "t":
            is_text = False
        elif name == "si":
            found.append(unescaped("".join(pieces)))
        elif name == "rPh":
            is_phonetic = False

    def characters(text: str) -> None:
        if is_text:
            pieces.append(text)
            budget.spend("sharedStrings", 0, len(text))

    parser = xml_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    for block in package.blocks(part):
        parser.Parse(block, False)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found

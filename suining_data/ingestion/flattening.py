"""An XML record as path -> text.

Here: the paths of one record, mixed content, the limits of a record. Not here: finding records (markup.py).

The values of a path that occurs several times in a record are joined with ";". In an element with text beside its child
elements (mixed content, such as `王<b>小</b>明`) the children are markup: the value is all text in order, and an empty child
(such as `<br/>`) is a line break. The same holds where an element that is declared as a value has child elements only; then
each child is a line. A child that is declared, or holds a declared one, is no markup: its text stays its own. Text beside the
elements of the record itself becomes the path "text()".
"""

from dataclasses import dataclass, field

from suining_data.settings import Limits

MOST_LEVELS = 100  # of elements within a record

Record = dict[str, str]


class UnreadableRecord(Exception):
    """Why a record cannot be read and what to do; the caller puts the line before it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass
class _Element:
    path: str  # below the record; "" is the record itself
    is_declared: bool  # or holds a declared one
    pieces: list[str] = field(default_factory=list)  # text, with that of its markup
    values: list[tuple[str, str]] = field(default_factory=list)  # path, text; of what is in it
    lines: list[str] = field(default_factory=list)  # the text of each child that is markup
    has_text: bool = False  # of its own
    has_child: bool = False


class Flattener:
    """Takes the elements of one record after another."""

    def __init__(self, tag: str, declared: list[str], limits: Limits) -> None:
        self._tag = tag
        self._limit = limits.document_mb << 20
        self._limit_mb = limits.document_mb
        steps = [source.split("/") for source in declared]
        self._values = set(declared)
        self._declared = {"/".join(path[:end]) for path in steps for end in range(1, len(path) + 1)}
        self._has_declared_tag = any(tag in path for path in steps)
        self._open: list[_Element] = []
        self._size = 0

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def is_nested_record(self, local: str) -> bool:
        """True for an element that has just started in a record and is named like one, unless the catalogue knows it."""
        return local == self._tag and not self._has_declared_tag

    def start(self, local: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self._size = 0
            element = _Element("", is_declared=True)
        else:
            parent = self._open[-1]
            parent.has_child = True
            path = f"{parent.path}/{local}" if parent.path else local
            element = _Element(path, path in self._declared)
        self._open.append(element)
        if len(self._open) > MOST_LEVELS:
            raise UnreadableRecord(
                f"一条记录的元素嵌套超过 {MOST_LEVELS} 层。请交付方重新导出。",
                f"the elements of a record are nested more than {MOST_LEVELS} deep. Ask the department for a new export.",
            )
        prefix = f"{element.path}/@" if element.path else "@"
        for key, value in attributes.items():
            if not key.startswith("xmlns"):
                element.values.append((prefix + key.rpartition(":")[2], value))
            self._size += len(key) + len(value)
        self._grow(len(element.path) + 64)

    def text(self, data: str) -> None:
        element = self._open[-1]
        element.pieces.append(data)
        element.has_text = element.has_text or not data.isspace()
        self._grow(len(data))

    def end(self) -> Record | None:
        """The record when its last element has ended."""
        element = self._open.pop()
        self._close(element)
        if not self._open:
            return _joined(element.values)
        parent = self._open[-1]
        parent.values += element.values
        if parent.path and not element.is_declared:
            parent.pieces += element.pieces or ["\n"]
            if parent.path in self._values:
                parent.lines.append("".join(element.pieces).strip())
        return None

    def _close(self, element: _Element) -> None:
        """Adds the value of the element itself. Markup is in that value, so only the attributes of markup stay."""
        if not element.path:
            if element.has_text:
                element.values.append(("text()", "".join(element.pieces).strip()))
            return
        text = "".join(element.pieces)
        if element.has_child:
            if not element.has_text and element.path not in self._values:
                return
            element.values = [(path, value) for path, value in element.values if path in self._declared or "@" in path]
            text = text if element.has_text else "\n".join(element.lines)
        if text or not element.has_child:
            element.values.append((element.path, text.strip()))

    def _grow(self, characters: int) -> None:
        self._size += characters
        if self._size > self._limit:
            self.refuse_if_too_large(self._size)

    def refuse_if_too_large(self, size: int) -> None:
        if size > self._limit:
            raise UnreadableRecord(
                f"一条记录或一个标签超过 {self._limit_mb} MB（SUINING_LIMIT_DOCUMENT_MB）。请交付方核对后重新导出。",
                f"a record or a tag is larger than {self._limit_mb} MB (SUINING_LIMIT_DOCUMENT_MB). "
                "Ask the department to check the export.",
            )


def _joined(values: list[tuple[str, str]]) -> Record:
    found: dict[str, list[str]] = {}
    for path, text in values:
        found.setdefault(path, []).append(text)
    return {path: ";".join(texts) for path, texts in found.items()}

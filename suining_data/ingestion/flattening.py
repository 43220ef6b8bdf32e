"""An XML record as path -> text.

Here: the paths of one record, mixed content, the limits of a record. Not here: finding records (markup.py).

The values of a path that occurs several times in a record are joined with ";". In an element with text beside its child
elements (mixed content, such as `王<b>小</b>明`) the children are markup: the value is all text in order, and an empty child
(such as `<br/>`) is a line break. The same holds where an element that is declared as a value has child elements only; then
each child is a line. A child that is declared, or holds a declared one, is no markup: its text stays its own. Text beside the
elements of the record itself becomes the path "text()".
"""

from collections.abc import Callable

from suining_data.settings import Limits

MOST_LEVELS = 100  # of elements within a record
LEAST_SIZE = 64  # that an element counts with, however short it is

Record = dict[str, str]


class UnreadableRecord(Exception):
    """Why a record cannot be read and what to do; the caller puts the line before it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class _Element:
    __slots__ = ("has_child", "has_text", "is_declared", "lines", "path", "pieces", "values")

    def __init__(self, path: str, is_declared: bool) -> None:
        self.path = path  # below the record; "" is the record itself
        self.is_declared = is_declared  # or holds a declared one
        self.pieces: list[str] = []  # text, with that of its markup
        self.lines: list[str] = []  # the text of each child that is markup
        self.values: list[tuple[str, str]] = []  # path, text; of what is in it
        self.has_text = False  # of its own
        self.has_child = False


class Flattener:
    """Handlers of the parser within a record. `on_end` gets the record, `on_nested` hears of a record in the record."""

    def __init__(
        self,
        tag: str,
        declared: list[str],
        limits: Limits,
        on_end: Callable[[Record], None],
        on_nested: Callable[[], None],
    ) -> None:
        self._limit = limits.document_mb << 20
        self._limit_mb = limits.document_mb
        self._on_end = on_end
        self._on_nested = on_nested
        steps = [source.split("/") for source in declared]
        self._values = set(declared)
        self._declared = {"/".join(path[:end]) for path in steps for end in range(1, len(path) + 1)}
        self._nested_tag = None if any(tag in path for path in steps) else tag  # the catalogue may know an inner one
        self._element = _Element("", is_declared=True)
        self._open: list[_Element] = []  # above it
        self._size = 0

    def open(self, attributes: dict[str, str]) -> None:
        """Starts a record."""
        self._size = 0
        self._element = _Element("", is_declared=True)
        if attributes:
            self._add_attributes(attributes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        parent = self._element
        parent.has_child = True
        path = f"{parent.path}/{local}" if parent.path else local
        self._open.append(parent)
        if len(self._open) >= MOST_LEVELS:
            raise UnreadableRecord(
                f"一条记录的元素嵌套超过 {MOST_LEVELS} 层。请交付方重新导出。",
                f"the elements of a record are nested more than {MOST_LEVELS} deep. Ask the department for a new export.",
            )
        self._element = _Element(path, path in self._declared)
        self._size += len(path) + LEAST_SIZE
        if attributes:
            self._add_attributes(attributes)
        if self._size > self._limit:
            self.refuse_if_too_large(self._size)
        if local == self._nested_tag:
            self._on_nested()

    def text(self, data: str) -> None:
        element = self._element
        element.pieces.append(data)
        if not element.has_text and not data.isspace():
            element.has_text = True
        self._size += len(data)
        if self._size > self._limit:
            self.refuse_if_too_large(self._size)

    def end(self, _name: str) -> None:
        element = self._element
        self._close(element)
        if not self._open:
            self._on_end(_joined(element.values))
            return
        self._element = parent = self._open.pop()
        parent.values += element.values
        if not element.is_declared and parent.path:
            parent.pieces += element.pieces or ["\n"]
            if parent.path in self._values:
                parent.lines.append("".join(element.pieces).strip())

    def _add_attributes(self, attributes: dict[str, str]) -> None:
        element = self._element
        prefix = f"{element.path}/@" if element.path else "@"
        for key, value in attributes.items():
            if not key.startswith("xmlns"):
                element.values.append((prefix + key.rpartition(":")[2], value))
            self._size += len(key) + len(value)

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

    def refuse_if_too_large(self, size: int) -> None:
        if size > self._limit:
            raise UnreadableRecord(
                f"一条记录或一个标签超过 {self._limit_mb} MB（SUINING_LIMIT_DOCUMENT_MB）。请交付方核对后重新导出。",
                f"a record or a tag is larger than {self._limit_mb} MB (SUINING_LIMIT_DOCUMENT_MB). "
                "Ask the department to check the export.",
            )


def _joined(values: list[tuple[str, str]]) -> Record:
    record = dict(values)
    if len(record) < len(values):
        found: dict[str, list[str]] = {}
        for path, text in values:
            found.setdefault(path, []).append(text)
        record = {path: ";".join(texts) for path, texts in found.items()}
    return record

"""Which label stands above which: by numbering, by blanks before it, by 其中.

Here: the path of a label. Not here: the parts of a label (labels.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from suining_data.ingestion.statistical_tables.labels import Label

AFTER_PART = 4  # blanks by which a label under 其中：X stands further right when it is beside X


@dataclass
class Parents:
    """The labels that the next row may stand under, the outermost first."""

    open: list[Label] = field(default_factory=list)

    def place(self, label: Label, *, has_figures: bool) -> tuple[str, ...]:
        """The names from the outermost label to this one. A label that is only a measure belongs to the one before."""
        if not label.name:
            return tuple(each.name for each in self.open if each.name)
        if label.rank:
            self._close(lambda each: not each.rank or each.rank >= label.rank)
        elif label.is_part:
            self._close(lambda each: each.is_part and each.indent >= label.indent)
        elif self.open and self.open[-1].is_part and label.indent >= self.open[-1].indent + AFTER_PART:
            label = Label(label.name, self.open[-1].indent, is_part=True)
            self.open.pop()
        else:
            self._close(lambda each: not each.rank and each.indent >= label.indent)
        self.open.append(label)
        return tuple(each.name for each in self.open)

    def _close(self, is_over: Callable[[Label], bool]) -> None:
        while self.open and is_over(self.open[-1]):
            self.open.pop()

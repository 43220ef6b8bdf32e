"""The sections as tables for people.

Here: printing. Not here: the figures, or the file that keeps them (__main__.py).
"""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from suining_data_tests.benchmarks.accuracy.figures import Figure, Figures


def print_columns(console: Console, title: str, columns: Mapping[str, Figures]) -> None:
    """A line per figure, a column per subject; shares with six digits, for what is wrong may be one in a million."""
    table = _table(title, "", *columns)
    for name in next(iter(columns.values())):
        table.add_row(name, *(_text(figures[name], digits=6) for figures in columns.values()))
    console.print(table)


def print_rows(console: Console, title: str, rows: Sequence[Figures]) -> None:
    """A line per row, a column per figure."""
    table = _table(title, *rows[0])
    for row in rows:
        table.add_row(*(_text(value, digits=4) for value in row.values()))
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    """Narrow: seven columns fit on a screen of 80 characters."""
    return Table(
        *columns,
        title=f"\n{title}",
        title_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )


def _text(value: Figure, digits: int) -> str:
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else value or ""

"""The sections as tables for people.

Here: printing. Not here: the figures, or the file that keeps them (__main__.py).
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from suining_data_tests.benchmarks.accuracy.figures import Figure, Figures


def print_columns(console: Console, title: str, columns: dict[str, Figures]) -> None:
    """A line per figure, a column per subject or seed."""
    table = Table("", *columns, title=title, title_justify="left")
    for name in next(iter(columns.values())):
        table.add_row(name, *(_text(figures[name]) for figures in columns.values()))
    console.print(table)


def print_rows(console: Console, title: str, rows: Sequence[Figures]) -> None:
    """A line per row, a column per figure."""
    if not rows:
        return
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(_text, row.values()))
    console.print(table)


def _text(value: Figure) -> str:
    if isinstance(value, float):
        return f"{value:.5f}"
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "")

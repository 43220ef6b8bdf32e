"""A pair on a terminal: both parties side by side, with the result of every comparison.

Here: the layout. Not here: the pairs and values (queue.py, pair_view.py), the labels (labels.py).
"""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from suining_data.review.labels import ITEMS, STATES, SUBJECTS, WHY, Evidence, percentage
from suining_data.review.pair_view import Party
from suining_data.review.queue import OpenPair


def print_pair(console: Console, pair: OpenPair) -> None:
    """Print one pair; readable on a terminal of 100 columns or more."""
    title = Text.assemble(
        (pair.pair_id, "bold"),
        f"  {SUBJECTS[pair.subject]} {pair.subject}  {STATES[pair.state]} {pair.state}  ",
        f"同一{'人' if pair.subject == 'person' else '单位'}的概率 probability {percentage(pair.probability)}",
    )
    console.print(title)
    console.print(WHY[pair.state], style="dim")
    for reviewer in pair.unsure_by:
        console.print(f"已看过，不确定 (reviewed, unsure): {reviewer}", style="dim")
    console.print(_table(pair, is_terminal=console.is_terminal))


def _table(pair: OpenPair, *, is_terminal: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=is_terminal, pad_edge=False)
    table.add_column("", min_width=8, no_wrap=True)
    for name in ("甲 left", "乙 right"):
        table.add_column(name, ratio=5, overflow="fold")
    table.add_column("依据 evidence（+ 同一 same）", ratio=4, overflow="fold")
    table.add_row("来源", _source(pair.left), _source(pair.right), "")
    evidence = {each.comparison: each for each in pair.evidence}
    for item, label in ITEMS[pair.subject].items():
        left, right = ("\n".join(party.reported.get(item, [])) for party in (pair.left, pair.right))
        if left or right or item in evidence:
            table.add_row(label, left, right, _evidence(evidence.get(item)))
    return table


def _source(party: Party) -> str:
    return "\n".join(_lines(party))


def _lines(party: Party) -> Iterator[str]:
    yield party.source
    if party.file:
        yield f"{party.file} 第 {party.line} 行"


def _evidence(result: Evidence | None) -> Text:
    if result is None:
        return Text("")
    return Text(f"{result.weight:+6.1f}  {result.level}", style="green" if result.weight > 0 else "red")

"""A returned workbook: the decisions in it, and the mistakes in its rows.

Here: reading cells, and messages that say which row has which mistake. Not here: writing the workbook (sheets.py),
adding decisions (decisions.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suining_data.ingestion import Refused, workbook_cells
from suining_data.review.decisions import DecidablePair, Decision
from suining_data.review.labels import VERDICTS
from suining_data.review.sheets import BY, PAIR, VERDICT, WHY

COLUMNS = (PAIR, VERDICT, BY, WHY)
ACCEPTED_WORDS = {zh: verdict for verdict, zh in VERDICTS.items()} | {verdict: verdict for verdict in VERDICTS}
CHOICE = "、".join(VERDICTS.values())


@dataclass(frozen=True)
class Row:
    """A row of the workbook with a decision; `location` names its sheet and row."""

    location: str
    pair_id: str
    verdict: str
    by: str
    why: str


def read_rows(file: Path) -> tuple[list[Row], int]:
    """The rows with a decision, and the number of rows without one. Raises ValueError when a column is missing."""
    try:
        sheets = workbook_cells(file)
    except (Refused, OSError) as error:
        raise ValueError(f"{file}: 不是能读的工作簿 (the file is not a readable workbook): {error}") from error
    found = [(name, cells) for name, cells in sheets.items() if cells and PAIR in cells[0]]
    if not found:
        raise ValueError(
            f"{file}: 没有带“{PAIR}”列的工作表，请用 suining review export 导出的文件 "
            f"(no sheet has the column {PAIR}: use a file that `suining review export` wrote)"
        )
    rows, blank = [], 0
    for name, cells in found:
        header = cells[0]
        missing = [title for title in COLUMNS if title not in header]
        if missing:
            raise ValueError(f"{file} 工作表“{name}”: 缺少列 {'、'.join(missing)} (columns are missing)")
        for number, cells_of_row in enumerate(cells[1:], start=2):
            texts = dict(zip(header, cells_of_row, strict=False))
            row = Row(f"“{name}”第 {number} 行", *(texts.get(title, "") for title in COLUMNS))
            if row.verdict:
                rows.append(row)
            elif row.pair_id:
                blank += 1
    return rows, blank


def read_decisions(rows: list[Row], pairs: dict[str, DecidablePair]) -> tuple[list[Decision], list[str]]:
    """The decisions of the rows, each pair once, and the mistakes in the rows; `pairs` are those that can be decided."""
    problems: list[str] = []
    found: dict[str, tuple[Row, Decision]] = {}
    for row in rows:
        wrong = list(_problems(row, pairs))
        problems += [f"{row.location}: {problem}" for problem in wrong]
        if wrong:
            continue
        decision = Decision(row.pair_id, ACCEPTED_WORDS[row.verdict], row.by, row.why or None)
        before, other = found.setdefault(row.pair_id, (row, decision))
        if other.verdict != decision.verdict:
            problems.append(
                f"{row.location}: 与{before.location}是同一对，判定却不同，请只留一个 "
                "(the same pair has two different decisions: keep one)"
            )
    return [decision for _, decision in found.values()], problems


def _problems(row: Row, pairs: dict[str, DecidablePair]) -> Iterator[str]:
    if row.verdict not in ACCEPTED_WORDS:
        yield f"{VERDICT}“{row.verdict}”不认识，请选 {CHOICE} (unknown decision: choose one of these)"
    if not row.by:
        yield f"缺少{BY}，请写姓名 (the name of the person who decided is missing)"
    if not row.pair_id:
        yield (
            f"缺少{PAIR}，请从导出的文件复制，或清空{VERDICT} "
            "(the pair's id is missing: copy it from the exported file, or clear the decision)"
        )
    elif row.pair_id not in pairs:
        yield (
            f"{PAIR} {row.pair_id} 不在待判定之列，请核对编号，或重新导出；不再需要的，清空{VERDICT} "
            "(no open pair has this id: check the id, export again, or clear the decision)"
        )

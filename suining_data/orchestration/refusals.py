"""The refused deliveries that still stand: in landing/ now, and not accepted or delivered again since. Files that arrive.

Here: reading them from a warehouse or a published file, and printing them. Not here: why a file is refused (ingestion/),
files that no resource declares and overdue ones (delivery_problems.py).

The check `batches_accepted` of a raw table is about the files that are in landing/ now. So a refused file that was taken
away, or replaced under its name, is not among them, although the ledger keeps its batch.
"""

from dataclasses import dataclass
from itertools import zip_longest

import duckdb
from rich.console import Console

from suining_data.display import visible_lines

CHECK = "batches_accepted"
ARRIVING = "files_complete"


@dataclass(frozen=True)
class Refusal:
    """A delivery that was not taken in. A file that could not be opened or was still being written has no batch."""

    resource_id: str
    unit_id: str | None
    file_name: str | None
    batch_id: str | None
    message_zh: str
    message_en: str


def standing_refusals(con: duckdb.DuckDBPyConnection) -> list[Refusal]:
    """By unit and file; `con` has the warehouse or the published file open."""
    checks: dict[str, str] = dict(
        con.execute(
            "select table_name[5:], coalesce(description, '') from governance.check_result "
            "where check_name = ? and not has_passed and severity = 'ERROR' order by 1",
            [CHECK],
        ).fetchall()
    )
    batches = con.execute(
        "select resource_id, unit_id, file_name, batch_id, refusal_zh, refusal_en from governance.batch "
        "where status = 'refused' order by unit_id, file_name, batch_id"
    ).fetchall()
    standing = []
    for batch in (Refusal(*row) for row in batches):
        said = visible_lines(f"{batch.message_zh}\n{batch.message_en}")
        if said in checks.get(batch.resource_id, ""):
            checks[batch.resource_id] = checks[batch.resource_id].replace(said, "", 1).strip("\n")
            standing.append(batch)
    return standing + [waiting for resource, rest in checks.items() for waiting in _without_batch(resource, rest)]


def arriving_files(con: duckdb.DuckDBPyConnection) -> list[Refusal]:
    """The files that were too young to be read; they have no batch."""
    found = con.execute(
        "select table_name[5:], description from governance.check_result where check_name = ? and not has_passed order by 1",
        [ARRIVING],
    ).fetchall()
    return [each for resource, sentences in found for each in _without_batch(resource, sentences or "")]


def _without_batch(resource_id: str, sentences: str) -> list[Refusal]:
    """The files that a check names and that have no batch: its sentences are in Chinese and English by turns."""
    lines = [line for line in sentences.split("\n") if line]
    return [
        Refusal(resource_id, None, None, None, zh, en) for zh, en in zip_longest(lines[::2], lines[1::2], fillvalue="")
    ]


def print_refusals(refusals: list[Refusal], console: Console) -> None:
    """Which file, why, and what to do."""
    if refusals:
        console.print(
            f"✗ {len(refusals)} 份来件未能采用，沿用上一批 (deliveries not taken in; the batch before each stays current)",
            style="bold red",
        )
    for each in refusals:
        console.print(f"  {each.unit_id or each.resource_id}: {each.message_zh}", style="red")
        if each.message_en:
            console.print(f"    {each.message_en}", style="red")


def print_arriving(files: list[Refusal], console: Console) -> None:
    """Which files are read later; nobody has to act."""
    for each in files:
        console.print(f"… {each.message_zh}\n  {each.message_en}")

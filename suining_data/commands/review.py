"""`suining review ...`: the pairs that a person must decide.

Here: the commands, their options, what they print. Not here: the pairs and decisions (review/).
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import duckdb
import typer

from suining_data.access import record
from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Purpose, looking
from suining_data.commands.shared import SubjectName, linked_warehouse
from suining_data.display import console
from suining_data.settings import settings

if TYPE_CHECKING:
    from suining_data.review import DecidablePair, Decision

review_app = typer.Typer(no_args_is_help=True, help="待判定的成对记录 · Pairs of records that a person decides.")
Only = Annotated[SubjectName | None, typer.Option(help="Only pairs of persons, or of organisations.")]
NOTHING_OPEN = "没有待判定的记录 (no pair is open)"
APPLIED = "下一次 suining refresh 照此归并 (the next refresh applies the decision)"
MOST_PROBLEMS = 50


@review_app.command("next")
def next_pairs(
    subject: Only = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 3,
    purpose: Purpose = None,
) -> None:
    """Show the next open pairs, with both parties and the evidence.

    Pairs with several likely subjects come first (ambiguous), then the pairs nearest to the threshold 0.999 (uncertain);
    among equal pairs, those with more records. Decisions that cannot be applied come last (vetoed).
    """
    from suining_data.catalog import load_catalog
    from suining_data.review import count_open, ids_of, open_pairs, print_pair

    with linked_warehouse() as con, looking("review next", purpose) as look:
        pairs, total = open_pairs(con, load_catalog(), subject, limit), count_open(con, subject)
        look.record(ids_of(con, [pair.pair_id for pair in pairs]), len(pairs))
    for pair in pairs:
        print_pair(console, pair)
    if not pairs:
        console.print(NOTHING_OPEN)
        return
    console.print(f"待判定 {total:,} 对 (pairs are open)")
    console.print(
        'suining review decide PAIR same|different|unsure --by WHO --why "..."',
    )


@review_app.command()
def decide(
    pair: Annotated[str, typer.Argument(help="Id of the pair: see `suining review next` or the workbook.")],
    verdict: Annotated[
        Literal["same", "different", "unsure"], typer.Argument(help="One subject, two subjects, or not known.")
    ],
    by: Annotated[str, typer.Option(help="Name of the person who decides.")],
    why: Annotated[str | None, typer.Option(help="Reason of the decision.")] = None,
) -> None:
    """Record a decision about a pair. If a pair has several decisions, the last one counts; none is deleted."""
    from suining_data.review import Decision, decidable_pairs

    if not by.strip():
        raise Mistake("--by: 请写明判定人 (give the name of the person who decides)")
    with linked_warehouse(writing=True) as con:
        pairs = decidable_pairs(con, [pair])
        if pair not in pairs:
            raise Mistake(
                f"{pair}: 没有这一对，编号见 suining review next (no such pair: `suining review next` shows the ids)"
            )
        _record(con, [Decision(pair, verdict, by.strip(), (why or "").strip() or None)], pairs)
    if pairs[pair].state == "vetoed" and verdict == "same":
        console.print(
            "已记录；但有矛盾，仍不会归并 (the decision is recorded, but not applied: the contradiction remains)"
        )
    else:
        console.print(f"已记录；{APPLIED}")


@review_app.command("export")
def export_pairs(
    file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
    subject: Only = None,
    purpose: Purpose = None,
) -> None:
    """Write all open pairs into a workbook. Clerks write their decisions into its empty columns."""
    from suining_data.catalog import load_catalog
    from suining_data.review import ids_of, open_pairs, write_workbook

    if file.suffix.lower() != ".xlsx":
        raise Mistake(f"{file}: 请以 .xlsx 结尾 (the name must end in .xlsx)")
    if file.exists():
        raise Mistake(
            f"{file} 已存在，其中可能有判定：换个文件名 (the file exists and may have decisions: use another name)"
        )
    if not file.parent.is_dir():
        raise Mistake(f"{file.parent}: 没有这个目录 (no such folder)")
    with linked_warehouse() as con, looking("review export", purpose) as look:
        pairs = open_pairs(con, load_catalog(), subject)
        look.record(ids_of(con, [pair.pair_id for pair in pairs]), len(pairs))
    if pairs:
        write_workbook(file, pairs, date.today())
        console.print(f"{file}  {len(pairs):,} 对 (pairs)")
    else:
        console.print(NOTHING_OPEN)


@review_app.command("import")
def import_decisions(file: Annotated[Path, typer.Argument(help="The workbook with decisions.")]) -> None:
    """Record the decisions in a workbook, all or none. Skips rows without a decision, and decisions recorded before."""
    from suining_data.review import decidable_pairs, not_yet_recorded, read_decisions, read_rows

    try:
        rows, blank = read_rows(file)
    except ValueError as error:
        raise Mistake(str(error)) from error
    with linked_warehouse(writing=True) as con:
        pairs = decidable_pairs(con, [row.pair_id for row in rows])
        decisions, problems = read_decisions(rows, pairs)
        if problems:
            raise Mistake(_problems_text(file, problems))
        fresh = not_yet_recorded(con, decisions)
        _record(con, fresh, pairs)
    console.print(
        f"新判定 {len(fresh):,} 条，先前已有 {len(decisions) - len(fresh):,} 条，未判定 {blank:,} 行 "
        f"(new decisions, decisions recorded before, rows without a decision){'；' + APPLIED if fresh else ''}",
    )


def _record(con: duckdb.DuckDBPyConnection, decisions: "list[Decision]", pairs: "dict[str, DecidablePair]") -> None:
    """Add the decisions to the registry, its copy, and the access log, which keeps the hash of the last one."""
    from suining_data.linkage import back_up_registry
    from suining_data.review import append, ids_of

    last = append(con, decisions, pairs)
    if decisions:
        ids, by = ids_of(con, [each.pair_id for each in decisions]), sorted({each.by for each in decisions})
        more = {"by": by, "decision": last.number, "decision_hash": last.hash}
        record(settings(), "review decide", "判定 decision", ids, len(decisions), **more)
    back_up_registry(con, settings())


def _problems_text(file: Path, problems: list[str]) -> str:
    more = len(problems) - MOST_PROBLEMS
    rest = [f"另有 {more} 处 (more)"] if more > 0 else []
    return "\n".join(
        [
            f"{file}: 一条也没有读入，请改正后重来 (no decision was recorded: correct the rows and try again)",
            *problems[:MOST_PROBLEMS],
            *rest,
        ]
    )

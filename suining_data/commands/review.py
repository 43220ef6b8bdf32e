"""`suining review ...`: pairs of records that a person decides.

Here: the commands, their options, what they print. Not here: the pairs and decisions (review/).
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from suining_data.commands.shared import Mistake, SubjectName, console, linked_warehouse
from suining_data.settings import settings

review_app = typer.Typer(no_args_is_help=True, help="待判定的成对记录 · Pairs of records that a person decides.")
Only = Annotated[SubjectName | None, typer.Option(help="Only pairs of persons, or of organisations.")]
NOTHING_OPEN = "没有待判定的记录 (no pair is open)"
OBEYED = "下一次 suining refresh 照此归并 (the next refresh obeys)"
MOST_PROBLEMS = 50


@review_app.command("next")
def next_pairs(
    subject: Only = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 3,
) -> None:
    """Show the open pairs that are most worth a decision, both parties and the evidence.

    First those of which only one can be right (ambiguous), then those nearest to being accepted (0.999); of equals,
    those on which most records hang. Decisions that could not be obeyed (vetoed) come last.
    """
    from suining_data.catalog import load_catalog
    from suining_data.review import count_open, open_pairs, print_pair

    with linked_warehouse() as con:
        pairs, waiting = open_pairs(con, load_catalog(), subject, limit), count_open(con, subject)
    for pair in pairs:
        print_pair(console, pair)
    if not pairs:
        console.print(NOTHING_OPEN)
        return
    console.print(f"待判定 {waiting:,} 对 (pairs are open)", highlight=False)
    console.print(
        'suining review decide PAIR same|different|unsure --by WHO --why "..."',
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@review_app.command()
def decide(
    pair: Annotated[str, typer.Argument(help="Id of a pair, as `next` or a workbook shows it.")],
    verdict: Annotated[
        Literal["same", "different", "unsure"], typer.Argument(help="One subject, two, or nobody can say.")
    ],
    by: Annotated[str, typer.Option(help="Who decides.")],
    why: Annotated[str | None, typer.Option(help="On what grounds.")] = None,
) -> None:
    """Decide a pair; of several decisions on it the last counts, and none is ever deleted."""
    from suining_data.linkage import back_up_registry
    from suining_data.review import Decision, append, decidable_pairs

    if not by.strip():
        raise Mistake("--by: 请写明判定人 (say who decides)")
    with linked_warehouse(writing=True) as con:
        known = decidable_pairs(con, [pair])
        if pair not in known:
            raise Mistake(
                f"{pair}: 没有这一对，编号见 suining review next (no such pair: `suining review next` shows the ids)"
            )
        append(con, [Decision(pair, verdict, by.strip(), (why or "").strip() or None)], known)
        back_up_registry(con, settings())
    if known[pair].state == "vetoed" and verdict == "same":
        console.print("已记录；但有矛盾，仍不会归并 (recorded; what contradicts it still stands above it)")
    else:
        console.print(f"已记录；{OBEYED}")


@review_app.command("export")
def export_pairs(
    file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
    subject: Only = None,
) -> None:
    """Write all open pairs into a workbook for clerks; its empty columns are for their decisions."""
    from suining_data.catalog import load_catalog
    from suining_data.review import open_pairs, write_workbook

    if file.suffix.lower() != ".xlsx":
        raise Mistake(f"{file}: 请以 .xlsx 结尾 (the name must end in .xlsx)")
    if file.exists():
        raise Mistake(
            f"{file} 已存在，其中可能有判定：换个文件名 (it is there and may hold decisions: take another name)"
        )
    if not file.parent.is_dir():
        raise Mistake(f"{file.parent}: 没有这个目录 (no such folder)")
    with linked_warehouse() as con:
        pairs = open_pairs(con, load_catalog(), subject)
    if pairs:
        write_workbook(file, pairs, date.today())
        console.print(f"{file}  {len(pairs):,} 对 (pairs)", markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(NOTHING_OPEN)


@review_app.command("import")
def import_decisions(file: Annotated[Path, typer.Argument(help="The workbook with decisions.")]) -> None:
    """Take the decisions of a workbook, all or none; rows without one are skipped, known ones not added twice."""
    from suining_data.linkage import back_up_registry
    from suining_data.review import append, decidable_pairs, not_yet_recorded, read_decisions, read_rows

    try:
        rows, blank = read_rows(file)
    except ValueError as error:
        raise Mistake(str(error)) from error
    with linked_warehouse(writing=True) as con:
        known = decidable_pairs(con, [row.pair_id for row in rows])
        decisions, problems = read_decisions(rows, known)
        if problems:
            raise Mistake(_told(file, problems))
        fresh = not_yet_recorded(con, decisions)
        append(con, fresh, known)
        back_up_registry(con, settings())
    console.print(
        f"新判定 {len(fresh):,} 条，先前已有 {len(decisions) - len(fresh):,} 条，未判定 {blank:,} 行 "
        f"(decisions added, there before, rows without one){'；' + OBEYED if fresh else ''}",
        highlight=False,
        soft_wrap=True,
    )


def _told(file: Path, problems: list[str]) -> str:
    more = len(problems) - MOST_PROBLEMS
    rest = [f"另有 {more} 处 (more)"] if more > 0 else []
    return "\n".join(
        [
            f"{file}: 一条也没有读入，请改正后重来 (nothing was taken: mend and try again)",
            *problems[:MOST_PROBLEMS],
            *rest,
        ]
    )

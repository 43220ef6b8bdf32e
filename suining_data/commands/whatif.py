"""`suining whatif`: what another threshold, authority or rule would change, before anybody adopts it.

Here: the command, its options, what it prints. Not here: the prediction (whatif/).
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Purpose, looking
from suining_data.commands.output import AsCsv, AsExcelCsv, AsJson, Form, form_of, show
from suining_data.commands.shared import NOTHING_LINKED
from suining_data.display import console, error_console, folding_table
from suining_data.settings import settings

if TYPE_CHECKING:
    from suining_data.whatif import Prediction, Proposal

FIRST = 20  # rows of the list, if it is a table for people and no limit is asked


def whatif(
    threshold: Annotated[
        float | None, typer.Option(help="Probability from which a pair of records is a match, between 0 and 1.")
    ] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ATTRIBUTE=RESOURCE,...", help="Resources that come first for an attribute, the best first."
        ),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RESOURCE.COLUMN.RULE=CONSEQUENCE",
            help="A rule of a column: quarantine (the row) or quarantine_value; RULE required: quarantine or off.",
        ),
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="List rows that would be quarantined or accepted, not golden values.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many rows; 20 if it is a table for people.")
    ] = None,
    purpose: Purpose = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show which subjects would merge or split and which golden values would change, before you adopt another setting.

    Options may be combined. The rows are those that `suining changes` would show of the next refresh, if no delivery is
    new. The steps run in a copy of the warehouse: nothing of yours is changed. The output has personal data.
    """
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    if threshold is None and not authority and not rule:
        raise Mistake("请给出 --threshold、--authority 或 --rule (give --threshold, --authority or --rule)")
    proposal = _proposal(threshold, authority or (), rule or ())
    if form is Form.TABLE and not _print_edits(proposal):
        return
    if not settings().warehouse.exists():
        raise Mistake(NOTHING_LINKED)
    with looking("whatif", purpose) as look, _predicted(proposal) as prediction:
        listed = prediction.rows if rows else prediction.changes
        shown = listed.limit(limit or FIRST) if limit or form is Form.TABLE else listed
        look.record(() if rows else (id for (id,) in shown.project("subject_id").distinct().fetchall()), len(shown))
        if form is Form.TABLE:
            _print_summary(prediction)
            limit = limit or FIRST
            console.print(f"前 {limit} 行，全部请用 --csv (the first rows; --csv gives all)")
        show(listed.limit(limit) if limit else listed, form)


def _proposal(threshold: float | None, authority: Sequence[str], rule: Sequence[str]) -> "Proposal":
    """The declarations as the options ask for them. Raises Mistake that says what there is."""
    from suining_data.whatif import present, with_order, with_rule

    proposal = present()
    try:
        if threshold is not None:
            proposal = replace(proposal, probability=threshold)
            _ = proposal.accept
        for asked in authority:
            proposal = with_order(proposal, asked)
        for asked in rule:
            proposal = with_rule(proposal, asked)
    except ValueError as error:
        raise Mistake(str(error)) from error
    return proposal


@contextmanager
def _predicted(proposal: "Proposal") -> Iterator["Prediction"]:
    """The prediction; a signal that ends the process ends it like Ctrl-C, so that the copy is removed."""
    from suining_data.whatif import Outdated, predict

    former = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with ExitStack() as copy:
            with error_console.status("在仓库副本中试算 (running the steps in a copy of the warehouse)…"):
                prediction = copy.enter_context(predict(settings(), proposal))
            yield prediction
    except Outdated as error:
        raise Mistake(str(error)) from error
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _print_edits(proposal: "Proposal") -> bool:
    """Print what to edit to adopt the proposal. False if there is nothing to edit."""
    from suining_data.whatif import edits_of

    edits = edits_of(proposal)
    if not edits:
        console.print("与现行设置相同 (this is what is declared already)")
        return False
    console.print(
        "采用时改动以下各行，再运行 suining refresh (to adopt it, edit these lines and run `suining refresh`)"
    )
    for edit in edits:
        console.print(f"  {edit.file}  {edit.place}".rstrip())
        for sign, text in (("-", edit.before), ("+", edit.after)):
            if text:
                console.print(f"    {sign} {text}")
    return True


def _print_summary(prediction: "Prediction") -> None:
    """Print how many subjects, golden values, rows would change."""
    for title, counted in (
        ("主体 subjects（MERGED 并入，SPLIT 拆出，ADDED 新增，WITHDRAWN 撤销）", prediction.subjects),
        ("择优值 golden values（不含增减的主体 of subjects that stay）", prediction.values),
        ("隔离 quarantine", prediction.accounts),
    ):
        _print_counts(title, counted)


def _print_counts(title: str, counted: duckdb.DuckDBPyRelation) -> None:
    rows = counted.fetchall()
    console.print(f"{title}{'' if rows else '：没有变化 no change'}", style="bold")
    if rows:
        table = folding_table(*counted.columns)
        for row in rows:
            table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row))
        console.print(table)

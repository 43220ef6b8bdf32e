"""`suining corrections ...`: the tickets that ask a unit to correct something, and its replies.

Here: the commands, their options, what they print. Not here: when a ticket opens and ends (quality/corrections.py), the workbooks
that go with tickets (`suining quarantine --export`).
"""

from datetime import datetime
from typing import Annotated

import typer

from suining_data.clock import now
from suining_data.commands.errors import Mistake
from suining_data.commands.output import AsCsv, AsExcelCsv, AsJson, Form, form_of, show
from suining_data.commands.published import check_text, published
from suining_data.display import console
from suining_data.settings import settings

corrections_app = typer.Typer(no_args_is_help=True, help="核查工单 · Correction tickets, and the replies of units.")


@corrections_app.command("list")
def list_tickets(
    unit: Annotated[str | None, typer.Option(help="Only tickets of this unit.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only open tickets after their deadline.")] = False,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show the open tickets of the published file, the earliest deadline first.

    A ticket that was replied to since the last refresh is still among them. governance.correction has those that have ended, too.
    """
    from suining_data.catalog import load_catalog

    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    if unit is not None and unit not in {each.id for each in load_catalog().units}:
        raise Mistake(f"目录中没有单位 {unit} (no such unit; `suining catalog list` shows all)")
    columns = "kind, rule, field, reason, rows, rows_opened, opened_on, due_on"
    if form is Form.TABLE:
        columns = "field, reason, rows, opened_on, due_on"
    with published() as con:
        show(
            con.sql(
                f"""
                select ticket, unit_id, resource_id, {columns}, due_on < $today as is_overdue, follows
                from governance.correction
                where status = 'open' and coalesce(unit_id = $unit, true) and (not $overdue or due_on < $today)
                order by due_on, ticket
                """,
                params={"unit": unit, "overdue": overdue, "today": datetime.now().date()},
            ),
            form,
        )


@corrections_app.command("reply")
def reply_to(
    ticket: Annotated[str, typer.Argument(help="Number of the ticket, such as JC2026-00001.")],
    outcome: Annotated[str, typer.Argument(help="更正 (it is corrected), 维持 (the value is right) or 无法核实.")],
    by: Annotated[str, typer.Option(help="Who replied.")],
    note: Annotated[str, typer.Option(help="What the reply is based on; nothing about a person.")] = "",
) -> None:
    """Record the reply of a unit to a ticket. The next refresh shows it. A later reply replaces a former one."""
    from suining_data.linkage import back_up_registry
    from suining_data.orchestration.state import open_for_refresh
    from suining_data.quality import REPLY_KINDS, reply

    if outcome not in REPLY_KINDS:
        raise Mistake(f"{outcome}: 请写 {'、'.join(REPLY_KINDS)} 之一 (write one of these)")
    if not by.strip():
        raise Mistake("请用 --by 写明答复人 (say with --by who replied)")
    for text in (ticket, by, note):
        check_text(text)
    config = settings()
    if not config.warehouse.exists():
        raise Mistake("还没有工单：先运行 suining refresh (there are no tickets yet: run `suining refresh` first)")
    with open_for_refresh(config) as con:
        try:
            reply(con, ticket, outcome, by.strip(), note, now(con))
        except ValueError as error:
            raise Mistake(str(error)) from error
        back_up_registry(con, config)
    console.print(f"{ticket} {outcome}；下一次 suining refresh 后显示 (recorded: the next refresh shows it)")

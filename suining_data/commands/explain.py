"""`suining explain ...` and `suining changes`: where golden values come from, and how they changed.

Here: the commands, their options, what they print. Not here: the questions to the published file (explanation/).
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Purpose
from suining_data.commands.output import MOST_ROWS, AsCsv, AsExcelCsv, AsJson, Form, form_of, show
from suining_data.commands.published import AsOf, KnownAt, asked_time, check_text, opened
from suining_data.display import console

if TYPE_CHECKING:
    from suining_data.explanation import AskedTime

explain_app = typer.Typer(no_args_is_help=True, help="择优值从何而来 · The provenance of golden values.")


@explain_app.command("person")
def explain_person(
    id_or_number: Annotated[
        str, typer.Argument(metavar="ID", help="Golden id, also a retired one, or an identity number.")
    ],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    purpose: Purpose = None,
) -> None:
    """Show a person's records, how each was linked, and why each golden value survived. The output has personal data.

    With --as-of or --known-at: the values of that day, since when and until when each was so, and when it was recorded.
    """
    explain_subject("person", id_or_number, purpose, asked_time(as_of, known_at))


@explain_app.command("organization")
def explain_organization(
    id_or_number: Annotated[
        str, typer.Argument(metavar="ID", help="Golden id, also a retired one, or one of its numbers.")
    ],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    purpose: Purpose = None,
) -> None:
    """Show an organisation's records, how each was linked, and why each golden value survived.

    With --as-of or --known-at: the values of that day, since when and until when each was so, and when it was recorded.
    """
    explain_subject("organization", id_or_number, purpose, asked_time(as_of, known_at))


def changes(
    since: Annotated[
        str | None,
        typer.Option(
            help="What was recorded after this run (its id) or after this time (2019-09-01T06:00). Default: all."
        ),
    ] = None,
    purpose: Purpose = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show what refreshes changed in the golden persons and organisations. The output has personal data."""
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    with opened("changes", purpose) as (con, look):
        [(after,)] = con.execute(
            "select coalesce((select recorded_at from governance.refresh where run_id = $since), try_cast($since as timestamp))",
            {"since": since},
        ).fetchall()
        if since is not None and after is None:
            raise Mistake(
                f"{since}: 这次运行没有登记变更；可改用时间 (this run recorded no change: give the time after which you ask)"
            )
        found = con.sql(
            "from governance.change where recorded_at > $after order by recorded_at, subject_type, subject_id, attribute nulls first",
            params={"after": after or datetime.min},
        )
        shown = found.limit(MOST_ROWS) if form is Form.TABLE else found
        look.record((id for (id,) in shown.project("subject_id").distinct().fetchall()), len(shown))
        show(found, form)


def explain_subject(kind_name: str, id_or_number: str, purpose: str | None, asked: "AskedTime | None" = None) -> None:
    """Print what the published file has about the subjects with this id or number."""
    if asked is not None:
        explain_past(kind_name, id_or_number, purpose, asked)
        return
    from suining_data.explanation import SubjectKind, explain, explain_unlinked, find_ids, print_explanation

    kind = SubjectKind(kind_name)
    check_text(id_or_number)
    with opened(f"explain {kind}", purpose) as (con, look):
        found = [explain(con, kind, id) for id in find_ids(con, kind, id_or_number)]
        found = found or [each for each in [explain_unlinked(con, kind, id_or_number)] if each]
        ids = (id for each in found for id in (each.id, *(record.golden_id for record in each.records)) if id)
        look.record(ids, sum(len(each.records) for each in found))
    if not found:
        raise Mistake(f"没有标识或号码为 {id_or_number} 的记录 (no record has this id or number)")
    for each in found:
        print_explanation(each, console)


def explain_past(kind_name: str, id_or_number: str, purpose: str | None, asked: "AskedTime") -> None:
    """Print what the published file has about the subjects with this id or number as of a day."""
    from suining_data.explanation import SubjectKind, find_past_ids, print_past, values_at

    kind = SubjectKind(kind_name)
    check_text(id_or_number)
    with opened(f"explain {kind}", purpose) as (con, look):
        found = [(id, values_at(con, kind, id, asked)) for id in find_past_ids(con, kind, id_or_number)]
        look.asked = str(asked.day)
        look.record((id for id, _ in found), len(found))
    if not any(values for _, values in found):
        raise Mistake(f"{id_or_number}: 当日没有登记 (nothing was recorded of it at that time)")
    for id, values in found:
        print_past(kind, id, asked, values, console)

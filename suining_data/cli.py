"""`suining ...`: the command line.

Here: commands, their options, what they print. Not here: groups of commands (commands/), the work (the stages), the
paths of data folders (settings.py).
"""

import atexit
import gc
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer

from suining_data.access import masked
from suining_data.city import load_city
from suining_data.commands.access import access
from suining_data.commands.advisories import advisories
from suining_data.commands.answers import TIMEOUT, answer, subjects_in_answer, write_answer
from suining_data.commands.audiences import audiences
from suining_data.commands.backup import backup, restore
from suining_data.commands.catalog import catalog_app
from suining_data.commands.confidential import confidential_app
from suining_data.commands.corrections import corrections_app
from suining_data.commands.errors import Mistake, message_for_user, unexpected
from suining_data.commands.excel import ToExcel, check_file
from suining_data.commands.explain import changes, explain_app
from suining_data.commands.forget import forget
from suining_data.commands.geocode import geocode
from suining_data.commands.linkage import linkage_app
from suining_data.commands.looks import Purpose, is_said
from suining_data.commands.macro import macro_app
from suining_data.commands.output import MOST_ROWS, AsCsv, AsExcelCsv, AsJson, Form, form_of, print_json, show
from suining_data.commands.published import ANALYST, AsOf, KnownAt, asked_time, check_text, opened, published
from suining_data.commands.retain import retain
from suining_data.commands.review import review_app
from suining_data.commands.service import service_app
from suining_data.commands.ui import ui
from suining_data.commands.undo import reload, rollback, snapshots, withdraw
from suining_data.commands.verify import verify
from suining_data.commands.whatif import whatif
from suining_data.damage import DamagedLog
from suining_data.display import console, error_console
from suining_data.settings import settings

Errors = Literal["usual", "wild"]  # the profiles of suining_data.synthetic, which only `sample` loads

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=f"{load_city().name}四大基础信息库 · {load_city().english_name}'s four bases.",
)
app.add_typer(catalog_app, name="catalog")
app.add_typer(explain_app, name="explain")
app.add_typer(review_app, name="review")
app.add_typer(linkage_app, name="linkage")
app.add_typer(corrections_app, name="corrections")
app.add_typer(confidential_app, name="confidential")
app.add_typer(service_app, name="service")
app.add_typer(macro_app, name="macro")


def print_version(is_asked: bool) -> None:
    """Print the installed version and exit, if the option is given."""
    if is_asked:
        print(version("suining_data"))
        raise typer.Exit


@app.callback()
def suining(
    show_version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def sample(
    scale: Annotated[float, typer.Option(min=0.0005, max=20, help="1 is the city: 2.42 million rows.")] = 0.05,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    errors: Annotated[
        Errors, typer.Option(help="How the departments err: wild is at least three times as often, and in more ways.")
    ] = "usual",
    keep: Annotated[bool, typer.Option(help="Do nothing if landing/ has this sample already.")] = False,
) -> None:
    """Make deliveries of a synthetic city in landing/, and the truth about it in truth/."""
    from suining_data.catalog import load_catalog
    from suining_data.synthetic import PROFILES, make_sample, read_summary, without_view

    if keep and (present := read_summary(settings())) and present.city == (scale, seed, errors):
        console.print(f"样本已在 {settings().landing}：{present.total_rows:,} 行 (this sample exists already)")
        return
    with console.status("生成样本数据 (making deliveries)…"):
        summary = make_sample(settings(), scale, seed, PROFILES[errors])
    console.print(
        f"已生成 {summary.files} 个文件 {summary.total_rows:,} 行，{summary.seconds:.1f} 秒 (deliveries are in {settings().landing})"
    )
    for resource in without_view(load_catalog()):
        console.print(f"{resource}: 没有样本，请自备来件 (no sample is made: deliver a file of your own)")


@app.command()
def refresh(
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Id of a batch that was refused as implausible and that the department has confirmed."),
    ] = None,
) -> None:
    """Ingest the deliveries in landing/ and bring the four bases up to date.

    Exit code 0: done. 1: failed, what was published stays. 3: done, but a delivery in landing/ is refused or could not be
    read, or an exchange table was not fetched; the last lines name it.
    """
    gc.disable()  # the process ends with the run, and the garbage collector took a 20th of its time
    atexit.register(gc.freeze)
    from suining_data.orchestration.refresh import run_refresh

    try:
        outcome = run_refresh(settings(), console, accept or ())
    except ValueError as error:
        raise Mistake(str(error)) from error
    raise typer.Exit(outcome)


@app.command()
def fetch(
    accept: Annotated[
        list[str] | None, typer.Option(help="Deletions that the department has confirmed, as the refusal names them.")
    ] = None,
) -> None:
    """Fetch new rows of the exchange database into landing/. `refresh` does this first, too.

    Exit code 0: done. 1: failed. 3: done, but a table was not read; the last lines name it.
    """
    from suining_data.orchestration.refresh import exchange_steps, run_fetch

    for deletions in accept or ():
        check_resource(deletions.partition("@")[0])
    if not exchange_steps():
        console.print("目录中没有库表资源 (no resource in the catalogue has the format postgres)")
    else:
        raise typer.Exit(run_fetch(settings(), console, accept or ()))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="The same as a JSON object.")] = False) -> None:
    """Show rows per stage and per base, check results and findings of the published file, late and refused deliveries."""
    from suining_data.catalog import load_catalog
    from suining_data.orchestration.freshness import late, print_late
    from suining_data.orchestration.refusals import arriving_files, print_arriving, print_refusals, standing_refusals
    from suining_data.orchestration.summary import (
        exchange_risk_as_json,
        print_exchange_risk,
        print_rollback,
        print_summary,
        rollback_as_json,
        summary_as_json,
    )

    with published() as con:
        is_late = late(con, settings(), load_catalog())
        if as_json:
            others = {
                "late": {each.resource.id: str(now) for each, now in is_late},
                "rollback": rollback_as_json(settings()),
                "exchange_insecure": exchange_risk_as_json(settings()),
            }
            print_json({**summary_as_json(con), **others})
        else:
            print_summary(con, console)
            print_rollback(settings(), console)
            print_late(is_late, console)
            print_arriving(arriving_files(con), console)
            print_refusals(standing_refusals(con), console)
            print_exchange_risk(settings(), console)


@app.command()
def accounts(
    resource: Annotated[str | None, typer.Option(help="Only this resource.")] = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show the row account of every batch: lines = header + rejected + raw, raw = staged + quarantined + superseded."""
    from suining_data.standardization import UNBALANCED

    check_resource(resource)
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    balanced = f"not ({UNBALANCED})"
    if form is Form.TABLE:
        balanced = f"case when {balanced} then '平 yes' else '不平 NO' end"
    with published() as con:
        show(
            con.sql(
                f"""
                select resource_id, file_name, lines_total as lines, header_lines as header,
                    continuation_lines as continued, rejected, raw, staged, quarantined, superseded,
                    {balanced} as balanced
                from governance.row_account
                join (select resource_id, batch_id, file_name from governance.batch) using (resource_id, batch_id)
                where coalesce(resource_id = $resource, true)
                order by resource_id, file_name
                """,
                params={"resource": resource},
            ),
            form,
        )


@app.command()
def quarantine(
    resource: Annotated[str | None, typer.Option(help="Rows of this resource; without it, counts per rule.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many rows; 20 if it is a table for people.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Folder for one workbook per unit with all quarantined rows and values, to send back."),
    ] = None,
    purpose: Purpose = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show quarantined rows and values, with the reason that helps a department to correct them."""
    check_resource(resource)
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    if export is not None:
        export_feedback(export, resource, purpose)
        return
    if limit is None and form is Form.TABLE:
        limit = 20
    with opened("quarantine", purpose) as (con, look):
        look.asked = resource
        if resource is None:
            found = con.sql(
                "select resource_id, scope, field, rule, reason, count(*) as rows "
                "from governance.quarantine group by all order by all"
            )
        else:
            found = con.sql(
                """
                select file_name, line_number as line, scope, field, reason, received
                from governance.quarantine where resource_id = $resource
                order by file_name, line_number, field limit $limit
                """,
                params={"resource": resource, "limit": limit},
            )
        look.record((), len(found) if resource else 0)
        show(found, form)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL on the published file, e.g. 'from population.person limit 3'.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many rows; 200 if it is a table for people.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")] = TIMEOUT,
    purpose: Purpose = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
    excel: ToExcel = None,
) -> None:
    """Run one SELECT on what is published, and show the first 200 rows, or all as CSV or JSON, or in a file for Excel.

    Without --purpose it reads the analysts' file: pseudonyms, years, towns. With it, the file of everything, and the look is
    logged. It reads nothing but this file. With --as-of, which needs a purpose, population.person and legal_entity.organization are those of that day,
    with the columns of the macros person_at and organization_at; all other tables are those of today.
    """
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    check_file(excel, form)
    check_text(sql)
    if limit is None and form is Form.TABLE and excel is None:
        limit = MOST_ROWS
    asked = asked_time(as_of, known_at)
    if asked is None and not is_said(purpose):
        with published(audience=ANALYST, sql=sql) as con:
            write_answer(con, answer(con, sql, limit, timeout), sql, form, limit, excel)
        return
    with opened("query", purpose, asked, sql=sql) as (con, look):
        look.asked = masked(con, sql)
        found = answer(con, sql, limit, timeout)
        look.record(subjects_in_answer(con, sql, limit), len(found) if limit is None else min(len(found), limit))
        write_answer(con, found, sql, form, limit, excel)


app.command()(access)
app.command()(advisories)
app.command()(audiences)
app.command()(backup)
app.command()(changes)
app.command()(forget)
app.command()(geocode)
app.command()(reload)
app.command()(restore)
app.command()(retain)
app.command()(rollback)
app.command()(snapshots)
app.command()(whatif)
app.command()(ui)
app.command()(verify)
app.command()(withdraw)


def export_feedback(folder: Path, resource: str | None, purpose: str | None) -> None:
    """Write a workbook per unit, and print the files."""
    from suining_data.catalog import load_catalog
    from suining_data.feedback import export_quarantine

    if resource is not None:
        raise Mistake(
            "--export 按单位写出全部资源，不与 --resource 同用 (--export writes all resources of a unit: leave out --resource)"
        )
    if folder.exists() and not folder.is_dir():
        raise Mistake(f"{folder}: 不是目录 (not a folder)")
    with opened("quarantine --export", purpose) as (con, look):
        look.record((), len(con.table("governance.quarantine")))
        written = export_quarantine(con, load_catalog(), folder, date.today())
    for each in written:
        console.print(f"{each.file}  {each.rows:,} 条 (entries)")
    if not written:
        console.print("没有需要退回的内容 (nothing was quarantined or refused)")


def check_resource(resource: str | None) -> None:
    """Raise Mistake when the catalogue has no such resource."""
    from suining_data.catalog import load_catalog

    declared = [each.id for each in load_catalog().resources]
    if resource is not None and resource not in declared:
        raise Mistake(f"目录中没有 {resource} (no such resource; `suining catalog list` shows all)")


def main() -> None:
    """Run the command line. An error is one line on standard error, with exit code 1; it shows no delivered value."""
    from suining_data.warehouse import DiskFull

    try:
        app()
    except (Exception, DiskFull, DamagedLog) as error:  # noqa: BLE001  (the last line of defence: a traceback has delivered values)
        error_console.print(message_for_user(error) or unexpected(error), style="red")
        sys.exit(1)

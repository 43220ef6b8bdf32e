"""`suining ...`: the command line.

Here: commands, their options, what they print. Not here: groups of commands (commands/), the work (the stages), the
paths of data folders (settings.py).
"""

import atexit
import csv
import gc
import os
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from suining_data.city import CityError, load_city
from suining_data.commands.catalog import catalog_app
from suining_data.commands.linkage import linkage_app
from suining_data.commands.review import review_app
from suining_data.commands.shared import Mistake, console
from suining_data.settings import PROJECT, Settings, settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=f"{load_city().name}四大基础信息库 · {load_city().english_name}'s four bases.",
)
app.add_typer(catalog_app, name="catalog")
explain_app = typer.Typer(no_args_is_help=True, help="择优值从何而来 · The provenance of golden values.")
app.add_typer(explain_app, name="explain")
app.add_typer(review_app, name="review")
app.add_typer(linkage_app, name="linkage")


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
    keep: Annotated[bool, typer.Option(help="Do nothing if landing/ has this sample already.")] = False,
) -> None:
    """Make deliveries of a synthetic city in landing/, and the truth about it in truth/."""
    from suining_data.catalog import load_catalog
    from suining_data.synthetic import make_sample, read_summary, without_view

    if keep and (present := read_summary(settings())) and (present.scale, present.seed) == (scale, seed):
        console.print(f"样本已在 {settings().landing}：{present.total_rows:,} 行 (this sample exists already)")
        return
    with console.status("生成样本数据 (making deliveries)…"):
        summary = make_sample(settings(), scale, seed)
    console.print(
        f"已生成 {summary.files} 个文件 {summary.total_rows:,} 行，{summary.seconds:.1f} 秒 (deliveries are in {settings().landing})"
    )
    for resource in without_view(load_catalog()):
        console.print(
            f"{resource}: 没有样本，请自备来件 (no sample is made: deliver a file of your own)", soft_wrap=True
        )


@app.command()
def refresh(
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Id of a batch that was refused as implausible and that the department has confirmed."),
    ] = None,
) -> None:
    """Ingest the deliveries in landing/ and bring the four bases up to date."""
    gc.disable()  # the process ends with the run, and the garbage collector took a 20th of its time
    atexit.register(gc.freeze)
    from suining_data.orchestration.refresh import run_refresh

    try:
        succeeded = run_refresh(settings(), console, accept or ())
    except ValueError as error:
        raise Mistake(str(error)) from error
    if not succeeded:
        raise typer.Exit(1)


@app.command()
def fetch(
    accept: Annotated[
        list[str] | None, typer.Option(help="Deletions that the department has confirmed, as the refusal names them.")
    ] = None,
) -> None:
    """Fetch new rows of the exchange database into landing/. `refresh` does this first, too."""
    from suining_data.orchestration.refresh import exchange_steps, run_fetch

    for deletions in accept or ():
        check_resource(deletions.partition("@")[0])
    if not exchange_steps():
        console.print("目录中没有库表资源 (no resource in the catalogue has the format postgres)")
    elif not run_fetch(settings(), console, accept or ()):
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Show rows per stage and per base, check results and findings of the published file."""
    from suining_data.orchestration.summary import print_summary

    with published() as con:
        print_summary(con, console)


@app.command()
def accounts(
    resource: Annotated[str | None, typer.Option(help="Only this resource.")] = None,
) -> None:
    """Show the row account of every batch: lines = header + rejected + raw, raw = staged + quarantined + superseded."""
    from suining_data.standardization import UNBALANCED

    check_resource(resource)
    with published() as con:
        show(
            con.sql(
                f"""
                select resource_id, file_name, lines_total as lines, header_lines as header,
                    continuation_lines as continued, rejected, raw, staged, quarantined, superseded,
                    case when {UNBALANCED} then '不平 NO' else '平 yes' end as balanced
                from governance.row_account
                join (select resource_id, batch_id, file_name from governance.batch) using (resource_id, batch_id)
                where coalesce(resource_id = $resource, true)
                order by resource_id, file_name
                """,
                params={"resource": resource},
            )
        )


@app.command()
def quarantine(
    resource: Annotated[str | None, typer.Option(help="Rows of this resource; without it, counts per rule.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    export: Annotated[
        Path | None,
        typer.Option(help="Folder for one workbook per unit with all quarantined rows and values, to send back."),
    ] = None,
) -> None:
    """Show quarantined rows and values, with the reason that helps a department to correct them."""
    check_resource(resource)
    if export is not None:
        export_feedback(export, resource)
        return
    with published() as con:
        if resource is None:
            show(
                con.sql(
                    "select resource_id, scope, field, rule, reason, count(*) as rows "
                    "from governance.quarantine group by all order by all"
                )
            )
        else:
            show(
                con.sql(
                    """
                    select file_name, line_number as line, scope, field, reason, received
                    from governance.quarantine where resource_id = $resource
                    order by file_name, line_number, field limit $limit
                    """,
                    params={"resource": resource, "limit": limit},
                )
            )


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL on the published file, e.g. 'from population.person limit 3'.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output, all rows.")] = False,
) -> None:
    """Run SQL on the published file."""
    with published() as con:
        try:
            result = con.sql(sql)
            if result is None:
                raise Mistake("没有结果：请写一条 SELECT (no result: write a SELECT)")
            show(result, as_csv=as_csv)
        except duckdb.Error as error:
            raise Mistake(str(error).strip().splitlines()[0]) from error


@explain_app.command("person")
def explain_person(
    id_or_number: Annotated[
        str, typer.Argument(metavar="ID", help="Golden id, also a retired one, or an identity number.")
    ],
) -> None:
    """Show a person's records, how each was linked, and why each golden value survived. The output has personal data."""
    explain_subject("person", id_or_number)


@explain_app.command("organization")
def explain_organization(
    id_or_number: Annotated[
        str, typer.Argument(metavar="ID", help="Golden id, also a retired one, or one of its numbers.")
    ],
) -> None:
    """Show an organisation's records, how each was linked, and why each golden value survived."""
    explain_subject("organization", id_or_number)


@app.command()
def ui(port: Annotated[int, typer.Option(min=1, max=65535)] = 3000) -> None:
    """Start Dagster's web interface on this machine. Stop it with Ctrl-C."""
    from suining_data.orchestration.instance import prepare_home

    home = prepare_home(settings())
    dagster = Path(sys.executable).with_name("dagster")
    environment = {**os.environ, "DAGSTER_HOME": str(home)}
    console.print(f"http://127.0.0.1:{port}")
    os.chdir(PROJECT)
    os.execve(dagster, [str(dagster), "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)], environment)


def published(config: Settings | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published file. Raises Mistake when nothing is published yet."""
    file = (config or settings()).published / "suining.duckdb"
    if not file.exists():
        raise Mistake(f"{file} 还没有：先运行 suining refresh (nothing is published yet: run `suining refresh` first)")
    return duckdb.connect(str(file.resolve()), read_only=True)


def explain_subject(kind_name: str, id_or_number: str) -> None:
    """Print what the published file has about the subjects with this id or number."""
    from suining_data.explanation import SubjectKind, explain, explain_unlinked, find_ids, print_explanation

    kind = SubjectKind(kind_name)
    with published() as con:
        try:
            found = [explain(con, kind, id) for id in find_ids(con, kind, id_or_number)]
            found = found or [each for each in [explain_unlinked(con, kind, id_or_number)] if each]
        except duckdb.CatalogException as error:
            raise Mistake(
                "已发布的文件由旧版本写成：先运行 suining refresh (an older version wrote the published file: run `suining refresh` first)"
            ) from error
    if not found:
        raise Mistake(f"没有标识或号码为 {id_or_number} 的记录 (no record has this id or number)")
    for each in found:
        print_explanation(each, console)


def export_feedback(folder: Path, resource: str | None) -> None:
    """Write a workbook per unit, and print the files."""
    from suining_data.catalog import load_catalog
    from suining_data.feedback import export_quarantine

    if resource is not None:
        raise Mistake(
            "--export 按单位写出全部资源，不与 --resource 同用 (--export writes all resources of a unit: leave out --resource)"
        )
    if folder.exists() and not folder.is_dir():
        raise Mistake(f"{folder}: 不是目录 (not a folder)")
    with published() as con:
        written = export_quarantine(con, load_catalog(), folder, date.today())
    for each in written:
        console.print(f"{each.file}  {each.rows:,} 条 (entries)", highlight=False, soft_wrap=True)
    if not written:
        console.print("没有需要退回的内容 (nothing was quarantined or refused)")


def check_resource(resource: str | None) -> None:
    """Raise Mistake when the catalogue has no such resource."""
    from suining_data.catalog import load_catalog

    declared = [each.id for each in load_catalog().resources]
    if resource is not None and resource not in declared:
        raise Mistake(f"目录中没有 {resource} (no such resource; `suining catalog list` shows all)")


def show(result: duckdb.DuckDBPyRelation, *, as_csv: bool = False) -> None:
    """Print rows as CSV, or the first 200 as a table as wide as the terminal."""
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(result.columns)
        while rows := result.fetchmany(10_000):
            writer.writerows(rows)
        return
    table = Table(*result.columns)
    rows = result.fetchmany(201)
    for row in rows[:200]:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table)
    if len(rows) > 200:
        console.print("只显示前 200 行；全部请用 --csv (first 200 rows; --csv gives all)")


def main() -> None:
    """Run the command line. A mistake that the user can correct is one line on standard error, with exit code 1."""
    from suining_data.warehouse import DiskFull

    try:
        app()
    except (Exception, DiskFull) as error:
        message = message_for_user(error)
        if message is None:
            raise
        Console(stderr=True).print(message, markup=False, style="red", soft_wrap=True)
        sys.exit(1)


def message_for_user(error: BaseException) -> str | None:
    """What the user can do about an error; None for an error that the user cannot correct."""
    from suining_data.catalog import CatalogError
    from suining_data.subjects import SubjectError
    from suining_data.warehouse import WarehouseBusy, is_disk_full

    if isinstance(error, Mistake | WarehouseBusy | SubjectError | CityError):
        return str(error)
    if isinstance(error, CatalogError):
        first, *others = error.problems
        more = f" 另有 {len(others)} 处：suining catalog check ({len(others)} more)" if others else ""
        return f"{first}{more}"
    if is_disk_full(error):
        return (
            f"磁盘已满或文件不能再增大：{settings().data}。已发布的数据不变；请腾出空间后再次运行 "
            "(the disk is full or a file cannot grow; the published data is unchanged: free some space and run again)"
        )
    return None

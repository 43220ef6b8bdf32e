"""The summary of the published file: stages, bases and libraries, checks, findings, next commands.

Here: reading the published file, printing it, the same as JSON. Not here: how the figures are made (the stages), refused
deliveries (refusals.py).
"""

from dataclasses import asdict, dataclass
from datetime import date

import duckdb
from rich.console import Console
from rich.table import Table

from suining_data.city import load_city
from suining_data.damage import reporting_damaged_publication
from suining_data.display import folding_table
from suining_data.encryption import open_database
from suining_data.ingestion import exchange_risk
from suining_data.orchestration.refusals import ARRIVING, CHECK, arriving_files, standing_refusals
from suining_data.publication import ended_rollback, standing_rollback
from suining_data.quality import FINDING_KINDS
from suining_data.settings import Settings
from suining_data.warehouse import table_exists

LABELS = {
    "population": "人口",
    "legal_entity": "法人单位",
    "spatial": "资源地理",
    "macro": "宏观经济",
    **load_city().themes,
}
STAGES = {
    "lines": "文件行 lines in",
    "rejected": "拒收 rejected",
    "raw": "原始 raw",
    "staged": "入库 staged",
    "quarantined": "隔离 quarantined",
    "superseded": "被替代 superseded",
}
CHECKS = {"passed": "通过 passed", "warned": "提醒 warned", "failed": "未过 failed"}
# silent revisions of the deliveries that count
REVISED = """
    select resource_id, field, former_file_name, revision.file_name, count(*)
    from governance.silent_revision as revision
    join governance.batch as batch using (resource_id, batch_id)
    where status = 'in_force' group by all order by all
"""
WITHDRAWN = """
    select unit_id, file_name, batch_id, strftime(withdrawn_at, '%Y-%m-%d %H:%M'), withdrawn_by, reason
    from governance.withdrawal where undone_at is null order by all
"""
TICKETS = "select count(*), count(*) filter (due_on < $today) from governance.correction where status = 'open'"


@dataclass(frozen=True)
class Summary:
    """The figures of a published file."""

    stages: dict[str, int]  # the keys of STAGES
    tables: list[tuple[str, int | None]]  # of the bases and libraries, with rows; None for a view
    checks: dict[str, int]  # the keys of CHECKS
    findings: list[tuple[str, int, int]]  # kind, findings, departments
    delivery_problems: list[tuple[str, int]]  # kind, files or resources
    failed_checks: list[tuple[str, str, str]]  # table, check, description
    revisions: list[tuple[str, str, str, str, int]]  # resource, field, former file, file, rows
    withdrawals: list[tuple[str, str, str, str, str, str]]  # unit, file, batch, when, by whom, why
    open_tickets: int
    overdue_tickets: int  # of the open ones, today


def summarize(con: duckdb.DuckDBPyConnection) -> Summary:
    """Read the figures of a published file."""
    stages = con.execute("""
        select coalesce(sum(lines_total), 0), coalesce(sum(rejected), 0), coalesce(sum(raw), 0),
            coalesce(sum(staged), 0), coalesce(sum(quarantined), 0), coalesce(sum(superseded), 0)
        from governance.row_account
    """).fetchone()
    tables = con.execute(
        "select table_name, rows from governance.table_state where list_contains($bases, split_part(table_name, '.', 1)) "
        "order by list_position($bases, split_part(table_name, '.', 1)), table_name",
        {"bases": list(LABELS)},
    ).fetchall()
    checks = con.execute("""
        select count(*) filter (has_passed), count(*) filter (not has_passed and severity = 'WARN'),
            count(*) filter (not has_passed and severity <> 'WARN')
        from governance.check_result
    """).fetchone()
    findings = (
        con.execute(
            "select kind, count(*), count(distinct department) from governance.finding group by kind order by kind"
        ).fetchall()
        if table_exists(con, "governance.finding")
        else []
    )
    problems = con.execute(
        "select kind, count(*) from governance.delivery_problem group by kind order by kind"
    ).fetchall()
    failed = con.execute("""
        select table_name, check_name, coalesce(description, '') from governance.check_result
        where not has_passed and severity = 'ERROR' order by all
    """).fetchall()
    tickets = (0, 0)
    if table_exists(con, "governance.correction"):
        [tickets] = con.execute(TICKETS, {"today": date.today()}).fetchall()
    return Summary(
        dict(zip(STAGES, map(int, stages or ()), strict=True)),
        tables,
        dict(zip(CHECKS, checks or (), strict=True)),
        findings,
        problems,
        failed,
        con.execute(REVISED).fetchall() if table_exists(con, "governance.silent_revision") else [],
        con.execute(WITHDRAWN).fetchall() if table_exists(con, "governance.withdrawal") else [],
        *tickets,
    )


def summary_as_json(con: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """The figures and the refused deliveries of a published file, for programs."""
    found = summarize(con)
    return {
        "stages": found.stages,
        "tables": dict(found.tables),
        "checks": found.checks,
        "findings": {kind: {"findings": rows, "departments": units} for kind, rows, units in found.findings},
        "delivery_problems": dict(found.delivery_problems),
        "failed_checks": [
            {"table": table, "check": check, "description": said} for table, check, said in found.failed_checks
        ],
        "silent_revisions": [
            {"resource": resource, "field": field, "former_file": former, "file": file, "rows": rows}
            for resource, field, former, file, rows in found.revisions
        ],
        "withdrawals": [
            dict(zip(("unit", "file", "batch", "withdrawn_at", "by", "reason"), each, strict=True))
            for each in found.withdrawals
        ],
        "corrections": {"open": found.open_tickets, "overdue": found.overdue_tickets},
        "refusals": [asdict(each) for each in standing_refusals(con)],
        "arriving": [asdict(each) for each in arriving_files(con)],
    }


def print_published(settings: Settings, console: Console) -> None:
    """Print the summary of the published file, and how to open the file."""
    file = settings.published / "suining.duckdb"
    if not file.exists():
        console.print("尚未发布 (nothing is published yet)")
        return
    with reporting_damaged_publication(file), open_database(file.resolve(), read_only=True) as con:
        print_summary(con, console)
    print_rollback(settings, console)
    console.print(f'数据库 (database)   {file}   suining query "from population.person limit 3"')
    console.print("界面 (UI)           make ui")


def rollback_as_json(settings: Settings) -> dict[str, str] | None:
    """The rollback that stands, for programs."""
    standing = standing_rollback(settings)
    return asdict(standing) if standing else None


def exchange_risk_as_json(settings: Settings) -> list[str]:
    """What the exchange database need not prove, for programs."""
    return list(settings.exchange_insecure) if exchange_risk(settings) else []


def print_exchange_risk(settings: Settings, console: Console) -> None:
    """What the exchange database need not prove, if anything."""
    if risk := exchange_risk(settings):
        console.print(f"✗ {risk.zh} ({risk.en})", style="red")


def print_rollback(settings: Settings, console: Console) -> None:
    """Whether what is published is an earlier snapshot, or is what ended a rollback."""
    if standing := standing_rollback(settings):
        console.print(
            f"✗ 已退回早先的快照 {standing.to_run}：{standing.rolled_back_by} 于 {standing.rolled_back_at}，{standing.reason}。"
            "下一次有变化的更新会重新发布 (an earlier snapshot is published; the next refresh that changes something publishes anew)",
            style="red",
        )
    elif ended := ended_rollback(settings):
        console.print(
            f"已重新发布，{ended.rolled_back_by} 于 {ended.rolled_back_at} 的退回（{ended.reason}）已结束 "
            "(published anew: the rollback has ended)"
        )


def print_summary(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Stages, bases and checks of a published file."""
    found = summarize(con)
    console.print(_stages(found))
    console.print(_bases(found))
    console.print(_checks(found))
    if found.findings:
        console.print(_findings(found))
    for kind, count in found.delivery_problems:
        console.print(
            f"来件 deliveries {kind}: {count}   "
            f"suining query --csv \"from governance.delivery_problem where kind = '{kind}'\""
        )
    if found.open_tickets:
        console.print(
            f"核查工单 corrections: {found.open_tickets} 未办结 open，其中 {found.overdue_tickets} 逾期 overdue   "
            "suining corrections list"
        )
    for resource, field, former, file, rows in found.revisions:
        console.print(
            f"往期变动 silent revision {resource} {field}: {file} 有 {rows:,} 行与 {former} 不同 (rows differ about the past)   "
            f"suining query --csv \"from governance.silent_revision where resource_id = '{resource}'\""
        )
    for unit, file, batch, at, by, reason in found.withdrawals:
        console.print(f"已撤回 withdrawn {unit}/{file}（{batch}）：{by} 于 {at}，{reason}")
    for table, check, description in found.failed_checks:
        if check not in (CHECK, ARRIVING):  # print_refusals and print_arriving say more
            console.print(f"✗ {table} {check}: {description}", style="red")


def _stages(found: Summary) -> Table:
    table = folding_table("阶段 stage", "行 rows", title="各阶段 stages")
    for name, rows in found.stages.items():
        table.add_row(STAGES[name], f"{rows:,}")
    return table


def _bases(found: Summary) -> Table:
    title = "四大基础信息库及专题库 four bases and thematic libraries"
    table = folding_table("库 base", "表 table", "行 rows", title=title)
    for name, rows in found.tables:
        base = name.partition(".")[0]
        table.add_row(f"{LABELS[base]} {base}", name, "视图 view" if rows is None else f"{rows:,}")
    return table


def _checks(found: Summary) -> Table:
    table = folding_table("检查 checks", "数 count", title="质量检查 quality checks")
    for name, count in found.checks.items():
        table.add_row(CHECKS[name], f"{count:,}")
    return table


def _findings(found: Summary) -> Table:
    title = "供部门核查的线索 findings for departments (governance.finding)"
    table = folding_table("类别 kind", "线索 findings", "单位 departments", title=title)
    for kind, findings, departments in found.findings:
        table.add_row(f"{FINDING_KINDS[kind]} {kind}", f"{findings:,}", f"{departments}")
    return table

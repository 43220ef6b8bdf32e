"""The summary of the published file on a terminal: stages, bases and libraries, checks, findings, next commands.

Here: reading the published file and printing. Not here: how the figures are made (the stages).
"""

import duckdb
from rich.console import Console
from rich.table import Table

from suining_data.city import load_city
from suining_data.settings import Settings
from suining_data.warehouse import table_exists

LABELS = {
    "population": "人口",
    "legal_entity": "法人单位",
    "spatial": "资源地理",
    "macro": "宏观经济",
    **load_city().themes,
}
FINDINGS = {
    "dead_yet_paid": "死亡后仍发放",
    "double_registration": "双重户籍",
    "overlapping_insurance": "重复参保",
    "shared_number": "一号多人",
    "married_twice": "重婚",
    "closed_yet_insuring": "已注销仍参保",
    "closed_with_license": "已注销证照仍有效",
}


def print_published(settings: Settings, console: Console) -> None:
    """Print the summary of the published file, and how to open the file."""
    file = settings.published / "suining.duckdb"
    if not file.exists():
        console.print("尚未发布 (nothing is published yet)")
        return
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        print_summary(con, console)
    console.print(f'数据库 (database)   {file}   suining query "from population.person limit 3"', highlight=False)
    console.print("界面 (UI)           make ui", highlight=False)


def print_summary(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Stages, bases and checks of a published file."""
    console.print(_stages(con))
    console.print(_bases(con))
    console.print(_checks(con))
    if table_exists(con, "governance.finding"):
        console.print(_findings(con))
    for kind, count in _delivery_problems(con):
        console.print(
            f"来件 deliveries {kind}: {count}   suining query --csv \"from governance.delivery_problem where kind = '{kind}'\"",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    for table, check, description in _failed(con):
        console.print(f"✗ {table} {check}: {description}", style="red", markup=False, highlight=False, soft_wrap=True)


def _failed(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return con.execute("""
        select table_name, check_name, coalesce(description, '') from governance.check_result
        where not has_passed and severity = 'ERROR' order by all
    """).fetchall()


def _delivery_problems(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    return con.execute("select kind, count(*) from governance.delivery_problem group by kind order by kind").fetchall()


def _stages(con: duckdb.DuckDBPyConnection) -> Table:
    table = Table("阶段 stage", "行 rows", title="各阶段 stages", title_justify="left")
    row = con.execute("""
        select coalesce(sum(lines_total), 0), coalesce(sum(rejected), 0), coalesce(sum(raw), 0), coalesce(sum(staged), 0),
            coalesce(sum(quarantined), 0), coalesce(sum(superseded), 0)
        from governance.row_account
    """).fetchone()
    names = ("文件行 lines in", "拒收 rejected", "原始 raw", "入库 staged", "隔离 quarantined", "被替代 superseded")
    for name, rows in zip(names, row or (), strict=True):
        table.add_row(name, f"{rows:,}")
    return table


def _bases(con: duckdb.DuckDBPyConnection) -> Table:
    table = Table(
        "库 base",
        "表 table",
        "行 rows",
        title="四大基础信息库及专题库 four bases and thematic libraries",
        title_justify="left",
    )
    rows = con.execute(
        "select split_part(table_name, '.', 1), table_name, rows from governance.table_state "
        "where list_contains(?, split_part(table_name, '.', 1)) order by list_position(?, split_part(table_name, '.', 1)), 2",
        [list(LABELS), list(LABELS)],
    ).fetchall()
    for base, name, count in rows:
        table.add_row(f"{LABELS[base]} {base}", name, "视图 view" if count is None else f"{count:,}")
    return table


def _checks(con: duckdb.DuckDBPyConnection) -> Table:
    table = Table("检查 checks", "数 count", title="质量检查 quality checks", title_justify="left")
    row = con.execute("""
        select count(*) filter (has_passed), count(*) filter (not has_passed and severity = 'WARN'),
            count(*) filter (not has_passed and severity <> 'WARN')
        from governance.check_result
    """).fetchone()
    for name, count in zip(("通过 passed", "提醒 warned", "未过 failed"), row or (), strict=True):
        table.add_row(name, f"{count:,}")
    return table


def _findings(con: duckdb.DuckDBPyConnection) -> Table:
    table = Table(
        "类别 kind",
        "线索 findings",
        "单位 departments",
        title="供部门核查的线索 findings for departments (governance.finding)",
        title_justify="left",
    )
    rows = con.execute(
        "select kind, count(*), count(distinct department) from governance.finding group by kind order by kind"
    ).fetchall()
    for kind, count, departments in rows:
        table.add_row(f"{FINDINGS[kind]} {kind}", f"{count:,}", f"{departments}")
    return table

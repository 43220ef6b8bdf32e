"""What the warehouse says is wrong, as causes: refused deliveries, failed checks, problems of deliveries, falling scores.

Here: reading governance tables. Not here: how they are filled (orchestration/, quality/), failed runs (failed_runs.py).

The tables of the warehouse are read and not those of the published file: when a blocking check fails, nothing is published.
"""

from collections.abc import Iterator

import duckdb

from suining_data.alerts.cause import DUTY, Cause, asset_page, safe
from suining_data.catalog import Catalog
from suining_data.orchestration.delivery_problems import CHECKS as PROBLEM_CHECKS
from suining_data.orchestration.delivery_problems import TABLE as PROBLEMS
from suining_data.orchestration.refusals import CHECK as ACCEPTED
from suining_data.orchestration.refusals import standing_refusals
from suining_data.quality import CHECK_OF_DIMENSION
from suining_data.warehouse import table_exists

SCORES = "governance.quality_score"
TOLD_ONE_BY_ONE = (ACCEPTED, *(check.name for check in PROBLEM_CHECKS.values()))  # a cause for each file or resource


def findings(con: duckdb.DuckDBPyConnection, catalog: Catalog, score_drop: float) -> list[Cause]:
    """All causes of the warehouse, in the same order whatever the order of its rows."""
    if not table_exists(con, "governance.check_result"):
        return []
    found = [*_refused(con, catalog), *_checks(con, catalog)]
    if table_exists(con, PROBLEMS):
        found += _problems(con, catalog)
    if table_exists(con, SCORES):
        found += _scores(con, catalog, score_drop)
    return found


def _refused(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Cause]:
    for each in standing_refusals(con):
        yield Cause(
            "refused",
            (each.resource_id, each.batch_id or each.message_zh),
            _unit_name(catalog, each.resource_id),
            f"{_resource_name(catalog, each.resource_id)}：{safe(each.message_zh, each.batch_id)} 在此之前沿用上一批。",
            f"{each.resource_id}: {safe(each.message_en, each.batch_id)} Until then the batch before it stays current.",
            asset_page(f"raw.{each.resource_id}"),
        )


def _checks(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Cause]:
    rows = con.execute(
        """
        select table_name, check_name, is_blocking, coalesce(description, '') from governance.check_result
        where not has_passed and severity = 'ERROR' and not list_contains(?, check_name) order by all
        """,
        [list(TOLD_ONE_BY_ONE)],
    ).fetchall()
    for table, check, is_blocking, description in rows:
        said, resource = safe(description), table.partition(".")[2]
        kept_zh, kept_en = (
            (
                "该表沿用上一版，依赖它的表没有更新",
                "The last good table stays current, and nothing downstream was built",
            )
            if is_blocking
            else ("其余照常更新", "Everything else was updated")
        )
        yield Cause(
            "gate" if is_blocking else "check",
            (table, check),
            _unit_name(catalog, resource),
            f"{table} 的检查 {check} 未通过：{said}。{kept_zh}。请打开链接核对，改正来件或规则后再次运行。",
            f"The check {check} of {table} failed. {kept_en}. Open the link, correct the delivery or the rule, and run again.",
            asset_page(table),
        )


def _problems(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Cause]:
    rows = con.execute(
        f"select kind, unit_id, resource_id, file_name, message_zh, message_en from {PROBLEMS} order by all"
    ).fetchall()
    units = {unit.id: unit.name for unit in catalog.units}
    for kind, unit, resource, file, zh, en in rows:
        yield Cause(
            kind,
            (unit or "", resource or "", file or ""),
            units.get(unit, DUTY),
            safe(zh),
            safe(en),
            asset_page(PROBLEMS),
        )


def _scores(con: duckdb.DuckDBPyConnection, catalog: Catalog, drop: float) -> Iterator[Cause]:
    """The scores of a unit that fell by more than `drop` points from the day before to the last day on which it has one."""
    rows = con.execute(
        f"""
        with score as (
            select unit_id, dimension, scored_on, 100.0 * sum(numerator) / sum(denominator) as points
            from {SCORES} group by all having sum(denominator) > 0
        ),
        compared as (
            select *, lag(points) over by_day as before from score
            window by_day as (partition by unit_id, dimension order by scored_on)
            qualify scored_on = max(scored_on) over (partition by unit_id, dimension)
        )
        select unit_id, dimension, strftime(scored_on, '%Y-%m-%d'), before, points from compared
        where before - points > ? order by all
        """,
        [drop],
    ).fetchall()
    units = {unit.id: unit.name for unit in catalog.units}
    chinese = {check: zh for zh, check in CHECK_OF_DIMENSION.items()}
    for unit, dimension, day, before, points in rows:
        yield Cause(
            "score",
            (unit, dimension, day),
            units.get(unit, DUTY),
            f"{day} {units.get(unit, unit)}的“{chinese.get(dimension, dimension)}”得分从 {before:.1f} 降到 {points:.1f}。"
            "请打开链接查看哪项资源下降，并请该单位更正后重新交付。",
            f"{day}: the score of {unit} in {dimension} fell from {before:.1f} to {points:.1f}. "
            "Open the link to see which resource fell, and ask the department for a corrected delivery.",
            asset_page(SCORES),
        )


def _unit_name(catalog: Catalog, resource_id: str) -> str:
    try:
        return catalog.unit_of(resource_id).name
    except KeyError:  # a table of a base, or a resource that left the catalogue
        return DUTY


def _resource_name(catalog: Catalog, resource_id: str) -> str:
    try:
        return catalog.resource(resource_id).name
    except KeyError:
        return resource_id

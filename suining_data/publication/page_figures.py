"""The figures of the page about the quality of the deliveries, from the tables of schema governance and the catalogue.

Here: the queries, and the shape in which page.html shows their rows. Not here: the page (page.py), how the figures are made
(quality/, standardization/, orchestration/).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from suining_data.catalog import Catalog, Unit
from suining_data.quality import CHECK_OF_DIMENSION, STATUS

DAYS = 60  # of the trend
MOST_SHOWN = 200  # tickets and messages; the published tables have them all
DIMENSIONS = {en: zh for zh, en in CHECK_OF_DIMENSION.items()}
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Ratio:
    """So many of so many."""

    numerator: int
    denominator: int

    @property
    def share(self) -> float:
        return self.numerator / self.denominator

    def __str__(self) -> str:
        """In per cent, rounded down: 100 is said only if nothing is missing."""
        hundredths = self.numerator * 10_000 // self.denominator
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


@dataclass(frozen=True)
class Score:
    """The score of a unit, or of all, on a day."""

    day: date
    dimensions: Mapping[str, Ratio]  # those of DIMENSIONS of which something can be counted

    @property
    def points(self) -> float:
        """The mean of the dimensions, of 100, rounded down to a tenth."""
        if not self.dimensions:
            return 0.0
        return int(sum(ratio.share for ratio in self.dimensions.values()) / len(self.dimensions) * 1000) / 10


@dataclass(frozen=True)
class UnitFigures:
    """A row of the table of units."""

    unit: Unit
    delivered: int = 0  # resources that have a current batch
    rows: int = 0
    staged: int = 0
    quarantined_rows: int = 0
    quarantined_values: int = 0
    overdue: int = 0
    late: int = 0
    refused: int = 0
    open_tickets: int = 0
    overdue_tickets: int = 0
    trend: tuple[Score, ...] = ()

    @property
    def resources(self) -> int:
        return len(self.unit.resources)

    @property
    def score(self) -> Score | None:
        return self.trend[-1] if self.trend and self.trend[-1].dimensions else None


@dataclass(frozen=True)
class Ticket:
    """An open correction ticket; no key of a row, and nothing that a person wrote."""

    number: str
    unit: str
    resource: str
    field: str
    reason: str
    rows: int
    opened_on: date
    due_on: date
    is_overdue: bool


@dataclass(frozen=True)
class Figures:
    """Everything that the page shows."""

    units: list[UnitFigures]
    trend: tuple[Score, ...]  # of all units
    tickets: list[Ticket]
    ended: Mapping[str, int]  # tickets that have ended, by their status in Chinese
    refusals: list[tuple[str, str, str]]  # unit, resource, message
    problems: list[tuple[str, str]]  # unit, message
    undeclared: int  # files that no resource declares
    totals: Mapping[str, int] = field(default_factory=dict)


def figures_of(con: Connection, catalog: Catalog, day: date) -> Figures:
    """The figures as the tables say them; scores up to `day`."""
    names = {unit.id: unit.name for unit in catalog.units}
    resources = {resource.id: resource.name for resource in catalog.resources}
    counts = _by_unit(con, COUNTS)
    trends = _trends(con, day)
    units = [
        UnitFigures(unit, **counts.get(unit.id, {}), trend=trends.get(unit.id, ()))
        for unit in sorted(catalog.units, key=lambda unit: (unit.origin == "backflow", not unit.is_key, unit.id))
    ]
    tickets = [
        Ticket(number, names.get(unit, unit), resources.get(resource, resource), field or "—", *rest)
        for number, unit, resource, field, *rest in con.execute(TICKETS).fetchall()
    ]
    ended = {STATUS[status]: count for status, count in con.execute(ENDED).fetchall()}
    refusals = [
        (names.get(unit, unit), resources.get(resource, resource), line)
        for unit, resource, description in _refused(con, catalog)
        for line in description.split("\n")[::2]  # Chinese and English take turns
    ]
    problems = [(names.get(unit, "—"), message) for unit, message in con.execute(PROBLEMS).fetchall()]
    undeclared = con.execute("select count(*) from governance.delivery_problem where kind = 'undeclared'").fetchall()
    return Figures(units, trends.get("", ()), tickets, ended, refusals, problems, undeclared[0][0], _totals(units))


def _totals(units: Iterable[UnitFigures]) -> dict[str, int]:
    """The figures at the top."""
    units = list(units)
    of_city = [each for each in units if each.unit.origin == "department"]
    backflow = [each for each in units if each.unit.origin == "backflow"]
    return {
        "units": len(of_city),
        "key_units": sum(each.unit.is_key for each in of_city),
        "delivering_units": sum(each.delivered > 0 for each in of_city),
        "resources": sum(each.resources for each in units),
        "delivered_resources": sum(each.delivered for each in units),
        "department_rows": sum(each.rows for each in of_city),
        "backflow_rows": sum(each.rows for each in backflow),
        "staged": sum(each.staged for each in units),
        "quarantined_rows": sum(each.quarantined_rows for each in units),
        "quarantined_values": sum(each.quarantined_values for each in units),
        "overdue": sum(each.overdue for each in units),
        "refused": sum(each.refused for each in units),
        "open_tickets": sum(each.open_tickets for each in units),
        "overdue_tickets": sum(each.overdue_tickets for each in units),
    }


def _by_unit(con: Connection, sql: str) -> dict[str, dict[str, int]]:
    found = con.execute(sql)
    names = [column[0] for column in found.description or []]
    return {row[0]: {n: int(v or 0) for n, v in zip(names[1:], row[1:], strict=True)} for row in found.fetchall()}


def _trends(con: Connection, day: date) -> dict[str, tuple[Score, ...]]:
    """The scores of every unit on each of the last days; of all units together under the empty name."""
    found: dict[str, dict[date, dict[str, Ratio]]] = {}
    for unit, on, dimension, *ratio in con.execute(DAILY, {"day": day, "days": DAYS}).fetchall():
        found.setdefault(unit, {}).setdefault(on, {})[dimension] = Ratio(*map(int, ratio))
    return {
        unit: tuple(Score(on, {d: of[d] for d in DIMENSIONS if d in of}) for on, of in sorted(days.items()))
        for unit, days in found.items()
    }


def _refused(con: Connection, catalog: Catalog) -> list[tuple[Any, ...]]:
    return [
        (catalog.unit_of(resource).id, resource, description)
        for resource, description in con.execute(REFUSED).fetchall()
        if any(each.id == resource for each in catalog.resources)
    ]


COUNTS = """
    with batch as (select * from governance.batch where status = 'in_force'),

    unit_of as (select distinct resource_id, unit_id from governance.quality_score),

    counted as (
        select unit_id, count(distinct resource_id) as delivered, sum(raw) as rows, sum(staged) as staged,
            sum(row_account.quarantined + row_account.rejected) as quarantined_rows
        from batch join governance.row_account using (resource_id, batch_id) group by unit_id
    ),

    value as (
        select unit_id, count(*) as quarantined_values from governance.quarantine where scope = 'value' group by unit_id
    ),

    problem as (
        select unit_id, count(*) filter (kind = 'overdue') as overdue, count(*) filter (kind = 'late') as late
        from governance.delivery_problem where unit_id is not null group by unit_id
    ),

    refused as (
        select unit_id, sum(cast(metadata ->> 'failed' as bigint)) as refused from governance.check_result
        join unit_of on resource_id = split_part(table_name, '.', 2)
        where check_name in ('batches_accepted', 'exchange_read') and not has_passed group by unit_id
    ),

    ticket as (
        select unit_id, count(*) as open_tickets, count(*) filter (is_overdue) as overdue_tickets
        from governance.correction where status = 'open' group by unit_id
    )

    from counted full join value using (unit_id) full join problem using (unit_id) full join refused using (unit_id)
        full join ticket using (unit_id)
"""
TICKETS = """
    select ticket, unit_id, resource_id, field, reason, rows, opened_on, due_on, is_overdue
    from governance.correction where status = 'open' order by due_on, ticket
"""
ENDED = "select status, count(*) from governance.correction where status <> 'open' group by 1 order by 1"
REFUSED = """
    select split_part(table_name, '.', 2), description from governance.check_result
    where check_name in ('batches_accepted', 'exchange_read') and not has_passed and description <> '' order by all
"""
PROBLEMS = """
    select unit_id, message_zh from governance.delivery_problem order by kind, unit_id, message_zh
"""
# the score of a day is the last one written on or before it
DAILY = """
    with score as (
        select unit_id, dimension, numerator, denominator, greatest(scored_on, first_day) as from_day,
            coalesce(lead(scored_on) over (partition by unit_id, resource_id, dimension order by scored_on) - 1, $day) as to_day
        from governance.quality_score, (select greatest(min(scored_on), $day - cast($days - 1 as integer)) as first_day
            from governance.quality_score where scored_on <= $day)
        where scored_on <= $day
    ),

    on_day as (
        select unit_id, dimension, numerator, denominator,
            unnest(generate_series(from_day, to_day, interval 1 day))::date as day
        from score where from_day <= to_day
    )

    select coalesce(unit_id, ''), day, dimension, sum(numerator), sum(denominator) from on_day
    group by grouping sets ((unit_id, day, dimension), (day, dimension)) having sum(denominator) > 0
"""

"""The figures that stand, each with all that is said of it on a page: names, unit, vintage, release, revision, source.

Here: reading them from a published file or a snapshot; figures of one line in one unit. Not here: how they are shown
(chart_book.py, yearbook.py), how they came to stand (dbt_like_sql/macro/latest.sql).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from suining_data.city import load_city
from suining_data.sql import literal

Connection = duckdb.DuckDBPyConnection

READ = {f"macro.{name}" for name in ("indicator", "observation", "latest", "release", "revision")}
READ |= {"code.code", "code.code_set", "spatial.division"}
LEVELS = ("level_current", "level_cumulative")
INDEX, INDEX_UNIT = "index", "上年同期=100"
GROWTH = ("yoy_real", "yoy_nominal")


@dataclass(frozen=True)
class Figure:
    """A row of macro.latest. `depth`: below how many totals its indicator is; `place` of its region: 0 the city, 1 a county, 2 others."""

    theme: str
    theme_name: str
    depth: int
    indicator: str
    name: str
    kind: str
    part_of: str | None
    region: str
    region_name: str
    place: int
    start: date | None
    end: date | None
    frequency: str | None
    measure: str
    measure_name: str
    value: float | None
    unit: str
    base_unit: str
    multiplier: int
    caliber: str | None
    status: str
    vintage_name: str | None
    is_preliminary: bool
    is_published: bool
    is_revised: bool
    released_at: date | None
    is_release_reported: bool
    source: str

    @property
    def is_yearly(self) -> bool:
        """Of a whole year, or of a day of it, as a census is."""
        return self.frequency == "Y" and self.end is not None

    @property
    def year(self) -> int:
        return self.end.year if self.end else 0

    @property
    def period(self) -> str:
        return period_name(self.start, self.end)


def has_statistics(con: Connection) -> bool:
    """Whether the current database has what is read here and by SDMX; a run of a part of the bases, and some audiences, have not."""
    found = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_catalog = current_database()"
    )
    return {name for (name,) in found.fetchall()}.issuperset(READ)


def read_figures(con: Connection) -> list[Figure]:
    """All figures that stand and have a value, in the order in which they are shown: theme, indicator, region, period."""
    city = load_city().code
    found = con.execute(f"""
        with recursive region as (
            select coalesce(division_code, region_name) as region, arg_max(region_name, period_end) as said
            from macro.latest group by all
        ),
        division as (
            select division_code, arg_max(name, is_current) as name from spatial.division
            where code_system_code = 'NBS' group by all
        ),
        listed as (select *, row_number() over () as listed_at from macro.indicator),
        indicator as (
            select *, [listed_at] as path from listed where part_of is null or part_of not in (select indicator_code from listed)
            union all
            select part.*, list_append(total.path, part.listed_at)
            from listed as part join indicator as total on part.part_of = total.indicator_code
        )
        select
            coalesce(theme, ''),
            coalesce(theme_code.name_zh, theme, '未分类'),
            len(path) - 1,
            indicator_code,
            indicator.name_zh,
            coalesce(kind, ''),
            part_of,
            coalesce(region, ''),
            coalesce(division.name, region.said, ''),
            case
                when region = {literal(f"{city}000000")} then 0
                when starts_with(region, {literal(city[:4])}) then 1
                else 2
            end as place,
            period_start,
            period_end,
            frequency,
            measure_code,
            coalesce(measure.name_zh, measure_code),
            value,
            coalesce(latest.unit, case measure_code when 'index' then {literal(INDEX_UNIT)} end, ''),
            coalesce(base_unit, ''),
            multiplier,
            latest.caliber,
            status_code,
            vintage.name_zh,
            status_code = 'P' or coalesce(vintage_code = 'preliminary', false),
            is_published,
            figure_id in (select figure_id from macro.revision),
            latest.released_at,
            latest.release_date_kind = 'reported',
            coalesce(title, release.file_name, release.resource_id, '')
        from macro.latest
        join indicator using (indicator_code)
        left join region on coalesce(latest.division_code, latest.region_name) = region
        left join division on latest.division_code = division.division_code
        left join macro.release on latest.release_id = release.release_id
        left join code.code as theme_code on theme_code.code_set = 'indicator_theme' and theme = theme_code.code
        left join code.code as measure on measure.code_set = 'measure_code' and measure_code = measure.code
        left join code.code as vintage on vintage.code_set = 'vintage_code' and vintage_code = vintage.code
        where value is not null
        order by coalesce(theme_code.position, 1000), theme, path, place, region, latest.caliber nulls first, period_end nulls first,
            period_start, measure_code
    """)
    return [Figure(*row) for row in found.fetchall()]


def in_one_unit(figures: Sequence[Figure]) -> tuple[str, list[float]]:
    """The unit of the last figure, and the values of all in it; what is in another currency or measure has no place beside it."""
    last = figures[-1]
    return last.unit, [
        each.value
        if each.multiplier == last.multiplier
        else float(f"{(each.value or 0) * each.multiplier / last.multiplier:.12g}")
        for each in figures
        if each.value is not None
    ]


def comparable(figures: Iterable[Figure]) -> list[Figure]:
    """The figures with the base unit of the last one: those in yuan, and not those in dollars."""
    found = list(figures)
    return [each for each in found if each.base_unit == found[-1].base_unit]


def period_name(start: date | None, end: date | None) -> str:
    """A period as a statistician says it: 2020年, 2020年1—5月, 2020年第一季度 is 1—3月."""
    if start is None or end is None:
        return "时期不详"
    if start == end:
        return f"{end.year}年{end.month}月{end.day}日"
    if start.year != end.year:
        return f"{start.year}—{end.year}年"
    if (start.month, end.month) == (1, 12):
        return f"{end.year}年"
    if start.month == end.month:
        return f"{end.year}年{end.month}月"
    return f"{end.year}年{start.month}—{end.month}月"

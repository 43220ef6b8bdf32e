"""`suining macro ...`: the figures of the macroeconomic base.

Here: show, a figure through time as a table with bars; yearbook, a workbook. Not here: what a figure is (dbt_like_sql/macro/),
what is in the workbook (statistics/), SQL of a user (cli.py: query).
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.bar import Bar
from rich.table import Column, Table

from suining_data.city import load_city
from suining_data.commands.errors import Mistake
from suining_data.commands.excel import replacing
from suining_data.commands.output import AsCsv, AsExcelCsv, AsJson, Form, form_of, show
from suining_data.commands.published import ANALYST, AsOf, published
from suining_data.display import console, visible

BAR = 24  # characters of the longest bar
FREQUENCIES = {"M": "月", "Q": "季", "H": "半年", "Y": "年"}
MOST_OFFERED = 8

macro_app = typer.Typer(no_args_is_help=True, help="宏观经济库的指标 · Figures of the macroeconomic base.")


@macro_app.callback()
def macro() -> None:
    pass


@macro_app.command("show")
def show_figure(
    indicator: Annotated[str, typer.Argument(help="Code or name of an indicator: GDP, gdp, 地区生产总值.")],
    region: Annotated[str | None, typer.Option(help="Name or code of a division; the city by default.")] = None,
    freq: Annotated[
        str | None, typer.Option(help="M, Q, H or Y: only figures of months, quarters, halves or years.")
    ] = None,
    measure: Annotated[str | None, typer.Option(help="Code of a measure, such as yoy_real; all by default.")] = None,
    as_of: AsOf = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show a figure through time: the value that stands, its unit, stage of accounting and release.

    With --as-of it is the value that stood on that day, of what was released until then.
    """
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    if freq is not None and freq.upper() not in FREQUENCIES:
        raise Mistake(f"--freq {freq}: 只能是 {'、'.join(FREQUENCIES)} (one of {', '.join(FREQUENCIES)})")
    with published(audience=ANALYST) as con:
        code, name = _indicator(con, indicator)
        place, codes = _region(con, region)
        found = _figures(con, code, codes, freq.upper() if freq else None, measure, as_of.date() if as_of else None)
        if form is not Form.TABLE:
            show(found, form)
            return
        rows = found.fetchall()
        if not rows:
            raise Mistake(f"{name} · {place}: 没有这样的数 (no such figure)")
        _print(f"{name} · {place}", rows, as_of)


def _indicator(con: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, str]:
    """Code and Chinese name of the indicator with this code or one of its names. Raises Mistake when there is none."""
    found = con.execute(
        """
        select indicator_code, name_zh from macro.indicator
        where lower($asked) in (indicator_code, lower(name_zh), lower(name_en))
            or indicator_code in (select indicator_code from macro.indicator_name where lower(name) = lower($asked))
        """,
        {"asked": asked},
    ).fetchone()
    if found:
        return found[0], found[1]
    near = con.execute(
        "select name_zh from macro.indicator where contains(name_zh, $asked) or contains(indicator_code, lower($asked)) "
        "order by length(name_zh), name_zh limit $most",
        {"asked": asked, "most": MOST_OFFERED},
    ).fetchall()
    offered = f"：{'、'.join(name for (name,) in near)}" if near else ""
    raise Mistake(f"没有指标 {visible(asked)}{offered} (no such indicator; `from macro.indicator` lists them)")


def _region(con: duckdb.DuckDBPyConnection, asked: str | None) -> tuple[str, list[str]]:
    """Name and current code of a division, whatever it was called. Raises Mistake when no figure is about it."""
    city = load_city()
    if asked is None or asked in (city.name, city.short_name):
        return city.name, [city.code.ljust(12, "0")]
    codes = con.execute(
        """
        select distinct series_division_code from macro.observation
        where series_division_code is not null
            and (starts_with(region_name, $asked) or rpad($asked, 12, '0') in (division_code, series_division_code))
        """,
        {"asked": asked},
    ).fetchall()
    if not codes:
        raise Mistake(f"没有 {visible(asked)} 的数 (no figure is about this division)")
    return asked, [code for (code,) in codes]


def _figures(
    con: duckdb.DuckDBPyConnection,
    code: str,
    regions: list[str],
    freq: str | None,
    measure: str | None,
    day: date | None,
) -> duckdb.DuckDBPyRelation:
    """Columns: measure, period_start, period_end, frequency, value, unit, vintage, released, note; by measure and time."""
    figures = "macro.as_of($day)" if day else "(from macro.observation where preference = 1)"
    parameters: dict[str, Any] = {"code": code, "regions": regions, "freq": freq, "measure": measure}
    return con.sql(
        f"""
        select measure.name_zh as measure, period_start, period_end, frequency, value, unit, vintage.name_zh as vintage,
            released_at as released, figure.caliber,
            case when status_code in ('N', 'M') then status.name_zh when not is_published then '非公布数' end as note
        from {figures} as figure
        join code.code as measure on measure.code_set = 'measure_code' and measure.code = measure_code
        left join code.code as vintage on vintage.code_set = 'vintage_code' and vintage.code = vintage_code
        left join code.code as status on status.code_set = 'observation_status_code' and status.code = status_code
        where indicator_code = $code and list_contains($regions, series_division_code)
            and coalesce(frequency = $freq, true) and coalesce(measure_code = $measure, true)
        order by measure.position, frequency, period_end, period_start
        """,
        params={**parameters, **({"day": day} if day else {})},
    )


def _print(title: str, rows: list[tuple[Any, ...]], as_of: datetime | None) -> None:
    """One table for each measure and frequency, each with bars of its own scale."""
    from suining_data.statistics import period_name

    console.print(title + (f"（截至 {as_of:%Y-%m-%d} 已发布 · as released until then）" if as_of else ""), style="bold")
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        groups.setdefault((row[0], row[3]), []).append(row)
    for (measure, frequency), members in groups.items():
        table = Table(
            "时期 period", Column("数值 value", justify="right"), "单位 unit", Column("", width=BAR), "核算阶段 vintage",
            "发布 released", "说明 note", title=f"{measure}（{FREQUENCIES.get(frequency, '')}）", title_justify="left",
        )  # fmt: skip
        longest = max((abs(row[4]) for row in members if row[4] is not None), default=0) or 1
        for _, start, end, _, value, unit, vintage, released, caliber, note in members:
            bar = "" if value is None else Bar(longest, 0, abs(value), width=BAR, color="red" if value < 0 else "cyan")
            said = "；".join(text for text in (caliber, note) if text)
            table.add_row(
                period_name(start, end), "" if value is None else f"{value:,.10g}", unit or "", bar, vintage or "",
                str(released or ""), said,
            )  # fmt: skip
        console.print(table)


@macro_app.command()
def yearbook(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook that is written, or replaced.")],
) -> None:
    """Write the yearly figures as a workbook: a sheet for each theme, indicators in rows, years in columns."""
    from suining_data.statistics import has_statistics, write_yearbook

    if file.suffix.lower() != ".xlsx":
        raise Mistake(f"{visible(str(file))}: 文件名须以 .xlsx 结尾 (the name must end with .xlsx)")
    if not file.absolute().parent.is_dir():
        raise Mistake(f"{visible(str(file.parent))}: 没有这个目录 (no such folder)")
    with published(audience=ANALYST) as con:
        if not has_statistics(con):
            raise Mistake("已发布的文件中没有宏观经济库 (the published file does not have the macro base)")
        with replacing(file) as fresh:
            sheets, figures = write_yearbook(con, fresh)
    console.print(f"{visible(str(file))}  {sheets} 个专题 (themes)  {figures:,} 个数 (figures)")

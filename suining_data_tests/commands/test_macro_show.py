"""`suining macro show`: a figure through time, as it stands and as it stood on a day."""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.commands.errors import Mistake
from suining_data.commands.macro import show_figure
from suining_data.publication.macros import add_figures_as_of
from suining_data.settings import settings

CITY, COUNTY = "510900000000", "510981000000"
ROWS = [  # figure, region, code of today, period, value, preference, released
    ("f1", "遂宁市", CITY, 2020, 1403.18, 2, "2021-02-05"),
    ("f1", "遂宁市", CITY, 2020, 1385.0, 1, "2025-02-01"),
    ("f2", "遂宁市", CITY, 2021, 1519.87, 1, "2022-02-05"),
    ("f3", "射洪县", COUNTY, 2018, 380.5, 1, "2019-02-05"),
    ("f4", "射洪市", COUNTY, 2020, 420.0, 1, "2021-02-05"),
]


@pytest.fixture(autouse=True)
def analysts_file(tmp_path: Path, empty_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    file = settings().published / "analyst" / "suining.duckdb"
    file.parent.mkdir(parents=True)
    file.write_bytes(empty_warehouse.read_bytes())
    with duckdb.connect(str(file)) as con:
        con.execute(
            "insert into macro.indicator (indicator_code, name_zh, is_known) values ('gdp', '地区生产总值', true)"
        )
        con.execute("insert into macro.indicator_name (name, indicator_code) values ('GDP', 'gdp')")
        con.executemany(
            """
            insert into macro.observation (observation_id, figure_id, indicator_code, region_name, series_division_code,
                period_start, period_end, frequency, measure_code, value, unit, preference, released_at, status_code, is_published)
            select uuid(), $1, 'gdp', $2, $3, make_date($4, 1, 1), make_date($4, 12, 31), 'Y', 'level_current', $5, '亿元', $6,
                $7::date, 'A', true
            """,
            ROWS,
        )
        add_figures_as_of(con, "suining")


def shown(*arguments: str) -> list[tuple[str, float]]:
    """Period and value of each row."""
    result = CliRunner().invoke(app, ["macro", "show", *arguments, "--csv"])
    assert result.exit_code == 0, result.output
    return [(row["period_end"][:4], float(row["value"])) for row in csv.DictReader(StringIO(result.stdout))]


@pytest.mark.parametrize("name", ["GDP", "gdp", "地区生产总值"])
def test_an_indicator_by_its_code_or_any_of_its_names(name: str) -> None:
    assert shown(name) == [("2020", 1385.0), ("2021", 1519.87)]


def test_what_stood_on_a_day() -> None:
    assert shown("GDP", "--as-of", "2021-12-31") == [("2020", 1403.18)]


@pytest.mark.parametrize("region", ["射洪市", "射洪县", "射洪", "510981"])
def test_one_series_over_the_renaming_of_a_county(region: str) -> None:
    assert shown("GDP", "--region", region) == [("2018", 380.5), ("2020", 420.0)]


def test_people_get_a_table_with_periods_as_they_say_them() -> None:
    printed = CliRunner().invoke(app, ["macro", "show", "GDP"]).stdout
    assert "2020年" in printed
    assert "1,385" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"indicator": "地区生产"}, "没有指标 地区生产：地区生产总值"),
        ({"indicator": "GDP", "region": "成都市"}, "没有 成都市 的数"),
        ({"indicator": "GDP", "freq": "D"}, "只能是 M、Q、H、Y"),
        ({"indicator": "GDP", "as_of": datetime(2000, 1, 1)}, "没有这样的数"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(Mistake, match=said):
        show_figure(**arguments)  # type: ignore[arg-type]

"""`suining query` reads the published file and nothing else, whatever SQL is written, and ends in time."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from suining_data.cli import app
from suining_data.commands.errors import Mistake
from suining_data.encryption import open_database
from suining_data.settings import settings
from suining_data.warehouse import load_spatial
from suining_data_tests.end_to_end.commands import SUINING, environment

SECRET = "text of another file"
TRIANGLE = "POLYGON ((105.5 30.5, 105.5 30.6, 105.6 30.6, 105.5 30.5))"
HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e"
STEERING = re.compile("[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a published file of three persons, and files beside it that nobody may read through it."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "published").mkdir()
    with open_database(folder / "published" / "suining.duckdb") as con:
        load_spatial(con)
        con.execute("create schema population; create schema spatial")
        con.execute("create schema governance")
        con.execute(
            "create table governance.dictionary as select null::integer as position, "
            + ", ".join(
                f"'' as {name}"
                for name in ("schema_name", "table_name", "column_name", "zh", "en", "element", "standard", "code_set")
            )
        )
        con.execute(f"create table spatial.parcel as select '{TRIANGLE}'::geometry('EPSG:4490') as geometry")
        con.execute(
            "create table population.person as select * from (values (1, ?), (2, 'b'), (3, 'c')) as t(id, name)",
            [HOSTILE],
        )
    for name in ("secret.csv", "secret.json", "secret.txt"):
        (folder / name).write_text(f'{{"a": "{SECRET}"}}', encoding="utf-8")
    duckdb.sql(f"select '{SECRET}' as a").write_parquet(str(folder / "secret.parquet"))
    with duckdb.connect(str(folder / "secret.duckdb")) as con:
        con.execute(f"create table t as select '{SECRET}' as a")
        load_spatial(con)
        for suffix, driver in (("gpkg", "GPKG"), ("shp", "ESRI Shapefile"), ("geojson", "GeoJSON")):
            con.execute(
                f"copy (select a, ST_Point(105.5, 30.5) as shape from t) to '{folder / 'secret'}.{suffix}' (format gdal, driver '{driver}')"
            )
    return folder


@pytest.fixture
def ask(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    monkeypatch.setenv("SUINING_DATA", str(folder))
    settings.cache_clear()
    yield lambda sql, *options: CliRunner().invoke(app, ["query", sql, *options])
    settings.cache_clear()


READERS = (
    "read_csv('{file}.csv')", "read_csv_auto('{file}.csv')", "read_text('{file}.txt')", "read_blob('{file}.txt')",
    "read_json('{file}.json')", "read_json_objects('{file}.json')", "read_ndjson_objects('{file}.json')",
    "read_parquet('{file}.parquet')", "parquet_scan('{file}.parquet')", "parquet_metadata('{file}.parquet')",
    "parquet_schema('{file}.parquet')", "sniff_csv('{file}.csv')", "glob('{file}.*')", "'{file}.csv'", "'{file}.json'",
    "'{file}.parquet'", '"{file}.csv"', "query_table('{file}.csv')", "st_read('{file}.csv')", "st_read_meta('{file}.csv')",
    "st_readshp('{file}.csv')", "st_readosm('{file}.csv')", "sqlite_scan('{file}.duckdb', 't')", "'https://127.0.0.1:1/{file}.csv'",
    "read_csv('/vsizip/{file}.csv')", "read_csv('file://{file}.csv')", "read_csv('/proc/self/environ')", "read_csv('/dev/stdin')",
    "read_duckdb('{file}.duckdb')", "st_read('{file}.gpkg')", "ST_Read('{file}.gpkg', allowed_drivers := ['GPKG'])",
    "st_read('SQLITE:{file}.gpkg')", "ST_ReadSHP('{file}.shp')", "st_read('{file}.shp')", "ST_Read('{file}.geojson')",
    "st_read_meta('{file}.gpkg')", "st_read('/vsisubfile/0_1000000,{file}.geojson')",
)  # fmt: skip
SHAPES = (
    "from {it}", "select * from {it} limit 1", "with t as (from {it}) from t", "with t as materialized (from {it}) from t",
    "select (select count(*) from {it})", "from population.person where exists (from {it})", "from population.person, lateral (from {it})",
    "select 1 union all by name from {it}", "describe from {it}", "summarize {it}", "explain analyze from {it}",
    "from query('from ' || $${it}$$)", "pivot {it} on a using count(*)", "from population.person join {it} on true",
)  # fmt: skip


@examples(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reader=st.sampled_from(READERS), shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
def test_no_way_to_write_it_reads_another_file(folder: Path, ask: Ask, reader: str, shapes: list[str]) -> None:
    sql = reader.format(file=folder / "secret")
    for shape in shapes:
        sql = shape.format(it=sql if sql == reader else f"({sql})")
    done = ask(sql)
    assert done.exit_code != 0
    assert SECRET not in done.output + str(done.exception)


def test_functions_on_shapes_answer_without_a_network(ask: Ask) -> None:
    done = ask(
        "select round(ST_X(ST_Transform(ST_Point(105.5, 30.5), 'EPSG:4490', 'EPSG:4544', always_xy := true))) as east from population.person",
        "--csv",
    )
    assert done.output.splitlines() == ["east", *["548000.0"] * 3]


@pytest.mark.parametrize("form", ["--csv", "--excel-csv", "--json", "--excel=answer.xlsx", "--limit=9"])
@pytest.mark.parametrize("what", ["geometry", "[geometry]", "{'x': geometry}", "ST_Multi(geometry)"])
def test_a_shape_is_shown_as_wkt(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = ask(f"select {what} as shape from spatial.parcel", form)
    assert done.exit_code == 0, done.output
    shown = done.output
    if "xlsx" in form:
        [_, (shown,)] = openpyxl.load_workbook("answer.xlsx").worksheets[0].values
    assert all(corner in shown for corner in ("105.5 30.6", "105.6 30.6"))
    assert "POLYGON (" in shown


def test_a_shape_is_sorted_and_measured_as_it_is(ask: Ask) -> None:
    plane = "ST_Transform(geometry, 'EPSG:4544', always_xy := true)"
    done = ask(
        f"select round(ST_Area({plane}) / 1e6) as km2, ST_X(ST_Centroid(geometry)) > 105.5 as east from spatial.parcel",
        "--csv",
    )
    assert done.output.splitlines() == ["km2,east", "53.0,true"]
    assert ask("select geometry from spatial.parcel order by geometry", "--csv").output.count("POLYGON") == 1


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_is_refused(folder: Path, ask: Ask, reader: str) -> None:
    done = ask(f"from {reader.format(file=folder / 'secret')}")
    assert isinstance(done.exception, Mistake)
    assert SECRET not in done.output + str(done.exception)


@pytest.mark.parametrize(
    "sql",
    [
        "copy population.person to '{folder}/copy.csv'",
        "copy (from population.person) to '{folder}/copy.parquet'",
        "copy (from population.person) to '/dev/stdout'",
        "export database '{folder}/copy'",
        "import database '{folder}/copy'",
        "attach '{folder}/secret.duckdb' as other",
        "attach ':memory:' as other (read_write)",
        "detach suining",
        "create temp macro m() as table from read_csv('{folder}/secret.csv'); from m()",
        "create temp table t as from read_csv('{folder}/secret.csv')",
        "prepare p as from read_csv('{folder}/secret.csv'); execute p",
        "install httpfs", "load httpfs", "load spatial", "load '{folder}/x.duckdb_extension'", "update extensions",
        "set enable_external_access = true", "set lock_configuration = false", "reset enable_external_access",
        "set memory_limit = '99GB'", "set python_enable_replacements = true", "set variable a = 1", "use main",
        "pragma memory_limit = '99GB'", "pragma enable_profiling = 'json'", "pragma profiling_output = '{folder}/copy'",
        "call enable_logging(storage = 'file', storage_path = '{folder}/copy')",
        "create secret s (type s3, key_id 'a', secret 'b')",
        "select getenv('HOME')",
        "begin", "checkpoint", "vacuum", "drop table population.person", "update population.person set id = 1",
        "select 1; copy population.person to '{folder}/copy.csv'",
        "copy population.person to '{folder}/copy.csv'; select 1",
        "explain analyze copy population.person to '{folder}/copy.csv'",
        "select 1; select 2", "", "/* nothing */",
        "from settings", "from app",  # variables of this program
    ],
)  # fmt: skip
def test_nothing_is_written_attached_loaded_or_set(folder: Path, ask: Ask, sql: str) -> None:
    before = sorted(folder.rglob("*"))
    done = ask(sql.format(folder=folder))
    assert isinstance(done.exception, Mistake), done.output
    assert SECRET not in done.output + str(done.exception)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("from population.person where id > 1 order by id;", [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}]),
        ("values (1), (2)", [{"col0": 1}, {"col0": 2}]),
        ("with t as (select 1 as a) from t", [{"a": 1}]),
        ("pivot (from population.person where id > 1) on name using sum(id)", [{"b": 2, "c": 3}]),
        ("select column_name from (describe population.person)", [{"column_name": "id"}, {"column_name": "name"}]),
        ("select count(distinct md5(i::varchar)) as n from range(3000000) t(i)", [{"n": 3000000}]),
    ],
)  # fmt: skip
def test_what_analysts_write_is_answered(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, sql: str, rows: list[dict[str, object]]
) -> None:
    monkeypatch.setenv("SUINING_MEMORY_GB", "0.3")  # the rest spills
    settings.cache_clear()
    done = ask(sql, "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout) == rows


def test_a_query_that_takes_too_long_is_stopped(ask: Ask) -> None:
    done = ask(
        "select count(*) from range(1000000000) a(i), range(100000) b(j) where i * j % 7 = 3", "--timeout", "0.3"
    )
    assert isinstance(done.exception, Mistake)
    assert "超过 0.3 秒" in str(done.exception)


def test_a_query_that_needs_too_much_memory_is_one_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_MEMORY_GB", "0.25")
    settings.cache_clear()
    done = ask("select len(string_agg(md5(i::varchar), ',')) from range(20000000) t(i)")
    assert isinstance(done.exception, Mistake)
    assert "Out of Memory" in str(done.exception)


def test_it_says_that_there_are_more_rows_than_it_shows(ask: Ask) -> None:
    assert "只显示前 200 行，还有更多" in ask("from range(201)").stdout
    assert "还有更多" not in ask("from range(200)").stdout
    assert "只显示前 2 行，还有更多" in ask("from range(3)", "--limit", "2").stdout
    done = ask("from range(3)", "--limit", "2", "--csv")
    assert done.stdout.splitlines() == ["range", "0", "1"]
    assert "还有更多" in done.stderr
    assert "还有更多" not in ask("from range(3)", "--limit", "3", "--csv").stderr
    assert len(ask("from range(999)", "--csv").stdout.splitlines()) == 1000


def test_an_error_in_the_middle_comes_before_any_row(ask: Ask) -> None:
    done = ask("select case when i < 99999 then i else error('no') end from range(100000) t(i)", "--csv")
    assert isinstance(done.exception, Mistake)
    assert done.stdout == ""


@pytest.mark.parametrize("form", [(), ("--csv",), ("--excel-csv",), ("--json",)])
@pytest.mark.parametrize("sql", ["from population.person", "pivot population.person on name using count(*)"])
def test_no_value_steers_the_terminal(folder: Path, sql: str, form: tuple[str, ...]) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*SUINING, "query", sql, *form], stdout=theirs, stderr=theirs, env=environment(folder)
    ) as done:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b"")).decode()
    assert done.returncode == 0
    assert not STEERING.search(shown.replace("\ufeff", ""))
    assert "title" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""

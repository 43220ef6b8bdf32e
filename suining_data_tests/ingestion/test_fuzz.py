"""Whatever a delivery holds: it is refused with a message, or every line of it is accounted for. Nothing else happens."""

import faulthandler
import io
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.catalog.model import Unit
from suining_data.ingestion import CurrentBatch, ingest
from suining_data.ingestion.reading import LINE
from suining_data.settings import Settings
from suining_data_tests.ingestion.mutations import mutated, mutated_inside, seeded
from suining_data_tests.ingestion.mutations_binary import INSIDE, mutated_container
from suining_data_tests.ingestion.mutations_workbook import mutated_workbook
from suining_data_tests.ingestion.sound_deliveries import ALL_KINDS, Files, resource, sound

LONGEST = 10  # seconds for one small delivery
FEW = 25  # damaged deliveries per kind, in every run of the tests
MANY = 10_000  # of all kinds, in the long run
ZIPPED = {"xlsx", "zip"}
WORKBOOKS = {"xlsx", "xls"}
OF_LINES = {"csv", "txt", "jsonl", "zip"}  # kinds whose lines anybody can count
UNIT = Unit(id="public_security", name="市公安局", origin="department")
SEEDS = {kind: sound(kind) for kind in ALL_KINDS}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def read(con: duckdb.DuckDBPyConnection, kind: str, files: Files) -> str:
    """ "refused" or "read"; anything but a refusal with a message or a balanced result raises."""
    started = time.monotonic()
    faulthandler.dump_traceback_later(6 * LONGEST, exit=True)  # a reader that hangs in C cannot be interrupted
    try:
        with tempfile.TemporaryDirectory() as name:
            config = Settings(data=Path(name))
            landing = config.landing / UNIT.id
            landing.mkdir(parents=True)
            for file, data in files.items():
                (landing / file).write_bytes(data)
            taken = ingest(con, config, UNIT, resource(kind), "run")
            con.execute("delete from governance.batch")
            assert (taken.files_seen, taken.files_read, taken.waiting) == (1, 1, ())
            if taken.refusals:
                [refusal] = taken.refusals
                assert taken.current == ()
                assert refusal.zh.startswith("ry_1")
                assert refusal.en.startswith("ry_1")
                assert "reading failed" not in refusal.en, "the reader did not expect this"
                return "refused"
            [item] = taken.current
            assert_accounted_for(item)
            if kind in OF_LINES:
                assert item.batch.lines_total == lines_of(kind, files)
            return "read"
    finally:
        faulthandler.cancel_dump_traceback_later()
        assert time.monotonic() - started < LONGEST


def assert_accounted_for(item: CurrentBatch) -> None:
    """The counts of a batch add up, its files hold as many rows, and no line is told of twice."""
    rows, rejected, batch = pq.read_table(item.raw), pq.read_table(item.rejected), item.batch
    assert (rows.num_rows, rejected.num_rows) == (batch.raw_rows, batch.rejected_rows)
    counts = (batch.header_lines, batch.continuation_lines, batch.raw_rows, batch.rejected_rows)
    assert batch.lines_total == sum(counts)
    lines = rows.column(LINE).to_pylist() + rejected.column("line").to_pylist()
    assert len(set(lines)) == len(lines)
    assert set(rows.column_names) >= {"gmsfhm", "xm", "csrq", "bz"}


def lines_of(kind: str, files: Files) -> int:
    [data] = files.values()
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gb18030") as archive:
            [data] = [archive.read(member) for member in archive.infolist() if member.filename.endswith(".csv")]
    line_end = b"\r" if b"\n" not in data and b"\r" in data else b"\n"
    return data.count(line_end) + (not data.endswith(line_end))


def damaged(kind: str, number: int) -> Files:
    """The numbered broken delivery of a kind."""
    rng = seeded(kind, number)
    files = dict(SEEDS[kind])
    victims = rng.sample(sorted(files), rng.randint(1, min(2, len(files))))
    for name in victims:
        suffix = name.rpartition(".")[2]
        if number % 2 and kind in WORKBOOKS:
            files[name] = mutated_workbook(rng, files[name])
        elif number % 2 and suffix in INSIDE:
            files[name] = mutated_container(rng, suffix, files[name])
        else:
            inside = kind in ZIPPED and number % 4
            files[name] = (mutated_inside if inside else mutated)(rng, files[name])
    return files


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_damaged_delivery_is_refused_or_accounted_for(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    outcomes = [read(con, kind, damaged(kind, number)) for number in range(FEW)]
    assert set(outcomes) <= {"refused", "read"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_thousands_of_damaged_deliveries_are_refused_or_accounted_for(
    con: duckdb.DuckDBPyConnection, kind: str
) -> None:
    for number in range(FEW, FEW + MANY // len(ALL_KINDS) + 1):
        assert read(con, kind, damaged(kind, number)) in ("refused", "read"), number


@pytest.mark.parametrize("kind", ALL_KINDS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), place=st.integers(0, 3000))
def test_bytes_of_any_kind_are_refused_or_accounted_for(
    con: duckdb.DuckDBPyConnection, kind: str, data: bytes, place: int
) -> None:
    files = SEEDS[kind]
    name = min(files)
    place = min(place, len(files[name]))
    read(con, kind, {**files, name: data})
    read(con, kind, {**files, name: files[name][:place] + data + files[name][place:]})


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_sound_delivery_of_each_kind_is_read(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    assert read(con, kind, SEEDS[kind]) == "read"

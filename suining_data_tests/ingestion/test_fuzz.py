"""Whatever a file holds: it is refused with a message, or every line of it is accounted for. Nothing else happens."""

import faulthandler
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.ingestion.intake import READERS
from suining_data.ingestion.reading import LINE, Refused, Target
from suining_data_tests.end_to_end.refusals.deliveries import KINDS, content, people, residents
from suining_data_tests.ingestion.mutations import mutated, mutated_inside, seeded

LONGEST = 10  # seconds for one small file
FILES = 60  # per kind, in every run of the tests
MANY = 10_000  # of all kinds, in the long run
ZIPPED = {"xlsx"}
SEEDS = {kind: content(kind, people(12)) for kind in KINDS}
CONNECTION = duckdb.connect()


def read(kind: str, data: bytes) -> str:
    """ "refused" or "read"; anything but a refusal with a message or a balanced result raises."""
    resource = residents(kind)
    started = time.monotonic()
    faulthandler.dump_traceback_later(6 * LONGEST, exit=True)  # a reader that hangs in C cannot be interrupted
    try:
        with tempfile.TemporaryDirectory() as name, CONNECTION.cursor() as con:
            folder = Path(name)
            file, target = folder / f"ry_1.{kind}", Target(folder / "raw", folder / "rejected", folder)
            file.write_bytes(data)
            try:
                result = READERS[resource.delivery.format](con, file, resource, target)
            except Refused as refusal:
                return "refused" if refusal.zh and refusal.en else "refused without a word"
            rows, rejected = pq.read_table(target.raw), pq.read_table(target.rejected)
    finally:
        faulthandler.cancel_dump_traceback_later()
        assert time.monotonic() - started < LONGEST
    counts = result.header_lines + result.continuation_lines + result.raw_rows + result.rejected_rows
    assert result.lines_total == counts
    assert (rows.num_rows, rejected.num_rows) == (result.raw_rows, result.rejected_rows)
    assert result.rejected_rows == sum(result.rejected_by_rule.values())
    lines = rows.column(LINE).to_pylist()
    assert len(set(lines)) == len(lines)
    assert set(rows.column_names) >= {"gmsfhm", "xm", "csrq", "bz"}
    return "read"


def damaged(kind: str, number: int) -> bytes:
    """The numbered broken file of a kind."""
    rng = seeded(kind, number)
    if kind in ZIPPED and number % 4:
        return mutated_inside(rng, SEEDS[kind])
    return mutated(rng, SEEDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused_or_accounted_for(kind: str) -> None:
    outcomes = [read(kind, damaged(kind, number)) for number in range(FILES)]
    assert set(outcomes) <= {"refused", "read"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_damaged_files_are_refused_or_accounted_for(kind: str) -> None:
    for number in range(FILES, FILES + MANY // len(KINDS) + 1):
        assert read(kind, damaged(kind, number)) in ("refused", "read")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_bytes_of_any_kind_in_a_file_are_refused_or_accounted_for(kind: str, data: bytes, place: int) -> None:
    seed = SEEDS[kind]
    place = min(place, len(seed))
    read(kind, data)
    read(kind, seed[:place] + data + seed[place:])


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_file_of_each_kind_is_read(kind: str) -> None:
    assert read(kind, SEEDS[kind]) == "read"

"""Which delivered rows and cells are about a forgotten person: hand-made rows of real resources."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suining_data.catalog import load_catalog
from suining_data.ingestion.reading import LINE, REJECTED_SCHEMA, sources
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.standardization import redactor
from suining_data.tombstones import KeyMissing, key_file, load_key, make_key, mark

NUMBER, OTHER = "51090319620305139X", "510903198007012245"
NAME = "郑有才"
RESIDENTS, MARRIAGES = "sichuan_public_security__residents", "sichuan_civil_affairs__marriages"
FIRMS, DEATHS, DISABLED = (
    "sichuan_market_supervision__registrations",
    "health__deaths",
    "disabled_federation__certificates",
)
Rows = list[dict[str, str]]


class Desk:
    """A warehouse in which somebody was forgotten, and a place for raw files."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.con, self.folder, self.settings = con, folder, Settings(data=folder)
        make_key(self.settings)
        load_key(con, self.settings)

    def forget(self, *marks: tuple[str, ...]) -> None:
        for kind, *values in marks:
            made = mark(kind, *map(literal, values))
            self.con.execute(f"insert into registry.tombstone_mark select 'P1', {made}")

    def redact(
        self, resource_id: str, rows: Rows, rejected: tuple[str, ...] = ()
    ) -> tuple[list[dict[str, str]], list[tuple[int, str, str]]]:
        """The rows that are left, without their empty cells, and the rejected lines: line, rule, text."""
        resource = load_catalog().resource(resource_id)
        names = sources(resource)
        raw, lines = self.folder / "raw.parquet", self.folder / "rejected.parquet"
        pq.write_table(
            pa.table(
                {
                    **{n: pa.array([r.get(n) for r in rows], pa.string()) for n in names},
                    LINE: list(range(2, len(rows) + 2)),
                }
            ),
            raw,
        )
        broken = [(100 + n, "COLUMNS", "r", text) for n, text in enumerate(rejected)]
        columns = [list(c) for c in zip(*broken, strict=True)] or [[], [], [], []]
        pq.write_table(pa.table(columns, schema=REJECTED_SCHEMA), lines)
        self.is_found = redactor(self.con, self.settings, resource)(raw, lines)
        left = [{k: v for k, v in row.items() if v is not None and k != LINE} for row in pq.read_table(raw).to_pylist()]
        return left, [(r["line"], r["rule"], r["raw_text"]) for r in pq.read_table(lines).to_pylist()]


@pytest.fixture
def desk(reference: duckdb.DuckDBPyConnection, tmp_path: Path) -> Desk:
    reference.execute("delete from registry.tombstone_mark")
    return Desk(reference, tmp_path)


def column(resource_id: str, name: str) -> str:
    """The delivered name of a staged column."""
    return next(each.source for each in load_catalog().resource(resource_id).fields if each.name == name)


def row(resource_id: str, **values: str) -> dict[str, str]:
    """A delivered row by standard names."""
    return {column(resource_id, name): value for name, value in values.items()}


FORGOTTEN = "FORGOTTEN"


@pytest.mark.parametrize(
    "written", [NUMBER, NUMBER.lower(), "５１０９０３１９６２０３０５１３９Ｘ", f" {NUMBER}\t", "510903620305139"]
)
def test_a_row_with_the_number_goes_however_it_is_written_and_stays_in_the_account(desk: Desk, written: str) -> None:
    desk.forget(("number", NUMBER), ("number", "510903620305139"))
    own, other = row(RESIDENTS, resident_id=written, name=NAME), row(RESIDENTS, resident_id=OTHER, name="唐小兰")
    assert desk.redact(RESIDENTS, [other, own]) == ([other], [(3, FORGOTTEN, "")])


def test_nothing_is_touched_where_nobody_forgotten_is(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    rows = [row(RESIDENTS, resident_id=OTHER, name=NAME)]
    assert desk.redact(RESIDENTS, rows) == (rows, [])
    assert not desk.is_found


def test_a_row_without_a_number_goes_by_name_and_birth_only(desk: Desk) -> None:
    desk.forget(("number", NUMBER), ("name_birth", NAME, "1962-03-05"))
    rows = [
        row(RESIDENTS, name=NAME, birth_date="19620305"),
        row(RESIDENTS, name=NAME, birth_date="19620306"),
        row(RESIDENTS, name="郑有财", birth_date="19620305"),
        row(RESIDENTS, resident_id=OTHER, name=NAME, birth_date="19620305"),  # a number says that it is another one
    ]
    assert desk.redact(RESIDENTS, rows) == (rows[1:], [(2, FORGOTTEN, "")])


def test_of_a_marriage_only_what_it_says_of_the_person_goes(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    wife = {"wife_resident_id": OTHER, "wife_name": "唐小兰"}
    kept = row(MARRIAGES, certificate_number="J510903-2019-1", registration_date="2019-06-01", **wife)
    own = row(MARRIAGES, husband_resident_id=NUMBER, husband_name=NAME, husband_birth_date="1962-03-05")
    assert desk.redact(MARRIAGES, [kept | own]) == ([kept], [])
    assert desk.is_found


def test_a_row_about_nobody_else_goes_though_its_key_is_another(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    rows = [row(DEATHS, certificate_number="1", identity_number=NUMBER, name=NAME, id_type_code="01")]
    assert desk.redact(DEATHS, rows) == ([], [(2, FORGOTTEN, "")])


def test_a_firm_loses_its_representative(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    firm = row(FIRMS, uscc="91510903MA62XXXX1Y", name="遂宁市有才商贸有限公司")
    person = row(FIRMS, representative_name=NAME, representative_number=NUMBER)
    assert desk.redact(FIRMS, [firm | person]) == ([firm], [])


def test_somebody_elses_row_with_the_number_by_mistake_loses_the_number(desk: Desk) -> None:
    desk.forget(("number", NUMBER), ("other", NUMBER, "郑小虎"))
    child = row(DISABLED, certificate_number="1", name="郑小虎", sex_code="1")
    rows = [child | row(DISABLED, resident_id=NUMBER)]
    assert desk.redact(DISABLED, rows) == ([child], [])


def test_a_guardian_without_a_number_is_known_by_name_and_phone(desk: Desk) -> None:
    desk.forget(("name_phone", NAME, "13908251234"))
    child = row(DISABLED, certificate_number="1", name="郑小虎", resident_id=OTHER)
    guardian = row(DISABLED, guardian_name=NAME, guardian_phone="13908251234")
    namesake = row(DISABLED, guardian_name=NAME, guardian_phone="13908251235")
    assert desk.redact(DISABLED, [child | guardian, child | namesake]) == ([child, child | namesake], [])


def test_the_number_goes_out_of_columns_that_say_nothing_of_a_person_and_of_rejected_lines(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    other = row(RESIDENTS, resident_id=OTHER, name="唐小兰")
    noted = other | row(RESIDENTS, former_name=f"见{NUMBER}")
    left, lines = desk.redact(RESIDENTS, [noted], (f"{NUMBER},{NAME}", f"{OTHER},唐小兰"))
    assert left == [other]
    assert lines == [(100, "COLUMNS", ""), (101, "COLUMNS", f"{OTHER},唐小兰")]


def test_without_the_key_nothing_is_taken_in(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    key_file(desk.settings).unlink()
    with pytest.raises(KeyMissing):
        redactor(desk.con, desk.settings, load_catalog().resource(RESIDENTS))


def test_another_key_makes_other_marks(desk: Desk) -> None:
    desk.forget(("number", NUMBER))
    key_file(desk.settings).unlink()
    make_key(desk.settings)
    rows = [row(RESIDENTS, resident_id=NUMBER, name=NAME)]
    assert desk.redact(RESIDENTS, rows) == (rows, [])

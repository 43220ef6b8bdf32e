"""What is known of a person before it is gone: hand-made tables."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.forgetting.known import NotKnown, read_known, read_unfinished, unfinished_file, write_unfinished
from suining_data.history import create_history
from suining_data.linkage import create_registry
from suining_data.settings import Settings
from suining_data.tombstones import mark

NUMBER = "51090319620305139X"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """P1 has a number, a phone and a namesake; P2 was merged into it; P3 was withdrawn."""
    with duckdb.connect() as con:
        con.execute("create schema registry; create schema history; create schema linked; create schema population")
        create_registry(con)
        create_history(con)
        con.execute("""
            create table linked.person_record (person_id varchar, record_id bigint, role varchar, resource_id varchar,
                link_rule varchar, contested_number varchar, name varchar, birth_date date, phone varchar, resident_id varchar,
                other_id varchar);
            create table linked.organization_record (name varchar, phone varchar);
            create table population.person (person_id varchar, name varchar, birth_date date, phone varchar, resident_id varchar);
            insert into population.person values
                ('P1', '郑有才', '1962-03-05', '13908251234', '51090319620305139X'), ('P4', '郑有才', '1962-03-05', '13808251234', null),
                ('P5', '唐小兰', '1980-07-01', '13708251234', null);
            insert into linked.organization_record values ('甲公司', '13908251234');
            insert into registry.person_golden values ('P1', 'active', null, 'r', now()::timestamp),
                ('P2', 'merged', 'P1', 'r', now()::timestamp), ('P3', 'retired', null, 'r', now()::timestamp);
            insert into registry.person_identity values ('51090319620305139X', 'P1', 'r', now()::timestamp),
                ('record:v2:abc', 'P1', 'r', now()::timestamp), ('03:E1234567', 'P3', 'r', now()::timestamp);
            insert into history.person (person_id, name, birth_date, phone) values ('P3', '李四光', '1950-01-02', '13608251234');
        """)
        yield con


def test_values_that_others_have_too_do_not_count(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    known = read_known(con, Settings(data=tmp_path), "P1", "李主任", "1")
    assert known.numbers == (NUMBER, "510903620305139")
    assert known.births == (), "P4 has the same name and birth"
    assert known.phones == (), "a firm has it, too"


def test_a_merged_id_is_that_of_the_person_it_was_merged_into(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert read_known(con, Settings(data=tmp_path), "P2", "李主任", "1").ids == ("P1", "P2")


def test_a_withdrawn_person_is_known_from_registry_and_history(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    known = read_known(con, Settings(data=tmp_path), "P3", "李主任", "1")
    assert (known.numbers, known.births, known.phones) == (("E1234567",), (("李四光", "1950-01-02"),), ("13608251234",))
    for values in (("number", "'03:E1234567'"), ("name_birth", "'李四光'", "'1950-01-02'")):
        [made] = con.execute(f"select {mark(*values)}").fetchall()
        assert made[0] in known.marks


def test_nobody_has_the_id(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(NotKnown):
        read_known(con, Settings(data=tmp_path), "P9", "李主任", "1")


def test_what_is_known_is_kept_for_its_owner_only(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    known = read_known(con, settings, "P3", "李主任", "1")
    assert read_unfinished(settings, "P3") is None
    write_unfinished(settings, known)
    assert read_unfinished(settings, "P3") == known
    both = read_known(con, settings, "P1", "李主任", "1")
    write_unfinished(settings, both)
    assert read_unfinished(settings, "P2") == both, "P2 was merged into P1"
    assert unfinished_file(settings, "P3").stat().st_mode & 0o077 == 0
    assert NUMBER not in str(known.marks)

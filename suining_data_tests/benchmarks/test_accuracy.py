"""The measure gives the figures that one counts by hand.

Five people: A and B have two clusters of their own, one record of A has no id, one of C is in B's cluster, E is split.
"""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data_tests.benchmarks.accuracy import clusters, golden, kinds, review
from suining_data_tests.benchmarks.accuracy.records import PERSON, match

# line, true id, person id, name, error
RECORDS = [
    (1, "A", "P1", "a", None),
    (2, "A", "P1", "a", None),
    (3, "A", "P1", "a once", None),
    (4, "A", None, "a", "id_missing"),
    (5, "B", "P2", "b", None),
    (6, "B", "P2", "b", None),
    (7, "C", "P2", "c", "id_of_someone_else,address_short"),
    (8, "C", "P3", "c", None),
    (9, "D", "P4", "x", None),
    (11, "E", "P5", "x", None),
    (12, "E", "P5", "x", None),
    (13, "E", "P5", "x", None),
    (14, "E", "P6", "e", None),
    (15, "E", "P6", "e", None),
]
PUT_ASIDE, OF_NOBODY = 10, 16  # a line of the truth that was not staged, a record that the truth does not know
GOLDEN = [("P1", "a"), ("P2", "c"), ("P3", None), ("P4", "x"), ("P5", "x"), ("P6", "e")]
BATCH = 5 << 24  # of record_id


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema governance; create schema linked; create schema population")
        con.execute("create table governance.batch as select 'r' as resource_id, 'b' as batch_id, 'f.csv' as file_name")
        con.execute("""create table linked.person_record(record_id bigint, resource_id varchar, batch_id varchar,
            role varchar, person_id varchar, name varchar, registered_address varchar, residence_address varchar)""")
        con.execute("""create table truth_person_row(resource_id varchar, file varchar, row_number bigint, role varchar,
            true_id varchar, error_kind varchar)""")
        for line, true_id, person_id, name, error in RECORDS:
            con.execute(
                "insert into linked.person_record values (?, 'r', 'b', 'insured', ?, ?, null, null)",
                [BATCH + line, person_id, name],
            )
            con.execute(
                "insert into truth_person_row values ('r', 'f.csv', ?, 'insured', ?, ?)", [line, true_id, error]
            )
        con.execute(f"insert into linked.person_record by name select {BATCH + OF_NOBODY} as record_id")
        con.execute(f"insert into truth_person_row values ('r', 'f.csv', {PUT_ASIDE}, 'insured', 'A', null)")
        con.execute("""create table truth_person as
            select upper(name) as true_id, name, case name when 'a' then 'a once' end as former_name,
                case when name in ('b', 'c') then 'M' end as mother_true_id, null::varchar as father_true_id,
                date '2000-01-01' as birth_date, name as resident_id, null::varchar as former_address,
                null::varchar as registered_address, null::varchar as residence_address
            from (values ('a'), ('b'), ('c'), ('d'), ('e')) as person(name)""")
        con.execute("create table population.person(person_id varchar, name varchar)")
        con.executemany("insert into population.person values (?, ?)", GOLDEN)
        match(con, PERSON)
        yield con


def test_pairs_and_clusters_are_those_counted_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    figures = clusters.measure(con, PERSON)
    assert figures == {
        "records": 14,
        "records_without_id": 1,
        "records_without_truth": 1,
        "rows_not_staged": 1,
        "clusters": 7,
        "true_clusters": 5,
        "right_clusters": 1,  # D's
        "linked_pairs": 3 + 3 + 3 + 1,
        "true_pairs": 6 + 1 + 1 + 10,
        "false_pairs": 2,
        "missed_pairs": 3 + 1 + 6,
        "precision": 0.8,
        "recall": pytest.approx(8 / 18, abs=1e-6),
        "f1": pytest.approx(16 / 28, abs=1e-6),
        "recall_with_error": pytest.approx(2 / 6, abs=1e-6),  # of the pairs with line 3, 4 or 7
        "cluster_precision": pytest.approx(1 / 7, abs=1e-6),
        "cluster_recall": 0.2,
        "cluster_f1": pytest.approx(2 / 12, abs=1e-6),
        "spurious": 1,  # P6, for most of E's records are in P5; the record without an id is no golden record
        "spurious_share": 0.2,
    }


def test_records_with_an_error_are_right_wrong_alone_apart_or_the_only_one(con: duckdb.DuckDBPyConnection) -> None:
    rows = {row.pop("kind"): row for row in kinds.measure(con, PERSON)}
    nothing = {"right": 0, "wrong": 0, "alone": 0, "apart": 0, "only": 0}
    assert rows == {
        "without_error": {
            "records": 11,
            "right": pytest.approx(7 / 11, abs=1e-6),
            "wrong": 0,
            "alone": pytest.approx(1 / 11, abs=1e-6),
            "apart": pytest.approx(2 / 11, abs=1e-6),
            "only": pytest.approx(1 / 11, abs=1e-6),
        },
        "address_short": nothing | {"records": 1, "wrong": 1},
        "id_missing": nothing | {"records": 1, "alone": 1},
        "id_of_someone_else": nothing | {"records": 1, "wrong": 1},
        "stale_name": nothing | {"records": 1, "right": 1},
        "twins": nothing | {"records": 4, "right": 0.5, "wrong": 0.25, "alone": 0.25},
    }


def test_golden_values_count_where_a_record_tells_the_truth(con: duckdb.DuckDBPyConnection) -> None:
    name = golden.Attribute("name", "golden.name", "record.name", "truth.name")
    rows = golden.measure(con, PERSON, golden.Base("population.person", joins="", attributes=(name,)))
    told = {"attribute": "name", "subjects": 4, "equal": 1, "different": 1, "empty": 1, "unlinked": 1, "share": 0.25}
    assert rows == [told], "nobody tells D's name"


def test_without_a_table_nothing_is_left_to_review(con: duckdb.DuckDBPyConnection) -> None:
    assert review.measure(con, PERSON)["table"] == "missing"


def test_pairs_left_to_review_are_counted_by_subject(con: duckdb.DuckDBPyConnection) -> None:
    """Of two records, or of a record and a number that is known by its cluster only."""
    con.execute("create table linked.person_identity as select 'number of A' as token, 'P1' as person_id")
    con.execute(f"""create table linked.review as
        select pair_id, subject, 'token ' || l as token_l, {BATCH} + l as record_id_l, 'insured' as role_l,
            coalesce('token ' || r, 'number of A') as token_r, {BATCH} + r as record_id_r, 'insured' as role_r
        from (values (1, 'person', 8, 7), (2, 'person', 8, 4), (3, 'person', 4, null), (4, 'organization', 1, 2))
            as pair(pair_id, subject, l, r)""")
    assert review.measure(con, PERSON) == {
        "table": "linked.review",
        "pairs": 3,
        "records": 3,
        "share_of_records": pytest.approx(3 / 14, abs=1e-6),
        "share_of_true_pairs": pytest.approx(2 / 3, abs=1e-6),
    }

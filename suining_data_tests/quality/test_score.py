"""The score: so many of so many, by dimension; hand-made tables in, figures out."""

from datetime import date, datetime

import pytest

from suining_data.catalog import Catalog
from suining_data.quality import promote_scores, write_scores
from suining_data_tests.end_to_end.refusals.deliveries import residents
from suining_data_tests.quality.governance_tables import CATALOG, COLUMNS, RESOURCE, Governance

DAY = date(2026, 3, 2)
SEEN = datetime(2026, 3, 1)


@pytest.fixture
def city() -> Governance:
    return Governance()


def test_a_resource_without_faults_has_all_of_all(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    assert city.score(DAY) == {
        "conformity": (10 * COLUMNS, 10 * COLUMNS),
        "accuracy": (10 * COLUMNS, 10 * COLUMNS),
        "consistency": (10 * COLUMNS, 10 * COLUMNS),
        "completeness": (10, 10),
        "timeliness": (1, 1),
        "accessibility": (10, 10),
    }


def test_a_value_counts_in_the_dimension_of_its_rule_and_once_however_many_rules_it_breaks(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.put_aside("a1", 2, "gmsfhm", "check_digit")
    city.put_aside("a1", 2, "gmsfhm", "length")
    city.put_aside("a1", 3, "gmsfhm", "check_digit")
    city.put_aside("a1", 4, "xm", "damaged")  # accuracy
    city.put_aside("a1", 5, "xm", "required", scope="row")
    found = city.score(DAY)
    assert found["conformity"] == (38, 40)
    assert found["accuracy"] == (39, 40)
    assert found["completeness"] == (9, 10)


def test_kept_values_that_break_a_rule_count_and_batches_count_as_one(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.fail(f"staged.{RESOURCE}", "conformity", 3, **{"resident_id:upgraded": 3})
    city.fail(f"staged.{RESOURCE}", "completeness", 1, expected_rows=1)
    city.fail(f"raw.{RESOURCE}", "columns_declared", 1)
    city.fail(f"raw.{RESOURCE}", "files_whole", 2)
    found = city.score(DAY)
    assert found["conformity"] == (37, 41)
    assert found["completeness"] == (10, 13)


def test_rejected_lines_and_refused_deliveries_are_not_accessible(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN, rejected=2)
    city.deliver("b1", rows=30, seen=SEEN)
    assert city.score(DAY)["accessibility"] == (40, 42)
    city.fail(f"raw.{RESOURCE}", "batches_accepted", 2)
    assert city.score(DAY)["accessibility"] == (40, 42 + 2 * 20)  # a refused delivery is as large as the usual one


def test_a_first_delivery_that_is_refused_is_none_of_one(city: Governance) -> None:
    city.fail(f"raw.{RESOURCE}", "batches_accepted", 1)
    assert city.score(DAY) == {"accessibility": (0, 1)}


def test_what_comes_late_or_not_at_all_is_not_timely(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.problem("overdue")
    city.problem("late")
    assert city.score(DAY)["timeliness"] == (0, 2)


def test_a_resource_that_was_never_delivered_has_a_score_only_when_it_is_overdue(city: Governance) -> None:
    assert city.score(DAY) == {}
    city.problem("overdue")
    assert city.score(DAY) == {"timeliness": (0, 1)}


def test_silent_revisions_of_the_batches_in_force_are_inconsistent(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.con.execute(f"""
        insert into governance.silent_revision by name
        select '{RESOURCE}' as resource_id, 'public_security' as unit_id, 'csrq' as field, batch_id, record_id
        from (values ('a1', 1), ('a1', 2), ('older', 3)) as t(batch_id, record_id)
    """)
    assert city.score(DAY)["consistency"] == (38, 40)


def written(city: Governance, dimension: str) -> list[tuple[date, int, int]]:
    return city.con.execute(
        "select scored_on, numerator, denominator from governance.quality_score where dimension = ? order by 1",
        [dimension],
    ).fetchall()


def test_the_history_has_changes_only_and_a_later_run_replaces_the_same_day(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.score(date(2026, 3, 2))
    city.put_aside("a1", 2, "gmsfhm", "check_digit")
    city.score(date(2026, 3, 2))
    assert written(city, "conformity") == [(date(2026, 3, 2), 39, 40)]
    city.score(date(2026, 3, 3))  # a day without a change
    assert written(city, "conformity") == [(date(2026, 3, 2), 39, 40)]
    city.put_aside("a1", 3, "gmsfhm", "check_digit")
    city.score(date(2026, 3, 4))
    assert written(city, "conformity") == [(date(2026, 3, 2), 39, 40), (date(2026, 3, 4), 38, 40)]
    city.con.execute("delete from governance.quarantine where line_number = 3")
    city.score(date(2026, 3, 4))  # mended on the same day: nothing has changed since the day before
    assert written(city, "conformity") == [(date(2026, 3, 2), 39, 40)]
    assert len(written(city, "timeliness")) == 1


def test_the_rows_of_a_day_add_up_to_the_whole_unit(city: Governance) -> None:
    other = "public_security__other"
    units = (CATALOG.units[0].model_copy(update={"resources": [residents(), residents(id=other)]}),)
    city.deliver("a1", rows=10, seen=SEEN)
    city.con.execute(
        f"insert into governance.batch by name select * replace ('{other}' as resource_id) from governance.batch"
    )
    city.con.execute(
        f"insert into governance.row_account select * replace ('{other}' as resource_id) from governance.row_account"
    )
    for number, line in ((2, 2), (3, 3)):
        city.put_aside("a1", line, "gmsfhm", "check_digit")
        write_scores(city.con, Catalog(units), date(2026, 3, number))
        promote_scores(city.con)
    days = city.con.execute(
        "select day(scored_on), count(*), sum(numerator), sum(denominator) from governance.quality_score "
        "where dimension = 'conformity' group by all order by 1"
    ).fetchall()
    assert days == [(2, 2, 79, 80), (3, 2, 78, 80)]


def test_what_ends_is_none_of_none(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.score(date(2026, 3, 2))
    city.con.execute("delete from governance.batch")
    city.score(date(2026, 3, 3))
    city.score(date(2026, 3, 4))
    assert written(city, "conformity") == [(date(2026, 3, 2), 40, 40), (date(2026, 3, 3), 0, 0)]


def test_the_history_outlives_the_warehouse_in_the_schema_that_is_copied(city: Governance) -> None:
    city.deliver("a1", rows=10, seen=SEEN)
    city.score(date(2026, 3, 2))
    city.con.execute("drop table governance.quality_score")
    city.put_aside("a1", 2, "gmsfhm", "check_digit")
    city.score(date(2026, 3, 3))
    assert [day for day, *_ in written(city, "conformity")] == [date(2026, 3, 2), date(2026, 3, 3)]

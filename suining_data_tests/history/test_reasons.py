"""Why a refresh found another golden value: the reason of each change, from a few records and events."""

from suining_data.history import REASONS
from suining_data.models import load_models
from suining_data_tests.history.conftest import Past


def reasons(past: Past, person: str = "P1") -> dict[str, str]:
    """Those of the last state that began."""
    [(found,)] = past.con.execute(
        "select reasons from history.person where person_id = ? order by recorded_from desc limit 1", [person]
    ).fetchall()
    return dict(found or {})


def first(past: Past) -> int:
    """P1 with a name of the police, recorded; returns its record."""
    record = past.record("police", "monday", 1, "P1")
    past.refresh("run1", P1=("郑有才", record))
    return record


def test_the_register_reports_the_person_otherwise(past: Past) -> None:
    past.withdraw(first(past))
    past.refresh("run2", P1=("郑有财", past.record("police", "tuesday", 1, "P1")))
    assert reasons(past) == {"name": "corrected_record"}


def test_the_register_no_longer_has_the_value(past: Past) -> None:
    past.withdraw(first(past))
    past.record("police", "tuesday", 1, "P1")
    past.refresh("run2", P1=(None, None))
    assert reasons(past) == {"name": "corrected_record"}


def test_another_register_reports_the_person_for_the_first_time(past: Past) -> None:
    first(past)
    past.refresh("run2", P1=("郑有财", past.record("health", "tuesday", 1, "P1")))
    assert reasons(past) == {"name": "new_record"}


def test_the_row_of_the_former_value_is_withdrawn(past: Past) -> None:
    other = past.record("health", "monday", 7, "P1")
    past.withdraw(first(past))
    past.refresh("run2", P1=("郑有财", other))
    assert reasons(past) == {"name": "withdrawn_record"}


WITHDRAWN = """
    insert into registry.withdrawal (resource_id, batch_id, withdrawn_at)
    values (?, ?, (select max(recorded_at) + interval 1 microsecond from history.run))
"""
UNDONE = (
    "update registry.withdrawal set undone_at = (select max(recorded_at) + interval 1 microsecond from history.run)"
)


def withdrawn_delivery(past: Past) -> int:
    """The police's second delivery has another name for P1 than the first, and not P2; it is withdrawn. Returns P1's first row."""
    one, other = past.record("police", "monday", 1, "P1"), past.record("police", "monday", 2, "P2")
    past.refresh("run1", P1=("郑有才", one), P2=("赵一", other))
    past.con.execute("delete from linked.person_record")
    past.refresh("run2", P1=("郑有财", past.record("police", "tuesday", 1, "P1")))
    past.con.execute(WITHDRAWN, ["police", "tuesday"])
    past.con.execute("delete from linked.person_record")
    one, other = past.record("police", "monday", 1, "P1"), past.record("police", "monday", 2, "P2")
    past.refresh("run3", P1=("郑有才", one), P2=("赵一", other))
    return one


def test_the_delivery_of_the_former_value_is_withdrawn(past: Past) -> None:
    withdrawn_delivery(past)
    assert reasons(past) == {"name": "withdrawn_record"}
    assert reasons(past, "P2") == {"name": "withdrawn_record", "person_id": "withdrawn_record"}, "P2 came back with it"


def test_a_delivery_that_counts_again_is_a_delivery(past: Past) -> None:
    withdrawn_delivery(past)
    past.con.execute(UNDONE)
    past.con.execute("delete from linked.person_record")
    past.refresh("run4", P1=("郑有财", past.record("police", "tuesday", 1, "P1")))
    assert reasons(past) == {"name": "corrected_record"}


def test_a_row_that_was_there_has_more_weight_than_before(past: Past) -> None:
    other = past.record("health", "monday", 7, "P1")
    first(past)
    past.refresh("run2", P1=("郑有财", other))
    assert reasons(past) == {"name": "weighed"}


def test_the_declarations_are_others(past: Past) -> None:
    other = past.record("health", "monday", 7, "P1")
    first(past)
    past.refresh("run2", "survivorship otherwise", P1=("郑有财", other))
    assert reasons(past) == {"name": "declared"}


def merge(past: Past) -> None:
    """P2 becomes P1, whose name is that of P2 then."""
    other = past.record("health", "monday", 7, "P2")
    record = past.record("police", "monday", 1, "P1")
    past.refresh("run1", P1=("郑有才", record), P2=("郑有财", other))
    past.con.execute("update linked.person_record set person_id = 'P1'")
    past.con.execute("insert into registry.person_golden values ('P2', 'merged', 'P1', 'run2', now()::timestamp)")
    past.con.execute("insert into registry.person_event values ('merge', 'P2', 'P1', 1, 'run2', now()::timestamp)")
    past.con.execute("insert into registry.person_identity values ('record:7', 'P1', 'run2', now()::timestamp)")


ENDED = "select ended_reason from history.person where person_id = 'P2'"


def test_records_of_another_person_came(past: Past) -> None:
    merge(past)
    past.refresh(
        "run2", P1=("郑有财", past.con.execute("select max(record_id) from linked.person_record").fetchall()[0][0])
    )
    assert reasons(past) == {"name": "merged"}
    assert past.con.execute(ENDED).fetchall() == [("weighed",)]


def test_somebody_decided_that_two_are_the_same(past: Past) -> None:
    merge(past)
    past.con.execute(
        "insert into registry.decision values ('person', 'record:7', 'record:1', 'same', null, 'reviewer', now()::timestamp, 1)"
    )
    past.refresh(
        "run2", P1=("郑有财", past.con.execute("select max(record_id) from linked.person_record").fetchall()[0][0])
    )
    assert reasons(past) == {"name": "decided"}
    assert past.con.execute(ENDED).fetchall() == [("decided",)]


def test_a_record_left_for_another_person(past: Past) -> None:
    record = first(past)
    other = past.record("health", "tuesday", 7, "P1")
    past.con.execute("update linked.person_record set person_id = 'P2' where record_id = ?", [record])
    past.con.execute("insert into registry.person_event values ('split', 'P2', 'P1', 1, 'run2', now()::timestamp)")
    past.refresh("run2", P1=(None, None), P2=("郑有才", record))
    assert other
    assert reasons(past) == {"name": "split"}
    assert reasons(past, "P2") == {"name": "split", "person_id": "split"}


def test_a_new_person_is_there_because_of_a_new_record(past: Past) -> None:
    record = first(past)
    past.refresh("run2", P1=("郑有才", record), P2=("唐小兰", past.record("police", "tuesday", 2, "P2")))
    assert reasons(past, "P2") == {"name": "new_record", "person_id": "new_record"}


def test_whoever_is_gone_was_withdrawn(past: Past) -> None:
    past.withdraw(first(past))
    past.refresh("run2", P3="唐小兰")
    assert past.con.execute("select ended_as, ended_reason from history.person where person_id = 'P1'").fetchall() == [
        ("withdrawn", "withdrawn_record")
    ]


def test_the_first_refresh_needs_no_reason(past: Past) -> None:
    first(past)
    assert reasons(past) == {}


def test_the_change_feed_accepts_each_reason() -> None:
    [contract] = [model.contract for model in load_models() if model.table == "governance.change"]
    assert contract.columns["reason_code"].accepted == list(REASONS)

"""The life of a ticket: opened, overdue, corrected, replied to, came back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from suining_data.quality import overdue_tickets, reply, write_values_in_question
from suining_data.quality.corrections import due_day
from suining_data.warehouse import swap
from suining_data_tests.quality.governance_tables import RESOURCE, UNIT, Governance

NOON = datetime(2026, 3, 6, 12)  # a Friday
FIRST, SECOND = "JC2026-00001", "JC2026-00002"


def day(number: int) -> datetime:
    """Noon so many days after the Friday."""
    return NOON + timedelta(days=number)


@pytest.fixture
def city() -> Governance:
    """A delivery with two broken numbers and one damaged name."""
    city = Governance()
    city.deliver("a1", rows=10, seen=NOON - timedelta(hours=1))
    city.put_aside("a1", 2, "gmsfhm", "check_digit")
    city.put_aside("a1", 3, "gmsfhm", "check_digit")
    return city


def ticket(city: Governance, number: str = FIRST) -> dict[str, Any]:
    found = city.con.execute("select * from governance.correction where ticket = ?", [number])
    [row] = found.fetchall()
    return dict(zip([column[0] for column in found.description or []], row, strict=True))


@pytest.mark.parametrize(
    ("opened", "workdays", "due"),
    [
        ("2026-03-06", 10, "2026-03-20"),  # Friday: two weekends lie between
        ("2026-03-07", 10, "2026-03-20"),  # Saturday: Monday is the first day
        ("2026-03-08", 1, "2026-03-09"),
        ("2026-03-09", 10, "2026-03-23"),
    ],
)
def test_a_deadline_is_counted_in_working_days(opened: str, workdays: int, due: str) -> None:
    assert due_day(date.fromisoformat(opened), workdays) == date.fromisoformat(due)


def test_one_ticket_per_rule_and_field_with_its_rows_and_deadline(city: Governance) -> None:
    city.put_aside("a1", 4, "xm", "damaged")
    city.put_aside("a1", 5, None, "columns", scope="line")
    assert city.compare(NOON) == {"JC2026-00001": "open", "JC2026-00002": "open", "JC2026-00003": "open"}
    rows = city.con.execute(
        "select rule, field, rows, opened_on, due_on from governance.correction order by 1"
    ).fetchall()
    friday, due = date(2026, 3, 6), date(2026, 3, 20)
    assert rows == [
        ("check_digit", "gmsfhm", 2, friday, due),
        ("columns", None, 1, friday, due),
        ("damaged", "xm", 1, friday, due),
    ]


def test_a_ticket_is_overdue_the_day_after_its_deadline(city: Governance) -> None:
    city.compare(NOON)
    city.compare(day(14))
    assert not ticket(city)["is_overdue"]
    city.compare(day(15))
    assert ticket(city)["is_overdue"]


def test_only_a_deadline_that_passes_makes_the_tickets_stale(city: Governance) -> None:
    city.compare(NOON)
    assert [overdue_tickets(city.con, day(n).date()) for n in (0, 14, 15, 30)] == [0, 0, 1, 1]
    city.deliver("a2", rows=10, seen=day(20))
    city.compare(day(20))
    assert [overdue_tickets(city.con, day(n).date()) for n in (20, 30)] == [1, 1]  # it ended, but was overdue


def test_a_corrected_delivery_ends_it(city: Governance) -> None:
    city.compare(NOON)
    city.deliver("a2", rows=10, seen=day(4))
    city.put_aside("a2", 3, "gmsfhm", "check_digit")
    city.compare(day(4))
    assert (ticket(city)["status"], ticket(city)["rows"], ticket(city)["rows_opened"]) == ("open", 1, 2)
    city.deliver("a3", rows=10, seen=day(5))
    city.compare(day(5))
    city.compare(day(6))
    assert (ticket(city)["status"], ticket(city)["rows"]) == ("corrected", 0)
    assert ticket(city)["ended_on"] == day(5).date()


def test_rows_that_go_without_a_delivery_withdraw_it(city: Governance) -> None:
    city.compare(NOON)
    city.con.execute("delete from governance.quarantine")  # the rule was changed
    assert city.compare(day(1)) == {FIRST: "withdrawn"}


def test_a_superseded_row_is_no_longer_in_question(city: Governance) -> None:
    city.compare(NOON)
    city.deliver("b1", rows=2, seen=day(1))
    for line in (2, 3):
        city.con.execute("insert into governance.superseded values (?, 'a1', ?, 0)", [RESOURCE, line])
    assert city.compare(day(1)) == {FIRST: "corrected"}


def test_rows_that_come_back_open_a_new_ticket_with_a_deadline_of_its_own(city: Governance) -> None:
    city.compare(NOON)
    city.deliver("a2", rows=10, seen=day(1))
    city.compare(day(1))
    city.deliver("a3", rows=10, seen=day(7))
    city.put_aside("a3", 9, "gmsfhm", "check_digit")
    assert city.compare(day(7)) == {FIRST: "corrected", SECOND: "open"}
    assert (ticket(city, SECOND)["follows"], ticket(city, SECOND)["due_on"]) == (FIRST, date(2026, 3, 27))


def test_a_value_that_is_maintained_is_not_asked_again_unless_there_are_more(city: Governance) -> None:
    city.compare(NOON)
    reply(city.con, FIRST, "维持", "李主任", "依据档案", day(2))
    assert city.compare(day(3)) == {FIRST: "maintained"}
    assert (ticket(city)["replied_by"], ticket(city)["ended_on"]) == ("李主任", day(2).date())
    city.deliver("a2", rows=10, seen=day(5))  # the same register anew, with the same two rows
    city.put_aside("a2", 2, "gmsfhm", "check_digit")
    city.put_aside("a2", 3, "gmsfhm", "check_digit")
    assert city.compare(day(5)) == {FIRST: "maintained"}
    city.put_aside("a2", 4, "gmsfhm", "check_digit")
    assert city.compare(day(6)) == {FIRST: "maintained", SECOND: "open"}


def test_maintained_rows_that_went_and_come_back_are_asked_again(city: Governance) -> None:
    city.compare(NOON)
    reply(city.con, FIRST, "无法核实", "李主任", "", day(2))
    city.deliver("a2", rows=10, seen=day(5))
    assert city.compare(day(5)) == {FIRST: "unverifiable"}
    city.deliver("a3", rows=10, seen=day(6))
    city.put_aside("a3", 2, "gmsfhm", "check_digit")
    assert city.compare(day(6)) == {FIRST: "unverifiable", SECOND: "open"}


def test_after_the_reply_that_it_is_corrected_the_next_delivery_must_not_have_it(city: Governance) -> None:
    city.compare(NOON)
    reply(city.con, FIRST, "更正", "李主任", "", day(2))
    assert city.compare(day(3)) == {FIRST: "amended"}  # the corrected file has not come yet
    city.con.execute("update governance.batch set first_seen_at = ?", [day(4)])  # a ledger that was lost is read again
    assert city.compare(day(4)) == {FIRST: "amended"}
    city.deliver("a2", rows=10, seen=day(5))
    city.put_aside("a2", 3, "gmsfhm", "check_digit")
    assert city.compare(day(5)) == {FIRST: "amended", SECOND: "open"}


def test_a_later_reply_replaces_a_former_one_and_an_ended_ticket_takes_none(city: Governance) -> None:
    city.compare(NOON)
    reply(city.con, FIRST, "维持", "李主任", "", day(2))
    reply(city.con, FIRST, "无法核实", "王主任", "", day(3))
    assert city.compare(day(3)) == {FIRST: "unverifiable"}
    assert city.con.execute("select count(*) from registry.correction_reply").fetchone() == (2,)
    city.deliver("a2", rows=10, seen=day(5))
    city.compare(day(5))
    with pytest.raises(ValueError, match="已于"):
        reply(city.con, FIRST, "维持", "李主任", "", day(6))
    with pytest.raises(ValueError, match="没有工单"):
        reply(city.con, "JC2026-99999", "维持", "李主任", "", day(6))


def test_tickets_are_numbered_by_year_and_content(city: Governance) -> None:
    city.put_aside("a1", 4, "xm", "damaged")
    city.compare(NOON)
    city.put_aside("a1", 5, "csrq", "unreadable")
    found = city.compare(datetime(2027, 1, 4, 12))
    assert list(found) == ["JC2026-00001", "JC2026-00002", "JC2027-00001"]


def test_a_finding_is_a_ticket_for_the_department_it_is_meant_for(city: Governance) -> None:
    city.con.execute("""
        create table governance.finding as
        select id as finding_id, 'dead_yet_paid' as kind, 'human_resources' as department,
            [{'record_id': 10 * id, 'resource_id': 'health__deaths'},
             {'record_id': 10 * id + 1, 'resource_id': 'human_resources__pension_payments'}] as evidence
        from (values (1), (2)) as t(id)
    """)
    city.con.execute("delete from governance.quarantine")
    city.compare(NOON)
    found = ticket(city)
    assert (found["unit_id"], found["resource_id"]) == ("human_resources", "human_resources__pension_payments")
    assert (found["rule"], found["field"], found["reason"], found["rows"]) == ("dead_yet_paid", None, "死亡后仍发放", 2)
    write_values_in_question(city.con)
    swap(city.con, "governance.value_in_question")
    rows = city.con.execute("select resource_id, record_id from governance.value_in_question order by 2").fetchall()
    assert rows == [("health__deaths", 10), ("human_resources__pension_payments", 11), ("health__deaths", 20),
                    ("human_resources__pension_payments", 21)]  # fmt: skip


def test_the_value_is_in_question_while_the_ticket_is_open(city: Governance) -> None:
    city.con.execute("insert into governance.silent_revision by name select ? as resource_id, ? as unit_id, 'csrq' as field, "
                     "'a1' as batch_id, 77 as record_id", [RESOURCE, UNIT])  # fmt: skip
    city.compare(NOON)
    write_values_in_question(city.con)
    swap(city.con, "governance.value_in_question")
    rows = city.con.execute(
        "select field, ticket, count(*) from governance.value_in_question group by all order by 2"
    ).fetchall()
    assert rows == [("gmsfhm", FIRST, 2), ("csrq", SECOND, 1)]
    reply(city.con, FIRST, "维持", "李主任", "", day(1))
    city.compare(day(1))
    write_values_in_question(city.con)
    swap(city.con, "governance.value_in_question")
    assert city.con.execute("select distinct ticket from governance.value_in_question").fetchall() == [(SECOND,)]

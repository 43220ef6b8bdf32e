"""Correction tickets: what a unit is asked to correct, until when, and how it ended.

Here: which rows are in question, opening and closing tickets, replies, the tables of schema registry, governance.correction and
governance.value_in_question. Not here: why a row is quarantined (standardization/), the workbook that goes with a ticket (feedback/),
the commands (commands/corrections.py).

A ticket is for one unit, resource, kind, rule and field:

- `quarantine`: rows and values that break a rule. Rows that a later row with the same key has superseded no longer count.
- `revision`: values of the past that a delivery revised silently.
- `finding`: leads of governance.finding for the department; the rule is the kind of the finding, the resource that of the
  department's own source row, if there is one.

It is open (核查中) from the refresh that first finds such rows. It ends in one of two ways, and then never changes again:

- There are no such rows any more: `corrected` if something was delivered after it was opened, else `withdrawn` (the rule was changed,
  or the delivery was withdrawn).
- The unit replies: 更正 (amended), 维持 (maintained), 无法核实 (unverifiable). A later reply replaces a former one; both are kept.

If rows come back, a new ticket opens, with a deadline of its own; `follows` names the one before. That is so when the rows had been gone;
after 更正, when a file that was not there at the reply has such rows (of a finding: when there are more of them); after 维持 and
无法核实, when there are more rows than the reply was about.

The deadline is 10 working days after the day of opening (SUINING_CORRECTION_WORKDAYS). Working days are Monday to Friday: the project has
no calendar of the State Council's holidays and exchanged weekends, so around a holiday a ticket is due earlier than the law says.
"""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np

from suining_data.ingestion import COUNTED
from suining_data.packed_keys import line_number
from suining_data.sql import literal
from suining_data.warehouse import STAGING, swap, table_exists

CORRECTIONS = "governance.correction"
IN_QUESTION = "governance.value_in_question"
TICKETS, REPLIES = "registry.correction", "registry.correction_reply"
REPLY_KINDS = {"更正": "amended", "维持": "maintained", "无法核实": "unverifiable"}
STATUS = {
    "open": "核查中",
    "corrected": "已更正",
    "withdrawn": "已撤销",
    **{code: f"回复{zh}" for zh, code in REPLY_KINDS.items()},
}
FINDINGS = "governance.finding"
FINDING_KINDS = {
    "dead_yet_paid": "死亡后仍发放",
    "double_registration": "双重户籍",
    "overlapping_insurance": "重复参保",
    "shared_number": "一号多人",
    "married_twice": "重婚",
    "closed_yet_insuring": "已注销仍参保",
    "closed_with_license": "已注销证照仍有效",
    "registered_to_another": "网签后登记在他人名下",
    "contract_not_registered": "网签后长期未登记",
    "sold_twice": "一房二卖",
    "sold_while_mortgaged": "抵押期间转让",
    "contract_area_differs": "网签面积与登记面积不符",
    "contract_address_differs": "网签坐落与登记坐落不符",
    "copy_holder_differs": "市、省登记权利人不符",
    "copy_area_differs": "市、省登记面积不符",
    "copy_status_differs": "市、省登记权属状态不符",
    "building_not_listed": "所在幢不在楼栋表",
    "building_elsewhere": "楼栋与单元不在同一乡镇",
    "address_outside_county": "坐落与代码不在同一县",
}
KEY = "unit_id, resource_id, kind, rule, field"
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Compared:
    """What a refresh does to the tickets."""

    opened: int
    ended: int
    all: int


def create_corrections(con: Connection) -> None:
    """Create the tables of the tickets that are missing. `field` is empty where a ticket is about whole rows."""
    con.execute(f"""
        create table if not exists {TICKETS} (
            ticket varchar, kind varchar, unit_id varchar, resource_id varchar, rule varchar, field varchar, reason varchar,
            rows_opened bigint, opened_at timestamp, due_on date, follows varchar, gone_at timestamp, ended_as varchar);
        create table if not exists {REPLIES} (
            ticket varchar, outcome varchar, replied_by varchar, note varchar, rows_replied bigint, batches varchar[],
            replied_at timestamp)
    """)


def due_day(opened: date, workdays: int) -> date:
    """The day so many working days (Monday to Friday) after `opened`, which does not count itself."""
    due: date = np.busday_offset(opened, workdays, roll="backward").astype(object)
    return due


def overdue_tickets(con: Connection, day: date) -> int:
    """How many tickets were ever open after their deadline, by `day`: only a deadline that passes changes this number."""
    sql = f"select count(*) from ({_tickets(TICKETS)}) where due_on < coalesce(ended_on, $day)"
    return int(con.execute(sql, {"day": day}).fetchall()[0][0])


def replies_made(con: Connection) -> int:
    """How many replies were recorded."""
    return int(con.execute(f"select count(*) from {REPLIES}").fetchall()[0][0])


def write_corrections(con: Connection, now: datetime, workdays: int) -> Compared:
    """Write the staging table of governance.correction: the tickets as they are when they are promoted."""
    con.execute(f"create or replace temp table row_in_question as {_rows_in_question(con)}")
    con.execute(f"""
        create or replace temp table concern as
        select {KEY}, min(reason) as reason, count(distinct case_id) as rows from row_in_question group by all
    """)
    _find_new(con, now, due_day(now.date(), workdays))
    _find_gone(con, now)
    con.execute(f"""
        create or replace temp table ticket_after as
        select t.* replace (coalesce(t.gone_at, gone.gone_at) as gone_at, coalesce(t.ended_as, gone.ended_as) as ended_as)
        from {TICKETS} as t left join gone_ticket as gone using (ticket)
        union all by name from next_ticket
    """)
    con.execute(
        f"""
        create or replace table {CORRECTIONS}{STAGING} as
        select ticket, unit_id, resource_id, kind, rule, nullif(field, '') as field, t.reason, coalesce(rows, 0) as rows,
            rows_opened, cast(opened_at as date) as opened_on, due_on, status, status = 'open' and due_on < $day as is_overdue,
            ended_on, replied_by, note, follows
        from ({_tickets("ticket_after")}) as t left join concern using ({KEY})
        order by ticket
        """,
        {"day": now.date()},
    )
    counted = con.execute("""
        select (select count(*) from next_ticket), (select count(*) from gone_ticket), (select count(*) from ticket_after)
    """).fetchall()
    return Compared(*map(int, counted[0]))


def promote_corrections(con: Connection) -> None:
    """Make the staging table current and keep its tickets; call it in a transaction."""
    swap(con, CORRECTIONS)
    con.execute(f"""
        update {TICKETS} set gone_at = gone.gone_at, ended_as = gone.ended_as
        from gone_ticket as gone where gone.ticket = correction.ticket;
        insert into {TICKETS} by name from next_ticket
    """)


def write_values_in_question(con: Connection) -> int:
    """Write the staging table of governance.value_in_question: the rows and values that open tickets are about."""
    con.execute(f"""
        create or replace table {IN_QUESTION}{STAGING} as
        select distinct resource_of_row as resource_id, record_id, nullif(field, '') as field, ticket
        from ({_rows_in_question(con)})
        join (select {KEY.replace("field", "coalesce(field, '') as field")}, ticket from {CORRECTIONS} where status = 'open') using ({KEY})
        where record_id is not null
        order by all
    """)
    return int(con.execute(f"select count(*) from {IN_QUESTION}{STAGING}").fetchall()[0][0])


def reply(con: Connection, ticket: str, outcome: str, by: str, note: str, now: datetime) -> None:
    """Record the reply of a unit, a key of REPLY_KINDS. Raises ValueError if no ticket is waiting for one."""
    found = con.execute(f"select gone_at, ended_as from {TICKETS} where ticket = ?", [ticket]).fetchone()
    if found is None:
        raise ValueError(f"没有工单 {ticket} (no such ticket)")
    if found[0] is not None:
        raise ValueError(f"{ticket} 已于 {found[0]:%Y-%m-%d} 办结：{STATUS[found[1]]} (the ticket has ended)")
    con.execute(
        f"""
        insert into {REPLIES}
        select $ticket, $outcome, $by, $note, count(distinct case_id), coalesce(list(distinct batch_id), []), $now
        from ({_rows_in_question(con)}) semi join (from {TICKETS} where ticket = $ticket) using ({KEY})
        """,
        {"ticket": ticket, "outcome": REPLY_KINDS[outcome], "by": by, "note": note, "now": now},
    )


def _rows_in_question(con: Connection) -> str:
    """SELECT of every row that a ticket can be about: KEY, reason, batch, record and its resource, the case that counts as one."""
    labels = " ".join(f"when {literal(kind)} then {literal(label)}" for kind, label in FINDING_KINDS.items())
    finding = f"""
        union all
        select 'finding', department, coalesce(
                list_min(list_filter(resources, lambda each: starts_with(each, department || '__'))), list_min(resources)),
            kind, '', case kind {labels} else kind end, null, row.record_id, row.resource_id, finding_id
        from (
            select *, list_transform(evidence, lambda each: each.resource_id) as resources, unnest(evidence) as row
            from {FINDINGS}
        )"""
    return f"""
        select 'quarantine' as kind, unit_id, resource_id, rule, coalesce(field, '') as field, reason, batch_id, record_id,
            resource_id as resource_of_row, concat_ws(' ', batch_id, file_name, line_number) as case_id
        from governance.quarantine
        anti join governance.superseded as old on old.resource_id = quarantine.resource_id
            and old.batch_id = quarantine.batch_id and old.line_number = {line_number("record_id")}
        union all
        select 'revision', unit_id, resource_id, 'silent_revision', field,
            '新文件与原文件对往期的说法不一', batch_id, record_id, resource_id, cast(record_id as varchar)
        from governance.silent_revision
        semi join (select batch_id from governance.batch where status = 'in_force') using (batch_id)
        {finding if table_exists(con, FINDINGS) else ""}"""


def _tickets(table: str) -> str:
    """SELECT of the tickets in `table` with their last reply, their status and the day on which they ended."""
    return f"""
        select t.*, outcome, replied_by, note, rows_replied, batches,
            coalesce(outcome, ended_as, 'open') as status, cast(coalesce(first_reply_at, gone_at) as date) as ended_on
        from {table} as t left join (
            select *, min(replied_at) over (partition by ticket) as first_reply_at from {REPLIES}
            qualify row_number() over (partition by ticket order by replied_at desc, outcome) = 1
        ) using (ticket)"""


def _find_new(con: Connection, now: datetime, due: date) -> None:
    """Fill temp.next_ticket: what is in question, and no ticket or reply is about it."""
    con.execute(
        f"""
        create or replace temp table next_ticket as
        with latest as (
            from ({_tickets(TICKETS)}) qualify row_number() over (partition by {KEY} order by opened_at desc, ticket desc) = 1
        ),

        delivered_after_reply as (  -- by content, not by time: a ledger that was lost is read again
            select distinct ticket from latest join row_in_question using ({KEY})
            where outcome is not null and not list_contains(batches, batch_id)
        ),

        fresh as (
            select concern.*, latest.ticket as follows from concern left join latest using ({KEY})
            where latest.ticket is null or gone_at is not null or case
                when outcome = 'amended' and kind <> 'finding' then latest.ticket in (from delivered_after_reply)
                else rows > rows_replied end
        )

        select format('JC{{}}-{{:05d}}', year($now), row_number() over (order by {KEY}) + (
                select coalesce(max(cast(split_part(ticket, '-', 2) as bigint)), 0) from {TICKETS}
                where starts_with(ticket, format('JC{{}}-', year($now))))) as ticket,
            {KEY}, reason, rows as rows_opened, $now as opened_at, $due as due_on, follows,
            cast(null as timestamp) as gone_at, cast(null as varchar) as ended_as
        from fresh
        """,
        {"now": now, "due": due},
    )


def _find_gone(con: Connection, now: datetime) -> None:
    """Fill temp.gone_ticket: the tickets of which there are no rows any more, and whether a delivery has corrected them."""
    con.execute(
        f"""
        create or replace temp table gone_ticket as
        select ticket, $now as gone_at, case when exists (
            from governance.batch where {COUNTED} and first_seen_at > opened_at
                and (kind = 'finding' or batch.resource_id = old.resource_id)
        ) then 'corrected' else 'withdrawn' end as ended_as
        from {TICKETS} as old anti join concern using ({KEY})
        where gone_at is null
        """,
        {"now": now},
    )

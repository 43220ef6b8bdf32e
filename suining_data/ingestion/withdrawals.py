"""Withdrawn deliveries: what a person took back does not count, also while its file lies in landing/, until that is undone.

Here: the table registry.withdrawal; finding the delivery that is meant; recording a withdrawal and its end.
Not here: the status of a batch (ledger.py), the refresh that follows (undo/).

Nothing can compute a withdrawal again. So it is in schema registry, whose copy survives the warehouse, and it names the
content: the batch id. Another content under the same name is another delivery.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

import duckdb

from suining_data.clock import NOW
from suining_data.display import visible
from suining_data.warehouse import transaction

WITHDRAWALS = """
create schema if not exists registry;
create table if not exists registry.withdrawal (
    resource_id varchar, unit_id varchar, file_name varchar, batch_id varchar, raw_rows bigint,
    withdrawn_at timestamp, withdrawn_by varchar, reason varchar,
    undone_at timestamp, undone_by varchar, undone_reason varchar)
"""
STANDING = "(from registry.withdrawal where undone_at is null)"  # SQL: the withdrawals that nobody has undone

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Delivery:
    """A batch of the ledger, as somebody names it who withdraws it."""

    resource_id: str
    unit_id: str
    file_name: str
    batch_id: str
    status: str
    raw_rows: int | None
    withdrawn_at: datetime | None  # null unless it is withdrawn now


def withdrawn_batches(con: Connection, resource_id: str) -> list[str]:
    """Ids of the batches of a resource that are withdrawn."""
    found = con.execute(f"select batch_id from {STANDING} where resource_id = ? order by 1", [resource_id]).fetchall()
    return [batch_id for (batch_id,) in found]


def deliveries_meant(con: Connection, name: str, *, withdrawn: bool = False) -> list[Delivery]:
    """What is meant by a batch id or by `unit/file name`: one delivery, none, or one for each of several resources.

    Of several contents under one name it is the one that came or was withdrawn last, and `withdrawn`: that is withdrawn. What
    is refused, or was replaced by another content under its name, is meant only if nothing else is.
    """
    *folders, last = PurePath(name).parts or ("",)
    where = "batch.batch_id = $last" if not folders else f"batch.unit_id = $unit and ({IS_NAMED})"
    return [
        Delivery(*row)
        for row in con.execute(
            f"""
            select resource_id, batch.unit_id, batch.file_name, batch_id, status, batch.raw_rows, withdrawn_at
            from governance.batch as batch left join {STANDING} as standing using (resource_id, batch_id)
            where {where} and (withdrawn_at is not null or not $withdrawn)
            qualify row_number() over (
                partition by resource_id
                order by status in ('refused', 'replaced') and withdrawn_at is null, greatest(first_seen_at, withdrawn_at) desc,
                    batch_id) = 1
            order by resource_id
            """,
            {"last": visible(last), "withdrawn": withdrawn, **({"unit": folders[-1]} if folders else {})},
        ).fetchall()
    ]


IS_NAMED = """
    batch.file_name = $last
    or exists (from governance.batch_file as part where part.resource_id = batch.resource_id
        and part.batch_id = batch.batch_id and part.file_name = $last)
"""


def record_withdrawal(con: Connection, delivery: Delivery, by: str, reason: str) -> None:
    """Record that a delivery is withdrawn. What it replaced under its name counts again."""
    with transaction(con):
        con.execute(
            "insert into registry.withdrawal by name select ? as resource_id, ? as unit_id, ? as file_name, ? as batch_id, "
            f"? as raw_rows, {NOW} as withdrawn_at, ? as withdrawn_by, ? as reason",
            [
                *(delivery.resource_id, delivery.unit_id, delivery.file_name, delivery.batch_id, delivery.raw_rows),
                *(by, reason),
            ],
        )
        if delivery.status != "replaced":
            con.execute(
                f"""
                update governance.batch set status = 'superseded' where resource_id = $resource and batch_id = (
                    select batch_id from governance.batch as former anti join {STANDING} using (resource_id, batch_id)
                    where resource_id = $resource and file_name = $file and status = 'replaced'
                    order by first_seen_at desc, batch_id limit 1)
                """,
                {"resource": delivery.resource_id, "file": delivery.file_name},
            )


def end_withdrawal(con: Connection, delivery: Delivery, by: str, reason: str) -> None:
    """Record that a withdrawal is undone. The delivery replaces again what it replaced under its name."""
    key = {"resource": delivery.resource_id, "batch": delivery.batch_id}
    with transaction(con):
        con.execute(
            f"update registry.withdrawal set undone_at = {NOW}, undone_by = $by, undone_reason = $reason "
            "where resource_id = $resource and batch_id = $batch and undone_at is null",
            {**key, "by": by, "reason": reason},
        )
        con.execute(
            """
            update governance.batch as former set status = 'replaced' from governance.batch as own
            where own.resource_id = $resource and own.batch_id = $batch and former.resource_id = $resource
                and former.file_name = own.file_name and former.status in ('in_force', 'superseded')
                and (former.first_seen_at, former.batch_id) < (own.first_seen_at, own.batch_id)
            """,
            key,
        )
        con.execute(
            """
            update governance.batch as own set status = case when exists (
                from governance.batch as later
                where later.resource_id = $resource and later.file_name = own.file_name
                    and later.status in ('in_force', 'superseded') and later.batch_id <> $batch) then 'replaced' else 'superseded' end
            where resource_id = $resource and batch_id = $batch
            """,
            key,
        )

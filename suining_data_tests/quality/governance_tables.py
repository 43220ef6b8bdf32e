"""The tables of schema governance that the score and the tickets are made from, written by hand.

Here: what the tests of the score, of the tickets and of the page share.
"""

import json
from datetime import date, datetime

import duckdb

from suining_data.catalog import Catalog, Unit
from suining_data.ingestion import create_ledger
from suining_data.packed_keys import record_base
from suining_data.quality import (
    create_corrections,
    create_scores,
    promote_corrections,
    promote_scores,
    write_corrections,
    write_scores,
)
from suining_data.standardization import create_accounts
from suining_data_tests.end_to_end.refusals.deliveries import residents

RESOURCE = "public_security__residents"
UNIT = "public_security"
CATALOG = Catalog((Unit(id=UNIT, name="市公安局", origin="department", is_key=True, resources=[residents()]),))
COLUMNS = len(residents().fields)


class Governance:
    """A warehouse in memory with one resource of four columns, one of which is mandatory."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("create schema registry; create schema governance")
        create_ledger(self.con)
        create_accounts(self.con)
        create_scores(self.con)
        create_corrections(self.con)
        self.con.execute("""
            create table governance.check_result (
                table_name varchar, check_name varchar, is_blocking boolean, has_passed boolean, severity varchar,
                description varchar, metadata json, run_id varchar);
            create table governance.delivery_problem (
                kind varchar, unit_id varchar, resource_id varchar, file_name varchar, message_zh varchar, message_en varchar)
        """)

    def deliver(self, batch: str, rows: int, seen: datetime, rejected: int = 0, staged: int | None = None) -> None:
        """A current batch; the one of the same name is replaced."""
        self.con.execute("update governance.batch set status = 'replaced' where file_name = ?", [batch[:-1]])
        self.con.execute(
            "delete from governance.quarantine where batch_id in (select batch_id from governance.batch where status = 'replaced')"
        )
        self.con.execute(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "first_seen_at, run_id, declaration) values (?, ?, ?, ?, '', 0, 'in_force', ?, '', '')",
            [RESOURCE, batch, UNIT, batch[:-1], seen],
        )
        kept = rows if staged is None else staged
        self.con.execute(
            "insert into governance.row_account values (?, ?, ?, 1, 0, ?, ?, ?, ?, 0)",
            [RESOURCE, batch, rows + rejected + 1, rejected, rows, kept, rows - kept],
        )

    def put_aside(self, batch: str, line: int, field: str | None, rule: str, scope: str = "value") -> None:
        record = None if scope == "line" else record_base(RESOURCE, batch) + line
        self.con.execute(
            "insert into governance.quarantine values (?, ?, ?, ?, ?, ?, ?, ?, ?, null, null, ?)",
            [RESOURCE, UNIT, batch, batch[:-1], line, scope, field, rule, f"{field}：{rule}", record],
        )

    def fail(self, table: str, check: str, failed: int, description: str = "", **by_rule: int) -> None:
        metadata: dict[str, object] = {"failed": failed}
        if by_rule:
            metadata["failed_by_rule"] = by_rule
        self.con.execute(
            "insert into governance.check_result values (?, ?, false, false, 'WARN', ?, ?, 'run')",
            [table, check, description, json.dumps(metadata)],
        )

    def problem(self, kind: str, message: str = "", unit: str = UNIT, resource: str | None = RESOURCE) -> None:
        self.con.execute(
            "insert into governance.delivery_problem values (?, ?, ?, null, ?, '')", [kind, unit, resource, message]
        )

    def score(self, day: date) -> dict[str, tuple[int, int]]:
        """Write the score of a day. Returns numerator and denominator of each dimension on it."""
        write_scores(self.con, CATALOG, day)
        promote_scores(self.con)
        rows = self.con.execute(
            "select dimension, arg_max((numerator, denominator), scored_on) from governance.quality_score "
            "where scored_on <= ? group by dimension",
            [day],
        ).fetchall()
        return {
            dimension: tuple(found) if isinstance(found, tuple) else tuple(found.values()) for dimension, found in rows
        }

    def compare(self, now: datetime, workdays: int = 10) -> dict[str, str]:
        """Compare the tickets. Returns the status of each."""
        write_corrections(self.con, now, workdays)
        promote_corrections(self.con)
        return dict(self.con.execute("select ticket, status from governance.correction order by ticket").fetchall())

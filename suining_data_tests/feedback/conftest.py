"""A published file with a quarantine written by hand."""

import duckdb
import pytest

BATCH = (
    "('public_security__household_changes', 'b1', 'public_security', 'hjbd_201909.csv', 'in_force', null, 10, now())"
)
REFUSED = "('health__births', 'b2', 'health', 'csyx_201909.csv', 'refused', 'csyx_201909.csv 全文件: 空', null, now())"


class Published:
    """What `suining quarantine --export` reads, in memory."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute(f"""
            create schema governance;
            create table governance.quarantine (
                resource_id varchar, unit_id varchar, batch_id varchar, file_name varchar, line_number bigint,
                scope varchar, field varchar, rule varchar, reason varchar, received varchar, raw_text varchar);
            create table governance.batch as
                select * from (values {BATCH}, {REFUSED})
                    as t(resource_id, batch_id, unit_id, file_name, status, refusal_zh, lines_total, first_seen_at);
            create table governance.row_account (
                resource_id varchar, batch_id varchar, rejected bigint, quarantined bigint, superseded bigint, staged bigint);
            create table governance.silent_revision (
                resource_id varchar, unit_id varchar, field varchar, own_date date, former_file_name varchar,
                former_line_number bigint, file_name varchar, line_number bigint);
            create table governance.correction (
                ticket varchar, unit_id varchar, resource_id varchar, kind varchar, rule varchar, field varchar, status varchar);
        """)

    def put_aside(self, line: int, field: str | None, received: str | None, raw: str, scope: str = "value") -> None:
        self.con.execute(
            "insert into governance.quarantine values ('public_security__household_changes', 'public_security', 'b1', "
            "'hjbd_201909.csv', ?, ?, ?, 'rule', '某项：某原因', ?, ?)",
            [line, scope, field, received, raw],
        )

    def revise(self, unit: str, resource: str, field: str) -> None:
        """The row in line 3 of the new file differs from line 2 of the one before it."""
        self.con.execute(
            "insert into governance.silent_revision values (?, ?, ?, '2018-03-01', 'a_20190831', 2, 'a_20190930', 3)",
            [resource, unit, field],
        )


@pytest.fixture
def published_file() -> Published:
    return Published()

"""Rows of evidence written by hand, and which of them contest their number.

Here: the test bench for contests of numbers. Not here: the expected results (the test files).
"""

from collections.abc import Iterable
from typing import Any

import duckdb

from suining_data.linkage.person_contests import CONTESTED
from suining_data.linkage.person_names import PLAIN_NAME

Row = dict[str, Any]
MAN = "510902198001010016"  # of a man born on 1 January 1980


class Evidence:
    """Rows in linked.person_evidence; each has the number MAN and a source of its own unless it says otherwise."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def contested(self, rows: Iterable[Row]) -> dict[str, str | None]:
        """The rows that contest their number: `label`, or else the name -> the number for which it is a mistake."""
        self.con.execute("delete from linked.person_evidence")
        labels = {}
        for record, row in enumerate(rows, start=1):
            values = {
                "resident_id": MAN,
                "name_authority": 8,
                "resource_id": f"source_{record}",
                "role": "holder",
                **row,
            }
            labels[record] = values.pop("label", values.get("name"))
            names = ", ".join(["record_id", "role_number", *values])
            marks = ", ".join("?" * (len(values) + 2))
            self.con.execute(
                f"insert into linked.person_evidence ({names}) values ({marks})", [record, 0, *values.values()]
            )
        self.con.execute(f"create or replace table linked.person_plain_name as {PLAIN_NAME}")
        found = self.con.execute(f"select record_id, near_number from ({CONTESTED})").fetchall()
        return {labels[record]: near for record, near in found}

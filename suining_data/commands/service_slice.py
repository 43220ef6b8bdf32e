"""What a county or a town gets of its own: the rows of its persons, organisations and addresses.

Here: finding the division, the rows with titles in Chinese, whom they are about. Not here: what it gets
(publication/services.yaml), the command (service.py), the files (excel.py).
"""

import json
from dataclasses import dataclass

import duckdb

from suining_data.commands.errors import Mistake
from suining_data.sql import identifier

Connection = duckdb.DuckDBPyConnection
DIGITS = {"county": 6, "town": 9}  # of a code that say which division it is


@dataclass(frozen=True)
class Slice:
    """The rows of a section, what it is called, and the golden ids of those whom it is about."""

    zh: str
    rows: duckdb.DuckDBPyRelation
    ids: list[str]


def the_division(con: Connection, code: str) -> tuple[str, str]:
    """The code of a county or a town that there is today, and the digits with which the codes in it begin. Raises Mistake."""
    full = code.strip().ljust(12, "0")
    found = con.execute(
        "select distinct level_code from spatial.division where division_code = ? and is_current", [full]
    ).fetchall()
    levels = [level for (level,) in found if level in DIGITS]
    if not levels:
        raise Mistake(
            "请给出现行的县（市、区）或乡镇（街道）代码，6、9或12位 (give the code of a county or town of today, with 6, 9 or 12 digits)"
        )
    return full, full[: DIGITS[levels[0]]]


def slices(con: Connection, prefix: str) -> list[Slice]:
    """The sections of a division, read once and kept until they are written."""
    listed = con.execute(
        "select section, view_name, zh, columns from service.section where service = 'slice' order by position"
    ).fetchall()
    return [_slice(con, prefix, *each) for each in listed]


def _slice(con: Connection, prefix: str, section: str, view: str, zh: str, columns: str) -> Slice:
    titled = []
    for each in json.loads(columns):
        titled.append(f"{each['name']} as {identifier(each['zh'] + ('代码' if each['label'] else ''))}")
        if each["label"]:
            titled.append(f"{each['label']} as {identifier(each['zh'])}")
    con.execute(
        f"create temp table {section} as from {view} where starts_with(subject_id, $prefix) order by all",
        {"prefix": prefix},
    )
    ids = con.execute(f"select distinct golden_id from temp.{section} where golden_id is not null").fetchall()
    return Slice(zh, con.table(f"temp.{section}").project(", ".join(titled)), [id for (id,) in ids])

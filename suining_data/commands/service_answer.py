"""What a service gets of one subject: the rows of its sections in the published file.

Here: finding the subject, reading its rows, which of their values are in question. Not here: what a service gets
(publication/services.yaml), the commands (service.py), the page (service_page.py).
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb

from suining_data.access import of_subject
from suining_data.commands.errors import Mistake
from suining_data.encryption import MAIN
from suining_data.explanation import SubjectKind, find_ids, former_ids
from suining_data.settings import Settings

Connection = duckdb.DuckDBPyConnection
Row = dict[str, Any]
IN_QUESTION = "in_question"  # columns of a row of which an open ticket asks whether they are right
LOOKED = {"at": "时间（UTC）", "user": "用户", "command": "命令", "audience": "受众", "purpose": "用途"}
NAMED = {SubjectKind.PERSON: ("人员", "person"), SubjectKind.ORGANIZATION: ("单位", "organisation")}


@dataclass(frozen=True)
class Part:
    """A section of an answer. `labels`: column with codes -> column with their names."""

    id: str
    zh: str
    columns: dict[str, str]  # name -> Chinese name
    labels: dict[str, str]
    rows: list[Row]


@dataclass(frozen=True)
class Answer:
    """What a service gets of a subject. `title`: what the service is called."""

    title: str
    parts: list[Part]


def the_one(con: Connection, kind: SubjectKind, number: str) -> str:
    """The golden id of the one subject with this number or golden id. Raises Mistake if there is none, or several."""
    found = find_ids(con, kind, number)
    zh, en = NAMED[kind]
    if not found:
        raise Mistake(f"没有{zh}有这个号码或标识 (no {en} has this number or id)")
    if len(found) > 1:
        raise Mistake(
            f"有 {len(found)} 个{zh}用这个号码，请用其他号码，或先由登记人员核定 "
            f"({len(found)} {en}s have this number: use another one, or let a registrar decide first)"
        )
    return found[0]


def answer_of(con: Connection, service: str, kind: SubjectKind, id: str) -> Answer:
    """What a service gets of a subject, with the sections that have no row."""
    listed = con.execute(
        "select title, section, view_name, zh, columns from service.section where service = ? and subject = ? order by position",
        [service, kind],
    ).fetchall()
    if not listed:
        raise Mistake(
            "已发布的文件没有这项服务：先运行 suining refresh (the published file does not have this service: run `suining refresh` first)"
        )
    found = _rows(con, [view for _, _, view, _, _ in listed], id)
    parts = [
        _part(section, zh, columns, rows) for (_, section, _, zh, columns), rows in zip(listed, found, strict=True)
    ]
    _mark(con, [row for part in parts for row in part.rows])
    return Answer(listed[0][0], parts)


def _part(section: str, zh: str, columns: str, rows: list[Row]) -> Part:
    listed = json.loads(columns)
    named = {each["name"]: each["zh"] for each in listed}
    return Part(section, zh, named, {each["name"]: each["label"] for each in listed if each["label"]}, rows)


def looks_at(con: Connection, settings: Settings, id: str) -> Part:
    """Who looked at a person, the latest first; the look that is under way is not among them."""
    ids = {id, *former_ids(con, SubjectKind.PERSON, id)}
    rows: list[Row] = [
        {
            "at": look["at"],
            "user": look.get("login") or look.get("sudo_user") or look["user"],
            **{key: look.get(key) for key in ("command", "audience", "purpose")},
        }
        for look in of_subject(settings, ids)
    ]
    return Part("looks", "谁查看过", LOOKED, {}, rows[::-1])


def _rows(con: Connection, views: list[str], id: str) -> list[list[Row]]:
    """The rows of each view. To plan a statement takes longer here than to run it, and takes one thread: so several are planned at once."""

    def rows_of(view: str) -> list[Row]:
        with con.cursor() as cursor:
            found = cursor.execute(
                f"""
                select to_json(answer) from (
                    select * exclude (subject_id, golden_id, sources), sources from {MAIN}.{view}
                    where subject_id = ? order by all
                ) as answer
                """,
                [id],
            )
            return [json.loads(row) for (row,) in found.fetchall()]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(rows_of, views))


def _mark(con: Connection, rows: list[Row]) -> None:
    """Replace the source rows of each row by the names of the columns that are in question."""
    sources = [row.pop("sources") for row in rows]
    delivered = sorted({row for each in sources for row in each.values() if row is not None})
    asked = con.execute(
        "select distinct record_id from governance.value_in_question where list_contains(?::bigint[], record_id)",
        [delivered],
    )
    questioned = {row for (row,) in asked.fetchall()}
    for row, each in zip(rows, sources, strict=True):
        doubted = {name for name, source in each.items() if source in questioned}
        row[IN_QUESTION] = [name for name in row if name in doubted or "" in doubted]

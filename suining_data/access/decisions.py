"""The chain of decisions: none of registry.decision was changed, added, removed or dated back behind the program.

Here: the table registry.decision_link, which has the hash of each decision and the OS user who recorded it, and what is wrong with
the decisions. Not here: recording one
(review/decisions.py, confidential/decisions.py), the chain of hashes (chain.py).

A decision and its hash are written in one transaction, and the access log has the hash, too, under the name of who decided. So
whoever changes a decision and computes all hashes anew is found by the log. Decisions from before there was a chain are
taken as they were when it began. The decisions about a forgotten person are removed and their hashes stay, marked as forgotten;
the log has their numbers. The log also has each restore of a backup, and up to which decision that one has them.
A token of before version 0.3.0 is replaced when its record comes back (linkage/tokens.py), so a hash does not cover it.
"""

from collections.abc import Iterable, Iterator

import duckdb

from suining_data.access.chain import NOTHING, Finding, Head, Values, hash_of, missing
from suining_data.warehouse import table_exists

Connection = duckdb.DuckDBPyConnection
TABLE = """
create table if not exists registry.decision_link (
    decision_number bigint, recorded_by varchar, hash varchar, covers_tokens boolean, is_forgotten boolean)
"""
COLUMNS = "subject, token_l, token_r, verdict, reason, decided_by, decided_at"
IS_FORMER = "(starts_with({0}, 'record:') and not starts_with({0}, 'record:v2:'))"
COVERS = f"not {IS_FORMER.format('token_l')} and not {IS_FORMER.format('token_r')}"
PLACE = "registry.decision"


def begin_chain(con: Connection) -> None:
    """Begin the chain with the decisions that there are, if it has not begun. Its first row is no decision."""
    con.execute(TABLE)
    if not con.execute("select 1 from registry.decision_link limit 1").fetchone():
        con.execute("insert into registry.decision_link values (0, null, ?, false, false)", [NOTHING.hash])
        _link(con, "true", [], None)


def link_decision(con: Connection, number: int, recorded_by: str) -> Head:
    """Add a decision to the chain; call it in the transaction that records it."""
    return _link(con, "decision_number = ?", [number], recorded_by)


def _link(con: Connection, condition: str, parameters: list[object], recorded_by: str | None) -> Head:
    last = last_link(con)
    rows = con.execute(
        f"select decision_number, {COVERS}, {COLUMNS} from registry.decision where {condition} order by 1", parameters
    ).fetchall()
    for number, covers, *values in rows:
        last = Head(number, hash_of(last.hash, _values(number, recorded_by, covers, values)))
        con.execute(
            "insert into registry.decision_link values (?, ?, ?, ?, false)", [number, recorded_by, last.hash, covers]
        )
    return last


def next_number(con: Connection) -> int:
    """The number of the next decision: one that neither a decision nor a forgotten one has."""
    rows = con.execute("""
        select max(decision_number) + 1 from (
            select decision_number from registry.decision_link union all select decision_number from registry.decision)
    """).fetchall()
    return int(rows[0][0])


def last_link(con: Connection) -> Head:
    """The last decision of the chain."""
    rows = con.execute("select decision_number, hash from registry.decision_link order by all desc limit 1").fetchall()
    return Head(*rows[0]) if rows else NOTHING


def numbers_of(con: Connection, condition: str) -> list[int]:
    """The numbers of the decisions for which SQL is true."""
    rows = con.execute(f"select decision_number from registry.decision where {condition} order by 1").fetchall()
    return [number for (number,) in rows]


def forget_decisions(con: Connection, numbers: list[int]) -> None:
    """Remove decisions about a person who is forgotten; call it in a transaction. Their hashes stay."""
    con.execute("delete from registry.decision where list_contains(?, decision_number)", [numbers])
    con.execute(
        "update registry.decision_link set is_forgotten = true where list_contains(?, decision_number)", [numbers]
    )


def tampered_decisions(con: Connection, log: Iterable[Values]) -> list[Finding]:
    """What is wrong with the decisions, by the chain and by the access log."""
    if not table_exists(con, "registry.decision_link"):
        return []
    seen: list[Head] = []
    forgotten: set[int] = set()
    for each in log:
        if "decision_hash" in each:
            seen.append(Head(each["decision"], each["decision_hash"]))
        if "restored_decisions" in each:  # a backup that had no later ones
            seen = [head for head in seen if head.number <= each["restored_decisions"]]
        forgotten.update(each.get("decisions_forgotten", ()))
    return list(_wrong(con, seen, forgotten))


def _wrong(con: Connection, seen: list[Head], forgotten: set[int]) -> Iterator[Finding]:
    rows = con.execute(f"""
        select decision_number, link.hash, link.recorded_by, link.covers_tokens, link.is_forgotten,
            decision.decision_number is not null or link.hash is null, {COLUMNS}
        from registry.decision_link as link full join registry.decision as decision using (decision_number)
        where decision_number is distinct from 0 order by decision_number, decided_at
    """).fetchall()
    last, latest = NOTHING, None
    for number, stored, by, covers, is_forgotten, is_there, *values in rows:
        place, decided_at = f"{PLACE} {number}", values[-1]
        if stored is None:
            yield Finding(place, "不在判定链中：不是用 suining review 或 confidential 登记的",
                          "it is not in the chain: neither `suining review` nor `confidential` recorded it")  # fmt: skip
            continue
        if not is_there and not (is_forgotten and number in forgotten):
            yield Finding(place, "登记后被删除", "the decision was removed after it was recorded")
        elif is_there and stored != hash_of(last.hash, _values(number, by, covers, values)):
            yield Finding(place, "登记后被改动", "the decision was changed after it was recorded")
        elif is_there and by is not None and latest is not None and decided_at < latest:
            yield Finding(place, "日期早于前一条判定", "it is dated before the decision before it")
        last, latest = Head(number, stored), decided_at or latest
    hashes = {number: stored for number, stored, *_ in rows if stored is not None}
    yield from missing(hashes, seen, PLACE, "访问日志")


def _values(number: int, by: str | None, covers_tokens: bool, values: Iterable[object]) -> Values:
    """The values of a decision that its hash covers."""
    named = dict(zip(COLUMNS.split(", "), (None if value is None else str(value) for value in values), strict=True))
    tokens = {} if covers_tokens else {"token_l": None, "token_r": None}
    return {"number": number, "recorded_by": by, "covers_tokens": covers_tokens, **named, **tokens}

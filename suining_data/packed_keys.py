"""Keys that hold several numbers in one: record_id and the survivorship rank. No other file knows how they are packed.

Here: SQL expressions that make and read them; models call the same functions as Jinja macros (models/rendering.py).
Not here: which attributes compete, and by whose authority (subjects/), what a batch is (ingestion/).

record_id, 61 bits: batch (37 bits of a digest), line in the batch (24).

Survivorship rank, the smallest survives: authority (7 bits, 1 is best), days from valid_from to 2079 (16), attributes
that are empty (5), low bits of record_id (33), role (2). `survivorship_rank` of a record has all but the authority,
which differs by attribute. So a golden value is one aggregate over one number, and nothing has to be sorted.
"""

import hashlib
from collections.abc import Iterable

LINE_BITS = 24
MOST_LINES = 2**LINE_BITS - 1  # of a batch
_BATCH_BITS = 37
_ROW_BITS = 35  # low bits of record_id and the role
_EMPTY_BITS = 5
_DAY_BITS = 16
_RECENCY = _ROW_BITS + _EMPTY_BITS  # where the days begin
_AUTHORITY = _RECENCY + _DAY_BITS
_LAST_DAY, _NO_DATE = "date '2079-06-06'", 2**_DAY_BITS - 1


def record_base(resource_id: str, batch_id: str) -> int:
    """record_id of line 0 of a batch: the same in every run, whatever was loaded before."""
    digest = hashlib.sha256(f"{resource_id}:{batch_id}".encode()).digest()
    return int.from_bytes(digest[:5]) >> (40 - _BATCH_BITS) << LINE_BITS


def line_number(record_id: str) -> str:
    """SQL: the line of a record in its batch."""
    return f"({record_id} & {MOST_LINES})"


def is_same_batch(left: str, right: str) -> str:
    """SQL: whether two record ids are of one batch."""
    return f"({left} >> {LINE_BITS} = {right} >> {LINE_BITS})"


def record_rank(valid_from: str, attributes: Iterable[str], record_id: str, role_number: str) -> str:
    """SQL: the survivorship rank of a record among those of one authority: recency, completeness, row.

    Raises ValueError when a subject has more attributes than the rank can count.
    """
    names = list(attributes)
    if len(names) >= 2**_EMPTY_BITS:
        raise ValueError(f"{len(names)} attributes: the survivorship rank counts up to {2**_EMPTY_BITS - 1} empty ones")
    empty = " + ".join(f"({name} is null)::int" for name in names)
    row = f"(({record_id} & {2 ** (_ROW_BITS - 2) - 1}) * 4 + {role_number})"
    return f"({_recency(valid_from)} << {_RECENCY}) | (cast({empty} as bigint) << {_ROW_BITS}) | {row}"


def survivorship_rank(authority: str, record_rank: str) -> str:
    """SQL: the rank of a value of that authority, reported by a record of that rank."""
    return f"(cast({authority} as bigint) * {2**_AUTHORITY} + {record_rank})"


def record_rank_as_of(valid_from: str, record_rank: str) -> str:
    """SQL: the rank of a record if its date were `valid_from`, which is not null."""
    return f"(({_recency(valid_from)} << {_RECENCY}) | ({record_rank} & {2**_RECENCY - 1}))"


def empty_count(rank: str) -> str:
    """SQL: how many attributes the record of a rank leaves empty."""
    return f"cast(({rank} >> {_ROW_BITS}) & {2**_EMPTY_BITS - 1} as integer)"


def has_higher_authority(rank: str, other: str) -> str:
    """SQL: whether a rank survives over another one by its authority."""
    return f"({rank} >> {_AUTHORITY} < {other} >> {_AUTHORITY})"


def is_more_recent(rank: str, other: str) -> str:
    """SQL: whether a rank survives over another one of the same authority by its date."""
    return f"({rank} >> {_RECENCY} < {other} >> {_RECENCY})"


def is_more_complete(rank: str, other: str) -> str:
    """SQL: whether a rank survives over another one of the same authority and date by its completeness."""
    return f"({rank} >> {_ROW_BITS} < {other} >> {_ROW_BITS})"


def _recency(valid_from: str) -> str:
    """SQL: days from a date to the last one that a rank can hold; a null date is as old as can be."""
    days = f"date_diff('day', {valid_from}, {_LAST_DAY})"
    return f"cast(coalesce(greatest(0, least({_NO_DATE}, {days})), {_NO_DATE}) as bigint)"


MACROS = (
    line_number,
    is_same_batch,
    survivorship_rank,
    record_rank_as_of,
    empty_count,
    has_higher_authority,
    is_more_recent,
    is_more_complete,
)  # what models may call

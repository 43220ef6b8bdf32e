"""Packed keys: record_id and the survivorship rank, each several numbers in one integer.

Here: SQL expressions that make and read them; no other file knows the bits. Models call the same functions as Jinja
macros (models/rendering.py). Not here: which attributes compete, and whose authority ranks them (subjects/), batches
(ingestion/).

record_id, 61 bits: batch (37 bits of a digest), line in the batch (24).

Survivorship rank: doubt (1 bit), authority (6 bits, 1 is best), days from valid_from to 2079 (16), number of empty attributes (5), low
bits of record_id (33), role (2). The smallest rank survives. A value in doubt has an authority above DOUBT, so every other value survives over it; the value
that a resident id has of itself is between the two. The column `survivorship_rank` of a record has all parts
but the authority, which differs by attribute. So a golden value is one aggregate over one number, without a sort.
"""

import hashlib
from collections.abc import Iterable

LINE_BITS = 24
MOST_LINES = 2**LINE_BITS - 1  # of a batch
_BATCH_BITS = 37
_ROW_BITS = 35  # low bits of record_id and the role
_EMPTY_BITS = 5
_DAY_BITS = 16
_RECENCY = _ROW_BITS + _EMPTY_BITS  # the lowest bit of the days
_AUTHORITY = _RECENCY + _DAY_BITS
DOUBT = 64  # added to the authority of a value in doubt
WORST_AUTHORITY = DOUBT - 1
_LAST_DAY, _NO_DATE = "date '2079-06-06'", 2**_DAY_BITS - 1


def record_base(resource_id: str, batch_id: str) -> int:
    """The record_id of line 0 of a batch. It is the same in every run, and does not depend on other batches."""
    digest = hashlib.sha256(f"{resource_id}:{batch_id}".encode()).digest()
    return int.from_bytes(digest[:5]) >> (40 - _BATCH_BITS) << LINE_BITS


def batch_of_resource(resource_id: str, batch_id: str) -> str:
    """SQL: the batch part of the record ids of a batch, as record_base makes them."""
    digits = f"left(sha256(concat({resource_id}, ':', {batch_id})), 10)"
    return f"(cast(concat('0x', {digits}) as bigint) >> {40 - _BATCH_BITS})"


def batch_of_record(record_id: str) -> str:
    """SQL: the batch part of a record id."""
    return f"({record_id} >> {LINE_BITS})"


def line_number(record_id: str) -> str:
    """SQL: the line of a record in its batch."""
    return f"({record_id} & {MOST_LINES})"


def is_same_batch(left: str, right: str) -> str:
    """SQL: whether two record ids are in the same batch."""
    return f"({batch_of_record(left)} = {batch_of_record(right)})"


def record_rank(valid_from: str, attributes: Iterable[str], record_id: str, role_number: str) -> str:
    """SQL: the survivorship rank of a record without the authority: recency, completeness, row.

    Raises ValueError when a subject has more attributes than the bits for empty ones can count.
    """
    names = list(attributes)
    if len(names) >= 2**_EMPTY_BITS:
        raise ValueError(f"{len(names)} attributes: the survivorship rank counts up to {2**_EMPTY_BITS - 1} empty ones")
    empty = " + ".join(f"({name} is null)::int" for name in names)
    row = f"(({record_id} & {2 ** (_ROW_BITS - 2) - 1}) * 4 + {role_number})"
    return f"({_recency(valid_from)} << {_RECENCY}) | (cast({empty} as bigint) << {_ROW_BITS}) | {row}"


def survivorship_rank(authority: str, record_rank: str) -> str:
    """SQL: the rank of a value, from its authority and the rank of the record that reports it."""
    return f"(cast({authority} as bigint) * {2**_AUTHORITY} + {record_rank})"


def record_rank_as_of(valid_from: str, record_rank: str) -> str:
    """SQL: the rank that a record would have with the date `valid_from`, which must not be null."""
    return f"(({_recency(valid_from)} << {_RECENCY}) | ({record_rank} & {2**_RECENCY - 1}))"


def doubted_authority(authority: str, doubt: str) -> str:
    """SQL: the authority of a value, below that of every value without doubt if `doubt` is not null."""
    return f"cast({authority} + case when {doubt} is null then 0 else {DOUBT} end as tinyint)"


def authority_of_source(authority: str) -> str:
    """SQL: the authority that the catalogue gives, of a value in doubt, too."""
    return f"cast({authority} & {WORST_AUTHORITY} as tinyint)"


def rank_from_number() -> str:
    """SQL: the rank of a value that a resident id has of itself."""
    return str(DOUBT << _AUTHORITY)


def undoubted_rank(rank: str) -> str:
    """SQL: the rank that a value would have without its doubt."""
    return f"({rank} & {(DOUBT << _AUTHORITY) - 1})"


def empty_count(rank: str) -> str:
    """SQL: the number of empty attributes of the record with this rank."""
    return f"cast(({rank} >> {_ROW_BITS}) & {2**_EMPTY_BITS - 1} as integer)"


def has_higher_authority(rank: str, other: str) -> str:
    """SQL: whether `rank` survives over `other` because its authority is higher."""
    return f"({rank} >> {_AUTHORITY} < {other} >> {_AUTHORITY})"


def is_more_recent(rank: str, other: str) -> str:
    """SQL: whether `rank` survives over `other`, which has the same authority, because it is more recent."""
    return f"({rank} >> {_RECENCY} < {other} >> {_RECENCY})"


def is_more_complete(rank: str, other: str) -> str:
    """SQL: whether `rank` survives over `other`, which has the same authority and date, because it is more complete."""
    return f"({rank} >> {_ROW_BITS} < {other} >> {_ROW_BITS})"


def _recency(valid_from: str) -> str:
    """SQL: days from a date to the last one that a rank can express. A null date counts as the oldest."""
    days = f"date_diff('day', {valid_from}, {_LAST_DAY})"
    return f"cast(coalesce(greatest(0, least({_NO_DATE}, {days})), {_NO_DATE}) as bigint)"


MACROS = (
    line_number,
    is_same_batch,
    survivorship_rank,
    record_rank_as_of,
    doubted_authority,
    authority_of_source,
    rank_from_number,
    undoubted_rank,
    empty_count,
    has_higher_authority,
    is_more_recent,
    is_more_complete,
)  # the functions that models may call

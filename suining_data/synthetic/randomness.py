"""Repeatable random numbers, in numpy and in SQL.

Here: generators named by subject, and the SQL macros `u` and `pick`, which give every key its own fixed numbers.
Not here: the decisions that use them.
"""

from zlib import crc32

import duckdb
import numpy as np


def generator(seed: int, subject: str) -> np.random.Generator:
    """A numpy generator of its own for each subject, so that adding a subject leaves the others unchanged."""
    return np.random.default_rng([seed, crc32(subject.encode())])


def define_macros(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """`u(key, salt)` in [0, 1) and `pick(key, salt, n)` in 0 .. n-1: functions of key, salt and seed, never of row order."""
    con.execute(f"create or replace macro chaos(k, salt) as hash(xor(hash(k), hash(salt || '#{seed:d}')))")
    con.execute("create or replace macro u(k, salt) as (chaos(k, salt) >> 11)::double * 1.1102230246251565e-16")
    con.execute("create or replace macro pick(k, salt, n) as (chaos(k, salt) % n)::integer")
    con.execute(
        "create or replace macro iso7064(body) as '10X98765432'[1 + ("
        + " + ".join(
            f"body[{i + 1}]::integer * {w}" for i, w in enumerate([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        )
        + ") % 11]"
    )


def numbered(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> int:
    """Create table `name(i, id)` of the ids of a query, for joins on `i = pick(key, salt, n)`; returns n.

    Raises ValueError when the query has no rows, because a join on an empty table would silently lose rows.
    """
    con.execute(f"create or replace table {name} as select row_number() over (order by id) - 1 as i, id from ({sql})")
    row = con.execute(f"select count(*) from {name}").fetchone()
    if row is None or not row[0]:
        raise ValueError(f"{name} is empty: the scale is too small")
    return int(row[0])

"""The m and u probabilities of the levels: estimates from a sample, completed where the sample shows too few pairs.

Here: smoothing, the smallest probability of a level, probabilities of one comparison that sum to 1. Not here: the
sample and the estimates (training.py).

Every level counts one more pair than the sample shows. If none of a hundred pairs differs, that does not mean that one
in ten thousand differs. And no level gets less than LEAST_M or LEAST_U, because synthetic data, and a register that
copies another one, agree better than real records do.
"""

from typing import Any

import duckdb

LEAST_M, LEAST_U = 0.0005, 1e-7
Comparison = dict[str, Any]


def reported_pairs(
    con: duckdb.DuckDBPyConnection, comparisons: list[Comparison], left: str, right: str, on: str | None = None
) -> list[float]:
    """The number of pairs of two tables of profiles for which both report what a comparison needs, per comparison.

    All pairs, or with `on` those that have the column `on` in common.
    """
    if on:
        return _reported(con, comparisons, f"{left} as l join {right} as r using ({on})", left, "r")
    # a pair misses a value if one of the two profiles does: so it is enough to count the profiles of each table
    profiles = (_reported(con, comparisons, f"{table} as l", table, "l") for table in (left, right))
    return [one * other for one, other in zip(*profiles, strict=True)]


def _reported(
    con: duckdb.DuckDBPyConnection, comparisons: list[Comparison], pairs: str, table: str, right: str
) -> list[float]:
    columns = [name for name, *_ in con.execute(f"describe {table}").fetchall()]
    both = ", ".join(f"l.{column} as {column}_l, {right}.{column} as {column}_r" for column in columns)
    counts = ", ".join(f"count(*) filter (not coalesce({_is_missing(each)}, false))" for each in comparisons)
    return list(map(float, con.execute(f"select {counts} from (select {both} from {pairs})").fetchall()[0]))


def _is_missing(comparison: Comparison) -> str:
    return next(str(level["sql_condition"]) for level in comparison["comparison_levels"] if level.get("is_null_level"))


def completed(comparison: Comparison, name: str, pairs: float, least: float) -> list[float]:
    """The `name` (m or u) probabilities of the informative levels, smoothed for a sample of `pairs`; their sum is 1.

    A fixed level keeps its probability, if that is at least `least`.
    """
    levels = informative_levels(comparison)
    values = [level.get(f"{name}_probability") or 0.0 for level in levels]
    is_fixed = [bool(level.get(f"fix_{name}_probability")) for level in levels]
    fixed = sum(max(value, least) for value, is_set in zip(values, is_fixed, strict=True) if is_set)
    free = [max((value * pairs + 1) / (pairs + len(levels)), least) for value in values]
    scale = (1 - fixed) / (sum(value for value, is_set in zip(free, is_fixed, strict=True) if not is_set) or 1)
    return [
        max(value, least) if is_set else smoothed * scale
        for value, smoothed, is_set in zip(values, free, is_fixed, strict=True)
    ]


def informative_levels(comparison: Comparison) -> list[dict[str, Any]]:
    """The levels of a comparison, without the null level: a pair in which one profile does not report the value."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]

"""What a trained level is worth: estimates of a sample, completed where it shows too little.

Here: smoothing, the least that a level is given, probabilities of one comparison that sum to 1. Not here: the sample and
the estimates (training.py).

A level is counted as if one more pair had shown it: that none of a hundred pairs differs does not make differing one in
ten thousand. And nothing is rarer than LEAST_M or LEAST_U: a made-up city, or a register that copies another, agrees
with itself better than records do.
"""

from typing import Any

import duckdb

LEAST_M, LEAST_U = 0.0005, 1e-7
Comparison = dict[str, Any]


def reported_pairs(
    con: duckdb.DuckDBPyConnection, comparisons: list[Comparison], left: str, right: str, on: str | None = None
) -> list[float]:
    """Of all pairs of two tables of profiles, or those with `on` in common, how many each comparison can judge."""
    if on:
        return _judged(con, comparisons, f"{left} as l join {right} as r using ({on})", left, "r")
    # what one of both does not tell is not reported: so it need not be asked of every pair
    sides = (_judged(con, comparisons, f"{table} as l", table, "l") for table in (left, right))
    return [one * other for one, other in zip(*sides, strict=True)]


def _judged(
    con: duckdb.DuckDBPyConnection, comparisons: list[Comparison], pairs: str, table: str, right: str
) -> list[float]:
    columns = [name for name, *_ in con.execute(f"describe {table}").fetchall()]
    both = ", ".join(f"l.{column} as {column}_l, {right}.{column} as {column}_r" for column in columns)
    counts = ", ".join(f"count(*) filter (not coalesce({_is_missing(each)}, false))" for each in comparisons)
    return list(map(float, con.execute(f"select {counts} from (select {both} from {pairs})").fetchall()[0]))


def _is_missing(comparison: Comparison) -> str:
    return next(str(level["sql_condition"]) for level in comparison["comparison_levels"] if level.get("is_null_level"))


def completed(comparison: Comparison, name: str, told: float, least: float) -> list[float]:
    """The `name` (m or u) of every level that tells something, smoothed as of `told` pairs, together 1.

    Levels that are fixed stay what they are, if that is not below `least`.
    """
    levels = informative_levels(comparison)
    values = [level.get(f"{name}_probability") or 0.0 for level in levels]
    is_fixed = [bool(level.get(f"fix_{name}_probability")) for level in levels]
    fixed = sum(max(value, least) for value, is_set in zip(values, is_fixed, strict=True) if is_set)
    free = [max((value * told + 1) / (told + len(levels)), least) for value in values]
    scale = (1 - fixed) / (sum(value for value, is_set in zip(free, is_fixed, strict=True) if not is_set) or 1)
    return [
        max(value, least) if is_set else smoothed * scale
        for value, smoothed, is_set in zip(values, free, is_fixed, strict=True)
    ]


def informative_levels(comparison: Comparison) -> list[dict[str, Any]]:
    """The levels of a comparison that say something, the others being that one side does not tell."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]

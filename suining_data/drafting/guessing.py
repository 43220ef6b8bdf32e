"""The possible meaning of a column: the data elements whose rules its values meet.

Here: how many rows fit each element, the selectivity of an element, the choice. Not here: the YAML (draft.py).

The selectivity of an element is the share of all elements' examples, codes and code names that it refuses. `text`
accepts everything, so its selectivity is 0; an identity number refuses nearly everything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from suining_data.city import load_city
from suining_data.elements import ELEMENTS, Element
from suining_data.sql import identifier

FITS = 0.8  # of the filled rows: samples have as many errors as deliveries
ALIKE = 0.02  # shares that differ by less do not decide between two elements
SELECTIVE = 0.9  # from this selectivity on, the values alone identify the element
# These elements only count digits, so the column's name must identify them.
ONLY_BY_NAME = frozenset({"account_number", "school_code", "statistical_period"})
# Any number fits: their looks identify them, whatever share of the examples they refuse.
NUMBERS = ("integer", "number")
TIMES = ("date", "datetime", "month", "year")  # the first that fits, but datetime where days lose distinct values
PANEL = -1  # the column number of the elements' own examples
CODES_SHOWN_TO_OTHERS = 3
ORDINARY = [
    load_city().phone_area_code,
    *"0 1 2 3 12 100 2019 12345 12.5 20190814 201908 A01 正常 其他 张某某 某某村".split(),
]

UNSPECIFIC = ("text", "identifier")
PLAIN_NUMBER = r"-?(?:0|[1-9][0-9]{0,9})(?:\.[0-9]+)?"
# Elements whose rules accept any text; patterns of their usual values identify them.
ORGANIZATION = "公司|厂|店|社|部|局|院|校|学|所|站|会|园|中心|个体户|办公室|政府|支行|分行|银行|经营户"
PLACE = ".*(?:省|市|县|区|镇|乡|街道).*(?:路|街|巷|村|组|号|栋|幢|社区|大道|小区|园).*"
SURNAMES = "select surname from reference.surname_freq_1074_namemoe"
LOOKS = {
    "organization_name": f"regexp_full_match(text, '.{{2,}}(?:{ORGANIZATION})')",
    "address": f"regexp_full_match(text, '{PLACE}')",
    "person_name": (
        f"regexp_full_match(text, '[一-鿿]{{2,4}}') and "
        f"(substr(text, 1, 1) in ({SURNAMES}) or substr(text, 1, 2) in ({SURNAMES}))"
    ),
    "identifier": "regexp_full_match(text, '[0-9A-Za-z()（）_/.-]{5,}')",
}
REPEATED = 5  # with so many rows per distinct value, two or three characters are a status, not names


@dataclass(frozen=True)
class Guess:
    """The element proposed for a column; `is_sure` when its values, its name or the catalogue identify it."""

    column: str
    element: str
    is_sure: bool
    others: tuple[str, ...]  # elements that fit as well
    filled: int  # number of filled rows
    distinct: int
    share: float  # share of the filled rows that fit the element


@dataclass(frozen=True)
class _Fit:
    """How the values of a column fit an element."""

    share: float = 0.0  # of the rows with a value
    kinds: int = 0  # distinct converted values
    spellings: int = 0  # distinct texts that fit


@dataclass(frozen=True)
class _Column:
    """The measured properties of a column of the sample."""

    name: str
    filled: int
    distinct: int
    fits: dict[str, _Fit]  # by element
    looks: frozenset[str]
    is_plain_number: bool


@dataclass(frozen=True)
class _Choice:
    element: str
    is_sure: bool
    others: tuple[str, ...] = ()


def guess(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], declared: Mapping[str, str] | None = None
) -> list[Guess]:
    """One guess for each column, in order. The table `sample` decides the guess; the counts are of the table `delivered`.

    `declared` is source -> element, from other resources of the catalogue. The connection needs the reference tables and the
    spatial extension, which warehouse.py loads.
    """
    _load_values(con, columns)
    measured = {id: _measured(con, element) for id, element in ELEMENTS.items()}
    refused = {id: 1 - fits.get(PANEL, _Fit()).share for id, fits in measured.items()}
    guesses = []
    for column_number, name in enumerate(columns):
        choice = _choose(_column(con, column_number, name, measured), refused, (declared or {}).get(name))
        counts = _counted(con, name, ELEMENTS[choice.element])
        guesses.append(Guess(name, choice.element, choice.is_sure, choice.others, *counts))
    return guesses


def selectivity(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Element -> share of the elements' examples, codes and code names that it refuses."""
    _load_values(con, [])
    return {id: 1 - _measured(con, element).get(PANEL, _Fit()).share for id, element in ELEMENTS.items()}


def _load_values(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Fills table sample_value: number of the column, text, rows. Blank texts are left out."""
    con.register("panel", pa.table({"text": sorted(_panel())}))
    con.execute(
        f"create or replace table sample_value as select {PANEL} as column_number, text, 1::bigint as rows from panel"
    )
    for column_number, column in enumerate(columns):
        con.execute(f"""
            insert into sample_value select {column_number}, {identifier(column)}, count(*) from sample
            where trim({identifier(column)}) <> '' group by all""")


def _panel() -> set[str]:
    texts = set(ORDINARY)
    for element in ELEMENTS.values():
        if element.example:
            texts.add(element.example)
        for code, label in list((element.code_set or {}).items())[:CODES_SHOWN_TO_OTHERS]:
            texts |= {code, label}
    return texts


def _values_of(element: Element, source: str) -> str:
    """SQL: CTEs over a table of `text`. `value` adds the cleaned text x, the value v, and `fits`: no rule is broken."""
    rules = [f"coalesce({rule.holds.replace('{x}', 'x').replace('{v}', 'v')}, true)" for rule in element.rules]
    return f"""
        with cleaned as (select *, {element.cleaned("text")} as x from {source}),
        converted as (select *, {element.converted("x")} as v from cleaned),
        value as (select *, {" and ".join(["v is not null", *rules])} as fits from converted)"""


def _measured(con: duckdb.DuckDBPyConnection, element: Element) -> dict[int, _Fit]:
    """Column number -> how its rows with a value fit; one statement for all columns."""
    rows = con.execute(f"""{_values_of(element, "sample_value")}
        select column_number, coalesce(sum(rows) filter (fits), 0) / sum(rows), count(distinct v), count(*) filter (fits)
        from value where x is not null group by column_number""").fetchall()
    return {column_number: _Fit(float(share), kinds, spellings) for column_number, share, kinds, spellings in rows}


def _counted(con: duckdb.DuckDBPyConnection, column: str, element: Element) -> tuple[int, int, float]:
    """Filled rows of the whole file, distinct texts, share of the filled rows that fit."""
    delivered = f"(select {identifier(column)} as text from delivered where trim({identifier(column)}) <> '')"
    [(filled, distinct, fitting)] = con.execute(f"""{_values_of(element, delivered)}
        select count(*), count(distinct text), count(*) filter (fits or x is null) from value""").fetchall()
    return filled, distinct, fitting / filled if filled else 0.0


def _column(
    con: duckdb.DuckDBPyConnection, column_number: int, name: str, measured: Mapping[str, dict[int, _Fit]]
) -> _Column:
    shares = [f"sum(rows) filter ({condition}) / sum(rows)" for condition in LOOKS.values()]
    [(filled, distinct, is_number, *looks)] = con.execute(
        f"""
        select coalesce(sum(rows), 0), count(*), bool_and(regexp_full_match(text, '{PLAIN_NUMBER}')), {", ".join(shares)}
        from sample_value where column_number = ?""",
        [column_number],
    ).fetchall()
    return _Column(
        name=name,
        filled=filled,
        distinct=distinct,
        fits={id: fits[column_number] for id, fits in measured.items() if column_number in fits},
        looks=frozenset(id for id, share in zip(LOOKS, looks, strict=True) if (share or 0) >= FITS),
        is_plain_number=bool(is_number),
    )


def _choose(column: _Column, refused: Mapping[str, float], declared: str | None) -> _Choice:
    fitting = [id for id, fit in column.fits.items() if fit.share >= FITS]
    if declared in fitting:
        return _Choice(declared, is_sure=True)
    named = [id for id in fitting if id not in UNSPECIFIC and _is_named(column.name, ELEMENTS[id])]
    if named:
        return _Choice(max(named, key=lambda id: (refused[id], id)), is_sure=True)
    candidates = [id for id in fitting if refused[id] >= SELECTIVE and id not in (*ONLY_BY_NAME, *NUMBERS)]
    candidates = _one_of_times(candidates, column)
    best = max((column.fits[id].share for id in candidates), default=0)
    near = [id for id in candidates if column.fits[id].share >= best - ALIKE]
    lists = [id for id in near if _is_list(ELEMENTS[id])]
    if len(lists) < len(near):  # a form or check digit is better evidence than a code list that also has the values
        return _Choice(max(set(near) - set(lists), key=lambda id: (refused[id], id)), is_sure=True)
    most = max((column.fits[id].spellings for id in lists), default=0)
    widest = sorted((id for id in lists if column.fits[id].spellings == most), key=lambda id: -refused[id])
    if len(widest) == 1 and column.distinct > 1:
        return _Choice(widest[0], is_sure=True)
    return _Choice(_by_looks(column), is_sure=False, others=tuple(widest))


def _by_looks(column: _Column) -> str:
    """The guess for a column whose values meet no selective rule."""
    if column.is_plain_number:
        return next((id for id in NUMBERS if column.fits.get(id, _Fit()).share >= FITS), "text")
    is_repeated = column.filled >= REPEATED * column.distinct
    return next((id for id in LOOKS if id in column.looks and not (id == "person_name" and is_repeated)), "text")


def _one_of_times(candidates: Sequence[str], column: _Column) -> list[str]:
    """Keeps one of the time elements: 20190814 is a date, not a month and not a midnight."""
    times = [id for id in TIMES if id in candidates]
    has_instants = "datetime" in times and column.fits["datetime"].kinds > (
        column.fits["date"].kinds if "date" in times else 0
    )
    kept = "datetime" if has_instants else next(iter(times), None)
    return [id for id in candidates if id not in TIMES or id == kept]


def _is_list(element: Element) -> bool:
    """Whether the element only looks up its values in a code list. Two lists may have the same codes."""
    return element.code_set is not None or element.id == "industry_code"


def _is_named(column: str, element: Element) -> bool:
    """Whether the column's Chinese name contains the element's: 登记日期 is a 日期, 投资额(万元) has a unit of money."""
    if set(re.findall(r"[(（]([^()（）]+)[)）]", column)) & set(element.units):
        return True
    label = re.sub(r"（.*?）", "", element.label)
    return any(word.endswith(label) or label.endswith(word) for word in re.findall(r"[一-鿿]{2,}", column))

"""What a column may mean: the data elements whose own rules its values keep.

Here: how many rows fit which element, how telling an element is, the choice. Not here: the YAML (draft.py).

How telling an element is follows from the elements themselves: the share of all elements' examples, codes and code
names that it refuses. `text` takes everything and tells nothing; an identity number refuses nearly all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from suining_data.city import load_city
from suining_data.elements import ELEMENTS, Element
from suining_data.sql import identifier

FITS = 0.8  # of the filled rows: samples are as damaged as deliveries
ALIKE = 0.02  # shares that differ by less do not decide between two elements
TELLING = 0.9  # refused share from which on the values alone tell the element
ONLY_BY_NAME = frozenset({"account_number", "school_code"})  # mere counts of digits: the column's name has to say so
NUMBERS = ("integer", "number")
TIMES = ("date", "datetime", "month", "year")  # the first that fits, but instants where days do not tell them apart
PANEL = -1  # the place of the elements' own examples among the columns
CODES_SHOWN_TO_OTHERS = 3
ORDINARY = [
    load_city().phone_area_code,
    *"0 1 2 3 12 100 2019 12345 12.5 20190814 201908 A01 正常 其他 张某某 某某村".split(),
]

SAYING_NOTHING = ("text", "identifier")
PLAIN_NUMBER = r"-?(?:0|[1-9][0-9]{0,9})(?:\.[0-9]+)?"
# Elements whose rules take any text, told by what most of their values look like.
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
REPEATED = 5  # rows per distinct value from which on two or three characters are a status, not names


@dataclass(frozen=True)
class Guess:
    """The element proposed for a column; `is_sure` when its values, its name or the catalogue tell it."""

    column: str
    element: str
    is_sure: bool
    others: tuple[str, ...]  # elements that fit as well
    filled: int  # of all rows
    distinct: int
    share: float  # of the filled rows that fit the element


@dataclass(frozen=True)
class _Fit:
    """How the values of a column fit an element."""

    share: float = 0.0  # of the rows that say something
    kinds: int = 0  # distinct converted values
    spellings: int = 0  # distinct texts that fit


@dataclass(frozen=True)
class _Column:
    """What the sample shows of a column."""

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
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], known: Mapping[str, str] | None = None
) -> list[Guess]:
    """One guess per column, in order: chosen by table `sample`, counted over table `delivered`.

    `known`: source -> element, as the catalogue has it elsewhere. The connection needs what warehouse.py
    prepares: the reference tables and the spatial extension.
    """
    _load_values(con, columns)
    measured = {id: _measured(con, element) for id, element in ELEMENTS.items()}
    refused = {id: 1 - fits.get(PANEL, _Fit()).share for id, fits in measured.items()}
    guesses = []
    for place, name in enumerate(columns):
        choice = _choose(_column(con, place, name, measured), refused, (known or {}).get(name))
        counts = _counted(con, name, ELEMENTS[choice.element])
        guesses.append(Guess(name, choice.element, choice.is_sure, choice.others, *counts))
    return guesses


def telling(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Element -> share of the elements' examples, codes and code names that it refuses."""
    _load_values(con, [])
    return {id: 1 - _measured(con, element).get(PANEL, _Fit()).share for id, element in ELEMENTS.items()}


def _load_values(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Table sample_value: place of the column, text, rows; blank texts left out."""
    con.register("panel", pa.table({"text": sorted(_panel())}))
    con.execute(f"create or replace table sample_value as select {PANEL} as place, text, 1::bigint as rows from panel")
    for place, column in enumerate(columns):
        con.execute(f"""
            insert into sample_value select {place}, {identifier(column)}, count(*) from sample
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
    """CTEs over a table of `text`: `value` adds cleaned text x, value v and whether no rule is broken."""
    rules = [f"coalesce({rule.holds.replace('{x}', 'x').replace('{v}', 'v')}, true)" for rule in element.rules]
    return f"""
        with cleaned as (select *, {element.cleaned("text")} as x from {source}),
        converted as (select *, {element.converted("x")} as v from cleaned),
        value as (select *, {" and ".join(["v is not null", *rules])} as fits from converted)"""


def _measured(con: duckdb.DuckDBPyConnection, element: Element) -> dict[int, _Fit]:
    """Place -> how the rows that say something fit; one statement for all columns."""
    rows = con.execute(f"""{_values_of(element, "sample_value")}
        select place, coalesce(sum(rows) filter (fits), 0) / sum(rows), count(distinct v), count(*) filter (fits)
        from value where x is not null group by place""").fetchall()
    return {place: _Fit(float(share), kinds, spellings) for place, share, kinds, spellings in rows}


def _counted(con: duckdb.DuckDBPyConnection, column: str, element: Element) -> tuple[int, int, float]:
    """Filled rows of the whole file, distinct texts, share of the filled that fits."""
    delivered = f"(select {identifier(column)} as text from delivered where trim({identifier(column)}) <> '')"
    [(filled, distinct, fitting)] = con.execute(f"""{_values_of(element, delivered)}
        select count(*), count(distinct text), count(*) filter (fits or x is null) from value""").fetchall()
    return filled, distinct, fitting / filled if filled else 0.0


def _column(con: duckdb.DuckDBPyConnection, place: int, name: str, measured: Mapping[str, dict[int, _Fit]]) -> _Column:
    shares = [f"sum(rows) filter ({condition}) / sum(rows)" for condition in LOOKS.values()]
    [(filled, distinct, is_number, *looks)] = con.execute(
        f"""
        select coalesce(sum(rows), 0), count(*), bool_and(regexp_full_match(text, '{PLAIN_NUMBER}')), {", ".join(shares)}
        from sample_value where place = ?""",
        [place],
    ).fetchall()
    return _Column(
        name=name,
        filled=filled,
        distinct=distinct,
        fits={id: fits[place] for id, fits in measured.items() if place in fits},
        looks=frozenset(id for id, share in zip(LOOKS, looks, strict=True) if (share or 0) >= FITS),
        is_plain_number=bool(is_number),
    )


def _choose(column: _Column, refused: Mapping[str, float], known: str | None) -> _Choice:
    fitting = [id for id, fit in column.fits.items() if fit.share >= FITS]
    if known in fitting:
        return _Choice(known, is_sure=True)
    named = [id for id in fitting if id not in SAYING_NOTHING and _is_named(column.name, ELEMENTS[id])]
    if named:
        return _Choice(max(named, key=lambda id: (refused[id], id)), is_sure=True)
    candidates = [id for id in fitting if refused[id] >= TELLING and id not in ONLY_BY_NAME]
    candidates = _one_of_times(candidates, column)
    best = max((column.fits[id].share for id in candidates), default=0)
    near = [id for id in candidates if column.fits[id].share >= best - ALIKE]
    lists = [id for id in near if _is_list(ELEMENTS[id])]
    if len(lists) < len(near):  # a form or check digit says more than a list that happens to hold the values
        return _Choice(max(set(near) - set(lists), key=lambda id: (refused[id], id)), is_sure=True)
    most = max((column.fits[id].spellings for id in lists), default=0)
    widest = sorted((id for id in lists if column.fits[id].spellings == most), key=lambda id: -refused[id])
    if len(widest) == 1 and column.distinct > 1:
        return _Choice(widest[0], is_sure=True)
    return _Choice(_by_looks(column), is_sure=False, others=tuple(widest))


def _by_looks(column: _Column) -> str:
    """For columns whose values keep no telling rule."""
    if column.is_plain_number:
        return next((id for id in NUMBERS if column.fits.get(id, _Fit()).share >= FITS), "text")
    is_repeated = column.filled >= REPEATED * column.distinct
    return next((id for id in LOOKS if id in column.looks and not (id == "person_name" and is_repeated)), "text")


def _one_of_times(candidates: Sequence[str], column: _Column) -> list[str]:
    """Of the elements of time one: 20190814 is a date, neither its month nor its midnight."""
    times = [id for id in TIMES if id in candidates]
    has_instants = "datetime" in times and column.fits["datetime"].kinds > (
        column.fits["date"].kinds if "date" in times else 0
    )
    kept = "datetime" if has_instants else next(iter(times), None)
    return [id for id in candidates if id not in TIMES or id == kept]


def _is_list(element: Element) -> bool:
    """Whether the element only looks its values up: two lists may hold the same codes."""
    return element.code_set is not None or element.id == "industry_code"


def _is_named(column: str, element: Element) -> bool:
    """Whether the column is called as the element is, in Chinese: 登记日期 is a 日期, 投资额(万元) in a unit of money."""
    if set(re.findall(r"[(（]([^()（）]+)[)）]", column)) & set(element.units):
        return True
    label = re.sub(r"（.*?）", "", element.label)
    return any(word.endswith(label) or label.endswith(word) for word in re.findall(r"[一-鿿]{2,}", column))

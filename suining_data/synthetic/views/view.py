"""The class of a view: the rows of one resource as the department records them, before writing style and errors.

Here: the dataclass `View` and SQL helpers that several views use.
Not here: the views (one module per unit), writing style (habits.py), errors in values (corruption.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from suining_data.sql import literals

from ..city.organizations import KINDS
from ..errors import ErrorRates


@dataclass(frozen=True)
class View:
    """`sql` gives one column per field, by the catalogue's standard name, true and typed: DATE and TIMESTAMP for dates,
    yuan and square metres for amounts, codes for code sets, CGCS2000 degrees for coordinates. Beside them `seq`, a unique
    integer that orders the rows; `day` (a date) for deliveries in several files; `person_<role>` (pid) and
    `organization_<role>` (oid) for each entity of the catalogue, null when the row has none. `error_person_<role>` may name
    a contradictory fact of the row, for the truth files.
    """

    sql: str
    dates: str = "compact"  # a style of habits.DATE_STYLES
    labels: frozenset[str] = frozenset()  # code sets delivered as labels (fields by standard name)
    spellings: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict
    )  # field -> code -> ways to write it
    is_whole: bool = False  # delivered whole at any scale, without errors
    title: str | None = None  # first row of a workbook, where it is not the resource's name
    date_cells: bool = False  # a workbook's dates are date cells, not text
    merged: frozenset[str] = (
        frozenset()
    )  # workbook columns whose cells are merged over rows with the same values in them
    keeps_order: bool = False  # rows stay in the order of seq (groups, sheets)
    arranged: str | None = None  # column that orders the chosen rows before seq, so that every sheet has its share
    layouts: tuple[str, ...] = ()  # of tables of figures: how each file is arranged, see writers/statistical_tables.py
    stamps: tuple[str, ...] = ()  # dates in the names of the files, with a column `file_no`; else those of delivery.py


Views = dict[str, View]


def address(place: str, key: str, rates: ErrorRates) -> str:
    """SQL: full address of a row of `place`; some still have a former town or village."""
    stale = f"u({key}, 'old place') < {rates.address_stale_place}"
    return (
        f"'四川省遂宁市' || {place}.county || case when {stale} then coalesce({place}.old_town, {place}.town) "
        f"|| coalesce({place}.old_tail, {place}.tail) else {place}.town || {place}.tail end"
    )


def organization_address(row: str) -> str:
    """SQL: address of a row of `organization`."""
    return f"'四川省遂宁市' || {row}.county || {row}.town || {row}.tail"


def aged(new: str, old: str, key: str, salt: str, rate: float) -> str:
    """SQL: the old value, if there is one, at a rate; otherwise the new value."""
    return f"case when {old} is not null and u({key}, '{salt}') < {rate} then {old} else {new} end"


def name_of(row: str, key: str, salt: str, rates: ErrorRates) -> str:
    """SQL: the name of a row of `person`, sometimes the former one."""
    return aged(f"{row}.name", f"{row}.former_name", key, salt + " name", rates.stale_name)


def phone_of(row: str, key: str, salt: str, rates: ErrorRates) -> str:
    """SQL: the phone of a row of `person`, sometimes the former one."""
    return aged(f"{row}.phone", f"{row}.old_phone", key, salt + " phone", rates.stale_phone)


def organization_name_of(row: str, key: str, salt: str, rates: ErrorRates) -> str:
    """SQL: the name of a row of `organization`, sometimes the former one."""
    return aged(f"{row}.name", f"{row}.former_name", key, salt + " name", rates.organization_former_name)


def some_of(kind: str, number: int, salt: str, key: str = "o.oid") -> str:
    """SQL for `qualify`: as many of the rows selected as `number` is at scale 1, chosen by chance.

    For views whose rows stay in groups (sheets), where a limit would cut off the last group; every kind of
    organisation has as many at any scale as KINDS says.
    """
    share = f"{number} / {KINDS[kind]} * (select count(*) from organization where kind = '{kind}')"
    return f"row_number() over (order by u({key}, '{salt}'), {key}) <= ceil({share})"


def id_type(row: str = "p") -> str:
    """SQL: code of the document that a person shows (GA/T 517)."""
    return f"case when {row}.kind = 0 then '111' when {row}.kind <= 3 then 'HMT' when {row}.kind = 4 then '553' else '414' end"


def id_number(row: str = "p") -> str:
    """SQL: number of the document that a person shows."""
    return f"coalesce({row}.resident_id, {row}.foreign_number)"


def list_pick(items: list[str] | tuple[str, ...], key: str, salt: str) -> str:
    """SQL: one of some texts, fixed by key and salt."""
    return f"[{literals(items)}][1 + pick({key}, '{salt}', {len(items)})]"


def shuffled(key: str, salt: str) -> str:
    """SQL: a unique integer per key (below four million), in an order that looks random."""
    return f"(chaos({key}, '{salt}') % 2000000000)::bigint * 4000000 + {key}"

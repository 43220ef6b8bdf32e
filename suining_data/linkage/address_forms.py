"""The normal form of an address: a place that is written in several ways has one form, and so one id.

Here: SQL of the text without province and city, of the form, of the id. Not here: the elements and the division of an
address, the text that is shown (dbt_like_sql/spatial/address.sql), cleaning of a delivered text (elements/).

The form is compared, never shown: `<town without its kind>|<rest>`. A town name of only one county is enough, so the county
may be left out or be a former one. In the rest numerals are digits, 社 is 组, 幢 and 座 are 栋, 5号附2号 is 5-2号, and a
room has no 号 or 室. Without a town, or if two counties have a town of that name, the form begins with the county, under
today's name.
"""

import csv
from collections import defaultdict
from functools import cache

from suining_data.city import load_city
from suining_data.settings import REFERENCE

_KINDS = ("街道办事处", "街道", "镇", "乡")
_NUMERAL = "[〇○零一二三四五六七八九十]"
_COUNTED = "[组社号栋幢座单楼层室附]"
# what is written in several ways: a numeral with ten, then the rest; the first column is a pattern, the second its form
_TENS = (
    ("([1-9])十([1-9])", "\\1\\2"),
    ("十([1-9])", "1\\1"),
    ("([1-9])十", "\\10"),
    (f"十({_COUNTED})", "10\\1"),
)
_VARIANTS = (
    ("([0-9])(?:社|村民小组|居民小组|小组)([^区]|$)", "\\1组\\2"),
    ("([0-9])(?:号附|附|之|-|－|—)([0-9]+)号", "\\1-\\2号"),
    ("([0-9A-Za-z])(?:号楼|幢|座)", "\\1栋"),
)
# whether any of these is in a text: without groups a pattern is many times faster, and few texts need more
_HAS_VARIANT = "[0-9](?:社|村民小组|居民小组|小组|号附|附|之|-|－|—)|[0-9A-Za-z](?:号楼|幢|座)"
_HAS_ROOM = "(?:栋|幢|座|单元|楼|层).*[0-9][号室户]$"


def canonical_address(column: str) -> str:
    """SQL: an address without the names of the province and the city, which all addresses share."""
    shared = load_city().beginnings
    cases = " ".join(f"when starts_with({column}, '{text}') then substr({column}, {len(text) + 1})" for text in shared)
    return f"nullif(case {cases} else {column} end, '')"


def address_form(column: str) -> str:
    """SQL: the normal form of an address."""
    text = f"case when regexp_matches({column}, '[\\s　]') then regexp_replace({column}, '[\\s　]+', '', 'g') else {column} end"
    for step in (canonical_address, _without_county, _with_town, _with_digits, _with_one_variant):
        text = f"list_transform([{text}], lambda x: {step('x')})[1]"
    return text


def _without_county(x: str) -> str:
    """SQL: a text as a struct of its county under today's name (or '') and the rest."""
    counties = load_city().counties
    length = " ".join(f"when starts_with({x}, '{county.name}') then {len(county.name)}" for county in counties)
    today = " ".join(
        f"when starts_with({x}, '{county.name}') then '{county.now or county.name}'" for county in counties
    )
    return f"{{'county': case {today} else '' end, 'rest': substr({x}, 1 + case {length} else 0 end)}}"


def _with_town(x: str) -> str:
    """SQL: `<town>|<rest>` of the struct, where the text has a town; otherwise county and rest as they are."""
    town = f"regexp_extract({x}.rest, '^[^0-9]{{2,6}}?(?:{'|'.join(_KINDS)})')"
    kind = " ".join(f"when suffix(town, '{kind}') then {len(kind)}" for kind in _KINDS)
    stem = f"regexp_extract({x}.rest, '^(?:{'|'.join(sorted(_towns(), key=lambda name: (-len(name), name)))})')"
    name = f"left(town, length(town) - case {kind} else 0 end)"
    ambiguous = ", ".join(f"'{name}'" for name, counties in sorted(_towns().items()) if len(counties) > 1)
    county = f"case when {name} in ({ambiguous}) then {x}.county else '' end || " if ambiguous else ""
    written = f"{county}{name} || '|' || substr({x}.rest, length(town) + 1)"
    found = f"case when {town} <> '' then {town} else {stem} end"
    return (
        f"list_transform([{found}], lambda town: case when town = '' then {x}.county || {x}.rest else {written} end)[1]"
    )


def _with_digits(x: str) -> str:
    digits = f"translate({x}, '〇○零一二三四五六七八九', '000123456789')"
    tens = _replaced(digits, _TENS)
    return f"case when not regexp_matches({x}, '{_NUMERAL}') then {x} when contains({x}, '十') then {tens} else {digits} end"


def _with_one_variant(x: str) -> str:
    without_room = f"case when regexp_matches({x}, '{_HAS_ROOM}') then left({x}, length({x}) - 1) else {x} end"
    return f"case when regexp_matches({x}, '{_HAS_VARIANT}') then {_replaced(without_room, _VARIANTS)} else {without_room} end"


def _replaced(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in replacements:
        text = f"regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    return text


def address_id(column: str) -> str:
    """SQL: the id of an address: the same place has the same id, however it is written."""
    return f"'A' || substr(md5({address_form(column)}), 1, 16)"


@cache
def _towns() -> dict[str, set[str]]:
    """The counties of today of every town that is or was, by its name without its kind."""
    counties = load_city().counties
    codes = {county.name: county.code for county in counties}
    today = {county.code: codes[county.now or county.name] for county in counties}
    found: dict[str, set[str]] = defaultdict(set)
    for table in load_city().tables.towns:
        [path] = REFERENCE.rglob(f"{table.table}.csv")
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code, name = row[table.column][:6], row[table.name] or ""
                kind = next((kind for kind in _KINDS if name.endswith(kind)), "")
                if kind and len(name) - len(kind) > 1 and code in today:
                    found[name.removesuffix(kind)].add(today[code])
    return dict(found)

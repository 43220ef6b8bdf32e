"""The normal form of an address: a place that is written in several ways has one form, and so one id.

Here: SQL of the form and of the id. Not here: the parts in one way of writing (address_texts.py), the elements and the
division of an address, the text that is shown (dbt_like_sql/spatial/address.sql), cleaning of a delivered text (elements/).

The form is compared, never shown: `<town without its kind>|<rest>` of the normal text, all numerals in digits. A town name of
only one county is enough, so the county may be left out or be a former one; so may a functional area before the town, a community
before a street with a number, and 村 before the number of a group.
Without a town, or if two counties have a town of that name, the form begins with the county, under today's name.
"""

from suining_data.city import load_city
from suining_data.linkage.address_texts import NUMERALS, STREET, TENS, address_text, chained, digits
from suining_data.linkage.town_names import KINDS, longest_first, towns

# what follows a name that is a town's, but here is that of something else: 永兴路, 永兴东街, 永兴村, 永兴花园
_NOT_A_TOWN = "^(?:[东南西北中上下新老正前后大]{0,2}(?:路|街|巷|弄|大道)|村|社区|小区|广场|花园|苑|[0-9]|$)"


def address_form(column: str) -> str:
    """SQL: the normal form of an address."""
    return chained(
        address_text(column),
        _without_county,
        _without_area,
        _with_town,
        _without_community,
        _without_kind_of_village,
        _with_digits,
    )


def address_id(column: str) -> str:
    """SQL: the id of an address: the same place has the same id, however it is written."""
    return f"'A' || substr(md5({address_form(column)}), 1, 16)"


def is_no_town(after: str) -> str:
    """SQL: whether what follows the name of a town without its kind says that it is the name of something else."""
    return f"regexp_matches({after}, '{_NOT_A_TOWN}')"


def _without_county(x: str) -> str:
    """SQL: a text as a struct of its county under today's name (or '') and the rest."""
    counties = load_city().counties
    today, length = (
        " ".join(f"when starts_with({x}, '{county.name}') then {value(county)}" for county in counties)
        for value in (lambda county: f"'{county.now or county.name}'", lambda county: str(len(county.name)))
    )
    return f"{{'county': case {today} else '' end, 'rest': substr({x}, 1 + case {length} else 0 end)}}"


def _without_area(x: str) -> str:
    """SQL: the struct without a functional area that stands before a town."""
    areas = load_city().functional_areas
    names = longest_first({name for full, others in areas.items() for name in (full, *others)})
    if not names:
        return x
    before_town = f"^(?:{names})([^0-9]{{2,6}}?(?:{'|'.join(KINDS)}))"
    is_there = f"regexp_matches({x}.rest, '{before_town}')"
    rest = f"case when {is_there} then regexp_replace({x}.rest, '{before_town}', '\\1') else {x}.rest end"
    return f"{{'county': {x}.county, 'rest': {rest}}}"


def _with_town(x: str) -> str:
    """SQL: `<town>|<rest>` of the struct, where the text has a town; otherwise county and rest as they are."""
    names = towns(load_city())
    town = f"regexp_extract({x}.rest, '^[^0-9]{{2,6}}?(?:{'|'.join(KINDS)})')"
    kind = " ".join(f"when suffix(town, '{kind}') then {len(kind)}" for kind in KINDS)
    stem = f"regexp_extract({x}.rest, '^(?:{longest_first(names)})')"
    after = f"substr({x}.rest, length({stem}) + 1)"
    known = f"case when {is_no_town(after)} then '' else {stem} end"
    name = f"left(town, length(town) - case {kind} else 0 end)"
    ambiguous = ", ".join(f"'{name}'" for name, counties in sorted(names.items()) if len(counties) > 1)
    county = f"case when {name} in ({ambiguous}) then {x}.county else '' end || " if ambiguous else ""
    rest = (
        f"substr({x}.rest, length(town) + case when substr({x}.rest, length(town) + 1, 3) = '办事处' then 4 else 1 end)"
    )
    written = f"{county}{name} || '|' || {rest}"
    found = f"case when {town} <> '' then {town} else {known} end"
    return (
        f"list_transform([{found}], lambda town: case when town = '' then {x}.county || {x}.rest else {written} end)[1]"
    )


def _without_community(x: str) -> str:
    pattern = f"(\\|)[^0-9]{{2,10}}?社区([^0-9号栋组]{{2,15}}?(?:{STREET})(?:[0-9{NUMERALS}]段)?[0-9]+(?:-[0-9]+)?号)"
    has_community = f"contains({x}, '社区') and contains({x}, '号')"
    return f"case when {has_community} then regexp_replace({x}, '{pattern}', '\\1\\2') else {x} end"


def _without_kind_of_village(x: str) -> str:
    return f"case when contains({x}, '组') then regexp_replace({x}, '村([0-9]+组)', '\\1') else {x} end"


def _with_digits(x: str) -> str:
    return f"case when regexp_matches({x}, '[{NUMERALS}{TENS}]') then {digits(x)} else {x} end"

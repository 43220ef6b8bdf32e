"""How two profiles agree: Splink's comparisons for names, births, numbers, phones, addresses and shared identifiers.

Here: the levels of every comparison as SQL over a pair's `_l` and `_r` columns, and the labels that people read.
Not here: the weight of a level (trained/*.json, from training.py), applying it (scoring.py).

DuckDB's string distances count bytes. So names, which are Chinese, are compared character by character; only numbers and
dates, which are ASCII, are compared by distance.
"""

from typing import Any

from suining_data.linkage import births
from suining_data.linkage.person_names import is_contained, is_familiar
from suining_data.linkage.similar_names import differing_characters
from suining_data.linkage.subject_linkage import NEAR_USCC

Level = dict[str, Any]
Comparison = dict[str, Any]

ELSE = "ELSE"
_DIFFERING = " + ".join(f"(substr(name_l, {n}, 1) <> substr(name_r, {n}, 1))::int" for n in range(1, 5))
_ONE_CHARACTER = f"length(name_l) = length(name_r) and length(name_l) between 2 and 4 and {_DIFFERING} = 1"


def _either(column: str) -> Level:
    return _level("不详 not reported", f"{column}_l is null or {column}_r is null", is_null_level=True)


def _level(label: str, sql: str, **more: Any) -> Level:
    return {"sql_condition": sql, "label_for_charts": label, **more}


def _comparison(name: str, *levels: Level) -> Comparison:
    return {"output_column_name": name, "comparison_levels": [*levels, _level("不同 differs", ELSE)]}


def _shared(name: str, column: str, *further: Level) -> Comparison:
    return _comparison(name, _either(column), _level("相同 shared", f"list_has_any({column}_l, {column}_r)"), *further)


# or a spreadsheet has reduced it to a few digits
_NO_NUMBER = "(number_l is null or number_r is null or contains(number_l, 'E+') or contains(number_r, 'E+'))"
_ZEROS = _level(
    "前15位相同，末三位为000 same but for three zeros",
    "left(number_l, 15) = left(number_r, 15) and (suffix(number_l, '000') or suffix(number_r, '000'))",
)
# A row that contests a number still has it. Two rows that contest it may be of two children of the owner: they need
# one name.
_CONTESTED = (
    "(coalesce(contested_number_l = number_r, false) or coalesce(number_l = contested_number_r, false) "
    "or coalesce(contested_number_l = contested_number_r and list_has_any(sounds_l, sounds_r), false))"
)
_RESIDENT_NUMBER = _comparison(
    "number",
    _level("不详 not reported", f"{_NO_NUMBER} and not {_CONTESTED}", is_null_level=True),
    _level("相同 same", "number_l = number_r"),
    _level("号码相同而有争议 contested number, the same", _CONTESTED),
    _level(
        "一处之差 one mistake away",  # also with another check character, where one was computed for the mistaken digits
        "damerau_levenshtein(number_l, number_r) = 1 or (length(number_l) = 18 and length(number_r) = 18 "
        "and damerau_levenshtein(left(number_l, 17), left(number_r, 17)) = 1)",
    ),
    _ZEROS,
    _level("两个有效号码 two valid numbers", "is_resolved_l and is_resolved_r"),
)
_ADDRESS = _shared(
    "address",
    "addresses",
    _level("同村同路 same village or street", "list_has_any(places_l, places_r)"),
    _level("同镇 same town", "list_has_any(towns_l, towns_r)"),
)
_SHARED_IDENTIFIER = _shared("shared_identifier", "shared_identifiers")
_PHONE = _shared("phone", "phones")

_PERSON_NAME = _comparison(
    "name",
    _either("name"),
    _level("相同 same", "name_l = name_r", tf_adjustment_column="name", tf_minimum_u_value=1e-9),
    _level("另一姓名或写法相同 same as another name or form", "list_has_any(plain_names_l, plain_names_r)"),
    _level("同音或形近 sounds or looks alike", "list_has_any(sounds_l, sounds_r) or list_has_any(shapes_l, shapes_r)"),
    _level("字序不同 another order of the characters", "list_has_any(orders_l, orders_r)"),
    _level("同姓且一字之差 one character differs", f"{_ONE_CHARACTER} and left(name_l, 1) = left(name_r, 1)"),
    _level("包含 one contains the other", is_contained("plain_name_l", "plain_name_r")),
    _level("小名 familiar form", is_familiar("plain_name_l", "plain_name_r")),
    _level("一字之差 one character differs", _ONE_CHARACTER),
)
_VAGUE = "(coalesce(vague_birth_l, false) or coalesce(vague_birth_r, false))"
_BIRTH = _comparison(
    "birth",
    _level(
        "不详 not reported",  # or only the first of January, in a year next to the other
        f"birth_l is null or birth_r is null or ({_VAGUE} and left(birth_l, 4) <> left(birth_r, 4) "
        f"and not {births.conflict('birth_l', 'birth_r', _VAGUE)})",
        is_null_level=True,
    ),
    _level("相同 same", "birth_l = birth_r"),
    _level("同年，仅报1月1日 same year, reported as 1 January", f"{_VAGUE} and left(birth_l, 4) = left(birth_r, 4)"),
    _level("一处之差 one mistake", "damerau_levenshtein(birth_l, birth_r) = 1"),
    _level("月日颠倒 day and month exchanged", births.is_exchanged("birth_l", "birth_r")),
    _level("相近 near: a lunar date, a year off or two digits exchanged", births.is_near("birth_l", "birth_r")),
)
_SEX = _comparison("sex", _either("sex_code"), _level("相同 same", "sex_code_l = sex_code_r"))

# A short form of a name, or a former name, identifies as well as the name itself: whether a department writes short forms
# has nothing to do with which organisation it means. So they share a level, and the frequency of the core weighs it.
_ORGANIZATION_NAME = _comparison(
    "name",
    _either("core"),
    _level(
        "相同或简称 same, or a short form",
        "list_has_any(names_l, names_r) or (core_l = core_r and (contains(name_l, name_r) or contains(name_r, name_l)))",
        tf_adjustment_column="core",
        tf_minimum_u_value=1e-9,
        disable_tf_exact_match_detection=True,
    ),
    _level("字号相同 same without region and form", "core_l = core_r"),
    _level("同音或形近 sounds or looks alike", "sound_l = sound_r or shape_l = shape_r"),
    _level("一字之差 one character differs", f"{differing_characters('core_l', 'core_r')} = 1"),
    _level("包含 one contains the other", "contains(core_l, core_r) or contains(core_r, core_l)"),
)
_USCC = _comparison(
    "number",
    _level("不详 not reported", f"{_NO_NUMBER} and not {_CONTESTED}", is_null_level=True),
    _level("相同 same", "number_l = number_r"),
    _level("号码相同而有争议 contested number, the same", _CONTESTED),
    _level("一处之差 one mistake away", NEAR_USCC.format("number_l", "number_r")),
    _ZEROS,
    _level("两个有效号码 two valid numbers", "is_resolved_l and is_resolved_r"),
)
_REPRESENTATIVE = _comparison(
    "representative",
    _either("representative_name"),
    _level("相同 same", "representative_name_l = representative_name_r"),
)

COMPARISONS: dict[str, list[Comparison]] = {
    "person": [_PERSON_NAME, _BIRTH, _SEX, _RESIDENT_NUMBER, _PHONE, _ADDRESS, _SHARED_IDENTIFIER],
    "organization": [_ORGANIZATION_NAME, _USCC, _REPRESENTATIVE, _PHONE, _ADDRESS, _SHARED_IDENTIFIER],
}

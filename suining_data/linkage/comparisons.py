"""How two profiles agree: Splink's comparisons for names, births, numbers, phones, addresses and shared identifiers.

Here: the levels of every comparison as SQL over a pair's `_l` and `_r` columns, and the labels that people read.
Not here: the weight of a level (trained/*.json, from training.py), applying it (scoring.py).

DuckDB's string distances count bytes. So names, which are Chinese, are compared character by character; only numbers and
dates, which are ASCII, are compared by distance.
"""

from typing import Any

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


_NUMBER = _comparison(
    "number",
    _level(
        "不详 not reported",  # or a spreadsheet has reduced it to a few digits
        "number_l is null or number_r is null or contains(number_l, 'E+') or contains(number_r, 'E+')",
        is_null_level=True,
    ),
    _level("相同 same", "number_l = number_r"),
    _level("一处之差 one mistake away", "damerau_levenshtein(number_l, number_r) = 1"),
    _level(
        "前15位相同，末三位为000 same but for three zeros",
        "left(number_l, 15) = left(number_r, 15) and (suffix(number_l, '000') or suffix(number_r, '000'))",
    ),
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
    _level("曾用名相同 same as another name", "list_has_any(names_l, names_r)"),
    _level("同音或形近 sounds or looks alike", "sound_l = sound_r or shape_l = shape_r"),
    _level("同姓且一字之差 one character differs", f"{_ONE_CHARACTER} and left(name_l, 1) = left(name_r, 1)"),
    _level("一字之差 one character differs", _ONE_CHARACTER),
)
_BIRTH = _comparison(
    "birth",
    _either("birth"),
    _level("相同 same", "birth_l = birth_r"),
    _level("一处之差 one mistake", "damerau_levenshtein(birth_l, birth_r) = 1"),
    _level(
        "月日颠倒 day and month exchanged",
        "left(birth_l, 4) = left(birth_r, 4) and substr(birth_l, 5, 2) = right(birth_r, 2) "
        "and right(birth_l, 2) = substr(birth_r, 5, 2)",
    ),
    _level("同年同月 same month", "left(birth_l, 6) = left(birth_r, 6)"),
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
    *(
        _level("一处之差 one mistake away", NEAR_USCC.format("number_l", "number_r"))
        if "damerau" in level["sql_condition"]
        else level
        for level in _NUMBER["comparison_levels"][:-1]
    ),
)
_REPRESENTATIVE = _comparison(
    "representative",
    _either("representative_name"),
    _level("相同 same", "representative_name_l = representative_name_r"),
)

COMPARISONS: dict[str, list[Comparison]] = {
    "person": [_PERSON_NAME, _BIRTH, _SEX, _NUMBER, _PHONE, _ADDRESS, _SHARED_IDENTIFIER],
    "organization": [_ORGANIZATION_NAME, _USCC, _REPRESENTATIVE, _PHONE, _ADDRESS, _SHARED_IDENTIFIER],
}

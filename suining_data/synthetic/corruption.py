"""Errors in values: how each kind of error changes a delivered text.

Here: the errors of each data element, as SQL on the text `{x}` of row `n`.
Not here: how often an error occurs (errors.py), damaged lines (damage.py), stale or contradictory facts (views/).

The kind of an error is the name of its rate in `ErrorRates`; the truth files record it. One draw per value selects the
error, so a value has at most one error.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from suining_data.catalog import Field
from suining_data.elements import ELEMENTS
from suining_data.sql import literal

from .city.words import sql_list
from .confusions import (
    ADDED_CHARACTERS,
    FIRST_CHARACTERS,
    LOOK_ALIKES,
    NAME_NOTES,
    NICKNAME_PREFIXES,
    ORGANIZATION_LOOK_ALIKES,
    VARIANTS,
)
from .errors import ErrorRates

FULL_WIDTH = "translate({x}, '0123456789X', '０１２３４５６７８９Ｘ')"
DOTS = ("•", "．", "・", "‧", ".")


@dataclass(frozen=True)
class Corruption:
    """`kind` is a rate of ErrorRates; `when` is the condition for values that can have this error.

    `needs` is a value from beyond the text, as {name} in `sql`: the other axis of a point, or a column of
    error_sources.py. A value is without this error where there is none.
    """

    kind: str
    sql: str
    when: str = "{x} <> ''"
    needs: str = ""


_NUMBER = "length({x}) = 18"
_OTHER_DAY = (
    "({x}[1:13] || ({x}[14]::integer + 1) % 10 || {x}[15:17])"  # of the days from 10 to 19, which every month has
)
_OTHER_SEQUENCE = "({x}[1:15] || ({x}[16]::integer + 3) % 10 || {x}[17])"
_IDENTITY = (
    Corruption("id_missing", "''"),
    Corruption("id_full_width", FULL_WIDTH, _NUMBER),
    Corruption(
        "id_blanks", "case when pick(n, 'blank', 2) = 0 then ' ' || {x} || ' ' else {x}[1:6] || ' ' || {x}[7:] end"
    ),
    Corruption(
        "id_spreadsheet",
        "case when pick(n, 'sheet', 2) = 0 then {x}[1] || '.' || {x}[2:6] || 'E+17' else {x}[1:15] || '000' end",
        _NUMBER + " and right({x}, 3) <> '000'",
    ),
    Corruption(
        "id_wrong_check",
        "{x}[1:17] || case when right({x}, 1) in ('X', '9') then '4' else (right({x}, 1)::integer + 1)::varchar end",
        "regexp_matches({x}, '^[0-9]{{17}}[0-9X]$')",
    ),
    Corruption("id_transposed", "{x}[1:15] || {x}[17] || {x}[16] || {x}[18]", _NUMBER + " and {x}[16] <> {x}[17]"),
    Corruption("id_fifteen", "{x}[1:6] || {x}[9:17]", "regexp_matches({x}, '^[1-6][0-9]{{5}}19[0-9]{{9}}[0-9X]$')"),
    Corruption("id_of_someone_else", "getvariable('other_ids')[1 + pick(n, 'other', 500)]", _NUMBER),
    Corruption("id_lower_x", "lower({x})", "right({x}, 1) = 'X'"),
    Corruption("id_of_father", "{father_number}", _NUMBER, "father_number"),
    Corruption("id_former", "{former_number}", _NUMBER, "former_number"),
    Corruption("id_typo_passing_check", f"case when {{x}}[13] = '1' then {_OTHER_DAY} || iso7064({_OTHER_DAY}) "
               f"else {_OTHER_SEQUENCE} || iso7064({_OTHER_SEQUENCE}) end", "regexp_matches({x}, '^[0-9]{{17}}[0-9X]$')"),
)  # fmt: skip


def _confused(kind: str, pairs: tuple[str, str]) -> Corruption:
    """Every character of the first text becomes that of the second."""
    return Corruption(
        kind, f"translate({{x}}, '{pairs[0]}', '{pairs[1]}')", f"translate({{x}}, '{pairs[0]}', '') <> {{x}}"
    )


_PLAIN_NAME = "length({x}) in (2, 3) and not contains({x}, '·')"
_NAME = (
    Corruption("name_missing", "''"),
    _confused("name_look_alike", LOOK_ALIKES),
    Corruption(
        "name_unreadable",
        f"{{x}}[1:-2] || {sql_list(['?', '□', chr(0xFFFD), chr(0xE863)])}[1 + pick(n, 'unreadable', 4)]",
    ),
    Corruption("name_inner_blank", "{x}[1] || ' ' || {x}[2:]", "length({x}) in (2, 3)"),
    Corruption(
        "name_dot_variant", f"replace({{x}}, '·', {sql_list(DOTS)}[1 + pick(n, 'dot', 5)])", "contains({x}, '·')"
    ),
    Corruption("name_cut_at_dot", "split_part({x}, '·', 1)", "contains({x}, '·')"),
    Corruption("name_without_dot", "replace({x}, '·', '')", "contains({x}, '·')"),
    _confused("name_variant", VARIANTS),
    Corruption(
        "name_first_character",
        f"translate({{x}}[1], '{FIRST_CHARACTERS[0]}', '{FIRST_CHARACTERS[1]}') || {{x}}[2:]",
        f"{_PLAIN_NAME} and contains('{FIRST_CHARACTERS[0]}', {{x}}[1])",
    ),
    Corruption(
        "name_reordered",
        "case when pick(n, 'order', 3) = 0 or length({x}) = 2 or {x}[2] = {x}[3] then {x}[2:] || {x}[1] else {x}[1] || {x}[3] || {x}[2] end",
        f"{_PLAIN_NAME} and {{x}}[1] <> {{x}}[2]",
    ),
    Corruption(
        "name_contained",
        "case when length({x}) = 2 then {x} || "
        f"{sql_list(ADDED_CHARACTERS)}[1 + pick(n, 'added', {len(ADDED_CHARACTERS)})] "
        "when pick(n, 'dropped', 2) = 0 then {x}[1:2] else {x}[1] || {x}[3] end",
        _PLAIN_NAME,
    ),
    Corruption("name_noted", f"{{x}} || {sql_list(NAME_NOTES)}[1 + pick(n, 'note', {len(NAME_NOTES)})]", _PLAIN_NAME),
    Corruption(
        "name_nickname",
        f"{sql_list(NICKNAME_PREFIXES)}[1 + pick(n, 'nickname', {len(NICKNAME_PREFIXES)})] || right({{x}}, 1)",
        _PLAIN_NAME,
    ),
)
_DATE = (
    Corruption(
        "date_placeholder", "regexp_replace({x}, '^[0-9]{{4}}(\\D?)[0-9]{{2}}(\\D?)[0-9]{{2}}', '1900\\101\\201')"
    ),
    Corruption("date_impossible", "regexp_replace({x}, '^([0-9]{{4}}\\D?)[0-9]{{2}}(\\D?)[0-9]{{2}}', '\\102\\230')"),
    Corruption(
        "date_other_style", "regexp_replace({x}, '^([0-9]{{4}})\\D?([0-9]{{2}})\\D?([0-9]{{2}})\\D?', '\\1.\\2.\\3')"
    ),
)
_YEAR, _MONTH_AND_DAY = "^([0-9]{{4}}\\D?)", "([0-9]{{2}})(\\D?)([0-9]{{2}})"
_BIRTH = "try_strptime(regexp_replace({x}, '[^0-9]', '', 'g')[1:8], '%Y%m%d')"
_LUNAR = f"({_BIRTH} - to_days(20 + pick(n, 'lunar', 31)))"
_BIRTH_DATE = (
    Corruption(
        "birth_lunar",
        "regexp_replace({x}, '" + _YEAR + _MONTH_AND_DAY + "', "
        f"strftime({_LUNAR}, '%Y') || regexp_extract({{x}}, '^[0-9]{{{{4}}}}(\\D?)', 1) || strftime({_LUNAR}, '%m\\3%d'))",
        f"{_BIRTH} is not null",
    ),
    Corruption(
        "birth_first_of_january",
        "regexp_replace({x}, '" + _YEAR + _MONTH_AND_DAY + "', '\\101\\301')",
        f"strftime({_BIRTH}, '%m%d') <> '0101'",
    ),
    Corruption(
        "birth_year_off",
        "({x}[1:4]::integer + case when pick(n, 'year', 2) = 0 then 1 else -1 end)::varchar || {x}[5:]",
        f"{_BIRTH} is not null and strftime({_BIRTH}, '%m%d') <> '0229' and year({_BIRTH}) < 2018",
    ),
    Corruption(
        "birth_day_month_swapped",
        "regexp_replace({x}, '" + _YEAR + _MONTH_AND_DAY + "', '\\1\\4\\3\\2')",
        f"day({_BIRTH}) <= 12 and day({_BIRTH}) <> month({_BIRTH}) and year({_BIRTH}) < 2019",
    ),
)
_ORGANIZATION_NAME = (
    Corruption("organization_short_name", "regexp_replace(regexp_replace({x}, '^遂宁市', ''), '(有限责任公司|有限公司)$', '')",
               "{x} like '遂宁市%' or {x} like '%公司'"),
    Corruption("text_blanks", "' ' || {x} || '　'"),
    Corruption("organization_brackets", "translate({x}, '（）', '()')", "contains({x}, '（')"),
    _confused("organization_look_alike", ORGANIZATION_LOOK_ALIKES),
)  # fmt: skip
_CODE_TYPO = "({x}[9:15] || ({x}[16]::integer + 1) % 10)"
_USCC_BODY_TYPO = f"({{x}}[1:8] || {_CODE_TYPO} || organization_check({_CODE_TYPO}))"
_USCC_TYPO = f"({_USCC_BODY_TYPO} || uscc_check({_USCC_BODY_TYPO}))"
_USCC = (
    Corruption("uscc_missing", "''"),
    Corruption("uscc_wrong_check", "{x}[1:17] || case when {x}[18] = '4' then '7' else '4' end", _NUMBER),
    Corruption("uscc_of_other", "getvariable('other_usccs')[1 + pick(n, 'other', 500)]", _NUMBER),
    Corruption("uscc_of_parent", "{parent_uscc}", _NUMBER, "parent_uscc"),
    Corruption("uscc_typo_passing_check", _USCC_TYPO, "regexp_matches({x}, '^[0-9A-Z]{{15}}[0-9][0-9A-Z]{{2}}$')"),
)
_CORNER = "([^,()]+)"
_CROSSED = Corruption(
    "shape_crossed",
    f"regexp_replace({{x}}, '^POLYGON \\(\\({_CORNER},{_CORNER},{_CORNER},', 'POLYGON ((\\1,\\3,\\2,')",
    "{x} like 'POLYGON%'",
)
_WITHOUT_ZONE = Corruption("shape_without_zone", "regexp_replace({x}, '\\b35([0-9]{{6}})\\b', '\\1', 'g')")
_TOWN = "^(.*?市)?(..+?)(?:镇|乡|街道)"  # 镇江寺街道 begins with a word that is a kind, too
_COUNTY = "船山区|安居区|蓬溪县|大英县|射洪市|射洪县"
_BY_ELEMENT: dict[str, tuple[Corruption, ...]] = {
    "resident_id": _IDENTITY,
    "identity_number": _IDENTITY,
    "person_name": _NAME,
    "date": _DATE,
    "organization_name": _ORGANIZATION_NAME,
    "uscc": _USCC,
    "organization_identifier": _USCC[1:],
    "sex_code": (
        Corruption("sex_contradicts_id", "case {x} when '1' then '2' when '2' then '1' when '男' then '女' else '男' end"),
    ),
    "phone": (
        Corruption("phone_malformed", "case when pick(n, 'phone', 2) = 0 then {x}[1:10] else '无' end"),
        Corruption("phone_decorated", "case when pick(n, 'plus', 2) = 0 then '+86' || {x} else {x}[1:3] || '-' || {x}[4:7] || ' ' || {x}[8:] end",
                   "length({x}) = 11"),
        Corruption("phone_of_clerk", "{clerk_phone}", needs="clerk_phone"),
    ),
    "money_cny": (Corruption("money_unit_mix", "({x}::decimal(18, 2) * 10000)::varchar", "try_cast({x} as decimal(18, 2)) < 1e9"),),
    "address": (
        Corruption("division_old_code", "replace({x}, '射洪市', '射洪县')", "contains({x}, '射洪市')"),
        Corruption("address_short", "replace({x}, '四川省遂宁市', '')", "starts_with({x}, '四川省')"),
        Corruption("address_without_county", f"regexp_replace(regexp_replace({{x}}, '{_COUNTY}', ''), '{_TOWN}', '\\1\\2')",
                   f"regexp_matches({{x}}, '{_COUNTY}')"),
        Corruption("address_sub_group", "regexp_replace({x}, '([0-9])组', '\\1社')", "regexp_matches({x}, '[0-9]组')"),
        Corruption("address_chinese_digits", "translate({x}, '0123456789', '〇一二三四五六七八九')", "regexp_matches({x}, '[0-9]')"),
        Corruption("address_former_county", "regexp_replace({x}, '船山区|安居区', '市中区')", "regexp_matches({x}, '船山区|安居区')"),
    ),
    "division_code": (Corruption("division_old_code", "replace({x}, '510981', '510922')", "starts_with({x}, '510981')"),),
    "real_estate_unit_code": (Corruption("real_estate_unit_short", "{x}[1:-2]"),),
    "geometry": (_CROSSED,),
    "geometry_4544": (_CROSSED,),
    "geometry_4523": (_CROSSED, _WITHOUT_ZONE),
    "text": (Corruption("text_blanks", "{x} || '  '"),),
}  # fmt: skip
_OPTIONAL = Corruption("optional_missing", "''")
_NEVER_MISSING = {
    "resident_id",
    "identity_number",
    "person_name",
    "uscc",
    "longitude",
    "latitude",
}  # have errors of their own


def corruptions(field: Field) -> tuple[Corruption, ...]:
    """The errors that values of a field can have."""
    found = _BY_ELEMENT.get(field.element, ())
    if field.element == "date" and field.name.endswith("birth_date"):
        found += _BIRTH_DATE
    element = ELEMENTS[field.element]
    if element.code_set is not None:
        found += (Corruption("code_unknown", "'未知代码'" if field.required else "'99Z'"),)
        if all(code.isdigit() for code in element.code_set):
            branches = " ".join(f"when {literal(c)} then {literal(label)}" for c, label in element.code_set.items())
            found += (Corruption("label_instead_of_code", f"case {{x}} {branches} else {{x}} end"),)
    if field.name in ("longitude", "latitude"):
        found += (
            Corruption("coordinate_zero", "'0'"),
            Corruption("coordinate_swapped", "{other_axis}", needs="other_axis"),
        )
    if not field.required and field.element not in _NEVER_MISSING:
        found += (_OPTIONAL,)
    return found


def corrupted(field: Field, column: str, draw: str, rates: ErrorRates, others: Mapping[str, str]) -> tuple[str, str]:
    """SQL of the delivered text and of the error's kind (null when there is none), from a text column and a draw in [0, 1).

    `others` are the columns with what errors of the field need beyond its text.
    """
    texts, kinds, edge = [], [], 0.0
    for error in corruptions(field):
        low, edge = edge, edge + getattr(rates, error.kind)
        if low == edge or (error.needs and error.needs not in others):
            continue
        when = f"{draw} >= {low:.9f} and {draw} < {edge:.9f} and ({error.when.format(x=column)})"
        if error.needs:
            when += f" and {others[error.needs]} is not null"
        texts.append(f"when {when} then {error.sql.format(x=column, **others)}")
        kinds.append(f"when {when} then '{error.kind}'")
    if not texts:
        return column, "null"
    return f"case {' '.join(texts)} else {column} end", f"case {' '.join(kinds)} end"

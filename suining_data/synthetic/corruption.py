"""Errors in values: how each kind of error changes a delivered text.

Here: the errors of each data element, as SQL on the text `{x}` of row `n`.
Not here: how often an error occurs (errors.py), damaged lines (damage.py), stale or contradictory facts (views/).

The kind of an error is the name of its rate in `ErrorRates`; the truth files record it. One draw per value selects the
error, so a value has at most one error.
"""

from dataclasses import dataclass

from suining_data.catalog import Field
from suining_data.elements import ELEMENTS
from suining_data.sql import literal

from .city.words import sql_list
from .errors import ErrorRates

FULL_WIDTH = "translate({x}, '0123456789X', '０１２３４５６７８９Ｘ')"
LOOK_ALIKES = ("静晓红艳芳燕丽云伟志建国华军勇强涛辉平明", "靖小洪燕方艳莉芸玮智健帼桦均永蔷滔晖萍铭")
DOTS = ("•", "．", "・", "‧", ".")


@dataclass(frozen=True)
class Corruption:
    """`kind` is a rate of ErrorRates; `when` is the condition for values that can have this error."""

    kind: str
    sql: str
    when: str = "{x} <> ''"


_NUMBER = "length({x}) = 18"
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
)
_NAME = (
    Corruption("name_missing", "''"),
    Corruption(
        "name_look_alike",
        f"translate({{x}}, '{LOOK_ALIKES[0]}', '{LOOK_ALIKES[1]}')",
        f"translate({{x}}, '{LOOK_ALIKES[0]}', '') <> {{x}}",
    ),
    Corruption(
        "name_unreadable",
        f"{{x}}[1:-2] || {sql_list(['?', '□', chr(0xFFFD), chr(0xE863)])}[1 + pick(n, 'unreadable', 4)]",
    ),
    Corruption("name_inner_blank", "{x}[1] || ' ' || {x}[2:]", "length({x}) in (2, 3)"),
    Corruption(
        "name_dot_variant", f"replace({{x}}, '·', {sql_list(DOTS)}[1 + pick(n, 'dot', 5)])", "contains({x}, '·')"
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
_ORGANIZATION_NAME = (
    Corruption("organization_short_name", "regexp_replace(regexp_replace({x}, '^遂宁市', ''), '(有限责任公司|有限公司)$', '')",
               "{x} like '遂宁市%' or {x} like '%公司'"),
    Corruption("text_blanks", "' ' || {x} || '　'"),
    Corruption("organization_brackets", "translate({x}, '（）', '()')", "contains({x}, '（')"),
)  # fmt: skip
_USCC = (
    Corruption("uscc_missing", "''"),
    Corruption("uscc_wrong_check", "{x}[1:17] || case when {x}[18] = '4' then '7' else '4' end", _NUMBER),
)
_CORNER = "([^,()]+)"
_CROSSED = Corruption(
    "shape_crossed",
    f"regexp_replace({{x}}, '^POLYGON \\(\\({_CORNER},{_CORNER},{_CORNER},', 'POLYGON ((\\1,\\3,\\2,')",
    "{x} like 'POLYGON%'",
)
_WITHOUT_ZONE = Corruption("shape_without_zone", "regexp_replace({x}, '\\b35([0-9]{{6}})\\b', '\\1', 'g')")
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
    ),
    "money_cny": (Corruption("money_unit_mix", "({x}::decimal(18, 2) * 10000)::varchar", "try_cast({x} as decimal(18, 2)) < 1e9"),),
    "address": (
        Corruption("division_old_code", "replace({x}, '射洪市', '射洪县')", "contains({x}, '射洪市')"),
        Corruption("address_short", "replace({x}, '四川省遂宁市', '')", "starts_with({x}, '四川省')"),
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
    element = ELEMENTS[field.element]
    if element.code_set is not None:
        found += (Corruption("code_unknown", "'未知代码'" if field.required else "'99Z'"),)
        if all(code.isdigit() for code in element.code_set):
            branches = " ".join(f"when {literal(c)} then {literal(label)}" for c, label in element.code_set.items())
            found += (Corruption("label_instead_of_code", f"case {{x}} {branches} else {{x}} end"),)
    if field.name in ("longitude", "latitude"):
        found += (Corruption("coordinate_zero", "'0'"), Corruption("coordinate_swapped", "{other_axis}"))
    if not field.required and field.element not in _NEVER_MISSING:
        found += (_OPTIONAL,)
    return found


def corrupted(field: Field, column: str, draw: str, rates: ErrorRates, other_axis: str = "") -> tuple[str, str]:
    """SQL of the delivered text and of the error's kind (null when there is none), from a text column and a draw in [0, 1).

    `other_axis` is the text column of the latitude for a longitude, and of the longitude for a latitude.
    """
    texts, kinds, edge = [], [], 0.0
    for error in corruptions(field):
        low, edge = edge, edge + getattr(rates, error.kind)
        when = f"{draw} >= {low:.9f} and {draw} < {edge:.9f} and ({error.when.format(x=column)})"
        texts.append(f"when {when} then {error.sql.format(x=column, other_axis=other_axis)}")
        kinds.append(f"when {when} then '{error.kind}'")
    if not texts:
        return column, "null"
    return f"case {' '.join(texts)} else {column} end", f"case {' '.join(kinds)} end"

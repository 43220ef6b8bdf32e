"""Turns a code set into an element: code, label and usual spellings are all converted to the code.

Here: the helpers `code_set` and `register`.
Not here: the code sets themselves (person_codes.py, organization_codes.py, registers.py, service_codes.py).
"""

import re
from collections.abc import Mapping, Sequence

from suining_data.elements.cells import SEVERAL_CODES
from suining_data.elements.expressions import (
    JOINED_WORDS,
    NOTHING,
    ascii_forms,
    clean_of,
    null_if_nothing,
    says_nothing,
    trimmed,
)
from suining_data.elements.model import Element, Then
from suining_data.sql import literal

UPPER = f"upper({ascii_forms('{x}')})"


def code_set(
    id: str,
    label: str,
    english: str,
    standard: str | None,
    codes: Mapping[str, str],
    aliases: Mapping[str, Sequence[str]] | None = None,
    sensitivity: str | None = "L2",
    *,
    is_personal: bool = False,
    unreadable_then: Then = Then.QUARANTINE_VALUE,
) -> Element:
    """An element whose value is one of `codes` (code -> Chinese label); `aliases` gives each code's other spellings.

    An unknown value is `unreadable`: the value is quarantined, or the row if `unreadable_then` says so.
    Raises ValueError if one spelling belongs to two codes.
    """
    spellings = _spellings(id, codes, aliases or {})
    branches = " ".join(f"when {literal(text)} then {literal(code)}" for text, code in spellings.items())
    nothing = [text for text in dict.fromkeys(t.upper() for t in NOTHING) if text not in spellings]
    return Element(
        id=id,
        label=label,
        english=english,
        standard=standard,
        sensitivity=sensitivity,
        is_personal=is_personal,
        tidy=(
            f"case when regexp_full_match({{x}}, '[0-9]+') then null when {says_nothing('{x}', nothing)} then '' "
            "when regexp_full_match({x}, '[一-鿿]+') then null "
            "when regexp_full_match({x}, '[一-鿿（）()]+') then translate({x}, '（）', '()') "
            f"else {trimmed(UPPER)} end"
        ),
        clean=clean_of(null_if_nothing(JOINED_WORDS, nothing)),
        convert=f"case {{x}} {branches} end",
        unreadable=f"不在代码表“{label}”{f'（{standard}）' if standard else ''}中",
        unreadable_then=unreadable_then,
        text_rules=(SEVERAL_CODES,),
        sound="|".join(re.escape(text) for text in spellings),
        code_set=dict(codes),
    )


def register(
    id: str,
    label: str,
    english: str,
    lines: str,
    sensitivity: str = "L2",
    *,
    standard: str | None = None,
    is_personal: bool = False,
    unreadable_then: Then = Then.QUARANTINE_VALUE,
) -> Element:
    """An element from one line a code: the code, its Chinese label, then the other spellings that departments use."""
    rows = [line.split() for line in lines.strip().splitlines()]
    return code_set(
        id,
        label,
        english,
        standard,
        {code: name for code, name, *_ in rows},
        {code: tuple(spellings) for code, _, *spellings in rows if spellings},
        sensitivity,
        is_personal=is_personal,
        unreadable_then=unreadable_then,
    )


def _spellings(id: str, codes: Mapping[str, str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Tidied spelling -> code. The label comes first, because it is written most often."""
    found: dict[str, str] = {}
    for code, name in codes.items():
        for text in (name, code, *aliases.get(code, ())):
            spelling = text.upper().replace("（", "(").replace("）", ")").replace(" ", "")
            if found.setdefault(spelling, code) != code:
                raise ValueError(f"{id}: {text} belongs to both {found[spelling]} and {code}")
    unknown = set(aliases) - set(codes)
    if unknown:
        raise ValueError(f"{id}: aliases for codes that do not exist: {sorted(unknown)}")
    return found

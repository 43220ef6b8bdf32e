"""Industries: GB/T 4754-2017.

Here: one element, whose table is reference.gbt4754_2017_industry. Not here: other codes of organisations
(organization_codes.py).
"""

from suining_data.elements.cells import SEVERAL_CODES
from suining_data.elements.expressions import (
    JOINED_WORDS,
    NOTHING,
    ascii_forms,
    clean_of,
    null_if_nothing,
    says_nothing,
    tidy_text,
    trimmed,
)
from suining_data.elements.model import Element


def _industry_section(code: str) -> str:
    """SQL: the section letter of an industry code without one, from its first two digits (GB/T 4754-2017)."""
    last_division = {
        "A": 5,
        "B": 12,
        "C": 43,
        "D": 46,
        "E": 50,
        "F": 52,
        "G": 60,
        "H": 63,
        "I": 65,
        "J": 69,
        "K": 70,
        "L": 72,
        "M": 75,
        "N": 79,
        "O": 82,
        "P": 83,
        "Q": 85,
        "R": 90,
        "S": 96,
        "T": 97,
    }
    branches = " ".join(f"when {code} < '{last + 1:02d}' then '{letter}'" for letter, last in last_division.items())
    return f"case {branches} end"


def _industry_code() -> str:
    """Template: the code with its section letter, from the code with or without it, or from the label."""
    table = "reference.gbt4754_2017_industry"
    code = f"case when {{x}} < 'A' then {_industry_section('{x}')} || {{x}} else {{x}} end"
    # If several levels have one name, the most detailed; a total order, so that two runs agree.
    by_name = f"(select max(code) from {table} as industry where industry.name = {{x}})"
    return (
        f"case when regexp_full_match({{x}}, '[A-T]?[0-9]{{2,4}}|[A-T]') "
        f"then (select max(code) from {table} as industry where industry.code = {code}) else {by_name} end"
    )


UPPER = f"upper({ascii_forms('{x}')})"
INDUSTRY_CODE = Element(
    id="industry_code",
    label="行业代码",
    english="Industry code with its section letter",
    form="门类字母和4位数字，或行业名称",
    example="A0111",
    standard="GB/T 4754-2017",
    sensitivity="L1",
    tidy=tidy_text("regexp_full_match({x}, '[A-T]?[0-9]{2,4}')", says_nothing("{x}", NOTHING), trimmed(UPPER)),
    clean=clean_of(null_if_nothing(JOINED_WORDS)),
    convert=_industry_code(),
    text_rules=(SEVERAL_CODES,),
    unreadable="不在国民经济行业分类（GB/T 4754-2017）代码表中",
)

ELEMENTS_OF_INDUSTRIES: tuple[Element, ...] = (INDUSTRY_CODE,)

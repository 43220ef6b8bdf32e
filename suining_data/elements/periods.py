"""Periods of statistics: a year, a month, the months from January on, quarters, a census day.

Here: how offices write the time that a figure is about. Not here: days and months of other records (dates.py), which months
a period covers (dbt_like_sql/macros/statistics.sql).

Every way of writing becomes one: 2020 (year), 2020-05 (month), 2020-01/05 (January to May), 2020-Q2 (quarter),
2020-Q1/Q3 (first three quarters), 2020-H1 (half), 2020-11-01 (day), 2016/2020 (years).
A period without its year is not read: 1-5月 is none.
"""

from collections.abc import Sequence

from suining_data.elements.expressions import (
    BLANK,
    NOTHING,
    UNKNOWN,
    ascii_forms,
    clean_of,
    null_if_nothing,
    says_nothing,
    tidy_text,
)
from suining_data.elements.model import Element, Rule

X = "{x}"
CANONICAL = "[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:/(?:0[1-9]|1[0-2])|-[0-3][0-9])?|-Q[1-4](?:/Q[2-4])?|-H[12]|/[0-9]{4})?"
NUMERALS = {
    "十二": 12,
    "十一": 11,
    "十": 10,
    "九": 9,
    "八": 8,
    "七": 7,
    "六": 6,
    "五": 5,
    "四": 4,
    "三": 3,
    "二": 2,
    "两": 2,
    "一": 1,
}
NOTHING_SAID = (*NOTHING, *UNKNOWN, "未注明")

MONTH = "(0?[1-9]|1[0-2])"
YEAR = "^([12][0-9]{3})(?:年度|年|财年)?"
# What follows the year -> the canonical text; \1 is the year. 2014.1 is not read: it may be October that lost its zero.
FORMS: Sequence[tuple[str, str]] = (
    ("(?:全年|末|底)?", r"\1"),
    (rf"[-/]?M?{MONTH}(?:月份?)?(?:末|底|当月|单月)?", r"\1-\2"),
    (r"\.(0[1-9]|[2-9]|1[0-2])(?:月份?)?", r"\1-\2"),
    (rf"[-/.]?M?{MONTH}月?份?[-/]M?{MONTH}(?:月份?)?(?:累计)?", r"\1-\2/\3"),
    (rf"前{MONTH}个?月(?:累计)?", r"\1-1/\2"),
    ("-?(?:上半年|前半年|H1|1H)(?:累计)?", r"\1-H1"),
    ("-?(?:下半年|后半年|H2|2H)", r"\1-H2"),
    (r"[-/.]?(?:第?([1-4])个?季度?|Q([1-4])|([1-4])Q)(?:末|当季|单季)?", r"\1-Q\2\3\4"),
    (r"前([2-4])个?季度?(?:累计)?", r"\1-Q1/Q\2"),
    (r"[-/.]?第?([1-4])(?:季度?)?-第?([1-4])个?季度?(?:累计)?", r"\1-Q\2/Q\3"),
    (r"[-/.]?Q([1-4])[-/]Q?([1-4])", r"\1-Q\2/Q\3"),
    (rf"(?:[-/.]{MONTH}[-/.]|{MONTH}月)([0-3]?[0-9])[日号]?", r"\1-\2\3-\4"),
    ("(0[1-9]|1[0-2])([0-3][0-9])", r"\1-\2-\3"),
    ("[-/]([12][0-9]{3})年?", r"\1/\2"),
)


def _tidied() -> str:
    """Template: without blanks, with one kind of hyphen, Chinese numerals of months and quarters as digits."""
    text = f"regexp_replace(upper({ascii_forms(X)}), '{BLANK}|[()]|截至|截止', '', 'g')"
    text = f"regexp_replace({text}, '[~〜∼―‐‑‒─至到]+|--+', '-', 'g')"
    for numeral, value in NUMERALS.items():
        text = f"regexp_replace({text}, '{numeral}(-|个?月|个?季)', '{value}\\1', 'g')"
    return text


def _canonical() -> str:
    """Template: the canonical text of the tidied text `{t}`; that text as it is when no form fits."""
    branches = " ".join(
        f"when regexp_full_match({{t}}, '{YEAR}{rest}') then regexp_replace({{t}}, '{YEAR}{rest}$', '{to}')"
        for rest, to in FORMS
    )
    return f"regexp_replace(case {branches} else {{t}} end, '([-/])([0-9])\\b', '\\10\\2', 'g')"


def _in_order() -> str:
    """SQL: a canonical period does not end before it begins."""
    first, last = (f"regexp_extract({X}, '([0-9]+)/Q?([0-9]+)$', {group})" for group in (1, 2))
    return f"not contains({X}, '/') or try_cast({first} as integer) < try_cast({last} as integer)"


STATISTICAL_PERIOD = Element(
    id="statistical_period",
    label="所属期",
    english="Period that a figure is about",
    form="年份在前，如2020年、2020年5月、2020年1-5月、2020年第2季度、2020年上半年",
    example="2020年1-5月",
    standard="GB/T 7408.1-2023",
    sensitivity="L1",
    tidy=tidy_text(f"regexp_full_match({X}, '{CANONICAL}')", says_nothing(X, NOTHING_SAID), _tidied()),
    clean=clean_of(null_if_nothing(_canonical(), NOTHING_SAID)),
    convert=f"case when regexp_full_match({X}, '{CANONICAL}') then {X} end",
    unreadable="不是所属期，或缺少年份（如2020年、2020年1-5月）",
    rules=(Rule("in_order", "所属期的止早于起", _in_order(), dimension="准确性"),),
)

ELEMENTS_OF_PERIODS: tuple[Element, ...] = (STATISTICAL_PERIOD,)

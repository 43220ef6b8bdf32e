"""Dates, times, months, years.

Here: how departments write them, and texts that stand for "no date". Not here: the meaning of a date in a row
(catalog/).

A date is read from 2019-08-14, 20190814, 2019/8/14, 2019.8.14, 2019年8月14日, any of these with a time (ISO T too; a
time in Z is moved to Chinese time, which may be the next day), 20190814101112 and the day number of a spreadsheet
(43691, five digits, 1927 to 2099). Six digits are refused as a date: 190814 and 201908 cannot be distinguished, and a
month is not a day. 长期 (no end) is not a date.

A month is not read from what may be two: 2014.1 (January, or October that lost its zero as a number) and 20148 (August
2014, or a day of 1955 as the number of a spreadsheet).
"""

from collections.abc import Sequence

from suining_data.elements.cells import SEVERAL_DATES, SEVERAL_NUMBERS
from suining_data.elements.expressions import BLANK, NOTHING, UNKNOWN, ascii_forms, null_if_nothing, says_nothing
from suining_data.elements.model import Element, Rule, Then
from suining_data.sql import literal

V, X = "{v}", "{x}"
NO_DATE = (
    *NOTHING,
    *UNKNOWN,
    "0",
    "00000000",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "长期",
    "长期有效",
    "永久",
    "至今",
    "无固定期限",
    "无期限",
)
PLACEHOLDERS = (
    "0001-01-01",
    "1000-01-01",
    "1111-11-11",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "2099-12-31",
    "2999-12-31",
    "3000-01-01",
    "3000-12-31",
    "9999-01-01",
    "9999-12-30",
    "9999-12-31",
)

YEAR, TWO = r"([0-9]{4})", r"([0-9]{1,2})"
DAY = rf"{YEAR} ?[-/.年] ?{TWO} ?[-/.月] ?{TWO} ?[日号]?"
MINUTES = r"([0-9]{1,2})[:时]([0-9]{1,2})分?"
SECONDS = r"([0-9]{1,2})[:时]([0-9]{1,2})[:分]([0-9]{1,2})秒?(?:\.[0-9]+)?(?:\+08:?00)?"
UTC = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?Z"
SERIAL = r"[1-7][0-9]{4}(?:\.[0-9]+)?"


def _tidy() -> str:
    return f"trim(regexp_replace({ascii_forms(X)}, '{BLANK}+', ' ', 'g'))"


def _first_that_fits(ordinary: str, forms: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Template: the text if it is `ordinary`, null for no date, the expression of the form that fits, or otherwise."""
    branches = " ".join(f"when regexp_full_match({X}, '{pattern}') then {sql}" for pattern, sql in forms)
    return (
        f"case when regexp_full_match({X}, '{ordinary}') then {X} when {says_nothing(X, NO_DATE)} then null "
        f"{branches} else {otherwise} end"
    )


def _rewritten(text: str, pattern: str, to: str) -> str:
    return f"regexp_replace({text}, '^{pattern}$', '{to}')"


def _local(form: str) -> str:
    """Template: a time in UTC as text in Chinese time."""
    return f"strftime(try_cast({X} as timestamp) + interval 8 hour, '{form}')"


def _serial(form: str) -> str:
    """Template: the day number of a spreadsheet as text; counted from 1899-12-30, because its 1900 is a leap year."""
    seconds = f"round(try_cast({X} as double) * 86400)::bigint"
    return f"strftime(timestamp '1899-12-30' + to_seconds({seconds}), '{form}')"


DAY_AND_CLOCK = rf"{DAY}(?:[ T]?(?:{SECONDS}|{MINUTES}))?"
COMPACT = "([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6})?"
COMPACT_DAY = "[12][0-9]{7}"
COMPACT_TIME = "([0-9]{4})" + "([0-9]{2})" * 5
SOUND_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_YEAR, _MONTH, _DAY = "(?:19[1-9][0-9]|20[0-8][0-9])", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|1[0-9]|2[0-8])"
SOUND_DAY = f"{_YEAR}(?:[-/.]{_MONTH}[-/.]|年{_MONTH}月){_DAY}日?"  # no placeholder is among them
ISO_DAY = r"\1-\2-\3"


def _day_text() -> str:
    """Template: a date as year-month-day with hyphens, or as eight digits; other text as it is."""
    odd = _rewritten(_rewritten(_tidy(), DAY_AND_CLOCK, ISO_DAY), COMPACT, ISO_DAY)
    forms = [
        ("[0-9]{4}-[0-9]{2}-[0-9]{2}", X),
        ("[0-9]{8}", f"substr({X}, 1, 4) || '-' || substr({X}, 5, 2) || '-' || substr({X}, 7, 2)"),
        (DAY_AND_CLOCK, _rewritten(X, DAY_AND_CLOCK, ISO_DAY)),
        (UTC, _local("%Y-%m-%d")),
        (SERIAL, _serial("%Y-%m-%d")),
    ]
    ordinary = f"{COMPACT_DAY}|[12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}"
    return _first_that_fits(ordinary, forms, null_if_nothing(odd, NO_DATE))


def _time_text() -> str:
    """Template: a time as year-month-day hour:minute:second, a day alone as its midnight."""
    to_second, to_minute = f"{DAY}[ T]?{SECONDS}", f"{DAY}[ T]?{MINUTES}"
    second, minute, midnight = (rf"\1-\2-\3 {clock}" for clock in (r"\4:\5:\6", r"\4:\5:00", "00:00:00"))
    odd = _rewritten(_rewritten(_rewritten(_tidy(), to_second, second), to_minute, minute), DAY, midnight)
    forms = [
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", X),
        (to_second, _rewritten(X, to_second, second)),
        (to_minute, _rewritten(X, to_minute, minute)),
        (UTC, _local("%Y-%m-%d %H:%M:%S")),
        ("[0-9]{14}", _rewritten(X, COMPACT_TIME, second)),
        ("[0-9]{8}", _rewritten(X, COMPACT, midnight)),
        (SERIAL, _serial("%Y-%m-%d %H:%M:%S")),
    ]
    ordinary = "[12][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
    return _first_that_fits(ordinary, forms, null_if_nothing(odd, NO_DATE))


TWO_MONTHS = r"[0-9]{4}\.1|(?:19[0-9]{2}|20[0-9]{2}|2100)[0-9](?:\.[0-9]+)?"


def _month_text() -> str:
    """Template: a month as year-month-01; of a span of months (2019年1-2月, published as one) the last."""
    month = rf"{YEAR} ?[-/.年] ?{TWO} ?月?份?"
    span = rf"{YEAR} ?年 ?0?1月? ?[-—~至] ?{TWO} ?月份?"
    odd = _rewritten(_tidy(), span, r"\1-\2-01")
    for pattern in (month, DAY_AND_CLOCK):
        odd = _rewritten(odd, pattern, r"\1-\2-01")
    odd = f"case when regexp_full_match({_tidy()}, '{TWO_MONTHS}') then {_tidy()} else {odd} end"
    forms = [
        (TWO_MONTHS, X),
        ("[0-9]{6}(?:[0-9]{2})?", f"substr({X}, 1, 4) || '-' || substr({X}, 5, 2) || '-01'"),
        (SERIAL, _serial("%Y-%m-01")),
    ]
    return _first_that_fits("[12][0-9]{3}-[0-9]{2}-01", forms, null_if_nothing(odd, NO_DATE))


AMBIGUOUS_MONTH = Rule(
    "ambiguous",
    "年月有歧义：2014.1可能是1月，也可能是丢了末位0的10月；20148可能是2014年8月，也可能是日期序号。请按201408的形式填写",
    f"not regexp_full_match({X}, '{TWO_MONTHS}')",
)
TIME_SHAPE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}"
DATE_SHAPE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
# try_cast alone takes "2019-08-14x" for a date.
READ_DATE = (
    f"case when regexp_full_match({X}, '{DATE_SHAPE}') then try_cast({X} as date) "
    f"when regexp_full_match({X}, '{COMPACT_DAY}') then cast(try_strptime({X}, '%Y%m%d') as date) end"
)


def _bounds(day: str) -> tuple[Rule, ...]:
    """Placeholders and the range. Nearly all days are between the limits and need one comparison for both rules."""
    ordinary = f"{day} between date '1900-01-02' and date '2099-12-30'"
    # a list, because `in` with so many values is planned as a join
    placeholder = f"list_contains([{', '.join(f'date {literal(text)}' for text in PLACEHOLDERS)}], {day})"
    return (
        Rule(
            "placeholder",
            "占位日期（如1900-01-01、9999-12-31），按空值处理",
            f"case when {ordinary} then true else not {placeholder} end",
            Then.DISCARD,
            "准确性",
        ),
        Rule(
            "range",
            "日期早于1850年或晚于2100年",
            f"case when {ordinary} or {placeholder} then true "
            f"else {day} between date '1850-01-01' and date '2100-12-31' end",
            dimension="准确性",
        ),
    )


DATE = Element(
    id="date",
    label="日期",
    english="Date",
    form="年、月、日齐全",
    example="2019-08-14",
    standard="GB/T 7408.1-2023",
    sql_type="date",
    sensitivity="L2",
    coarse=f"year({V})",
    clean=_day_text(),
    convert=READ_DATE,
    unreadable="不是有效日期，应为年、月、日齐全的日期（如2019-08-14或20190814）",
    text_rules=(SEVERAL_DATES,),
    rules=_bounds(V),
    sound=f"{SOUND_DAY}(?: {SOUND_CLOCK})?|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])",
)

DATETIME = Element(
    id="datetime",
    label="日期时间",
    english="Date and time (Chinese time)",
    form="年月日和时分秒",
    example="2019-08-14 10:11:12",
    standard="GB/T 7408.1-2023",
    sql_type="timestamp",
    sensitivity="L2",
    clean=_time_text(),
    convert=f"case when regexp_full_match({X}, '{TIME_SHAPE}') then try_cast({X} as timestamp) end",
    unreadable="不是有效的日期时间（如2019-08-14 10:11:12）",
    text_rules=(SEVERAL_DATES,),
    rules=_bounds(f"cast({V} as date)"),
    sound=f"{SOUND_DAY} {SOUND_CLOCK}",
)

MONTH = Element(
    id="month",
    label="年月",
    english="Month, as its first day",
    form="年和月",
    example="2019-08",
    standard="GB/T 7408.1-2023",
    sql_type="date",
    sensitivity="L1",
    coarse=f"year({V})",
    clean=_month_text(),
    convert=READ_DATE,
    unreadable="不是有效的年月（如2019-08或201908）",
    text_rules=(AMBIGUOUS_MONTH, SEVERAL_DATES),
    rules=_bounds(V),
    sound="(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])",
)

YEAR_ELEMENT = Element(
    id="year",
    label="年份",
    english="Year",
    form="4位数字",
    example="2019",
    sql_type="smallint",
    sensitivity="L1",
    clean=null_if_nothing(f"regexp_replace({_tidy()}, ' ?(?:年度?|\\.0)$', '')", NO_DATE),
    convert=f"case when regexp_full_match({X}, '[0-9]{{4}}') then try_cast({X} as smallint) end",
    unreadable="不是四位年份",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(Rule("range", "年份早于1850年或晚于2100年", f"{V} between 1850 and 2100", dimension="准确性"),),
    sound="(?:19|20)[0-9]{2}",
)

ELEMENTS_OF_DATES: tuple[Element, ...] = (DATE, DATETIME, MONTH, YEAR_ELEMENT)

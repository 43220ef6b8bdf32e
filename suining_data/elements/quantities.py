"""Quantities: money, areas, percentages, plain numbers, yes and no.

Here: reading a number from text and converting it to the canonical unit. Not here: coordinates (places.py).

Separators of thousands are read only where they part groups of three (1,234.50); blanks or commas elsewhere may part two
values (400 150) or decimals (1.200,50): the value is quarantined. A unit written in the text (100万元) wins over the unit
that the field declares. Scientific notation of a spreadsheet (1.23E+08) is refused when digits before the decimal point
are lost, that is when the exponent exceeds the decimals.
"""

from suining_data.elements.cells import SEVERAL_CODES, SEVERAL_NUMBERS
from suining_data.elements.expressions import (
    BLANK,
    INVISIBLE,
    JOINED_WORDS,
    NOTHING,
    UNKNOWN,
    ascii_forms,
    clean_of,
    null_if_nothing,
    one_of,
    says_nothing,
    squeezed,
    tidy_text,
    trimmed,
)
from suining_data.elements.model import Cleaning, Element, Rule

V, X = "{v}", "{x}"
NO_NUMBER = (*NOTHING, *UNKNOWN, "…", "...")
NUMBER_SHAPE = r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]{1,3})?"
PLAIN = r"-?[0-9]+(?:\.[0-9]+)?"
SOUND_AMOUNT = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
CURRENCY = f"(?:{BLANK}|[¥$]|人民币|CNY|RMB)"
# 0,123 is no group: it is a decimal comma
IN_THREES = rf"[-(]?[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+(?:\.[0-9]*)?(?:[^0-9,]*|{BLANK}*[KH]?M2)"


def _number_text(suffix: str = "") -> Cleaning:
    """The templates `tidy` and `clean`: digits, point, sign and exponent; separators of thousands, currency signs and
    `suffix` dropped.

    (1,234.50), as accountants write a negative amount, gets its sign. Separators that may part two values stay.
    """
    tidy = f"regexp_replace(upper({ascii_forms(X)}), '{INVISIBLE}', '', 'g')"
    tidy = f"regexp_replace({tidy}, '^(?:{BLANK}|'')*{CURRENCY}*[+]?([-(]?){CURRENCY}*', '\\1')"
    tidy = f"regexp_replace({tidy}, '{CURRENCY}+$', '')"
    text = "case when regexp_full_match({t}, '" + IN_THREES + "') then replace({t}, ',', '') else {t} end"
    text = f"case when regexp_matches({{t}}, '[0-9.,E]{BLANK}+[0-9.,E]') then {{t}} else {squeezed(text)} end"
    text = f"regexp_replace({text}, '^\\(([0-9.]+)\\)$', '-\\1')"
    if suffix:
        text = f"regexp_replace({text}, '(?:{suffix})$', '')"
    return {
        "tidy": tidy_text(f"regexp_full_match({X}, '{PLAIN}')", says_nothing(X, NO_NUMBER), tidy),
        "clean": clean_of(null_if_nothing(text, tuple(t.upper() for t in NO_NUMBER))),
    }


def _exact(number: str) -> str:
    """SQL: not a spreadsheet's scientific notation with lost digits; Java's 1.5E7 is exact."""
    decimals = f"length(regexp_extract({number}, '\\.([0-9]*)E', 1))"
    exponent = f"try_cast(regexp_extract({number}, 'E\\+([0-9]+)$', 1) as integer)"
    return f"case when contains({number}, 'E+') then coalesce({exponent} <= {decimals}, true) else true end"


def _read(number: str, type_: str) -> str:
    """SQL: the number as a type, null if the text is not a number."""
    return f"case when regexp_full_match({number}, '{NUMBER_SHAPE}') then try_cast({number} as {type_}) end"


PRECISION = Rule(
    "precision",
    "数值为科学计数法且有效位数不足，已丢失末位数字，请将该列设为文本或数值格式后重新导出",
    _exact(X),
    dimension="准确性",
)

MONEY_UNITS = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
AREA_UNITS = {"平方米": 1.0, "亩": 2000 / 3, "公顷": 1e4, "平方公里": 1e6}


def _yuan(number: str, factor: str) -> str:
    """SQL: number x factor to the fen; exact below 10^12, by floating point (16 digits) above.

    Text read as DECIMAL of more than 18 digits takes DuckDB 8 s per million, so it is widened after reading.
    Multiplying 128-bit numbers takes 2 s, so yuan, which need no factor, are not multiplied.
    """
    exact = f"try_cast(cast(try_cast({number} as decimal(18,6)) as decimal(28,6)) * {factor} as decimal(18,2))"
    rounded = f"try_cast(round(try_cast({number} as double) * {factor}, 2) as decimal(18,2))"
    return f"case when {factor} = 1.0 then try_cast({number} as decimal(18,2)) else coalesce({exact}, {rounded}) end"


def _money() -> str:
    """Template: an amount in yuan; 万元 and 亿元 in the text are multiplied out."""
    amount = f"regexp_replace({X}, '(?:万元?|亿元?|元)整?$', '')"
    factor = (
        f"case when regexp_matches({X}, '万元?整?$') then 10000.0 "
        f"when regexp_matches({X}, '亿元?整?$') then 100000000.0 else 1.0 end"
    )
    return (
        f"case when regexp_full_match({X}, '{NUMBER_SHAPE}') then {_yuan(X, '{factor}')} "
        f"when regexp_full_match({amount}, '{NUMBER_SHAPE}') then {_yuan(amount, factor)} end"
    )


def _area() -> str:
    """Template: an area in square metres; a unit in the text wins."""
    amount = f"regexp_extract({X}, '^({NUMBER_SHAPE})', 1)"
    unit = f"substr({X}, length({amount}) + 1)"
    factors = " ".join(
        f"when {one_of(unit, spellings)} then {AREA_UNITS[name]!r}"
        for name, spellings in {
            "平方米": ("平方米", "M2", "㎡", "M²", "平米", "平方"),
            "亩": ("亩",),
            "公顷": ("公顷", "HM2", "HM²"),
            "平方公里": ("平方公里", "平方千米", "KM2", "KM²", "㎢"),
        }.items()
    )
    return (
        f"case when regexp_full_match({X}, '{NUMBER_SHAPE}') then try_cast({X} as double) * {{factor}} "
        f"else try_cast({amount} as double) * case {factors} end end"
    )


MONEY_CNY = Element(
    id="money_cny",
    label="金额",
    english="Amount of money in yuan",
    form="数字，可带元、万元、亿元",
    example="1234.50",
    sql_type="decimal(18,2)",
    sensitivity="L2",
    **_number_text(),
    convert=_money(),
    unreadable="不是金额，或为外币（应为数字，可带元、万元、亿元）",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(PRECISION,),
    units=MONEY_UNITS,
    sound=SOUND_AMOUNT,
)

AREA_M2 = Element(
    id="area_m2",
    label="面积",
    english="Area in square metres",
    form="数字，可带平方米、亩、公顷、平方公里",
    example="120.5",
    sql_type="double",
    sensitivity="L2",
    **_number_text(),
    convert=_area(),
    unreadable="不是面积（应为数字，可带平方米、亩、公顷、平方公里）",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(PRECISION, Rule("negative", "面积为负数", f"{V} >= 0", dimension="准确性")),
    units=AREA_UNITS,
    sound=SOUND_AMOUNT,
)

PERCENT = Element(
    id="percent",
    label="百分比",
    english="Per cent: 8.2 is 8.2 %",
    form="数字，8.2表示8.2%",
    example="8.2",
    sql_type="double",
    sensitivity="L1",
    **_number_text("%|个?百分点"),
    convert=_read(X, "double"),
    unreadable="不是百分数",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(PRECISION,),
    sound=SOUND_AMOUNT,
)

NUMBER = Element(
    id="number",
    label="数值",
    english="Number",
    form="数字",
    example="12.5",
    sql_type="double",
    sensitivity="L1",
    **_number_text(),
    convert=_read(X, "double"),
    unreadable="不是数字",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(PRECISION,),
    sound=SOUND_AMOUNT,
)

INTEGER = Element(
    id="integer",
    label="整数",
    english="Whole number",
    form="整数",
    example="12",
    sql_type="bigint",
    sensitivity="L1",
    **_number_text("人|户|个|家|层|套|件|次|年|岁"),
    # 12.0 is how spreadsheets write 12; 12.5 is not a whole number.
    convert=(
        f"case when regexp_full_match({X}, '-?[0-9]+') then try_cast({X} as bigint) "
        f"when regexp_full_match({X}, '{NUMBER_SHAPE}') and try_cast({X} as double) = floor(try_cast({X} as double)) "
        f"then try_cast(try_cast({X} as double) as bigint) end"
    ),
    unreadable="不是整数",
    text_rules=(SEVERAL_NUMBERS,),
    rules=(PRECISION,),
    sound="[0-9]{1,9}",
)

YES = ("1", "是", "Y", "YES", "TRUE", "T", "有", "1.0", "√", "真")
NO = ("0", "否", "N", "NO", "FALSE", "F", "没有", "0.0", "×", "假", "无")
BOOLEAN = Element(
    id="boolean",
    label="是否",
    english="Yes or no",
    form="是或否",
    example="是",
    sql_type="boolean",
    sensitivity="L2",
    tidy=trimmed(f"upper({ascii_forms(X)})"),
    clean=clean_of(null_if_nothing(JOINED_WORDS, tuple(t for t in NOTHING if t not in NO))),
    convert=f"case when {one_of(X, YES)} then true when {one_of(X, NO)} then false end",
    unreadable="不是“是”或“否”",
    text_rules=(SEVERAL_CODES,),
    sound="[01是否]",
)

ELEMENTS_OF_QUANTITIES: tuple[Element, ...] = (MONEY_CNY, AREA_M2, PERCENT, NUMBER, INTEGER, BOOLEAN)

"""Number formats of workbooks: what a sheet shows for a stored number.

Here: the code of a format ("0.00%", "yyyy-mm-dd", "000000") and the text of a number in it.
Not here: where a cell's format is written (workbook_xml.py, workbook_97_cells.py), what a column may hold
(workbook_cells.py).

No digit is ever dropped: 1234.56 in the format 0 stays 1234.56, although the sheet shows 1235. A format adds what it
adds on the sheet: zeros before and after, a percent sign, letters and hyphens.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

GENERAL = "General"
EXACT_DIGITS = 15  # a spreadsheet keeps so many digits of a number
# A sheet in Chinese shows 27 to 36 and 50 to 58 as dates; no file defines these formats.
_YEAR_MONTH, _MONTH_DAY, _CLOCK = 'yyyy"年"m"月"', 'm"月"d"日"', '上午/下午h"时"mm"分"'
_DATES = {
    **dict.fromkeys((14, 30), "yyyy/m/d"), 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm",
    **dict.fromkeys((27, 36, 50, 52, 57), _YEAR_MONTH), **dict.fromkeys((28, 29, 51, 53, 54, 58), _MONTH_DAY),
    31: 'yyyy"年"m"月"d"日"', **dict.fromkeys((71, 72, 73, 74), "d/m/yyyy"), 77: "d/m/yyyy h:mm",
}  # fmt: skip
_TIMES = {
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    **dict.fromkeys((34, 35, 55, 56), _CLOCK), 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 75: "h:mm", 76: "h:mm:ss",
}  # fmt: skip
_NUMBERS = {
    **dict.fromkeys((1, 59), "0"), **dict.fromkeys((2, 60), "0.00"), **dict.fromkeys((3, 61), "#,##0"),
    **dict.fromkeys((4, 62), "#,##0.00"), 5: "#,##0;-#,##0", 6: "#,##0;-#,##0", 7: "#,##0.00;-#,##0.00",
    8: "#,##0.00;-#,##0.00", **dict.fromkeys((9, 67), "0%"), **dict.fromkeys((10, 68), "0.00%"), 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0", 42: "#,##0;-#,##0", 43: "#,##0.00;-#,##0.00",
    44: "#,##0.00;-#,##0.00", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
BUILT_IN = {**_DATES, **_TIMES, **_NUMBERS}

TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | [\\!](?P<escaped>.) | [_*](?P<blank>.) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General|G/通用格式) | (?P<exponent>[Ee][+-]) | (?P<clock>AM/PM|A/P|上午/下午)
    | (?P<digit>[0#?]) | (?P<mark>[.,%/@]) | (?P<date>[ymdhse]+|aaaa?) | (?P<literal>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9.]+)")
ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq}
MAGNITUDE = re.compile("[％‰‱万亿]|[百千](?![克米瓦分])")  # another amount than the digits say; 千克 is a unit


@dataclass
class _Section:
    """One of the up to four parts of a code: for positive and negative numbers, zero and text."""

    condition: Callable[[float], bool] | None = None
    date_letters: str = ""
    is_elapsed: bool = False
    has_general: bool = False
    pieces: list[tuple[str, str]] = field(default_factory=list)  # kind (digit, literal, mark, exponent) and text

    def __post_init__(self) -> None:
        self.digits = [place for place, (kind, _) in enumerate(self.pieces) if kind == "digit"]
        self.shows_zero = any(piece == ("digit", "0") for piece in self.pieces)


@dataclass(frozen=True)
class Shown:
    """A number as its format shows it. `number` is the same for a column of numbers: without letters that only name a
    unit (元). `is_scaled`: the sheet shows another amount than the stored one (thousands, 万)."""

    text: str
    number: str
    is_scaled: bool = False


class NumberFormat:
    """A parsed format code. `decimals`: the only thing that it adds to the digits are zeros up to so many decimals; None
    when it adds more, or is a date."""

    def __init__(self, code: str) -> None:
        self.sections = [_section(text) for text in _split(code)]
        first = self.sections[0]
        self.is_date = bool(first.date_letters)
        self.is_elapsed = first.is_elapsed
        letters = set(first.date_letters.lower())
        self.has_day = bool(letters & set("ydea")) or (
            "m" in letters and not letters & set("hs") and not self.is_elapsed
        )
        self.shows_only_year = self.is_date and letters <= set("ye")
        decimals = [_decimals(section) for section in self.sections[:3]]
        self.decimals = None if self.is_date or None in decimals else max(filter(None, decimals), default=0)

    def shown(self, value: float, text: str) -> Shown:
        """The number `value`, whose digits are `text`, as the sheet shows it."""
        section, is_negative_part = self._of(value)
        if section is None or (section.has_general and not section.digits):
            return _with_letters(section, text, is_negative_part)
        if not section.digits or (value == 0 and not section.shows_zero):
            return _without_digits(section, text)
        return _in_digits(section, text, is_negative_part)

    def _of(self, value: float) -> tuple[_Section | None, bool]:
        """The section that shows a value, and whether it stands for negative numbers."""
        conditional = [section for section in self.sections if section.condition]
        if conditional:
            for section in self.sections[:3]:
                if section.condition is None or section.condition(value):
                    return section, False
            return None, False
        numbers = self.sections[:3]
        if len(numbers) > 1 and value < 0:
            return numbers[1], True
        if len(numbers) > 2 and value == 0:
            return numbers[2], False
        return numbers[0], False


@lru_cache(maxsize=4096)
def number_format(code: str) -> NumberFormat:
    return NumberFormat(code)


def number_text(value: float) -> str:
    """The digits of a number: without a decimal point when it is whole, as the sheet shows it above 15 digits."""
    if value == int(value):
        return str(int(value)) if abs(value) < 10**EXACT_DIGITS else f"{value:.5E}"
    return format(Decimal(f"{value:.{EXACT_DIGITS}g}"), "f")


def _split(code: str) -> list[str]:
    """The sections of a code; a semicolon in quotes, in brackets or behind a backslash does not separate."""
    return [part.group() for part in re.finditer(r'(?:"[^"]*"?|[\\!_*].|\[[^\]]*\]|[^;])+|(?<=;)|^', code, re.DOTALL)]


def _section(text: str) -> _Section:
    condition: Callable[[float], bool] | None = None
    letters, is_elapsed, has_general = "", False, False
    pieces: list[tuple[str, str]] = []
    for token in TOKEN.finditer(text):
        kind = str(token.lastgroup)
        found = token[kind]
        if kind == "bracket":
            if compared := CONDITION.fullmatch(found):
                condition = _condition(compared[1], float(compared[2]))
            elif ELAPSED.fullmatch(found):
                letters, is_elapsed = letters + found, True
            elif found.startswith("$"):
                pieces.append(("literal", found[1:].partition("-")[0]))
        elif kind == "general":
            has_general = True
            pieces.append(("general", found))
        elif kind in ("date", "clock"):
            letters += found if kind == "date" else "h"
        elif kind in ("quoted", "escaped", "literal"):
            pieces.append(("literal", found))
        elif kind != "blank":
            pieces.append((kind, found))
    return _Section(condition, letters, is_elapsed, has_general, pieces)


def _condition(sign: str, limit: float) -> Callable[[float], bool]:
    return lambda value: COMPARE[sign](value, limit)


def _decimals(section: _Section) -> int | None:
    """See NumberFormat.decimals."""
    marks = "".join(found for kind, found in section.pieces if kind in ("digit", "mark", "exponent"))
    letters = "".join(found for kind, found in section.pieces if kind == "literal").strip(" -+()¥￥$")
    simple = re.fullmatch(r"@?|[#?]*,?[#?]*0?(?:\.(0*)[#?]*)?", marks)
    return len(simple[1] or "") if simple and not letters and section.condition is None else None


def _with_letters(section: _Section | None, text: str, is_negative_part: bool) -> Shown:
    """A number in General, with the letters around it."""
    pieces = section.pieces if section else []
    place = next((n for n, (kind, _) in enumerate(pieces) if kind == "general"), len(pieces))
    return _around(pieces[:place], text, pieces[place + 1 :], is_negative_part)


def _without_digits(section: _Section, text: str) -> Shown:
    """A section of letters only: 1 shown as 男. A hyphen or nothing for zero is still zero."""
    letters = "".join(found for kind, found in section.pieces if kind == "literal").strip()
    return Shown(text, text) if letters.strip("- ") == "" else Shown(letters, text)


def _in_digits(section: _Section, text: str, is_negative_part: bool) -> Shown:
    pieces, digits = section.pieces, section.digits
    before, inner, after = pieces[: digits[0]], pieces[digits[0] : digits[-1] + 1], pieces[digits[-1] + 1 :]
    if _is_scaled(inner, after):
        return Shown(text, text, is_scaled=True)
    if "E" in text:  # digits are lost
        return Shown(text, text)
    percents = sum(1 for piece in pieces if piece == ("mark", "%"))
    sign, amount = ("-", text[1:]) if text.startswith("-") else ("", text)
    if percents:
        amount = _plain(Decimal(amount).scaleb(2 * percents))
    if not any(kind == "exponent" or found == "/" for kind, found in inner):
        amount = _filled(inner, amount)
    return _around(before, sign + amount, after, is_negative_part)


def _is_scaled(inner: list[tuple[str, str]], after: list[tuple[str, str]]) -> bool:
    """The sheet shows thousands (a comma behind the last digit) or moves the point (a quoted point among the digits)."""
    marks = [found if kind in ("digit", "mark") else "x" for kind, found in inner]
    has_comma = re.search(r",+(?:\.|$)", "".join(marks)) or (after and after[0] == ("mark", ","))
    return bool(has_comma) or any(kind == "literal" and re.search("[.．]", found) for kind, found in inner)


def _filled(inner: list[tuple[str, str]], amount: str) -> str:
    """The amount with the zeros of its format, and with the letters that stand among its digits."""
    point = next((place for place, piece in enumerate(inner) if piece == ("mark", ".")), len(inner))
    whole, _, fraction = amount.partition(".")
    zeros = sum(1 for piece in inner[:point] if piece == ("digit", "0"))
    decimals = sum(1 for piece in inner[point:] if piece == ("digit", "0"))
    whole, fraction = whole.zfill(zeros), fraction.ljust(decimals, "0")
    if not fraction and any(kind == "literal" for kind, _ in inner[:point]):
        whole = _interspersed(inner[:point], whole)
    return f"{whole}.{fraction}" if fraction else whole


def _interspersed(inner: list[tuple[str, str]], digits: str) -> str:
    """00-00 with 1234 -> 12-34. Digits are placed from the right; more digits than places stay together at the left."""
    shown: list[str] = []
    rest = list(digits)
    for kind, found in reversed(inner):
        if kind == "digit" and rest:
            shown.append(rest.pop())
        elif kind == "literal" and rest:
            shown.append(found)
    return "".join(rest) + "".join(reversed(shown))


def _around(before: list[tuple[str, str]], amount: str, after: list[tuple[str, str]], is_negative_part: bool) -> Shown:
    """The amount with the letters around it; in the section of negative numbers their sign or brackets are not
    repeated."""
    left, right = (
        "".join(found for kind, found in pieces if kind == "literal" or found == "%") for pieces in (before, after)
    )
    if is_negative_part:
        left, right = left.strip("-( "), right.strip(") ")
    text = f"{left}{amount}{right}".strip()
    percent = "%" * (before + after).count(("mark", "%"))
    return Shown(text, text if MAGNITUDE.search(left + right.replace("%", "")) else amount + percent)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

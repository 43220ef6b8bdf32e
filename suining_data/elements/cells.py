"""What one cell may hold that is no value: two values, what a spreadsheet made of a number, a line that sums up.

Here: the rules for it, which many elements share, the cleaning of identifiers, and `identifier`, which makes an element
with all of them. Not here: what a sound identifier looks like (the modules of its subject).

Separators are judged before they are removed: what may be two values, or one that reads in two ways, is quarantined.
Blanks that only group the characters of one number (110101 19900101 0015) are removed.
"""

from collections.abc import Sequence
from typing import Any

from suining_data.elements.expressions import (
    BLANK,
    BREAK,
    NOTHING,
    ascii_forms,
    clean_of,
    null_if_nothing,
    squeezed,
    trimmed,
)
from suining_data.elements.model import Cleaning, Element, Rule, Then

V, X, T = "{v}", "{x}", "{t}"

# ="1101..." and "=""1101...""": an advice to keep a spreadsheet from reading a number. The value is inside.
GUARD = r'^[\s\x{FEFF}]*=[ ]*"(.*)"\s*$'

_YEAR = "(?:19|20)[0-9]{2}"
_MONTHS = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)"
_CLOCK = f"(?:[T{BLANK[1:-1]}]*[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\\.[0-9]+)?Z?)?"
# A year and a number (2019-3) is the form of many licences and stays. 5E16 stays too: spreadsheets write 5E+16.
DAMAGED_IDENTIFIER = "|".join(
    (
        r"[0-9]+[.,][0-9]*E[+-]?[0-9]{1,3}|[0-9]+E[+][0-9]{1,3}",
        f"{_YEAR}[-/.年][0-9]{{1,2}}[-/.月][0-9]{{1,2}}[日号]?{_CLOCK}",
        f"[0-9]{{1,2}}/[0-9]{{1,2}}/{_YEAR}{_CLOCK}",
        f"{_YEAR}年[0-9]{{1,2}}月",
        "[0-9]{1,2}月[0-9]{1,2}[日号]",
        f"[0-9]{{1,2}}-{_MONTHS}(?:-(?:[0-9]{{2}}){{1,2}})?|{_MONTHS}-(?:[0-9]{{2}}){{1,2}}",
        "TRUE|FALSE",
        r"[0-9]+\.0+",
    )
)
# Digits and letters are neither two values nor what a spreadsheet makes of a number.
ONLY_DIGITS_AND_LETTERS = f"regexp_full_match({V}, '[0-9A-Z]*[0-9][0-9A-Z]*')"
SPREADSHEET = Rule(
    "spreadsheet",
    "号码被表格软件改成了科学计数法（如1.23E+17）、日期、小数或TRUE/FALSE，原值已丢失，请将该列设为文本后重新导出",
    f"not regexp_full_match({V}, '{DAMAGED_IDENTIFIER}')",
    sure=ONLY_DIGITS_AND_LETTERS,
)
# 17 digits end in 00 once in a hundred: only a column of which nearly all do is refused (standardization/plausibility.py).
LOST_DIGITS = Rule(
    "lost_digits",
    "第15位以后都是0，末位数字可能已被表格软件按数值保存时丢弃，请核对",
    f"not regexp_full_match({V}, '[0-9]{{15}}000*')",
    Then.WARN,
    "准确性",
)
# A number of a document with its Chinese words: it needs no cleaning.
ORDINARY_NUMBER = f"regexp_full_match({X}, '[0-9A-Z一-鿿〔〕-]*[0-9][0-9A-Z一-鿿〔〕-]*')"
# It does not end in zeros, as one does that has lost its last digits.
SOUND_NUMBER = "[A-Z]{0,6}[0-9]{4,14}|[0-9A-Z]{4,24}[1-9]"
ONE_VALUE = "一格中有两个值，或分隔符有歧义；请每格只填一个值"
SEPARATED = f"{BLANK}|[,;、|]"
SEVERAL_IDENTIFIERS = Rule(
    "several_values",
    ONE_VALUE,
    # 5,10903E+16 is one number, with a decimal comma
    f"case when regexp_matches({V}, '{SEPARATED}') then regexp_full_match({V}, '{DAMAGED_IDENTIFIER}') else true end",
    sure=ONLY_DIGITS_AND_LETTERS,
)


def several_values(separated: str) -> Rule:
    """A text that could not be read and has two values: `separated` is the pattern of what parts them. # begins an error
    text or a marker (standardization/rules.py), which has its own reason."""
    return Rule(
        "several_values",
        ONE_VALUE,
        f"{V} is not null or not regexp_matches({X}, '^[^#]*(?:{separated})')",
        sure=f"{V} is not null",
    )


SEVERAL_NUMBERS = several_values(r"[0-9][^0-9A-Z.:/年月日-]+[-+.]?[0-9]|[0-9][.][0-9]+[.,]")
SEVERAL_DATES = several_values(f"{_YEAR}.*[^0-9]{_YEAR}")
SEVERAL_CODES = several_values(f"[、,;|/+]|[0-9A-Z]{BLANK}+[0-9A-Z]")

# Whole values that sum up, sign or explain a table.
SUMMARY = "|".join(
    (
        f"(?:合{BLANK}*计|总{BLANK}*计|小{BLANK}*计|共{BLANK}*计|总{BLANK}*和)(?:[:：(（].*)?",
        "(?:制表|填表|填报|审核|复核|审批|经办|统计|报送|录入|联系|负责|单位负责|部门负责)人?(?:签[字章名])?(?:[(（]签[字章名][)）])?[:：].*",
        "(?:填报|制表|报送|编制|主管|审核)(?:单位|部门|机关|日期|时间)[:：].*",
        "(?:说明|填表说明|填报说明|备注|附注|注|注释|打印时间|打印日期)[:：].*",
        "(?:合计|总计|小计|共计?)[0-9]+.*",
        "以下空白|以下无正文",
    )
)
NO_NAME = Rule("no_name", "不是名称，而是合计、签名或说明，请删去该行", f"not regexp_full_match({V}, '{SUMMARY}')")


# What the other rules of an identifier leave alone
IS_DAMAGED = f"(regexp_full_match({V}, '{DAMAGED_IDENTIFIER}') or regexp_matches({V}, '{SEPARATED}'))"


def unguarded(text: str) -> str:
    """SQL: a delivered text without the guard against spreadsheets."""
    return f"case when contains({text}, '=') then regexp_replace({text}, '{GUARD}', '\\1', 's') else {text} end"


def code_text(fits: str, nothing: Sequence[str] = NOTHING, drop: str = "") -> Cleaning:
    """The templates `tidy` and `clean` of a text as upper-case ASCII without blanks, quotes of a spreadsheet, and characters
    of `drop`.

    Several values stay apart, so that a rule finds them; so do the parts of a date.
    `fits` is a quick condition: if it is true, the text needs no cleaning.
    """
    bare = f"upper(regexp_replace({ascii_forms(X)}, '[''\"`]', '', 'g'))"
    shapes = (
        f"string_split_regex(regexp_replace(regexp_replace({T}, '[0-9]', '9', 'g'), '[A-Z]', 'A', 'g'), '{BLANK}+')"
    )
    # A001 A002 are two; of digits only two long halves are, because short ones may be the groups of one number
    alike = (
        f"contains({T}, ' ') and len(list_distinct({shapes})) = 1 "
        f"and (contains({shapes}[1], 'A') or len({shapes}) = 2 and length({shapes}[1]) >= 6)"
    )
    kept = f"regexp_matches({T}, '{BREAK}|[,;、|]') or {alike}"
    if drop:
        kept += f" or regexp_full_match({T}, '{DAMAGED_IDENTIFIER}')"
    one = f"case when {kept} then {T} else regexp_replace({squeezed(T)}, '[{drop or BLANK[1:-1]}]', '', 'g') end"
    nothing_upper = tuple(dict.fromkeys(text.upper() for text in nothing))
    return {
        "tidy": f"case when {fits} then null else {trimmed(bare, ',;、|')} end",
        "clean": clean_of(null_if_nothing(one, nothing_upper)),
    }


def unless_damaged(holds: str) -> str:
    """SQL: `holds`, or the value is two or what a spreadsheet made of one, so that one mistake breaks one rule."""
    return f"case when {holds} then true else {IS_DAMAGED} end"


def identifier(*, rules: tuple[Rule, ...] = (), **parts: Any) -> Element:
    """An element of numbers that identify something: it refuses what spreadsheets make of them, and two in one cell."""
    return Element(rules=(SPREADSHEET, *rules), text_rules=(SEVERAL_IDENTIFIERS,), **parts)

"""SQL that many elements share: blanks, full-width characters, texts that stand for "no value", weighted sums.

Here: functions that return SQL expressions as text. Not here: the elements.

Most texts need no cleaning, so every expression has a quick branch for them: `translate` with a long alphabet costs
DuckDB 3 s per million rows, a regular expression 0.1 s. Full-width forms are translated one by one, because NFKC would
also turn ① into 1 and ㎡ into m2.
"""

from collections.abc import Sequence

from suining_data.elements.model import Cleaning
from suining_data.sql import literal, literals

# Blanks in RE2 notation: control characters, NBSP, typographic and ideographic blanks, zero-width characters, BOM.
BLANK = r"[\x00-\x20\x{7F}\x{A0}\x{1680}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}\x{2060}\x{3000}\x{FEFF}]"
# Inner line breaks and tabs: two values stand on two lines, so these are judged before blanks are removed.
BREAK = r"[\t\n\x0B\f\r\x1C-\x1E\x{85}\x{2028}\x{2029}]"
# What nobody sees: zero-width characters, marks of direction, BOM. It parts no values.
INVISIBLE = r"[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]"
# Characters that replace a lost one: ?, □, ■, U+FFFD, private use.
DAMAGED = r"[?？□■\x{FFFD}\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]"
# What is left of a text that was decoded wrongly and written again.
GARBLED_WORDS = "锟斤|斤拷|烫烫烫|屯屯屯"
GARBLED = rf"{GARBLED_WORDS}|\x{{FFFD}}"
# For patterns of sound texts: Chinese characters that are no part of a garbled text.
SOUND_HAN = "[一-屮屰-拶拸-斣斥-烪烬-锞锠-鿿]"
SOUND_PROSE = f"[A-Za-z0-9{SOUND_HAN[1:-1]}][A-Za-z0-9{SOUND_HAN[1:-1]} ()（）.,:、，。：-]{{6,40}}"
HAN = r"[\x{2E80}-\x{2FDF}\x{3005}-\x{3007}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{F900}-\x{FAFF}\x{20000}-\x{3FFFF}]"

_FULL_ALNUM = "".join(chr(c) for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
_FULL_ASCII = "".join(chr(c) for c in range(0xFF01, 0xFF5F)) + "−–—．￥"
_HALF_ASCII = "".join(chr(c) for c in range(0x21, 0x7F)) + "---.¥"

# Texts that departments write if there is no value.
NOTHING = (
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "空",
    "NULL",
    "null",
    "Null",
    "(null)",
    "N/A",
    "n/a",
    r"\N",
    "None",
)
UNKNOWN = ("不详", "未知", "暂无", "无法提供")


def one_of(expression: str, texts: Sequence[str]) -> str:
    """SQL: the expression equals one of the texts."""
    return f"{expression} in ({literals(texts)})"


def says_nothing(expression: str, texts: Sequence[str] = NOTHING) -> str:
    """SQL: the expression is empty or one of the texts. It is a pattern, because `in` with forty texts is slower."""
    escaped = "|".join(_escaped(text) for text in texts if text)
    return f"regexp_full_match({expression}, '(?:{escaped})?')"


def unless(condition: str, otherwise: str) -> str:
    """SQL: null where the condition is true."""
    return f"case when {condition} then null else {otherwise} end"


def validated_where(condition: str, holds: str) -> str:
    """SQL: `holds` where the condition is true, true elsewhere, so that one mistake breaks one rule only."""
    return f"case when {condition} then {holds} else true end"


def half_width(expression: str) -> str:
    """SQL: full-width letters and digits become ASCII; punctuation stays."""
    half = "".join(chr(ord(c) - 0xFEE0) for c in _FULL_ALNUM)
    return (
        f"case when regexp_matches({expression}, '[０-９Ａ-Ｚａ-ｚ]') "
        f"then translate({expression}, '{_FULL_ALNUM}', '{half}') else {expression} end"
    )


def ascii_forms(expression: str) -> str:
    """SQL: every full-width character with an ASCII form becomes ASCII, long dashes become hyphens."""
    return (
        f"case when strlen({expression}) = length({expression}) then {expression} "
        f"else translate({expression}, {literal(_FULL_ASCII)}, {literal(_HALF_ASCII)}) end"
    )


def squeezed(expression: str) -> str:
    """SQL: without blanks of any kind."""
    return f"regexp_replace({expression}, '{BLANK}+', '', 'g')"


def collapsed(expression: str) -> str:
    """SQL: runs of blanks become one space, none at the ends."""
    return f"trim(regexp_replace({expression}, '{BLANK}+', ' ', 'g'))"


def null_if_nothing(expression: str, nothing: Sequence[str] = NOTHING) -> str:
    """SQL: null where the text, already tidied, stands for "no value"."""
    escaped = "|".join(_escaped(text) for text in nothing if text)
    return f"nullif(regexp_replace({expression}, '^(?:{escaped})$', ''), '')"


def trimmed(expression: str, also: str = "") -> str:
    """SQL: without invisible characters, and without blanks and the characters of `also` at the ends."""
    ends = f"(?:{BLANK}|[{also}])+" if also else f"{BLANK}+"
    visible = f"regexp_replace({expression}, '{INVISIBLE}', '', 'g')"
    return f"regexp_replace({visible}, '^{ends}|{ends}$', '', 'g')"


def tidy_text(fits: str, nothing: str, otherwise: str) -> str:
    """SQL template of a tidied text (model.py): null where `fits`, empty where `nothing` is true, else `otherwise`."""
    return f"case when {fits} then null when {nothing} then '' else {otherwise} end"


def clean_of(finished: str) -> str:
    """SQL template of a cleaned text where the tidied text is `{t}`: `finished` is SQL over it."""
    return f"case when {{t}} is null then {{x}} when {{t}} = '' then null else {finished} end"


# The tidied text without blanks, unless they part two codes (05 01): these are two values.
JOINED_WORDS = (
    f"case when regexp_matches({{t}}, '[0-9A-Za-z]{BLANK}+[0-9A-Za-z]') then {{t}} else {squeezed('{t}')} end"
)


def plain_text(nothing: Sequence[str] = NOTHING) -> str:
    """SQL template: `{x}` with ASCII letters and digits and single blanks; null if it stands for "no value"."""
    untidy = f"regexp_matches({{x}}, '{BLANK}|[０-９Ａ-Ｚａ-ｚ]')"
    tidy = null_if_nothing(collapsed(half_width("{x}")), nothing)
    return f"case when {says_nothing('{x}', nothing)} then null when {untidy} then {tidy} else {{x}} end"


def text_of_lines(nothing: Sequence[str] = NOTHING) -> Cleaning:
    """The templates `tidy` and `clean` of a plain text of which several lines stay as they are between their ends."""
    untidy = f"regexp_matches({{x}}, '{BLANK}|[０-９Ａ-Ｚａ-ｚ]')"
    one = f"case when regexp_matches({{t}}, '{BREAK}') then {{t}} else {collapsed('{t}')} end"
    fits = f"not ({untidy}) and not {says_nothing('{x}', nothing)}"
    return {
        "tidy": tidy_text(fits, says_nothing("{x}", nothing), trimmed(half_width("{x}"))),
        "clean": clean_of(null_if_nothing(one, nothing)),
    }


def digit_sum(text: str, alphabet: str, weights: Sequence[int], first: int = 1) -> str:
    """SQL: sum of weight x position in `alphabet` over the characters of `text` from `first` on."""
    terms = (
        f"{weight} * (strpos({literal(alphabet)}, substr({text}, {first + i}, 1)) - 1)"
        for i, weight in enumerate(weights)
    )
    return "(" + " + ".join(terms) + ")"


def _escaped(text: str) -> str:
    return "".join("\\" + c if c in "\\/()|.*+?[]^$" else c for c in text)

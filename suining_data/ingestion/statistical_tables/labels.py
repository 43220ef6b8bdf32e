"""What a label says: numbering, 其中, the name of an indicator, its unit and measure.

Here: units, labels at the left of a row, cells of a header. Not here: which of them a layout allows (fitting.py).
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from suining_data.catalog.statistical_layouts import Measure, words
from suining_data.ingestion.statistical_tables.periods import Period, combined_parts, period_of
from suining_data.ingestion.statistical_tables.words import bare, heads, measures, plain, region

UNIT = re.compile(
    r"(?:[十百千万亿]{0,3}(?:元|美元|人次|人|户|家|个|件|辆|台|套|吨|吨公里|人公里|千克|公斤|克|度|千瓦时|千瓦|瓦|瓦时|吨标准煤|标准煤|标煤"
    r"|平方米|平方公里|平方千米|立方米|公顷|亩|公里|千米|米|头|只|张|次|岁|年|天|小时|床|所|项|宗|座|条|部|本|册|箱|株|处|名|对|例|起|兆瓦|吉|G|TB)"
    r"(?:/[一-鿿]{1,4})?)|%|‰|个?百分点|[一-鿿]{0,6}=100|以?[一-鿿]{1,6}为100|[一二三](?::[一二三]){2}|[kKMG]?[WB]h?|km2?|亿kWh|万kWh"
)
SEVERAL_UNITS = re.compile(r"[,、/;和]")
NUMBERING = (
    re.compile(r"[一二三四五六七八九十]{1,3}(?:、|[.,](?!\d))"),
    re.compile(r"\([一二三四五六七八九十]{1,3}\)[、.]?"),
    re.compile(r"\d{1,2}(?:、|[.,](?!\d)|[.,](?=\d{1,2}-\d))"),  # 1.0-14岁人口
    re.compile(r"\(\d{1,2}\)"),
    re.compile(r"[①-⑳]"),
)
PART = re.compile(r"(?:其中[:、]?|#+|其:)")
BRACKETS = re.compile(r"\(([^()]*)\)$")
FOOTNOTE = re.compile(r"([①-⑳]+|\*+)$")
SHARE = re.compile(r"占[^,:]{1,14}?的?(?:比重|比例)$")
RATE = re.compile(r"(?:比|较)(?:19|20)\d\d年(?:同期)?(?:增长|增减|增速)?$")
AS_INDEX = re.compile(r"为(?:上年|(?:19|20)\d\d年)(?:同期)?的?$")  # 2020年为2019年%
PLUS_MINUS = re.compile(r"\(?(?:±|\+/?-)%?\)?")
LEVELS = ("level", "level_current", "level_cumulative")
NO_SUFFIX = {bare(word) for word in (
    "增长率", "增减率", "指数", "结构", "构成", "进度", "完成率", "增减", "增量", "净增", "增减数", "增减量", "份额", "发展速度", "同期",
    "比上年", "百分点", "拉动", "增加额", "比年初", "较年初", "完成进度", "增长额",
)}  # fmt: skip
GROWTHS = {
    "%": {"yoy_change": "yoy", "ytd_change": "ytd_growth", "yoy_points": "yoy"},
    "百分点": {"yoy_change": "yoy_points", "yoy": "yoy_points", "level": "yoy_points"},
    "amount": {"yoy": "yoy_change", "ytd_growth": "ytd_change"},
}


@dataclass(frozen=True)
class Label:
    """The first cell of a row. `rank`: of its numbering, 1 for 一、 to 5 for ①; 0 without one."""

    name: str
    indent: int = 0
    rank: int = 0
    is_part: bool = False
    unit: str | None = None
    measure: Measure | None = None
    footnote: str | None = None


@dataclass(frozen=True)
class Head:
    """A cell of the header: what it says, `other` where that is none of the things a header is known to say."""

    head: str | None = None
    region: str | None = None
    period: Period | None = None
    measure: Measure | None = None
    unit: str | None = None
    vintage: str | None = None
    other: str | None = None

    def with_rest_of(self, other: "Head") -> "Head":
        """What this cell says, and what only another one says. A year in one and months in the other are one period."""
        return Head(
            head=self.head or other.head,
            region=self.region or other.region,
            period=combined_parts(self.period, other.period),
            measure=self.measure or other.measure,
            unit=self.unit or other.unit,
            vintage=self.vintage or other.vintage,
            other=self.other or other.other,
        )


def unit_of(text: str) -> str | None:
    """The unit that a text names: 万元, （%）, 单位：亿元; None for another text, and for several units."""
    name = re.sub(r"^\((.*)\)$", r"\1", re.sub(r"^(?:计量)?单位:?", "", plain(text)))
    if UNIT.fullmatch(name) is None:
        return None
    return name.removeprefix("个") if name.endswith("百分点") else name


def units_in(text: str) -> list[str]:
    """The units that a title or corner names: 单位：万元、%."""
    found = re.search(r"单位:([^()]*)", plain(text))
    bracketed = [] if found else re.findall(r"\(([^()]*)\)", plain(text))
    parts = [part for each in ([found[1]] if found else bracketed) for part in re.split(r"[,、;和]", each)]
    return [unit for part in parts if (unit := unit_of(re.split(r"(?:填报|制表|发布|公布)", part)[0]))]


@lru_cache(maxsize=4096)
def label_of(text: str) -> Label:
    """A label in its parts."""
    blanks = re.match(r"[\s\u3000]*", text)
    indent = sum(2 if each in "\u3000\t" else 1 for each in blanks[0]) if blanks else 0
    rest, rank, is_part = _without_numbering(text)
    rest, footnote = _without_footnote(rest)
    rest, unit, measure = _without_units(plain(rest))
    name, named = _without_measure(rest)
    measure = named or measure
    if measure and unit:
        measure = settled(measure, unit)
    if name.endswith("指数") and measure is None:
        measure = measures()["指数"]
    return Label(name.strip(":"), indent, rank, is_part, unit, measure, footnote)


@lru_cache(maxsize=4096)
def head_of(text: str) -> Head:
    """A cell of the header in its parts."""
    whole = plain(text)
    if (name := heads().get(bare(whole))) or (name := heads().get(bare(re.sub(r"\(?单位:.*", "", whole)))):
        return Head(head=name)
    if PLUS_MINUS.fullmatch(whole):
        return Head(measure=measures()["同比"])
    if unit := unit_of(whole):
        return Head(unit=unit)
    rest, unit, measure = _without_units(FOOTNOTE.sub("", whole))
    known = _known(rest) if rest else Head()
    if known is not None:
        measure = known.measure or measure
        return replace(known, measure=settled(measure, unit) if measure and unit else measure, unit=unit)
    return Head(other=text, unit=unit)


def settled(measure: Measure, unit: str) -> Measure:
    """What a measure is in its unit: 增减 in % is growth, 同比 in 万元 a difference, in 百分点 points."""
    kind = unit if unit in GROWTHS else "百分点" if unit.endswith("百分点") else "amount"
    if unit == "‰" or unit.endswith("100"):
        return measure
    return measure.but(code=GROWTHS[kind].get(measure.code, measure.code))


def _known(text: str) -> Head | None:
    """Region, period, measure and vintage, alone or one behind the other; None when a rest is left over."""
    if known := _alone(text):
        return known
    for place in range(len(text) - 1, 0, -1):
        first, second = text[:place], text[place:].lstrip("(:-,").rstrip(")")
        if second and (known := _alone(first)) and (rest := _known(second)):
            return rest.with_rest_of(known)
    return None


def _alone(text: str) -> Head | None:
    if period := period_of(text):
        return Head(period=period)
    if name := region(text):
        return Head(region=name)
    if measure := _relative(bare(text)) or measures().get(bare(text)):
        return Head(measure=measure)
    vintage = _vintages().get(bare(text))
    return Head(vintage=vintage) if vintage else None


def _relative(text: str) -> Measure | None:
    """Growth or index of a year by another one that is named."""
    if RATE.fullmatch(text):
        return measures()["同比"]
    return measures()["指数"] if AS_INDEX.fullmatch(text) else None


@cache
def _vintages() -> dict[str, str]:
    return {
        bare(f"{word}{end}"): code for code, each in words().vintages.items() for word in each for end in ("", "数")
    }


def _without_numbering(text: str) -> tuple[str, int, bool]:
    """The text without 一、（一）1. ① and 其中：, the rank of its numbering, whether it is a part."""
    rest, rank, is_part = text.strip().strip("\u3000").strip(), 0, False
    while True:
        circle = NUMBERING[-1].match(rest)
        if circle and len(rest) > 1:
            rest, rank = rest[1:].strip(), 5
            continue
        half = plain(rest) if not FOOTNOTE.search(rest) else rest
        found = next((m for m in (pattern.match(half) for pattern in NUMBERING[:-1]) if m), None)
        if found and len(half) > found.end():
            rank = next(n for n, pattern in enumerate(NUMBERING, start=1) if pattern.match(half))
            rest = half[found.end() :]
        elif part := PART.match(half):
            rest, is_part = half[part.end() :], True
        else:
            return rest, rank, is_part


def _without_footnote(text: str) -> tuple[str, str | None]:
    found = FOOTNOTE.search(text.strip())
    return (text.strip()[: found.start()], found[1]) if found and found.start() else (text, None)


def _without_units(text: str) -> tuple[str, str | None, Measure | None]:
    """The text without units and measures in brackets at its end, the unit, the measure."""
    unit: str | None = None
    measure: Measure | None = None
    while text:
        found = BRACKETS.search(text)
        inner = found[1] if found else ""
        if found and (given := unit_of(inner.replace("±", "").replace("+-", ""))):
            unit = unit or given
        elif found and found.start() and (said := measures().get(bare(inner))) and bare(inner) != "":
            measure = measure or said
            unit = unit or ("%" if "%" in inner else None)
        elif found and SEVERAL_UNITS.search(inner) and all(map(unit_of, SEVERAL_UNITS.split(inner))):
            pass
        elif not found and (percent := re.search(r"(?:±|\+/?-)?([%‰])$", text)) and percent.start():
            unit, found = unit or percent[1], percent
        elif not found and (percent := re.search(r"[,:/](?:单位:)?([^,:/()]+)$", text)) and unit_of(percent[1]):
            unit, found = unit or unit_of(percent[1]), percent
        else:
            break
        text = text[: found.start()] if found else text
    return text, unit, measure


def _without_measure(text: str) -> tuple[str, Measure | None]:
    """The name without a measure at its end; '' where the whole text is one."""
    if measure := measures().get(bare(text)):
        return "", measure
    if found := SHARE.search(text):
        return text[: found.start()] or text, measures()["比重"]
    for place in range(1, len(text)):
        end = text[place:]
        if text[place] in "()" or end.count("(") != end.count(")"):
            continue
        measure = measures().get(bare(end))
        if measure and measure.code not in LEVELS and bare(end) not in NO_SUFFIX:
            return text[:place], measure
    return text, None

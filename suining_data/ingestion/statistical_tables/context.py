"""What stands around a table and holds for all its figures: titles, sheet, file, notes.

Here: period, region, indicator, units, release date and notes of a table. Not here: single figures (records.py).
"""

import re
from dataclasses import dataclass, field, replace

from suining_data.catalog.statistical_layouts import words
from suining_data.city import load_city
from suining_data.ingestion.statistical_tables.blocks import FILLER, Block
from suining_data.ingestion.statistical_tables.labels import label_of, units_in
from suining_data.ingestion.statistical_tables.periods import YEARS, Period, period_in, period_of
from suining_data.ingestion.statistical_tables.words import WHOLE_CITY, plain, region, region_in

RELEASED = re.compile(r"(?:发布|公布|制表)(?:日期|时间)[:]?((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)")
NOT_INDICATOR = re.compile(
    r"^(?:各县\(?市?、?区\)?|各县\(?区\)?|各区县|各地区|分县\(?市?、?区\)?|分县区|分区县|分地区|全市|县\(市、区\)|各县市区|主要年份|历年|部分)"
    r"|(?:情况)?(?:统计|核算|一览|快报|月报|汇总|完成情况|情况|进度)?表?(?:情况|完成情况)?$"
)
COMMON = re.compile(r"^(?:主要)?(?:经济|统计|国民经济)*(?:和社会发展)?(?:主要)?(?:经济)?指标$|^$")


@dataclass(frozen=True)
class Context:
    """What holds for every figure of a table unless the table says otherwise."""

    title: str = ""
    periods: tuple[Period, ...] = ()
    stamp: Period | None = None  # in the name of the file: when it was delivered
    region: str | None = None
    indicator: str | None = None
    units: tuple[str, ...] = ()
    vintage: str | None = None
    released_on: str | None = None
    footnotes: dict[str, str] = field(default_factory=dict)


def context_of(block: Block, corner: str, file_name: str) -> Context:
    """The context of a table from its titles, the name of its sheet and of its file."""
    lines = [line for line in block.titles if not FILLER.match(plain(line))]
    titles = [line for line in lines if not re.match(r"\(?(?:计量)?单位:", plain(line))]
    title = titles[0] if titles else ""
    texts = [*block.titles, *block.notes]
    whole = [*titles, *(note for note in block.notes if "本表" in note)]  # what is said of all its figures
    return Context(
        title=title,
        periods=_periods(titles, block.grid.sheet),
        stamp=period_in(re.sub(r"\.\w+$", "", file_name).replace("_", " ")) or _stamp(file_name),
        region=next((name for line in [*titles, block.grid.sheet] if (name := region(line) or region_in(line))), None),
        indicator=_indicator(titles, corner),
        units=tuple(dict.fromkeys(unit for text in [*block.titles, corner] for unit in units_in(text))),
        vintage=next(
            (code for line in whole for code, each in words().vintages.items() if any(w in line for w in each)), None
        ),
        released_on=next((day for text in texts if (day := _released(text))), None),
        footnotes=_footnotes(block.notes),
    )


def _periods(titles: list[str], sheet: str) -> tuple[Period, ...]:
    """Of the titles and the sheet; one that counts from January comes before the same month alone."""
    found = [period for text in [*titles, sheet] if (period := period_of(text) or period_in(text))]
    return tuple(sorted(found, key=lambda each: each.months is None or each.months[0] == each.months[1]))


def _stamp(file_name: str) -> Period | None:
    found = re.search(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])?(?:\d\d)?(?!\d)", file_name)
    if not found:
        return None
    month = int(found[2]) if found[2] else None
    return Period(int(found[1]), (month, month) if month else None)


def _indicator(titles: list[str], corner: str) -> str | None:
    """The indicator that a title names: 2023年1-5月各县（区）固定资产投资完成情况（万元）."""
    for text in [*titles, corner]:
        rest = YEARS.sub("", re.sub(r"(?:计量)?单位:.*", "", plain(text)))
        rest = re.sub(r"\(\)", "", re.sub(r"^(?:表[一二三四五六七八九十\d]*|\d{1,2}-\d{1,2}(?![\d月年]))", "", rest))
        rest = re.sub(
            r"[12]\d{3}年?(?:(?:前?\d{1,2}(?:[-~至]\d{1,2})?(?:个?月|季度))|上半年|全年|度)?|\d{1,2}(?:[-~至]\d{1,2})?月|[-~至]",
            "",
            rest,
        )
        name = label_of(rest).name
        for county in (region_in(name), WHOLE_CITY, load_city().name):
            name = name.removeprefix(county) if county else name
        before = ""
        while before != name:
            before, name = name, NOT_INDICATOR.sub("", name).strip("的及和")
        if not COMMON.search(name) and not name.startswith("表"):
            return name
    return None


def _released(text: str) -> str | None:
    found = RELEASED.search(plain(text))
    day = period_of(found[1]) if found else None
    return day.day if day else None


def _footnotes(notes: list[str]) -> dict[str, str]:
    """Mark -> the note that explains it: 注：*为初步数, ①口径…"""
    found: dict[str, str] = {}
    for line in notes:
        for mark, text in re.findall(r"([①-⑳]|\*+|(?<![A-Za-z(])[pPrReE](?=[为表:]))\s*(.*?)(?=[①-⑳]|$)", line):
            if text.strip():
                found.setdefault(mark.lower(), text.strip(" 、:：;；。"))
    return found


def with_delivery_year(period: Period | None, stamp: Period | None) -> Period | None:
    """A period whose year only the name of the file says: a file cannot report months after its own."""
    if period is None or stamp is None or stamp.year is None:
        return None
    last, delivered = (period.months or (1, 1))[1], (stamp.months or (12, 12))[1]
    return replace(period, year=stamp.year if last <= delivered else stamp.year - 1)

"""Periods as tables write them, in parts: the year in the title, the months in the header.

Here: the period of a text, one period from several places, its absolute name.
Not here: how the name is stored (elements/), which measure covers which months (records.py).
"""

import calendar
import re
from dataclasses import dataclass, replace

from suining_data.ingestion.statistical_tables.words import plain

DIGITS = str.maketrans("〇零一二三四五六七八九两", "001234567892")
YEAR = r"(?P<year>(?:19|20)\d\d)"
TO = r"(?:-|~|至|到)"
UNITS = {"月": 1, "季度": 3, "季": 3}


@dataclass(frozen=True)
class Period:
    """What a text says of a period. `months`: first and last; `by`: how it counts them (month, quarter); all may be missing.
    A `day` stands alone."""

    year: int | None = None
    months: tuple[int, int] | None = None
    by: str = "month"
    day: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.day is not None or self.year is not None

    @property
    def name(self) -> str:
        """2023年, 2023年5月, 2023年1-5月, 2023年第2季度, 2023年1-2季度, 2020-11-01."""
        if self.day:
            return self.day
        if self.months is None:
            return f"{self.year}年"
        first, last = self.months
        if self.by == "quarter":
            first, last = (first + 2) // 3, last // 3
            return f"{self.year}年第{last}季度" if first == last else f"{self.year}年{first}-{last}季度"
        return f"{self.year}年{last}月" if first == last else f"{self.year}年{first}-{last}月"


PATTERNS: tuple[tuple[str, str], ...] = (
    (rf"{YEAR}(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?:00:00:00)?", "day"),
    (rf"{YEAR}年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日?", "day"),
    (rf"(?:{YEAR}年?)?1?{TO}?(?P<l>\d{{1,2}})月末?累计", "to_month"),
    (rf"(?:{YEAR}[年.]?)?(?P<f>\d{{1,2}})月?{TO}(?P<l>\d{{1,2}})月份?(?:累计)?", "range"),
    (rf"{YEAR}M(?P<f>\d{{1,2}})-(?P<l>\d{{1,2}})", "range"),
    (rf"{YEAR}[.](?P<f>\d{{1,2}})-(?P<l>\d{{1,2}})", "range"),
    (rf"{YEAR}(?P<f>\d\d){TO}{YEAR.replace('year', 'same')}?(?P<l>\d\d)", "range"),
    (rf"(?:{YEAR}年?)?前(?P<l>\d{{1,2}})个?月", "to_month"),
    (rf"(?:{YEAR}年?)?(?:全年)?(?P<f>[1-4])季?度?{TO}(?P<l>[1-4])季度?(?:累计)?", "quarters"),
    (rf"(?:{YEAR}年?)?前(?P<l>[2-4])个?季度?(?:累计)?", "to_quarter"),
    (rf"(?:{YEAR}年?)?(?:上半年|H1)(?:累计)?", "half_1"),
    (rf"(?:{YEAR}年?)?(?:下半年|H2)", "half_2"),
    (rf"(?:{YEAR}年?-?)?第?(?P<l>[1-4])季度?末?", "quarter"),
    (rf"(?:{YEAR}年?-?)?Q(?P<l>[1-4])", "quarter"),
    (rf"{YEAR}[年M](?P<l>\d{{1,2}})月?(?:份|末|当月|底)?", "month"),
    (rf"{YEAR}[-./](?P<l>\d{{1,2}})", "month"),
    (rf"{YEAR}(?P<l>0[1-9]|1[0-2])", "month"),
    (r"(?P<l>\d{1,2})月(?:份|末|当月|底)?", "month"),
    (rf"{YEAR}年?(?:全年|度|末|底)?(?:\([^)]*\))?", "year"),
)
WHOLE = tuple((re.compile(pattern), kind) for pattern, kind in PATTERNS)
# In a running text a bare number is no period, and years from one to another are none.
IN_TEXT = (
    *((re.compile(rf"(?<![\d.]){pattern}(?![\d.])"), kind) for pattern, kind in PATTERNS if kind != "year"),
    (re.compile(rf"(?<!\d){YEAR}年(?:全年|度|末)?"), "year"),
)
YEARS = re.compile(rf"{YEAR}年?{TO}(?:19|20)\d\d年?(?![-.]\d)")


def period_of(text: str) -> Period | None:
    """The period that a whole text names; None if it is something else."""
    words = _digits(plain(text))
    for pattern, kind in WHOLE:
        if (found := pattern.fullmatch(words)) and (period := _period(found, kind)):
            return period
    return None


def period_in(text: str) -> Period | None:
    """The first period in a title, a sheet's or a file's name."""
    words = YEARS.sub("", _digits(plain(text)))
    for pattern, kind in IN_TEXT:
        for found in pattern.finditer(words):
            if period := _period(found, kind):
                if period.year is None and (year := re.search(rf"(?<!\d){YEAR}(?:年|(?!\d))", words)):
                    return replace(period, year=int(year["year"]))
                return period
    return None


def combined(*parts: Period | None) -> Period | None:
    """One period: year and months each from the first part that has them; None without a year."""
    given = [part for part in parts if part is not None]
    if given and given[0].day:
        return given[0]
    whole = [Period(int(part.day[:4]), (m := int(part.day[5:7]), m)) if part.day else part for part in given]
    year = next((part.year for part in whole if part.year is not None), None)
    spanned = next((part for part in whole if part.months is not None), None)
    if year is None:
        return None
    return Period(year, spanned.months, spanned.by) if spanned else Period(year)


def combined_parts(nearer: Period | None, other: Period | None) -> Period | None:
    """The nearer of two parts, with the year or the months that only the other one has."""
    if nearer is None or other is None or nearer.day or other.day:
        return nearer or other
    months = nearer if nearer.months else other
    return Period(nearer.year or other.year, months.months, months.by)


def end_of_quarter(day: str) -> Period | None:
    """From January to the end of a quarter, as accounts are dated."""
    year, month, date = int(day[:4]), int(day[5:7]), int(day[8:10])
    if month % 3 or date != calendar.monthrange(year, month)[1]:
        return None
    return Period(year, (1, month), "quarter")


def _digits(text: str) -> str:
    """Numbers of years, months and quarters in digits: 二〇二三年, 十一月, 一季度."""
    text = re.sub(r"([二一][〇零九0-9一二三四五六七八]{3})(?=年)", lambda m: m[1].translate(DIGITS), text)
    text = re.sub(r"十([一二])(?=月|个月)", lambda m: "1" + m[1].translate(DIGITS), text)
    text = re.sub(r"十(?=月|个月)", "10", text)
    return re.sub(r"[一二三四五六七八九两](?=月|季|个月|个季|-|~|至|到)", lambda m: m[0].translate(DIGITS), text)


def _period(found: re.Match[str], kind: str) -> Period | None:
    parts = found.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if kind == "day":
        return _day(year, int(parts["m"]), int(parts["d"]))
    if kind == "year":
        return Period(year)
    if kind in ("half_1", "half_2"):
        return Period(year, (1, 6) if kind == "half_1" else (7, 12), "quarter")
    last = int(parts["l"])
    if kind in ("quarters", "to_quarter", "quarter"):
        first = {"quarters": int(parts.get("f") or 1), "to_quarter": 1}.get(kind, last)
        return Period(year, (first * 3 - 2, last * 3), "quarter") if first <= last else None
    first = {"range": int(parts.get("f") or 0), "to_month": 1}.get(kind, last)
    return Period(year, (first, last)) if 1 <= first <= last <= 12 else None


def _day(year: int | None, month: int, day: int) -> Period | None:
    if year is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return Period(day=f"{year}-{month:02}-{day:02}")

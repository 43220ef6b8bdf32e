"""Charts as SVG: bars of years with their growth, cumulative months, places compared; several of them as one picture.

Here: shapes and where they are. Not here: which figures are shown (chart_book.py). Texts are nodes of XML, so whatever a
department writes is a text; nothing in a picture names an address but the namespace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from lxml import etree
from lxml.builder import ElementMaker

from suining_data.display import visible

SVG = ElementMaker(namespace="http://www.w3.org/2000/svg", nsmap={None: "http://www.w3.org/2000/svg"})
FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei',SimHei,sans-serif"
INK, SOFT, AXIS, GRID, BAR, UNPUBLISHED, GROWTH = (
    "#1f2933",
    "#667380",
    "#c4ccd3",
    "#eef1f4",
    "#1c5d99",
    "#a9c3da",
    "#b4460f",
)
YEARS = ("#9fb6c9", "#5c8fb8", BAR)  # lines of years, the last one strongest
WIDTH, HEIGHT, COLUMNS = 400, 250, 3
LEFT, RIGHT, TOP, BOTTOM = 14, 14, 50, 24
BAND = 46  # height of the line of growth above the bars
LABELS = 13  # height of a label above a bar

Shape = etree._Element


@dataclass(frozen=True)
class Point:
    """A value with what stands below it and what is added to its label."""

    label: str
    value: float
    mark: str = ""
    is_published: bool = True


def picture(panels: Sequence[list[Shape]], name: str) -> Shape:
    """Panels side by side as one picture."""
    columns = min(len(panels), COLUMNS)
    width, height = columns * WIDTH, ceil(len(panels) / COLUMNS) * HEIGHT
    size = {"width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}"}
    svg = SVG.svg(SVG.title(visible(name)), role="img", **size, **{"font-family": FONT, "font-size": "11"})
    svg.append(SVG.rect(width=str(width), height=str(height), fill="#fff"))
    for position, shapes in enumerate(panels):
        x, y = position % COLUMNS * WIDTH, position // COLUMNS * HEIGHT
        svg.append(SVG.g(*shapes, transform=f"translate({x} {y})"))
    return svg


def bars(title: str, unit: str, points: Sequence[Point], growth: Mapping[str, float], base: float = 0.0) -> list[Shape]:
    """Bars from a base, and above them the growth of the years that have one, in per cent; a line joins years that follow each other."""
    shown = {point.label: growth[point.label] for point in points if point.label in growth}
    top = TOP + (BAND if shown else 0)
    step = (WIDTH - LEFT - RIGHT) / len(points)
    middles = [LEFT + step * (position + 0.5) for position in range(len(points))]
    lengths = [point.value - base for point in points]
    lowest, highest = min(0.0, *lengths), max(0.0, *lengths)
    scale = (HEIGHT - BOTTOM - top - LABELS * (2 if lowest < 0 else 1)) / ((highest - lowest) or 1)
    zero = top + LABELS + highest * scale
    shapes = _heading(title, f"单位：{unit}" + ("；折线为增速（%）" if shown else ""))
    shapes.append(_line(LEFT, zero, WIDTH - RIGHT, zero, AXIS))
    for x, point, above_base in zip(middles, points, lengths, strict=True):
        width, length = min(step * 0.62, 46), abs(above_base) * scale
        y = zero - length if above_base >= 0 else zero
        shapes.append(_bar(x - width / 2, y, width, length, point))
        above = y - 3 if above_base >= 0 else y + length + 11
        shapes.append(words(x, above, number(point.value) + point.mark, size=_size(len(points))))
        shapes.append(words(x, HEIGHT - 8, point.label, SOFT, size=_size(len(points))))
    for x, (before, after) in zip(middles[1:], pairwise(points), strict=True):
        if int(after.label) - int(before.label) > 1:  # years that nobody reported
            shapes.append(words(x - step / 2, HEIGHT - 8, "…", SOFT))
    if shown:
        shapes += _growth(middles, [(p.label, shown.get(p.label)) for p in points])
    return shapes


def months(
    title: str, unit: str, years: Mapping[str, Sequence[tuple[int, float]]], said: str, *, is_from_zero: bool
) -> list[Shape]:
    """A line for each year: the month, and the value up to it or in it. `said`: what is said of the last point."""
    values = [value for line in years.values() for _, value in line]
    lowest, highest = min(values), max(values)
    lowest = min(0.0, lowest) if is_from_zero else lowest - (highest - lowest) / 2
    scale = (HEIGHT - TOP - BOTTOM - LABELS) / ((highest - lowest) or 1)
    bottom, left, step = HEIGHT - BOTTOM, LEFT + 58, (WIDTH - LEFT - RIGHT - 110) / 11

    def place(month: int, value: float) -> tuple[float, float]:
        return left + step * (month - 1), bottom - (value - lowest) * scale

    shapes = [*_heading(title, f"单位：{unit}；{said}"), _line(left - 8, bottom, WIDTH - RIGHT, bottom, AXIS)]
    shapes += [words(place(month, 0)[0], HEIGHT - 8, f"{month}月", SOFT, size=8.5) for month in range(1, 13)]
    for value in (max(values), min(values)):
        y = place(1, value)[1]
        shapes.append(_line(left - 8, y, WIDTH - RIGHT, y, GRID))
        shapes.append(words(left - 12, y + 3, number(value), SOFT, anchor="end", size=8.5))
    ends: list[tuple[float, float, str, str]] = []
    for color, (year, line) in zip(YEARS[-len(years) :], years.items(), strict=True):
        points = [place(*point) for point in line]
        if len(points) > 1:
            shapes.append(_polyline(points, color))
        shapes += [SVG.circle(cx=short(x), cy=short(y), r="2.2", fill=color) for x, y in points]
        ends.append((points[-1][1] + 3, points[-1][0] + 6, f"{year}年", color))
    return shapes + _spaced(ends)


def places(title: str, unit: str, points: Sequence[Point]) -> list[Shape]:
    """A bar to the right for each place."""
    longest = max(abs(point.value) for point in points) or 1
    left, step = LEFT + 78, min((HEIGHT - TOP - 10) / len(points), 30)
    shapes = _heading(title, f"单位：{unit}")
    for position, point in enumerate(points):
        y, length = TOP + 6 + step * position, abs(point.value) / longest * (WIDTH - left - RIGHT - 76)
        shapes.append(words(left - 6, y + step * 0.5 + 1, point.label, anchor="end"))
        shapes.append(_bar(left, y, length, step * 0.66, point))
        shapes.append(words(left + length + 4, y + step * 0.5 + 1, number(point.value) + point.mark, anchor="start"))
    return shapes


def number(value: float) -> str:
    """A number with all its digits, and a comma at each thousand."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _growth(middles: Sequence[float], years: Sequence[tuple[str, float | None]]) -> list[Shape]:
    """The line of growth in its band; years may be missing between two labels."""
    values = [value for _, value in years if value is not None]
    lowest, highest = min(values), max(values)
    scale = (BAND - 24) / ((highest - lowest) or 1)
    shapes: list[Shape] = []
    before: tuple[str, float, float] | None = None
    for x, (year, value) in zip(middles, years, strict=True):
        if value is None:
            continue
        y = TOP + 14 + (highest - value) * scale
        if before and int(year) - int(before[0]) == 1:
            shapes.append(_line(before[1], before[2], x, y, GROWTH))
        shapes.append(SVG.circle(cx=short(x), cy=short(y), r="2.2", fill=GROWTH))
        shapes.append(words(x, y - 5, number(value), GROWTH, size=_size(len(years))))
        before = (year, x, y)
    return shapes


def _spaced(texts: Sequence[tuple[float, float, str, str]]) -> list[Shape]:
    """Texts (y, x, text, color) from the top down, none on the one above it."""
    shapes: list[Shape] = []
    free = 0.0
    for y, x, text, color in sorted(texts):
        free = max(y, free)
        shapes.append(words(x, free, text, color, anchor="start", size=9))
        free += 11
    return shapes


def _heading(title: str, below: str) -> list[Shape]:
    return [
        words(LEFT, 20, _cut(title, 27), anchor="start", size=13, weight="600"),
        words(LEFT, 36, _cut(below, 40), SOFT, anchor="start", size=10),
    ]


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _size(points: int) -> float:
    return 10 if points <= 6 else 8.5 if points <= 9 else 7


def _bar(x: float, y: float, width: float, height: float, point: Point) -> Shape:
    color = BAR if point.is_published else UNPUBLISHED
    return SVG.rect(x=short(x), y=short(y), width=short(width), height=short(height), fill=color)


def words(
    x: float, y: float, text: str, color: str = INK, *, anchor: str = "middle", size: float = 10, weight: str = "400"
) -> Shape:
    how = {"text-anchor": anchor, "font-size": short(size), "font-weight": weight}
    return SVG.text(visible(text), x=short(x), y=short(y), fill=color, **how)


def _line(x: float, y: float, to_x: float, to_y: float, color: str) -> Shape:
    return SVG.line(x1=short(x), y1=short(y), x2=short(to_x), y2=short(to_y), stroke=color, **{"stroke-width": "1.2"})


def _polyline(places: Sequence[tuple[float, float]], color: str) -> Shape:
    points = " ".join(f"{short(x)},{short(y)}" for x, y in places)
    return SVG.polyline(points=points, fill="none", stroke=color, **{"stroke-width": "1.6"})


def short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

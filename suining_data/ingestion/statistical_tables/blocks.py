"""The tables of a sheet: several below each other or side by side, each with its titles, header, body and notes.

Here: which rows are titles, headers, data, notes; where a table begins and ends. Not here: what the header means
(fitting.py).
"""

import re
from dataclasses import dataclass, field

from suining_data.catalog.statistical_layouts import words
from suining_data.ingestion.statistical_tables.grid import Grid
from suining_data.ingestion.statistical_tables.labels import Head, head_of, unit_of
from suining_data.ingestion.statistical_tables.values import value_of
from suining_data.ingestion.statistical_tables.words import plain

BEGINS = ("indicator", "region", "period", "period_end", "skip")
YEAR = re.compile(r"(?:19|20)\d\d")
COLUMN_NUMBER = re.compile(r"[甲乙丙丁]|\d{1,2}")
FILLER = re.compile(r"^(?:填报|制表|发布|公布|报送|编制|报告期|单位负责|表号|文号|制定机关|批准|有效期)")


@dataclass
class Block:
    """One table: its rows by kind, and its columns from `left` to `right`."""

    grid: Grid
    titles: list[str]
    header: list[int]
    body: list[int]
    left: int
    right: int
    notes: list[str] = field(default_factory=list)


@dataclass
class Page:
    """A sheet's tables and the rows that belong to none."""

    blocks: list[Block] = field(default_factory=list)
    header_rows: int = 0
    blank: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)


def page_of(grid: Grid) -> Page:
    """Every row of the sheet is a title, a header, a row of a table's body, a note or blank."""
    page, row = Page(), 0
    titles: list[int] = []
    tail: list[str] = []
    while row < len(grid.rows):
        if not grid.filled(row):
            page.blank.append(row)
        elif is_note(grid, row):
            page.notes.append(row)
            tail.append(_text(grid, row))
        elif header := _header_at(grid, row):
            body = _body(grid, header[-1] + 1)
            page.header_rows += len(titles) + len(header)
            header = [r for r in header if not _is_column_numbers(grid, r)]
            notes = [r for r in body if grid.filled(r) and is_note(grid, r)]
            page.blank += [r for r in body if not grid.filled(r)]
            page.notes += notes
            texts = [_text(grid, r) for r in notes]
            rows = [r for r in body if r not in notes and grid.filled(r)]
            page.blocks += _side_by_side(grid, titles, header, rows, [*tail, *texts])
            titles, tail = [], []
            row = (body[-1] if body else header[-1]) + 1
            continue
        else:
            titles.append(row)
        row += 1
    page.header_rows += len(titles)
    return page


def is_note(grid: Grid, row: int) -> bool:
    """注：…, 资料来源：…, *为初步数, ①…"""
    columns = grid.filled(row)
    text = grid.at(row, columns[0]).strip()
    if len(columns) > 2 and not re.match(r"(?:制表|审核|填表|单位负责人|统计负责人)", plain(text)):
        return False
    half = plain(text)
    if re.match(r"[①-⑳]|\*|带\*", text) and len(half) > 4 and len(columns) == 1:
        return not _has_figures(grid, row)
    beginning = re.match(r"\(?(?:\d[.、])?([一-鿿]+?)\d?\)?[:]", half)
    named = beginning is not None and any(beginning[1].startswith(word) for word in words().notes)
    return (named or half in ("注", "备注", "说明") or half.startswith("本表")) and not _has_figures(grid, row)


def is_year(text: str) -> bool:
    return YEAR.fullmatch(plain(text)) is not None


def _text(grid: Grid, row: int) -> str:
    return " ".join(grid.at(row, column).strip() for column in grid.filled(row))


def _has_figures(grid: Grid, row: int) -> bool:
    """A number or a sign for one stands behind the first cell."""
    columns = grid.filled(row)
    return any(value_of(grid.at(row, c)) is not None for c in columns[1:])


def _header_at(grid: Grid, row: int) -> list[int]:
    """The rows of the header that begins in a row; none when the row is a title."""
    if not _is_header(grid, row) and not _is_above_header(grid, row) and not _is_unknown_header(grid, row):
        return []
    rows, last = [row], row
    while last + 1 < len(grid.rows) and (_continues(grid, last + 1, rows) or _is_column_numbers(grid, last + 1)):
        last += 1
        rows.append(last)
    return rows


def _is_header(grid: Grid, row: int) -> bool:
    """A row with a name like 指标 or 地区 over its labels, or one whose cells all say region, period or measure."""
    columns = sorted({grid.anchors.get((row, c), (row, c))[1] for c in range(len(grid.rows[row])) if grid.over(row, c)})
    if len(columns) < 2:
        return False
    texts = [grid.over(row, column) for column in columns]
    if not _only_words_and_years(texts):
        return False
    names = [head_of(text) for text in texts]
    begins = any(name.head in BEGINS for name in names[:3])
    return begins or (all(map(_is_known, names[1:])) and not _is_title_line(texts))


def _is_known(head: Head) -> bool:
    return head.other is None and head.head != "note"


def _is_title_line(texts: list[str]) -> bool:
    """填报单位 and 单位：万元 stand above a table and are no header."""
    return all(
        FILLER.match(plain(text)) or re.search("单位:", plain(text)) or len(plain(text)) > 14 for text in texts
    ) or (all(unit_of(text) or re.search("单位:", plain(text)) for text in texts[1:]))


def _only_words_and_years(texts: list[str]) -> bool:
    """No cell is a figure; years are words if they are not all figures behind a label of a body."""
    figures = [text for text in texts if value_of(text) is not None]
    if not figures:
        return True
    words_ = [text for text in texts if value_of(text) is None]
    return all(map(is_year, figures)) and all(_is_known(head_of(text)) for text in words_)


def _is_above_header(grid: Grid, row: int) -> bool:
    """A header without a name over its labels: 全市 alone over the names of measures, 累计 alone over figures."""
    columns = grid.filled(row)
    if row + 1 >= len(grid.rows) or columns[0] == 0 or not grid.filled(row + 1):
        return False
    if not _is_header(grid, row + 1) and not _has_figures(grid, row + 1):
        return False
    heads = [head_of(grid.at(row, column)) for column in columns]
    return all(_is_known(head) and head.unit is None for head in heads)


def _is_unknown_header(grid: Grid, row: int) -> bool:
    """A row of words over a row with figures: a header, although its words are not known."""
    columns = grid.filled(row)
    texts = [grid.at(row, column) for column in columns]
    if len(columns) < 2 or any(value_of(text) is not None for text in texts) or _is_title_line(texts):
        return False
    below = next((r for r in range(row + 1, len(grid.rows)) if grid.filled(r)), None)
    if below is None:
        return False
    return _has_figures(grid, below) or _is_header(grid, below)


def _continues(grid: Grid, row: int, header: list[int]) -> bool:
    """A further row of the header: words below, with nothing new in the first column."""
    columns = grid.filled(row)
    if not columns:
        return False
    first = min(c for r in header for c in range(len(grid.rows[r])) if grid.over(r, c))
    texts = [grid.at(row, column) for column in columns]
    if not _only_words_and_years(texts):
        return False
    if columns[0] > first and any(grid.over(header[-1], column) or column > first for column in columns):
        return True
    return _is_header(grid, row) and not _starts_anew(grid, row, header)


def _starts_anew(grid: Grid, row: int, header: list[int]) -> bool:
    names = [head_of(grid.over(r, c)).head for r in header for c in grid.filled(r)]
    return head_of(grid.at(row, grid.filled(row)[0])).head in BEGINS and any(name in BEGINS for name in names)


def _is_column_numbers(grid: Grid, row: int) -> bool:
    """甲 1 2 3 under the names of the columns."""
    texts = [plain(grid.at(row, column)) for column in grid.filled(row)]
    if len(texts) < 2 or not all(map(COLUMN_NUMBER.fullmatch, texts)):
        return False
    numbers = [int(text) for text in texts if text.isdigit()]
    return numbers == list(range(1, len(numbers) + 1)) and (not texts[0].isdigit() or len(numbers) == len(texts))


def _body(grid: Grid, first: int) -> list[int]:
    """The rows up to the titles of the next table."""
    rows: list[int] = []
    for row in range(first, len(grid.rows)):
        if grid.filled(row) and not is_note(grid, row) and rows and _next_begins(grid, row):
            break
        rows.append(row)
    while rows and not grid.filled(rows[-1]):
        rows.pop()
    return rows


def _next_begins(grid: Grid, row: int) -> bool:
    """A header begins here, or titles and then a header."""
    for below in range(row, len(grid.rows)):
        columns = grid.filled(below)
        if not columns:
            if below == row:
                return False
            continue
        if _is_header(grid, below) or _is_above_header(grid, below):
            return True
        if _has_figures(grid, below) or is_note(grid, below) or below - row > 5:
            return False
    return False


def _side_by_side(grid: Grid, titles: list[int], header: list[int], body: list[int], notes: list[str]) -> list[Block]:
    """The tables beside each other: one begins where the names over labels come again behind figures."""
    columns = [c for c in range(grid.width) if any(grid.over(r, c) for r in header)]
    starts, seen = [columns[0]], False
    for column in columns[1:]:
        head = head_of(grid.over(header[-1], column)).head or head_of(grid.over(header[0], column)).head
        if head is None:
            seen = True
        elif seen and head in BEGINS[:4]:
            starts.append(column)
            seen = False
    starts[0] = 0
    ends = [*(start - 1 for start in starts[1:]), grid.width - 1]
    return [
        Block(grid, _titles(grid, titles, left, right, len(starts)), header, body, left, right, notes)
        for left, right in zip(starts, ends, strict=True)
    ]


def _titles(grid: Grid, rows: list[int], left: int, right: int, tables: int) -> list[str]:
    """The title cells over a table; a line with one cell belongs to all tables beside each other."""
    found: list[str] = []
    for row in rows:
        columns = grid.filled(row)
        is_own = tables > 1 and len(columns) > 1
        found += [grid.at(row, c).strip() for c in columns if not is_own or left <= c <= right]
    return found

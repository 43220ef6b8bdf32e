"""The workbook in which clerks decide pairs: a page with instructions, and a sheet per subject with a row per pair.

Here: sheets, columns, formats. Not here: which pairs are in it (queue.py), reading it back (returned.py).

Every cell is text. So a number keeps its digits, and a value that begins with = is never a formula.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from suining_data.review.labels import ITEMS, STATES, SUBJECTS, VERDICTS, evidence_text, percentage
from suining_data.review.pair_view import Party
from suining_data.review.queue import OpenPair

COVER, FONT = "说明", "宋体"
PAIR, VERDICT, BY, WHY = "配对编号", "判定", "判定人", "理由"  # the columns that are read back
LEFT, RIGHT = "甲", "乙"
SOURCE, FILE, LINE = "来源", "文件", "行号"
WIDTHS = {PAIR: 19, VERDICT: 9, BY: 10, WHY: 24, "状态": 13, "概率": 9, "依据": 60, "已看过": 20}
ITEM_WIDTHS = {SOURCE: 30, FILE: 22, LINE: 8, "地址": 36, "关联事项": 30, "号码": 22, "代码或号码": 22, "名称": 30}
MOST_CHARACTERS = 32_000  # a cell holds 32,767

INSTRUCTIONS = (
    "每行是一对记录，“甲”“乙”各是一条来件记录，或者已有有效号码的人员、单位。请判断两者是不是同一个。",
    f"在“{VERDICT}”列选择 {'、'.join(VERDICTS.values())}，在“{BY}”列写姓名；“{WHY}”可以不写。没有判定的行不必删除，读入时跳过。",
    f"请不要改动“{PAIR}”列；行可以排序、筛选、删除，列可以隐藏、移动。",
    "“依据”中的数字：正数支持同一，负数反对；每多 1，可能性加倍或减半。",
    "“概率”由各项依据合计而来，只供参考；以核实的材料为准。",
    "填好后运行 suining review import 本文件；下一次 suining refresh 按判定归并。改变主意可以再判，以最后一次为准。",
    "两个不同的有效号码、互相矛盾的出生日期，判为相同也不会归并；请先由交付部门更正。",
    "本文件含个人信息，仅供核对，请勿转发，用后删除。",
)


def write_workbook(file: Path, pairs: Sequence[OpenPair], day: date) -> None:
    """Write the pairs, in their order, to `file`. The file appears complete, or not at all."""
    fresh = file.with_name(f".{file.name}.new")
    with xlsxwriter.Workbook(fresh, {"in_memory": False}) as book:
        book.formats[0].set_font_name(FONT)
        _write_cover(book, day)
        for subject, name in SUBJECTS.items():
            about = [pair for pair in pairs if pair.subject == subject]
            if about:
                _write_pairs(book, name, subject, about)
    fresh.replace(file)


def _write_cover(book: xlsxwriter.Workbook, day: date) -> None:
    sheet = book.add_worksheet(COVER)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, "待判定记录", book.add_format({"font_name": FONT, "bold": True, "font_size": 16}))
    text = book.add_format({"font_name": FONT, "num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.write_string(1, 0, f"导出日期：{day.isoformat()}", text)
    for number, sentence in enumerate(INSTRUCTIONS, start=1):
        sheet.write_string(number + 2, 0, f"{number}. {sentence}", text)


def _write_pairs(book: xlsxwriter.Workbook, name: str, subject: str, pairs: Sequence[OpenPair]) -> None:
    sheet = book.add_worksheet(name)
    header = book.add_format({"font_name": FONT, "bold": True, "bg_color": "#DDEBF7", "border": 1, "valign": "top"})
    text = book.add_format({"font_name": FONT, "num_format": "@", "text_wrap": True, "valign": "top"})
    entry = book.add_format({"font_name": FONT, "num_format": "@", "valign": "top", "bg_color": "#FFF9E5", "border": 1})
    rows = [_cells(pair) | {VERDICT: "", BY: "", WHY: ""} for pair in pairs]
    titles = [PAIR, VERDICT, BY, WHY, "状态", "概率", "依据", "已看过", *_titles(subject, rows)]
    sheet.freeze_panes(1, 2)
    for column, title in enumerate(titles):
        item = title.partition("·")[0]
        sheet.set_column(column, column, WIDTHS.get(title) or ITEM_WIDTHS.get(item, 13))
        sheet.write_string(0, column, title, header)
    for number, row in enumerate(rows, start=1):
        for column, title in enumerate(titles):
            form = entry if title in (VERDICT, BY, WHY) else text
            sheet.write_string(number, column, row[title][:MOST_CHARACTERS], form)
    sheet.data_validation(
        1,
        titles.index(VERDICT),
        len(rows),
        titles.index(VERDICT),
        {
            "validate": "list",
            "source": list(VERDICTS.values()),
            "error_title": VERDICT,
            "error_message": f"请选择：{'、'.join(VERDICTS.values())}",
        },
    )
    sheet.autofilter(0, 0, len(rows), len(titles) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + 1}"})


def _titles(subject: str, rows: Sequence[dict[str, str]]) -> list[str]:
    """The columns of the items that a party reports in some row: for each item, left and right party side by side."""
    items = [[f"{item}·{name}" for name in (LEFT, RIGHT)] for item in (SOURCE, FILE, LINE, *ITEMS[subject].values())]
    return [title for both in items if any(row[each] for row in rows for each in both) for title in both]


def _cells(pair: OpenPair) -> dict[str, str]:
    """Column -> text, without the columns that the clerk fills in."""
    cells = {
        PAIR: pair.pair_id,
        "状态": STATES[pair.state],
        "概率": percentage(pair.probability),
        "依据": evidence_text(pair.subject, pair.evidence),
        "已看过": "；".join(pair.unsure_by),
    }
    for name, party in ((LEFT, pair.left), (RIGHT, pair.right)):
        cells |= {f"{item}·{name}": value for item, value in _reported(pair.subject, party).items()}
    return cells


def _reported(subject: str, party: Party) -> dict[str, str]:
    reported = {label: "\n".join(party.reported.get(item, [])) for item, label in ITEMS[subject].items()}
    return {SOURCE: party.source, FILE: party.file or "", LINE: str(party.line or ""), **reported}

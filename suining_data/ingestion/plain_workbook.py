"""The cells of a workbook that is no delivery: a decision sheet that a person sends back.

Here: reading it in the guarded process. Not here: workbooks of a resource (workbook.py), what the cells mean (review/).
"""

from pathlib import Path

from suining_data.ingestion.guarded import guarded
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook import open_workbook
from suining_data.ingestion.workbook_cells import DamagedParts, Locked
from suining_data.settings import Limits

Rows = list[list[str]]


def workbook_cells(file: Path) -> dict[str, Rows]:
    """Sheet name -> its rows of texts, as the sheet shows them; a row ends with its last filled cell.

    Refused when the file cannot be read, OSError when it cannot be opened.
    """
    file.stat()
    limits = Limits()
    return guarded(limits, _rows, file, limits)


def _rows(file: Path, limits: Limits) -> dict[str, Rows]:
    try:
        sheets = [(sheet.name, sheet.read().rows) for sheet in open_workbook(file, limits)]
    except (DamagedParts, Locked):
        raise Refused(
            "全文件: 不是工作簿、已损坏或有密码。请用表格软件另存为 .xlsx。",
            "whole file: no workbook, damaged, or with a password. Save it as .xlsx in a spreadsheet program.",
        ) from None
    return {name: [[str(cell).strip() for cell in row] for row in rows] for name, rows in sheets}

"""The cells of a workbook that is no delivery: a decision sheet that a person sends back.

Here: reading it in the guarded process. Not here: workbooks of a resource (workbook.py), what the cells mean (review/).
"""

from pathlib import Path

from python_calamine import PasswordError

from suining_data.ingestion.guarded import guarded
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook import cell_text, open_workbook
from suining_data.ingestion.workbook_parts import DamagedParts
from suining_data.settings import Limits

Cells = list[list[str]]


def workbook_cells(file: Path) -> dict[str, Cells]:
    """Sheet name -> its rows of texts. Refused when the file cannot be read, OSError when it cannot be opened."""
    file.stat()
    return guarded(Limits(), _cells, file)


def _cells(file: Path) -> dict[str, Cells]:
    try:
        book, _ = open_workbook(file)
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (DamagedParts, PasswordError):
        raise Refused(
            "全文件: 不是工作簿、已损坏或有密码。请用表格软件另存为 .xlsx。",
            "whole file: no workbook, damaged, or with a password. Save it as .xlsx in a spreadsheet program.",
        ) from None
    return {name: [[cell_text(cell).strip() for cell in row] for row in rows] for name, rows in sheets.items()}

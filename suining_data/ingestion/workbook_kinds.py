"""What a file is that was declared as a workbook and is none: the reason that its refusal gives.

Here: web pages, XML spreadsheets, text tables and other archives under the name of a workbook.
Not here: workbooks (workbook_xml.py, workbook_97.py).
"""

import re
from pathlib import Path

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.reading import Refused, yaml_of

HEAD_BYTES = 4096
SIGNATURES = {b"PK\x03\x04": Format.XLSX, b"\xd0\xcf\x11\xe0": Format.XLS}
HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
XML_SPREADSHEET = re.compile(
    r"urn:schemas-microsoft-com:office:spreadsheet|<\?mso-application\s+progid=.Excel", re.IGNORECASE
)
MAIL_PAGE = re.compile(r"^MIME-Version:", re.IGNORECASE)  # "single file web page", .mht
DELIMITED = re.compile(r"[^\r\n]*[,\t|;][^\r\n]*(?:[\r\n]|$)")

# What a file is -> Chinese, English
HTML_PAGE = "网页（HTML 表格），只是后缀改成了工作簿", "a web page (an HTML table) under the name of a workbook"
XML_2003 = (
    "XML 电子表格 2003（SpreadsheetML），只是后缀改成了工作簿",
    "an XML Spreadsheet 2003 under the name of a workbook",
)
TEXT_TABLE = "文本表格（CSV），只是后缀改成了工作簿", "a text table (CSV) under the name of a workbook"
BINARY = "二进制工作簿（XLSB）", "a binary workbook (XLSB)"
OPEN_DOCUMENT = "开放文档电子表格（ODS）", "an OpenDocument spreadsheet (ODS)"


def no_workbook(file: Path, resource: Resource) -> Refused:
    """The refusal of a file that cannot be read as the workbook that the catalogue declares."""
    declared = resource.delivery.format
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    found = SIGNATURES.get(head[:4])
    other = _other_kind(head, file) if found in (None, Format.XLSX) else None
    if other is not None:
        zh, en = other
        return Refused(
            f"全文件: 不是 {declared.upper()} 工作簿，而是{zh}。"
            f"请交付方用表格软件打开后另存为 {_save_as(declared)} 再交付（只改后缀不行）。",
            f"whole file: not an {declared.upper()} workbook but {en}. Ask the department to open it in a spreadsheet program "
            f"and to save it as {declared.upper()}; renaming it is not enough.",
        )
    is_other = found not in (None, declared)
    return Refused(
        f"全文件: 不是 {declared.upper()} 工作簿{f'，而像是 {found}' if is_other else '，或文件损坏'}。"
        f"请核对 {yaml_of(resource)} 的 delivery.format，或请交付方重新导出。",
        f"whole file: not an {declared.upper()} workbook{f' but {found}' if is_other else ', or damaged'}. "
        f"Check delivery.format in {yaml_of(resource)}, or ask the department for a new export.",
    )


def _save_as(declared: Format) -> str:
    return "“Excel 工作簿（*.xlsx）”" if declared is Format.XLSX else "“Excel 97-2003 工作簿（*.xls）”"


def _other_kind(head: bytes, file: Path) -> tuple[str, str] | None:
    if head.startswith(b"PK\x03\x04"):
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - (64 << 10)))
            end = stream.read()  # the names of the parts
        if b"xl/workbook.bin" in end:
            return BINARY
        return OPEN_DOCUMENT if b"opendocument.spreadsheet" in head else None
    text = _text(head)
    if text is None:
        return None
    if XML_SPREADSHEET.search(text):
        return XML_2003
    if HTML.search(text) or MAIL_PAGE.match(text):
        return HTML_PAGE
    return TEXT_TABLE if DELIMITED.match(text) else None


def _text(head: bytes) -> str | None:
    """The head of a file as text; None when it is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff \r\n\t")
    if b"\0" in head:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):  # the head may end within a character
            try:
                return head[: len(head) - cut].decode(encoding).lstrip("\ufeff \r\n\t")
            except UnicodeDecodeError:
                continue
    return None

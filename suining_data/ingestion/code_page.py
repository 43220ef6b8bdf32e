"""What a DBF or its .cpg says about the encoding of its text, compared with the encoding that the catalogue declares.

Here: the language driver of the header, the names in a .cpg, the refusal when both cannot be true.
Not here: what the text looks like (encodings.py).

Chinese text in GBK can often be decoded as UTF-8 or as the code page of Taiwan, Japan or Korea, and the reverse, but with
wrong characters. Code pages without Chinese characters (1252, 437, "ANSI") are no contradiction: many programs write theirs
into every file, whatever it holds.
"""

import re
from pathlib import Path

from suining_data.catalog.model import Resource
from suining_data.ingestion.reading import Refused, yaml_of

LONGEST_NAME = 100  # bytes; a .cpg is one name
NOISE = re.compile(r"[^A-Z0-9]|WINDOWS|ANSI|OEM|CP|MS")

CHINESE, UTF_8 = "GBK", "UTF-8"
FAMILIES = {
    UTF_8: ("UTF8", "65001"),
    CHINESE: ("GBK", "GB2312", "GB18030", "936", "54936", "EUCCN", "HZGB2312"),
    "Big5": ("BIG5", "BIG5HKSCS", "950"),
    "Shift JIS": ("SHIFTJIS", "SJIS", "932"),
    "Korean": ("EUCKR", "KSC5601", "949"),
}
FAMILY_OF_NAME = {name: family for family, names in FAMILIES.items() for name in names}
FAMILY_OF_DRIVER = {
    0x13: "Shift JIS", 0x7B: "Shift JIS", 0x4D: CHINESE, 0x7A: CHINESE, 0x4E: "Korean", 0x79: "Korean",
    0x4F: "Big5", 0x78: "Big5",
}  # fmt: skip


def refuse_if_other_code_page(cpg: Path, resource: Resource) -> None:
    """Refused when the .cpg names an encoding that excludes the declared one."""
    with cpg.open("rb") as stream:
        text = stream.read(LONGEST_NAME).decode("ascii", "ignore").replace("\0", "").strip()
    _refuse_if_other(FAMILY_OF_NAME.get(NOISE.sub("", text.upper())), text, ".cpg", ".cpg", resource)


def refuse_if_other_driver(driver: int, resource: Resource) -> None:
    """Refused when the language driver of a DBF's header is of an encoding that excludes the declared one."""
    family = FAMILY_OF_DRIVER.get(driver)
    _refuse_if_other(family, f"{family} (0x{driver:02X})", "表头", "header", resource)


def _refuse_if_other(family: str | None, named: str, location_zh: str, location_en: str, resource: Resource) -> None:
    declared = resource.delivery.encoding
    if family in (None, UTF_8 if declared.startswith("utf-8") else CHINESE):
        return
    raise Refused(
        f"{location_zh}: 写明编码为 {named}，登记的是 {declared}。请核实后改正 {yaml_of(resource)} 的 delivery.encoding，"
        "或请交付方重新导出。",
        f"{location_en}: the file says that its encoding is {named}, but {declared} is declared. Find out which is right. "
        f"Correct delivery.encoding in {yaml_of(resource)}, or ask the department for a new export.",
    )

"""XLS (97-2003): read like XLSX, and damage that would end the process is refused before a library sees it."""

import io
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlwt.CompoundDoc import XlsDoc

from suining_data_tests.ingestion.conftest import Desk, balances, resource_of


def table_of_97(rows: list[list[object]], *, head: bytes = b"") -> bytes:
    """An XLS workbook with one sheet; `head` is put before its globals."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("机构")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value, day if isinstance(value, date) else xlwt.Style.default_style)
    stream = book.get_biff_data()
    beginning = 4 + struct.unpack_from("<H", stream, 2)[0]
    file = io.BytesIO()
    XlsDoc().save(file, stream[:beginning] + head + stream[beginning:])
    return file.getvalue()


OF_97 = resource_of(["名称", "代码", "日期"], elements={"日期": "date"}, format="xls", pattern="*", title_rows=1)


def test_a_workbook_of_97_is_read_like_a_new_one(desk: Desk):
    rows = [
        ["机关事业单位"],
        ["名称", "代码", "日期"],
        ["遂宁市第一中学", "12510900451234567X", date(2019, 8, 14)],
        [],
        ["𠮷镇", 510902199001011234, datetime(2019, 8, 14, 9, 30)],
        ["填表人：某"],
    ]
    desk.deliver("x.xls", table_of_97(rows))
    result = desk.refresh(OF_97)
    assert [[r["_line"], r["名称"], r["代码"], r["日期"]] for r in desk.rows(result)] == [
        [3, "遂宁市第一中学", "12510900451234567X", "2019-08-14"],
        [5, "𠮷镇", "5.10902E+17", "2019-08-14 09:30:00"],
    ]
    assert desk.rejected(result) == [(4, "BLANK_LINE"), (6, "FOOTER")]
    assert balances(result)


SOUND_97 = table_of_97([["t", "b", "c"], *([f"名{n}", n, date(2019, 8, 14)] for n in range(200))])


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(SOUND_97) - 1), st.sampled_from([0, 1, 3, 255])), min_size=1, max_size=6))
@example([(1494, 1)])  # calamine panics
def test_a_damaged_workbook_of_97_gives_rows_or_a_refusal(desk: Desk, changes: list[tuple[int, int]]):
    content = bytearray(SOUND_97)
    for place, byte in changes:
        content[place] = byte
    desk.deliver("x.xls", bytes(content))
    result = desk.refresh(resource_of(["t", "b", "c"], format="xls"))
    assert result.current or result.refusals
    assert balances(result)


def test_merged_cells_of_a_workbook_of_97_are_filled(desk: Desk):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("a")
    sheet.write_merge(0, 0, 0, 1, "男方")
    for row, values in enumerate([["姓名", "证件"], ["王", "1"], [None, "2"]], start=1):
        for place, value in enumerate(values):
            if value and (row, place) != (2, 0):
                sheet.write(row, place, value)
    sheet.write_merge(2, 3, 0, 0, "王")
    file = io.BytesIO()
    book.save(file)
    desk.deliver("x.xls", file.getvalue())
    rows = desk.rows(desk.refresh(resource_of(["男方/姓名", "男方/证件"], format="xls", header_rows=2)))
    assert [(r["男方/姓名"], r["男方/证件"]) for r in rows] == [("王", "1"), ("王", "2")]


def test_a_workbook_with_a_password_is_refused(desk: Desk):
    filepass = struct.pack("<HHH", 0x2F, 54, 1) + bytes(52)  # RC4 encryption
    desk.deliver("x.xls", table_of_97([["a"]], head=filepass))
    refusal = desk.refresh(resource_of(["a"], format="xls")).refusals[0]
    assert refusal.zh == "x.xls 全文件: 工作簿有密码。请交付方去掉密码后重新交付。"


SMALL = resource_of(["t", "b", "c"], format="xls", pattern="*")
SECTOR = 512


def refusal(desk: Desk, content: bytes | bytearray) -> tuple[str, str]:
    desk.deliver("x.xls", bytes(content))
    [notice] = desk.refresh(SMALL).refusals
    return notice.zh, notice.en


def record(content: bytes | bytearray, kind: int) -> int:
    """Where the body of the first record of a kind begins."""
    place = SECTOR  # the stream lies in the first sectors
    while True:
        found, length = struct.unpack_from("<HH", content, place)
        if found == kind:
            return place + 4
        place += 4 + length


def test_a_chain_of_sectors_that_bites_its_own_tail_is_damage(desk: Desk):
    content = bytearray(SOUND_97)
    table = (struct.unpack_from("<I", content, 76)[0] + 1) * SECTOR
    struct.pack_into("<I", content, table + 4 * 3, 1)  # after the fourth sector the second one again
    assert "不是 XLS 工作簿，或文件损坏" in refusal(desk, content)[0]


def test_a_table_of_chains_that_bites_its_own_tail_is_damage(desk: Desk):
    content = bytearray(SOUND_97)
    struct.pack_into("<I", content, 68, 0)  # more of the table in the first sector,
    struct.pack_into("<I", content, 2 * SECTOR - 4, 0)  # and there again
    assert "不是 XLS 工作簿，或文件损坏" in refusal(desk, content)[0]


def test_cells_far_away_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUINING_LIMIT_CELLS", "1000000")
    content = bytearray(SOUND_97)
    struct.pack_into("<HH", content, record(content, 0x00FD), 65535, 200)
    zh, en = refusal(desk, content)
    assert "一直延伸到第 65536 行第 201 列，超过 1,000,000 格（上限 SUINING_LIMIT_CELLS）" in zh
    assert "it reaches to row 65536 column 201" in en


@pytest.mark.parametrize(
    ("kind", "offset", "claimed"),
    [
        (0x00FC, 4, 0x7FFFFFFF),  # shared texts
        (0x0085, 0, 0x7FFFFFFF),  # where a sheet begins
        (0x0085, 0, 8),
    ],
)
def test_a_claim_that_cannot_be_true_is_damage(desk: Desk, kind: int, offset: int, claimed: int):
    content = bytearray(SOUND_97)
    struct.pack_into("<I", content, record(content, kind) + offset, claimed)
    assert "不是 XLS 工作簿，或文件损坏" in refusal(desk, content)[0]


def test_an_extent_that_is_not_true_harms_nothing(desk: Desk):
    content = bytearray(SOUND_97)
    struct.pack_into("<II", content, record(content, 0x0200), 5, 0xFFFFFFFF)
    desk.deliver("x.xls", bytes(content))
    assert desk.refresh(SMALL).raw_rows == 200


@pytest.mark.parametrize("rows", [1, 60, 3000])
def test_workbooks_of_every_size_are_read_whole(desk: Desk, rows: int):
    desk.deliver("x.xls", table_of_97([["t", "b", "c"], *([f"名{n}", n, None] for n in range(rows))]))
    assert [r["t"] for r in desk.rows(desk.refresh(SMALL))] == [f"名{n}" for n in range(rows)]


def book_of_97(fill: Callable[[xlwt.Workbook], None]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    fill(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells_of_97(desk: Desk, content: bytes, element: str = "text") -> list[str | None]:
    """The second column below the header."""
    desk.deliver("x.xls", content)
    result = desk.refresh(resource_of(["a", "b"], elements={"b": element}, format="xls", pattern="*"))
    assert result.refusals == ()
    assert balances(result)
    return [row["b"] for row in desk.rows(result)]


def column_of_97(values: Sequence[tuple[object, str]], *, is_1904: bool = False) -> bytes:
    """A workbook with a column of values in number formats."""

    def fill(book: xlwt.Workbook) -> None:
        book.dates_1904 = is_1904
        sheet = book.add_sheet("表")
        for place, name in enumerate(["a", "b"]):
            sheet.write(0, place, name)
        for number, (value, code) in enumerate(values, start=1):
            sheet.write(number, 0, "x")
            sheet.write(number, 1, value, xlwt.easyxf(num_format_str=code))

    return book_of_97(fill)


def test_number_formats_of_a_workbook_of_97(desk: Desk):
    shown = [
        ((0.335, "0%"), "33.5%"),
        ((2014.1, "0.00"), "2014.10"),
        ((1234, "000000"), "001234"),
        ((12345678, "#,##0,"), "#FORMAT! 12345678"),
        ((date(2019, 3, 2), "yyyy-mm-dd"), "#DATE! 2019-03-02"),
        ((True, "General"), "#BOOLEAN! TRUE"),
        ((float("nan"), "General"), "#NUMBER! nan"),
        ((float("inf"), "0.00"), "#NUMBER! inf"),
        ((510902199001011234, "0"), "5.10902E+17"),
        (("0012", "@"), "0012"),
    ]
    assert cells_of_97(desk, column_of_97([cell for cell, _ in shown])) == [text for _, text in shown]


def test_dates_from_1904_in_a_workbook_of_97(desk: Desk):
    values = [(42251, code) for code in ("General", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "0")]
    assert cells_of_97(desk, column_of_97(values, is_1904=True), "date") == ["2019-09-05"] * 4


def test_formulas_and_errors_of_a_workbook_of_97(desk: Desk):
    content = bytearray(column_of_97([(xlwt.Formula("1+1"), "0"), (True, "General")]))
    place = record(content, 0x0205)
    content[place + 6 : place + 8] = b"\x17\x01"  # the boolean becomes an error
    assert cells_of_97(desk, bytes(content)) == ["#FORMULA!", "#REF!"]
    content[place + 6] = 0x63
    assert cells_of_97(desk, bytes(content)) == ["#FORMULA!", "#ERROR! 99"]


def test_an_empty_text_of_a_formula_of_97_is_an_empty_cell(desk: Desk):
    """Where the program that wrote the file computed it; it says so by a record that others leave out."""
    content = bytearray(column_of_97([(xlwt.Formula("1+1"), "0"), ("y", "@")]))
    struct.pack_into("<H", content, record(content, 0x0022) - 4, 0x01C1)  # in place of the record of the date system
    assert cells_of_97(desk, bytes(content)) == ["y"]


def test_a_hidden_sheet_of_97_is_not_read(desk: Desk):
    def fill(book: xlwt.Workbook) -> None:
        for name, value in (("旧", "1"), ("新", "2")):
            sheet = book.add_sheet(name)
            for place, text in enumerate(["a", "b"]):
                sheet.write(0, place, text)
                sheet.write(1, place, value)
        book.get_sheet(0).visibility = 2
        book.set_active_sheet(1)

    content = book_of_97(fill)
    assert cells_of_97(desk, content) == ["2"]
    [item] = desk.refresh(resource_of(["a", "b"], format="xls", pattern="*")).current
    assert (item.batch.raw_rows, item.batch.rejected_rows) == (1, 1)


def test_a_sheet_of_97_that_is_not_in_the_index_is_refused(desk: Desk):
    """Its rows would be lost without a word."""

    def fill(book: xlwt.Workbook) -> None:
        for name in ("一", "二"):
            book.add_sheet(name).write(0, 0, "t")

    content = bytearray(book_of_97(fill))
    struct.pack_into("<H", content, record(content, 0x0085) - 4, 0xFFFF)
    zh, en = refusal(desk, content)
    assert "除目录中的 1 张工作表外，还有 1 张不在目录中，有 1 个单元格" in zh
    assert "beside the 1 sheets in its index the file has 1 more, with 1 cells" in en


def test_a_cell_of_97_at_the_place_of_another_one_is_refused(desk: Desk):
    content = bytearray(SOUND_97)
    place = record(content, 0x00FD)
    struct.pack_into("<HH", content, place, 0, 1)
    assert "个单元格，只能读出" in refusal(desk, content)[0]


def test_a_text_that_goes_on_in_another_record_is_read_whole(desk: Desk):
    texts = [("王" * 5000 + "a" * 5000 + str(n)) for n in range(8)]
    assert cells_of_97(desk, column_of_97([(text, "@") for text in texts])) == texts


def test_what_calamine_reads_is_what_is_read(desk: Desk):
    """Another library besides xlrd, on the workbook with every kind of value."""
    rows = [["t", "b", "c"], *([f"名{n}", n * 1.5, f"𠮷{n}"] for n in range(500))]
    desk.deliver("x.xls", table_of_97(rows))
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_of_97(rows)))
    theirs = book.get_sheet_by_index(0).to_python()[1:]
    ours = [[row["t"], float(row["b"]), row["c"]] for row in desk.rows(desk.refresh(SMALL))]
    assert ours == theirs

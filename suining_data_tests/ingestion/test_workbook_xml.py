"""XLSX in every form that programs write: names of parts, namespaces, cells, hidden sheets, and what is lost or hostile."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from suining_data.catalog.model import Resource
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


def links(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def worksheet(rows: str, after: str = "", *, header: str = HEADER) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{header}{rows}</sheetData>{after}</worksheet>'


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def parts_of(
    *sheets: str, states: Mapping[int, str] | None = None, texts: str = "", styles: str = "", more: str = ""
) -> dict[str, str | bytes]:
    """The parts of a workbook with these sheets, named 表1, 表2 and so on."""
    states = states or {}
    listed = "".join(
        f'<sheet name="表{n}" sheetId="{n}" state="{states.get(n, "visible")}" r:id="rId{n}"/>'
        for n in range(1, len(sheets) + 1)
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    return {
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets>{more}</workbook>',
        "xl/_rels/workbook.xml.rels": links(*targets, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)},
    }


def table(**delivery: object) -> Resource:
    return resource_of(["a", "b"], format="xlsx", **delivery)


def read(desk: Desk, *sheets: str, resource: Resource | None = None, **given: str) -> list[tuple[int, str, str]]:
    """Row, a and b of what is read of a workbook."""
    return taken(desk, package(parts_of(*sheets, **given)), resource)


def taken(desk: Desk, content: bytes, resource: Resource | None = None) -> list[tuple[int, str, str]]:
    desk.deliver("x.xlsx", content)
    result = desk.refresh(resource or table())
    assert result.refusals == ()
    assert balances(result)
    return [(row["_line"], row["a"], row["b"]) for row in desk.rows(result)]


def refusal(desk: Desk, content: bytes, resource: Resource | None = None) -> tuple[str, str]:
    desk.deliver("x.xlsx", content)
    [notice] = desk.refresh(resource or table()).refusals
    return notice.zh, notice.en


def row(number: int, b: str, a: str = "x") -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{a}</t></is></c>{b}</row>'


PLAIN = worksheet(row(2, '<c r="B2"><v>7</v></c>'))
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"><alignment/></xf></cellXfs>'
    '<cellStyles><cellStyle xfId="0"/></cellStyles>'
)
TEXTS = (
    "<si><t>王</t></si><si><r><rPr><b/></rPr><t>张</t></r><r><t xml:space='preserve'> 三</t></r>"
    "<rPh sb='0' eb='1'><t>ZHANG</t></rPh><phoneticPr fontId='1'/></si><si><t>a_x000D_b</t></si><si/>"
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B2" t="s"><v>0</v></c>', "王"),
        ('<c r="B2" t="s"><v>1</v></c>', "张 三"),
        ('<c r="B2" t="s"><v>2</v></c>', "a\rb"),
        ('<c r="B2" t="s"><v> 0 </v></c>', "王"),
        ('<c t="s" r="B2"><v>0</v></c>', "王"),
        ("<c r='b2' t='s'><v>0</v></c>", "王"),
        ('<c t="s"><v>0</v></c>', "王"),
        ('<c r="B2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>', "ab"),
        ('<c r="B2" t="str"><f>A1</f><v>1 &lt; 2</v></c>', "1 < 2"),
        ('<c r="B2" t="str"><v><![CDATA[1 & 2]]></v></c>', "1 & 2"),
        ('<c r="B2" t="n"><v>1.5E3</v></c>', "1500"),
        ('<c r="B2" s="1"><v>0.082</v></c>', "8.2%"),
        ('<c r="B2" s="2"><v>43526</v></c>', "#DATE! 2019-03-02"),
        ('<c r="B2" t="d"><v>2019-03-02T00:00:00</v></c>', "#DATE! 2019-03-02"),
        ('<c r="B2" t="b"><v>1</v></c>', "#BOOLEAN! TRUE"),
        ('<c r="B2"><f>SUM(A1)</f><v>0</v></c>', "0"),
        ('<c r="B2"><f>SUM(A1)</f></c>', "#FORMULA!"),
        ('<c r="B2"><f>SUM(A1)</f><v/></c>', "#FORMULA!"),
        ('<c r="B2"><f>SUM(A1)</f><v></v></c>', "#FORMULA!"),
        ('<c r="B2" t="str"><f>A1</f></c>', "#FORMULA!"),
        ('<c r="B2"><v>NaN</v></c>', "#NUMBER! NaN"),
        ('<c r="B2"><v>INF</v></c>', "#NUMBER! INF"),
        ('<c r="B2"><v>1E999</v></c>', "#NUMBER! 1E999"),
        ('<c r="B2"><v>1_0</v></c>', "#NUMBER! 1_0"),
        ('<c r="B2" t="e"/>', "#ERROR!"),
        ('<c r="B2" t="e"><v>Err:502</v></c>', "#ERROR! Err:502"),
        *(
            (f'<c r="B2" t="e"><v>{error}</v></c>', error)
            for error in (
                "#REF!", "#N/A", "#NAME?", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!",
                "#PYTHON!", "#GETTING_DATA",
            )
        ),
    ],
)  # fmt: skip
def test_a_cell_of_every_kind(desk: Desk, cell: str, text: str) -> None:
    assert read(desk, worksheet(row(2, cell)), texts=TEXTS, styles=STYLES) == [(2, "x", text)]


@pytest.mark.parametrize(
    "cell", ['<c r="B2" t="str"><f>A1</f><v></v></c>', '<c r="B2" s="1"/>', '<c r="B2" t="s"><v>3</v></c>']
)
def test_an_empty_text_is_an_empty_cell(desk: Desk, cell: str) -> None:
    desk.deliver("x.xlsx", package(parts_of(worksheet(row(2, cell)), texts=TEXTS, styles=STYLES)))
    assert desk.rejected(desk.refresh(table())) == [(2, "FOOTER")]


def test_formulas_that_are_computed_when_the_file_is_opened_have_no_result_yet(desk: Desk) -> None:
    rows = row(2, '<c r="B2"><f>1+1</f><v>0</v></c>') + row(3, '<c r="B3"><f>1+1</f><v>2</v></c>')
    found = read(desk, worksheet(rows), more='<calcPr fullCalcOnLoad="1"/>')
    assert found == [(2, "x", "#FORMULA!"), (3, "x", "2")]


def in_other_parts() -> dict[str, str | bytes]:
    """The workbook of PLAIN with names that only the relationships tell."""
    parts = parts_of(PLAIN)
    return {
        "_rels/.rels": links(("officeDocument", "/book/main2.xml")),
        "book/main2.xml": parts["xl/workbook.xml"],
        "book/_rels/main2.xml.rels": links(("worksheet", "/data/a%20b.xml")),
        "data/a b.xml": PLAIN,
    }


def strict(parts: dict[str, str | bytes]) -> dict[str, str | bytes]:
    return {
        name: str(content).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, content in parts.items()
    }  # fmt: skip


def prefixed(sheet: str) -> str:
    return sheet.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace(" xmlns=", " xmlns:x=")


@pytest.mark.parametrize(
    "parts",
    [
        in_other_parts(),
        strict(parts_of(PLAIN)),
        {name.replace("/", "\\"): content for name, content in parts_of(PLAIN).items()},
        {name.upper(): content for name, content in parts_of(PLAIN).items()},
        {"/" + name: content for name, content in parts_of(PLAIN).items()},
        parts_of(prefixed(PLAIN)),
        parts_of('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + PLAIN),
        parts_of(PLAIN.replace("><", ">\n  <")),
        parts_of(PLAIN.replace("<row r=", "<!-- a --><row r=")),
        parts_of(PLAIN.replace(' r="1"', "").replace(' r="2"', "").replace(' r="B2"', "")),
        {name: content for name, content in parts_of(PLAIN).items() if "styles" not in name and "Strings" not in name},
    ],
)  # fmt: skip
def test_parts_and_elements_may_have_other_names(desk: Desk, parts: dict[str, str | bytes]) -> None:
    assert taken(desk, package(parts)) == [(2, "x", "7")]


def test_a_workbook_written_as_a_stream_is_read(desk: Desk) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    out = Stream()  # sizes come behind the parts
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(PLAIN).items():
            archive.writestr(name, content)
    assert taken(desk, out.getvalue()) == [(2, "x", "7")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_an_old_copy_in_a_hidden_sheet_is_not_read(desk: Desk, state: str) -> None:
    old = worksheet(row(2, '<c r="B2"><v>1</v></c>') + row(3, '<c r="B3"><v>1</v></c>'))
    desk.deliver("x.xlsx", package(parts_of(old, PLAIN, states={1: state})))
    result = desk.refresh(table())
    assert [(r["_line"], r["b"], r["_sheet"]) for r in desk.rows(result)] == [(2, "7", "表2")]
    assert desk.rejected(result) == [(3, "UNREAD")]
    assert balances(result)


def test_a_workbook_with_nothing_but_hidden_sheets_is_refused(desk: Desk) -> None:
    zh, en = refusal(desk, package(parts_of(PLAIN, states={1: "hidden"})))
    assert "工作表 “表1” 是隐藏的" in zh
    assert "are hidden" in en


def test_an_empty_hidden_sheet_is_not_told(desk: Desk) -> None:
    assert read(desk, PLAIN, worksheet("", header=""), states={2: "hidden"}) == [(2, "x", "7")]  # type: ignore[arg-type]
    assert desk.con.sql("select rejected_rows from governance.batch").fetchall() == [(0,)]


def test_a_visible_sheet_of_notes_is_refused_with_what_to_do(desk: Desk) -> None:
    notes = worksheet("", header='<row r="1"><c r="A1" t="inlineStr"><is><t>说明</t></is></c></row>')
    zh, en = refusal(desk, package(parts_of(PLAIN, notes)))
    assert "工作表“表2”第 1 行: 2 个登记列中只找到 0 个" in zh
    assert "若这张表不是数据，请交付方删去，或在 catalog/units/public_security.yaml 的 delivery.sheets 写明" in zh
    assert "If this sheet is no data" in en


def test_hidden_rows_and_columns_are_read(desk: Desk) -> None:
    hidden = PLAIN.replace('<row r="2"', '<row r="2" hidden="1"')
    hidden = hidden.replace("<sheetData>", '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>')
    assert read(desk, hidden) == [(2, "x", "7")]


TWICE = row(2, '<c r="B2"><v>7</v></c><c r="B2"><v>8</v></c>')
ROW_TWICE = row(2, '<c r="B2"><v>7</v></c>') * 2


@pytest.mark.parametrize(("rows", "counts"), [(TWICE, (5, 4)), (ROW_TWICE, (6, 4))])
def test_cells_that_would_be_lost_are_a_refusal_with_both_counts(
    desk: Desk, rows: str, counts: tuple[int, int]
) -> None:
    zh, en = refusal(desk, package(parts_of(worksheet(rows))))
    assert f"文件中有 {counts[0]} 个单元格，只能读出 {counts[1]} 个" in zh
    assert f"the file has {counts[0]} cells, but only {counts[1]} can be read" in en


def test_rows_outside_the_table_are_a_refusal_with_both_counts(desk: Desk) -> None:
    """An element of another namespace: the parser passes over it, the count of the bytes does not."""
    lost = PLAIN.replace("</worksheet>", '<x:other xmlns:x="urn:x"><x:c/><x:c/></x:other></worksheet>')
    assert "文件中有 6 个单元格，只能读出 4 个" in refusal(desk, package(parts_of(lost)))[0]


@pytest.mark.parametrize(
    "parts",
    [
        parts_of("<!DOCTYPE worksheet [<!ENTITY a 'x'>]>" + PLAIN),
        parts_of(PLAIN.replace('r="B2"', 'r="B3"')),
        parts_of(PLAIN.replace('r="B2"', 'r="XFE2"')),
        parts_of(PLAIN.replace('r="B2"', 'r="B2" t="s"')),
        parts_of(PLAIN.replace('r="B2"', 'r="B2" s="-1"'), styles=STYLES),
        parts_of(PLAIN.replace('r="B2"', 'r="B2" s="3"'), styles=STYLES),
        parts_of(PLAIN.replace("</worksheet>", "")),
        parts_of(PLAIN.replace(MAIN, "urn:other")),
        {**parts_of(PLAIN, PLAIN), "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml")) * 2},
        {name: content for name, content in parts_of(PLAIN).items() if "sheet1" not in name},
        {**parts_of(PLAIN), "XL/workbook.xml": "<x/>"},
    ],
)
def test_what_is_not_sound_is_damage(desk: Desk, parts: dict[str, str | bytes]) -> None:
    assert "不是 XLSX 工作簿，或文件损坏" in refusal(desk, package(parts))[0]


@pytest.mark.parametrize(
    ("variable", "limit", "sheet", "told"),
    [
        ("CELLS", "100", worksheet(row(2, '<c r="B2"><v>7</v></c>') + row(99, "")), "超过 100 格（上限 SUINING_LIMIT_CELLS）"),
        ("CELLS", "100", worksheet(row(2, '<c r="CZ2"><v>7</v></c>')), "超过 100 格（上限 SUINING_LIMIT_CELLS）"),
        ("COLUMNS", "3", worksheet(row(2, '<c r="D2"><v>7</v></c>')), "有 4 列，超过 3 列（上限 SUINING_LIMIT_COLUMNS）"),
        ("TEXT_MB", "1", worksheet(row(2, '<c r="B2" t="s"><v>0</v></c>') * 9), "超过 1 MB（上限 SUINING_LIMIT_TEXT_MB）"),
        ("UNPACKED_GB", "0.0001", worksheet(row(2, "") + " " * 200_000), "上限 SUINING_LIMIT_UNPACKED_RATIO"),
        (
            "CELLS", "300",
            worksheet("".join(row(n, "") for n in range(2, 100)), '<mergeCells><mergeCell ref="A2:A99"/></mergeCells>' * 9),
            "单元格超过 300 个（上限 SUINING_LIMIT_CELLS）",
        ),
    ],
)  # fmt: skip
def test_each_limit_has_its_message(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, variable: str, limit: str, sheet: str, told: str
) -> None:
    monkeypatch.setenv(f"SUINING_LIMIT_{variable}", limit)
    zh, en = refusal(desk, package(parts_of(sheet, texts=f"<si><t>{'x' * 200_000}</t></si>")))
    assert told in zh
    assert f"SUINING_LIMIT_{variable}" in en


def test_many_sheets_count_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_LIMIT_CELLS", "50")
    zh, _ = refusal(desk, package(parts_of(*[PLAIN] * 20)))
    assert "工作簿的单元格超过 50 个（上限 SUINING_LIMIT_CELLS）" in zh


def test_one_endless_text_is_refused_before_it_has_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_LIMIT_TEXT_MB", "2")
    for parts in (
        parts_of(worksheet(row(2, f'<c r="B2" t="str"><f>1</f><v>{"x" * 4_000_000}'))),  # and then nothing
        parts_of(PLAIN, texts=f"<si><t>{'x' * 4_000_000}"),
    ):
        assert "SUINING_LIMIT_TEXT_MB" in refusal(desk, package(parts))[0]


def test_a_workbook_without_styles_is_read(desk: Desk) -> None:
    parts = parts_of(PLAIN.replace('r="B2"', 'r="B2" s="3"'))
    del parts["xl/styles.xml"]
    assert taken(desk, package(parts)) == [(2, "x", "7")]


def test_a_percent_cell_in_a_column_of_numbers_is_in_per_cent_only_where_a_name_says_so(desk: Desk) -> None:
    sheet = worksheet(row(2, '<c r="B2" s="1"><v>0.082</v></c>')).replace(">b<", ">{}<")
    for name, element, text in (
        ("增长(%)", "number", "8.2"),
        ("数量", "number", "8.2%"),
        ("增长额", "money_cny", "8.2%"),
        ("比例", "percent", "8.2"),
    ):
        content = package(parts_of(sheet.format(name), styles=STYLES))
        desk.deliver("x.xlsx", content)
        result = desk.refresh(resource_of(["a", name], elements={name: element}, format="xlsx"))
        assert [r[name] for r in desk.rows(result)] == [text]

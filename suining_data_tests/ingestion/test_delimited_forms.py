"""CSV and TXT as other programs write them: mixed encodings, old line ends, trailing delimiters, marks inside the file."""

import shutil
from pathlib import Path

import pytest

from suining_data.catalog.model import Resource
from suining_data.ingestion import Ingested, physical_lines
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

CASES = Path(__file__).parent.parent / "cases"
ABC = resource_of(["a", "b", "c"])
GBK = resource_of(["a", "b", "c"], encoding="gbk")


def case(desk: Desk, name: str, resource: Resource) -> Ingested:
    [file] = (CASES / name).rglob(resource.delivery.pattern)
    landing = desk.settings.landing / desk.unit.id
    landing.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, landing)
    return desk.refresh(resource)


def reasons(desk: Desk, result: Ingested) -> list[tuple[int, str, str]]:
    [item] = result.current
    return desk.con.execute(f"select line, rule, reason from '{item.rejected}' order by line").fetchall()


def test_lines_in_utf_8_of_a_gb18030_file_are_put_aside_even_if_they_decode_by_chance(desk: Desk):
    sources = ["xkzbh", "mc", "tyshxydm", "jycs", "xm", "fzrq", "yxqz", "zt"]
    resource = resource_of(sources, encoding="gb18030", pattern="spypxk_*.csv")
    result = case(desk, "06-lines-of-two-encodings", resource)
    assert reasons(desk, result) == [
        (line, "ENCODING", "登记为 gb18030，而内容像是 UTF-8") for line in (3, 4, 5)
    ]  # fmt: skip
    assert [row["mc"] for row in desk.rows(result)] == ["船山区韩记副食商行", "船山区尤记副食商行"]
    assert balances(result)


@pytest.mark.parametrize("lines", [1, 3, 60_000])
def test_a_file_in_utf_8_that_is_declared_as_gbk_is_refused_for_that(desk: Desk, lines: int):
    desk.deliver("x.csv", "a,b,c\n" + "1,船山,y\n" * lines + "2,x,y\n" * 100_000)
    [refusal] = desk.refresh(GBK).refusals
    assert f"登记为 gbk，而内容像是 UTF-8（{lines} 行）" in refusal.zh
    assert "looks like UTF-8" in refusal.en


def test_a_header_in_utf_8_is_named_as_such(desk: Desk):
    desk.deliver("x.csv", "a,b,姓名\n1,2,3\n")
    [refusal] = desk.refresh(resource_of(["a", "b", "姓名"], encoding="gbk")).refusals
    assert "第 1 行: 表头登记为 gbk，而内容像是 UTF-8" in refusal.zh


def test_the_euro_sign_and_the_rare_characters_of_code_page_936_are_read(desk: Desk):
    desk.deliver("x.csv", b"a,b,c\n1,\xfe\x9f,\x80 5\n2,\xa2\xe3,\x81\x30\x81\x30\n")
    assert [(r["b"], r["c"]) for r in desk.rows(desk.refresh(GBK))] == [("䶮", "€ 5"), ("€", "\x80")]


def test_text_that_was_decoded_wrongly_before_stays_for_the_rules_of_values(desk: Desk):
    texts = ["Ã¤", "锟斤拷", "�"]
    desk.deliver("x.csv", "a,b,c\n" + "".join(f"{n},{text},y\n" for n, text in enumerate(texts)))
    assert [row["b"] for row in desk.rows(desk.refresh(ABC))] == texts


def test_carriage_returns_end_the_lines_of_a_file_without_newlines(desk: Desk):
    resource = resource_of(
        ["htbh", "bdcdyh", "fwbm", "gfr_sfzh", "gfr_xm", "mj", "zl", "baRq"], encoding="gb18030", pattern="spfwq_*.csv"
    )
    result = case(desk, "16-cr-only-and-utf16", resource)
    rows = desk.rows(result)
    assert [row["_line"] for row in rows] == list(range(2, len(rows) + 2))
    assert (rows[0]["gfr_xm"], rows[0]["baRq"]) == ("张曦娟", "2018-08-24")
    assert len(rows) > 30
    assert result.current[0].batch.lines_total == len(rows) + 1
    assert balances(result)


def test_a_quoted_carriage_return_of_such_a_file_is_a_line_break(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(physical_lines, "BLOCK_BYTES", 9)
    desk.deliver("x.csv", 'a,b,c\r1,"p\rq",r\r2,3,4')
    assert [(r["_line"], r["b"]) for r in desk.rows(desk.refresh(ABC))] == [(2, "p\nq"), (4, "3")]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_utf_16_and_utf_32_are_named(desk: Desk, codec: str, encoding: str):
    desk.deliver("x.csv", ("a,b,c\r\n" + "1,王小明,3\r\n" * 5).encode(codec))
    [refusal] = desk.refresh(resource_of(["a", "b", "c"], encoding=encoding)).refusals
    assert f"内容像是 {codec[:6].upper()}" in refusal.zh
    assert f"looks like {codec[:6].upper()}" in refusal.en


def test_unicode_text_of_a_spreadsheet_is_named(desk: Desk):
    result = case(desk, "16-cr-only-and-utf16", resource_of(["Station_Id_C"], pattern="rqx_*.csv"))
    assert "内容像是 UTF-16" in result.refusals[0].zh


def test_a_header_may_hold_quoted_line_breaks_and_guarded_names(desk: Desk):
    desk.deliver("x.csv", 'a,"b\n（元）","=""c"""\n1,"p\nq",3\n4,5,6\n')
    result = desk.refresh(resource_of(["a", "b（元）", "c"]))
    assert [(r["_line"], r["b（元）"], r["c"]) for r in desk.rows(result)] == [(3, "p\nq", "3"), (5, "5", "6")]
    batch = result.current[0].batch
    assert (batch.lines_total, batch.header_lines, batch.continuation_lines) == (5, 2, 1)
    assert balances(result)


def test_values_guarded_as_a_formula_are_delivered_as_they_are(desk: Desk):
    desk.deliver("x.csv", 'a,="b",c\n="510903199001011234","=""5109""",3\n="x y",,"=1"\n')
    result = desk.refresh(ABC)
    assert [(r["a"], r["b"], r["c"]) for r in desk.rows(result)] == [
        ('="510903199001011234"', '="5109"', "3"),
        ('="x y"', None, "=1"),
    ]
    assert desk.rejected(result) == []


def test_the_guarded_identifiers_of_a_register_are_all_delivered(desk: Desk):
    resource = resource_of(["sfzh", "xm", "kh", "fkrq", "kzt", "yh"], encoding="utf-8-sig", pattern="sbk_*.csv")
    result = case(desk, "15-ids-guarded-against-excel", resource)
    assert desk.rejected(result) == []
    assert any((row["sfzh"] or "").startswith('="') for row in desk.rows(result))


def test_marks_between_files_that_were_put_together_are_left_out(desk: Desk):
    resource = resource_of(["tyshxydm", "mc", "lb", "jdsbh", "sy", "rq", "jg"], pattern="ycml_*.csv")
    result = case(desk, "13-concatenated-csv", resource)
    rows = desk.rows(result)
    assert [row["tyshxydm"] for row in rows if row["_line"] in (3, 5)] == ["tyshxydm", "tyshxydm"]
    assert reasons(desk, result) == [(8, "END_OF_FILE_MARK", "只有文件结束符（Ctrl-Z）")]
    assert rows[2]["sy"] == '说"明"'
    assert balances(result)


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_byte_order_marks_at_the_start_of_lines_are_no_part_of_values(desk: Desk, mark: str, encoding: str):
    written = encoding.removesuffix("-sig")
    desk.deliver("x.csv", f"{mark}a,b,c\n1,2,3\n{mark}4,5,6\n{mark}\n".encode(written))
    result = desk.refresh(resource_of(["a", "b", "c"], encoding=encoding))
    assert [(r["_line"], r["a"]) for r in desk.rows(result)] == [(2, "1"), (3, "4")]
    assert desk.rejected(result) == [(4, "BLANK_LINE")]


def test_ctrl_z_ends_a_value_or_a_line_without_becoming_a_part_of_it(desk: Desk):
    desk.deliver("x.csv", b"a,b,c\n1,2,3\x1a\n\x1a4,5,6\n7,8,9\n\x1a")
    result = desk.refresh(ABC)
    assert [(r["a"], r["c"]) for r in desk.rows(result)] == [("1", "3"), ("4", "6"), ("7", "9")]
    assert desk.rejected(result) == [(5, "END_OF_FILE_MARK")]


@pytest.mark.parametrize("mark", ["\f", "\v", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_what_python_calls_a_line_end_does_not_split_a_value(desk: Desk, mark: str):
    desk.deliver("x.csv", f"a,b,c\n1,x{mark}y,3\n")
    [row] = desk.rows(desk.refresh(ABC))
    assert (row["b"], row["_line"]) == (f"x{mark}y", 2)


@pytest.mark.parametrize("line", ["sep=,", '"sep=,"', "SEP=,"])
def test_a_line_that_tells_a_spreadsheet_the_delimiter_is_part_of_the_header(desk: Desk, line: str):
    desk.deliver("x.csv", f"{line}\na,b,c\n1,2,3\n")
    result = desk.refresh(ABC)
    assert [row["_line"] for row in desk.rows(result)] == [3]
    assert result.current[0].batch.header_lines == 2


@pytest.mark.parametrize(("content", "said"), [("sep=;\na;b;c\n", "文件自称分隔符是“;”"), ("sep=,\n", "没有表头")])
def test_another_delimiter_or_no_header_after_that_line_is_refused(desk: Desk, content: str, said: str):
    desk.deliver("x.csv", content)
    assert said in desk.refresh(ABC).refusals[0].zh


def test_a_title_above_the_header_is_refused(desk: Desk):
    desk.deliver("x.csv", "社保卡发放情况\na,b,c\n1,2,3\n")
    assert "第 1 行" in desk.refresh(ABC).refusals[0].zh


def test_records_that_all_end_with_a_delimiter_are_read(desk: Desk):
    sources = ["nsrsbh", "nsrmc", "zzjgdm", "fddbr", "hydm", "djzclx", "nsrzt", "zgsws"]
    resource = resource_of(sources, encoding="gbk", delimiter="|", pattern="nsr_*.txt")
    result = case(desk, "22-trailing-delimiters", resource)
    rows = desk.rows(result)
    assert len(rows) == result.current[0].batch.lines_total - 1
    assert (rows[0]["zgsws"], rows[0]["column_9"]) == ("国家税务总局船山区税务局", None)
    assert balances(result)


def test_one_value_behind_the_last_column_is_rejected_when_all_others_are_empty(desk: Desk):
    desk.deliver("x.csv", "a,b,c\n" + "1,2,3,\n" * 2000 + "4,5,6,7\n8,9,10\n合计\n")
    result = desk.refresh(ABC)
    assert reasons(desk, result) == [
        (2002, "COLUMN_COUNT", "列数为 4，应为 3：最后多出一个有内容的值"),
        (2003, "COLUMN_COUNT", "列数为 3，末尾缺少其他各行都有的分隔符"),
        (2004, "COLUMN_COUNT", "列数为 1，应为 3"),
    ]
    assert len(desk.rows(result)) == 2000


def test_single_records_that_end_with_a_delimiter_are_rejected_for_that(desk: Desk):
    desk.deliver("x.csv", 'a,b,c\n1,2,3\n4,5,6,\n7,"8,9",10,\n')
    result = desk.refresh(ABC)
    reason = "列数为 4，应为 3：末尾多一个分隔符，最后一列是空的"
    assert reasons(desk, result) == [(3, "COLUMN_COUNT", reason), (4, "COLUMN_COUNT", reason)]


def test_the_refusal_of_many_of_them_says_so(desk: Desk):
    desk.deliver("x.csv", "a,b,c\n1,2,3\n" + "4,5,6,\n" * 40)
    [refusal] = desk.refresh(ABC).refusals
    assert "列数为 4，应为 3：末尾多一个分隔符，最后一列是空的" in refusal.zh


def test_a_header_that_alone_ends_with_a_delimiter_is_read(desk: Desk):
    desk.deliver("x.csv", "a,b,c,\n1,2,3\n4,5,6\n")
    assert [row["c"] for row in desk.rows(desk.refresh(ABC))] == ["3", "6"]
    desk.deliver("y.csv", "a,b,c,\n1,2,3,\n4,5,6,\n")
    assert len(desk.rows(desk.refresh(ABC))) == 4


@pytest.mark.parametrize("columns", [2_001, 50_000, 100_000])
def test_too_many_columns_are_refused_at_once(desk: Desk, columns: int):
    desk.deliver("x.csv", ",".join(f"c{n}" for n in range(columns)) + "\n" + "," * (columns - 1) + "\n")
    [refusal] = desk.refresh(ABC).refusals
    assert f"表头有 {columns} 列，超过 2000 列（SUINING_LIMIT_COLUMNS）" in refusal.zh
    assert "SUINING_LIMIT_COLUMNS" in refusal.en


def test_many_columns_are_read(desk: Desk):
    names = ["a", "b", "c", *(f"c{n}" for n in range(1_500))]
    desk.deliver("x.csv", "\n".join(",".join(f'"{name}"' for name in names) for _ in range(20)) + "\n")
    assert len(desk.rows(desk.refresh(ABC))) == 19


def test_a_header_of_megabytes_is_refused_for_its_length(desk: Desk):
    desk.deliver("x.csv", "a,b," + "c" * (5 << 20) + "\n1,2,3\n")
    assert "第 1 行: 表头一行超过" in desk.refresh(ABC).refusals[0].zh


@pytest.mark.parametrize(
    "name", ["x[1].csv", "x*.csv", "x?.csv", "x{1}.csv", "it's.csv", "a b%20#.csv", "-x.csv", "x" * 200 + ".csv"]
)
def test_names_that_mean_something_to_other_programs_are_only_names(desk: Desk, name: str):
    desk.deliver("x1.csv", "a,b,c\n9,9,9\n")
    desk.deliver(name, "a,b,c\n1,2,3\n")
    assert sorted(row["a"] for row in desk.rows(desk.refresh(ABC))) == ["1", "9"]


def test_the_second_line_of_a_quoted_value_is_no_record_with_a_trailing_delimiter(desk: Desk):
    desk.deliver("x.csv", 'a,b,c\n"\n,1",,\n')
    result = desk.refresh(ABC)
    assert desk.rejected(result) == []
    assert [row["a"] for row in desk.rows(result)] == ["\n,1"]
    assert balances(result)

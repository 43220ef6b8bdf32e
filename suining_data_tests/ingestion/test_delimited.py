"""CSV and TXT: what becomes a row, what is rejected, and that no line is lost."""

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from suining_data.ingestion import delimited, physical_lines
from suining_data.ingestion.delimited import read_delimited
from suining_data.ingestion.delimited_grammar import Grammar
from suining_data.ingestion.reading import Target
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

ABC = resource_of(["a", "b", "c"])
CONNECTION = duckdb.connect()  # shared by generated cases: connecting costs more than reading them


def values(rows: list[dict]) -> list[tuple]:
    return [(row["_line"], row["a"], row["b"], row["c"]) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_declared_encoding_delimiter_and_line_end_is_read(desk: Desk, encoding, delimiter, line_end):
    lines = [["a", "b", "c"], ["王小明", "", "俞|".strip("|")], ["李", "凯旋路1号", "女"]]
    desk.deliver("x.csv", line_end.join(delimiter.join(line) for line in lines).encode(encoding))
    result = desk.refresh(resource_of(["a", "b", "c"], encoding=encoding, delimiter=delimiter))
    assert values(desk.rows(result)) == [(2, "王小明", None, "俞"), (3, "李", "凯旋路1号", "女")]
    assert balances(result)


def test_a_rare_han_character_that_contains_the_byte_of_a_bar_does_not_split_a_gbk_line(desk: Desk):
    name = b"\x81\x7c".decode("gbk")  # the second byte is "|"
    desk.deliver("x.txt", f"a|b|c\n{name}|2|3\n".encode("gbk"))
    result = desk.refresh(resource_of(["a", "b", "c"], encoding="gbk", delimiter="|"))
    assert values(desk.rows(result)) == [(2, name, "2", "3")]


def test_each_fault_is_rejected_with_its_line_rule_and_raw_text_and_the_good_lines_stay(desk: Desk):
    lines = [
        b"a,b,c",
        b"1,x,y",
        b"2,x",  # 3 too few
        b"3,x,y,z",  # 4 too many
        b"",  # 5 blank
        b"4,\xff\xfe,y",  # 6 not UTF-8
        b"5,\x00,y",  # 7 NUL
        b'6,"x,y',  # 8 never closed
        b"7,x,y",
        b'8,"x" z,y',  # 10 text behind a closed quote
        b"9,x\ry,z",  # 11 a lone carriage return
        b'10,"p\nq",r',  # 12-13 a legitimate line break
        b"11," + b"z" * (physical_lines.LONGEST_LINE + 1) + b",y",  # 14
        b'12,5"x,y',  # 15 a quote inside an unquoted value is a character
    ]
    desk.deliver("x.csv", b"\n".join(lines) + b"\n")
    result = desk.refresh(ABC)
    assert desk.rejected(result) == [
        (3, "COLUMN_COUNT"),
        (4, "COLUMN_COUNT"),
        (5, "BLANK_LINE"),
        (6, "ENCODING"),
        (7, "NUL"),
        (8, "UNCLOSED_QUOTE"),
        (10, "MALFORMED_QUOTE"),
        (11, "CARRIAGE_RETURN"),
        (14, "TOO_LONG"),
    ]
    assert values(desk.rows(result)) == [
        (2, "1", "x", "y"),
        (9, "7", "x", "y"),
        (12, "10", "p\nq", "r"),
        (15, "12", '5"x', "y"),
    ]
    batch = result.current[0].batch
    assert (batch.lines_total, batch.header_lines, batch.continuation_lines) == (15, 1, 1)
    assert balances(result)
    reasons = desk.con.execute(f"select line, reason, raw_text from '{result.current[0].rejected}'").fetchall()
    assert (4, "列数为 4，应为 3：最后多出一个有内容的值", "3,x,y,z") in reasons
    assert (6, "含有不能按 utf-8 解码的字节", "4,\\xff\\xfe,y") in reasons
    assert (7, "含有空字符（NUL）", "5,\\x00,y") in reasons


def test_a_quote_left_open_by_mistake_does_not_swallow_the_records_behind_it(desk: Desk):
    desk.deliver("x.csv", 'a,b,c\n1,"王,男\n2,李,女\n3,赵",男\n4,钱,女\n')
    result = desk.refresh(ABC)
    assert desk.rejected(result) == [(2, "UNCLOSED_QUOTE")]
    assert [row["_line"] for row in desk.rows(result)] == [3, 4, 5]


def test_a_short_and_a_long_line_do_not_make_up_for_each_other(desk: Desk):
    desk.deliver("x.csv", "a,b,c\n1,2\n1,2,3,4\n5,6,7\n")
    result = desk.refresh(ABC)
    assert desk.rejected(result) == [(2, "COLUMN_COUNT"), (3, "COLUMN_COUNT")]
    assert values(desk.rows(result)) == [(4, "5", "6", "7")]


def test_lines_are_numbered_right_across_blocks_and_open_quotes_at_their_ends(desk: Desk, monkeypatch):
    monkeypatch.setattr(physical_lines, "BLOCK_BYTES", 16)
    body = ["1,x,y", '2,"p', 'q",r', "", "3,x,y", '4,"p', "q", 'r",s', "5,x,y"]
    desk.deliver("x.csv", "a,b,c\n" + "\n".join(body))
    result = desk.refresh(ABC)
    assert values(desk.rows(result)) == [
        (2, "1", "x", "y"),
        (3, "2", "p\nq", "r"),
        (6, "3", "x", "y"),
        (7, "4", "p\nq\nr", "s"),
        (10, "5", "x", "y"),
    ]
    assert desk.rejected(result) == [(5, "BLANK_LINE")]


def test_columns_may_stand_in_any_order_and_undeclared_ones_are_kept_with_a_warning(desk: Desk):
    desk.deliver("x.csv", "c,备注,a,b\n3,note,1,2\n")
    result = desk.refresh(ABC)
    assert desk.rows(result) == [{"a": "1", "b": "2", "c": "3", "备注": "note", "_line": 2}]
    assert [w.zh for w in result.warnings] == [
        "x.csv: 未登记的列 备注，原样保留、未使用。如需使用，请在 catalog/units/public_security.yaml 的 fields 中登记。"
    ]


def test_a_renamed_column_refuses_the_batch_and_says_how_to_mend_it(desk: Desk):
    desk.deliver("hjbd_1.csv", "a,b,sfzh\n1,2,3\n")
    result = desk.refresh(ABC)
    assert result.current == ()
    assert result.refusals[0].zh == (
        "hjbd_1.csv 第 1 行: 缺少列 c（标签3），多出列 sfzh。"
        "若只是改名，请在 catalog/units/public_security.yaml 的 fields.source 中登记。"
    )
    assert result.refusals[0].en == (
        "hjbd_1.csv line 1: column c (field_3) is missing, sfzh is not declared. "
        "If it was renamed, add it to fields.source in catalog/units/public_security.yaml."
    )


def test_a_file_without_header_is_refused_without_repeating_its_first_person(desk: Desk):
    desk.deliver("x.csv", "510903198001010013,王小明,男\n510903198001010021,李小红,女\n")
    result = desk.refresh(ABC)
    assert "3 个登记列中只找到 0 个" in result.refusals[0].zh
    assert "王小明" not in result.refusals[0].zh + result.refusals[0].en
    assert "510903" not in result.refusals[0].zh + result.refusals[0].en


def test_the_wrong_encoding_refuses_the_whole_file_and_names_the_one_that_fits(desk: Desk):
    text = "a,b,c\n" + "".join(f"{n},王小明,凯旋路\n" for n in range(50))
    desk.deliver("x.csv", text.encode("gb18030"))
    result = desk.refresh(ABC)
    assert "主要规则 ENCODING；内容像是 gb18030" in result.refusals[0].zh
    assert "delivery in catalog/units/public_security.yaml" in result.refusals[0].en


@pytest.mark.parametrize("content", ["", "a,a,b,c\n1,2,3,4\n", 'a,b,"c\n1,2,3\n'])
def test_an_empty_file_or_a_broken_header_is_refused(desk: Desk, content: str):
    desk.deliver("x.csv", content)
    assert len(desk.refresh(ABC).refusals) == 1


def test_the_order_of_rows_does_not_depend_on_the_setting_of_the_connection(desk: Desk):
    desk.con.execute("set preserve_insertion_order = false")
    desk.deliver("x.csv", "a,b,c\n" + "".join(f"{n},x,y\n" for n in range(2, 5000)))
    result = desk.refresh(ABC)
    assert all(int(row["a"]) == row["_line"] for row in desk.rows(result))
    assert desk.con.execute("select current_setting('preserve_insertion_order')").fetchone() == (False,)


def read_bytes(content: bytes, delimiter: str = ",") -> tuple[delimited.ReadResult, list[tuple], list[tuple]]:
    with tempfile.TemporaryDirectory() as folder, CONNECTION.cursor() as con:
        file, raw, rejected = (Path(folder) / name for name in ("x.csv", "raw.parquet", "rejected.parquet"))
        file.write_bytes(content)
        resource = resource_of(["a", "b", "c"], delimiter=delimiter)
        result = read_delimited(con, file, resource, Target(raw, rejected, Path(folder)))
        rows = con.execute(f"select _line, a, b, c from '{raw}' order by _line").fetchall()
        return result, rows, con.execute(f"select line, rule from '{rejected}' order by line").fetchall()


TOKENS = (b"a", b"1", b'"', b'""', b",", b"\n", b"\r\n", b"\r", b" ", "王".encode(), b"\xff", b"\0", b"1,2,3\n")
tokens = st.sampled_from(TOKENS)


@settings(max_examples=150)
@given(st.lists(tokens, max_size=40).map(b"".join), st.sampled_from([9, 1 << 22]))
def test_whatever_the_bytes_every_line_is_accounted_for_and_numbered(body: bytes, block: int):
    content = b"a,b,c\n" + body
    before, physical_lines.BLOCK_BYTES = physical_lines.BLOCK_BYTES, block
    try:
        result, rows, rejected = read_bytes(content)
    finally:
        physical_lines.BLOCK_BYTES = before
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    assert result.lines_total == lines
    assert lines == 1 + result.continuation_lines + result.raw_rows + result.rejected_rows
    assert (len(rows), len(rejected)) == (result.raw_rows, result.rejected_rows)
    starts = [line for line, *_ in rows] + [line for line, _ in rejected]
    assert len(set(starts)) == len(starts)
    assert all(2 <= line <= lines for line in starts)


text = st.text(st.sampled_from('王a1 ",\n|\t；'), max_size=6)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(text, text, text), min_size=1, max_size=8),
    st.sampled_from([",", "|", "\t"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_writes_is_read_as_pythons_csv_reads_it(records, delimiter, quoting):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows([("a", "b", "c"), *records])
    content = out.getvalue()
    lines = content.encode().split(b"\n")
    is_record = Grammar(delimiter, 3).is_record
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    expected, last = [], 0
    for record in reader:
        expected.append((last + 1, *(value or None for value in record)))
        # a value that holds a whole record is taken for a quote left open, on purpose
        assume(not any(is_record(line) for line in lines[last + 1 : reader.line_num - 1]))
        last = reader.line_num
    result, rows, rejected = read_bytes(content.encode(), delimiter)
    assert rejected == []
    assert [tuple(value or None for value in row) for row in rows] == expected[1:]
    assert result.lines_total == last


def test_a_header_with_a_nul_is_read(desk: Desk):
    desk.deliver("x.csv", "a,b\0\n1,kept\n")
    [row] = desk.rows(desk.refresh(resource_of(["a"])))
    assert row["b\\x00"] == "kept"

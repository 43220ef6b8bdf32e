"""JSON Lines, pages and single documents."""

import json

import pytest

from suining_data.settings import Limits
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

LINES = resource_of(["id", "name", "address.town"], format="json_lines")
PAGES = resource_of(["id", "name"], format="json", records="data.list")


def page(*records: object) -> str:
    return json.dumps({"code": 0, "data": {"list": records}}, ensure_ascii=False)


def test_json_lines_keep_their_line_numbers_and_reject_what_is_no_object(desk: Desk):
    lines = [
        '{"id": 510902199001011234, "name": "王\\n明", "address": {"town": "凯旋路", "no": 1}}',
        "",
        '{"id": 2, "name": null}',
        '{"id": 3, "name": "李"',
        "[1]",
        '{"id": "4", "name": true, "new": [1, {"x": 2}]}',
    ]
    desk.deliver("x.jsonl", "\n".join(lines) + "\n")
    result = desk.refresh(LINES)
    assert desk.rejected(result) == [(2, "BLANK_LINE"), (4, "INVALID_JSON"), (5, "NOT_AN_OBJECT")]
    rows = desk.rows(result)
    assert [(r["_line"], r["id"], r["name"], r["address.town"]) for r in rows] == [
        (1, "510902199001011234", "王\n明", "凯旋路"),
        (3, "2", None, None),
        (6, "4", "true", None),
    ]
    assert rows[2]["new"] == '[1,{"x":2}]'
    assert "未登记的列 new" in result.warnings[0].zh
    assert result.current[0].batch.lines_total == 6
    assert balances(result)


def test_json_lines_in_gb18030_reject_the_undecodable_line(desk: Desk):
    desk.deliver("x.jsonl", '{"id":1,"name":"王"}\n'.encode("gb18030") + b'{"id":2,"name":"\xff"}\n')
    result = desk.refresh(resource_of(["id", "name"], format="json_lines", encoding="gb18030"))
    assert [r["name"] for r in desk.rows(result)] == ["王"]
    assert desk.rejected(result) == [(2, "ENCODING")]


def test_records_of_pages_are_numbered_through_the_file(desk: Desk):
    desk.deliver("x.json", "\n".join([page({"id": 1, "name": "a"}, None), page(), page({"id": 2})]) + "\n")
    result = desk.refresh(PAGES)
    assert [(r["_line"], r["id"], r["name"]) for r in desk.rows(result)] == [(1, "1", "a"), (3, "2", None)]
    assert desk.rejected(result) == [(2, "NOT_AN_OBJECT")]
    assert balances(result)


@pytest.mark.parametrize("records", ["data.list", None])
def test_a_single_document_may_span_lines_and_start_with_a_byte_order_mark(desk: Desk, records):
    document: object = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    if records:
        document = {"data": {"list": document}}
    desk.deliver("x.json", b"\xef\xbb\xbf" + json.dumps(document, indent=2).encode())
    result = desk.refresh(resource_of(["id", "name"], format="json", records=records))
    assert [(r["_line"], r["id"]) for r in desk.rows(result)] == [(1, "1"), (2, "2")]


def test_a_document_in_gbk_is_read_as_declared(desk: Desk):
    desk.deliver("x.json", page({"id": 1, "name": "王"}).encode("gbk"))
    result = desk.refresh(resource_of(["id", "name"], format="json", records="data.list", encoding="gbk"))
    assert desk.rows(result)[0]["name"] == "王"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (page({"id": 1}) + "\n" + page({"id": 2})[:-9], "不是完整的 JSON"),
        (page({"id": 1}) + '\n{"code": 500, "msg": "x"}', "没有数组 data.list"),
        ("\n", "没有数组 data.list"),
        (page({"id": 1, "name": "王"}).encode("gb18030"), "内容像是 gb18030"),
        (b"\xff", "不是完整的 JSON"),
        ('{"data": {"list": [{"id": "' + "9" * (3 * (Limits().document_mb << 20)) + '"}]}}', "请交付方分页导出"),
    ],
)
def test_a_document_that_loses_records_refuses_the_batch(desk: Desk, content, said):
    desk.deliver("x.json", content)
    result = desk.refresh(PAGES)
    assert said in result.refusals[0].zh
    assert result.refusals[0].en
    assert result.current == ()


def test_a_required_key_that_occurs_nowhere_refuses_the_batch(desk: Desk):
    desk.deliver("x.json", page({"id": 1, "xm": "a"}))
    result = desk.refresh(resource_of(["id", "name"], required=["name"], format="json", records="data.list"))
    assert "没有出现必填项 name（标签2）" in result.refusals[0].zh


def test_keys_with_quotes_and_dots_are_kept_as_they_are(desk: Desk):
    desk.deliver("x.jsonl", json.dumps({"id": 1, "name": "a", "q\"'x": 5, "a.b": 6, "ID": 7}) + "\n")
    row = desk.rows(desk.refresh(LINES))[0]
    assert (row["id"], row["q\"'x"], row["a.b"], row["ID_2"]) == ("1", "5", "6", "7")


@pytest.mark.parametrize("key", ["", "\0", 'a"b', "a/b~c", "$", "*"])
def test_undeclared_keys_that_mean_something_to_a_path_are_kept(desk: Desk, key: str):
    desk.deliver("x.jsonl", json.dumps({"a": "1", key: "kept"}) + "\n")
    result = desk.refresh(resource_of(["a"], format="json_lines"))
    assert result.refusals == ()
    [row] = desk.rows(result)
    assert "kept" in row.values()

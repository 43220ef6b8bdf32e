"""JSON as interfaces get it wrong: arrays and keys twice, counts that are not met, numbers whose digits matter."""

import json
import shutil
from pathlib import Path

import pytest

from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

CASE = Path(__file__).parent.parent / "cases/20b-array-twice/government_services/bjzz_201910.json"
PAGES = resource_of(["id", "name"], format="json", records="data.list")
LINES = resource_of(["id", "name", "address.town"], format="json_lines")
ONE = '{"id":1,"name":"a"}'
TWO = '{"id":2,"name":"b"}'


def refusal(desk: Desk, content: str | bytes, resource=PAGES) -> str:
    desk.deliver("x.json", content)
    result = desk.refresh(resource)
    assert result.current == ()
    [notice] = result.refusals
    assert notice.en
    return notice.zh


def test_the_handed_document_with_its_array_twice_is_refused(desk: Desk):
    (desk.settings.landing / desk.unit.id).mkdir(parents=True)
    shutil.copy(CASE, desk.settings.landing / desk.unit.id)
    [notice] = desk.refresh(resource_of(["projectNo"], format="json", records="data.list")).refusals
    assert "data.list 中有一项出现 2 次" in notice.zh
    assert "occurs 2 times" in notice.en


@pytest.mark.parametrize(
    "content",
    [
        f'{{"data":{{"list":[{ONE}]}},"data":{{"list":[{TWO}]}}}}',
        f'{{"data":{{"list":[{ONE}],"list":[]}}}}',
        f'{{"data":{{"list":[{ONE}],"LIST":[{TWO}]}}}}',
        f'{{"DATA":{{"list":[{ONE}]}},"data":{{"list":[{TWO}]}}}}',
        f'{{"data":{{"list":[{ONE}],"l\\u0069st":[{TWO}]}}}}',
        f'{{"data":{{"list":[{ONE}]}}}}\n{{"data":{{"list":[{ONE}],"list":[{TWO}]}}}}',
    ],
)
def test_an_array_that_occurs_twice_refuses_the_batch(desk: Desk, content: str):
    assert "data.list 中有一项出现 2 次" in refusal(desk, content)


def test_a_page_with_its_array_twice_refuses_the_batch(desk: Desk):
    resource = resource_of(
        ["id"], format="json", records="data", pages={"number": "page", "count": "pages", "total": "total"}
    )
    desk.deliver("x_p1.json", f'{{"page":1,"pages":1,"total":1,"data":[{ONE}],"data":[{TWO}]}}')
    assert "x_p1.json: data 中有一项出现 2 次" in desk.refresh(resource).refusals[0].zh


@pytest.mark.parametrize("name", ["total", "totalCount", "count", "recordCount", "总条数"])
@pytest.mark.parametrize("place", ["top", "beside"])
def test_a_count_that_is_not_met_is_refused_until_it_is_accepted(desk: Desk, name: str, place: str):
    top, beside = (f'"{name}":"3",', "") if place == "top" else ("", f',"{name}":3')
    content = f'{{{top}"data":{{"list":[{ONE},{TWO}]{beside}}}}}'
    said = refusal(desk, content)
    assert "自称有 3 条记录，实有 2 条" in said
    accepted = said.split("--accept ")[1].rstrip("。")
    assert len(desk.rows(desk.refresh(PAGES, accepted=[accepted]))) == 2


@pytest.mark.parametrize(
    "content",
    [
        f'{{"total":2,"count":"2","data":{{"list":[{ONE},{TWO}],"total":2.0}}}}',
        f'{{"total":2,"data":{{"list":[{ONE}]}}}}{{"total":2,"data":{{"list":[{TWO}]}}}}',
        f'{{"count":1,"data":{{"list":[{ONE}]}}}}{{"count":1,"data":{{"list":[{TWO}]}}}}',
        f'{{"total":-1,"count":null,"pageSize":20,"data":{{"list":[{ONE},{TWO}],"total":"many"}}}}',
        f'{{"count":{{"a":1}},"data":{{"list":[{ONE},{TWO}]}},"other":{{"total":99}}}}',
    ],
)
def test_a_count_that_is_met_or_unknown_is_no_reason_to_refuse(desk: Desk, content: str):
    desk.deliver("x.json", content)
    assert [row["id"] for row in desk.rows(desk.refresh(PAGES))] == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f'{{"DATA":{{"list":[{ONE}]}}}}', "文件中的数组是 DATA.list"),
        (f'{{"data":{{"rows":[{ONE}],"names":["a"]}},"log":[{TWO}]}}', "文件中的数组是 log、data.rows"),
        (f"[{ONE}]", "文件中的数组是 （顶层）"),
        (f'{{"data":{{"list":[{ONE}]}}}} 完', "不是完整的 JSON"),
        (f'{{"data":{{"list":[{ONE}]}}, /* x */ "a":1}}', "不是完整的 JSON"),
        ('{"data":{"list":{"id":1}}}', "没有数组 data.list"),
        (json.dumps({"data": {"list": [{"id": 1, "name": "王"}]}}).encode("utf-16"), "内容像是 UTF-16"),
    ],
)
def test_records_at_another_place_and_text_that_is_no_json_are_named(desk: Desk, content, said: str):
    assert said in refusal(desk, content)


def test_a_document_in_utf_8_that_is_declared_as_gbk_is_refused_for_that(desk: Desk):
    resource = resource_of(["id", "name"], format="json", records="data.list", encoding="gbk")
    content = json.dumps({"data": {"list": [{"id": n, "name": "船山区"} for n in range(3)]}}, ensure_ascii=False)
    assert "登记为 gbk，而内容像是 UTF-8" in refusal(desk, content, resource)
    wrong = refusal(desk, content.replace("船山", "男").encode() + b"\xff", resource)
    assert "登记为 gbk" in wrong or "不能按 gbk 解码" in wrong


def test_lines_in_utf_8_of_a_gbk_file_are_rejected(desk: Desk):
    lines = ['{"id":1,"name":"王","address":{}}'.encode("gbk"), '{"id":2,"name":"船山"}'.encode(), b"\x1a"]
    desk.deliver("x.jsonl", b"\n".join(lines))
    result = desk.refresh(resource_of(["id", "name"], format="json_lines", encoding="gbk"))
    assert desk.rejected(result) == [(2, "ENCODING"), (3, "END_OF_FILE_MARK")]
    assert balances(result)


def test_a_record_with_a_key_twice_is_rejected(desk: Desk):
    lines = [
        '{"id":1,"name":"a","address":{"town":"x"}}',
        '{"id":2,"name":"a","name":"b"}',
        '{"id":3,"n\\u0061me":"a","name":"a"}',
        '{"id":4,"address":{"town":"x","town":"y"}}',
        '{"id":5,"more":{"k":1,"k":2},"address":null}',
        '{"id":6,"ID":7}',
    ]
    desk.deliver("x.jsonl", "\n".join(lines) + "\n")
    result = desk.refresh(LINES)
    assert desk.rejected(result) == [(2, "DUPLICATE_KEY"), (3, "DUPLICATE_KEY"), (4, "DUPLICATE_KEY")]
    rows = desk.rows(result)
    assert [row["id"] for row in rows] == ["1", "5", "6"]
    assert (rows[1]["more"], rows[2]["ID_2"]) == ('{"k":1,"k":2}', "7")
    assert balances(result)


def test_a_record_of_a_document_with_a_key_twice_is_rejected(desk: Desk):
    desk.deliver("x.json", f'{{"data":{{"list":[{ONE},{{"id":2,"id":3}}]}}}}')
    result = desk.refresh(PAGES)
    assert desk.rejected(result) == [(2, "DUPLICATE_KEY")]
    assert balances(result)


NUMBERS = {
    "2014.10": "2014.10", "1.1": "1.1", "71.00": "71.00", "-0.50": "-0.50", "1.0": "1.0", "100": "100", "5.10903e+17": "5.10903e+17",
    "5.1E+3": "5.1E+3", "12345678901234567890123": "12345678901234567890123", "NaN": "NaN", "-Infinity": "-Infinity",
    "1E7": "10000000.0", "true": "true", '"x 1.10, y"': "x 1.10, y", '": 1.10, "': ": 1.10, ", '"a\\":1.10,"': 'a":1.10,',
}  # fmt: skip


@pytest.mark.parametrize(("written", "read"), NUMBERS.items())
@pytest.mark.parametrize("form", ["json", "json_lines", "gbk"])
def test_numbers_arrive_as_they_are_written(desk: Desk, written: str, read: str, form: str):
    record = f'{{"id": {written}, "name":"王 1.50"}}'
    if form == "json_lines":
        desk.deliver("x.json", f"{record}\n{record}\n")
        result = desk.refresh(resource_of(["id", "name"], format=form))
    else:
        desk.deliver("x.json", f'{{"data":{{"list":[{record},{record}]}}}}'.encode(form if form == "gbk" else "utf-8"))
        encoding = form if form == "gbk" else "utf-8"
        result = desk.refresh(resource_of(["id", "name"], format="json", records="data.list", encoding=encoding))
    assert [(row["id"], row["name"]) for row in desk.rows(result)] == [(read, "王 1.50")] * 2


@pytest.mark.parametrize(
    "name", ["x[1].json", "x*.json", "x?.json", "it's {a,b} %20#.json", "-x.json", "year=2019.json"]
)
@pytest.mark.parametrize("form", ["json", "json_lines"])
def test_names_that_mean_something_to_duckdb_are_only_names(desk: Desk, name: str, form: str):
    documents = {"json": '{{"data":{{"list":[{}]}}}}', "json_lines": "{}\n"}
    desk.deliver("x1.json", documents[form].format(ONE))
    desk.deliver(name, documents[form].format(TWO))
    result = desk.refresh(PAGES if form == "json" else resource_of(["id", "name"], format="json_lines"))
    assert sorted(row["id"] for row in desk.rows(result)) == ["1", "2"]
    assert result.warnings == ()

"""An interface's answer in pages: one batch, every record with its page, and sets that make no whole refused."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.ingestion import files_of
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

KEYS = {"number": "page", "count": "pages", "total": "total"}
PAGED = resource_of(["id", "name"], pattern="sb_*.json", format="json", records="data", pages=KEYS)
FULL = resource_of(["id", "name"], pattern="sb_*.json", format="json", records="data", pages=KEYS, mode="full")


def page(number: int, count: int, total: int, *records: object) -> str:
    return json.dumps({"page": number, "pages": count, "total": total, "data": records}, ensure_ascii=False)


def people(first: int, last: int) -> list[object]:
    return [{"id": n, "name": f"甲{n}"} for n in range(first, last + 1)]


def three_pages(desk: Desk, stamp: str = "20190831") -> list[Path]:
    """5 records: 2, 2 and 1."""
    return [
        desk.deliver(f"sb_{stamp}_p{n:03}.json", page(n, 3, 5, *people(2 * n - 1, min(2 * n, 5)))) for n in (1, 2, 3)
    ]


def refusal(desk: Desk) -> tuple[str, str]:
    result = desk.refresh(PAGED)
    assert result.current == ()
    (notice,) = result.refusals
    assert notice.zh.startswith("sb_20190831.json ")
    assert notice.en.startswith("sb_20190831.json ")
    return notice.zh, notice.en


def places(desk: Desk) -> list[tuple[str, int, int]]:
    """File, first and last line of the batch in it."""
    found = desk.con.execute(f"from ({files_of(PAGED.id)}) order by first_line, file_name").fetchall()
    return [(name, first, last) for _, name, first, last in found]


def test_all_pages_are_one_batch_and_a_line_leads_to_its_page(desk: Desk):
    three_pages(desk)
    result = desk.refresh(PAGED)
    assert result.refusals == ()
    assert [(r["_line"], r["id"], r["name"]) for r in desk.rows(result)] == [(n, str(n), f"甲{n}") for n in range(1, 6)]
    (item,) = result.current
    assert item.batch.file_name == "sb_20190831.json"
    assert item.batch.lines_total == 5
    assert places(desk) == [
        ("sb_20190831_p001.json", 1, 2),
        ("sb_20190831_p002.json", 3, 4),
        ("sb_20190831_p003.json", 5, 5),
    ]
    assert balances(result)
    assert desk.refresh(PAGED).files_read == 0


def test_a_record_that_is_no_object_is_put_aside_and_counted(desk: Desk):
    desk.deliver("sb_20190831_p001.json", page(1, 2, 3, {"id": 1, "name": "a"}, None))
    desk.deliver("sb_20190831_p002.json", page(2, 2, 3, {"id": 3}))
    result = desk.refresh(PAGED)
    assert [(r["_line"], r["id"]) for r in desk.rows(result)] == [(1, "1"), (3, "3")]
    assert desk.rejected(result) == [(2, "NOT_AN_OBJECT")]
    assert balances(result)


def test_the_number_in_a_page_counts_not_the_name(desk: Desk):
    desk.deliver("sb_20190831_p1.json", page(2, 2, 2, {"id": 2}))
    desk.deliver("sb_20190831_p10.json", page(1, 2, 2, {"id": 1, "name": "x"}))
    result = desk.refresh(PAGED)
    assert [(r["_line"], r["id"]) for r in desk.rows(result)] == [(1, "1"), (2, "2")]
    assert places(desk) == [("sb_20190831_p10.json", 1, 1), ("sb_20190831_p1.json", 2, 2)]


def test_an_answer_without_records_is_one_empty_page(desk: Desk):
    desk.deliver("sb_20190831_p001.json", page(1, 1, 0))
    result = desk.refresh(PAGED)
    assert (result.refusals, result.raw_rows, len(result.current)) == ((), 0, 1)


def test_an_answer_in_one_file_needs_no_number_in_its_name(desk: Desk):
    desk.deliver("sb_20190831.json", page(1, 1, 1, {"id": 1, "name": "x"}))
    result = desk.refresh(PAGED)
    assert result.current[0].batch.file_name == "sb_20190831.json"
    assert places(desk) == [("sb_20190831.json", 1, 1)]


def test_keys_may_lie_deeper_and_pages_may_be_gb18030_with_numbers_as_text(desk: Desk):
    keys = {"number": "head.no", "count": "head.of", "total": "head.rows"}
    resource = resource_of(
        ["id", "name"], pattern="sb_*", format="json", records="body.list", pages=keys, encoding="gb18030"
    )
    for n, name in ((1, "王"), (2, "李")):
        answer = {"head": {"no": str(n), "of": "2", "rows": "2"}, "body": {"list": [{"id": n, "name": name}]}}
        desk.deliver(f"sb_1_p{n}.json", json.dumps(answer, ensure_ascii=False).encode("gb18030"))
    assert [r["name"] for r in desk.rows(desk.refresh(resource))] == ["王", "李"]
    desk.deliver("sb_1_p2.json", b'{"head": "\xff"}')
    assert "sb_1_p2.json 第 1 行之后: 含有不能按 gb18030 解码的字节" in desk.refresh(resource).refusals[0].zh


def test_a_missing_page_is_named_and_the_batch_is_taken_in_when_it_comes(desk: Desk):
    three_pages(desk)[1].unlink()
    zh, en = refusal(desk)
    assert "全部页: 缺少第 2 页（共 3 页，到了 2 页）。请补齐，补齐后自动读取。" in zh
    assert "all pages: page 2 of 3 is missing (2 are there)" in en
    three_pages(desk)
    result = desk.refresh(PAGED)
    assert (result.refusals, result.raw_rows) == ((), 5)


def test_of_many_missing_pages_the_first_are_named(desk: Desk):
    desk.deliver("sb_20190831_p003.json", page(3, 2_000_000_000, 5))
    assert "缺少第 1、2、4、5、6、7、8、9、10、11 等 页（共 2000000000 页，到了 1 页）" in refusal(desk)[0]


def test_a_page_that_is_there_twice_is_refused(desk: Desk):
    three_pages(desk)
    desk.deliver("sb_20190831_p004.json", page(3, 3, 5, *people(5, 5)))
    zh, en = refusal(desk)
    assert "sb_20190831_p004.json: 第 3 页已在 sb_20190831_p003.json 中，页重复" in zh
    assert "sb_20190831_p004.json: page 3 is also in sb_20190831_p003.json" in en


def test_a_total_that_does_not_match_is_refused(desk: Desk):
    three_pages(desk)
    desk.deliver("sb_20190831_p002.json", page(2, 3, 5, *people(3, 3)))
    zh, en = refusal(desk)
    assert "全部页: 各页共 4 条记录，接口称共 5 条。" in zh
    assert "all pages: they hold 4 records, but the interface reports 5." in en


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (page(2, 3, 6, *people(3, 4)), "p002.json: 称共 3 页 6 条，而 sb_20190831_p001.json 称共 3 页 5 条", "p002.json: the page reports 3 pages"),
        (page(7, 3, 5, *people(3, 4)), "p002.json: 自称第 7 页，而共 3 页", "p002.json: the page has the number 7, but there are 3 pages"),
        (page(0, 3, 5, *people(3, 4)), "p002.json: 自称第 0 页，而共 3 页", "p002.json: the page has the number 0, but there are 3 pages"),
        ('{"code": 500, "message": "timeout"}', "p002.json: 不是一页数据（没有数组 data，", "p002.json: this is not a page (no array at"),
        ("", "p002.json: 不是一页数据", "p002.json: this is not a page"),
        (page(2, 3, 5) + page(2, 3, 5), "p002.json: 不是一页数据", "p002.json: this is not a page"),
        ('{"pages": 3, "total": "五", "data": []}', "p002.json: 缺少整数 page、total", "no whole number at page, total"),
        (page(2, 3, 5, *people(3, 4))[:-9], "sb_20190831_p002.json: 不是完整的 JSON", "sb_20190831_p002.json: the JSON is incomplete"),
    ],
)  # fmt: skip
def test_a_page_that_does_not_fit_is_named(desk: Desk, content: str, zh: str, en: str):
    three_pages(desk)
    desk.deliver("sb_20190831_p002.json", content)
    told = refusal(desk)
    assert zh in told[0]
    assert en in told[1]


def test_a_corrected_page_replaces_the_whole_batch(desk: Desk):
    three_pages(desk)
    before = desk.refresh(FULL).current[0].batch.batch_id
    desk.deliver("sb_20190831_p003.json", page(3, 3, 5, {"id": 9, "name": "乙"}))
    result = desk.refresh(FULL)
    assert [r["id"] for r in desk.rows(result)] == ["1", "2", "3", "4", "9"]
    assert result.current[0].batch.batch_id != before
    assert desk.con.execute("select status from governance.batch order by 1").fetchall() == [
        ("in_force",),
        ("replaced",),
    ]


def test_batches_are_told_apart_and_the_newest_full_one_counts(desk: Desk):
    three_pages(desk)
    three_pages(desk, "20190930")[0].unlink()
    result = desk.refresh(FULL)
    assert [item.batch.file_name for item in result.current] == ["sb_20190831.json"]
    assert [notice.zh.split()[0] for notice in result.refusals] == ["sb_20190930.json"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_cut_into_pages_gives_the_same_rows(desk: Desk, sizes: list[int], random):
    for path in (desk.settings.landing / desk.unit.id).glob("*"):
        path.unlink()
    ids = list(range(1, sum(sizes) + 1))
    names = random.sample(range(1, 99), len(sizes))
    start = 0
    for number, (size, name) in enumerate(zip(sizes, names, strict=True), start=1):
        records = people(start + 1, start + size)
        desk.deliver(f"sb_1_p{name}.json", page(number, len(sizes), len(ids), *records))
        start += size
    result = desk.refresh(PAGED)
    assert result.refusals == ()
    newest = [item for item in result.current if item.batch.file_name == "sb_1.json"]
    rows = [(r["_line"], r["id"]) for r in desk.rows(result) if newest]
    assert rows == [(n, str(n)) for n in ids]
    assert balances(result)

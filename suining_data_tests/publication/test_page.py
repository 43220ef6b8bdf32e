"""The page that an official opens says what the tables say, and shows delivered text as text."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html

from suining_data.publication.page import PAGE, page_of, points_of, write_page
from suining_data.publication.page_figures import Ratio, Score, figures_of
from suining_data_tests.quality.governance_tables import CATALOG, RESOURCE, Governance

NOON = datetime(2026, 3, 6, 12)
HOSTILE = '<script>alert("x")</script> ry_"\'><img src=http://evil.example/a>\u202e.csv'


@pytest.fixture
def city() -> Governance:
    """Two current batches, one row and two values quarantined, a refused file, an overdue resource."""
    city = Governance()
    city.deliver("a1", rows=1_200, seen=NOON, rejected=1, staged=1_199)
    city.deliver("b1", rows=34, seen=NOON)
    city.put_aside("a1", 2, "gmsfhm", "check_digit")
    city.put_aside("a1", 3, "gmsfhm", "check_digit")
    city.put_aside("b1", 2, "xm", "required", scope="row")
    city.fail(f"raw.{RESOURCE}", "batches_accepted", 1, "ry_c.csv 第 1 行: 缺少列 xm\nry_c.csv line 1: xm is missing")
    city.problem("overdue", "public_security__residents: 应于 2026-03-01 前交付")
    return city


def shown(city: Governance, now: datetime = NOON) -> tuple[str, html.HtmlElement]:
    city.score(now.date())
    city.compare(now)
    text = page_of(figures_of(city.con, CATALOG, now.date()), now)
    return text, html.fromstring(text)


def cards(page: html.HtmlElement) -> list[str]:
    return [card.text_content().strip() for card in page.find_class("card")]


def row_of(page: html.HtmlElement, first: str) -> list[str]:
    row = next(row for row in page.iter("tr") if row[0].text_content().strip().startswith(first))
    return [" ".join(cell.text_content().split()) for cell in row]


def test_the_figures_are_those_of_the_tables(city: Governance) -> None:
    _, page = shown(city)
    [totals] = city.con.execute("""
        select sum(raw), sum(staged), sum(quarantined + rejected) from governance.row_account
        join governance.batch using (resource_id, batch_id) where status = 'in_force'
    """).fetchall()
    assert totals == (1_234, 1_233, 2)
    assert [re.match(r"[\d,]+", card)[0] for card in cards(page)] == [  # type: ignore[index]
        "1", "1", "1,234", "0", "1,233", "1", "1", "2",
    ]  # fmt: skip
    assert "2 行、2 个值隔离" in cards(page)[4]


def test_the_score_of_a_unit_is_that_of_the_table_with_numerator_and_denominator(city: Governance) -> None:
    _, page = shown(city)
    rows = {
        dimension: (n, d)
        for dimension, n, d in city.con.execute(
            "select dimension, numerator, denominator from governance.quality_score"
        ).fetchall()
    }
    assert rows["conformity"] == (4 * 1_234 - 2, 4 * 1_234)
    cells = row_of(page, "市公安局")
    assert cells[1:8] == ["1 / 1", "1,234", "1", "0", "1", "2 / 2", "2"]
    assert [re.sub(r".*%|[ ,]", "", cell) for cell in cells[10:]] == [
        f"{n}/{d}"
        for n, d in (
            rows[d] for d in ("conformity", "completeness", "accuracy", "consistency", "timeliness", "accessibility")
        )
    ]
    assert cells[10].startswith("99.95%")


def test_a_ticket_is_shown_with_its_deadline_and_marked_when_it_is_overdue(city: Governance) -> None:
    _, page = shown(city)
    assert row_of(page, "JC2026-00001")[1:] == [
        "市公安局", "测试人口", "gmsfhm", "gmsfhm：check_digit", "2", "2026-03-06", "2026-03-20",
    ]  # fmt: skip
    _, page = shown(city, NOON + timedelta(days=15))
    assert row_of(page, "JC2026-00001")[-1] == "2026-03-20 逾期"
    assert cards(page)[-1] == "2张核查工单在办，其中逾期 2 张"


def test_delivered_text_is_text(city: Governance) -> None:
    city.fail("raw.public_security__residents", "batches_accepted", 1, f"{HOSTILE} 第 1 行: 表头不符\n...")
    city.problem("undeclared", f"{HOSTILE}: 没有资源登记这个文件名", resource=None)
    city.put_aside("a1", 4, HOSTILE, HOSTILE)
    text, page = shown(city)
    assert not [*page.iter("script"), *page.iter("img"), *page.iter("a")]
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert sum(HOSTILE[:20] in cell.text_content() for cell in page.iter("td")) >= 4


def test_the_page_asks_no_network(city: Governance) -> None:
    text, page = shown(city)
    assert not page.xpath("//*[@src or @href]")
    assert "url(" not in text
    [policy] = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy


def test_no_key_of_a_row_and_no_note_is_on_the_page(city: Governance) -> None:
    text, _ = shown(city)
    keys = city.con.execute("select record_id from governance.quarantine where record_id is not null").fetchall()
    assert keys
    assert not [key for (key,) in keys if str(key) in text]


def test_the_score_of_a_day_without_a_row_is_the_one_before(city: Governance) -> None:
    city.score(date(2026, 3, 2))
    city.put_aside("a1", 9, "gmsfhm", "check_digit")
    city.score(date(2026, 3, 5))
    city.compare(NOON)
    trend = figures_of(city.con, CATALOG, date(2026, 3, 6)).units[0].trend
    n, d = 4 * 1_234 - 2, 4 * 1_234
    assert [(score.day.day, score.dimensions["conformity"]) for score in trend] == [
        (2, Ratio(n, d)), (3, Ratio(n, d)), (4, Ratio(n, d)), (5, Ratio(n - 1, d)), (6, Ratio(n - 1, d)),
    ]  # fmt: skip


def test_a_hundred_per_cent_is_said_only_of_all() -> None:
    assert str(Ratio(999_999, 1_000_000)) == "99.99%"
    assert str(Ratio(3, 3)) == "100.00%"
    assert Score(NOON.date(), {"conformity": Ratio(999_999, 1_000_000)}).points == 99.9
    assert Score(NOON.date(), {"conformity": Ratio(1, 1), "timeliness": Ratio(0, 1)}).points == 50.0


def test_a_trend_goes_from_left_to_right_and_up_to_a_hundred() -> None:
    days = tuple(Score(date(2026, 3, n), {"timeliness": Ratio(n, 4)}) for n in (2, 3, 4))
    assert points_of(days, 50.0) == [(3.0, 23.0), (45.0, 13.0), (87.0, 3.0)]
    assert points_of(days[2:], 50.0) == [(87.0, 3.0)]


def test_a_warehouse_without_a_score_has_no_page(city: Governance, tmp_path: Path) -> None:
    write_page(city.con, tmp_path)
    assert not list(tmp_path.iterdir())
    city.score(NOON.date())
    city.compare(NOON)
    write_page(city.con, tmp_path)
    assert (tmp_path / PAGE).stat().st_size < 2_000_000

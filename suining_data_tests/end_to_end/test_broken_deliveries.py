"""A delivery that is broken says so, disturbs nothing else, and what was published stays whole."""

import io
import shutil

from suining_data.display import PlainConsole
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data_tests.end_to_end.conftest import City

CHANGES = "public_security__household_changes"
RESIDENTS = "sichuan_public_security__residents"


def refusals(city: City, resource: str) -> list[tuple[object, ...]]:
    return city.warehouse(
        f"select file_name, refusal_zh, refusal_en from governance.batch "
        f"where resource_id = '{resource}' and status = 'refused'"
    )


def persons(city: City) -> object:
    return city.value("select count(*) from population.person")


def balances(city: City) -> bool:
    return city.warehouse("""
        select count(*) from governance.row_account
        where lines_total <> header_lines + continuation_lines + rejected + raw or raw <> staged + quarantined + superseded
    """) == [(0,)]


def test_a_renamed_column_is_named_with_what_to_do(own_city: City) -> None:
    file = own_city.landed("public_security", "hjbd_*.csv")
    before = persons(own_city)
    content = file.read_bytes()
    file.with_name("hjbd_201909.csv").write_bytes(content.replace(b"gmsfhm", b"sfzhm", 1))
    own_city.refresh()
    [(name, zh, en)] = refusals(own_city, CHANGES)
    assert name == "hjbd_201909.csv"
    for part in ("hjbd_201909.csv", "gmsfhm", "公民身份号码", "sfzhm", "public_security.yaml"):
        assert part in str(zh)
    assert "gmsfhm" in str(en)
    assert persons(own_city) == before
    assert own_city.warehouse(
        "select has_passed, is_blocking from governance.check_result "
        f"where table_name = 'raw.{CHANGES}' and check_name = 'batches_accepted'"
    ) == [(False, False)]


def test_a_file_in_another_encoding_is_refused_with_the_one_it_looks_like(own_city: City) -> None:
    file = own_city.landed("public_security", "hjbd_*.csv")
    text = file.read_bytes().decode("gb18030", errors="replace")
    file.with_name("hjbd_201909.csv").write_bytes(text.encode("utf-8"))
    own_city.refresh()
    [(_, zh, _)] = refusals(own_city, CHANGES)
    assert "UTF-8" in str(zh)


def test_a_register_that_collapses_is_refused_and_the_last_one_stays(own_city: City) -> None:
    file = own_city.landed("sichuan_public_security", "czhjrk_*.csv")
    before = persons(own_city)
    lines = file.read_bytes().split(b"\n")
    file.with_name("czhjrk_20190930.csv").write_bytes(b"\n".join(lines[: len(lines) // 2]))
    own_city.refresh()
    [(_, zh, _)] = refusals(own_city, RESIDENTS)
    assert "少" in str(zh)
    assert persons(own_city) == before
    batch_id = str(zh).split("--accept ")[1].rstrip("。")
    assert own_city.outcome is Outcome.REFUSALS
    accepted = run_refresh(own_city.settings, PlainConsole(file=io.StringIO()), [batch_id])
    assert accepted is Outcome.DONE
    assert refusals(own_city, RESIDENTS) == []
    assert (
        own_city.value(f"select count(*) from governance.batch where batch_id = '{batch_id}' and status = 'in_force'")
        == 1
    )


def test_damaged_lines_are_put_aside_one_by_one_with_their_line_numbers(own_city: City) -> None:
    file = own_city.landed("public_security", "hjbd_*.csv")
    header, first, second, *_ = file.read_bytes().split(b"\n")
    short = b",".join(second.split(b",")[:3])
    bad_bytes = first.replace(b",", b",\xff\xff", 1)
    lines = [header, *[first] * 25, short, bad_bytes, b"", first.replace(b",", b",\x00", 1)]
    file.with_name("hjbd_201909.csv").write_bytes(b"\n".join(lines) + b"\n")
    own_city.refresh()
    rejected = own_city.query(
        f"select line_number, rule from governance.quarantine where resource_id = '{CHANGES}' and scope = 'line' "
        "and file_name = 'hjbd_201909.csv' order by line_number"
    )
    assert [line for line, _ in rejected] == [27, 28, 29, 30]
    assert len({rule for _, rule in rejected}) == 4
    assert balances(own_city)


def test_a_page_that_is_not_a_workbook_is_refused(own_city: City) -> None:
    file = own_city.landed("civil_affairs", "*.xlsx")
    resource = own_city.query(f"select resource_id from governance.batch where file_name = '{file.name}'")[0][0]
    file.with_name(file.name.replace(".xlsx", "_2.xlsx")).write_text("<html>请先登录</html>", encoding="utf-8")
    own_city.refresh()
    assert len(refusals(own_city, str(resource))) == 1


def test_a_file_delivered_twice_is_one_batch(own_city: City) -> None:
    file = own_city.landed("public_security", "hjbd_*.csv")
    before = own_city.query(
        f"select batch_id, raw from governance.row_account where resource_id = '{CHANGES}' order by 1"
    )
    shutil.copy(file, file.with_name(file.name.replace(".csv", "_copy.csv")))
    own_city.refresh()
    after = own_city.query(
        f"select batch_id, raw from governance.row_account where resource_id = '{CHANGES}' order by 1"
    )
    assert after == before


def test_a_corrected_file_replaces_its_predecessor(own_city: City) -> None:
    file = own_city.landed("public_security", "hjbd_*.csv")
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join(lines[:-3]) + b"\n")
    own_city.refresh()
    statuses = own_city.query(
        f"select status from governance.batch where resource_id = '{CHANGES}' and file_name = '{file.name}' order by 1"
    )
    assert statuses == [("in_force",), ("replaced",)]
    assert balances(own_city)

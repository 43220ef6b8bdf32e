"""A fetch that goes wrong says so in one sentence, leaves no half file, and goes on where it was."""

import psycopg
import pytest
from pydantic import SecretStr

from suining_data.ingestion import accept_deletions, fetching
from suining_data.settings import Settings
from suining_data_tests.exchange.conftest import ANNA, BEN, CARL, Office, resource_of
from suining_data_tests.exchange.servers import PASSWORD

NINE, TEN, ELEVEN = (f"2019-08-14 {hour}:00:00+08" for hour in ("09", "10", "11"))
PEOPLE = ((1, ANNA, "安娜", NINE), (2, BEN, "本", TEN), (3, CARL, "卡尔", ELEVEN))


def refusal(office: Office) -> tuple[str, str]:
    """What a fetch that brings nothing says."""
    fetched = office.fetch()
    assert fetched.files == []
    assert fetched.notice is not None
    return fetched.notice.zh, fetched.notice.en


def files(office: Office) -> list[str]:
    return sorted(file.name for file in office.landing.iterdir())


def test_a_connection_that_breaks_leaves_whole_files_and_the_next_fetch_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(*PEOPLE)
    write = fetching._Landing._write

    def write_then_break(landing: fetching._Landing, *given: object) -> None:
        write(landing, *given)  # type: ignore[arg-type]
        office.server.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'suining_data'"
        )

    monkeypatch.setattr(fetching, "ROWS_PER_FILE", 1)
    monkeypatch.setattr("suining_data.ingestion.exchange_table.ROWS_AT_ONCE", 1)
    with monkeypatch.context() as patch:
        patch.setattr(fetching._Landing, "_write", write_then_break)
        fetched = office.fetch()
    assert fetched.notice is not None
    assert fetched.notice.zh == "交换库 exchange.czrk: 连接中断，已取 1 行，下次从中断处继续。"
    assert files(office) == ["czrk_000001_start_20190814T090000000000.jsonl"]
    assert office.refresh().rows == 2
    assert office.staged() == ["卡尔", "安娜", "本"]
    assert office.account() == (3, 3, 0, 0)


def test_a_lost_connection_is_tried_again_and_goes_on_where_it_broke(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(*PEOPLE)
    write, pauses = fetching._Landing._write, list[float]()

    def break_once(landing: fetching._Landing, *given: object) -> None:
        write(landing, *given)  # type: ignore[arg-type]
        if not pauses:
            office.server.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'suining_data'"
            )

    monkeypatch.setattr(fetching, "ROWS_PER_FILE", 1)
    monkeypatch.setattr("suining_data.ingestion.exchange_table.ROWS_AT_ONCE", 1)
    monkeypatch.setattr(fetching, "PAUSES", (1.0, 2.0))
    monkeypatch.setattr(fetching.time, "sleep", pauses.append)
    monkeypatch.setattr(fetching._Landing, "_write", break_once)
    assert office.refresh().rows == 3
    assert pauses == [1.0]
    assert office.staged() == ["卡尔", "安娜", "本"]


def test_half_a_file_of_a_killed_fetch_is_never_taken_in(office: Office) -> None:
    scratch = office.landing / f".{office.resource.id}"
    scratch.mkdir(parents=True)
    (scratch / "czrk_000001_start_20190814T110000000000.jsonl").write_text('{"xh":"9","xm":"半', encoding="utf-8")
    office.write(*PEOPLE)
    assert office.refresh().rows == 3
    assert files(office) == ["czrk_000001_start_20190814T110000000000.jsonl"]


def test_a_server_that_does_not_answer_is_said_without_its_password(office: Office) -> None:
    for dsn in ("postgresql://reader:geheim@127.0.0.1:1/exchange", "postgresql//reader:geheim@nowhere"):
        office.settings = Settings(data=office.settings.data, exchange_dsn=SecretStr(dsn))
        zh, en = refusal(office)
        assert zh.startswith("交换库 exchange.czrk: 连接不上")
        assert "SUINING_EXCHANGE_DSN" in en
        assert "geheim" not in zh + en + repr(office.settings)


def test_a_missing_table_is_named_with_what_to_do(office: Office) -> None:
    office.resource = resource_of(table="exchange.nowhere")
    zh, en = refusal(office)
    assert zh.startswith("交换库 exchange.nowhere: 没有这个表或视图")
    assert "delivery.exchange.table in catalog/units/police.yaml" in en


def test_a_renamed_column_is_named_with_what_to_do(office: Office) -> None:
    office.write(*PEOPLE)
    office.refresh()
    office.server.execute("alter table exchange.czrk rename xm to name")
    zh, en = refusal(office)
    assert zh.startswith("交换库 exchange.czrk: 缺少列 xm（姓名），多出列 name。")
    assert "column xm (name) is missing, name is not declared" in en
    assert len(office.staged()) == 3, "what was fetched before stays"


def test_a_column_that_is_no_measure_of_time_cannot_be_the_watermark(office: Office) -> None:
    office.resource = resource_of(watermark="xm")
    assert refusal(office)[0].startswith("交换库 exchange.czrk: 列 xm 的类型 text 不能作增量标记。")


def test_a_key_that_stands_in_two_rows_is_refused(office: Office) -> None:
    office.resource = resource_of(key=["xm"])
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "安娜", NINE))
    zh, en = refusal(office)
    assert "有 1 个键（xm）对应多行" in zh
    assert "安娜" not in zh + en


def test_an_account_without_rights_is_told_so(office: Office) -> None:
    office.server.execute("drop role if exists reader")
    office.server.execute(f"create role reader login password '{PASSWORD}'")
    office.server.execute("grant usage on schema exchange to reader")
    assert office.settings.exchange_dsn
    info = psycopg.conninfo.make_conninfo(office.settings.exchange_dsn.get_secret_value(), user="reader")
    office.settings = Settings(data=office.settings.data, exchange_dsn=SecretStr(info))
    assert "InsufficientPrivilege" in refusal(office)[1]


def test_an_error_of_the_view_tells_no_value(office: Office) -> None:
    office.server.execute(
        "create view exchange.v as select xh, gmsfhm, (xm::int)::text xm, bz, sczt, gxsj from exchange.czrk"
    )
    office.resource = resource_of(table="exchange.v")
    office.write(*PEOPLE)
    zh, en = refusal(office)
    assert "视图定义" in zh
    assert "安娜" not in zh + en


def test_a_table_that_is_being_emptied_deletes_nobody_until_somebody_confirms(office: Office) -> None:
    office.resource = resource_of(compare_keys=True)
    office.write(*((n, None, f"人{n}", NINE) for n in range(100)))
    office.refresh()
    office.server.execute("delete from exchange.czrk where xh >= 60")
    zh, en = refusal(office)
    assert "已知的 100 行中有 40 行（40%，超过 30%）不在表中，未作删除" in zh
    accept_deletions(office.con, en.split("--accept ")[1].rstrip("."))
    assert office.refresh().deleted == 40
    assert len(office.staged()) == 60
    office.server.execute("delete from exchange.czrk where xh >= 30")
    assert "30 of 60 recorded rows" in refusal(office)[1], "confirmed is what was gone then"

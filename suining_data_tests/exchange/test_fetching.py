"""What is new in a table comes once, what is gone leaves, and nothing between two fetches is lost."""

import shutil
from pathlib import Path

import pytest

from suining_data.ingestion import deliveries_meant, end_withdrawal, fetching, ingest, record_withdrawal
from suining_data_tests.exchange.conftest import ANNA, BEN, CARL, UNIT, Office, resource_of

NINE, TEN, ELEVEN = (f"2019-08-14 {hour}:00:00+08" for hour in ("09", "10", "11"))


def test_the_first_fetch_brings_every_row_and_the_second_nothing(office: Office) -> None:
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", TEN))
    assert office.refresh().rows == 2
    assert office.staged("name, updated_at::varchar") == [
        ("安娜", "2019-08-14 09:00:00"),
        ("本", "2019-08-14 10:00:00"),
    ]
    assert office.refresh().files == []
    assert [file.name for file in office.landing.iterdir()] == [
        "czrk_000001_start_20190814T100000000000.jsonl",
    ]


def test_an_increment_brings_what_is_new_and_what_has_changed(office: Office) -> None:
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", TEN))
    office.refresh()
    office.write((2, BEN, "本杰明", ELEVEN), (3, CARL, "卡尔", ELEVEN))
    assert office.refresh().rows == 2
    assert office.staged() == ["卡尔", "安娜", "本杰明"]
    assert office.account() == (4, 3, 0, 1)


def test_a_row_with_the_watermark_of_the_last_one_is_not_lost(office: Office) -> None:
    office.write((1, ANNA, "安娜", TEN))
    office.refresh()
    office.write((2, BEN, "本", TEN))
    assert office.refresh().rows == 1
    assert office.staged() == ["安娜", "本"]


def test_a_row_marked_deleted_leaves_and_comes_back_when_delivered_again(office: Office) -> None:
    office.resource = resource_of(deleted={"column": "sczt", "values": ["1"]})
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    office.refresh()
    office.server.execute("update exchange.czrk set sczt = '1', gxsj = %s where xh = 2", [TEN])
    office.refresh()
    assert office.staged() == ["安娜"]
    assert office.account() == (3, 1, 0, 2)
    office.server.execute("update exchange.czrk set sczt = '0', gxsj = %s where xh = 2", [ELEVEN])
    office.refresh()
    assert office.staged() == ["安娜", "本"]
    assert office.account() == (4, 2, 0, 2)


def test_a_key_that_is_gone_leaves_and_comes_back_and_leaves_again(office: Office) -> None:
    office.resource = resource_of(compare_keys=True)
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    office.refresh()
    office.server.execute("delete from exchange.czrk where xh = 2")
    assert office.refresh().deleted == 1
    assert office.staged() == ["安娜"]
    assert office.account() == (3, 1, 0, 2)
    office.write((2, BEN, "本", NINE))
    office.refresh()
    assert office.staged() == ["安娜", "本"]
    office.server.execute("delete from exchange.czrk where xh = 2")
    assert office.refresh().deleted == 1
    assert office.staged() == ["安娜"]
    assert office.refresh().files == []


def test_a_row_committed_late_is_found_within_the_overlap(office: Office) -> None:
    office.write((1, ANNA, "安娜", TEN))
    office.refresh()
    office.write((2, BEN, "本", "2019-08-14 09:30:00+08"))
    assert office.refresh().rows == 1
    assert office.staged() == ["安娜", "本"]


def test_a_row_that_comes_back_unchanged_is_a_delivery_of_its_own(office: Office) -> None:
    office.resource = resource_of(compare_keys=True)
    for _ in range(2):
        office.write((1, ANNA, "安娜", NINE))
        office.refresh()
        assert office.staged() == ["安娜"]
        office.server.execute("delete from exchange.czrk")
        office.refresh()
        assert office.staged() == []


def test_a_row_that_the_watermark_passed_by_is_found_by_its_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ROWS_PER_FILE", 1)
    office.resource = resource_of(compare_keys=True)
    office.write((1, ANNA, "安娜", TEN))
    office.refresh()
    office.write((2, BEN, "本", "2018-01-01 00:00:00+08"))
    ten = "20190814T100000000000"
    assert office.refresh().files == [f"czrk_000002_{ten}_{ten}.jsonl"], "the next fetch begins where this one ended"
    assert office.staged() == ["安娜", "本"]
    assert office.refresh().files == []


def test_a_watermark_in_the_future_or_missing_does_not_end_the_increments(office: Office) -> None:
    office.server.execute("alter table exchange.czrk alter gxsj drop not null")
    office.write((1, ANNA, "安娜", "2099-12-31 00:00:00+08"), (2, BEN, "本", None), (3, CARL, "卡尔", NINE))
    assert office.refresh().rows == 3
    office.write((4, None, "丁", TEN), (2, BEN, "本杰明", None))
    assert office.refresh().rows == 2
    assert office.staged() == ["丁", "卡尔", "安娜", "本杰明"]
    assert office.refresh().files == []


@pytest.mark.parametrize(
    ("kind", "first", "second", "name"),
    [
        ("date", "2019-08-14", "2019-08-15", "20190814_20190815"),
        ("timestamp", "2019-08-14 09:00:00.5", "2019-08-14 10:00:00", "20190814T090000500000_20190814T100000000000"),
        ("bigint", "9", "10", "9_10"),
    ],
)
def test_a_watermark_is_a_date_a_time_or_a_number(
    office: Office, kind: str, first: str, second: str, name: str
) -> None:
    office.server.execute(f"alter table exchange.czrk drop gxsj, add gxsj {kind}")
    office.write((1, ANNA, "安娜", first))
    office.refresh()
    office.write((2, BEN, "本", second))
    assert office.refresh().files == [f"czrk_000002_{name}.jsonl"]
    assert office.staged() == ["安娜", "本"]
    assert office.refresh().files == []


def test_a_changed_row_replaces_the_old_one_even_when_the_person_is_another(office: Office) -> None:
    office.write((1, ANNA, "安娜", NINE))
    office.refresh()
    office.write((1, BEN, "本", TEN))
    office.refresh()
    assert office.staged("name, resident_id") == [("本", BEN)]
    assert office.account() == (2, 1, 0, 1)


def test_a_view_is_fetched_like_a_table(office: Office) -> None:
    office.server.execute("create view exchange.czrk_st as select * from exchange.czrk where sczt = '0'")
    office.resource = resource_of(table="exchange.czrk_st", compare_keys=True)
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    office.refresh()
    office.server.execute("update exchange.czrk set sczt = '1' where xh = 1")
    assert office.refresh().deleted == 1
    assert office.staged() == ["本"]


def test_values_arrive_as_they_are(office: Office) -> None:
    office.server.execute("set timezone = 'UTC'")
    office.server.execute("""
        alter table exchange.czrk add je numeric(15,3), add csrq date, add sj timestamp, add sf boolean, add zp bytea,
            add bq text[]""")
    note = 'a "quoted"\\n, 𠀀龘\n第二行\ttab，\u2028 \x1f end'
    office.server.execute(
        "insert into exchange.czrk values (1, '', '安娜', %s, null, '2019-08-13T20:30:00.25Z', 1234567890.100, "
        "'2019-08-14', '2019-08-14 09:00:00', true, '\\x00', '{a,b}')",
        [note],
    )
    assert office.fetch().rows == 1
    raw = ingest(office.con, office.settings, UNIT, office.resource, "run").current[0].raw
    columns = "xh, gmsfhm, bz, sczt, gxsj, je, csrq, sj, sf, bq"
    assert office.con.sql(f"select {columns} from '{raw}'").fetchall() == [
        ("1", "", note, None, "2019-08-14 04:30:00.25", "1234567890.100", "2019-08-14", "2019-08-14 09:00:00", "true", "{a,b}")
    ]  # fmt: skip
    assert "zp" not in office.con.sql(f"from '{raw}'").columns


def test_landing_alone_is_enough_to_build_all_of_it_again(office: Office, dsn: str, tmp_path: Path) -> None:
    office.resource = resource_of(compare_keys=True)
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    office.refresh()
    office.server.execute("delete from exchange.czrk where xh = 2")
    office.refresh()
    again = Office(tmp_path / "again", dsn)
    again.resource = office.resource
    shutil.copytree(office.landing, again.landing)
    again.write((1, ANNA, "安娜", NINE))
    assert again.refresh().files == []
    assert (again.staged(), again.account()) == (office.staged(), office.account())


@pytest.mark.parametrize("compare_keys", [False, True])
def test_rows_of_a_withdrawn_file_come_back_only_when_the_table_has_others(office: Office, compare_keys: bool) -> None:
    office.resource = resource_of(compare_keys=compare_keys)
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    office.refresh()
    office.write((2, BEN, "错名", TEN), (3, CARL, "卡尔", TEN))
    office.refresh()
    [second] = [file.name for file in office.landing.glob("czrk_000002_*")]
    [delivery] = deliveries_meant(office.con, f"{UNIT.id}/{second}")
    record_withdrawal(office.con, delivery, "王主任", "库表填错")
    for _ in range(2):
        assert office.refresh().files == []
        assert office.staged() == ["安娜", "本"]
    office.write((2, BEN, "本杰明", ELEVEN))
    assert office.refresh().rows == 1
    assert office.staged() == ["安娜", "本杰明"]
    [delivery] = deliveries_meant(office.con, delivery.batch_id)
    end_withdrawal(office.con, delivery, "王主任", "卡尔无误")
    assert office.refresh().files == []
    assert office.staged() == ["卡尔", "安娜", "本杰明"]

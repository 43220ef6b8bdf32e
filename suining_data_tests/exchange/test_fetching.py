"""What is new in a table comes once, what is gone leaves, and nothing between two fetches is lost."""

from suining_data_tests.exchange.conftest import ANNA, BEN, CARL, Office, resource_of

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

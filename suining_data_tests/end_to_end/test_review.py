"""The review from end to end: open pairs, decisions in a workbook or by a command, and the refresh that applies them."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.nights import NAMESAKES, ONE, OTHER, decide


@pytest.fixture
def asked(changed_night: Path, tmp_path: Path, city_of: Callable[[Path], City]) -> City:
    """The city with two people of one name and birth, and a row without a number that is one of them; a test may decide."""
    folder = tmp_path / "data"
    shutil.copytree(changed_night, folder, symlinks=True)
    return city_of(folder)


def ids(city: City) -> dict[object, object]:
    """Number -> id of the people of that name."""
    return dict(
        city.warehouse(f"select resident_id, person_id from linked.person_record where name = '{NAMESAKES}'")  # type: ignore[arg-type]
    )


def pair_with(city: City, number: str) -> str:
    [(pair,)] = city.warehouse(f"select pair_id from linked.review where token_r = '{number}'")
    return str(pair)


def test_a_returned_workbook_is_taken_in_once(asked: City, tmp_path: Path) -> None:
    first, again = decide(asked.settings, tmp_path / "queue.xlsx")
    assert "新判定 1 条" in first
    assert "新判定 0 条" in again


def test_the_next_refresh_applies_the_decisions_of_a_returned_workbook(
    changed_city: City, corrected_city: City
) -> None:
    before, after = ids(changed_city), ids(corrected_city)
    assert before[None] not in (before[ONE], before[OTHER])
    assert changed_city.materialized("linked", "review")["person_ambiguous"] == 2
    assert after[None] == after[OTHER] != after[ONE]
    assert "没有待判定" in suining(corrected_city.settings.data, "review", "next", "--subject", "person").stdout
    assert corrected_city.materialized("linked", "review")["person_ambiguous"] == 0


def test_the_decisions_stay_when_the_warehouse_is_lost(rebuilt_city: City) -> None:
    """The registry is state, all else is rebuilt."""
    assert ids(rebuilt_city)[None] == ids(rebuilt_city)[OTHER]
    assert rebuilt_city.warehouse("select token_r, verdict, decided_by, reason from registry.decision") == [
        (OTHER, "same", "张某", "电话核实")
    ]


def test_a_pair_is_shown_and_decided(asked: City) -> None:
    data = asked.settings.data
    shown = suining(data, "review", "next", "--limit", "10", "--subject", "person")
    assert shown.returncode == 0, shown.stderr
    for part in (
        NAMESAKES,
        ONE,
        OTHER,
        "czhjrk_20190930.csv 第",
        "1977-07-07",
        "不止一个可能 ambiguous",
        "待判定 2 对",
    ):
        assert part in shown.stdout
    pair = pair_with(asked, ONE)
    decided = suining(data, "review", "decide", pair, "unsure", "--by", "李某")
    assert "refresh" in decided.stdout
    assert "已看过，不确定 (reviewed, unsure): 李某" in suining(data, "review", "next", "--subject", "person").stdout
    suining(data, "review", "decide", pair, "different", "--by", "李某", "--why", "电话核实")
    assert "待判定 1 对" in suining(data, "review", "next", "--subject", "person").stdout
    assert suining(data, "review", "decide", pair, "same", "--by", "王某").returncode == 0, "until it is revised"
    assert asked.warehouse("select verdict, decided_by, reason from registry.decision") == [
        ("unsure", "李某", None),
        ("different", "李某", "电话核实"),
        ("same", "王某", None),
    ]
    with duckdb.connect(str(asked.settings.registry_backup), read_only=True) as copy:
        assert copy.sql("select count(*) from decision").fetchall() == [(3,)], "what people did is copied at once"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide", "0000000000000000", "same", "--by", "李某"), "没有这一对"),
        (("decide", "0000000000000000", "perhaps", "--by", "李某"), "perhaps"),
        (("decide", "0000000000000000", "same", "--by", " "), "判定人"),
        (("decide", "0000000000000000", "same"), "--by"),
        (("export", "queue.csv"), ".xlsx"),
        (("export", "nowhere/queue.xlsx"), "nowhere"),
        (("import", "nowhere.xlsx"), "nowhere.xlsx"),
        (("next", "--subject", "address"), "address"),
    ],
)
def test_wrong_use_is_said_clearly(delivered_city: City, arguments: tuple[str, ...], said: str) -> None:
    done = suining(delivered_city.settings.data, "review", *arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_an_exported_workbook_is_not_written_over(delivered_city: City, tmp_path: Path) -> None:
    file = tmp_path / "queue.xlsx"
    file.write_bytes(b"decisions of a week")
    done = suining(delivered_city.settings.data, "review", "export", str(file))
    assert done.returncode == 1
    assert file.read_bytes() == b"decisions of a week"


@pytest.mark.parametrize("arguments", [("next",), ("decide", "0000000000000000", "same", "--by", "李某")])
def test_while_a_refresh_is_under_way_it_says_so(own_city: City, arguments: tuple[str, ...]) -> None:
    with (own_city.settings.warehouse.parent / "refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = suining(own_city.settings.data, "review", *arguments)
    assert done.returncode == 1
    assert "refresh" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_while_another_process_writes_the_warehouse_it_says_so(own_city: City) -> None:
    with duckdb.connect(str(own_city.settings.warehouse)):
        done = suining(own_city.settings.data, "review", "next")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_before_anything_is_linked_it_says_what_to_do(tmp_path: Path) -> None:
    done = suining(tmp_path, "review", "next")
    assert done.returncode == 1
    assert "suining refresh" in done.stderr
    assert not (tmp_path / "warehouse").exists()

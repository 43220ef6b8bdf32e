"""The review from end to end: open pairs, decisions in a workbook or by a command, and the refresh that applies them."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.settings import settings
from suining_data_tests.elements.numbers import resident_check
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_cli import suining
from suining_data_tests.review.conftest import fill_in

NAME, BORN = "欧阳问夏", "19770707"
ONE, OTHER = (body + resident_check(body) for body in ("51090219770707301", "51090219770707303"))


@pytest.fixture(scope="module")
def waiting_city(delivered_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Two people of one name and birth, and a row without a number that is one of them; do not change it."""
    folder = tmp_path_factory.mktemp("waiting")
    shutil.copytree(delivered_city.settings.data, folder, symlinks=True, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        city = City(folder, patch)
        deliver_namesakes(city)
        city.refresh()
        yield city
    settings.cache_clear()


@pytest.fixture
def asked(waiting_city: City, tmp_path: Path) -> Iterator[City]:
    """A copy of it that a test may decide in."""
    folder = tmp_path / "data"
    shutil.copytree(waiting_city.settings.data, folder, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        yield City(folder, patch)
    settings.cache_clear()


def deliver_namesakes(city: City) -> None:
    file = city.landed("sichuan_public_security", "czhjrk_*.csv")
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    for number, household in ((ONE, "510903000090001"), (OTHER, "510903000090002"), ("", "510903000090003")):
        reported = {
            "gmsfhm": number,
            "xm": NAME,
            "xb": "1",
            "csrq": BORN,
            "hh": household,
            "mz": "01",
            "gxrq": "20190101",
        }
        lines.append(",".join(reported.get(column, "") for column in header.split(",")))
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def ids(city: City) -> dict[object, object]:
    """Number -> id of the people of that name."""
    return dict(
        city.warehouse(f"select resident_id, person_id from linked.person_record where name = '{NAME}'")  # type: ignore[arg-type]
    )


def pair_with(city: City, number: str) -> str:
    [(pair,)] = city.warehouse(f"select pair_id from linked.review where token_r = '{number}'")
    return str(pair)


def test_the_next_refresh_applies_the_decisions_of_a_returned_workbook(asked: City, tmp_path: Path) -> None:
    data, file = asked.settings.data, tmp_path / "queue.xlsx"
    assert ids(asked)[None] not in (ids(asked)[ONE], ids(asked)[OTHER])
    assert asked.materialized("linked", "review")["person_ambiguous"] == 2
    assert suining(data, "review", "export", str(file), "--subject", "person").returncode == 0
    fill_in(file, {pair_with(asked, OTHER): ("相同", "张某", "电话核实")})
    for said in ("新判定 1 条", "新判定 0 条"):
        done = suining(data, "review", "import", str(file))
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    asked.refresh()
    assert ids(asked)[None] == ids(asked)[OTHER] != ids(asked)[ONE]
    assert "没有待判定" in suining(data, "review", "next", "--subject", "person").stdout
    assert asked.materialized("linked", "review")["person_ambiguous"] == 0
    asked.settings.warehouse.unlink()  # the registry is state, all else is rebuilt
    asked.refresh()
    assert ids(asked)[None] == ids(asked)[OTHER]
    assert asked.warehouse("select token_r, verdict, decided_by, reason from registry.decision") == [
        (OTHER, "same", "张某", "电话核实")
    ]


def test_a_pair_is_shown_and_decided(asked: City) -> None:
    data = asked.settings.data
    shown = suining(data, "review", "next", "--limit", "10", "--subject", "person")
    assert shown.returncode == 0, shown.stderr
    for part in (NAME, ONE, OTHER, "czhjrk_20190831.csv 第", "1977-07-07", "不止一个可能 ambiguous", "待判定 2 对"):
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
def test_wrong_use_is_said_clearly(own_city: City, arguments: tuple[str, ...], said: str) -> None:
    done = suining(own_city.settings.data, "review", *arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_an_exported_workbook_is_not_written_over(own_city: City, tmp_path: Path) -> None:
    file = tmp_path / "queue.xlsx"
    file.write_bytes(b"decisions of a week")
    done = suining(own_city.settings.data, "review", "export", str(file))
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

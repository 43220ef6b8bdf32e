"""The chain of decisions from end to end: recorded by a command, checked by verify and by a refresh, and not lost."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from suining_data.settings import Settings
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City, refreshed
from suining_data_tests.end_to_end.nights import ONE, OTHER


@pytest.fixture(scope="module")
def decided_night(changed_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a night whose two decisions a refresh has applied; do not change it."""

    def decide(data: Settings) -> list[str]:
        for number, verdict in ((ONE, "different"), (OTHER, "same")):
            with duckdb.connect(str(data.warehouse), read_only=True) as con:
                [(pair,)] = con.execute("select pair_id from linked.review where token_r = ?", [number]).fetchall()
            done = suining(data.data, "review", "decide", pair, verdict, "--by", "李某")
            assert done.returncode == 0, done.stderr
        return []

    return refreshed(tmp_path_factory, "decided_night", changed_night, decide)


@pytest.fixture
def decided(decided_night: Path, tmp_path: Path, city_of: Callable[[Path], City]) -> City:
    """The same for a test that does something to it."""
    shutil.copytree(decided_night, tmp_path / "data", symlinks=True)
    return city_of(tmp_path / "data")


def verify(city: City) -> tuple[int, str]:
    done = suining(city.settings.data, "access", "--verify")
    return done.returncode, done.stdout + done.stderr


def test_the_user_of_the_system_is_kept_beside_the_name_that_was_given(decided: City) -> None:
    assert verify(decided)[0] == 0
    rows = decided.warehouse(
        "select decided_by, recorded_by from registry.decision join registry.decision_link using (decision_number)"
    )
    user = decided.warehouse("select recorded_by from registry.decision_link where decision_number = 1")[0][0]
    assert user
    assert rows == [("李某", user), ("李某", user)]
    assert "review decide" in suining(decided.settings.data, "access", "--who", str(user)).stdout
    assert "registry.decision" not in decided.refresh()


BACK_DATED = """
    insert into registry.decision select subject, token_l, token_r, 'same', 'agreed', '王某', timestamp '2001-01-01', 3
    from registry.decision where decision_number = 1
"""


def test_a_decision_that_was_changed_or_dated_back_is_found_by_verify_and_by_the_next_refresh(decided: City) -> None:
    with duckdb.connect(str(decided.settings.warehouse)) as con:
        con.execute(BACK_DATED)
        con.execute("update registry.decision set verdict = 'same' where decision_number = 1")
    code, told = verify(decided)
    refreshed_again = decided.refresh()
    assert code == 1
    for said in ("registry.decision 1: 登记后被改动", "registry.decision 3: 不在判定链中"):
        assert said in told
        assert said in refreshed_again


def test_the_chain_comes_back_with_the_registry(decided: City) -> None:
    shutil.rmtree(decided.settings.warehouse.parent)
    decided.refresh()
    assert verify(decided)[0] == 0

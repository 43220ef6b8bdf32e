"""Decisions about pairs: what was changed, added, removed or dated back behind the program is found by verify and by a refresh."""

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
    assert "✗" not in decided.refresh()


BACK_DATED = """
    insert into registry.decision select subject, token_l, token_r, 'same', 'agreed', '王某', timestamp '2001-01-01', 3
    from registry.decision where decision_number = 1
"""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update registry.decision set verdict = 'same' where decision_number = 1", "registry.decision 1"),
        ("update registry.decision set decided_by = '王某' where decision_number = 2", "registry.decision 2"),
        ("update registry.decision_link set recorded_by = 'alice' where decision_number = 2", "registry.decision 2"),
        ("update registry.decision set decided_at = timestamp '2001-01-01' where decision_number = 2", "registry.decision 2"),
        (BACK_DATED, "registry.decision 3: 不在判定链中"),
        ("delete from registry.decision where decision_number = 2", "登记后被删除"),
        ("delete from registry.decision where decision_number = 2; delete from registry.decision_link where decision_number = 2", "末尾被删去"),
        ("delete from registry.decision_link where decision_number > 0", "不在判定链中"),
        ("truncate registry.decision_link; update registry.decision set verdict = 'same'", "与访问日志所记不同"),
        (
            "update registry.decision_link set is_forgotten = true where decision_number = 2; "
            "delete from registry.decision where decision_number = 2", "登记后被删除",
        ),
    ],
)  # fmt: skip
def test_what_was_done_behind_the_program_is_found(decided: City, sql: str, said: str) -> None:
    with duckdb.connect(str(decided.settings.warehouse)) as con:
        con.execute(sql)
    if not sql.startswith("truncate"):
        code, told = verify(decided)
        assert (code, said in told) == (1, True), told
    assert said in decided.refresh()


def test_a_decision_after_a_forged_one_does_not_make_it_genuine(decided: City) -> None:
    with duckdb.connect(str(decided.settings.warehouse)) as con:
        con.execute(BACK_DATED)
        [(pair,)] = con.execute("select pair_id from linked.review limit 1").fetchall()
    assert suining(decided.settings.data, "review", "decide", pair, "unsure", "--by", "李某").returncode == 0
    code, told = verify(decided)
    assert code == 1
    assert "registry.decision 3: 不在判定链中" in told
    assert "registry.decision 4" not in told


def test_the_chain_comes_back_with_the_registry(decided: City) -> None:
    shutil.rmtree(decided.settings.warehouse.parent)
    decided.refresh()
    assert verify(decided)[0] == 0

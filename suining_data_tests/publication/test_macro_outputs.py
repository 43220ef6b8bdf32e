"""Chart book and SDMX stand beside each file that has the macro base, and share their disk while they say the same."""

from pathlib import Path

import pytest

from suining_data.publication.macro_outputs import CHART_BOOK, write_outputs
from suining_data.settings import Settings
from suining_data_tests.bench import Bench

FILES = (CHART_BOOK, "sdmx/structure.xml", "sdmx/observation.csv")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def publish(bench: Bench, settings: Settings, run_id: str, audience: str) -> Path:
    """Write the files into the next snapshot, and make it the current one."""
    following = settings.published / ".next"
    (following / audience).mkdir(parents=True)
    write_outputs(bench.con, settings, audience)
    snapshot = settings.published / "snapshots" / run_id
    snapshot.parent.mkdir(exist_ok=True)
    following.rename(snapshot)
    for name in filter(None, (audience, "chart_book", "sdmx")):
        link = settings.published / name
        link.unlink(missing_ok=True)
        link.symlink_to(snapshot / name)
    return snapshot / audience


@pytest.mark.parametrize("audience", ["", "analyst"])
def test_what_says_the_same_is_one_file_on_the_disk(bench: Bench, settings: Settings, audience: str) -> None:
    first = publish(bench, settings, "run1", audience)
    second = publish(bench, settings, "run2", audience)
    assert all((first / name).samefile(second / name) for name in FILES)
    bench.insert("macro.indicator", indicator_code="x1", name_zh="火锅指数", is_known=False)
    third = publish(bench, settings, "run3", audience)
    assert not (second / FILES[1]).samefile(third / FILES[1])
    assert "火锅指数" not in (second / FILES[1]).read_text(encoding="utf-8")
    assert (second / FILES[2]).samefile(third / FILES[2])


def test_a_file_without_the_macro_base_has_none_of_them(bench: Bench, settings: Settings) -> None:
    bench.con.execute("drop table macro.latest")
    assert list(publish(bench, settings, "run1", "open").iterdir()) == []

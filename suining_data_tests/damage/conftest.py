"""The desk of two resources (undo/conftest.py), and what its next refresh publishes if nothing is damaged."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data.settings import settings
from suining_data_tests.end_to_end.published import Contents, balances, contents, is_whole
from suining_data_tests.sharing import once
from suining_data_tests.undo.conftest import Desk, desk, two_resources

__all__ = ["desk", "two_resources"]
Undisturbed = Callable[[Desk], bool]


def deliver(desk: Desk) -> None:
    """The delivery of the next night."""
    desk.deliver("ry_3.csv", 7, first=300)


def said(published: Path) -> Contents:
    """All that is published; the state of the tables names the run that wrote each, so it is left out."""
    return {table: found for table, found in contents(published).items() if table != "governance.table_state"}


@pytest.fixture
def as_undisturbed(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Whether a desk has published what it would have if nothing had been damaged."""

    def make(folder: Path) -> None:
        shutil.copytree(desk.settings.data, folder, symlinks=True, dirs_exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SUINING_DATA", str(folder))
            settings.cache_clear()
            other = Desk(settings())
            deliver(other)
            other.refresh()
        settings.cache_clear()

    expected = said(once(tmp_path_factory, "undisturbed", make) / "published")

    def as_expected(desk: Desk) -> bool:
        published = desk.settings.published
        assert is_whole(published)
        assert balances(published)
        assert said(published) == expected
        return True

    deliver(desk)
    return as_expected

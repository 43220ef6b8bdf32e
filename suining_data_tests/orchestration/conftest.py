"""A data folder of its own for every test of the orchestration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data.settings import Settings, settings


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()

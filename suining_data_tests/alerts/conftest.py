"""A webhook on loopback, and a data folder of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data.alerts import webhook
from suining_data.settings import Settings, settings
from suining_data_tests.alerts.receiver import Receiver, receiving

SECRET = "SECmadeUpForTests"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as state:
        yield state


@pytest.fixture
def data(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a data folder whose alerts go to the receiver; nobody waits between attempts."""
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    monkeypatch.setenv("SUINING_ALERT_WEBHOOK", receiver.url)
    monkeypatch.setenv("SUINING_ALERT_SECRET", SECRET)
    monkeypatch.setenv("SUINING_UI_URL", "https://si4ku.example/")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(webhook, "PAUSES", (0, 0, 0))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()

"""Pseudonyms against Python's own HMAC, their key file, and that those of two audiences or two kinds cannot be joined."""

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from suining_data.elements import Identifies
from suining_data.publication.pseudonyms import NoKey, load_keys, pseudonym
from suining_data.settings import Settings

KEY = "00" * 31 + "07"


def pseudonyms(settings: Settings, audience: str = "analyst", what: Identifies = Identifies.PERSON) -> list[str | None]:
    with duckdb.connect() as con:
        load_keys(con, settings, audience)
        rows = con.execute(f"select {pseudonym(what, 'id')} from (values ('P甲'), ('P2'), (null), ('P甲')) as t(id)")
        return [value for (value,) in rows.fetchall()]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "pseudonym.key"
    file.write_text(KEY, encoding="ascii")
    return Settings(data=tmp_path / "data", pseudonym_key_file=file)


def test_a_pseudonym_is_the_hmac_of_the_value(settings: Settings) -> None:
    own = hmac.digest(bytes.fromhex(KEY), b"analyst/person", "sha256")
    expected = "p" + hmac.new(own, "P甲".encode(), hashlib.sha256).hexdigest()[:20]
    first, second, none, again = pseudonyms(settings)
    assert first == again == expected
    assert second != first
    assert none is None


def test_those_of_another_audience_or_kind_are_others(settings: Settings) -> None:
    found = {
        pseudonyms(settings)[0],
        pseudonyms(settings, "open")[0],
        pseudonyms(settings, what=Identifies.HOUSEHOLD)[0],
    }
    assert len({value[1:] for value in found if value}) == 3


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, pseudonym_key_file=tmp_path / "keys" / "pseudonym.key")
    first = pseudonyms(settings)
    assert settings.pseudonym_key_file.stat().st_mode & 0o777 == 0o600
    assert pseudonyms(settings) == first


@pytest.mark.parametrize("content", ["no key", "00ff"])
def test_a_file_without_a_key_is_said(settings: Settings, content: str) -> None:
    settings.pseudonym_key_file.write_text(content, encoding="ascii")
    with pytest.raises(NoKey, match="SUINING_PSEUDONYM_KEY_FILE"), duckdb.connect() as con:
        load_keys(con, settings, "analyst")

"""A city whose files are encrypted: nothing of a person is in their bytes, and every command answers as before."""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suining_data.settings import settings
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City, refreshed
from suining_data_tests.end_to_end.test_audiences import names_in, numbers_in, true_values
from suining_data_tests.sharing import once

PLAIN = ("landing", "truth")  # what comes from outside
OF_AUDIENCES = re.compile(
    "published/snapshots/[^/]+/(analyst|open)/"
)  # test_audiences.py and test_open_data.py search them
IDS = "select person_id, resident_id from population.person order by all"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        (folder / "key").touch(mode=0o600)
        (folder / "key").write_text(secrets.token_hex(32), encoding="ascii")

    return once(tmp_path_factory, "encryption_key", make) / "key"


@pytest.fixture(scope="module")
def encrypted_night(first_night: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city that was refreshed in plain, and again with a key; do not change it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUINING_KEY_FILE", str(key_file))
        return refreshed(tmp_path_factory, "encrypted_night", first_night, lambda _: [])


@pytest.fixture
def with_key(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SUINING_KEY_FILE", str(key_file))
    settings.cache_clear()
    yield key_file
    settings.cache_clear()


def found_in(folder: Path, city: City) -> dict[str, set[str]]:
    """The first folder of every file whose bytes have a true id, name or phone, and the kinds that are found there."""
    true = true_values(city.settings)
    numbers, found = true["id"] | true["phone"], dict[str, set[str]]()
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            text = file.read_bytes().decode("utf-8", errors="replace")
            kinds = {"number"} if numbers_in(text, numbers) else set()
            kinds |= {"name"} if names_in(text, true["name"]) else set()
            path = file.relative_to(folder)
            if kinds and path.parts[0] not in PLAIN and not OF_AUDIENCES.match(str(path)):
                found.setdefault(path.parts[0], set()).update(kinds)
    return found


def answer(folder: Path, *arguments: str) -> str:
    done = suining(folder, *arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_no_byte_of_the_data_folder_has_a_true_id_name_or_phone(
    encrypted_night: Path, with_key: Path, city_of: Callable[[Path], City]
) -> None:
    assert found_in(encrypted_night, city_of(encrypted_night)) == {}


def test_the_same_search_finds_them_where_nothing_is_encrypted(first_night: Path, delivered_city: City) -> None:
    found = found_in(first_night, delivered_city)
    assert {"warehouse", "raw", "registry", "published"} <= set(found)
    assert all("number" in kinds and "name" in kinds for kinds in found.values())


@pytest.mark.slow
def test_a_refresh_that_begins_with_a_key_writes_nothing_in_plain(
    delivered_city: City, with_key: Path, tmp_path: Path, city_of: Callable[[Path], City]
) -> None:
    for name in PLAIN:
        shutil.copytree(delivered_city.settings.data / name, tmp_path / name)
    city = city_of(tmp_path)
    city.refresh()
    assert city.succeeded, city.output
    assert found_in(tmp_path, city) == {}
    assert with_key.read_text() not in city.output


def test_the_key_is_in_no_file_and_ids_stay(first_night: Path, encrypted_night: Path, with_key: Path) -> None:
    key = with_key.read_text(encoding="ascii").encode()
    files = [file for file in encrypted_night.rglob("*") if file.is_file()]
    assert not any(key in file.read_bytes() for file in files)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SUINING_KEY_FILE")
        before = answer(first_night, "query", "--csv", IDS)
    assert answer(encrypted_night, "query", "--csv", IDS) == before
    assert len(list((encrypted_night / "published" / "snapshots").iterdir())) == 1


def test_commands_answer(encrypted_night: Path, with_key: Path) -> None:
    person = answer(encrypted_night, "query", "--csv", IDS).splitlines()[1].split(",")[0]
    assert person in answer(encrypted_night, "explain", "person", person)
    assert person in answer(encrypted_night, "query", "--csv", "--as-of", "2019-08-31", IDS)
    assert "all are as they were written" in answer(encrypted_night, "verify")
    assert "population.person" in answer(encrypted_night, "status")
    answer(encrypted_night, "review", "next")
    answer(encrypted_night, "quarantine")


def test_analysts_need_no_key(encrypted_night: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUINING_KEY_FILE", raising=False)
    monkeypatch.delenv("SUINING_PURPOSE")
    assert "person_id" in answer(encrypted_night, "query", "--csv", "select person_id from population.person limit 1")


@pytest.mark.parametrize("command", ["query", "explain", "status", "verify", "refresh", "whatif", "backup"])
@pytest.mark.parametrize("lines", [None, "a" * 64], ids=["none", "another"])
def test_without_the_key_a_command_says_so_in_one_line(
    command: str, lines: str | None, encrypted_night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUINING_KEY_FILE", raising=False)
    if lines:
        other = tmp_path / "other"
        other.touch(mode=0o600)
        other.write_text(lines, encoding="ascii")
        monkeypatch.setenv("SUINING_KEY_FILE", str(other))
    arguments = {
        "query": ["select 1"],
        "explain": ["person", "P1"],
        "whatif": ["--threshold", "0.95"],
        "backup": [str(tmp_path / "backup")],
    }
    folder = encrypted_night
    if command in ("refresh", "whatif"):  # they lock the warehouse, and another test may use it
        folder = tmp_path / "data"
        shutil.copytree(encrypted_night, folder, symlinks=True)
    done = suining(folder, command, *arguments.get(command, []))
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "SUINING_KEY_FILE" in said
    assert ("another key" in said) is bool(lines)
    assert "Traceback" not in said
    assert "Error" not in said
    assert "a" * 64 not in said


@pytest.mark.slow
def test_a_backup_is_encrypted_and_restored(
    encrypted_night: Path, with_key: Path, tmp_path: Path, city_of: Callable[[Path], City]
) -> None:
    answer(encrypted_night, "backup", str(tmp_path / "backup"))
    city = city_of(encrypted_night)
    assert found_in(tmp_path / "backup", city) == {}
    shutil.copytree(encrypted_night / "landing", tmp_path / "data" / "landing")
    answer(tmp_path / "data", "restore", str(tmp_path / "backup"))
    assert found_in(tmp_path / "data", city) == {}
    restored = city_of(tmp_path / "data")
    restored.refresh()
    assert restored.succeeded, restored.output
    assert answer(tmp_path / "data", "query", "--csv", IDS) == answer(encrypted_night, "query", "--csv", IDS)


@pytest.mark.slow
def test_a_plain_backup_is_encrypted_by_the_next_refresh(
    own_city: City, with_key: Path, tmp_path_factory: pytest.TempPathFactory, city_of: Callable[[Path], City]
) -> None:
    folder = tmp_path_factory.mktemp("plain_backup")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SUINING_KEY_FILE")
        answer(own_city.settings.data, "backup", str(folder / "backup"))
    answer(own_city.settings.data, "restore", str(folder / "backup"), "--force")
    city = city_of(own_city.settings.data)
    city.refresh()
    assert city.succeeded, city.output
    assert found_in(city.settings.data, city) == {}
    assert "all are as they were written" in answer(city.settings.data, "verify")


def test_a_key_is_changed_by_a_line_before_it(
    encrypted_night: Path,
    with_key: Path,
    tmp_path: Path,
    city_of: Callable[[Path], City],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, file = tmp_path / "data", tmp_path / "key"
    shutil.copytree(encrypted_night, data, symlinks=True)
    before = answer(data, "query", "--csv", IDS)
    file.touch(mode=0o600)
    file.write_text(f"{'b' * 64}\n{with_key.read_text()}\n", encoding="ascii")
    monkeypatch.setenv("SUINING_KEY_FILE", str(file))
    city = city_of(data)
    city.refresh()
    assert city.succeeded, city.output
    file.write_text("b" * 64, encoding="ascii")
    assert answer(data, "query", "--csv", IDS) == before
    assert "all are as they were written" in answer(data, "verify")


def test_a_changed_raw_file_is_not_encrypted_as_if_it_were_whole(own_city: City, with_key: Path) -> None:
    raw = next(own_city.settings.raw.glob("sichuan_public_security__residents/*[0-9a-f].parquet"))
    content = bytearray(raw.read_bytes())
    content[len(content) // 2] ^= 0xFF
    raw.write_bytes(content)
    own_city.refresh()
    done = suining(own_city.settings.data, "verify")
    assert done.returncode == 1
    assert raw.name in done.stdout

"""The access log: whatever is done to it behind the program is found, with its line; crashes and two processes at once are not."""

import json
import multiprocessing
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data.access import copy_log, entries, head_file, record, restore_log, tampered
from suining_data.access.chain import Head
from suining_data.access.log import head, log_file
from suining_data.access.looks import by_user, of_subject
from suining_data.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Settings:
    """A log of five looks, of which the fourth is at more subjects than a line has."""
    made = Settings(data=tmp_path)
    for number in range(1, 6):
        look(made, f"case {number}", [f"P{each:016x}" for each in range(3000 if number == 4 else number)])
    return made


def look(data: Settings, purpose: str, subjects: list[str]) -> None:
    record(data, "query", purpose, subjects, len(subjects))


def lines(data: Settings) -> list[bytes]:
    return log_file(data).read_bytes().splitlines(keepends=True)


def found(data: Settings) -> list[str]:
    return [str(each) for each in tampered(data)]


def test_an_untouched_log_is_in_order(data: Settings) -> None:
    assert found(data) == []
    assert [each["purpose"] for each in entries(data)] == [f"case {number}" for number in range(1, 6)]
    assert stat.S_IMODE(log_file(data).stat().st_mode) == 0o600


def test_it_says_who_looked_at_a_subject_and_what_a_user_looked_at(data: Settings) -> None:
    assert [each["purpose"] for each in of_subject(data, {f"P{2:016x}"})] == ["case 3", "case 4", "case 5"]
    assert [each["purpose"] for each in of_subject(data, {f"P{2999:016x}"})] == ["case 4"]
    me = next(entries(data))["user"]
    assert len(list(by_user(data, me))) == 5
    assert not list(by_user(data, "nobody-else"))


def test_behind_sudo_both_names_are_kept(data: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "alice")
    look(data, "case 6", [])
    assert [each["purpose"] for each in by_user(data, "alice")] == ["case 6"]


def test_no_number_of_a_person_is_written(data: Settings) -> None:
    look(data, "核对 510902196708180209，13812345678，案卷 20260001", [])
    assert list(entries(data))[-1]["purpose"] == "核对 ***，***，案卷 20260001"


def changed(old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda all: [line.replace(old, new) for line in all]


@pytest.mark.parametrize(
    ("do", "place"),
    [
        (changed(b'"case 3"', b'"case 9"'), "第 3 行"),
        (changed(b'"rows":2', b'"rows":0'), "第 2 行"),
        (lambda all: [*all[:1], *all[2:]], "第 2 行"),  # the second is gone: the line that follows is named
        (lambda all: [*all[2:]], "第 1 行"),
        (lambda all: [all[1], all[0], *all[2:]], "第 1 行"),
        (lambda all: [*all[:3], all[2], *all[3:]], "第 4 行"),
        (lambda all: [*all[:2], b"nonsense\n", *all[2:]], "第 3 行"),
        (lambda all: [*all[:2], b'{"number":3}\n', *all[2:]], "第 3 行"),
        (lambda all: all[:4], "末尾被删去"),
        (lambda all: [*all[:4], all[4][:20]], "第 5 行"),
        (lambda _: [], "末尾被删去"),
    ],
)  # fmt: skip
def test_what_was_changed_cut_or_moved_is_found_at_its_line(
    data: Settings, do: Callable[[list[bytes]], list[bytes]], place: str
) -> None:
    log_file(data).write_bytes(b"".join(do(lines(data))))
    assert any(place in each for each in found(data)), found(data)


def test_who_computes_all_hashes_anew_is_found_by_the_last_one_elsewhere(data: Settings) -> None:
    forged = Settings(data=data.data / "forged")
    for each in list(entries(data)):
        look(forged, each["purpose"] if each["number"] != 2 else "nothing", each.get("subjects", []))
    kept = head(data)
    log_file(data).write_bytes(log_file(forged).read_bytes())
    assert any("第 5 条" in each for each in found(data))
    head_file(data).write_bytes(head_file(forged).read_bytes())
    assert any("第 5 条" in str(each) for each in tampered(data, [kept]))  # as the registry knows it


def test_a_lost_head_and_a_changed_list_of_subjects_are_found(data: Settings) -> None:
    [file] = log_file(data).parent.glob("subjects_*.gz")
    file.write_bytes(file.read_bytes()[:-9])
    head_file(data).unlink()
    assert len(found(data)) == 2
    assert any("第 4 行" in each for each in found(data))


@pytest.mark.parametrize("whole", [True, False])
def test_a_process_that_was_killed_in_the_middle_of_a_line_hurts_nobody(data: Settings, *, whole: bool) -> None:
    before = log_file(data).read_bytes()
    look(data, "never shown", [])
    end = lines(data)[-1]
    log_file(data).write_bytes(before + (end[:-1] if whole else end[:30]))
    head_file(data).write_text(f"{5:>20} {json.loads(lines(data)[4])['hash']}\n")
    assert "末行不完整" in found(data)[0]
    look(data, "after it", [])
    assert found(data) == []
    assert [each["purpose"] for each in entries(data)][-2:] == ["case 5", "after it"]
    assert log_file(data).read_bytes().startswith(before)


def test_many_processes_write_one_chain(data: Settings) -> None:
    processes = [multiprocessing.Process(target=_look_often, args=(data.data, name)) for name in "abcd"]
    for each in processes:
        each.start()
    for each in processes:
        each.join()
    assert found(data) == []
    assert [each["number"] for each in entries(data)] == list(range(1, 5 + 4 * 25 + 1))


def _look_often(folder: Path, name: str) -> None:
    for number in range(25):
        look(Settings(data=folder), f"{name} {number}", [f"P{number:016x}"] * 40)


def test_nothing_is_written_where_the_log_cannot_be(data: Settings) -> None:
    log_file(data).unlink()
    log_file(data).mkdir()
    with pytest.raises(IsADirectoryError):
        look(data, "case 6", [])


def test_a_copied_log_comes_back_unless_there_is_one(data: Settings, tmp_path: Path) -> None:
    copy_log(data, tmp_path / "copy")
    again = Settings(data=tmp_path / "again")
    restore_log(again, tmp_path / "copy")
    assert (head(again), found(again)) == (head(data), [])
    look(again, "case 6", [])
    restore_log(again, tmp_path / "copy")
    assert head(again).number == 6
    assert Head(5, head(data).hash) == head(data)

"""Files that cannot be used: refused with file, place, rule and mend; the sound delivery before them stays in force."""

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suining_data.ingestion import readers
from suining_data.ingestion.reading import ReadResult
from suining_data.settings import Settings
from suining_data_tests.end_to_end.refusals.compound_file import encrypted_workbook
from suining_data_tests.end_to_end.refusals.conftest import SOUND, Desk, lines
from suining_data_tests.end_to_end.refusals.deliveries import KINDS, SOURCES, content, people

HEADER = ",".join(SOURCES).encode() + b"\n"


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file(desk: Desk, kind: str) -> None:
    desk.refuses(desk.sound(kind), f"ry_2.{kind}", b"")


def test_a_header_without_rows_in_a_full_delivery(desk: Desk) -> None:
    desk.refuses(desk.sound(mode="full"), "ry_2.csv", HEADER)


def test_a_header_without_rows_in_a_delta(desk: Desk) -> None:
    resource = desk.sound()
    desk.deliver("ry_2.csv", HEADER)
    assert desk.take(resource).refusals == ()
    assert desk.staged() == SOUND
    assert desk.balances()


@pytest.mark.parametrize("kind", ["xlsx", "json", "xml", "dbf"])
def test_a_truncated_document(desk: Desk, kind: str) -> None:
    desk.refuses(desk.sound(kind), f"ry_2.{kind}", content(kind, people(30, first=100))[:-60])


@pytest.mark.parametrize("kind", ["csv", "txt"])
def test_the_wrong_encoding(desk: Desk, kind: str) -> None:
    wrong = {"csv": "gb18030", "txt": "utf-8"}[kind]
    text = content(kind, people(30, first=100)).decode("utf-8" if kind == "csv" else "gb18030")
    desk.refuses(desk.sound(kind), f"ry_2.{kind}", text.encode(wrong))


def test_a_renamed_column(desk: Desk) -> None:
    notice = desk.refuses(desk.sound(), "ry_2.csv", content("csv", people(3)).replace(b"gmsfhm", b"sfzhm", 1))
    assert "sfzhm" in notice.zh
    assert "catalog/units/public_security.yaml" in notice.zh


def test_a_file_without_its_header(desk: Desk) -> None:
    desk.refuses(desk.sound(), "ry_2.csv", lines(people(30, first=100)))


def test_a_column_that_stands_there_twice(desk: Desk) -> None:
    desk.refuses(desk.sound(), "ry_2.csv", content("csv", people(3)).replace(b"bz\n", b"xm\n", 1))


def test_a_workbook_with_a_password(desk: Desk) -> None:
    desk.refuses(desk.sound("xlsx"), "ry_2.xlsx", encrypted_workbook())


def test_a_page_instead_of_a_workbook(desk: Desk) -> None:
    desk.refuses(desk.sound("xlsx"), "ry_2.xlsx", "<html>请先登录</html>")


def test_an_error_page_instead_of_json(desk: Desk) -> None:
    desk.refuses(desk.sound("json"), "ry_2.json", '{"code": 500, "message": "接口超时"}')


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY secret SYSTEM "file:///etc/passwd">',
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY secret "&b;&b;&b;&b;&b;&b;&b;&b;">',
    ],
)
def test_entities_in_xml(desk: Desk, declaration: str) -> None:
    text = content("xml", people(3)).decode().replace("<DATA>", f"<!DOCTYPE DATA [{declaration}]>\n<DATA>")
    desk.refuses(desk.sound("xml"), "ry_2.xml", text.replace("凯旋路", "&secret;"))


def test_rows_that_collapse(desk: Desk) -> None:
    resource = desk.sound(mode="full")
    notice = desk.refuses(resource, "ry_2.csv", content("csv", people(20)))
    batch = notice.en.split("--accept ")[1].rstrip(".")
    assert desk.take(resource, batch).refusals == ()
    assert desk.staged() == 20


def test_rows_that_explode(desk: Desk) -> None:
    resource = desk.sound(mode="full")
    notice = desk.refuses(resource, "ry_2.csv", content("csv", people(200)))
    assert desk.take(resource, notice.en.split("--accept ")[1].rstrip(".")).refusals == ()
    assert desk.staged() == 200


@pytest.mark.parametrize("kind", ["csv", "txt", "jsonl"])
def test_a_file_that_breaks_off_in_a_line(desk: Desk, kind: str) -> None:
    resource = desk.sound(kind)
    cut = content(kind, people(30, first=100))[: -(35 if kind == "csv" else 25)]
    notice = desk.refuses(resource, f"ry_2.{kind}", cut)
    assert desk.take(resource, notice.en.split("--accept ")[1].rstrip(".")).refusals == ()
    assert desk.staged() == SOUND + 29
    assert desk.balances()


def test_two_columns_that_changed_places(desk: Desk) -> None:
    turned = [(birth, name, number, remark) for number, name, birth, remark in people(30, first=100)]
    desk.refuses(desk.sound(), "ry_2.csv", content("csv", turned))


class OrdinaryUser:
    """The process as a user whom file permissions hold back, when the tests run as one whom they do not."""

    def __enter__(self) -> None:
        self.user = os.geteuid()
        if self.user == 0:
            os.seteuid(65534)

    def __exit__(self, *_: object) -> None:
        os.seteuid(self.user)


def test_a_locked_file(desk: Desk) -> None:
    resource = desk.sound()
    with tempfile.TemporaryDirectory() as folder:  # the folder of the test itself is closed to other users
        shutil.copytree(desk.settings.data, folder, dirs_exist_ok=True)
        Path(folder).chmod(0o777)
        desk.settings = Settings(data=Path(folder))
        desk.deliver("ry_2.csv", content("csv", people(3, first=100))).chmod(0)
        for path in Path(folder).rglob("*"):
            path.chmod(0o777 if path.is_dir() or path.stat().st_mode & 0o777 else 0)
        with OrdinaryUser():
            taken = desk.take(resource)
        [notice] = taken.waiting
        desk.says(notice, "ry_2.csv")
        assert (taken.refusals, desk.staged()) == ((), SOUND)
        desk.deliver("ry_2.csv", b"").chmod(0o644)
        desk.deliver("ry_2.csv", content("csv", people(3, first=100)))
        assert desk.take(resource).waiting == ()
        assert desk.staged() == SOUND + 3


def test_a_file_still_growing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = desk.sound()
    file = desk.deliver("ry_2.csv", content("csv", people(3, first=100)))
    read = readers.READERS[resource.delivery.format]

    def grows(*arguments: Any) -> ReadResult:
        result = read(*arguments)
        with file.open("ab") as stream:
            stream.write(lines(people(1, first=200)))
        return result

    with monkeypatch.context() as patch:
        patch.setitem(readers.READERS, resource.delivery.format, grows)
        [notice] = desk.take(resource).waiting
        desk.says(notice, "ry_2.csv")
    assert desk.staged() == SOUND
    assert desk.take(resource).waiting == ()
    assert desk.staged() == SOUND + 4
    assert desk.balances()


def test_a_file_delivered_twice(desk: Desk) -> None:
    resource = desk.sound()
    shutil.copy(desk.settings.landing / "public_security/ry_1.csv", desk.settings.landing / "public_security/ry_2.csv")
    taken = desk.take(resource)
    assert (taken.files_seen, taken.files_read, taken.raw_rows) == (2, 0, SOUND)
    assert desk.balances()


def test_the_files_of_two_resources_exchanged(desk: Desk) -> None:
    desk.refuses(desk.sound(), "ry_2.csv", b"tyshxydm,dwmc,zczb,clrq\n" + b"91510900MA6262TQ2A,x,1,2019\n" * 30)


def test_an_older_delta(desk: Desk) -> None:
    resource = desk.sound()
    older = [("", "", "", ""), *people(2)]
    older[1:] = [(number, name, birth, "旧") for number, name, birth, _ in older[1:]]
    desk.deliver("ry_0.csv", content("csv", [*older[1:], *people(1, first=200)]))
    taken = desk.take(resource)
    assert taken.refusals == ()
    assert desk.staged() == SOUND + 1
    assert desk.staged("remark = '旧'") == 0
    assert desk.balances()


def test_a_workbook_with_names_that_lead_out_of_it(desk: Desk) -> None:
    out = io.BytesIO(content("xlsx", people(3)))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("../../escaped.txt", "x")
    resource = desk.sound("xlsx")
    desk.deliver("ry_2.xlsx", out.getvalue())
    assert desk.take(resource).refusals == ()
    assert list(desk.settings.data.parent.rglob("escaped.txt")) == []


def rewritten(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def test_a_workbook_that_is_a_bomb(desk: Desk) -> None:
    def swollen(part: bytes) -> bytes:
        return part.replace(b"</sst>", b"<!--" + b" " * 70_000_000 + b"--></sst>")

    desk.refuses(
        desk.sound("xlsx"), "ry_2.xlsx", rewritten(content("xlsx", people(30)), "xl/sharedStrings.xml", swollen)
    )


def test_a_workbook_with_a_cell_far_away(desk: Desk) -> None:
    """Opened as it is, it makes the library ask for the memory of 17 billion cells, and the process ends."""

    def far(part: bytes) -> bytes:
        return part.replace(b'r="B5"', b'r="XFD1048576"')

    desk.refuses(
        desk.sound("xlsx"), "ry_2.xlsx", rewritten(content("xlsx", people(30)), "xl/worksheets/sheet1.xml", far)
    )


def test_a_file_whose_reading_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader does, its file is refused, and it is read again only when somebody accepts it."""
    resource = desk.sound()
    calls: list[Path] = []

    def fails(_con: object, file: Path, *_: object) -> ReadResult:
        calls.append(file)
        raise KeyError("510902199001010015")

    with monkeypatch.context() as patch:
        patch.setitem(readers.READERS, resource.delivery.format, fails)
        notice = desk.refuses(resource, "ry_2.csv", content("csv", people(3, first=100)))
        assert "510902199001010015" not in notice.zh + notice.en
        desk.take(resource)
        assert len(calls) == 1
    batch = notice.zh.rpartition("--accept ")[2].split()[0]
    assert desk.take(resource, batch).raw_rows == SOUND + 3

"""ZIP archives: the member that is meant, and every archive that is refused, with its message."""

import io
import random
import struct
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.ingestion import archive
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

ZIPPED = resource_of(["a", "b"], pattern="*.zip", archive="zip", member="*.csv")
TABLE = b"a,b\n1,2\n3\n4,5\n"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as file:
        warnings.simplefilter("ignore")  # the same name twice
        for name, content in members:
            file.writestr(name, content)
    return buffer.getvalue()


def with_names_in_gb18030(content: bytes, *names: str) -> bytes:
    """The archive as Chinese Windows writes it: other bytes of the same length for a name, no UTF-8 flag."""
    for name in names:
        placeholder = b"#" * len(name.encode("gb18030"))
        assert placeholder in content
        content = content.replace(placeholder, name.encode("gb18030"))
    return content


def flagged(content: bytes, bit: int) -> bytes:
    """The archive with a flag set on every member, in both headers."""
    data = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", data, place + offset)
            struct.pack_into("<H", data, place + offset, flags | bit)
            place = data.find(signature, place + 1)
    return bytes(data)


def refusal(desk: Desk, content: bytes) -> tuple[str, str]:
    desk.deliver("x.zip", content)
    result = desk.refresh(ZIPPED)
    assert result.current == ()
    (notice,) = result.refusals
    assert notice.zh.startswith("x.zip 压缩包: ")
    assert notice.en.startswith("x.zip archive: ")
    assert not (desk.settings.landing.parent / "evil.csv").exists()
    folder = desk.settings.raw / ZIPPED.id
    assert list(folder.iterdir()) == [], "nothing unpacked stays"
    return notice.zh, notice.en


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_member_is_read_and_its_lines_are_numbered_as_in_itself(desk: Desk, method: int):
    desk.deliver("x.zip", zipped(("说明.txt", b"read me"), ("2019/08/表.csv", TABLE), method=method))
    result = desk.refresh(ZIPPED)
    assert [(r["_line"], r["a"], r["b"]) for r in desk.rows(result)] == [(2, "1", "2"), (4, "4", "5")]
    assert desk.rejected(result) == [(3, "COLUMN_COUNT")]
    assert result.current[0].batch.file_name == "x.zip"
    assert balances(result)


def test_a_batch_is_the_archive_not_its_member(desk: Desk):
    desk.deliver("1.zip", zipped(("x.csv", TABLE)))
    desk.deliver("1_copy.zip", zipped(("x.csv", TABLE)))
    desk.deliver("2.zip", zipped(("y.csv", TABLE)))
    result = desk.refresh(ZIPPED)
    assert [item.batch.file_name for item in result.current] == ["1.zip", "2.zip"]
    assert desk.refresh(ZIPPED).files_read == 0


def test_names_in_gb18030_and_folders_of_windows_are_read(desk: Desk):
    content = zipped(("########\\######.CSV", TABLE), ("__MACOSX/._x.CSV", b"\0"))
    desk.deliver("x.zip", with_names_in_gb18030(content, "户籍变动", "八月份"))
    pattern = resource_of(["a", "b"], pattern="*.zip", archive="zip", member="八月*.CSV")
    assert desk.refresh(pattern).raw_rows == 2


def test_parts_of_one_name_come_along_and_nothing_else(desk: Desk, tmp_path):
    content = zipped(
        ("d/地块.SHP", b"shp"), ("d/地块.dbf", b"dbf"), ("d/地块.cpg", b"cpg"), ("地块.prj", b"no"), ("x.txt", b"")
    )
    file = desk.deliver("x.zip", content)
    resource = resource_of(["a"], archive="zip", member="*.SHP")
    place = archive.unpack(file, resource, tmp_path / "out")
    assert place == tmp_path / "out" / "member.shp"
    found = {path.name: path.read_bytes() for path in place.parent.iterdir()}
    assert found == {"member.shp": b"shp", "member.dbf": b"dbf", "member.cpg": b"cpg"}


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil.csv", "..\\evil.csv", "/evil.csv", "\\evil.csv", "C:\\evil.csv", "C:evil.csv"]
)
def test_a_name_that_leads_out_is_refused_even_beside_a_good_member(desk: Desk, name: str):
    zh, en = refusal(desk, zipped(("x.csv", TABLE), (name, TABLE)))
    assert f"成员名 {name} 指向压缩包之外" in zh
    assert f"{name} points outside the archive" in en


@pytest.mark.parametrize(
    ("members", "zh", "en"),
    [
        ((), "没有名称符合 *.csv 的文件，其中有 —", "no file matches *.csv; the archive holds —"),
        ((("x.txt", b""), ("csv", b"")), "其中有 x.txt, csv", "the archive holds x.txt, csv"),
        ((("x.csv/", b""),), "其中有 —", "the archive holds —"),
        (
            (("1.csv", TABLE), ("d/2.csv", TABLE)),
            "有 2 个文件符合 *.csv：1.csv, d/2.csv",
            "2 files match *.csv: 1.csv, d/2",
        ),
        (
            (("1.csv", TABLE), ("1.csv", TABLE)),
            "有 2 个文件符合 *.csv：1.csv, 1.csv",
            "2 files match *.csv: 1.csv, 1.csv",
        ),
        (
            (("1.csv", TABLE), ("1.CSV", TABLE)),
            "有 2 个文件符合 *.csv：1.csv, 1.CSV",
            "2 files match *.csv: 1.csv, 1.CSV",
        ),
    ],
)
def test_none_or_several_members_are_refused(desk: Desk, members, zh: str, en: str):
    told = refusal(desk, zipped(*members))
    assert zh in told[0]
    assert en in told[1]


@pytest.mark.parametrize("bits", [0x1, 0x41])
def test_an_encrypted_member_is_refused(desk: Desk, bits: int):
    zh, en = refusal(desk, flagged(zipped(("x.csv", TABLE)), bits))
    assert "x.csv 有密码。请交付方去掉密码" in zh
    assert "x.csv is encrypted. Ask the department for an archive without a password" in en


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_refused(desk: Desk, method: int):
    zh, en = refusal(desk, zipped(("x.csv", TABLE), method=method))
    assert "x.csv 的压缩方式不受支持。请交付方用普通 ZIP（Deflate）" in zh
    assert "the compression of x.csv is not supported" in en


@pytest.mark.parametrize("is_header_honest", [True, False])
def test_a_bomb_is_stopped_while_it_is_unpacked(desk: Desk, monkeypatch, is_header_honest: bool):
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 1 << 20)
    size = 8 << 20
    content = zipped(("x.csv", b"\n" * size))
    if not is_header_honest:
        content = content.replace(struct.pack("<I", size), struct.pack("<I", 0xFFFFFFFE))
    zh, en = refusal(desk, content)
    assert "解压 x.csv 超出限度（8 GB，或压缩包大小的 200 倍），可能是压缩炸弹" in zh
    assert "x.csv unpacks to more than 8 GB or 200 times the archive's size; it may be a zip bomb" in en


def test_parts_share_one_limit(desk: Desk, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_UNPACKED", 1 << 20)
    noise = random.Random(1).randbytes(600 << 10)
    assert "解压 x.dbf 超出限度" in refusal(desk, zipped(("x.csv", noise), ("x.dbf", noise)))[0]


def test_a_member_that_is_as_dense_as_registers_are_is_no_bomb(desk: Desk, monkeypatch):
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 0)
    rows = b"a,b\n" + b"".join(b"%018d,%s\n" % (n, "遂宁市船山区".encode()) for n in range(20_000))
    content = zipped(("x.csv", rows))
    assert len(rows) > 5 * len(content)
    desk.deliver("x.zip", content)
    assert desk.refresh(ZIPPED).raw_rows == 20_000


DAMAGED = "不是 ZIP 文件，或已损坏，传输可能中断。请交付方重新压缩并交付。"


@pytest.mark.parametrize("content", [b"PK", b"a,b\n1,2\n", b"PK\x03\x04", b"Rar!\x1a\x07\x01\x00"])
def test_what_is_no_archive_is_refused(desk: Desk, content: bytes):
    assert DAMAGED in refusal(desk, content)[0]


def test_a_header_that_tells_less_than_there_is_is_damage(desk: Desk):
    content = zipped(("x.csv", TABLE), method=zipfile.ZIP_DEFLATED)
    assert DAMAGED in refusal(desk, content.replace(struct.pack("<I", len(TABLE)), struct.pack("<I", 4)))[0]


SOUND = zipped(("x.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(500))))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SOUND) - 1), st.one_of(st.none(), st.binary(min_size=1, max_size=8)))
def test_a_damaged_archive_gives_every_row_or_a_refusal(desk: Desk, place: int, change: bytes | None):
    """Cut off at `place`, or overwritten there: never a part of the rows, never another exception."""
    content = SOUND[:place] if change is None else SOUND[:place] + change + SOUND[place + len(change) :]
    for path in (desk.settings.landing / desk.unit.id).glob("*"):
        path.unlink()
    desk.deliver("x.zip", content)
    result = desk.refresh(ZIPPED)
    if result.refusals:
        assert result.refusals[0].zh.startswith("x.zip ")
    else:
        raws = [item.batch.raw_rows for item in result.current if item.batch.file_name == "x.zip"]
        assert set(raws) <= {500}

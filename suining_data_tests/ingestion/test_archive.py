"""ZIP archives: the member that is meant, and every archive that is refused, with its message."""

import io
import random
import struct
import time
import warnings
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.ingestion import archive
from suining_data.ingestion.reading import Refused
from suining_data.settings import Limits
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
    assert desk.rejected(result) == [(3, "COLUMN_COUNT"), (5, "UNREAD")]
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
    place = archive.unpack(file, resource, tmp_path / "out", Limits()).file
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
def test_a_bomb_is_stopped_while_it_is_unpacked(desk: Desk, monkeypatch, tmp_path, is_header_honest: bool):
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 1 << 20)
    size = 8 << 20
    content = zipped(("x.csv", b"\n" * size))
    if not is_header_honest:
        content = content.replace(struct.pack("<I", size), struct.pack("<I", 0xFFFFFFFE))
    with pytest.raises(Refused) as refused:  # in this process, where the limit is lowered
        archive.unpack(desk.deliver("x.zip", content), ZIPPED, tmp_path / "out", Limits())
    zh, en = refused.value.zh, refused.value.en
    assert "解压 x.csv 超出限度（8 GB，或压缩包大小的 200 倍），可能是压缩炸弹" in zh
    assert "x.csv unpacks to more than 8 GB or 200 times the archive's size; it may be a zip bomb" in en


def test_parts_share_one_limit(desk: Desk, tmp_path):
    noise = random.Random(1).randbytes(600 << 10)
    file = desk.deliver("x.zip", zipped(("x.csv", noise), ("x.dbf", noise)))
    with pytest.raises(Refused, match=r"x\.dbf unpacks to more than") as refused:
        archive.unpack(file, ZIPPED, tmp_path / "out", Limits(unpacked_gb=0.001))
    assert "解压 x.dbf 超出限度" in refused.value.zh
    assert "SUINING_LIMIT_UNPACKED_GB" in refused.value.zh


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


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_members_that_nobody_reads_are_accounted_for_by_name(desk: Desk):
    harmless = [(".DS_Store", b"x"), ("__MACOSX/._表.csv", b"x"), ("d/Thumbs.db", b"x"), ("d/", b""), ("e\\", b"")]
    desk.deliver("x.zip", zipped(("表.csv", TABLE), ("表.txt", TABLE), ("名单.xlsx", b"x"), *harmless))
    result = desk.refresh(ZIPPED)
    assert desk.rejected(result) == [(3, "COLUMN_COUNT"), (5, "UNREAD"), (6, "UNREAD")]
    [item] = result.current
    told = desk.con.execute(f"select raw_text from '{item.rejected}' where rule = 'UNREAD' order by line").fetchall()
    assert told == [("表.txt",), ("名单.xlsx",)]
    assert (item.batch.lines_total, item.batch.raw_rows, item.batch.rejected_rows) == (6, 2, 3)
    assert balances(result)


def test_what_belongs_to_a_member_is_not_unread(desk: Desk, tmp_path):
    content = zipped(
        *((f"d/地块{suffix}", b"x") for suffix in (".shp", ".dbf", ".sbn", ".shp.xml", ".txt")), ("地块.prj", b"x")
    )
    resource = resource_of(["a"], format="shp", archive="zip", member="*.shp", crs="EPSG:4490")
    unpacked = archive.unpack(desk.deliver("x.zip", content), resource, tmp_path / "out", Limits())
    assert unpacked.unread == ("d/地块.txt", "地块.prj")


def test_a_truncated_member_is_said_with_its_own_line(desk: Desk):
    desk.deliver("x.zip", zipped(("x.csv", b'a,b\n1,2\n3,"4'), ("说明.txt", b"")))
    assert "第 3 行" in desk.refresh(ZIPPED).refusals[0].zh


def with_raw_names(content: bytes, *names: tuple[str, bytes]) -> bytes:
    """The archive with other bytes of the same length for some names, and without the UTF-8 flag."""
    for placeholder, raw in names:
        assert len(placeholder) == len(raw)
        content = content.replace(placeholder.encode(), raw)
    return content


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_without_a_flag_are_read_in_the_code_page_of_their_writer(desk: Desk, encoding: str):
    raw = "户籍变动表".encode(encoding)
    placeholder = "#" * len(raw)
    desk.deliver("x.zip", with_raw_names(zipped((f"{placeholder}.csv", TABLE)), (placeholder, raw)))
    pattern = resource_of(["a", "b"], pattern="*.zip", archive="zip", member="户籍变动表.csv")
    assert desk.refresh(pattern).raw_rows == 2


@pytest.mark.parametrize(("checksum", "found"), [(zlib.crc32(b"?????.csv"), True), (0, False)])
def test_a_name_in_the_unicode_field_counts_when_it_belongs_to_the_name(desk: Desk, checksum: int, found: bool):
    extra = b"\1" + struct.pack("<I", checksum) + "户籍.csv".encode()
    info = zipfile.ZipInfo("?????.csv")
    info.extra = struct.pack("<HH", 0x7075, len(extra)) + extra
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(info, TABLE)
    desk.deliver("x.zip", buffer.getvalue())
    pattern = resource_of(["a", "b"], pattern="*.zip", archive="zip", member="户籍.csv")
    assert bool(desk.refresh(pattern).raw_rows) == found


def without_listed(content: bytes, name: bytes) -> bytes:
    """The archive whose directory does not list a member any more."""
    end = content.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<II", content, end + 12)
    entries = content[start : start + size].split(b"PK\1\2")[1:]
    kept = b"".join(b"PK\1\2" + entry for entry in entries if name not in entry)
    count = struct.pack("<HH", *[len(entries) - 1] * 2)
    tail = content[end : end + 8] + count + struct.pack("<II", len(kept), start) + content[end + 20 :]
    return content[:start] + kept + tail


def test_files_that_the_directory_does_not_list_are_found(desk: Desk):
    more = zipped(("x.csv", TABLE), ("y.csv", TABLE))
    for content in (
        without_listed(more, b"y.csv"),
        without_listed(more, b"x.csv"),
        zipped(("y.csv", TABLE)) + zipped(("x.csv", TABLE)),
    ):
        zh, en = refusal(desk, content)
        assert "没有列入目录" in zh
        assert "the directory does not list the file" in en


def test_a_prefix_of_another_kind_and_members_written_as_a_stream_are_sound(desk: Desk):
    class Stream(io.RawIOBase):
        """A file that cannot go back, so that sizes are written behind the members."""

        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.content += bytes(data)
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x.txt", b"")
        file.writestr("x.csv", TABLE)
    desk.deliver("1.zip", stream.content)
    desk.deliver("2.zip", b"MZ" + bytes(500) + zipped(("x.csv", TABLE)))
    result = desk.refresh(ZIPPED)
    assert result.refusals == ()
    assert result.raw_rows == 4


def test_members_that_overlap_are_refused(desk: Desk):
    content = bytearray(zipped(("x.csv", TABLE), ("y.txt", TABLE)))
    second = content.rindex(b"PK\1\2")
    content[second + 42 : second + 46] = bytes(4)  # both begin at the start
    zh, en = refusal(desk, bytes(content))
    assert "成员互相重叠，可能是压缩炸弹" in zh
    assert "members overlap" in en


def test_many_members_and_long_names_are_no_trouble(desk: Desk):
    started = time.monotonic()
    zh, _ = refusal(desk, zipped(*((f"{'长' * 20_000}{n}", b"") for n in range(20))))
    assert len(zh) < 2_000
    desk.deliver("x.zip", zipped(("x.csv", TABLE), *((f"{n}.txt", b"") for n in range(10_000))))
    assert "10001 行无法读取" in desk.refresh(ZIPPED).refusals[0].zh
    assert time.monotonic() - started < 20

"""ZIP around a delivery: the one member that the catalogue's pattern names, unpacked within limits.

Here: which member it is, names that lead out of the folder, passwords, archives that grow without end, damage.
Not here: what the member holds (the reader of its format).

Names without the UTF-8 flag are read as GB18030, as Chinese Windows writes them. The file's own size bounds what may
come out of it; sizes that stand in its headers are never trusted.
"""

import errno
import zlib
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from suining_data.catalog.model import Resource
from suining_data.ingestion.reading import Refused, yaml_of

LARGEST_UNPACKED = 8 << 30  # bytes, of one archive
GREATEST_RATIO = 200  # unpacked to packed; registers as text reach 10 to 30
ALWAYS_ALLOWED = 64 << 20  # bytes; a small table of blanks may exceed the ratio
BLOCK_BYTES = 1 << 20
SHOWN_MEMBERS = 5
LONGEST_SUFFIX = 16
ENCRYPTED = 0x1
SYSTEM_FOLDER = "__MACOSX"  # shadow files that macOS adds beside every member

KNOWN_METHODS = (ZIP_STORED, ZIP_DEFLATED)  # what every tool writes; LZMA may claim gigabytes of memory in its header
DAMAGE = (BadZipFile, EOFError, zlib.error, UnicodeDecodeError, NotImplementedError)


def unpack(file: Path, resource: Resource, folder: Path) -> Path:
    """The member of the archive that matches `delivery.member`, written into `folder`; Refused when it is unusable.

    Members that differ from it only in their suffix (the parts of a Shapefile) come along. Unpacked names are
    `member` and the suffix in lower case: `member.shp`, `member.dbf`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ZipFile(file, metadata_encoding="gb18030") as archive:
            members = [m for m in archive.infolist() if _is_file(m)]
            for member in members:
                _refuse_if_it_leads_out(member)
            chosen = _chosen(members, resource)
            return _extract(archive, [m for m in members if _stem(m) == _stem(chosen)], chosen, folder, file)
    except DAMAGE:
        raise _damaged() from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a header that points before the start of the file
            raise
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        "压缩包: 不是 ZIP 文件，或已损坏，传输可能中断。请交付方重新压缩并交付。",
        "archive: not a ZIP file, or damaged; the transfer may have broken off. Ask for a new archive.",
    )


def _is_file(member: ZipInfo) -> bool:
    return not member.filename.endswith("/") and _path(member).parts[:1] != (SYSTEM_FOLDER,)


def _path(member: ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _stem(member: ZipInfo) -> str:
    path = _path(member)
    return str(path).lower().removesuffix(path.suffix.lower())


def _refuse_if_it_leads_out(member: ZipInfo) -> None:
    path = _path(member)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(member.filename).drive:
        raise Refused(
            f"压缩包: 成员名 {member.filename} 指向压缩包之外。请交付方用相对路径重新压缩。",
            f"archive: the name {member.filename} leads out of the archive. Ask for relative names.",
        )


def _chosen(members: list[ZipInfo], resource: Resource) -> ZipInfo:
    pattern = resource.delivery.member or ""
    found = [member for member in members if fnmatchcase(_path(member).name, pattern)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"压缩包: 没有名称符合 {pattern} 的文件，其中有 {_shown(members)}。请核对 {yaml_of(resource)} 的 delivery.member。",
            f"archive: no file matches {pattern}; it holds {_shown(members)}. "
            f"Compare delivery.member in {yaml_of(resource)}.",
        )
    raise _several(found, pattern)


def _several(found: list[ZipInfo], pattern: str) -> Refused:
    return Refused(
        f"压缩包: 有 {len(found)} 个文件符合 {pattern}：{_shown(found)}。一个压缩包只能有一个，请交付方分别压缩。",
        f"archive: {len(found)} files match {pattern}: {_shown(found)}. One archive holds one; ask for one archive each.",
    )


def _shown(members: list[ZipInfo]) -> str:
    names = [member.filename for member in members[:SHOWN_MEMBERS]]
    return ", ".join(names) + (" …" if len(members) > SHOWN_MEMBERS else "") if names else "—"


def _extract(archive: ZipFile, members: list[ZipInfo], chosen: ZipInfo, folder: Path, file: Path) -> Path:
    places = Counter(_place(folder, member) for member in members)
    for place, times in places.items():
        if times > 1:  # the same name twice, or in other letters
            raise _several([member for member in members if _place(folder, member) == place], f"*{place.suffix}")
    limit = min(LARGEST_UNPACKED, max(ALWAYS_ALLOWED, file.stat().st_size * GREATEST_RATIO))
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise Refused(
                f"压缩包: {member.filename} 有密码。请交付方去掉密码后重新压缩。",
                f"archive: {member.filename} is encrypted. Ask for an archive without a password.",
            )
        if member.compress_type not in KNOWN_METHODS:
            raise Refused(
                f"压缩包: {member.filename} 的压缩方式不受支持。请交付方用普通 ZIP（Deflate）重新压缩。",
                f"archive: the compression of {member.filename} is not supported. Ask for an ordinary ZIP (Deflate).",
            )
        limit -= _write(archive, member, _place(folder, member), limit)
    return _place(folder, chosen)


def _place(folder: Path, member: ZipInfo) -> Path:
    return folder / f"member{_path(member).suffix.lower()[:LONGEST_SUFFIX]}"


def _write(archive: ZipFile, member: ZipInfo, place: Path, limit: int) -> int:
    """Bytes written, at most `limit`."""
    written = 0
    with archive.open(member) as packed, place.open("xb") as out:
        while block := packed.read(BLOCK_BYTES):
            written += len(block)
            if written > limit:
                raise Refused(
                    f"压缩包: 解压 {member.filename} 超出限度（{LARGEST_UNPACKED >> 30} GB，或压缩包大小的 {GREATEST_RATIO} 倍），"
                    "可能是压缩炸弹。请向交付方核实，必要时分成几个文件。",
                    f"archive: {member.filename} unpacks to more than {LARGEST_UNPACKED >> 30} GB or {GREATEST_RATIO} times "
                    "the archive's size; it may be a bomb. Ask the department, and for several files if it is so large.",
                )
            out.write(block)
    return written

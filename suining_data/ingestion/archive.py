"""ZIP archives: the one member that matches the catalogue's pattern, unpacked within limits.

Here: choosing the member, names that point outside the folder, passwords, zip bombs, damage.
Not here: the content of the member (the reader of its format).

Names without the UTF-8 flag are read as GB18030, because Chinese Windows writes them so. The size of the archive limits
how much is unpacked; sizes in its headers are never trusted.
"""

import errno
import zlib
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from suining_data.catalog.model import Resource
from suining_data.ingestion.reading import Refused, yaml_of

LARGEST_UNPACKED = 8 << 30  # bytes from one archive
GREATEST_RATIO = 200  # unpacked to packed size; registers as text reach 10 to 30
ALWAYS_ALLOWED = 64 << 20  # bytes; a small table of blanks may exceed the ratio
BLOCK_BYTES = 1 << 20
SHOWN_MEMBERS = 5
LONGEST_SUFFIX = 16
ENCRYPTED = 0x1
SYSTEM_FOLDER = "__MACOSX"  # shadow files that macOS adds beside every member

# Every tool writes these methods. The header of an LZMA member can claim gigabytes of memory.
SUPPORTED_METHODS = (ZIP_STORED, ZIP_DEFLATED)
DAMAGE = (BadZipFile, EOFError, zlib.error, UnicodeDecodeError, NotImplementedError)


def unpack(file: Path, resource: Resource, folder: Path) -> Path:
    """Unpacks the member that matches `delivery.member` into `folder`; Refused when the archive is unusable.

    Members that differ only in their suffix (the parts of a Shapefile) are unpacked too. The unpacked names are `member`
    and the suffix in lower case: `member.shp`, `member.dbf`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ZipFile(file, metadata_encoding="gb18030") as archive:
            members = [m for m in archive.infolist() if _is_file(m)]
            for member in members:
                _refuse_if_outside(member)
            chosen = _chosen(members, resource)
            return _extract(archive, [m for m in members if _stem(m) == _stem(chosen)], chosen, folder, file)
    except DAMAGE:
        raise _damaged() from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # EINVAL: a header points before the start of the file
            raise
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        "压缩包: 不是 ZIP 文件，或已损坏，传输可能中断。请交付方重新压缩并交付。",
        "archive: not a ZIP file, or damaged; the transfer may have been interrupted. Ask the department for a new "
        "archive.",
    )


def _is_file(member: ZipInfo) -> bool:
    return not member.filename.endswith("/") and _path(member).parts[:1] != (SYSTEM_FOLDER,)


def _path(member: ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _stem(member: ZipInfo) -> str:
    path = _path(member)
    return str(path).lower().removesuffix(path.suffix.lower())


def _refuse_if_outside(member: ZipInfo) -> None:
    path = _path(member)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(member.filename).drive:
        raise Refused(
            f"压缩包: 成员名 {member.filename} 指向压缩包之外。请交付方用相对路径重新压缩。",
            f"archive: the name {member.filename} points outside the archive. Ask the department for relative names.",
        )


def _chosen(members: list[ZipInfo], resource: Resource) -> ZipInfo:
    pattern = resource.delivery.member or ""
    found = [member for member in members if fnmatchcase(_path(member).name, pattern)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"压缩包: 没有名称符合 {pattern} 的文件，其中有 {_shown(members)}。请核对 {yaml_of(resource)} 的 delivery.member。",
            f"archive: no file matches {pattern}; the archive holds {_shown(members)}. "
            f"Check delivery.member in {yaml_of(resource)}.",
        )
    raise _several(found, pattern)


def _several(found: list[ZipInfo], pattern: str) -> Refused:
    return Refused(
        f"压缩包: 有 {len(found)} 个文件符合 {pattern}：{_shown(found)}。一个压缩包只能有一个，请交付方分别压缩。",
        f"archive: {len(found)} files match {pattern}: {_shown(found)}. An archive may hold only one. Ask the department "
        "for one archive for each file.",
    )


def _shown(members: list[ZipInfo]) -> str:
    names = [member.filename for member in members[:SHOWN_MEMBERS]]
    return ", ".join(names) + (" …" if len(members) > SHOWN_MEMBERS else "") if names else "—"


def _extract(archive: ZipFile, members: list[ZipInfo], chosen: ZipInfo, folder: Path, file: Path) -> Path:
    counts = Counter(_target_path(folder, member) for member in members)
    for path, times in counts.items():
        if times > 1:  # the same name twice, or names that differ only in capitals
            raise _several([member for member in members if _target_path(folder, member) == path], f"*{path.suffix}")
    limit = min(LARGEST_UNPACKED, max(ALWAYS_ALLOWED, file.stat().st_size * GREATEST_RATIO))
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise Refused(
                f"压缩包: {member.filename} 有密码。请交付方去掉密码后重新压缩。",
                f"archive: {member.filename} is encrypted. Ask the department for an archive without a password.",
            )
        if member.compress_type not in SUPPORTED_METHODS:
            raise Refused(
                f"压缩包: {member.filename} 的压缩方式不受支持。请交付方用普通 ZIP（Deflate）重新压缩。",
                f"archive: the compression of {member.filename} is not supported. Ask the department for an ordinary ZIP "
                "(Deflate).",
            )
        limit -= _write(archive, member, _target_path(folder, member), limit)
    return _target_path(folder, chosen)


def _target_path(folder: Path, member: ZipInfo) -> Path:
    return folder / f"member{_path(member).suffix.lower()[:LONGEST_SUFFIX]}"


def _write(archive: ZipFile, member: ZipInfo, path: Path, limit: int) -> int:
    """Writes a member and returns its bytes, at most `limit`."""
    written = 0
    with archive.open(member) as packed, path.open("xb") as out:
        while block := packed.read(BLOCK_BYTES):
            written += len(block)
            if written > limit:
                raise Refused(
                    f"压缩包: 解压 {member.filename} 超出限度（{LARGEST_UNPACKED >> 30} GB，或压缩包大小的 {GREATEST_RATIO} 倍），"
                    "可能是压缩炸弹。请向交付方核实，必要时分成几个文件。",
                    f"archive: {member.filename} unpacks to more than {LARGEST_UNPACKED >> 30} GB or {GREATEST_RATIO} times "
                    "the archive's size; it may be a zip bomb. Ask the department; a very large file must be split.",
                )
            out.write(block)
    return written

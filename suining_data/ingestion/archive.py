"""ZIP archives: the one member that matches the catalogue's pattern, unpacked within limits.

Here: choosing the member, the members that nobody reads, names that point outside the folder, passwords, zip bombs, damage.
Not here: names and places of members (archive_directory.py), the content of the member (the reader of its format).

The size of the archive limits how much is unpacked; sizes in its headers are never trusted.
"""

import errno
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.archive_directory import Member, members_of, refuse_if_not_all_listed
from suining_data.ingestion.reading import REJECTED_SCHEMA, UNREAD, ReadResult, Refused, Target, yaml_of
from suining_data.settings import Limits

ALWAYS_ALLOWED = 64 << 20  # bytes; a small table of blanks may exceed the ratio
BLOCK_BYTES = 1 << 20
SHOWN_MEMBERS = 5
LONGEST_SUFFIX = 16
ENCRYPTED = 0x1
# what belongs to a member of the same name; the reader of the format reads it, or needs none of it (indexes, metadata)
BELONGS = {
    Format.SHP: (
        ".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".fbn", ".fbx", ".ain", ".aih", ".ixs", ".mxs", ".qix",
        ".qpj", ".qmd",
    ),
    Format.DBF: (".dbf", ".cpg"),
    Format.GPKG: (".gpkg", ".gpkg-wal", ".gpkg-journal", ".gpkg-shm"),
}  # fmt: skip

# Every tool writes these methods. The header of an LZMA member can claim gigabytes of memory.
SUPPORTED_METHODS = (ZIP_STORED, ZIP_DEFLATED)
DAMAGE = (BadZipFile, EOFError, zlib.error, UnicodeDecodeError, NotImplementedError)


@dataclass(frozen=True)
class Unpacked:
    file: Path
    unread: tuple[str, ...]  # members that no reader looks at


def unpack(file: Path, resource: Resource, folder: Path, limits: Limits) -> Unpacked:
    """Unpacks the member that matches `delivery.member` into `folder`; Refused when the archive is unusable.

    Members that differ only in their suffix (the parts of a Shapefile) are unpacked too. The unpacked names are `member`
    and the suffix in lower case: `member.shp`, `member.dbf`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ZipFile(file) as archive, file.open("rb") as stream:
            members = [member for member in members_of(archive) if member.is_file]
            for member in members:
                _refuse_if_outside(member)
            refuse_if_not_all_listed(stream, archive)
            chosen = _chosen(members, resource)
            same_name = [member for member in members if member.stem == chosen.stem]
            unpacked = _extract(archive, same_name, chosen, folder, most_unpacked(file.stat().st_size, limits), limits)
            belongs = BELONGS.get(resource.delivery.format, ())
            unread = [m for m in members if m is not chosen and not _belongs(m, chosen, belongs)]
            return Unpacked(unpacked, tuple(member.name for member in unread))
    except DAMAGE:
        raise _damaged() from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # EINVAL: a header points before the start of the file
            raise
        raise _damaged() from None


def with_unread(counts: ReadResult, target: Target, unread: Sequence[str]) -> ReadResult:
    """The counts with one rejected line for each member that was not read; the lines are written to the target."""
    if not unread:
        return counts
    of_member = target.rejected.rename(target.scratch / "rejected_of_member.parquet")
    lines = range(counts.lines_total + 1, counts.lines_total + len(unread) + 1)
    columns = [list(lines), [UNREAD] * len(unread), ["压缩包中的这个文件没有读取"] * len(unread), list(unread)]
    with (
        pq.ParquetFile(of_member) as old,
        pq.ParquetWriter(target.rejected, REJECTED_SCHEMA, compression="zstd") as new,
    ):
        for batch in old.iter_batches():
            new.write_batch(batch)
        new.write_table(pa.table(columns, schema=REJECTED_SCHEMA))
    return replace(
        counts,
        lines_total=counts.lines_total + len(unread),
        rejected_rows=counts.rejected_rows + len(unread),
        rejected_by_rule={**counts.rejected_by_rule, UNREAD: counts.rejected_by_rule.get(UNREAD, 0) + len(unread)},
    )


def _damaged() -> Refused:
    return Refused(
        "压缩包: 不是 ZIP 文件，或已损坏，传输可能中断。请交付方重新压缩并交付。",
        "archive: not a ZIP file, or damaged; the transfer may have been interrupted. Ask the department for a new "
        "archive.",
    )


def _belongs(member: Member, chosen: Member, suffixes: Sequence[str]) -> bool:
    is_metadata = bool(suffixes) and member.name.lower() == f"{chosen.name.lower()}.xml"
    return is_metadata or (member.stem == chosen.stem and member.path.suffix.lower() in suffixes)


def most_unpacked(size: int, limits: Limits) -> int:
    """The bytes that may be unpacked from an archive of `size` bytes."""
    return min(int(limits.unpacked_gb * (1 << 30)), max(ALWAYS_ALLOWED, size * limits.unpacked_ratio))


def _refuse_if_outside(member: Member) -> None:
    path = member.path
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(member.name).drive:
        raise Refused(
            f"压缩包: 成员名 {member.shown} 指向压缩包之外。请交付方用相对路径重新压缩。",
            f"archive: the name {member.shown} points outside the archive. Ask the department for relative names.",
        )


def _chosen(members: list[Member], resource: Resource) -> Member:
    pattern = resource.delivery.member or ""
    found = [member for member in members if fnmatchcase(member.path.name, pattern)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"压缩包: 没有名称符合 {pattern} 的文件，其中有 {_shown(members)}。请核对 {yaml_of(resource)} 的 delivery.member。",
            f"archive: no file matches {pattern}; the archive holds {_shown(members)}. "
            f"Check delivery.member in {yaml_of(resource)}.",
        )
    raise _several(found, pattern)


def _several(found: list[Member], pattern: str) -> Refused:
    return Refused(
        f"压缩包: 有 {len(found)} 个文件符合 {pattern}：{_shown(found)}。一个压缩包只能有一个，请交付方分别压缩。",
        f"archive: {len(found)} files match {pattern}: {_shown(found)}. An archive may hold only one. Ask the department "
        "for one archive for each file.",
    )


def _shown(members: list[Member]) -> str:
    names = [member.shown for member in members[:SHOWN_MEMBERS]]
    return ", ".join(names) + (" …" if len(members) > SHOWN_MEMBERS else "") if names else "—"


def _extract(archive: ZipFile, members: list[Member], chosen: Member, folder: Path, limit: int, limits: Limits) -> Path:
    counts = Counter(_target_path(folder, member) for member in members)
    for path, times in counts.items():
        if times > 1:  # the same name twice, or names that differ only in capitals
            raise _several([member for member in members if _target_path(folder, member) == path], f"*{path.suffix}")
    for member in members:
        if member.info.flag_bits & ENCRYPTED:
            raise Refused(
                f"压缩包: {member.shown} 有密码。请交付方去掉密码后重新压缩。",
                f"archive: {member.shown} is encrypted. Ask the department for an archive without a password.",
            )
        if member.info.compress_type not in SUPPORTED_METHODS:
            raise Refused(
                f"压缩包: {member.shown} 的压缩方式不受支持。请交付方用普通 ZIP（Deflate）重新压缩。",
                f"archive: the compression of {member.shown} is not supported. Ask the department for an ordinary ZIP "
                "(Deflate).",
            )
        limit -= _write(archive, member, _target_path(folder, member), limit, limits)
    return _target_path(folder, chosen)


def _target_path(folder: Path, member: Member) -> Path:
    return folder / f"member{member.path.suffix.lower()[:LONGEST_SUFFIX]}"


def _write(archive: ZipFile, member: Member, path: Path, limit: int, limits: Limits) -> int:
    """Writes a member and returns its bytes, at most `limit`."""
    written = 0
    with archive.open(member.info) as packed, path.open("xb") as out:
        while block := packed.read(BLOCK_BYTES):
            written += len(block)
            if written > limit:
                raise _bomb(member, limits)
            out.write(block)
    return written


def _bomb(member: Member, limits: Limits) -> Refused:
    return Refused(
        f"压缩包: 解压 {member.shown} 超出限度（{limits.unpacked_gb:g} GB，或压缩包大小的 {limits.unpacked_ratio} 倍），可能是压缩炸弹。"
        "请向交付方核实；若文件确实这样大，请分成几个文件，或调高 SUINING_LIMIT_UNPACKED_GB、SUINING_LIMIT_UNPACKED_RATIO。",
        f"archive: {member.shown} unpacks to more than {limits.unpacked_gb:g} GB or {limits.unpacked_ratio} times the "
        "archive's size; it may be a zip bomb. Ask the department. If the file is really that large, it can be split, or "
        "SUINING_LIMIT_UNPACKED_GB and SUINING_LIMIT_UNPACKED_RATIO raised.",
    )

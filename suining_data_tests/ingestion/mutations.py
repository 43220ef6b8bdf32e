"""Damage to files as disks, networks, spreadsheets and people do it: bytes flipped, cut, repeated, mixed up.

Here: pure functions from bytes to bytes, decided by a seeded generator. Not here: what readers make of it (test_fuzz.py).
"""

import io
import random
import zipfile
import zlib
from collections.abc import Callable

TOKENS = (
    b"\x00", b"\xff", b"\r", b"\n", b"\r\n", b'"', b'""', b",", b"\t", b"|", b"'", b"\\", b"\x1f", b"\xef\xbb\xbf",
    b"\xff\xfe", b"<", b">", b"]]>", b"<![CDATA[", b"<!DOCTYPE x [", b"&amp;", b"&x;", b"&#0;", b"<RY>", b"</RY>",
    b"{", b"}", b"[", b"]", b":", b"null", b"1e999", b"-0", b'{"a":', b"[[[[[[[[", b"\\u0000", b"\\ud800", b"\x1a",
    b"*", b"\x81\x30", b"\xf8\xff", b"\xed\xa0\x80", "王".encode(), "王".encode("gbk"), "㐂".encode("gb18030"),
    b"0" * 400, b"x" * 70_000, b"9" * 30, b"PK\x03\x04", b't="e"', b"A1048576", b"XFD1",
)  # fmt: skip
Mutation = Callable[[random.Random, bytes], bytes]


def _span(rng: random.Random, data: bytes, longest: int) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randint(1, longest))


def _flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _replaced(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.choice((0, 0xFF, 0x7F, rng.randrange(256)))
    return bytes(changed)


def _cut_off(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _cut_out(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data, 64)
    return data[:start] + data[end:]


def _repeated(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data, 512)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def _moved(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data, 128)
    rest = data[:start] + data[end:]
    place = rng.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def _strewn(rng: random.Random, data: bytes) -> bytes:
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.choice(TOKENS) + data[place:]
    return data


def _in_mixed_encodings(rng: random.Random, data: bytes) -> bytes:
    start, end = _span(rng, data, len(data) or 1)
    before, after = rng.sample(["utf-8", "gb18030", "utf-16", "latin-1"], 2)
    part = data[start:end].decode(before, "replace").encode(after, "replace")
    return data[:start] + part + data[end:]


MUTATIONS: tuple[Mutation, ...] = (
    _flipped, _replaced, _cut_off, _cut_out, _repeated, _moved, _strewn, _in_mixed_encodings,
)  # fmt: skip


def mutated(rng: random.Random, data: bytes) -> bytes:
    """One to three kinds of damage, one after another."""
    for _ in range(rng.randint(1, 3)):
        if data:
            data = rng.choice(MUTATIONS)(rng, data)
    return data


def mutated_inside(rng: random.Random, archive: bytes) -> bytes:
    """A ZIP (a workbook is one) with damage in one of its members and the checksums right again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        victim = rng.choice([name for name in names if "sheet" in name.lower() or "Strings" in name] or names)
        for name in names:
            content = old.read(name)
            new.writestr(name, mutated(rng, content) if name == victim else content)
    return out.getvalue()


def seeded(*parts: object) -> random.Random:
    """A generator that depends on the parts only, the same in every process."""
    return random.Random(zlib.crc32(repr(parts).encode()))

"""Damage inside the containers of binary formats: counts, lengths, offsets and types that are whole numbers, but false.

Here: DBF, Shapefile, GeoPackage, ZIP and Parquet; pure functions from bytes to bytes, decided by a seeded generator.
Not here: damage that knows nothing of the format (mutations.py), what readers make of it (test_fuzz.py).
"""

import random
import struct
from collections.abc import Callable, Sequence

WHOLE_NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 31, 32, 33, 64, 100, 127, 128, 255, 256, 1000, 4095, 65535,
                 2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)  # fmt: skip
Damage = Callable[[random.Random, bytes], bytes]


def _put(rng: random.Random, data: bytes, place: int, form: str) -> bytes:
    """The number at `place` becomes another: a notable one, or a little more or less."""
    size = struct.calcsize(form)
    if place < 0 or place + size > len(data):
        return data
    [old] = struct.unpack_from(form, data, place)
    new = rng.choice((rng.choice(WHOLE_NUMBERS), old + rng.choice((-2, -1, 1, 2, 8)), old * 2, old // 2))
    return data[:place] + struct.pack(form, new % 256**size) + data[place + size :]


def _byte(rng: random.Random, data: bytes, place: int) -> bytes:
    if not 0 <= place < len(data):
        return data
    return (
        data[:place]
        + bytes([rng.choice((0, 1, 0x1A, 0x20, 0x2A, 0x4D, 0x7F, 0x80, 0xFF, rng.randrange(256)))])
        + data[place + 1 :]
    )


def dbf(rng: random.Random, data: bytes) -> bytes:  # noqa: PLR0911 - one return for each kind of damage
    """Counts and lengths of the header, types and widths of fields, marks of records, the end mark."""
    header, record = struct.unpack_from("<HH", data, 8) if len(data) >= 12 else (33, 1)
    records = max(1, (len(data) - header) // max(1, record))
    field = 32 * rng.randint(1, max(1, header // 32 - 1))
    mark = header + record * rng.randrange(records)
    change = rng.randrange(9)
    if change == 0:
        return _put(rng, data, 4, "<I")
    if change == 1:
        return _put(rng, data, rng.choice((8, 10)), "<H")
    if change == 2:
        return _byte(rng, data, rng.choice((0, 29)))
    if change == 3:
        return _byte(rng, data, field + rng.choice((11, 16, 17)))
    if change == 4:
        return _byte(rng, data, field + rng.randrange(11))
    if change == 5:
        return _byte(rng, data, mark)
    if change == 6:  # a record more or less, the header unchanged
        return (
            data[:mark] + data[mark + record :]
            if rng.random() < 0.5
            else data[:mark] + data[mark : mark + record] * 2 + data[mark + record :]
        )
    if change == 7:
        return data.removesuffix(b"\x1a") + rng.choice(
            (b"", b"\x1a\x1a", b"\0" * 40, b" ", data[mark : mark + record], b"\x1a" + data[mark : mark + record])
        )
    return data[: mark + 1] + "遂宁市".encode() + data[mark + 10 :]


def shp(rng: random.Random, data: bytes) -> bytes:  # noqa: PLR0911 - one return for each kind of damage
    """The length and type of the file; number, length, type and counts of a shape; a coordinate that is none."""
    starts = []
    place = 100
    while place + 8 <= len(data):
        starts.append(place)
        place += 8 + 2 * int.from_bytes(data[place + 4 : place + 8], "big")
    start = rng.choice(starts or [0])
    end = start + 8 + 2 * int.from_bytes(data[start + 4 : start + 8], "big")
    change = rng.randrange(8)
    if change == 0:
        return _put(rng, data, 24, ">I")
    if change == 1:
        return _put(rng, data, rng.choice((32, start + 8)), "<I")
    if change == 2:
        return _put(rng, data, start + rng.choice((0, 4)), ">I")
    if change == 3:
        return _put(rng, data, start + rng.choice((44, 48, 52, 56)), "<I")
    if change == 4:
        number = rng.choice((float("nan"), float("inf"), -float("inf"), 1e308, -1e39, 5e-324))
        place = start + rng.choice((12, 52, 56, 60, 76))
        return data[:place] + struct.pack("<d", number) + data[place + 8 :] if place + 8 <= len(data) else data
    if change == 5:
        return data + data[start:end]
    if change == 6:
        return data[:start] + data[end:]
    return _byte(rng, data, rng.randrange(len(data))) if data else data


def shx(rng: random.Random, data: bytes) -> bytes:
    """Entries that point elsewhere, stand twice, are exchanged, missing or too many."""
    entries = [data[place : place + 8] for place in range(100, len(data), 8)] or [bytes(8)]
    one, other = rng.randrange(len(entries)), rng.randrange(len(entries))
    change = rng.randrange(6)
    if change == 0:
        return _put(rng, data, 100 + 8 * one + rng.choice((0, 4)), ">I")
    if change == 1:
        entries[one] = entries[other]
    elif change == 2:
        entries[one], entries[other] = entries[other], entries[one]
    elif change == 3:
        del entries[one]
    elif change == 4:
        entries.insert(one, entries[other])
    else:
        return _put(rng, data, 24, ">I")
    body = b"".join(entries)
    head = data[:100] if rng.random() < 0.3 else data[:24] + ((100 + len(body)) // 2).to_bytes(4, "big") + data[28:100]
    return head + body


def gpkg(rng: random.Random, data: bytes) -> bytes:  # noqa: PLR0911 - one return for each kind of damage
    """The header of the file, of a page, pointers to cells; the header of a shape, its type and its counts."""
    size = int.from_bytes(data[16:18], "big") if len(data) > 100 else 0
    size = size if size >= 512 else 4096
    page = size * rng.randrange(max(1, len(data) // size))
    head = page + (100 if page == 0 else 0)
    shapes = [
        place
        for place in range(len(data) - 1)
        if data[place : place + 2] == b"GP" and data[place + 2 : place + 3] == b"\0"
    ]
    change = rng.randrange(9)
    if change == 0:
        return _put(rng, data, rng.choice((16, 18, 20, 22)), ">H")
    if change == 1:
        return _put(rng, data, rng.choice((24, 28, 32, 36, 40, 44, 52, 56, 60, 64, 92)), ">I")
    if change == 2:
        return _byte(rng, data, head)
    if change == 3:
        return _put(rng, data, head + rng.choice((1, 3, 5, 8, 10, 12)), ">H")
    if change == 4:
        return _byte(rng, data, page + rng.randrange(size))
    if change == 5:
        other = size * rng.randrange(max(1, len(data) // size))
        return data[:page] + data[other : other + size] + data[page + size :] if page else data
    start = rng.choice(shapes or [0])
    if change == 6:
        return _byte(rng, data, start + rng.choice((2, 3, 8)))
    if change == 7:
        return _put(rng, data, start + rng.choice((4, 9, 13, 17)), "<I")
    return data[: start + 8] + struct.pack("<BII", 1, 7, 1) * 2 + data[start + 26 :]


def zip_directory(rng: random.Random, data: bytes) -> bytes:
    """Flags, methods, checksums, sizes, lengths and offsets in the headers of members, in the directory and its end."""
    kinds: dict[bytes, Sequence[tuple[int, str]]] = {
        b"PK\3\4": [(4, "<H"), (6, "<H"), (8, "<H"), (14, "<I"), (18, "<I"), (22, "<I"), (26, "<H"), (28, "<H")],
        b"PK\1\2": [(6, "<H"), (8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<H"), (30, "<H"),
                    (32, "<H"), (34, "<H"), (42, "<I")],
        b"PK\5\6": [(4, "<H"), (8, "<H"), (10, "<H"), (12, "<I"), (16, "<I"), (20, "<H")],
    }  # fmt: skip
    signature = rng.choice(list(kinds))
    places = [place for place in range(len(data)) if data.startswith(signature, place)]
    offset, form = rng.choice(kinds[signature])
    return _put(rng, data, rng.choice(places or [0]) + offset, form)


def parquet(rng: random.Random, data: bytes) -> bytes:
    """Numbers of the footer: its length, and bytes of its Thrift structures."""
    length = int.from_bytes(data[-8:-4], "little")
    if rng.random() < 0.2:
        return _put(rng, data, len(data) - 8, "<I")
    start = max(0, len(data) - 8 - length)
    for _ in range(rng.randint(1, 3)):
        data = _byte(rng, data, rng.randrange(start, max(start + 1, len(data) - 8)))
    return data


INSIDE: dict[str, Damage] = {
    "dbf": dbf, "shp": shp, "shx": shx, "gpkg": gpkg, "zip": zip_directory, "xlsx": zip_directory, "parquet": parquet,
}  # fmt: skip


def mutated_container(rng: random.Random, suffix: str, data: bytes) -> bytes:
    """One or two kinds of damage that know the format; the data itself for formats without any."""
    damage = INSIDE.get(suffix, lambda _, same: same)
    for _ in range(rng.randint(1, 2)):
        data = damage(rng, data) if data else data
    return data

"""Damage inside a workbook: cells, rows, attributes, part names, styles, records and their counts.

Here: pure functions from a sound XLSX or XLS to a damaged one whose container is sound. Not here: damage to bytes
(mutations.py), what readers make of it (test_fuzz.py).
"""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable

from xlwt.CompoundDoc import XlsDoc

from suining_data.ingestion.workbook_97_stream import records

Parts = list[tuple[str, bytes]]
VALUES = (
    b"", b"0", b"1", b"-1", b"99999999999", b"NaN", b"INF", b"1E999", b"1e400", b"0x1F", b" 7 ", b"s", b"str", b"inlineStr",
    b"b", b"e", b"d", b"n", b"z", b"A1", b"a1", b"$A$1", b"XFD1048576", b"XFE1", b"A1048577", b"A0", b"ZZZZ9", b"A1:XFD1048576",
    b"B2:A1", b"hidden", b"veryHidden", b"rId1", b"rId99", b"0%", b"yyyy-mm-dd", b"[h]:mm", b"0!.0,", b"&quot;x", b"\\", b";;;",
    b"[", b"General", b"14", b"31", b"../sheet1.xml", b"/xl/workbook.xml", b"worksheets\\sheet1.xml", b"2019-09-05T00:00:00Z",
    b"#SPILL!", b"#", b"_x0000_", b"_xD800_", b"2014.1", b"42251", b"-5", b"2958466", b"1.0000000000000002", b"&#10;", b"true",
)  # fmt: skip
ATTRIBUTE = re.compile(rb'(\s[\w:]+=")([^"]*)(")')
VALUE = re.compile(rb"(<(?:v|t|f)(?:\s[^>]*)?>)([^<]*)(</)")
CELL = re.compile(rb"<c\s[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
ROW = re.compile(rb"<row\s[^>]*?(?:/>|>.*?</row>)", re.DOTALL)
TAG = re.compile(rb"<(/?)(\w+)")
INSERTED = (
    b"<!-- <c r='A1'/> -->", b"<![CDATA[<row>]]>", b"<?x <row r='2'></row>?>", b"<c/>", b"<row/>", b"<v>7</v>", b"<f>A1</f>",
    b'<c r="C3"><f>1/0</f></c>', b'<c t="e"><v>#CALC!</v></c>', b'<mergeCell ref="A2:A9"/>', b'<rPh><t>x</t></rPh>',
    b'<c r="Z99"><v>1</v></c>', b'<row r="3"><c r="B3"><v>1</v></c></row>', b"&amp;", b"&unknown;", b"\r\n",
)  # fmt: skip


def mutated_workbook(rng: random.Random, workbook: bytes) -> bytes:
    """One to three kinds of damage inside an XLSX or an XLS, one after another."""
    return (_mutated_parts if workbook.startswith(b"PK") else _mutated_records)(rng, workbook)


def _mutated_parts(rng: random.Random, workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(rng.randint(1, 3)):
        if rng.random() < 0.2:
            parts = _renamed(rng, parts)
        else:
            victim = rng.choice([n for n, (name, _) in enumerate(parts) for _ in range(9 if "sheet" in name else 1)])
            name, content = parts[victim]
            parts[victim] = name, rng.choice(OF_PARTS)(rng, content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _renamed(rng: random.Random, parts: Parts) -> Parts:
    place = rng.randrange(len(parts))
    name, content = parts[place]
    changed = rng.choice([name.upper(), name.replace("/", "\\"), "/" + name, name + "x", name.replace("1", "2")])
    kept = [parts[place]] if rng.random() < 0.3 else []
    return [*parts[:place], *([(changed, content)] if rng.random() < 0.9 else []), *kept, *parts[place + 1 :]]


def _with(
    rng: random.Random, pattern: re.Pattern[bytes], content: bytes, change: Callable[[re.Match[bytes]], bytes]
) -> bytes:
    found = list(pattern.finditer(content))
    if not found:
        return content
    chosen = rng.choice(found)
    return content[: chosen.start()] + change(chosen) + content[chosen.end() :]


def _other_attribute(rng: random.Random, content: bytes) -> bytes:
    return _with(rng, ATTRIBUTE, content, lambda found: found[1] + rng.choice(VALUES) + found[3])


def _no_attribute(rng: random.Random, content: bytes) -> bytes:
    return _with(rng, ATTRIBUTE, content, lambda _: b"")


def _odd_attribute(rng: random.Random, content: bytes) -> bytes:
    odd = (
        lambda f: f[0].upper(),
        lambda f: f[0].replace(b"=", b" = "),
        lambda f: f[0].replace(b'"', b"'"),
        lambda f: f[0] + f[0],
    )
    return _with(rng, ATTRIBUTE, content, rng.choice(odd))


def _other_value(rng: random.Random, content: bytes) -> bytes:
    return _with(rng, VALUE, content, lambda found: found[1] + rng.choice(VALUES) + found[3])


def _cell_or_row(rng: random.Random, content: bytes) -> bytes:
    """Left out, doubled, or put beside another one."""
    pattern = rng.choice((CELL, ROW))
    other = rng.choice([each[0] for each in pattern.finditer(content)] or [b""])
    change = rng.choice((lambda _: b"", lambda found: found[0] * 2, lambda found: found[0] + other, lambda _: other))
    return _with(rng, pattern, content, change)


def _inserted(rng: random.Random, content: bytes) -> bytes:
    return _with(rng, TAG, content, lambda found: rng.choice(INSERTED) + found[0])


def _other_tag(rng: random.Random, content: bytes) -> bytes:
    change = rng.choice((lambda f: b"<" + f[1] + b"x:" + f[2], lambda f: b"<" + f[1] + b"C", lambda f: f[0].upper()))
    return _with(rng, TAG, content, change)


def _prefixed(_: random.Random, content: bytes) -> bytes:
    """Every element with a prefix, as some programs write it: sound."""
    return TAG.sub(rb"<\1x:\2", content).replace(b" xmlns=", b" xmlns:x=")


def _strict(_: random.Random, content: bytes) -> bytes:
    """The namespaces of Strict Open XML: sound."""
    strict = content.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    return strict.replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"
    )


OF_PARTS = (
    _other_attribute, _other_attribute, _no_attribute, _odd_attribute, _other_value, _other_value, _cell_or_row, _cell_or_row,
    _inserted, _other_tag, _prefixed, _strict,
)  # fmt: skip


def _mutated_records(rng: random.Random, workbook: bytes) -> bytes:
    stream = _stream(workbook)
    pieces = [[kind, bytearray(body)] for _, kind, body in records(stream)]
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(pieces))
        kind, body = pieces[place]
        match rng.randrange(7):
            case 0:
                del pieces[place]
            case 1:
                pieces.insert(place, [kind, bytearray(body)])
            case 2:
                pieces.insert(rng.randrange(len(pieces)), pieces.pop(place))
            case 3:
                pieces[place][0] = rng.choice([each for each, _ in pieces] + [0x0006, 0x0205, 0x00BD, 0x00FD, 0x003C])
            case 4:
                del body[rng.randrange(len(body) + 1) :]
            case _ if len(body) > 1:
                number = rng.choice((0, 1, 3, 0x7FFF, 0xFFFF, rng.randrange(1 << 16)))
                struct.pack_into("<H", body, rng.randrange(len(body) - 1), number)
    out = io.BytesIO()
    XlsDoc().save(out, b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in pieces))
    return out.getvalue()


def _stream(workbook: bytes) -> bytes:
    """The records of a workbook that xlwt wrote: it puts them into the first sectors."""
    return workbook[512:]

"""Shapefile: parts that lie beside each other, written by pyshp, read through GDAL and our own dBase reader."""

import io
import struct
import zipfile
from collections.abc import Mapping

import duckdb
import pytest
import shapefile

from suining_data.catalog.model import Mode
from suining_data.warehouse import load_spatial
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

PARCELS = resource_of(
    ["ZDDM", "_geometry"], format="shp", encoding="gbk", pattern="zd_*.shp", mode="full", crs="EPSG:4523"
)
GEOGRAPHIC = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,'
    '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
ZONE_35 = (
    f'PROJCS["CGCS2000_3_Degree_GK_Zone_35",{GEOGRAPHIC},PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",35500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],'
    'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
X, Y = 35_548_000.0, 3_375_648.125
SQUARE = [[(X, Y), (X, Y + 40), (X + 30, Y + 40), (X + 30, Y), (X, Y)]]
HOLE = [(X + 5, Y + 5), (X + 10, Y + 5), (X + 10, Y + 10), (X + 5, Y + 5)]
FAR = [(X + 90, Y), (X + 90, Y + 9), (X + 99, Y + 9), (X + 90, Y)]


def parts(*records: tuple[str, list | None], prj: str = ZONE_35) -> dict[str, bytes]:
    """Suffix -> content of a Shapefile of polygons; None is a null shape."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding="gbk", shapeType=shapefile.POLYGON) as writer:
        writer.field("ZDDM", "C", 30)
        for code, rings in records:
            writer.null() if rings is None else writer.poly(rings)
            writer.record(code)
    return {".shp": shp.getvalue(), ".shx": shx.getvalue(), ".dbf": dbf.getvalue(), ".prj": prj.encode()}


def deliver(desk: Desk, content: Mapping[str, bytes], stem: str = "zd_1") -> None:
    for suffix, part in content.items():
        desk.deliver(stem + suffix, part)


THREE = parts(("宗地一", SQUARE), ("宗地二", [*SQUARE, HOLE, FAR]), ("宗地三", SQUARE))


def test_every_record_has_its_attributes_and_its_shape(desk: Desk):
    deliver(desk, parts(("宗地一", SQUARE), ("宗地二", [*SQUARE, HOLE, FAR]), ("宗地三", None)))
    result = desk.refresh(PARCELS)
    rows = desk.rows(result)
    assert [(r["_line"], r["ZDDM"]) for r in rows] == [(1, "宗地一"), (2, "宗地二"), (3, "宗地三")]
    shell = (
        "35548000 3375648.125, 35548000 3375688.125, 35548030 3375688.125, 35548030 3375648.125, 35548000 3375648.125"
    )
    assert rows[0]["_geometry"] == f"POLYGON (({shell}))"
    load_spatial(desk.con)
    areas = desk.con.execute("select ST_Area(ST_GeomFromText(?))", [rows[1]["_geometry"]]).fetchone()
    assert rows[1]["_geometry"].startswith("MULTIPOLYGON")
    assert areas == (30 * 40 - 12.5 + 40.5,)
    assert rows[2]["_geometry"] == "GEOMETRYCOLLECTION EMPTY"
    assert balances(result)


def test_a_record_deleted_in_the_table_takes_its_shape_along(desk: Desk):
    dbf = bytearray(THREE[".dbf"])
    dbf[int.from_bytes(dbf[8:10], "little")] = ord("*")
    deliver(desk, {**THREE, ".dbf": bytes(dbf)})
    result = desk.refresh(PARCELS)
    assert [(r["ZDDM"], r["_geometry"][:7]) for r in desk.rows(result)] == [
        ("宗地二", "MULTIPO"),
        ("宗地三", "POLYGON"),
    ]
    assert desk.rejected(result) == [(1, "DELETED_RECORD")]
    assert balances(result)


def test_a_damaged_shape_is_told_by_its_bytes_and_the_row_stays(desk: Desk):
    shp = bytearray(THREE[".shp"])
    shp[108:112] = (77).to_bytes(4, "little")  # a type of shape that does not exist
    deliver(desk, {**THREE, ".shp": bytes(shp)})
    rows = desk.rows(desk.refresh(PARCELS))
    assert rows[0]["_geometry"].startswith("DAMAGED SHAPE 4d000000")
    assert [r["ZDDM"] for r in rows] == ["宗地一", "宗地二", "宗地三"]


@pytest.mark.parametrize("missing", [".shx", ".dbf", ".prj"])
def test_a_missing_part_is_named_and_the_batch_is_read_when_it_comes(desk: Desk, missing: str):
    deliver(desk, {suffix: part for suffix, part in THREE.items() if suffix != missing})
    [refusal] = desk.refresh(PARCELS).refusals
    assert refusal.zh.startswith(f"zd_1.shp 全文件: 缺少同名的 {missing} 文件")
    assert missing in refusal.en
    deliver(desk, THREE)
    result = desk.refresh(PARCELS)
    assert (result.refusals, result.raw_rows) == ((), 3)


def test_a_change_of_any_part_is_a_new_batch(desk: Desk):
    deliver(desk, THREE)
    [first] = desk.refresh(PARCELS).current
    assert desk.refresh(PARCELS).files_read == 0
    deliver(desk, parts(("宗地一", SQUARE), ("宗地二", [*SQUARE, HOLE, FAR]), ("宗地九", SQUARE)))
    [second] = desk.refresh(PARCELS).current
    assert first.batch.batch_id != second.batch.batch_id
    assert second.batch.file_bytes == sum(map(len, THREE.values()))


OTHER_SYSTEMS = {
    "EPSG:4490": GEOGRAPHIC,
    "EPSG:4544": ZONE_35.replace("35500000", "500000").replace("Zone_35", "CM_105E"),
    "EPSG:4326": GEOGRAPHIC.replace("China_Geodetic_Coordinate_System_2000", "WGS_1984")
    .replace("D_China_2000", "D_WGS_1984")
    .replace("CGCS2000", "WGS_1984")
    .replace("298.257222101", "298.257223563"),
    "无法识别": "用户自定义",
}


@pytest.mark.parametrize("system", OTHER_SYSTEMS)
def test_another_system_than_the_declared_one_is_refused(desk: Desk, system: str):
    deliver(desk, {**THREE, ".prj": OTHER_SYSTEMS[system].encode()})
    [refusal] = desk.refresh(PARCELS).refusals
    assert f".prj: 坐标系为 {system}" in refusal.zh
    assert "EPSG:4523" in refusal.en


def dbf_of(*codes: str) -> bytes:
    return parts(*((code, SQUARE) for code in codes))[".dbf"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({".dbf": dbf_of("一", "二")}, ".shp 有 3 个图形，.dbf 有 2 条记录"),
        ({".dbf": THREE[".dbf"][:-30]}, ".dbf 全文件: 表头称有 3 条记录"),
        ({".dbf": THREE[".dbf"].replace(b"ZDDM", b"ZDBM")}, ".dbf 表头: 1 个登记列中只找到 0 个"),
        ({".shp": THREE[".shp"][:-60]}, ".shp: 文件头称有"),
        ({".shp": b"PK" + THREE[".shp"]}, ".shp: 不是 Shapefile 文件"),
        ({".shx": THREE[".shx"][:-8]}, ".shx: 文件头称有"),
        ({".shx": b""}, ".shx: 不是 Shapefile 文件"),
        ({".shx": THREE[".shx"][:100] + b"\xff" + THREE[".shx"][101:]}, ".shx: 索引与 .shp 中的图形对不上"),
        ({".cpg": b"UTF-8"}, ".cpg: 写明编码为 UTF-8，登记的是 gbk"),
    ],
)
def test_parts_that_are_broken_or_disagree_are_refused(desk: Desk, changed: dict[str, bytes], said: str):
    deliver(desk, {**THREE, **changed})
    [refusal] = desk.refresh(PARCELS).refusals
    assert said in refusal.zh
    assert refusal.en.startswith("zd_1.shp ")


def test_an_index_that_tells_of_fewer_shapes_than_it_holds_loses_none(desk: Desk):
    index = THREE[".shx"][:27] + b"\x36" + THREE[".shx"][28:]  # 54 words: one entry
    deliver(desk, {**THREE, ".shx": index})
    result = desk.refresh(PARCELS)
    assert result.raw_rows == len(desk.rows(result)) == 3
    assert balances(result)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_name_of_a_system_may_be_chinese(desk: Desk, encoding: str):
    prj = ZONE_35.replace("CGCS2000_3_Degree_GK_Zone_35", "国家2000三度带35带")
    deliver(desk, {**THREE, ".prj": prj.encode(encoding)})
    [refusal] = desk.refresh(PARCELS).refusals
    assert "国家2000三度带35带" in refusal.zh


def test_suffixes_in_capitals_and_a_code_page_that_agrees_are_read(desk: Desk):
    upper = {suffix.upper(): part for suffix, part in THREE.items()} | {".CPG": b"GBK\r\n"}
    deliver(desk, upper)
    assert (
        desk.refresh(
            PARCELS.model_copy(update={"delivery": PARCELS.delivery.model_copy(update={"pattern": "*.SHP"})})
        ).raw_rows
        == 3
    )


def test_the_parts_may_come_in_one_archive(desk: Desk):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix, part in THREE.items():
            archive.writestr(f"宗地/宗地{suffix}", part)
    desk.deliver("zd_1.zip", packed.getvalue())
    zipped = resource_of(
        ["ZDDM", "_geometry"], format="shp", encoding="gbk", pattern="zd_*.zip", archive="zip", member="*.shp", crs="EPSG:4523"
    )  # fmt: skip
    assert [r["ZDDM"] for r in desk.rows(desk.refresh(zipped))] == ["宗地一", "宗地二", "宗地三"]


def test_raw_needs_no_extension(desk: Desk):
    deliver(desk, THREE)
    [batch] = desk.refresh(PARCELS).current
    with duckdb.connect() as plain:
        assert plain.execute(f"select count(_geometry) from '{batch.raw}'").fetchone() == (3,)


def records_of(shp: bytes) -> list[bytes]:
    """The records of a .shp with their headers."""
    found, place = [], 100
    while place < len(shp):
        end = place + 8 + 2 * int.from_bytes(shp[place + 4 : place + 8], "big")
        found.append(shp[place:end])
        place = end
    return found


def with_records(
    records: list[bytes], order: list[int] | None = None, unused: frozenset[int] = frozenset()
) -> dict[str, bytes]:
    """.shp and .shx of these records; `order` are the places of the records in the index."""
    places, place = [], 50
    for record in records:
        places.append(struct.pack(">II", place, len(record) // 2 - 4))
        place += len(record) // 2
    chosen = order if order is not None else [n for n in range(len(records)) if n not in unused]
    shp, shx = b"".join(records), b"".join(places[n] for n in chosen)
    head = THREE[".shp"][:100]
    return {
        ".shp": head[:24] + ((100 + len(shp)) // 2).to_bytes(4, "big") + head[28:] + shp,
        ".shx": head[:24] + ((100 + len(shx)) // 2).to_bytes(4, "big") + head[28:] + shx,
    }


A, B, C = records_of(THREE[".shp"])


def renumbered(record: bytes, number: int) -> bytes:
    return number.to_bytes(4, "big") + record[4:]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (with_records([A, B, C, renumbered(A, 4)], unused=frozenset({3})), ".shp: 有 4 个图形，.shx 只有 3 个"),
        (with_records([A, renumbered(B, 9), B, C], unused=frozenset({1})), ".shp: 有 4 个图形，.shx 只有 3 个"),
        (with_records([A, B, C], order=[0, 1, 1]), ".shx: 索引与 .shp 中的图形对不上"),
        (with_records([A, B, C], order=[1, 0, 2]), ".shx: 索引与 .shp 中的图形对不上"),
        (with_records([A, B, C], order=[0, 1]), ".shp: 有 3 个图形，.shx 只有 2 个"),
        (with_records([A, B]), ".shp 有 2 个图形，.dbf 有 3 条记录"),
        ({".shp": THREE[".shp"] + b"left over"}, "文件头称有"),
        ({".shp": THREE[".shp"] + b"left over "}, ".shp: 最后一个图形之后还有 10 字节"),
        ({".prj": b"\0" * 5_000_000}, ".prj: 坐标系为 无法识别的坐标系"),
        ({".prj": bytes(range(256)) * 1000}, ".prj: 坐标系为 无法识别的坐标系"),
    ],
)
def test_index_and_shapes_must_agree(desk: Desk, changed: dict[str, bytes], said: str):
    deliver(desk, {**THREE, **changed})
    assert said in desk.refresh(PARCELS).refusals[0].zh


@pytest.mark.parametrize(
    "changed",
    [
        with_records([A, renumbered(C, 2), C, B], order=[0, 3, 2]),  # the second shape was enlarged and written anew
        {".shp": THREE[".shp"] + bytes(12)},
        {".shp": THREE[".shp"][:24] + bytes(4) + THREE[".shp"][28:]},  # a header that nobody brought up to date
        with_records([renumbered(A, 0), renumbered(B, 1), renumbered(C, 2)]),
        with_records([renumbered(A, 7), renumbered(B, 7), renumbered(C, 7)]),
    ],
)
def test_what_gis_programs_leave_behind_is_sound(desk: Desk, changed: dict[str, bytes]):
    deliver(desk, {**THREE, **changed})
    result = desk.refresh(PARCELS)
    assert result.refusals == ()
    assert [(r["ZDDM"], r["_geometry"][:7]) for r in desk.rows(result)] == [
        ("宗地一", "POLYGON"), ("宗地二", "MULTIPO"), ("宗地三", "POLYGON"),
    ]  # fmt: skip


def polygon(parts: int, points: int, first: int = 0, held: int = 5, kind: int = 5) -> bytes:
    """The content of a record that announces so many parts and points and holds five points."""
    ring = b"".join(struct.pack("<dd", x, y) for x, y in SQUARE[0][:held])
    return struct.pack("<I4dIII", kind, X, Y, X + 30, Y + 40, parts, points, first) + ring


def one_shape(content: bytes) -> dict[str, bytes]:
    record = struct.pack(">II", 1, len(content) // 2) + content
    return {**parts(("宗地一", SQUARE)), **with_records([record])}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (polygon(1, 5), "POLYGON (("),
        (polygon(1, 4), "DAMAGED SHAPE 05000000"),  # the fifth point would be left out
        (polygon(1, 5, first=1), "DAMAGED SHAPE 05000000"),  # the first point would be left out
        (polygon(1, 6), "DAMAGED SHAPE 05000000"),
        (polygon(1, 2**31 - 1), "DAMAGED SHAPE 05000000"),
        (polygon(1, 2**32 - 1), "DAMAGED SHAPE 05000000"),
        (polygon(2**31 - 1, 5), "DAMAGED SHAPE 05000000"),
        (polygon(0, 0, held=0)[:44], "GEOMETRYCOLLECTION EMPTY"),
        (polygon(1, 5)[:20], "DAMAGED SHAPE 05000000"),
        (struct.pack("<I", 0), "GEOMETRYCOLLECTION EMPTY"),
        (struct.pack("<Idd", 1, X, Y), "POINT ("),
        (struct.pack("<Iddd", 1, X, Y, 0), "DAMAGED SHAPE 01000000"),
        (struct.pack("<I4dIdd", 8, X, Y, X, Y, 1, X, Y), "MULTIPOINT ("),
        (struct.pack("<I4dIdd", 8, X, Y, X, Y, 2**31 - 1, X, Y), "DAMAGED SHAPE 08000000"),
        (struct.pack("<I4dIdd2dd", 18, X, Y, X, Y, 1, X, Y, 9, 9, 9), "MULTIPOINT ("),
        (polygon(1, 5, kind=15) + bytes(16 + 40), "POLYGON (("),
        (polygon(1, 5, kind=15) + bytes(2 * (16 + 40)), "POLYGON (("),
        (polygon(1, 5, kind=15) + bytes(16 + 32), "DAMAGED SHAPE 0f000000"),
        (struct.pack("<Idd", 1, float("nan"), Y), "POINT EMPTY"),
        (struct.pack("<Idd", 1, float("inf"), Y), "POINT (inf"),
    ],
)
def test_the_counts_within_a_shape_must_fit_its_length(desk: Desk, content: bytes, text: str):
    deliver(desk, one_shape(content))
    [row] = desk.rows(desk.refresh(PARCELS))
    assert (row["ZDDM"], row["_geometry"][: len(text)]) == ("宗地一", text)


@pytest.mark.parametrize("stem", ["zd_[1]", "zd_*", "zd_'1'", "zd_{1,2}", "zd_%d", "zd_宗地 1"])
def test_names_that_other_programs_would_read_as_patterns(desk: Desk, stem: str):
    deliver(desk, THREE, stem)
    deliver(desk, parts(("甲", SQUARE)), "zd_1")
    result = desk.refresh(
        PARCELS.model_copy(update={"delivery": PARCELS.delivery.model_copy(update={"mode": Mode.DELTA})})
    )
    by_name = {item.batch.file_name: item.batch.raw_rows for item in result.current}
    assert by_name == {f"{stem}.shp": 3, "zd_1.shp": 1}

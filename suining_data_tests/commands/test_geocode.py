"""`suining geocode`: which stored address a text is, or by what part it is placed."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.commands.errors import Mistake
from suining_data.commands.geocode import geocode
from suining_data.encryption import open_database
from suining_data.linkage import address_id
from suining_data.models import build
from suining_data.settings import settings
from suining_data.warehouse import swap
from suining_data_tests.bench import all_models
from suining_data_tests.models.conftest import DIVISIONS

DWELLING = "船山区南津路街道遂州中路89号锦绣花园5栋2单元303"
DOOR = "船山区南津路街道滨江北路二段88号附2号"
GROUP = "安居区东禅镇板凳垭村12组"
STORED = [
    (DWELLING, 105.55, 30.51),
    ("船山区南津路街道遂州中路89号锦绣花园5栋2单元304", 105.57, 30.53),
    (DOOR, 105.56, 30.52),
    (GROUP, 105.41, 30.31),
    ("安居区东禅镇板凳垭村11组", None, None),
    ("船山区南强街道人民街15号", 105.58, 30.50),
    ("船山区南强街道外贸路3号世纪名城1栋", 105.60, 30.49),
    ("船山区凯旋路街道人民街15号", 105.59, 30.50),
    ("蓬溪县赤城镇人民街15号", 105.70, 30.77),
    ("射洪市太和街道江南路8号3楼", 105.28, 30.60),
    ("射洪市太和街道江南路8号1-3号门面", 105.28, 30.60),
    ("射洪市太和街道江南路8号302", 105.28, 30.60),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, empty_warehouse: Path) -> Path:
    """A data folder whose published file has a few addresses."""
    folder = tmp_path_factory.mktemp("geocode")
    file = folder / "published" / "suining.duckdb"
    file.parent.mkdir()
    file.write_bytes(empty_warehouse.read_bytes())
    models = {model.table: model for model in all_models()}
    with open_database(file) as con:
        con.execute(DIVISIONS)
        con.executemany(
            "insert into linked.address_record (record_id, resource_id, role, crs, address_id, address, longitude, latitude) "
            f"select $1, 'x', 'standard_address', 'EPSG:4490', {address_id('address')}, address, $3, $4 from (select $2::varchar as address)",
            [(number, *row) for number, row in enumerate(STORED, 1)],
        )
        for table in ("spatial.division", "spatial.address", "spatial.address_point"):
            build(con, models[table])
            swap(con, table)
    return folder


@pytest.fixture(autouse=True)
def published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SUINING_DATA", str(folder))
    settings.cache_clear()
    yield
    settings.cache_clear()


def rows(*arguments: str) -> list[dict[str, str]]:
    result = CliRunner().invoke(app, ["geocode", *arguments])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(StringIO(result.stdout)))


def asked(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    file = folder / "asked.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "地址"], *enumerate(texts)])
    return [{name.removeprefix("found_"): value for name, value in row.items()} for row in rows("--file", str(file))]


@pytest.mark.parametrize(
    ("match", "stored", "texts"),
    [
        ("same", DWELLING, [DWELLING, "南津路街道遂州中路89号锦绣花园5-2-303"]),
        ("same", DWELLING, ["遂宁市船山区南津路街道办事处遂州中路89号锦绣花园五幢二单元３０３室（租住）"]),
        ("omission", DWELLING, ["船山区遂州中路89号锦绣花园5栋2单元303号", "船山区遂州中路89号5栋2单元303"]),
        ("omission", DWELLING, ["遂州中路89号5栋2单元303", "船山区南津路街道锦绣花园5栋2单元303"]),
        ("omission", DWELLING, ["船山区南津路街道遂州中路89号锦绣花园小区5栋2单元303", "船山区锦绣花园小区5-2-303"]),
        ("misspelt", DWELLING, ["船山区南津路街道遂洲中路89号锦绣花园5栋2单元303"]),
        ("same", DOOR, ["船山区南津路街道滨江北路2段88-2号", "河东新区南津路街道滨江北路二段八十八号附二号"]),
        ("same", GROUP, ["安居区东禅镇板凳垭村第十二村民小组", "市中区东禅乡板凳垭村村委会12社", "东禅板凳垭村12组"]),
        ("omission", GROUP, ["安居区板凳垭村十二社", "板凳垭村12组"]),
        ("omission", "射洪市太和街道江南路8号3楼", ["射洪市江南路8号三层"]),
        ("omission", "射洪市太和街道江南路8号302", ["射洪市江南路8号302室"]),
    ],
)  # fmt: skip
def test_a_text_is_a_stored_address(folder: Path, match: str, stored: str, texts: list[str]) -> None:
    found = asked(folder, texts)
    assert [(row["match"], row["address"], row["candidates"]) for row in found] == [(match, stored, "1")] * len(texts)


@pytest.mark.parametrize(
    ("text", "level", "point"),
    [
        ("船山区南津路街道遂州中路89号锦绣花园5栋2单元909", "building", (105.56, 30.52)),
        ("船山区南津路街道遂州中路89号锦绣花园7栋", "door_number", (105.56, 30.52)),
        ("船山区南津路街道遂州中路200号", "street", (105.56, 30.52)),
        ("安居区东禅镇板凳垭村12组7号", "village_group", (105.41, 30.31)),
        ("安居区东禅镇板凳垭村9组", "village", (105.41, 30.31)),
        ("安居区东禅镇某某街9号", "town", (105.41, 30.31)),
        ("蓬溪县某某街9号", "county", (105.70, 30.77)),
        ("射洪市江南路8号4楼", "door_number", (105.28, 30.60)),
        ("射洪市江南路8号4-5号门面", "door_number", (105.28, 30.60)),
        ("射洪市江南路8号305", "door_number", (105.28, 30.60)),
        ("船山区南强街道世纪名城1栋2单元101", "building", (105.60, 30.49)),
        ("船山区南强街道外贸路5号世纪名城1栋2单元101", "building", (105.60, 30.49)),
        ("船山区南强街道人民街99号世纪名城1栋", "street", (105.58, 30.50)),  # another estate of that name
        ("大英县", "county", None),
        ("成都市武侯区人民南路四段1号", "none", None),
        ("", "none", None),
    ],
)
def test_a_text_that_is_no_stored_address_is_placed_by_its_finest_part(
    folder: Path, text: str, level: str, point: tuple[float, float] | None
) -> None:
    [row] = asked(folder, [text])
    assert (row["match_level"], row["address_id"]) == (level, "")
    found = (round(float(row["longitude"]), 6), round(float(row["latitude"]), 6)) if row["longitude"] else None
    assert found == point


def test_a_stored_address_without_a_point_has_that_of_its_village(folder: Path) -> None:
    [row] = asked(folder, ["安居区东禅镇板凳垭村11组"])
    assert (row["match"], row["point_level"], row["longitude"]) == ("same", "village", "105.41")


def test_several_candidates_are_listed_and_none_is_chosen() -> None:
    answer, *candidates = rows("船山区人民街15号", "--csv")
    assert (answer["is_answer"], answer["match_level"], answer["candidates"], answer["address_id"]) == (
        "true",
        "county",
        "2",
        "",
    )
    assert sorted(row["address"] for row in candidates) == ["船山区凯旋路街道人民街15号", "船山区南强街道人民街15号"]
    assert {row["score"] for row in candidates} == {"0.45"}


def test_another_street_is_not_a_misspelt_one(folder: Path) -> None:
    found = asked(folder, ["船山区南津路街道滨江北路三段88-2号", "船山区南津路街道滨江南路二段88-2号"])
    assert [row["match_level"] for row in found] == ["town", "town"]


def test_a_file_keeps_its_columns_and_the_order_of_its_rows(folder: Path) -> None:
    file = folder / "homes.csv"
    file.write_text(f"number,address,building\r\n7,{GROUP},x\r\n8,大英县,y\r\n9,{DWELLING},z\r\n", encoding="utf-8")
    found = rows("--file", str(file))
    assert [(row["number"], row["address"], row["building"]) for row in found] == [
        ("7", GROUP, "x"),
        ("8", "大英县", "y"),
        ("9", DWELLING, "z"),
    ]
    assert [(row["found_address"], row["found_building"]) for row in found] == [
        (GROUP, ""),
        ("", ""),
        (DWELLING, "5栋"),
    ]


def test_nobody_asks_without_a_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUINING_PURPOSE")
    with pytest.raises(Mistake, match="--purpose"):
        geocode(GROUP)


def test_a_file_without_a_column_of_addresses_is_refused(folder: Path) -> None:
    file = folder / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Mistake, match="没有名为"):
        geocode(file=file, purpose="test")

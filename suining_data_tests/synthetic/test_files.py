"""Every declared resource gets files of its declared form, the same bytes each time."""

import csv
import hashlib
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import shapefile
from lxml import etree
from python_calamine import CalamineWorkbook

from suining_data.catalog import Catalog, Format, Resource, load_catalog
from suining_data.settings import Settings
from suining_data.synthetic import make_sample, without_view
from suining_data.synthetic.errors import USUAL
from suining_data.synthetic.views import all_views
from suining_data.synthetic.volumes import ROWS, rows_of
from suining_data_tests.conftest import SCALE
from suining_data_tests.synthetic.conftest import ROUGH, Sample, make

RESOURCES = [resource for resource in load_catalog().shared if resource.expected_rows.max > 0]


def columns_of_text(resource: Resource, path: Path) -> list[str]:
    delivery = resource.delivery
    text = path.read_bytes().decode(delivery.encoding)
    return next(csv.reader(io.StringIO(text), delimiter=delivery.delimiter))


def columns_of_json(resource: Resource, path: Path) -> list[str]:
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    if resource.delivery.format is Format.JSON and resource.delivery.records == "data.list":
        return list(first["data"]["list"][0])
    return list(first)


def columns_of_document(resource: Resource, path: Path) -> list[str]:
    return list(json.loads(path.read_text(encoding="utf-8"))[resource.delivery.records or ""][0])


def columns_of_xml(resource: Resource, path: Path) -> list[str]:
    record = etree.parse(str(path)).getroot().find(str(resource.delivery.records))
    assert record is not None
    return [str(record.getroottree().getelementpath(leaf)).split("/", 1)[1] for leaf in record.iter() if not len(leaf)]


def columns_of_workbook(resource: Resource, path: Path) -> list[str]:
    delivery = resource.delivery
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name(book.sheet_names[0]).to_python(skip_empty_area=False)
    head = rows[delivery.title_rows : delivery.title_rows + delivery.header_rows]
    return ["/".join(dict.fromkeys(str(cell) for cell in column if cell)) for column in zip(*head, strict=True)]


def columns_of_dbf(resource: Resource, path: Path) -> list[str]:
    with path.open("rb") as file:
        reader = shapefile.Reader(dbf=file, encoding=resource.delivery.encoding)
        assert len(reader.records()) > 0
        return [field[0] for field in reader.fields[1:]]


def columns_of_shapefile(resource: Resource, path: Path) -> list[str]:
    with shapefile.Reader(str(path), encoding=resource.delivery.encoding) as reader:
        assert len(reader.shapes()) == len(reader.records()) > 0
        assert reader.shapeTypeName in ("POLYGON", "POLYLINE", "POINT")
        return [*(field[0] for field in reader.fields[1:]), "_geometry"]


def columns_of_geopackage(resource: Resource, path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as package:
        [(layer,)] = package.execute("select table_name from gpkg_contents").fetchall()
        names = [name for _, name, *_ in package.execute(f"pragma table_info({layer})")]
    assert set(names) >= {"fid", "geom"}
    return [name for name in names if name not in ("fid", "geom")] + ["_geometry"]


def reader_of(resource: Resource) -> Callable[[Resource, Path], list[str]]:
    is_document = resource.delivery.format is Format.JSON and resource.delivery.records != "data.list"
    return {
        Format.CSV: columns_of_text,
        Format.JSON: columns_of_document if is_document else columns_of_json,
        Format.JSON_LINES: columns_of_json,
        Format.XML: columns_of_xml,
        Format.XLSX: columns_of_workbook,
        Format.XLS: columns_of_workbook,
        Format.DBF: columns_of_dbf,
        Format.SHP: columns_of_shapefile,
        Format.GPKG: columns_of_geopackage,
    }[resource.delivery.format]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.id)
def test_a_resource_is_delivered_in_its_form_with_its_columns(sample: Sample, resource: Resource) -> None:
    declared = [field.source for field in resource.fields if field.source not in ("_sheet", "_file", "_received")]
    files = sample.files(resource)
    assert files
    for path in files:
        columns = reader_of(resource)(resource, path)
        if not resource.delivery.layouts:
            assert columns == declared


def test_volumes_follow_the_proposal(sample: Sample) -> None:
    for resource_id in ROWS:
        wanted = rows_of(resource_id, SCALE)
        assert wanted <= sample.summary.rows[resource_id] <= wanted * 1.01 + 3, resource_id
    whole = {resource_id for resource_id, view in all_views(USUAL).items() if view.is_whole}
    assert set(sample.summary.rows) - set(ROWS) == whole
    assert set(sample.summary.rows) == {resource.id for resource in RESOURCES}


def digests(sample: Sample) -> dict[str, str]:
    root = sample.settings.data
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_second_call_gives_the_same_bytes_and_leaves_other_files_alone(rough_sample: Sample, tmp_path: Path) -> None:
    shutil.copytree(rough_sample.settings.data, tmp_path, dirs_exist_ok=True)
    sample = replace(rough_sample, settings=Settings(data=tmp_path))
    before = digests(sample)
    theirs = sample.settings.landing / "public_security" / "hjbd_20190901.csv"
    theirs.write_text("a real delivery", encoding="utf-8")
    (sample.settings.landing / "health" / "yljg_20190831.json").unlink()
    sample.settings.raw.mkdir()
    make(tmp_path, rates=ROUGH)
    assert sample.settings.raw.exists(), "what was built of the same city stays"
    assert theirs.read_text(encoding="utf-8") == "a real delivery"
    theirs.unlink()
    assert digests(sample) == before


def test_a_scale_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="above 0"):
        make_sample(Settings(data=tmp_path), 0, 1)


def test_another_city_starts_from_nothing_unless_something_real_lies_in_landing(
    delivered: Settings, tmp_path: Path
) -> None:
    shutil.copytree(delivered.data, tmp_path, dirs_exist_ok=True)
    settings = Settings(data=tmp_path)
    settings.raw.mkdir()
    (settings.landing / "real.csv").touch()
    make_sample(settings, 0.0005, 2)
    assert settings.raw.exists()
    (settings.landing / "real.csv").unlink()
    make_sample(settings, 0.0005, 3)
    assert not settings.raw.exists()


def test_every_resource_of_the_city_that_has_rows_is_delivered() -> None:
    assert without_view(load_catalog()) == []


def test_a_resource_without_a_view_is_named() -> None:
    catalog = load_catalog()
    unit = catalog.units[0]
    new = next(r for r in catalog.shared if r.expected_rows.max > 0).model_copy(update={"id": f"{unit.id}__new_thing"})
    wider = Catalog((*catalog.units, unit.model_copy(update={"resources": [new]})))
    assert without_view(wider) == [new.id]

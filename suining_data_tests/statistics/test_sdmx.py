"""Whoever reads the SDMX files with pysdmx gets the observations of the base, and the names of all codes."""

from pathlib import Path

import pandas as pd
import pytest
from lxml import etree
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.io.pd import PandasDataset

from suining_data.statistics.sdmx import DATA, DIMENSIONS, STRUCTURE, write_sdmx_files
from suining_data_tests.bench import Bench
from suining_data_tests.statistics.conftest import HOSTILE, MONTHLY

Row = dict[str, object]


@pytest.fixture
def written(macro: Bench, tmp_path: Path) -> Path:
    """The files of the base with quarters, half a year and months of every kind beside it."""
    for period in ("2020-04", "2020-01/02", "2020-H1", "2020-Q2", "2019-Q1/Q3"):
        macro.insert(
            MONTHLY,
            indicator_name="工业增加值",
            region_name="遂宁市",
            period_name=period,
            value=1.0,
            unit_name="万元",
            batch_id="q",
        )
    macro.insert(
        MONTHLY, indicator_name="旅游收入", region_name="河东新区", period_name="2020", value=1.0, batch_id="q"
    )
    macro.build("macro")
    write_sdmx_files(macro.con, tmp_path)
    return tmp_path


def read(written: Path) -> list[Row]:
    [dataset] = get_datasets(written / DATA, written / STRUCTURE)
    assert isinstance(dataset, PandasDataset)
    rows = dataset.data.astype(object).replace("", None).to_dict("records")
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in rows]


def test_the_numbers_that_pysdmx_reads_are_those_of_the_base(macro: Bench, written: Path) -> None:
    expected = macro.query("""
        select indicator_code, measure_code, coalesce(caliber, '_Z'), coalesce(vintage_code, '_Z'), release_id, value, multiplier,
            status_code, released_at, is_published, price_basis
        from macro.observation where period_end is not null
    """)
    found = [
        (
            *(row[name] for name in ("INDICATOR", "MEASURE", "CALIBER", "VINTAGE", "RELEASE", "OBS_VALUE")),
            10 ** int(str(row["UNIT_MULT"])),
            *(row[name] for name in ("OBS_STATUS", "RELEASE_DATE", "PUBLISHED", "PRICE_BASE")),
        )
        for row in read(written)
    ]
    assert len(found) > 150
    assert sorted(map(str, found)) == sorted(map(str, expected))


def test_a_key_is_there_once(written: Path) -> None:
    keys = [tuple(row[name] for name in DIMENSIONS) for row in read(written)]
    assert len(set(keys)) == len(keys)


def test_periods_are_those_of_sdmx(written: Path) -> None:
    periods = {(str(row["FREQ"]), str(row["TIME_PERIOD"])) for row in read(written)}
    assert {
        ("A", "2020"),
        ("A", "2020-11-01"),
        ("Q", "2019-01-01/P9M"),
        ("Q", "2020-Q2"),
        ("S", "2020-S1"),
        ("M", "2020-04"),
        ("M", "2020-01-01/P2M"),
        ("M", "2021-01-01/P5M"),
    } <= periods


def test_the_structure_is_valid_and_names_every_code_of_the_data(written: Path) -> None:
    message = read_sdmx(written / STRUCTURE, validate=True)
    lists = {each.id: {code.id: code.name for code in each.items} for each in message.get_codelists()}
    [structure] = message.get_data_structure_definitions()
    rows = read(written)
    coded = [each for each in structure.components if each.enumeration or each.local_enum_ref]
    assert len(coded) == 8
    for component in coded:
        name = str(component.local_enum_ref or component.enumeration.short_urn).split(":")[-1].split("(")[0]
        used = {row[component.id] for row in rows} - {None}
        assert used <= lists[name].keys(), component.id
    assert lists["CL_INDICATOR"]["gdp"] == "Gross regional product"
    assert HOSTILE in lists["CL_INDICATOR"].values()
    assert "河东新区" in lists["CL_AREA"].values()
    assert lists["CL_AREA"]["510981000000"] == "射洪市"


def test_names_are_in_both_languages(written: Path) -> None:
    tree = etree.parse(written / STRUCTURE)
    [gdp] = (each for each in tree.iter("{*}Code") if each.get("id") == "gdp")
    assert [(name.get("{http://www.w3.org/XML/1998/namespace}lang"), name.text) for name in gdp] == [
        ("zh", "地区生产总值"),
        ("en", "Gross regional product"),
    ]


def test_the_same_base_gives_the_same_files(macro: Bench, written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    write_sdmx_files(macro.con, again)
    for name in (STRUCTURE, DATA):
        assert (again / name).read_bytes() == (written / name).read_bytes()

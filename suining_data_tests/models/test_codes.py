"""Code sets: every code of the contracts has a name, and a mistake in codes.yml is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from suining_data.models import ModelContract, ModelError, labelled_views
from suining_data.models.codes import code_sets
from suining_data.models.reading import read_contracts
from suining_data_tests.bench import all_models

TABLE = "toy: {description: {zh: 玩具, en: toys}, key: [size], columns: {size: {type: varchar, codes: size}}}\n"


def contracts(folder: Path, codes: str, table: str = TABLE):
    (folder / "codes.yml").write_text(codes, encoding="utf-8")
    (folder / "shop").mkdir()
    (folder / "shop" / "schema.yml").write_text(table, encoding="utf-8")
    return read_contracts(folder / "shop" / "schema.yml", ModelContract)


def test_every_code_that_a_column_accepts_has_a_name_in_its_code_set():
    for model in all_models():
        for name, column in model.contract.columns.items():
            names = code_sets()[column.codes].codes if column.codes else {}
            assert set(column.accepted or ()) <= set(names), f"{model.table}.{name}"


def test_a_column_accepts_the_codes_of_its_code_set(tmp_path):
    codes = "size: {zh: 大小, en: Size, codes: {S: {zh: 小, en: small}, L: {zh: 大, en: large}}}\n"
    assert contracts(tmp_path, codes)["toy"].columns["size"].accepted == ["S", "L"]


def test_a_code_set_that_only_gives_names_makes_no_rule(tmp_path):
    codes = "size: {zh: 大小, en: Size, codes: {S: {zh: 小, en: small}}}\n"
    table = TABLE.replace("codes: size", "codes: size, others: true")
    assert contracts(tmp_path, codes, table)["toy"].columns["size"].accepted is None


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ("colour: {zh: 颜色, en: Colour}\n", "there is no code set size"),
        ("size: {zh: 大小}\n", "size.en: Field required|en: Field required"),
        ("size: {zh: 大小, en: Size}\nsex_code: {zh: 性别, en: Sex}\n", "sex_code is a data element"),
        ("size: {zh: 大小, en: Size, includes: [metre]}\n", "size includes metre, which is no code set"),
        ("size: {zh: 性别, en: Sex, codes: {'1': {zh: 男, en: male}}, includes: [sex_code]}\n", "size has 1 twice"),
    ],
)
def test_a_mistake_in_codes_yml_is_named(tmp_path, codes, message):
    with pytest.raises(ModelError, match=message):
        contracts(tmp_path, codes)


def test_a_name_that_is_a_column_already_is_refused():
    model = next(each for each in all_models() if each.table == "spatial.road")
    columns = {"road_grade_name": model.contract.columns["name"], **model.contract.columns}
    taken = replace(model, contract=model.contract.model_copy(update={"columns": columns}))
    with pytest.raises(ModelError, match="the name of road_grade_code would be road_grade_name, which is a column"):
        labelled_views([taken])

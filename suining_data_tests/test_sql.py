"""Quoting: what becomes a literal or an identifier comes back as it was, and one module does it."""

import re
from pathlib import Path

import duckdb
import pytest

import suining_data
from suining_data.sql import Value, identifier, literal, literals

PACKAGE = Path(suining_data.__file__).parent
OWN_QUOTING = re.compile(r"""replace\(\s*(?:"'",\s*"''"|'"',\s*'""'|"\\"",\s*"\\"\\"")|"'" \+|\+ "'\"""")


@pytest.mark.parametrize("value", ["", "it's", "'; drop table x; --", 'a "b"', "名\n称", 3, -2.5, True, False, None])
def test_a_literal_comes_back_as_the_value(value: Value):
    assert duckdb.sql(f"select {literal(value)}").fetchone() == (value,)


def test_a_path_is_a_text():
    assert literal(Path("/data/o'clock")) == "'/data/o''clock'"


def test_several_literals_make_a_list():
    texts = ["a", "b'c"]
    assert duckdb.sql(f"select [{literals(texts)}]").fetchone() == (texts,)


@pytest.mark.parametrize("name", ["Name", 'a "b"', "select", "证件 号码"])
def test_an_identifier_is_the_name(name: str):
    assert duckdb.sql(f"select 1 as {identifier(name)}").columns == [name]


def test_no_other_module_quotes():
    quoting = [path.name for path in PACKAGE.rglob("*.py") if OWN_QUOTING.search(path.read_text(encoding="utf-8"))]
    assert quoting == ["sql.py"]

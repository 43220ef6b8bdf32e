"""docs/refusals.md says what is true: each row names a test that exists, and each test has its row."""

import ast

import pytest

from suining_data_tests.end_to_end.refusals.document import TESTS, Entry, entries


def functions_in(file: str) -> set[str]:
    """Names of the test functions of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.test.split("::")[1])
def test_every_row_names_a_test_that_exists(entry: Entry) -> None:
    file, function = entry.test.split("::")
    assert function in functions_in(file)


def test_every_test_of_a_broken_delivery_has_its_row() -> None:
    named = {entry.test for entry in entries()}
    folder = "end_to_end/refusals"
    for file in ("test_files.py", "test_rows.py", "test_landing.py"):
        shown = {name for name in functions_in(f"{folder}/{file}") if "blocks_nothing" not in name}
        assert {f"{folder}/{file}::{name}" for name in shown} <= named


def test_no_row_stands_there_twice() -> None:
    deliveries = [entry.delivery for entry in entries()]
    assert len(deliveries) == len(set(deliveries)) > 20

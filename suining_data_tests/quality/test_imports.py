"""The modules of quality/ import each other one way only, also inside functions."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter

from suining_data.settings import PROJECT

PACKAGE = PROJECT / "suining_data" / "quality"


def imported(source: str) -> set[str]:
    """Modules of quality/ that a module imports anywhere in it."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return {
        module.removeprefix("suining_data.quality.")
        for node in nodes
        for module in [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        if module.startswith("suining_data.quality.")
    }


def test_no_two_modules_of_quality_import_each_other() -> None:
    modules = {file.stem: imported(file.read_text()) for file in PACKAGE.glob("*.py") if file.stem != "__init__"}

    order = list(TopologicalSorter({name: names & modules.keys() for name, names in modules.items()}).static_order())

    assert order.index("rules") < order.index("expectations") < order.index("suite")
    assert order.index("engine") < order.index("suite")


def test_an_import_inside_a_function_is_seen() -> None:
    assert imported("def f():\n    from suining_data.quality.engine import validate") >= {"engine"}
    assert imported("from suining_data.quality import engine") == {"engine"}


def test_great_expectations_is_imported_through_one_module() -> None:
    gx = {"engine", "expectations"}
    users = {file.stem: imported(file.read_text()) & gx for file in PACKAGE.glob("*.py") if file.stem not in gx}
    assert {name: used for name, used in users.items() if used} == {"suite": {"engine"}}


def test_threads_that_validate_while_it_is_imported_get_their_results() -> None:
    program = """
import threading
from concurrent.futures import ThreadPoolExecutor
import duckdb
from suining_data.quality import Severity, Suite, TableRule, import_in_background

con = duckdb.connect()
con.execute("create schema s; create table s.t as select 1 as id")
rule = TableRule("no_rows", "准确性", Severity.WARN, "有", "some", breaks="id = 1")
import_in_background()
with ThreadPoolExecutor(4) as pool:
    suites = [pool.submit(Suite("s.t", ("id",), (rule,)).validate, con.cursor(), "s.t") for _ in range(4)]
print([suite.result().checks[0].metadata["failed"].value for suite in suites])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[1, 1, 1, 1]", done.stderr

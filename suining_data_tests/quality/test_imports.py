"""The modules of quality/ import each other one way only, also inside functions."""

import ast
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

"""A package imports only what lies below it, as the table of layers in docs/architecture.md has it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data.settings import PROJECT

CODE = PROJECT / "suining_data"
ROOM = re.compile(r"^\| (\d+) \| (.+?) \|", re.MULTILINE)  # | layer | `room`, `room` | ...


def layers() -> dict[str, int]:
    """The layer of every room, 1 lowest."""
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {name: int(layer) for layer, names in ROOM.findall(text) for name in re.findall(r"`(\w+)`", names)}


def rooms() -> set[str]:
    """The packages and modules directly in suining_data/."""
    modules = {file.stem for file in CODE.glob("*.py")} - {"__init__"}
    return modules | {file.parent.name for file in CODE.glob("*/__init__.py")}


def imports(root: Path = CODE) -> Iterator[tuple[str, str, str]]:
    """Every import of another room, also those inside functions: (file and line, room, imported room)."""
    for file in sorted(root.rglob("*.py")):
        module = [root.name, *file.relative_to(root).with_suffix("").parts]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for name in _imported(node, module):
                parts = name.split(".")
                if parts[0] == root.name and len(parts) > 1 and parts[1] != module[1]:
                    yield f"{'/'.join(module)}.py:{node.lineno}", module[1], parts[1]


def _imported(node: ast.AST, module: list[str]) -> list[str]:
    """The full names of the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    start = ".".join(module[: -node.level]) if node.level else ""
    origin = ".".join(filter(None, (start, node.module)))
    return [f"{origin}.{alias.name}" for alias in node.names]


def upward(root: Path = CODE) -> list[str]:
    """The imports that go to a room of the same layer or one above."""
    layer = layers()
    return [f"{place}: {room} imports {other}" for place, room, other in imports(root) if layer[other] >= layer[room]]


def test_the_table_names_every_room_once() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = [name for _, names in ROOM.findall(text) for name in re.findall(r"`(\w+)`", names)]
    assert sorted(named) == sorted(rooms())


def test_no_import_goes_up() -> None:
    assert upward() == []


@pytest.mark.parametrize(
    "statement",
    [
        "from suining_data.linkage import registry",
        "import suining_data.linkage.registry",
        "def later():\n    from suining_data import linkage",
        "from ..linkage import registry",
    ],
)
def test_an_import_that_goes_up_is_found(tmp_path: Path, statement: str) -> None:
    folder = tmp_path / "suining_data" / "elements"
    folder.mkdir(parents=True)
    (folder / "names.py").write_text(statement, encoding="utf-8")
    [found] = upward(tmp_path / "suining_data")
    assert found.endswith("elements imports linkage")

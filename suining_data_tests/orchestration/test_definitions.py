"""What Dagster loads: a review of a change sees which assets and checks it adds."""

from pathlib import Path

import dagster as dg

from suining_data.definitions import defs

SNAPSHOT = Path(__file__).with_name("definitions.txt")


def described() -> str:
    """One line per asset: group, key, checks (! blocks), what it reads."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda k: k.path):
        node = graph.get(key)
        checks = [graph.get(check) for check in sorted(node.check_keys, key=lambda c: c.name)]
        names = " ".join(check.key.name + ("!" if check.blocking else "") for check in checks)
        parents = " ".join(sorted(parent.to_user_string() for parent in node.parent_keys))
        lines.append(f"{node.group_name} | {key.to_user_string()} | {names} | {parents}")
    return "\n".join(lines) + "\n"


def test_the_definitions_load() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_assets_and_checks_are_those_of_the_snapshot() -> None:
    """After a change that is meant: write `described()` to the snapshot, and read the difference."""
    assert described() == SNAPSHOT.read_text(encoding="utf-8")


def test_every_asset_tells_what_it_is() -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.metadata["dagster/table_name"] == f"suining.{'.'.join(key.path)}"
        assert "dagster/code_references" in node.metadata, key
        assert node.owners, key
        if key.path[0] not in ("linked", "published"):
            assert node.metadata["dagster/column_schema"].columns, key

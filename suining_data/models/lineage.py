"""Column lineage: the columns that a column is computed from, as sqlglot reads them from the SQL.

Here: lineage through CTEs, subqueries and `*`.
Not here: refs between tables (reading.py), Dagster's classes (the assets).
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from suining_data.models.errors import ModelError, place
from suining_data.models.reading import Model

ColumnLineage = dict[str, list[tuple[str, str]]]


def column_lineage(model: Model, columns: Mapping[str, Sequence[str]]) -> ColumnLineage:
    """Per column the (`schema.table`, column) pairs it is computed from, sorted; constants have none.

    `columns` has the columns of the tables that the model reads: they are needed to expand `*` and unqualified names.
    Raises ModelError when the SQL cannot be traced.
    """
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table in model.refs:
        database, _, name = table.partition(".")
        schema.setdefault(database, {})[name] = dict.fromkeys(columns[table], "text")
    try:
        roots = lineage(None, model.query, schema, dialect="duckdb", trim_selects=False)
    except SqlglotError as error:
        raise ModelError(f"{place(model.path)}: {str(error).strip().splitlines()[0]}") from error
    return {column: sorted(_leaves(root)) for column, root in roots.items()}


def _leaves(root: Node) -> set[tuple[str, str]]:
    """The tables' columns below a node. Columns share nodes, so each node is visited once."""
    leaves, seen, waiting = set(), {id(root)}, [root]
    while waiting:
        node = waiting.pop()
        if not node.downstream and isinstance(node.expression, exp.Table) and node.expression.db:
            leaves.add((f"{node.expression.db}.{node.expression.name}", node.name.rpartition(".")[2].strip('"')))
        unseen = [child for child in node.downstream if id(child) not in seen]
        seen.update(id(child) for child in unseen)
        waiting.extend(unseen)
    return leaves

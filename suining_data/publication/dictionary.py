"""The dictionary: every column of the staged and the base tables, with its names, its meaning and its source.

Here: its rows, from catalogue, elements, contracts and the lineage of the SQL. Not here: when it is written
(orchestration/).
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from suining_data.catalog import Catalog, Field
from suining_data.elements import ELEMENTS
from suining_data.models import Model, SourceContract, column_lineage, described
from suining_data.publication.labels import contracts_of, labels_of

DICTIONARY = "governance.dictionary"
TYPES = {"varchar": pa.string(), "integer": pa.int32(), "boolean": pa.bool_()}
Row = tuple[str | int | bool | None, ...]


def write_dictionary(
    con: duckdb.DuckDBPyConnection,
    table: str,
    catalog: Catalog,
    models: Sequence[Model],
    sources: Mapping[str, SourceContract],
    source_columns: Mapping[str, Sequence[str]],
) -> int:
    """Create `table` with one row per column and return the number of rows.

    `sources`: the published tables that no model makes. `source_columns`: the columns of the tables that models read.
    """
    schema = pa.schema([(name, TYPES[column.type or ""]) for name, column in sources[DICTIONARY].columns.items()])
    rows = [*_staged_rows(catalog), *_published_rows(models, sources, source_columns)]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    con.register("dictionary_rows", pa.table([list(values) for values in columns], schema=schema))
    con.execute(f"create or replace table {table} as from dictionary_rows order by schema_name, table_name, position")
    con.unregister("dictionary_rows")
    return len(rows)


def _staged_rows(catalog: Catalog) -> Iterator[Row]:
    for unit in catalog.units:
        for resource in unit.resources:
            for position, column in enumerate(resource.columns, start=1):
                element = ELEMENTS[column.element]
                source = column.source if isinstance(column, Field) else column.sql
                yield (
                    *("staged", resource.id, f"{unit.name} {resource.name}", position, column.name, element.sql_type),
                    *(column.label, element.english, element.id, element.standard),
                    element.id if element.code_set else None,
                    *(column.sensitivity or element.sensitivity, element.is_personal),
                    *(unit.name, resource.name, source),
                )


def _published_rows(
    models: Sequence[Model], sources: Mapping[str, SourceContract], source_columns: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    contracts = contracts_of(models, sources)
    labels = labels_of(contracts)
    read = {**source_columns, **{model.table: list(model.contract.columns) for model in models}}
    lineages = {model.table: column_lineage(model, read) for model in models}
    for table, contract in contracts.items():
        schema, name = table.split(".")
        lineage = lineages.get(table, {})
        for position, label in enumerate(labels[table], start=1):
            element = label.element
            computed_from = (f"{source}.{column}" for source, column in lineage.get(label.name, ()))
            yield (
                *(schema, name, contract.description.zh, position, label.name),
                *(label.type, *described(label.name, contract.columns[label.name])),
                *((element.id, element.standard) if element else (None, None)),
                label.code_set,
                *(max(label.sensitivity, contract.sensitivity or ""), label.is_personal),
                *(None, None, ", ".join(computed_from) or None),
            )

"""The dictionary: every column of the staged and the base tables, with its names, its meaning and its source.

Here: its rows, from catalogue, elements, contracts and the lineage of the SQL. Not here: when it is written
(orchestration/).
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from suining_data.catalog import Catalog, Field
from suining_data.elements import ELEMENTS
from suining_data.models import ColumnContract, Model, column_lineage

# name, label in both languages
COLUMNS = (
    ("schema_name", "模式", "Schema"),
    ("table_name", "表", "Table"),
    ("table_zh", "表中文名", "Chinese name of the table"),
    ("position", "序号", "Position of the column in its table, from 1"),
    ("column_name", "列", "Column"),
    ("type", "类型", "SQL type"),
    ("zh", "中文名", "Chinese name"),
    ("en", "英文名", "English name"),
    ("element", "数据元", "Data element"),
    ("standard", "标准", "Standard of the data element"),
    ("sensitivity", "敏感级别", "Sensitivity, L1 to L4"),
    ("is_personal", "是否个人信息", "Whether it is personal information"),
    ("unit_name", "提供单位", "Publisher of the resource (staged tables)"),
    ("resource_name", "信息资源", "Information resource (staged tables)"),
    ("source", "来源", "Delivered column or expression (staged tables), columns that it is computed from (bases)"),
)
SCHEMA = pa.schema(
    [(name, {"position": pa.int32(), "is_personal": pa.bool_()}.get(name, pa.string())) for name, _, _ in COLUMNS]
)
Row = tuple[str | int | bool | None, ...]


def write_dictionary(
    con: duckdb.DuckDBPyConnection,
    table: str,
    catalog: Catalog,
    models: Sequence[Model],
    source_columns: Mapping[str, Sequence[str]],
) -> int:
    """Create `table` with one row per column and return the number of rows.

    `source_columns`: the columns of the tables that models read.
    """
    rows = [*_staged_rows(catalog), *_base_rows(models, source_columns)]
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    con.register("dictionary_rows", pa.table([list(values) for values in columns], schema=SCHEMA))
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
                    *(column.sensitivity or element.sensitivity, element.is_personal),
                    *(unit.name, resource.name, source),
                )


def _base_rows(models: Sequence[Model], source_columns: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    contracts = {model.table: model.contract.columns for model in models}
    sources = {**source_columns, **{table: list(columns) for table, columns in contracts.items()}}
    for model in models:
        lineage = column_lineage(model, sources)
        for position, (name, column) in enumerate(model.contract.columns.items(), start=1):
            described_by = list(_referred(column, contracts))
            element = next((ELEMENTS[each.element] for each in described_by if each.element), None)
            types = (each.type or (ELEMENTS[each.element].sql_type if each.element else None) for each in described_by)
            levels = (
                each.sensitivity or (ELEMENTS[each.element].sensitivity if each.element else None)
                for each in described_by
            )
            yield (
                *(model.schema, model.name, model.contract.description.zh, position, name),
                *(next(filter(None, types), None), *described(name, column)),
                *((element.id, element.standard) if element else (None, None)),
                *(next(filter(None, levels), None), bool(element and element.is_personal)),
                *(None, None, ", ".join(f"{table}.{source}" for table, source in lineage.get(name, ())) or None),
            )


def _referred(
    column: ColumnContract, contracts: Mapping[str, Mapping[str, ColumnContract]]
) -> Iterator[ColumnContract]:
    """The column, the column that it refers to, and so on."""
    yield column
    table, target = column.reference or ("", "")
    if table in contracts:
        yield from _referred(contracts[table][target], contracts)


def described(name: str, column: ColumnContract) -> tuple[str, str]:
    """The Chinese and the English name of a base column."""
    element = ELEMENTS.get(column.element or "")
    return (
        column.zh or (element.label if element else name),
        column.en or (element.english if element else name),
    )

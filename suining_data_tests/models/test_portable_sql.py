"""The models keep to SQL that other engines mean the same way: nothing in them hangs on an accident of DuckDB.

Here: what the rendered models may not say. Not here: what they compute (the tests beside this file).

`make lint` runs it as the linter of the SQL. sqlfluff is not used: docs/decisions/sql_lint.md says why.
"""

from collections.abc import Iterator, Mapping

import duckdb
import pytest
from sqlglot import exp, parse_one
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from suining_data.catalog import load_catalog
from suining_data.models import Model, build
from suining_data.models.sources import create_empty_sources
from suining_data.warehouse import prepare, swap

HUGE = {exp.DataType.Type.INT128, exp.DataType.Type.UINT128, exp.DataType.Type.INT256, exp.DataType.Type.UINT256}
MOMENTS = {exp.DataType.Type.DATE, *exp.DataType.TEMPORAL_TYPES}
SURELY_NO_MOMENT = {*exp.DataType.NUMERIC_TYPES, exp.DataType.Type.INTERVAL}

Types = Mapping[str, Mapping[str, Mapping[str, str]]]


def unportable(query: exp.Expr, types: Types) -> set[str]:
    """What a query says that Spark does not know or means otherwise, and names that nothing reads.

    `types`: schema -> table -> column -> SQL type.
    """
    return {*_not_in_spark(query), *_between_dates(query, types), *_unused(query)}


def _not_in_spark(query: exp.Expr) -> Iterator[str]:
    if any(found.this in HUGE for found in query.find_all(exp.DataType)):
        yield "hugeint"
    if any(column.name.lower() == "rowid" for column in query.find_all(exp.Column)):
        yield "rowid"
    for alias in query.find_all(exp.Alias):
        if isinstance(alias.this, exp.Null):
            yield f"null as {alias.alias}"


def _between_dates(query: exp.Expr, types: Types) -> Iterator[str]:
    """DuckDB counts days where Spark gives an interval."""
    if not any(_may_be_moments(minus) for minus in query.find_all(exp.Sub)):
        return  # most queries: no types need to be worked out
    schema = dict(types)
    qualified = qualify(query.copy(), schema=schema, dialect="duckdb", validate_qualify_columns=False)
    annotated = annotate_types(qualified, schema=schema, dialect="duckdb")
    for minus in annotated.find_all(exp.Sub):
        kinds = [_kind(minus.this), _kind(minus.expression)]
        if any(kind in MOMENTS for kind in kinds) and not any(kind in SURELY_NO_MOMENT for kind in kinds):
            yield f"{minus.this.sql('duckdb')} - {minus.expression.sql('duckdb')}"


def _unused(query: exp.Expr) -> Iterator[str]:
    read = {table.name for table in query.find_all(exp.Table) if not table.db}
    yield from (f"unused {each.alias}" for each in query.find_all(exp.CTE) if each.alias not in read)


def _may_be_moments(minus: exp.Sub) -> bool:
    return not any(side.is_number or isinstance(side, exp.Interval) for side in (minus.this, minus.expression))


def _kind(side: exp.Expr) -> exp.DataType.Type | None:
    if isinstance(side, exp.Interval):
        return exp.DataType.Type.INTERVAL
    return side.type.this if side.type else None


@pytest.fixture(scope="module")
def types(models: Mapping[str, Model]) -> Types:
    """Every table that models read or write, built without a row to see the types of its columns."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    with duckdb.connect() as con:
        prepare(con)
        con.execute("pragma disable_optimizer")  # planning costs more than the work: there are no rows
        create_empty_sources(con, load_catalog())
        for model in models.values():
            build(con, model)
            swap(con, model.table)
        for schema, table, column, kind in con.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall():
            found.setdefault(schema, {}).setdefault(table, {})[column] = kind
    return found


TYPES: Types = {"a": {"b": {"day": "DATE", "hour": "TIMESTAMP", "number": "INTEGER", "name": "VARCHAR"}}}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select 1::hugeint << number as bit from a.b", "hugeint"),
        ("select rowid as id from a.b", "rowid"),
        ("with c as (select null as valid_to from a.b) select valid_to from c", "null as valid_to"),
        ("select day - date '2020-01-01' as days from a.b", '"b"."day" - CAST(\'2020-01-01\' AS DATE)'),
        ("with c as (select max(hour) as last from a.b) select last - last as gap from c", '"c"."last" - "c"."last"'),
        ("with c as (select 1 as x), d as (select name from a.b) select name from d", "unused c"),
    ],
)
def test_what_spark_reads_otherwise_is_found(sql: str, expected: str) -> None:
    assert unportable(parse_one(sql, dialect="duckdb"), TYPES) == {expected}


def test_good_sql_is_left_alone() -> None:
    sql = """
        with c as (select day, hour, number, cast(null as date) as valid_to from a.b where name is not null)
        select day - interval 1 day as eve, day - 7 as last_week, number - 1 as before,
            date_diff('day', day, hour::date) as days, case when day is null then null else 1 end as x from c
        """
    assert unportable(parse_one(sql, dialect="duckdb"), TYPES) == set()


def test_models_say_nothing_that_only_duckdb_understands(models: Mapping[str, Model], types: Types) -> None:
    found = {model.table: unportable(model.query, types) for model in models.values()}
    assert {table: sayings for table, sayings in found.items() if sayings} == {}

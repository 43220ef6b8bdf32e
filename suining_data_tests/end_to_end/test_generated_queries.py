"""Whatever is asked of the analysts' file and of the public's, no answer has a value that they must not have."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest

from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_audiences import names_in, numbers_in, true_values

FUNCTIONS = (
    *(
        "{c}",
        "{c}::varchar",
        "upper({c}::varchar)",
        "left({c}::varchar, 6)",
        "right({c}::varchar, 4)",
        "reverse({c}::varchar)",
    ),
    *("length({c}::varchar)", "hash({c})", "md5({c}::varchar)", "coalesce({c}::varchar, 'none')", "typeof({c})"),
    *(
        "concat_ws(' ', {c}, {d})",
        "to_json({c})",
        "replace({c}::varchar, '*', '')",
        "case when {c} is null then {d}::varchar end",
    ),
    *(
        "regexp_extract({c}::varchar, '[0-9]+')",
        "lag({c}) over (order by {d})",
        "first_value({c}) over (partition by {d} order by {c})",
    ),
)
AGGREGATES = (
    "min({c})",
    "max({c})",
    "any_value({c})",
    "list({c})::varchar",
    "string_agg({c}::varchar, ',')",
    "mode({c})",
    "count(distinct {c})",
    "arg_max({c}, {d})",
    "histogram({c})::varchar",
    "approx_top_k({c}, 3)::varchar",
)
CONDITIONS = (
    "{c} is not null",
    "{c}::varchar > 'a'",
    "{c}::varchar like '%1%'",
    "{c} in (select {c} from {t} limit 5)",
    "length({c}::varchar) > 10",
    "try_cast({c} as integer) is null",
)
Columns = dict[str, list[str]]


def columns_of(con: duckdb.DuckDBPyConnection) -> Columns:
    found: Columns = {}
    for table, column in con.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal order by all"
    ).fetchall():
        found.setdefault(table, []).append(f'"{column}"')
    return found


def generated(columns: Columns, random: Random) -> Iterator[str]:
    """Queries of one or two tables: expressions, aggregates, conditions, windows, joins by a shared column."""
    tables = sorted(columns)
    while True:
        table = random.choice(tables)
        names = columns[table]

        def filled(pattern: str, names: list[str] = names, table: str = table) -> str:
            return pattern.format(c=random.choice(names), d=random.choice(names), t=table)

        condition = filled(random.choice(CONDITIONS)) if random.random() < 0.5 else "true"
        if random.random() < 0.4:
            group = filled("{c}")
            yield f"select {group}, {filled(random.choice(AGGREGATES))} from {table} where {condition} group by 1 limit 40"
            continue
        other = random.choice(tables)
        shared = sorted(set(names) & set(columns[other]))
        source = (
            f"{table} join {other} as other using ({random.choice(shared)})"
            if shared and random.random() < 0.3
            else table
        )
        if source == table:
            chosen = ", ".join(filled(random.choice(FUNCTIONS)) for _ in range(random.randint(1, 4)))
            yield f"select {chosen} from {table} where {condition} limit 40 offset {random.randint(0, 200)}"
        else:
            yield f"select * from {source} limit 40"


@pytest.fixture(scope="module")
def sensitive(first_night: Path) -> set[str]:
    """Every value of a column L3 or L4 of the full file that no column L1 or L2 has, too; short ones say nothing."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    with duckdb.connect(str((first_night / "published" / "suining.duckdb").resolve()), read_only=True) as con:
        labels = con.execute("""
            select schema_name || '.' || table_name, column_name, max(sensitivity) in ('L3', 'L4')
            from governance.dictionary
            join (select schema_name, table_name, column_name from duckdb_columns() where not internal)
                using (schema_name, table_name, column_name)
            group by all
        """).fetchall()
        for table, column, is_sensitive in labels:
            values = con.execute(
                f'select distinct "{column}"::varchar from {table} where length("{column}"::varchar) > 5'
            )
            found[is_sensitive] |= {value for (value,) in values.fetchall()}
    values = found[True] - found[False]
    assert len(values) > 1_000
    return values


def answers(city: City, audience: str, number: int, seed: int) -> Iterator[tuple[str, str]]:
    """Each different text of the answers to generated queries, with its query."""
    file = (city.settings.published / audience / "suining.duckdb").resolve()
    asked, answered = 0, 0
    with duckdb.connect(str(file), read_only=True) as con:
        for sql in generated(columns_of(con), Random(seed)):
            if (asked := asked + 1) > number:
                break
            try:
                rows = con.execute(sql).fetchall()
            except (duckdb.BinderException, duckdb.ConversionException, duckdb.InvalidInputException):
                continue  # types that do not fit: nothing was shown
            answered += 1
            yield from ((sql, text) for text in {str(value) for row in rows for value in row if value is not None})
    assert answered > number * 0.7


@pytest.mark.parametrize(
    ("audience", "number"),
    [("analyst", 2_000), ("open", 500), pytest.param("analyst", 100_000, marks=pytest.mark.slow)],
)
def test_no_answer_to_a_generated_query_has_a_sensitive_value(
    delivered_city: City, sensitive: set[str], audience: str, number: int
) -> None:
    true = true_values(delivered_city.settings)
    numbers = true["id"] | true["phone"]
    seen: set[str] = set()
    found = {}
    for sql, text in answers(delivered_city, audience, number, seed=number):
        if text not in seen:
            seen.add(text)
            if hits := ({text} & (sensitive | true["name"])) | numbers_in(text, numbers):
                found[sql] = hits
    assert found == {}
    assert len(seen) > number / 4


def test_the_same_queries_find_them_in_the_file_of_everything(delivered_city: City, sensitive: set[str]) -> None:
    true = true_values(delivered_city.settings)
    numbers = true["id"] | true["phone"]
    hits: set[str] = set()
    for _, text in answers(delivered_city, "", 500, seed=1):
        hits |= ({text} & sensitive) | numbers_in(text, numbers) | names_in(text, true["name"])
    assert len(hits) > 100

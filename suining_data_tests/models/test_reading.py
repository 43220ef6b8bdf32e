"""What stops a model before any SQL runs, and what the order of building is."""

from pathlib import Path

import duckdb
import pytest

from suining_data.models import ModelError, build, counts, load_models
from suining_data.warehouse import swap

SOURCES = {"linked.person_record": ["person_id", "name", "name_authority", "place"]}
CONTRACT = "{table}:\n  description: {{en: t, zh: t}}\n  key: [{key}]\n  columns: {{{columns}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "shared.sql").write_text("{% macro shout(x) -%} upper({{ x }}) {%- endmacro %}")
    (tmp_path / "base").mkdir()
    return tmp_path


def write(folder: Path, name: str, sql: str, columns: str = "name") -> None:
    (folder / "base" / f"{name}.sql").write_text(sql)
    keys = [part.split(":")[0].strip() for part in columns.split(", ")]
    described = ", ".join(part if ":" in part else f"{part}: {{}}" for part in columns.split(", "))
    with (folder / "base" / "schema.yml").open("a") as file:
        file.write(CONTRACT.format(table=name, key=keys[0], columns=described))


def error(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_models(folder, SOURCES)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_models_come_after_what_they_read_and_macros_need_no_import(folder):
    write(folder, "a", "select {{ shout('name') }} as name from {{ ref('base.b') }}")
    write(folder, "b", "select name from {{ ref('linked.person_record') }}")
    models = load_models(folder, SOURCES)
    assert [model.table for model in models] == ["base.b", "base.a"]
    assert models[1].sql == "select upper(name) as name from base.b"
    assert models[1].refs == ("base.b",)


def test_a_table_read_without_ref_is_named(folder):
    write(folder, "a", "with n as (select name from linked.person_record) select name from n")
    assert error(folder) == (
        "base/a.sql: reads linked.person_record without ref(); write {{ ref('linked.person_record') }}"
    )


def test_a_file_read_directly_is_refused(folder):
    write(folder, "a", "select name from read_parquet('x.parquet')")
    assert "without ref()" in error(folder)


def test_an_unknown_ref_is_named(folder):
    write(folder, "a", "select name from {{ ref('linked.persons') }}")
    assert "base/a.sql: ref('linked.persons')" in error(folder)


def test_a_circle_is_told_in_full(folder):
    write(folder, "a", "select name from {{ ref('base.b') }}")
    write(folder, "b", "select name from {{ ref('base.a') }}")
    assert "base.a -> base.b -> base.a" in error(folder) or "base.b -> base.a -> base.b" in error(folder)


def test_a_column_without_description_is_named(folder):
    write(folder, "a", "select name, place from {{ ref('linked.person_record') }}")
    assert error(folder) == "base/schema.yml: a.place is selected in a.sql but not described"


def test_a_described_column_that_is_not_selected_is_named(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}", "name, place")
    assert error(folder) == "base/schema.yml: a.place is described but a.sql does not select it"


def test_a_reference_to_nothing_is_named(folder):
    columns = "name: {references: base.b.id}"
    write(folder, "a", "select name from {{ ref('linked.person_record') }}", columns)
    assert error(folder) == "base/schema.yml: a.name references base.b.id, which does not exist"


def test_a_model_without_contract_is_named(folder):
    (folder / "base" / "a.sql").write_text("select 1 as name")
    assert "base/a.sql: no schema.yml" in error(folder)
    (folder / "base" / "schema.yml").write_text("{}")
    assert "base/a.sql: a is not described in base/schema.yml" in error(folder)


def test_a_contract_without_model_is_named(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    (folder / "base" / "a.sql").unlink()
    assert error(folder) == "base/schema.yml: a is described but a.sql does not exist"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select {{ nothing('x') }} as name", "base/a.sql: 'nothing' is undefined"),
        ("select {{ shout() }} as name", "base/a.sql: parameter 'x' was not provided"),
        ("select {{ shout( as name", "base/a.sql line 1"),
        ("select name fron t where", "base/a.sql: "),
        ("create table t as select 1 as name", "base/a.sql: a model is exactly one SELECT"),
        ("select 1 as name; select 2 as name", "base/a.sql: a model is exactly one SELECT"),
    ],
)
def test_bad_sql_is_one_clear_line(folder, sql, told):
    write(folder, "a", sql)
    assert told in error(folder)


def test_a_mistake_in_the_contract_names_its_field(folder):
    (folder / "base" / "a.sql").write_text("select 1 as name")
    (folder / "base" / "schema.yml").write_text(
        "a:\n  description: {en: t, zh: t}\n  key: [name]\n  columns: {name: {uniq: true}}\n"
    )
    assert error(folder).startswith("base/schema.yml: a.columns.name.uniq:")


def test_build_writes_beside_the_table_in_use(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    with duckdb.connect() as con:
        con.execute("create schema linked; create table linked.person_record as select 'x' as name from range(3)")
        con.execute("create schema base; create table base.a as select 'old' as name")
        assert build(con, load_models(folder, SOURCES)[0]) == 3
        assert con.execute("select name from base.a").fetchall() == [("old",)]


def test_a_build_that_fails_leaves_nothing(folder):
    write(folder, "star", "select * from {{ ref('linked.person_record') }}", "name")
    with duckdb.connect() as con:
        con.execute("create schema linked; create table linked.person_record as select 'x' as name, 1 as place")
        with pytest.raises(ModelError, match=r"star\.place is selected"):
            build(con, load_models(folder, SOURCES)[0])
        con.execute("drop table linked.person_record")
        with pytest.raises(ModelError, match=r"base/star\.sql: .*person_record"):
            build(con, load_models(folder, SOURCES)[0])
        assert con.execute("select count(*) from duckdb_tables()").fetchone() == (0,)


def materialize(folder: Path, how: str, **more: str) -> None:
    """Say in the contract of base.a how it is materialized."""
    contract = "".join(f"  {key}: {value}\n" for key, value in {"materialized": how, **more}.items())
    path = folder / "base" / "schema.yml"
    path.write_text(path.read_text().replace("a:\n", f"a:\n{contract}", 1))


def test_a_view_follows_what_it_reads_and_its_rows_are_not_counted(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    materialize(folder, "view")
    with duckdb.connect() as con:
        con.execute("create schema linked; create table linked.person_record as select 'x' as name from range(3)")
        con.execute("create schema base; create table base.a as select 'old' as name")
        assert build(con, load_models(folder, SOURCES)[0]) is None
        swap(con, "base.a")
        con.execute("insert into linked.person_record values ('y')")
        assert con.execute("select count(*) from base.a").fetchone() == (4,)


def test_a_view_and_a_table_replace_each_other(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    with duckdb.connect() as con:
        con.execute("create schema linked; create table linked.person_record as select 'x' as name")
        for how in ("view", "view", "table", "view"):
            materialize(folder, how)
            model = load_models(folder, SOURCES)[0]
            build(con, model)
            build(con, model)
            swap(con, "base.a")
            (folder / "base" / "schema.yml").unlink()
            write(folder, "a", "select name from {{ ref('linked.person_record') }}")
            assert con.execute("select count(*) from base.a").fetchone() == (1,)
            assert len(con.execute("select 1 from duckdb_views() where view_name = 'a'").fetchall()) == (how == "view")


def test_rows_are_counted_by_the_kinds_that_the_contract_names(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    materialize(folder, "table", count_by="name")
    with duckdb.connect() as con:
        con.execute("create schema linked; create table linked.person_record as select 'x' as name from range(3)")
        model = load_models(folder, SOURCES)[0]
        build(con, model)
        assert counts(con, model) == {"x": 3}


def test_counting_by_no_column_is_named(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    materialize(folder, "table", count_by="kind")
    assert "count_by kind is not among the columns" in error(folder)


@pytest.mark.parametrize(
    ("how", "more", "problem"),
    [
        ("incremental", {}, "needs unique_key, one of its columns, and changed_by"),
        ("incremental", {"unique_key": "kind", "changed_by": "{linked.person_record: name}"}, "needs unique_key"),
        ("table", {"unique_key": "name", "changed_by": "{linked.person_record: name}"}, "are for materialized: incremental"),
        ("incremental", {"unique_key": "name", "changed_by": "{staged.other: name}"}, "staged.other, which a.sql does not read"),
    ],
)  # fmt: skip
def test_a_wrong_incremental_table_is_named(folder, how, more, problem):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    materialize(folder, how, **more)
    assert problem in error(folder)


def test_an_incremental_table_says_how_it_follows_from_changes(folder):
    write(folder, "a", "select name from {{ ref('linked.person_record') }}")
    materialize(folder, "incremental", unique_key="name", changed_by="{linked.person_record: name}")
    incremental = load_models(folder, SOURCES)[0].contract.incremental
    assert incremental is not None
    assert (incremental.unique_key, incremental.has_key("linked.person_record")) == ("name", True)

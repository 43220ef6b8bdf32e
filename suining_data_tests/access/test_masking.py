"""What was asked, as the log has it: nothing of a person is in it, however it was written."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suining_data.access import masked


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema population; create table population.person (person_id varchar, name varchar)")
    return con


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("select name from population.person limit 3", "select name from population . person limit ?"),
        (
            "SELECT count(*), md5(name) FROM population.person",
            "SELECT count (*), md5 ( name ) FROM population . person",
        ),
        ("select 1 as 王小明, name as wang from person -- 510902", "select ? as ? , name as ? from person"),
        ("select \"王小明\", $$王小明$$, E'王小明', x'ab', $1 /* 王 */", "select ? , ? , ? , ? , ?"),
    ],
)
def test_words_of_the_database_stay(con: duckdb.DuckDBPyConnection, sql: str, shown: str) -> None:
    assert masked(con, sql).replace(" ", "").startswith(shown.replace(" ", "").rstrip("?"))


@pytest.mark.parametrize("sql", ["", "/* 王小明 */", "-- 510902"])
def test_of_nothing_there_is_nothing(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert masked(con, sql) == ""


FORMS = (
    "'{0}'",
    '"{0}"',
    "$${0}$$",
    "-- {0}\n",
    "/* {0} */",
    "{0}",
    "a{0}",
    "'a'{0}",
    "E'{0}'",
    "as {0}",
    "{0}.name",
    "=--{0}\n",
)


@given(
    value=st.from_regex(r"[0-9]{17}[0-9X]|1[0-9]{10}|[\u4e00-\u9fff]{2,4}", fullmatch=True),
    forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=4),
    between=st.sampled_from((" ", ", ", "(", "\n", ";")),
)
def test_no_value_is_left(con: duckdb.DuckDBPyConnection, value: str, forms: list[str], between: str) -> None:
    assert value not in masked(con, "select " + between.join(form.format(value) for form in forms))

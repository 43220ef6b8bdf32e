"""What a gate says of a table: verdicts of Great Expectations, counts, sample keys. Real tables, planted violations."""

import dagster as dg
import duckdb
import pytest

from suining_data.quality import Severity, Suite, TableRule, expectations

BLOCK, WARN = Severity.BLOCK, Severity.WARN
NO_NEGATIVES = TableRule("amount:sign", "规范性", BLOCK, "金额为负", "amount is negative", breaks="amount < 0")
NOT_HUGE = TableRule("amount:huge", "规范性", WARN, "金额过大", "amount is huge", breaks="amount > 1000")
KNOWN = TableRule(
    "city:known",
    "一致性",
    BLOCK,
    "城市不存在",
    "city is unknown",
    failing_rows="select * from {table} anti join city using (city)",
)


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create table city as select '遂宁' as city")
        con.execute("create table sale (sale_id bigint, buyer varchar, city varchar, amount int)")
        con.execute("insert into sale select range, '王小明' || range, '遂宁', range % 1000 from range(2500)")
        yield con


def validated(con, *rules, keys=("sale_id",), table="main.sale"):
    return {check.check_name: check for check in Suite(table, keys, rules).validate(con, table).checks}


def metadata(result):
    return {key: entry.value for key, entry in result.metadata.items()}


def test_a_table_that_keeps_its_rules_passes_and_says_how_many_rows_were_asked(con):
    results = validated(con, NO_NEGATIVES, NOT_HUGE, KNOWN)

    assert {name: result.passed for name, result in results.items()} == {"conformity": True, "consistency": True}
    assert metadata(results["conformity"]) == {"evaluated": 2500, "failed": 0}


def test_a_broken_blocking_rule_is_an_error_with_its_count_and_five_keys(con):
    con.execute("update sale set amount = -1 where sale_id >= 2490")

    result = validated(con, NO_NEGATIVES, NOT_HUGE, KNOWN)["conformity"]

    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert metadata(result) == {
        "evaluated": 2500,
        "failed": 10,
        "failed_by_rule": {"amount:sign": 10},
        "sample_keys": {"amount:sign": [{"sale_id": str(n)} for n in range(2490, 2495)]},
    }
    assert result.description == "amount:sign: 10 × 金额为负 (amount is negative)"


def test_a_broken_warning_is_a_warning_until_a_blocking_rule_of_the_dimension_breaks(con):
    con.execute("update sale set amount = 5000 where sale_id = 7")
    warned = validated(con, NO_NEGATIVES, NOT_HUGE)["conformity"]
    con.execute("update sale set amount = -1 where sale_id = 8")
    blocked = validated(con, NO_NEGATIVES, NOT_HUGE)["conformity"]

    assert (warned.passed, warned.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert (blocked.passed, blocked.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert metadata(blocked)["failed_by_rule"] == {"amount:huge": 1, "amount:sign": 1}


def test_a_rule_that_selects_its_rows_is_judged_beside_the_others(con):
    con.execute("insert into sale values (9000, '李四', '成都', 1), (9001, '李四', '成都', 1)")

    results = validated(con, NO_NEGATIVES, KNOWN)

    assert results["conformity"].passed
    assert metadata(results["consistency"])["failed_by_rule"] == {"city:known": 2}


def test_samples_hold_keys_only(con):
    con.execute("update sale set amount = -1")

    results = validated(con, NO_NEGATIVES, KNOWN)
    without_keys = validated(con, NO_NEGATIVES, keys=())

    assert "王小明" not in str(results)
    assert metadata(without_keys["conformity"])["sample_keys"] == {"amount:sign": []}


@pytest.mark.parametrize("success", [True, False])
def test_the_verdict_is_that_of_great_expectations_whatever_we_count(con, monkeypatch, success):
    con.execute(f"update sale set amount = {-1 if success else 1}")
    said = {"success": success, "result": {"observed_value": 1}}
    monkeypatch.setattr(expectations.ExpectNoRowsWhere, "_validate", lambda *args, **kwargs: said)

    result = validated(con, NO_NEGATIVES)["conformity"]

    assert result.passed is success
    assert result.severity is dg.AssetCheckSeverity.ERROR


@pytest.mark.parametrize(
    "breaks",
    [
        "regexp_full_match(buyer, '(?:王小明){1}[0-9]{1,4}')",
        "buyer like '%明1%' and amount::varchar = '1'",
        "buyer = ':name' or '\\:' || city = '\\:遂宁'",
        "{'a': 1}.a = 1",
    ],
)
def test_colons_braces_and_percent_signs_reach_duckdb_as_written(con, breaks):
    expected = con.execute(f"select count(*) from sale where {breaks}").fetchone()[0]

    result = validated(con, TableRule("r", "规范性", BLOCK, "", "", breaks=breaks))["conformity"]

    assert expected > 0
    assert metadata(result)["failed"] == expected


def test_an_empty_table_passes_rules_about_rows(con):
    con.execute("delete from sale")

    assert metadata(validated(con, NO_NEGATIVES)["conformity"]) == {"evaluated": 0, "failed": 0}


def test_wrong_sql_of_a_rule_is_duckdbs_own_short_error(con):
    with pytest.raises(duckdb.BinderException, match="no_such_column"):
        validated(con, NO_NEGATIVES, TableRule("wrong", "规范性", BLOCK, "", "", breaks="no_such_column is null"))


def test_judging_leaves_no_temporary_table_behind(con):
    validated(con, NO_NEGATIVES)

    assert con.execute("select count(*) from duckdb_tables() where temporary").fetchone() == (0,)


def test_one_asset_check_per_dimension_blocking_where_a_rule_blocks():
    suite = Suite(
        "main.sale",
        ("sale_id",),
        (NO_NEGATIVES, NOT_HUGE, KNOWN, TableRule("w", "准确性", WARN, "", "", breaks="false")),
    )

    specs = suite.check_specs(dg.AssetKey(["staged", "sale"]))

    assert {spec.name: spec.blocking for spec in specs} == {"conformity": True, "consistency": True, "accuracy": False}
    assert all(spec.asset_key == dg.AssetKey(["staged", "sale"]) for spec in specs)


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ((NO_NEGATIVES, NO_NEGATIVES), "amount:sign"),
        ((TableRule("x", "美观性", BLOCK, "", "", breaks="false"),), "美观性"),
    ],
)
def test_a_suite_that_cannot_be_told_apart_or_placed_is_refused(checks, message):
    with pytest.raises(ValueError, match=message):
        Suite("main.sale", ("sale_id",), checks)


def test_a_failing_gate_stops_what_lies_downstream_and_nothing_else(con):
    con.execute("update sale set amount = -1 where sale_id = 3")
    suite = Suite("main.sale", ("sale_id",), (NO_NEGATIVES,))

    @dg.asset(key=["staged", "sale"], check_specs=suite.check_specs(dg.AssetKey(["staged", "sale"])))
    def sale() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=suite.validate(con, "main.sale").checks)

    @dg.asset(deps=[sale])
    def downstream() -> None: ...

    @dg.asset
    def elsewhere() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize([sale, downstream, elsewhere], instance=instance, raise_on_error=False)

    built = {event.asset_key.to_user_string() for event in run.get_asset_materialization_events()}
    assert "elsewhere" in built
    assert "downstream" not in built
    assert not run.success


def test_of_rows_that_stay_only_what_other_rows_can_break_is_asked(con):
    con.execute("insert into sale values (9001, 'x', '射洪', -1)")
    con.execute("create table part as select 9002 as sale_id, 'y' as buyer, '遂宁' as city, -2 as amount")
    con.execute("create view next as from sale union all from part")

    checks = Suite("main.sale", ("sale_id",), (NO_NEGATIVES, KNOWN)).validate(con, "main.next", "main.part").checks
    found = {check.check_name: metadata(check) for check in checks}

    assert found["conformity"]["failed_by_rule"] == {"amount:sign": 1}  # 9001 was judged when it was promoted
    assert found["consistency"]["failed_by_rule"] == {"city:known": 1}  # its city may have gone since
    assert found["conformity"]["evaluated"] == found["consistency"]["evaluated"] == 2502


def test_a_rule_on_rows_that_warns_is_counted_in_all_of_them(con):
    con.execute("insert into sale values (9001, 'x', '遂宁', 1001)")
    con.execute("create table part as select 9002 as sale_id, 'y' as buyer, '遂宁' as city, 1002 as amount")
    con.execute("create view next as from sale union all from part")

    checks = Suite("main.sale", ("sale_id",), (NOT_HUGE,)).validate(con, "main.next", "main.part").checks

    assert metadata(checks[0])["failed_by_rule"] == {"amount:huge": 2}


IN_TOWN = TableRule(
    "town:references",
    "一致性",
    BLOCK,
    "城市不存在",
    "city is unknown",
    failing_rows="select * from {table} as referring anti join main.city as referenced on referring.city = referenced.city",
    refers_to=("main.city", "city"),
)


@pytest.mark.parametrize(
    ("changes", "changed", "failed"),
    [
        pytest.param("", (), 0, id="what it refers to has not changed"),
        pytest.param("true, '新城'", ("main.city",), 0, id="a value is new"),
        pytest.param("false, '遂宁'", ("main.city",), 0, id="a value was rewritten"),
        pytest.param("false, '旧城'", ("main.city",), 1, id="a value is gone"),
    ],
)
def test_references_of_rows_that_stay_are_asked_if_what_they_refer_to_has_lost_a_value(con, changes, changed, failed):
    con.execute("insert into sale values (9001, 'x', '旧城', 1)")
    con.execute("create table part as select 9002 as sale_id, 'y' as buyer, '遂宁' as city, 2 as amount")
    con.execute("create view next as from sale union all from part")
    if changes:
        con.execute(
            f"create schema change; create table change.main__city as select * from (values ({changes})) as c(is_added, city)"
        )

    checks = (
        Suite("main.sale", ("sale_id",), (NO_NEGATIVES, IN_TOWN))
        .validate(con, "main.next", "main.part", changed)
        .checks
    )
    found = {check.check_name: metadata(check)["failed"] for check in checks}

    assert found == {"conformity": 0, "consistency": failed}

"""Where a column comes from."""

from pathlib import Path

from suining_data.models import Model, ModelContract, column_lineage
from suining_data.models.sources import declared_sources

PERSON = ["person_id", "name", "name_authority", "place"]


def model(sql: str, *refs: str) -> Model:
    contract = ModelContract.model_validate({"description": {"en": "t", "zh": "t"}, "key": ["x"], "columns": {"x": {}}})
    return Model("base", "t", Path("base/t.sql"), sql, refs, contract)


def test_lineage_goes_through_ctes_stars_windows_and_joins():
    sql = """
        with record as (select * from linked.person_record),
        ranked as (select *, row_number() over (partition by person_id order by place) as turn from record),
        golden as (select person_id, arg_min(name, name_authority) filter (where name is not null) as name
            from record group by person_id)
        select golden.person_id, golden.name, ranked.turn, town.town_name as town, 'x' as kind
        from golden join ranked using (person_id)
        left join (select * from spatial.town) as town on town.name = golden.name
        where turn = 1
    """
    columns = {"linked.person_record": PERSON, "spatial.town": ["name", "town_name"]}
    found = column_lineage(model(sql, *columns), columns)
    record = "linked.person_record"
    assert found["name"] == [(record, "name"), (record, "name_authority")]
    assert found["turn"] == [(record, "person_id"), (record, "place")]
    assert found["town"] == [("spatial.town", "town_name")]
    assert found["kind"] == []


def test_lineage_goes_through_unions():
    sql = "select name from linked.person_record union all select town_name from spatial.town"
    columns = {"linked.person_record": PERSON, "spatial.town": ["town_name"]}
    assert column_lineage(model(sql, *columns), columns) == {
        "name": [("linked.person_record", "name"), ("spatial.town", "town_name")]
    }


def test_every_model_of_the_bases_has_lineage(models):
    columns = {**declared_sources(), **{table: list(m.contract.columns) for table, m in models.items()}}
    found = {table: column_lineage(m, columns) for table, m in models.items()}
    for table, lineage in found.items():
        assert set(lineage) == set(models[table].contract.columns)
        assert any(lineage.values()) or not models[table].refs, table  # rows of declarations have no source column
    assert ("linked.address_record", "address") in found["spatial.address"]["street"]

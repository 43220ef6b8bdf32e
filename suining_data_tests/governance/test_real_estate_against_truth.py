"""spatial.real_estate_conflict against the truth: what was planted is found where both sides were delivered, and nothing else."""

import duckdb
import pytest

from suining_data_tests.governance.test_finding_against_truth import erring

__all__ = ["erring"]

# the unit codes of which both sides were delivered and can be compared
COMPARABLE = {
    "registered_to_another": """
        select real_estate_unit_code from spatial.real_estate_right group by 1
        having bool_and(coalesce(person_id, organization_id) is not null)
            and min(valid_from) filter (status_code = 'current' and right_type_code like '%house') is not null
        intersect select real_estate_unit_code from spatial.real_estate_sale where person_id is not null""",
    "sold_twice": """
        select real_estate_unit_code from spatial.real_estate_sale
        group by 1 having count(distinct contract_number) > 1 and bool_and(person_id is not null)""",
    "sold_while_mortgaged": """
        select real_estate_unit_code from spatial.real_estate_status
        where is_mortgaged and former_holder_count > 0 and mortgaged_from < held_from""",
    "contract_area_differs": """
        select real_estate_unit_code from spatial.real_estate_right
        where status_code = 'current' and right_type_code like '%house' and area_m2 is not null
        intersect select real_estate_unit_code from spatial.real_estate_sale where area_m2 is not null""",
    "contract_address_differs": """
        select real_estate_unit_code from spatial.real_estate_unit where is_registered and address_id is not null
        intersect select real_estate_unit_code from spatial.real_estate_sale where address_id is not null""",
    "copy_holder_differs": "select real_estate_unit_code from both_current",
    "copy_area_differs": "select real_estate_unit_code from both_registered",
    "copy_status_differs": "select real_estate_unit_code from both_registered",
}
# of a row that lost its unit code, its kind of right or its day, nothing can be compared
SIDES = """
    create or replace temp view registered as
    select real_estate_unit_code, right_type_code, person_id, registered_date, status_code, area_m2, 'city' as register
    from staged.natural_resources__real_estate_register join linked.person_record using (record_id)
    union all
    select real_estate_unit_code, right_type_code, person_id, registered_date, status_code, area_m2, 'province'
    from staged.sichuan_natural_resources__real_estate join linked.person_record using (record_id);
    create or replace temp view both_registered as
    select real_estate_unit_code from registered
    where status_code is not null and area_m2 is not null and registered_date is not null
    group by real_estate_unit_code, right_type_code, person_id, registered_date having count(distinct register) = 2;
    create or replace temp view both_current as
    select real_estate_unit_code from registered where status_code = 'current' and right_type_code like '%house'
    group by real_estate_unit_code having count(distinct register) = 2 and bool_and(person_id is not null);
    create or replace temp view planted as
    select real_estate_unit_code, unnest(errors) as kind from person_truth join (
        select record_id, real_estate_unit_code from staged.natural_resources__real_estate_register
        union all select record_id, real_estate_unit_code from staged.sichuan_natural_resources__real_estate
        union all select record_id, real_estate_unit_code from staged.housing__house_sales
    ) using (record_id);
"""


def measured(con: duckdb.DuckDBPyConnection, kind: str) -> tuple[int, int, int, int]:
    """Units with the planted error whose sides were delivered, those of them found, units found, those with a planted error."""
    con.execute(SIDES)
    row = con.execute(
        f"""
        with actual as (select distinct real_estate_unit_code from planted where kind = '{kind}'),
        found as (select real_estate_unit_code from spatial.real_estate_conflict where kind = '{kind}'),
        -- another owner in the province's copy is also another than the buyer
        contradicted as (select real_estate_unit_code from planted where kind in {tuple(COMPARABLE)}),
        comparable as ({COMPARABLE[kind]})
        select (select count(*) from actual semi join comparable using (real_estate_unit_code)),
            (select count(*) from actual semi join comparable using (real_estate_unit_code)
                semi join found using (real_estate_unit_code)),
            (select count(*) from found), (select count(*) from found semi join contradicted using (real_estate_unit_code))
        """
    ).fetchone()
    assert row
    return row[0], row[1], row[2], row[3]


@pytest.mark.parametrize("kind", COMPARABLE)
def test_contradictions_are_true_and_what_is_true_is_found(erring: duckdb.DuckDBPyConnection, kind: str) -> None:
    true, recalled, found, right = measured(erring, kind)
    assert found, kind
    assert recalled >= 0.9 * true, (true, recalled)
    assert right >= 0.9 * found, (found, right)


def test_no_other_contradiction_is_found(erring: duckdb.DuckDBPyConnection) -> None:
    others = erring.execute(
        "select kind, count(*) from spatial.real_estate_conflict where not list_contains(?, kind) group by kind",
        [list(COMPARABLE)],
    ).fetchall()
    assert others == []

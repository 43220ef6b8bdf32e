"""Register, contracts and buildings on one real-estate unit: what contradicts, and what only was so before."""

from datetime import date

import pytest

REGISTER = "natural_resources__real_estate_register"
PROVINCE = "sichuan_natural_resources__real_estate"
SALES = "housing__house_sales"
UNIT = "510903001001GB00001F00010001"
HOUSE = "state_construction_house"


@pytest.fixture
def land(bench):
    """A register whose rows reach from 2010 to 2021, as far as other units are concerned."""
    for number, day in enumerate(("2010-01-01", "2010-01-02", "2021-06-30")):
        right(bench, f"X{number}", day, unit=f"510903001001GB0000{number + 2}F00010001")
    return bench


def person(bench, name):
    if name and not bench.query(f"select 1 from population.person where person_id = '{name}'"):
        bench.insert("population.person", person_id=name)
    return name


def right(bench, holder, day, unit=UNIT, resource=REGISTER, is_linked=True, organization=None, **values):
    row = {"status_code": "current", "right_type_code": HOUSE, "area_m2": 100.0} | values
    record = bench.insert(
        f"staged.{resource}", real_estate_unit_code=unit, holder_name=holder, registered_date=day, **row
    )
    if organization:
        if not bench.query(f"select 1 from legal_entity.organization where organization_id = '{organization}'"):
            bench.insert("legal_entity.organization", organization_id=organization)
        bench.insert("linked.organization_record", record_id=record, role="right_holder", organization_id=organization)
    elif is_linked:
        bench.insert("linked.person_record", record_id=record, role="right_holder", person_id=person(bench, holder))
    return record


def sale(bench, number, buyer, day, unit=UNIT, is_linked=True, **values):
    record = bench.insert(
        f"staged.{SALES}", contract_number=number, real_estate_unit_code=unit, buyer_name=buyer, filed_date=day,
        **{"area_m2": 100.0} | values,
    )  # fmt: skip
    if is_linked:
        bench.insert("linked.person_record", record_id=record, role="house_buyer", person_id=person(bench, buyer))
    return record


def place(bench, record, role, address):
    key = "A" + str(record)
    bench.insert(
        "linked.address_record", record_id=record, role=role, address_id=key, address=address, resource_id=REGISTER
    )


def conflicts(bench, *columns):
    bench.build(
        "spatial.address",
        "spatial.real_estate_unit",
        "spatial.division_boundary",
        "spatial.parcel",
        "spatial.building",
        "spatial.real_estate_right",
        "spatial.real_estate_sale",
        "spatial.real_estate_conflict",
        "spatial.real_estate_status",
    )
    tables = ("real_estate_sale", "real_estate_conflict", "real_estate_status")
    failures = bench.failures(*(f"spatial.{table}" for table in tables))
    assert not failures
    chosen = ", ".join(("kind", *columns))
    found = bench.query(f"select {chosen} from spatial.real_estate_conflict order by all")
    return found if columns else [kind for (kind,) in found]


def test_registered_to_another_than_the_buyer(land):
    sold = sale(land, "C1", "张三", "2018-01-01")
    held = right(land, "李四", "2018-10-01")
    found = conflicts(land, "record_id", "resource_id", "other_record_id", "other_resource_id", "event_date")
    assert found == [("registered_to_another", held, REGISTER, sold, SALES, date(2018, 10, 1))]


def test_who_bought_and_sold_again_is_no_contradiction(land):
    sale(land, "C1", "张三", "2018-01-01")
    right(land, "张三", "2018-06-01", status_code="historic")
    right(land, "李四", "2018-10-01")
    assert conflicts(land) == []


@pytest.mark.parametrize("filed", ["2009-01-01", "2015-01-01"])
def test_a_contract_of_long_ago_says_nothing_of_who_holds_the_house_today(land, filed):
    """The first is older than the register's rows; of the second the buyer may have sold the house since."""
    sale(land, "C1", "张三", filed)
    right(land, "李四", "2020-10-01")
    assert conflicts(land) == []


def test_one_of_the_spouses_is_enough(land):
    sale(land, "C1", "张三", "2018-01-01")
    right(land, "李四", "2018-10-01")
    right(land, "张三", "2018-10-01")
    assert conflicts(land) == []


@pytest.mark.parametrize("who", ["buyer", "holder"])
def test_who_is_linked_to_nobody_may_be_anybody(land, who):
    sale(land, "C1", "张三", "2018-01-01", is_linked=who != "buyer")
    right(land, "李四", "2018-10-01", is_linked=who != "holder")
    assert conflicts(land) == []


def test_the_same_name_is_the_same_holder_whoever_they_are_linked_to(land):
    sold = sale(land, "C1", "张三", "2018-01-01")
    right(land, "张三", "2018-10-01")
    person(land, "P9")
    land.con.execute(f"update linked.person_record set person_id = 'P9' where record_id = {sold}")
    assert conflicts(land) == []


def test_a_contract_without_a_registration_after_two_years(land):
    sold = sale(land, "C1", "张三", "2019-06-30")
    sale(land, "C2", "李四", "2019-07-01", unit=UNIT[:-1] + "2")  # not two years yet
    assert conflicts(land, "record_id", "other_record_id") == [("contract_not_registered", sold, None)]


def test_the_developers_own_registration_is_not_that_of_another(land):
    sale(land, "C1", "张三", "2018-01-01")
    held = right(land, "开发公司", "2018-06-01", organization="O1", holder_type_code="organization")
    assert conflicts(land, "other_record_id") == [("contract_not_registered", held)]


def test_a_house_sold_on_that_is_never_transferred(land):
    held = right(land, "李四", "2015-01-01")
    sold = sale(land, "C1", "张三", "2018-01-01")
    assert conflicts(land, "record_id", "other_record_id") == [("contract_not_registered", sold, held)]


def test_sold_twice(land):
    first = sale(land, "C1", "张三", "2020-01-01")
    second = sale(land, "C2", "李四", "2020-03-01")
    sale(land, "C3", "李四", "2020-04-01")  # filed again
    right(land, "李四", "2020-12-01")
    assert conflicts(land, "record_id", "other_record_id") == [("sold_twice", second, first)]


def test_buyers_whose_contract_number_is_lost_are_not_two_contracts(land):
    sale(land, None, "张三", "2020-01-01")
    sale(land, None, "李四", "2020-01-01")
    assert conflicts(land) == []
    assert land.query("select count(*) from spatial.real_estate_sale") == [(2,)]


def test_sold_by_who_had_bought_it_is_not_sold_twice(land):
    sale(land, "C1", "张三", "2016-01-01")
    right(land, "张三", "2017-01-01", status_code="historic")
    sale(land, "C2", "李四", "2020-03-01")
    right(land, "李四", "2020-12-01")
    assert conflicts(land) == []


@pytest.mark.parametrize(("area", "found"), [(103.0, []), (97.0, []), (103.5, ["contract_area_differs"])])
def test_an_area_may_differ_by_three_per_cent(land, area, found):
    sale(land, "C1", "张三", "2018-01-01", area_m2=area)
    right(land, "张三", "2018-10-01")
    assert conflicts(land) == found


def mortgage(bench, day, **values):
    return right(bench, "某银行", day, right_type_code="mortgage", organization="O9", **values)


def test_transferred_while_mortgaged(land):
    right(land, "张三", "2015-01-01", status_code="historic")
    burden = mortgage(land, "2016-01-01")
    held = right(land, "李四", "2018-01-01")
    assert conflicts(land, "record_id", "other_record_id") == [("sold_while_mortgaged", held, burden)]


def test_the_loan_of_the_former_owner_goes_on(land):
    sale(land, "C1", "张三", "2014-01-01")
    right(land, "张三", "2015-01-01", status_code="historic")
    mortgage(land, "2015-01-31")
    right(land, "李四", "2018-01-01")
    assert conflicts(land) == ["sold_while_mortgaged"]


def test_sold_while_mortgaged(land):
    right(land, "李四", "2015-01-01")
    burden = mortgage(land, "2016-01-01")
    sold = sale(land, "C1", "张三", "2021-01-01")
    assert conflicts(land, "record_id", "other_record_id") == [("sold_while_mortgaged", sold, burden)]


def test_mortgages_that_are_over_or_the_buyers_own(land):
    right(land, "张三", "2015-01-01", status_code="historic")
    mortgage(land, "2016-01-01", status_code="terminated")
    right(land, "李四", "2018-01-01")
    other = UNIT[:-1] + "2"
    right(land, "开发公司", "2017-01-01", unit=other, organization="O1", status_code="historic")
    sale(land, "C1", "张三", "2017-06-01", unit=other)
    mortgage(land, "2017-07-01", unit=other)  # on the loan with which the buyer pays
    right(land, "张三", "2018-01-01", unit=other)
    assert conflicts(land) == []


def test_a_spouse_in_the_title_is_no_transfer(land):
    right(land, "张三", "2015-01-01")
    mortgage(land, "2016-01-01")
    right(land, "李四", "2018-01-01")
    assert conflicts(land) == []


def test_the_copy_of_the_province_has_other_values(land):
    right(land, "张三", "2018-01-01")
    right(land, "张三", "2018-01-01", resource=PROVINCE, area_m2=110.0, status_code="historic")
    assert conflicts(land) == ["copy_area_differs", "copy_status_differs"]


def test_the_copy_of_the_province_has_another_holder(land):
    held = right(land, "张三", "2018-01-01")
    copy = right(land, "李四", "2018-01-01", resource=PROVINCE)
    assert conflicts(land, "record_id", "other_record_id") == [("copy_holder_differs", held, copy)]


def test_the_province_may_be_late(land):
    right(land, "张三", "2018-01-01", status_code="historic")
    right(land, "李四", "2020-01-01")
    right(land, "张三", "2018-01-01", resource=PROVINCE, status_code="historic")
    other = UNIT[:-1] + "2"
    right(land, "张三", "2018-01-01", unit=other, area_m2=90.0)  # registered again, with another area
    right(land, "张三", "2016-01-01", unit=other, resource=PROVINCE)
    assert conflicts(land) == []


def test_the_building_is_not_on_the_list_of_its_estate(land):
    held = right(land, "张三", "2018-01-01", unit=UNIT[:20] + "00020001")
    right(land, "李四", "2018-01-01")
    right(land, "王五", "2018-01-01", unit="510903001001GB00009F00010001")  # of its estate no building is listed
    listed = land.insert("staged.housing__buildings", building_code=UNIT[:24])
    found = conflicts(land, "record_id", "other_record_id")
    assert found == [("building_not_listed", held, listed)]


def test_the_building_lies_in_another_town_than_the_unit(land):
    held = right(land, "张三", "2018-01-01")
    place(land, held, "real_estate", "船山区南津路街道嘉禾东路1号")
    building = land.insert("staged.housing__buildings", building_code=UNIT[:24])
    place(land, building, "building", "船山区凯旋路街道嘉禾东路1号")
    assert conflicts(land, "other_record_id") == [("building_elsewhere", building)]


def test_the_address_is_outside_the_county_of_the_code(land):
    held = right(land, "张三", "2018-01-01")
    place(land, held, "real_estate", "蓬溪县赤城镇")
    renumbered = right(land, "李四", "2018-01-01", unit="510922001001GB00001F00010001")
    place(land, renumbered, "real_estate", "射洪市太和街道")
    assert conflicts(land, "record_id") == [("address_outside_county", held)]


@pytest.mark.parametrize(
    ("sold_at", "found"),
    [
        ("船山区南津路街道嘉禾东路1号丽景花园3栋2单元501号", []),
        ("船山区南津路街道嘉禾东路1号", []),  # says less
        ("船山区南津路街道嘉禾东路1号丽景花园3栋2单元502号", ["contract_address_differs"]),
    ],
)
def test_the_contract_names_another_place(land, sold_at, found):
    held = right(land, "张三", "2018-06-01")
    place(land, held, "real_estate", "船山区南津路街道嘉禾东路1号丽景花园3栋2单元501号")
    sold = sale(land, "C1", "张三", "2018-01-01")
    place(land, sold, "house", sold_at)
    assert conflicts(land) == found


def test_a_unit_has_its_holders_burdens_contracts_and_building(land):
    right(land, "张三", "2015-01-01", status_code="historic")
    right(land, "李四", "2018-01-01")
    right(land, "王五", "2019-01-01")
    right(land, "李四", "2018-01-01", resource=PROVINCE)  # the same right
    mortgage(land, "2019-05-01")
    mortgage(land, "2019-05-01", resource=PROVINCE)
    right(land, "某公司", "2020-02-01", right_type_code="mortgage", organization="O8")
    sale(land, "C1", "张三", "2014-01-01")
    land.insert("staged.housing__buildings", building_code=UNIT[:24])
    conflicts(land)
    found = land.query(
        "select building_code, holder_count, held_from, former_holder_count, is_mortgaged, mortgage_count, mortgaged_from, "
        f"contract_count, latest_filed_date, conflict_count from spatial.real_estate_status where real_estate_unit_code = '{UNIT}'"
    )
    assert found == [
        (UNIT[:24], 2, date(2018, 1, 1), 1, True, 2, date(2019, 5, 1), 1, date(2014, 1, 1), 0),
    ]
    assert land.query(
        "select count(*), count(*) filter (is_mortgaged), sum(holder_count) from spatial.real_estate_status"
    ) == [(4, 1, 5)]


def test_a_contract_has_its_buyers_once(land):
    sale(land, "C1", "张三", "2018-01-01")
    sale(land, "C1", "张三", "2018-01-01")  # delivered again
    sale(land, "C1", "李四", "2018-01-01")
    sale(land, "C2", "王五", "2018-01-01", unit=None, is_linked=False)  # a code that nobody can read
    conflicts(land)
    assert land.query("select contract_number, buyer_name, person_id from spatial.real_estate_sale order by all") == [
        ("C1", "张三", "张三"),
        ("C1", "李四", "李四"),
        ("C2", "王五", None),
    ]


def test_contradictions_are_found_for_the_departments(land):
    sold = sale(land, "C1", "张三", "2018-01-01")
    held = right(land, "李四", "2018-10-01")
    conflicts(land)
    land.build("governance.finding")
    found = land.query(
        "select kind, subject_type, subject_id, department, first_date, evidence from governance.finding"
    )
    evidence = [
        {"record_id": sold, "resource_id": SALES},
        {"record_id": held, "resource_id": REGISTER},
    ]
    assert found == [
        ("registered_to_another", "real_estate_unit", UNIT, "natural_resources", date(2018, 10, 1), evidence)
    ]
    assert not land.failures("governance.finding")

"""Records with a missing, damaged or contested number are linked to their subject, or stay a cluster of their own."""

import pytest

from suining_data_tests.bench import EMPLOYEES, FIRMS, INSURANCE, RESIDENTS, Bench

NUMBER = "510902198001010016"
NEIGHBOUR = "510902198001010032"  # born the same day in the same place
HOME, ELSEWHERE = "遂宁市船山区南津路街道滨江路1号", "遂宁市射洪市太和镇解放路9号"


def city(bench: Bench) -> int:
    """Two hundred residents with numbers of their own, and the one whom the tests look for; his record_id."""
    bench.stage_all(
        RESIDENTS,
        [
            {
                "resident_id": f"5109031970{n % 12 + 1:02}{n % 27 + 1:02}{n:03}1",
                "name": f"李{chr(0x4E00 + n)}",
                "sex_code": "1",
                "registered_address": f"船山区{n}号",
            }
            for n in range(200)
        ],
    )
    return bench.stage(
        RESIDENTS, resident_id=NUMBER, name="王小明", sex_code="1", birth_date="1980-01-01", registered_address=HOME
    )


@pytest.mark.parametrize(
    "damaged",
    [
        "510902198001010017",  # one digit
        "510902198001100016",  # two swapped
        "51090219800101001",  # one lost
        "5109021980010100166",  # one too many
        "510902198001010000",  # three zeros of a spreadsheet
    ],
)
def test_a_damaged_number_with_the_same_name_is_the_same_person(bench: Bench, damaged: str) -> None:
    owner = city(bench)
    row = bench.stage(INSURANCE, resident_id=None, received=damaged, name="王小明")
    bench.link()
    ids = bench.ids("person")
    assert ids[row] == ids[owner] is not None
    assert bench.query(f"select link_rule from linked.person_record where record_id = {row}") == [("scored",)]


@pytest.mark.parametrize("name", ["王晓明", "王小鸣", "王小胡"])
def test_a_homophone_counts_only_beside_other_evidence(bench: Bench, name: str) -> None:
    owner = city(bench)
    beside = bench.stage(INSURANCE, resident_id=None, received="510902198001010017", name=name, residence_address=HOME)
    alone = bench.stage(INSURANCE, resident_id=None, name=name, residence_address=ELSEWHERE)
    bench.link()
    ids = bench.ids("person")
    assert ids[beside] == ids[owner]
    assert ids[alone] != ids[owner]


def test_weights_stay_when_the_city_gets_one_person_more(bench: Bench) -> None:
    city(bench)
    bench.stage(INSURANCE, resident_id=None, received="510902198001010017", name="王小明", residence_address=HOME)
    bench.link()
    before = bench.query("from linked.person_link")
    bench.stage(RESIDENTS, resident_id=NEIGHBOUR, name="赵大", registered_address=ELSEWHERE)
    bench.link()
    assert bench.query("from linked.person_link") == before != []


def test_name_and_birth_and_address_are_enough_without_a_number(bench: Bench) -> None:
    owner = city(bench)
    row = bench.stage(
        "public_security__household_changes", resident_id=None, name="王小明", sex_code="1", birth_date="1980-01-01",
        registered_address=HOME,
    )  # fmt: skip
    bench.link()
    assert bench.ids("person")[row] == bench.ids("person")[owner]


def test_a_name_alone_is_nobody(bench: Bench) -> None:
    city(bench)
    row = bench.stage(INSURANCE, resident_id=None, name="王小明")
    bench.link()
    assert bench.ids("person")[row] is None


def test_two_who_fit_equally_are_left_to_people(bench: Bench) -> None:
    first = city(bench)
    second = bench.stage(RESIDENTS, resident_id=NEIGHBOUR, name="王小明", sex_code="1", registered_address=HOME)
    row = bench.stage(
        RESIDENTS, resident_id=None, name="王小明", sex_code="1", birth_date="1980-01-01", registered_address=HOME
    )
    bench.link()
    ids = bench.ids("person")
    assert ids[first] != ids[second]
    assert ids[row] not in (ids[first], ids[second])
    pairs = bench.con.sql("select state, record_id_l from linked.review order by all").fetchall()
    assert pairs == [("ambiguous", row), ("ambiguous", row), ("two_numbers", None)]


def test_father_and_son_of_one_name_in_one_house_stay_two(bench: Bench) -> None:
    father = city(bench)
    son = bench.stage(
        RESIDENTS, resident_id=None, name="王小明", sex_code="1", birth_date="2006-05-07", registered_address=HOME
    )
    bench.link()
    ids = bench.ids("person")
    assert ids[son] != ids[father]
    assert ids[son] is not None


def test_twins_stay_two(bench: Bench) -> None:
    first = bench.stage(
        RESIDENTS,
        resident_id=None,
        name="王小明",
        sex_code="1",
        birth_date="2006-05-07",
        registered_address=HOME,
        household_number="1",
    )
    second = bench.stage(
        RESIDENTS,
        resident_id=None,
        name="王小红",
        sex_code="2",
        birth_date="2006-05-07",
        registered_address=HOME,
        household_number="1",
    )
    bench.link()
    ids = bench.ids("person")
    assert ids[first] != ids[second]


def test_a_stolen_number_is_taken_off_and_its_bearer_found_by_what_else_he_tells(bench: Bench) -> None:
    owner = city(bench)
    other = bench.stage(
        RESIDENTS, resident_id="510903195212090028", name="张翠花", sex_code="2", registered_address=ELSEWHERE
    )
    row = bench.stage(
        RESIDENTS,
        resident_id=NUMBER,
        name="张翠花",
        sex_code="2",
        birth_date="1952-12-09",
        registered_address=ELSEWHERE,
    )
    bench.link()
    ids = bench.ids("person")
    assert ids[row] == ids[other] != ids[owner]
    assert bench.con.sql(f"select resident_id from linked.person_record where record_id = {row}").fetchall() == [
        (None,)
    ]


def test_the_order_of_the_rows_makes_no_difference(bench: Bench) -> None:
    def rows(bench: Bench, order: int) -> dict[str, str | None]:
        told = [
            {"resident_id": None, "received": "510902198001010017", "name": "王小明"},
            {"resident_id": None, "name": "王小明", "residence_address": HOME},
            {"resident_id": None, "received": "510902198001100016", "name": "王小明", "phone": "13800000001"},
        ]
        city(bench)
        staged = {bench.stage(INSURANCE, **values): str(values) for values in told[::order]}
        bench.link()
        links = bench.con.sql(
            "select record_id, root, weight from linked.person_link join linked.person_unresolved using (token)"
        )
        return {staged[record]: f"{root} {weight:.6f}" for record, root, weight in links.fetchall()}

    other = Bench(bench.empty_warehouse)
    assert rows(bench, 1) == rows(other, -1)
    other.con.close()


def firms(bench: Bench) -> int:
    bench.stage_all(
        FIRMS,
        [
            {
                "organization_code": f"{60000000 + n}1",
                "name": f"遂宁市{chr(0x4E00 + n)}达商贸有限公司",
                "address": f"遂宁市船山区{n}号",
            }
            for n in range(200)
        ],
    )
    return bench.stage(
        FIRMS,
        organization_code="600037341",
        name="遂宁市恒远（集团）机械有限公司",
        address=HOME,
        representative_name="王小明",
    )


@pytest.mark.parametrize("name", ["遂宁市恒远（集团）机械有限公司", "恒远(集团)机械有限公司", "恒远（集团）机械"])
def test_a_firm_is_found_by_its_name_as_departments_write_it(bench: Bench, name: str) -> None:
    firm = firms(bench)
    row = bench.stage(FIRMS, name=name, address=HOME, representative_name="王小明")
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] == ids[firm] is not None


def test_a_branch_is_not_its_parent(bench: Bench) -> None:
    firm = firms(bench)
    row = bench.stage(
        FIRMS, name="遂宁市恒远（集团）机械有限公司射洪分公司", address=HOME, representative_name="王小明"
    )
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] != ids[firm]
    assert ids[row] is not None


def test_an_employer_told_by_its_full_name_only_is_found_when_one_firm_bears_it(bench: Bench) -> None:
    firm = firms(bench)
    row = bench.stage(EMPLOYEES, resident_id=NUMBER, name="王小明", employer_name="遂宁市恒远（集团）机械有限公司")
    bench.link()
    assert bench.ids("organization")[row] == bench.ids("organization")[firm]


def test_two_firms_of_one_person_at_one_address_stay_two(bench: Bench) -> None:
    firm = firms(bench)
    row = bench.stage(FIRMS, name="遂宁市宏图餐饮有限公司", address=HOME, representative_name="王小明")
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] != ids[firm]
    assert ids[row] is not None


@pytest.mark.parametrize("part", ["射洪分公司", "营销服务部", "购物广场", "工会委员会", "船山区第二门店"])
def test_what_goes_on_after_the_whole_name_of_a_firm_is_a_part_of_it_even_in_its_rooms(bench: Bench, part: str) -> None:
    firm = firms(bench)
    row = bench.stage(
        FIRMS,
        name=f"恒远（集团）机械有限责任公司{part}",
        address=HOME,
        representative_name="王小明",
        phone="13800000001",
    )
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] != ids[firm]
    assert ids[row] is not None


@pytest.mark.parametrize(
    "name", ["遂宁市恒院（集团）机械有限公司", "遂宁市横远集团机械有限公司", "恒远集团机机械有限公司"]
)
def test_a_wrong_character_in_a_name_is_no_other_firm_if_head_address_and_phone_agree(bench: Bench, name: str) -> None:
    firm = firms(bench)
    bench.con.execute(f"update staged.{FIRMS} set phone = '13800000001' where record_id = {firm}")
    row = bench.stage(FIRMS, name=name, address=HOME, representative_name="王小明", phone="13800000001")
    bench.link()
    assert bench.ids("organization")[row] == bench.ids("organization")[firm]


def test_numbered_shops_of_one_person_at_one_address_stay_two(bench: Bench) -> None:
    firms(bench)
    first = bench.stage(
        FIRMS, organization_code="600091111", name="遂宁市天虹一店", address=HOME, representative_name="王小明"
    )
    second = bench.stage(FIRMS, name="遂宁市天虹二店", address=HOME, representative_name="王小明")
    bench.link()
    ids = bench.ids("organization")
    assert ids[first] != ids[second]


def test_the_head_alone_does_not_identify_a_shop_without_a_name(bench: Bench) -> None:
    firm = firms(bench)
    bench.con.execute(f"update staged.{FIRMS} set representative_resident_id = '{NUMBER}' where record_id = {firm}")
    row = bench.stage(
        FIRMS,
        registration_number="510903600012345",
        address=ELSEWHERE,
        representative_name="王小明",
        representative_resident_id=NUMBER,
    )
    bench.link()
    ids = bench.ids("organization")
    assert ids[row] != ids[firm]
    assert ids[row] is not None


def test_a_former_name_of_one_firm_only_finds_it(bench: Bench) -> None:
    firm = firms(bench)
    bench.stage(FIRMS, organization_code="600037341", name="遂宁市旧名机械有限公司", address=HOME)
    row = bench.stage(EMPLOYEES, resident_id=NUMBER, name="王小明", employer_name="遂宁市旧名机械有限公司")
    bench.link()
    assert bench.ids("organization")[row] == bench.ids("organization")[firm]


def test_two_valid_numbers_of_what_seems_to_be_one_firm_are_left_to_people(bench: Bench) -> None:
    firm = firms(bench)
    other = bench.stage(
        FIRMS,
        organization_code="712345680",
        name="恒远（集团）机械有限责任公司",
        address=HOME,
        representative_name="王小明",
    )
    bench.link()
    assert bench.ids("organization")[firm] != bench.ids("organization")[other]
    assert bench.query("select state, token_l, token_r from linked.review") == [
        ("two_numbers", "600037341", "712345680")
    ]

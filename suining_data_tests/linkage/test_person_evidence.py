"""Names and births as departments write them, contested numbers, two numbers of one person: linked, asked about, or apart."""

from suining_data_tests.bench import INSURANCE, RESIDENTS, Bench

# The name in the register, and as another department writes it
WRITTEN = [
    ("陈静", "陳静"),
    ("吴长春", "长春吴"),
    ("周丽群", "周丽"),
    ("郑有才", "郑有才（户主）"),
    ("阿依古丽·买买提", "阿依古丽"),
    ("玛依拉·阿不力孜", "玛依拉阿不力孜"),
    ("何小梅", "阿梅"),
    ("罗建国", "罗建果"),
]
# The birth in the number, and as another department reports it
REPORTED = [
    ("19800615", "1980-01-01"),  # only the year is known
    ("19810615", "1981-05-12"),  # the lunar date
    ("19820615", "1983-06-15"),
    ("19830608", "1983-08-06"),
    ("19840615", "1984-06-25"),
]


def number(birth: str, sequence: int) -> str:
    """A number of a person born on a day; nothing here validates its check digit."""
    return f"510902{birth}{sequence:03}1"


def crowd(bench: Bench) -> None:
    """Two hundred residents whom no test looks for."""
    for n in range(200):
        birth = f"1970{n % 12 + 1:02}{n % 27 + 1:02}"
        bench.stage(
            RESIDENTS, resident_id=number(birth, n), name=f"李{chr(0x4E00 + n)}", registered_address=f"船山区{n}号"
        )


def review(bench: Bench) -> list[tuple[str, int]]:
    """The open pairs: state, how many."""
    return bench.query("select state, count(*) from linked.review group by all order by all")


def test_a_name_as_departments_write_it_is_found_by_what_else_is_told(bench: Bench) -> None:
    crowd(bench)
    pairs = []
    for n, (name, written) in enumerate(WRITTEN):
        home, phone = f"船山区滨江路{n + 1}号", f"1380000000{n}"
        owner = bench.stage(RESIDENTS, resident_id=number("19800615", n), name=name, registered_address=home)
        bench.stage(INSURANCE, resident_id=number("19800615", n), name=name, phone=phone)
        row = bench.stage(RESIDENTS, name=written, birth_date="1980-06-15", registered_address=home)
        pairs.append((written, owner, row))
    bench.link()
    ids = bench.ids("person")
    assert [written for written, owner, row in pairs if ids[owner] != ids[row]] == []


def test_a_birth_that_is_near_is_no_veto_and_a_far_one_is_asked_about(bench: Bench) -> None:
    crowd(bench)
    pairs = []
    for n, (birth, reported) in enumerate([*REPORTED, ("19850615", "1996-08-27")]):
        home = f"船山区滨江路{n + 1}号"
        told = {"name": f"王{chr(0x5E00 + n)}明", "registered_address": home, "household_number": f"H{n}"}
        owner = bench.stage(RESIDENTS, resident_id=number(birth, n), **told)
        pairs.append((reported, owner, bench.stage(RESIDENTS, birth_date=reported, **told)))
    bench.link()
    ids = bench.ids("person")
    assert [reported for reported, owner, row in pairs if ids[owner] != ids[row]] == ["1996-08-27"]
    assert review(bench) == [("conflicting", 1)]


def test_a_contested_number_leads_back_to_its_owner_when_birth_and_address_agree(bench: Bench) -> None:
    crowd(bench)
    home = "船山区滨江路1号"
    full = {"birth_date": "1980-06-15", "registered_address": home}
    owner = bench.stage(RESIDENTS, resident_id=number("19800615", 1), name="王小明", sex_code="1", **full)
    renamed = bench.stage(RESIDENTS, resident_id=number("19800615", 1), name="李建国", **full)
    child = bench.stage(
        INSURANCE, resident_id=number("19800615", 1), name="王思远", phone="13800000001", residence_address=home
    )
    bench.link()
    ids = bench.ids("person")
    assert bench.query("select record_id from linked.contested_number order by 1") == [(renamed,), (child,)]
    assert ids[renamed] == ids[owner]
    assert ids[child] != ids[owner]


def test_two_numbers_of_one_name_birth_and_home_stay_two_and_are_asked_about(bench: Bench) -> None:
    crowd(bench)
    told = {"name": "王小明", "registered_address": "船山区滨江路1号"}
    one, other = (bench.stage(RESIDENTS, resident_id=number("19800615", n), **told) for n in (100, 755))
    bench.stage(RESIDENTS, resident_id=number("19800615", 432), name="王小明", registered_address="船山区解放路7号")
    bench.link()
    ids = bench.ids("person")
    assert ids[one] != ids[other]
    assert review(bench) == [("two_numbers", 1)]


def test_names_are_compared_in_a_plain_form_but_kept_as_they_are(bench: Bench) -> None:
    names = ["陳靜", "郑有才（户主）", "阿依古丽·买买提", "John Smith", "（户主）", "王小明"]
    for n, name in enumerate(names):
        bench.stage(RESIDENTS, resident_id=number("19800615", n), name=name)
    bench.link()
    assert dict(bench.query("select name, plain_name from linked.person_plain_name")) == {
        "陳靜": "陈静",
        "郑有才（户主）": "郑有才",
        "阿依古丽·买买提": "阿依古丽买买提",
        "John Smith": "johnsmith",
    }
    assert {name for (name,) in bench.query("select name from linked.person_record")} == set(names)

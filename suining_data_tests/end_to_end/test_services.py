"""What a service is answered about one subject: what is true, nothing that it must not have, and a look in the log."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from suining_data.commands import service as commands
from suining_data.commands.errors import Mistake
from suining_data_tests.end_to_end.commands import SUINING, environment, suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_audiences import names_in, numbers_in, true_values

Answer = dict[str, Any]
Ask = Callable[..., Answer]
NUMBER = "XRT-2026-000017"


@pytest.fixture
def own_city(first_night: Path, tmp_path: Path, city_of: Callable[[Path], City]) -> City:
    """What is published of the city, and an access log of its own."""
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "suining.duckdb").symlink_to((first_night / "published" / "suining.duckdb").resolve())
    (tmp_path / "truth").symlink_to(first_night / "truth")
    return city_of(tmp_path)


@pytest.fixture
def ask(own_city: City, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Calls a service in this process: it takes a tenth of the time of a process of its own."""

    def asked(service: str, **options: str) -> Answer:
        getattr(commands, service)(**({"purpose": "window 3"} | options))
        return dict(json.loads(capsys.readouterr().out))

    return asked


def looks(city: City) -> list[dict[str, Any]]:
    return list(json.loads(suining(city.settings.data, "access", "--json").stdout))


def truth(city: City, table: str, sql: str) -> list[tuple[Any, ...]]:
    return city.query(sql.replace("truth", f"read_parquet('{city.settings.truth / table}.parquet')"))


def changed(city: City, sql: str) -> None:
    """Change a copy of what is published."""
    file = city.settings.published / "suining.duckdb"
    if file.is_symlink():
        original = file.resolve()
        file.unlink()
        shutil.copyfile(original, file)
    with duckdb.connect(str(file)) as con:
        con.execute(sql)


def people(city: City, count: int) -> list[str]:
    """Identity numbers."""
    rows = city.query(
        "select resident_id from population.person where resident_id is not null order by hash(resident_id)"
    )
    return [str(number) for (number,) in rows[:count]]


def firms(city: City) -> list[str]:
    """Credit codes; those of whom most is known first."""
    rows = city.query(
        "select uscc from legal_entity.organization where uscc is not null order by record_count desc, uscc"
    )
    return [str(number) for (number,) in rows]


def test_a_form_is_filled_in_with_what_is_true(own_city: City, ask: Ask) -> None:
    names = ("resident_id", "name", "sex_code", "birth_date", "ethnicity_code")
    true = truth(
        own_city,
        "person",
        "select resident_id, name, sex_code, birth_date::varchar, ethnicity_code from truth where resident_id in "
        "(select resident_id from population.person where phone is not null) order by hash(resident_id) limit 20",
    )
    found = [tuple(ask("prefill", person=number)["applicant"][0][each] for each in names) for number, *_ in true]
    assert [row[0] for row in found] == [row[0] for row in true]
    assert sum(row == each for row, each in zip(found, true, strict=True)) >= 17


def test_a_form_has_what_it_needs_and_no_more(own_city: City, ask: Ask) -> None:
    [(number, address)] = own_city.query(
        "select resident_id, address from population.person join spatial.address on registered_address_id = address_id "
        "where sex_code = '2' order by resident_id limit 1"
    )
    answer = ask("prefill", person=number)
    assert (answer["service"], answer["subject"]) == ("prefill", "person")
    [row] = answer["applicant"]
    assert (row["sex_name"], row["registered_address"]) == ("女", address)
    assert not {"marital_status_code", "household_number", "education_code", "registered_address_id"} & set(row)


def test_a_form_of_a_firm_is_filled_in(own_city: City, ask: Ask) -> None:
    true = truth(
        own_city,
        "organization",
        "select uscc, name, representative_name from truth where uscc in (select uscc from legal_entity.organization) "
        "and representative_name is not null and status_code = 'active' order by uscc limit 10",
    )
    found = [ask("prefill", organization=uscc)["applicant"][0] for uscc, *_ in true]
    right = [(row["uscc"], row["name"], row["representative_name"]) for row in found]
    assert sum(row == each for row, each in zip(right, true, strict=True)) >= 8


def test_a_value_in_question_is_marked(own_city: City, ask: Ask) -> None:
    """The name of the one person from whose row a ticket is about, and of nobody else."""
    first, second = own_city.query(
        "select person_id, name_from from population.person where name_from is not null limit 2"
    )
    changed(own_city, "delete from governance.value_in_question")
    changed(own_city, f"insert into governance.value_in_question values ('r', {first[1]}, 'xm', 'JC2026-1')")
    assert "name" in ask("prefill", person=str(first[0]))["applicant"][0]["in_question"]
    assert ask("prefill", person=str(second[0]))["applicant"][0]["in_question"] == []


def test_a_lender_gets_the_profile_of_the_firm(own_city: City, ask: Ask) -> None:
    [(uscc, id, insured)] = own_city.query("""
        select uscc, organization_id, count(distinct person_id)
        from legal_entity.organization join social_security.enrolment on employer_organization_id = organization_id
        where valid_to is null and enrolment.status_code is distinct from 'terminated' and uscc is not null
            and organization_id in (select organization_id from credit.organization_credit)
        group by all order by 3 desc, 1 limit 1
    """)
    answer = ask("lender", organization=uscc, authorization=NUMBER)
    [registration], [credit] = answer["registration"], answer["credit"]
    [(name, status)] = own_city.query(f"select name, status_code from legal_entity.organization where uscc = '{uscc}'")
    assert (answer["authorization"], registration["name"], registration["status_code"]) == (NUMBER, name, status)
    assert answer["insured"] == [{"count": insured, "in_question": []}]
    for section, table in (("licenses", "legal_entity.license"), ("penalties", "credit.penalty")):
        assert len(answer[section]) == own_city.value(f"select count(*) from {table} where organization_id = '{id}'")
    assert credit["penalty_count"] == len(answer["penalties"])
    [look] = looks(own_city)
    assert (look["audience"], look["authorization"], look["subjects"]) == ("lender", NUMBER, [id])


def test_a_lender_sees_that_a_house_of_the_firm_is_mortgaged(own_city: City, ask: Ask) -> None:
    [(owner, unit), (other, _)] = own_city.query("""
        select organization_id, min(real_estate_unit_code) from spatial.real_estate_right
        where organization_id is not null group by organization_id
        having bool_and(right_type_code <> 'mortgage' and status_code = 'current' and real_estate_unit_code not in (
            select real_estate_unit_code from spatial.real_estate_right where right_type_code = 'mortgage'
        ))
        order by all limit 2
    """)
    changed(
        own_city,
        f"""
        insert into spatial.real_estate_right by name
        select * replace ('mortgage' as right_type_code, '{other}' as organization_id, date '2019-03-01' as valid_from)
        from spatial.real_estate_right where real_estate_unit_code = '{unit}' and organization_id = '{owner}'
        """,
    )
    [bank] = own_city.query(f"select name from legal_entity.organization where organization_id = '{other}'")
    [mortgage] = ask("lender", organization=str(owner), authorization=NUMBER)["mortgages"]
    assert (mortgage["organization_name"], mortgage["valid_from"]) == (bank[0], "2019-03-01")
    assert ask("lender", organization=str(other), authorization=NUMBER)["mortgages"] == []


def test_no_lender_gets_a_name_a_number_or_a_phone_of_a_person(own_city: City, ask: Ask) -> None:
    true, answers = true_values(own_city.settings), []
    for uscc in firms(own_city)[:60]:
        answer = ask("lender", organization=uscc, authorization=NUMBER)
        public = {own for part in answer.values() if isinstance(part, list) for row in part for own in _public(row)}
        text = json.dumps(answer, ensure_ascii=False)
        names = {name for name in names_in(text, true["name"]) if not any(name in each for each in public)}
        answers.append(names | numbers_in(text, true["id"] | true["phone"]))
    assert len(answers) == 60
    assert set().union(*answers) == set()


def _public(row: dict[str, Any]) -> Iterator[str]:
    """The names of firms, authorities and places in a row, in which the name of a person may be."""
    for name, value in row.items():
        if value and name.endswith(("name", "address", "business_scope", "scope")) and name != "representative_name":
            yield str(value)


@pytest.mark.parametrize("number", ["", "1234567", "授权20260001", "XRT-无-000017", "510903199001011234", "abcdefgh"])
def test_without_an_authorization_a_lender_gets_nothing(own_city: City, number: str) -> None:
    done = suining(
        own_city.settings.data, "service", "lender", "--organization", firms(own_city)[0], "--authorization", number
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "授权书编号" in done.stderr
    assert "authorization" in done.stderr
    assert looks(own_city) == []


def test_citizens_see_what_the_bases_say_of_them_and_who_looked(own_city: City, ask: Ask) -> None:
    [(id, number)] = own_city.query("""
        select person_id, resident_id from population.person join social_security.enrolment using (person_id)
        where resident_id is not null and name is not null group by all order by count(*) desc, 1 limit 1
    """)
    suining(
        own_city.settings.data,
        "query",
        f"select name from population.person where person_id = '{id}'",
        "--purpose",
        "case 8",
    )
    answer = ask("citizen", person=number)
    [itself] = answer["self"]
    assert itself["resident_id"] == number
    for section, table in (("enrolments", "social_security.enrolment"), ("credentials", "credential.credential")):
        assert len(answer[section]) == own_city.value(f"select count(*) from {table} where person_id = '{id}'")
    [seen] = answer["looks"]
    assert (seen["command"], seen["audience"], seen["purpose"]) == ("query", "full", "case 8")
    assert [look["audience"] for look in ask("citizen", person=number)["looks"]] == ["citizen", "full"]


def test_citizens_get_no_number_phone_or_name_of_anybody_else(own_city: City, ask: Ask) -> None:
    """Of spouses, parents and children they see what they know, and not their names in full."""
    true = true_values(own_city.settings)
    related = own_city.query("""
        select resident_id, name, person_id, list(related_name) from population.relationship
        join population.person using (person_id) where resident_id is not null and related_name is not null
        group by all order by count(*) desc, 1 limit 15
    """)
    for number, name, id, others in related:
        text = json.dumps(ask("citizen", person=str(number)), ensure_ascii=False)
        own = {str(each) for row in own_city.query(
            f"select identifier from population.person_identifier where person_id = '{id}' "
            f"union select phone from population.person where person_id = '{id}'") for each in row}  # fmt: skip
        assert numbers_in(text, true["id"] | true["phone"]) <= own | {own_15(number) for number in own}
        assert not {other for other in others if len(other) > 2 and other != name and other in text}  # type: ignore[attr-defined]


def own_15(number: str) -> str:
    """The 15 digits of a resident id, which are in one of 18."""
    return number[:6] + number[8:17]


def test_a_page_is_one_file_for_paper_that_shows_what_was_delivered_as_text(own_city: City, tmp_path: Path) -> None:
    uscc = firms(own_city)[0]
    changed(
        own_city,
        f"update legal_entity.organization set business_scope = '<script>alert(1)</script><img src=http://x/>\u202e\x1b[31m' "
        f"where uscc = '{uscc}'",
    )
    page = tmp_path / "page.html"
    for arguments in (("prefill",), ("lender", "--authorization", NUMBER)):
        done = suining(own_city.settings.data, "service", *arguments, "--organization", uscc, "--page", str(page))
        assert done.returncode == 0, done.stderr
        text = page.read_text(encoding="utf-8")
        assert "&lt;script&gt;alert(1)" in text
        assert "<script" not in text
        assert "<img" not in text
        assert "\\u202e\\x1b[31m" in text
        assert "default-src 'none'" in text
        assert "统一社会信用代码" in text
        assert page.stat().st_mode & 0o077 == 0


def test_a_county_gets_its_own_people_firms_and_addresses(own_city: City, tmp_path: Path) -> None:
    folder = tmp_path / "slice"
    done = suining(own_city.settings.data, "service", "slice", "--division", "510903", "--to", str(folder))
    assert done.returncode == 0, done.stderr
    expected = {
        "户籍人员": "population.person where not is_deceased and starts_with(registered_division_code, '510903')",
        "单位": "legal_entity.organization where starts_with(division_code, '510903')",
        "地址": "spatial.address where starts_with(division_code, '510903')",
    }
    total = 0
    for name, source in expected.items():
        file = folder / f"{name}_510903000000.csv"
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        with duckdb.connect() as con:
            rows = con.execute(f"select count(*) from read_csv('{file}', all_varchar = true)").fetchall()[0][0]
        assert rows == own_city.value(f"select count(*) from {source}")
        assert rows > 10
        total += rows
    true = true_values(own_city.settings)
    text = "".join(file.read_text("utf-8") for file in folder.iterdir())
    assert numbers_in(text, true["id"] | true["phone"]) == set()
    [look] = looks(own_city)
    assert (look["audience"], look["asked"], look["rows"]) == ("slice", "510903000000", total)
    [(somebody,)] = own_city.query(f"select person_id from {expected['户籍人员']} limit 1")
    assert "service slice" in suining(own_city.settings.data, "access", "--person", str(somebody)).stdout


@pytest.mark.parametrize("division", ["5109", "510900", "510903999", "999999", "51"])
def test_only_a_county_or_a_town_has_a_slice(own_city: City, tmp_path: Path, division: str) -> None:
    with pytest.raises(Mistake):
        commands.slice_of(division=division, to=tmp_path / "slice", purpose="test")
    assert not (tmp_path / "slice").exists()


def test_a_look_of_a_service_is_in_the_log_without_the_number(own_city: City, ask: Ask) -> None:
    [(id, number)] = own_city.query("select person_id, resident_id from population.person order by 2 limit 1")
    ask("prefill", person=number)
    [look] = looks(own_city)
    assert (look["command"], look["audience"], look["purpose"]) == ("service prefill", "prefill", "window 3")
    assert (look["subjects"], look["rows"]) == ([id], 1)
    assert str(number) not in (own_city.settings.data / "access" / "access.jsonl").read_text("utf-8")
    assert "window 3" in suining(own_city.settings.data, "access", "--person", str(number)).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("prefill", "--person", "1"),
        ("citizen", "--person", "1"),
        ("lender", "--organization", "1", "--authorization", NUMBER),
        ("slice", "--division", "510903", "--to", "folder"),
    ],
)
def test_without_a_purpose_a_service_says_nothing(
    delivered_city: City, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    given = environment(delivered_city.settings.data)
    del given["SUINING_PURPOSE"]
    done = subprocess.run(
        [*SUINING, "service", *arguments], capture_output=True, text=True, env=given, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "--purpose" in done.stderr
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_logged_is_not_answered(own_city: City) -> None:
    (own_city.settings.data / "access").write_text("in the way")
    done = suining(own_city.settings.data, "service", "prefill", "--person", people(own_city, 1)[0])
    assert (done.returncode, done.stdout) == (1, "")


def test_a_subject_that_is_not_exactly_one_is_refused(own_city: City) -> None:
    one, other = people(own_city, 2)
    changed(
        own_city,
        f"""
        insert into population.person_identifier by name select * replace ('G0000000' as identifier)
        from population.person_identifier where identifier in ('{one}', '{other}')
        """,
    )
    for options in ({}, {"person": one, "organization": one}, {"person": "11010119000101000X"}, {"person": "G0000000"}):
        with pytest.raises(Mistake):
            commands.prefill(**options, purpose="test")
    assert [(look["outcome"], look["rows"]) for look in looks(own_city)] == [("failed", 0)] * 2


def test_an_answer_takes_less_time_than_the_start_of_the_program(own_city: City, ask: Ask) -> None:
    """95 of 100 calls: so a window waits for one start, not for the question."""
    began = time.perf_counter()
    subprocess.run([*SUINING, "--version"], capture_output=True, check=True)
    start, taken = time.perf_counter() - began, []
    for number in people(own_city, 100):
        began = time.perf_counter()
        ask("citizen", person=number)
        taken.append(time.perf_counter() - began)
    assert len(taken) == 100
    assert sorted(taken)[94] < start

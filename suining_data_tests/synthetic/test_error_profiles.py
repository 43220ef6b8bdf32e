"""The wild profile errs at least three times as often as the usual one, and every kind of error does what its name says."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from stdnum.cn import ric, uscc

from suining_data.catalog import Field, load_catalog
from suining_data.synthetic.city.organizations import define_check_macros
from suining_data.synthetic.corruption import corruptions
from suining_data.synthetic.errors import PROFILES, USUAL, WILD, profile_of
from suining_data.synthetic.randomness import define_macros
from suining_data_tests.synthetic.conftest import ROUGH, Sample

# Other ways to write the same value, which cleaning takes away, and values that are not there: no wrong values
NOT_WRONG = (
    "id_lower_x", "id_full_width", "id_blanks", "name_dot_variant", "name_inner_blank", "phone_decorated", "text_blanks",
    "organization_brackets", "date_other_style", "label_instead_of_code", "optional_missing",
)  # fmt: skip
OF_LINKAGE = ("id_", "name_", "birth_", "date_", "sex_", "phone_", "uscc_", "old_", "organization_", "address_")
RESIDENTS = load_catalog().resource("sichuan_public_security__residents")


@pytest.fixture(scope="module")
def city() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the macros of a city and no city."""
    with duckdb.connect() as con:
        define_macros(con, 1)
        define_check_macros(con)
        yield con


def made(con: duckdb.DuckDBPyConnection, element: str, kind: str, text: str) -> set[str]:
    """What the error makes of a text in forty rows; empty when the text cannot have it."""
    name = "birth_date" if element == "date" else "some_field"
    field = Field(source="x", name=name, element=element, label="x", sensitivity="L1")
    (error,) = (error for error in corruptions(field) if error.kind == kind)
    rows = con.execute(
        f"select distinct {error.sql.format(x='x')} from (select ? as x, unnest(range(40)) as n) where {error.when.format(x='x')}",
        [text],
    ).fetchall()
    return {row[0] for row in rows}


def test_wild_has_three_times_the_errors_that_hurt_linkage(sample: Sample, wild_sample: Sample) -> None:
    def errors_of_a_row(one: Sample, subject: str) -> float:
        kinds = f"list_filter(string_split(coalesce(error_kind, ''), ','), lambda kind: kind <> '' and kind not in {NOT_WRONG})"
        row = duckdb.sql(f"select sum(len({kinds})) / count(*) from '{one.truth(subject + '_row')}'").fetchone()
        assert row is not None
        return float(row[0])

    for subject in ("person", "organization"):
        assert errors_of_a_row(wild_sample, subject) > 3 * errors_of_a_row(sample, subject), subject


def test_the_rates_of_wild_sum_to_three_times_those_of_usual() -> None:
    wrong = [kind for kind in vars(USUAL) if kind.startswith(OF_LINKAGE) and kind not in NOT_WRONG]
    of_all = [kind for kind in wrong if getattr(USUAL, kind) < 0.05 and getattr(WILD, kind) < 0.05]
    assert sum(getattr(WILD, kind) for kind in of_all) > 3 * sum(getattr(USUAL, kind) for kind in of_all)
    assert all(getattr(WILD, kind) >= rate for kind, rate in vars(USUAL).items())


def test_a_sample_knows_its_profile(sample: Sample, rough_sample: Sample, wild_sample: Sample) -> None:
    assert [one.summary.errors for one in (sample, rough_sample, wild_sample)] == ["usual", "own", "wild"]
    assert [profile_of(rates) for rates in (USUAL, ROUGH, WILD)] == ["usual", "own", "wild"]
    assert PROFILES == {"usual": USUAL, "wild": WILD}


def test_the_truth_names_the_errors_that_only_wild_has(wild_sample: Sample) -> None:
    rows = duckdb.sql(
        f"""select distinct unnest(string_split(error_kind, ',')) from (
        from '{wild_sample.truth("person_row")}' union all from '{wild_sample.truth("organization_row")}')"""
    ).fetchall()
    only_wild = {
        kind
        for kind, rate in vars(USUAL).items()
        if not rate and kind not in ("number_reissued", "branch_other_ending")  # facts of the city, no errors of a row
    }
    rare = {
        "name_cut_at_dot",
        "name_without_dot",
        "name_nickname",
        "uscc_of_parent",
        "uscc_typo_passing_check",
        "id_of_father",
    }
    assert only_wild - {kind for (kind,) in rows} <= rare


@pytest.mark.parametrize(
    ("element", "kind", "text", "expected"),
    [
        ("person_name", "name_variant", "陈国华", {"陳國華"}),
        ("person_name", "name_variant", "王明", set()),
        ("person_name", "name_first_character", "王伟", {"汪伟"}),
        ("person_name", "name_reordered", "吴春长", {"吴长春", "春长吴"}),
        ("person_name", "name_contained", "周丽群", {"周丽", "周群"}),
        ("person_name", "name_cut_at_dot", "吉克·木呷", {"吉克"}),
        ("person_name", "name_without_dot", "吉克·木呷", {"吉克木呷"}),
        ("person_name", "name_nickname", "郑有才", {"小才", "阿才"}),
        ("date", "birth_first_of_january", "1980-03-20", {"1980-01-01"}),
        ("date", "birth_first_of_january", "19800101", set()),
        ("date", "birth_year_off", "1980年03月20日", {"1979年03月20日", "1981年03月20日"}),
        ("date", "birth_day_month_swapped", "1980/03/12", {"1980/12/03"}),
        ("date", "birth_day_month_swapped", "1980/03/20", set()),
        ("organization_name", "organization_look_alike", "遂宁鑫瑞商贸有限公司", {"遂宁新瑞商贸有限公司"}),
        ("address", "address_sub_group", "四川省遂宁市蓬溪县文井镇高坪村3组12号", {"四川省遂宁市蓬溪县文井镇高坪村3社12号"}),
        ("address", "address_chinese_digits", "蓬溪县文井镇高坪村3组10号", {"蓬溪县文井镇高坪村三组一〇号"}),
        ("address", "address_without_county", "四川省遂宁市蓬溪县文井镇高坪村3组", {"四川省遂宁市文井高坪村3组"}),
        ("address", "address_without_county", "四川省遂宁市船山区镇江寺街道小北街3号", {"四川省遂宁市镇江寺小北街3号"}),
        ("address", "address_former_county", "四川省遂宁市安居区东禅镇", {"四川省遂宁市市中区东禅镇"}),
    ],
)  # fmt: skip
def test_an_error_makes_of_a_text_what_its_name_says(
    city: duckdb.DuckDBPyConnection, element: str, kind: str, text: str, expected: set[str]
) -> None:
    assert made(city, element, kind, text) == expected


def test_an_added_character_and_a_note_come_after_the_name(city: duckdb.DuckDBPyConnection) -> None:
    assert all(name[:2] == "周丽" and len(name) == 3 for name in made(city, "person_name", "name_contained", "周丽"))
    noted = made(city, "person_name", "name_noted", "郑有才")
    assert "郑有才（户主）" in noted
    assert all(name.startswith(("郑有才（", "郑有才(")) for name in noted)


@pytest.mark.parametrize("text", ["19800320", "1980-03-20", "1980年03月20日"])
def test_a_lunar_birth_is_about_a_month_earlier_in_the_same_style(city: duckdb.DuckDBPyConnection, text: str) -> None:
    days = made(city, "date", "birth_lunar", text)
    assert len(days) > 10
    for day in days:
        assert "".join("9" if c.isdigit() else c for c in day) == "".join("9" if c.isdigit() else c for c in text)
        digits = "".join(c for c in day if c.isdigit())
        lunar = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        assert 20 <= (date(1980, 3, 20) - lunar).days <= 50


def test_a_typo_that_passes_the_check_digit_is_a_valid_number_of_another(city: duckdb.DuckDBPyConnection) -> None:
    number = "11010119" + "800320" + "123"
    number += ric.calc_check_digit(number + "0")
    teens = "11010119" + "800319" + "123"
    teens += ric.calc_check_digit(teens + "0")
    for right in (number, teens):
        (wrong,) = made(city, "resident_id", "id_typo_passing_check", right)
        assert wrong != right
        assert ric.is_valid(wrong)
    (code,) = made(city, "uscc", "uscc_typo_passing_check", "91110000600037341L")
    assert code != "91110000600037341L"
    assert uscc.is_valid(code)


def test_a_child_in_whose_row_the_fathers_number_stands_stays_the_child(wild_sample: Sample) -> None:
    person, rows = wild_sample.truth("person"), wild_sample.truth("person_row")
    numbers = duckdb.sql(
        f"""select row_number, father.resident_id from '{rows}' join '{person}' as child using (true_id)
        join '{person}' as father on father.true_id = child.father_true_id
        where resource_id = '{RESIDENTS.id}' and list_contains(string_split(error_kind, ','), 'id_of_father')"""
    ).fetchall()
    (path,) = wild_sample.files(RESIDENTS)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert numbers
    assert all(lines[line - 1].startswith(number) for line, number in numbers)

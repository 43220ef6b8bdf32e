"""Training learns from the evidence what it shows, believes no more than that, and gives the same model again."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suining_data.linkage import training
from suining_data.linkage.probabilities import LEAST_M, LEAST_U, completed, informative_levels
from suining_data.linkage.subject_linkage import ORGANIZATION, PERSON
from suining_data.linkage.training import TooFewPairs, train
from suining_data_tests.bench import Bench

PEOPLE = 1_200


@pytest.fixture(scope="module")
def evidence(empty_warehouse: Path) -> Iterator[Bench]:
    """People with two records each of name, birth, sex and address; every 20th reports another date of birth."""
    bench = Bench(empty_warehouse)
    bench.con.execute(f"""
        insert into linked.person_evidence by name
        select person * 2 + record as record_id, 'holder' as role, 0 as role_number, 'r' || record as resource_id,
            '510902' || strftime(born, '%Y%m%d') || lpad(person::varchar, 4, '0') as resident_id,
            chr((19968 + person // 40)::int) || chr((25000 + person % 40)::int) as name,
            (1 + person % 2)::varchar as sex_code,
            case when record = 1 and person % 20 = 0 then born + 1 else born end as birth_date,
            ['第' || person || '村1号'] as address_forms, (50 + record)::tinyint as name_authority
        from range({PEOPLE}) as people(person), range(2) as records(record),
            lateral (select date '1930-01-01' + (person * 7919 % 30000)::int as born)
    """)
    yield bench
    bench.con.close()


@pytest.fixture(scope="module")
def model(evidence: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return train(evidence.con, PERSON, tmp_path_factory.mktemp("trained") / "person.json")


def levels(model: dict[str, Any], comparison: str) -> dict[str, tuple[float, float]]:
    """Level -> m, u."""
    [found] = [each for each in model["settings"]["comparisons"] if each["output_column_name"] == comparison]
    return {
        level["label_for_charts"].partition(" ")[0]: (level["m_probability"], level["u_probability"])
        for level in informative_levels(found)
    }


def test_the_probabilities_of_every_comparison_sum_to_one(model: dict[str, Any]) -> None:
    for comparison in model["settings"]["comparisons"]:
        of_one, of_two = zip(*levels(model, comparison["output_column_name"]).values(), strict=True)
        assert math.isclose(sum(of_one), 1), comparison["output_column_name"]
        assert math.isclose(sum(of_two), 1), comparison["output_column_name"]
        assert min(of_one) > LEAST_M * 0.99
        assert min(of_two) > LEAST_U * 0.99


def test_the_matching_pairs_are_not_taken_for_chance(model: dict[str, Any]) -> None:
    """All names differ: what shares one by chance is below one in the pairs that were looked at."""
    assert levels(model, "name")["相同"][1] < 2 / (PEOPLE / 2) ** 2 * 1.1


def test_a_birth_is_what_the_record_tells_not_what_its_number_says(model: dict[str, Any]) -> None:
    told = levels(model, "birth")
    apart = sum(m for label, (m, _) in told.items() if label != "相同")
    assert 0.01 < apart < 0.05, "half of the records that are taken out are those with a mistake in every 20th"


def test_a_value_that_no_record_reports_has_no_weight(model: dict[str, Any]) -> None:
    m, u = levels(model, "phone")["不同"]
    assert abs(math.log2(m / u)) < 1.1


def test_the_same_evidence_in_another_order_and_on_one_thread_gives_the_same_file(
    evidence: Bench, model: dict[str, Any], tmp_path: Path
) -> None:
    evidence.con.execute("create or replace temp table shuffled as from linked.person_evidence order by random()")
    evidence.con.execute("truncate linked.person_evidence; insert into linked.person_evidence from shuffled")
    threads = evidence.con.sql("select current_setting('threads')").fetchall()[0][0]
    evidence.con.execute("set threads = 1")
    again = train(evidence.con, PERSON, tmp_path / "person.json")
    evidence.con.execute(f"set threads = {threads}")
    assert again == model


def test_a_sample_of_many_people_has_non_matches_too(
    evidence: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAMPLE", PEOPLE // 10)
    monkeypatch.setattr(training, "LEAST_PAIRS", PEOPLE // 10)
    sampled = train(evidence.con, PERSON, tmp_path / "person.json")
    assert sampled["data"]["pairs"] == PEOPLE // 10
    assert 0.4 < levels(sampled, "sex")["相同"][1] < 0.6


def test_too_little_evidence_is_refused_with_what_is_needed(evidence: Bench, tmp_path: Path) -> None:
    with pytest.raises(TooFewPairs, match=r"organization: .* 0 .* 1,000"):
        train(evidence.con, ORGANIZATION, tmp_path / "organization.json")
    assert not (tmp_path / "organization.json").exists()


def test_splink_says_nothing(
    evidence: Bench, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "RANDOM_PAIRS", 1e4)
    train(evidence.con, PERSON, tmp_path / "person.json")
    assert capfd.readouterr() == ("", "")


def comparison(*values: float | None, fixed: tuple[int, ...] = ()) -> dict[str, Any]:
    told = [{"m_probability": value, "fix_m_probability": place in fixed} for place, value in enumerate(values)]
    return {"comparison_levels": [{"is_null_level": True}, *told]}


def test_a_level_that_few_pairs_could_show_is_not_taken_for_impossible() -> None:
    assert completed(comparison(1.0, None), "m", 8, LEAST_M) == [0.9, 0.1]
    assert completed(comparison(1.0, None), "m", 1e6, LEAST_M)[1] == pytest.approx(LEAST_M, rel=0.01)


def test_fixed_levels_stay_and_the_others_share_the_rest() -> None:
    assert completed(comparison(0.02, 0.68, 0.3, fixed=(0, 1, 2)), "m", 100, LEAST_M) == [0.02, 0.68, 0.3]
    fixed, *others = completed(comparison(1e-9, 0.25, 0.75, fixed=(0,)), "m", 1e9, 1e-7)
    assert fixed == 1e-7
    assert others == pytest.approx([0.25, 0.75], rel=1e-6)

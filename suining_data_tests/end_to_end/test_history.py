"""What a city's analyst, auditor and downstream system ask about the past: states, periods, changes, after real refreshes."""

from pathlib import Path

import duckdb
import pytest

from suining_data.cli import app
from suining_data.commands.errors import Mistake
from suining_data.history import KEPT
from suining_data_tests.end_to_end.conftest import City

GOLDEN = {kept.name: kept for kept in KEPT if kept.table in ("population.person", "legal_entity.organization")}
Rows = dict[str, tuple[str | None, ...]]


def golden(file: Path, subject: str) -> Rows:
    """The golden records as texts by id."""
    kept = GOLDEN[subject]
    columns = ", ".join(f"{name}::varchar" for name in kept.attributes)
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        return {row[0]: row[1:] for row in con.execute(f"select {kept.id}, {columns} from {kept.table}").fetchall()}


@pytest.mark.parametrize("subject", GOLDEN)
def test_the_state_before_and_the_changes_give_the_state_after(changed_city: City, subject: str) -> None:
    attributes = GOLDEN[subject].attributes
    state = golden(changed_city.settings.data / "before.duckdb", subject)
    after = golden(changed_city.settings.published / "suining.duckdb", subject)
    assert state != after
    replayed = {id: dict(zip(attributes, values, strict=True)) for id, values in state.items()}
    for id, attribute, kind, old, new in changed_city.query(
        "select subject_id, attribute, kind, old_value, new_value from governance.change "
        f"where subject_type = '{subject}' order by recorded_at, attribute nulls first"
    ):
        if attribute is not None:
            assert replayed[id][attribute] == old
            assert kind == ("ADDED" if old is None else "REMOVED" if new is None else "CHANGED")
            replayed[id][attribute] = new
        elif kind in ("ADDED", "SPLIT"):
            assert id not in replayed
            replayed[id] = dict.fromkeys(attributes)
        else:
            del replayed[id]
    assert {id: tuple(values.values()) for id, values in replayed.items()} == after


def test_changes_of_several_kinds_were_seen(changed_city: City) -> None:
    kinds = {kind for (kind,) in changed_city.query("select distinct kind from governance.change")}
    assert {"CHANGED", "WITHDRAWN"} <= kinds


def test_each_change_has_the_reason_that_the_delivery_gives(changed_city: City) -> None:
    reasons = dict(changed_city.query("select reason_code, count(*) from governance.change group by all"))
    assert None not in reasons
    assert {"corrected_record", "withdrawn_record"} <= reasons.keys()
    assert reasons.keys().isdisjoint({"decided", "declared"})


@pytest.mark.parametrize("subject", GOLDEN)
def test_what_was_known_before_is_what_was_published_before(changed_city: City, subject: str) -> None:
    columns = ", ".join(f"{name}::varchar" for name in [GOLDEN[subject].id, *GOLDEN[subject].attributes])
    before = changed_city.query(
        f"select {columns} from {subject}_at(date '9999-12-31', known_at := (select min(recorded_at) from governance.refresh))"
    )
    assert {row[0]: row[1:] for row in before} == golden(changed_city.settings.data / "before.duckdb", subject)


@pytest.mark.parametrize("subject", GOLDEN)
def test_the_bases_as_of_a_late_day_are_those_of_now(changed_city: City, subject: str) -> None:
    columns = ", ".join(f"{name}::varchar" for name in [GOLDEN[subject].id, *GOLDEN[subject].attributes])
    now = changed_city.query(f"select {columns} from {subject}_at(date '9999-12-31')")
    assert {row[0]: row[1:] for row in now} == golden(changed_city.settings.published / "suining.duckdb", subject)


def test_a_refresh_of_nothing_new_adds_no_state(corrected_city: City, rebuilt_city: City) -> None:
    """All is made again from the deliveries and the copy of what no step can make."""
    count = "select (select count(*) from history.person), (select count(*) from history.organization_period)"
    assert rebuilt_city.succeeded, rebuilt_city.output
    assert rebuilt_city.warehouse(count) == corrected_city.warehouse(count)


def test_who_was_withdrawn_stays_in_the_history(changed_city: City) -> None:
    [(gone, name)] = changed_city.query(
        "select person_id, name from population.person_version where ended_as = 'withdrawn' order by 1 limit 1"
    )
    assert changed_city.query(f"from population.person where person_id = '{gone}'") == []
    kinds = changed_city.query(f"select kind, attribute from governance.change where subject_id = '{gone}'")
    assert kinds == [("WITHDRAWN", None)]
    assert name


def test_the_members_of_households_are_known_as_of_any_refresh(changed_city: City) -> None:
    first = "(select min(recorded_at) from governance.refresh)"
    before = changed_city.query(
        "select person_id, household_id, head_relation_code from population.household_membership "
        f"where recorded_from <= {first} and coalesce(recorded_to > {first}, true) and valid_to is null order by all"
    )
    with duckdb.connect(str(changed_city.settings.data / "before.duckdb"), read_only=True) as con:
        assert (
            before
            == con.execute(
                "select person_id, household_id, head_relation_code from population.person "
                "where household_id is not null order by all"
            ).fetchall()
        )


def test_a_period_ends_when_the_next_value_begins(changed_city: City) -> None:
    assert changed_city.value("select count(*) from population.person_period where valid_to_kind = 'derived'")
    person, attribute, old, day = changed_city.query(
        "select person_id, attribute, value, valid_to from population.person_period "
        "where valid_to_kind = 'derived' and attribute = 'marital_status_code' order by all limit 1"
    )[0]
    before, after = (
        changed_city.value(f"select {attribute} from person_at(date '{day}' - {days}) where person_id = '{person}'")
        for days in (1, 0)
    )
    assert before == old
    assert after != old


def test_the_pyramid_of_a_day_counts_who_lived_then(changed_city: City) -> None:
    [(now, births, deaths)] = changed_city.query("""
        select count(*), count(*) filter (where birth_date > date '2018-06-01'),
            count(*) filter (where birth_date <= date '2018-06-01' and death_date <= date '2018-06-01')
        from person_at(date '9999-12-31') where registered_division_code is not null
    """)
    counted = changed_city.value("select sum(persons)::bigint from population_by_division_at(date '2018-06-01')")
    assert births
    assert abs(counted - (now - births - deaths)) <= now // 100  # who has moved out since has a division of that day


def test_an_old_name_is_asked_of_the_command_line(changed_city: City, capsys: pytest.CaptureFixture[str]) -> None:
    [(person, old, new)] = changed_city.query(
        "select subject_id, old_value, new_value from governance.change where attribute = 'registered_address_id' "
        "and kind = 'CHANGED' order by all limit 1"
    )
    first = changed_city.value("select min(recorded_at) from governance.refresh")
    now = suining(capsys, "explain", "person", str(person), "--as-of", "2030-01-01")
    then = suining(
        capsys, "explain", "person", str(person), "--as-of", "2030-01-01", "--known-at", f"{first:%Y-%m-%dT%H:%M:%S.%f}"
    )
    assert str(new) in now
    assert str(old) in then
    assert str(new) not in then


def test_a_person_who_was_withdrawn_is_found_by_who_asks_for_the_time_before(
    changed_city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    [(gone, first)] = changed_city.query(
        "select person_id, recorded_from from population.person_version where ended_as = 'withdrawn' order by 1 limit 1"
    )
    then = suining(capsys, "explain", "person", str(gone), "--known-at", f"{first:%Y-%m-%dT%H:%M:%S.%f}")
    assert str(gone) in then
    with pytest.raises(Mistake):
        suining(capsys, "explain", "person", str(gone), "--as-of", "2030-01-01")


def test_a_query_sees_the_persons_of_a_day(changed_city: City, capsys: pytest.CaptureFixture[str]) -> None:
    output = suining(capsys, "query", "select count(*) as n from population.person", "--as-of", "2000-01-01", "--csv")
    counted = changed_city.value("select count(*) from person_at(date '2000-01-01')")
    assert output.split() == ["n", str(counted)]
    assert counted < changed_city.value("select count(*) from population.person")


def test_changes_since_a_run_are_those_of_the_later_runs(
    changed_city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [run for (run,) in changed_city.query("select run_id from governance.refresh order by recorded_at")]
    assert len(runs) == 2, "the night of broken files changed nothing"
    every = changed_city.value("select count(*) from governance.change")
    for run, count in zip(runs, (every, 0), strict=True):
        assert suining(capsys, "changes", "--since", run, "--csv").count("\n") == count + 1
    with pytest.raises(Mistake):
        suining(capsys, "changes", "--since", "no-run")


def suining(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints."""
    capsys.readouterr()
    app(list(arguments), standalone_mode=False)
    return capsys.readouterr().out

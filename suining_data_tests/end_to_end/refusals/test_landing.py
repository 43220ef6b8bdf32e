"""What no file of a resource tells: files nobody declared, deliveries that do not come or come too late."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from suining_data.catalog import Catalog, Resource
from suining_data.orchestration.assets import asset_of, warehouse_of
from suining_data.orchestration.delivery_problems import Problem, deliveries_step, problems
from suining_data.orchestration.pipeline import steps_of
from suining_data.settings import Settings, settings
from suining_data_tests.end_to_end.refusals.conftest import SOUND, UNIT, Desk
from suining_data_tests.end_to_end.refusals.deliveries import content, people, residents

DAY = timedelta(days=1)


def catalog_of(*resources: Resource) -> Catalog:
    return Catalog((UNIT.model_copy(update={"resources": list(resources)}),))


def found(desk: Desk, resource: Resource, later: timedelta = timedelta()) -> list[Problem]:
    return problems(desk.con, desk.settings, catalog_of(resource), datetime.now() + later)


def only(desk: Desk, resource: Resource, name: str, later: timedelta = timedelta()) -> None:
    """There is one problem, and it is told in the documented words."""
    [problem] = found(desk, resource, later)
    desk.says(problem, name)


def test_a_file_nobody_declared(desk: Desk) -> None:
    resource = desk.sound()
    assert found(desk, resource) == []
    desk.deliver("renkou_2.csv", content("csv", people(3)))
    only(desk, resource, "public_security/renkou_2.csv")
    assert desk.take(resource).raw_rows == SOUND


def test_a_file_in_a_folder_of_no_unit(desk: Desk) -> None:
    resource = desk.sound()
    desk.deliver("../gonganju/ry_2.csv", content("csv", people(3)))
    only(desk, resource, "gonganju/ry_2.csv")


@pytest.mark.parametrize("name", ["ry_2.csv.part", "ry_2.csv.filepart", "~$ry_2.xlsx"])
def test_a_file_under_a_temporary_name(desk: Desk, name: str) -> None:
    resource = desk.sound()
    desk.deliver(name, content("csv", people(3)))
    only(desk, resource, f"public_security/{name}")
    assert desk.take(resource).raw_rows == SOUND


@pytest.mark.parametrize("kind", ["link", "broken link", "pipe", "link to a folder"])
def test_a_link_or_a_pipe(desk: Desk, tmp_path: Path, kind: str) -> None:
    resource = desk.sound()
    elsewhere = tmp_path / "secret.csv"
    elsewhere.write_bytes(content("csv", people(3)))
    place = desk.settings.landing / UNIT.id / "ry_2.csv"
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to({"link": elsewhere, "broken link": tmp_path / "no", "link to a folder": tmp_path}[kind])
    only(desk, resource, "public_security/ry_2.csv")
    assert desk.take(resource).raw_rows == SOUND


def test_a_file_that_says_another_is_complete(desk: Desk) -> None:
    resource = desk.sound()
    desk.deliver("ry_1.csv.ok", b"")
    assert found(desk, resource) == []
    desk.deliver("ry_3.csv.ok", b"")
    [alone] = found(desk, resource)
    assert "ry_3.csv.ok" in alone.zh


def test_a_young_file(desk: Desk) -> None:
    resource = desk.sound()
    desk.settings = Settings(data=desk.settings.data, quiet_seconds=60)
    desk.deliver("ry_2.csv", content("csv", people(3, first=100)))
    taken = desk.take(resource)
    desk.says(taken.arriving[-1], "ry_2.csv")
    assert desk.staged() == SOUND
    desk.deliver("ry_2.csv.ok", b"")
    assert desk.take(resource).raw_rows == SOUND + 3


def test_a_name_that_is_not_utf_8(desk: Desk) -> None:
    """An undeclared one is listed, a declared one is read; both escaped."""
    resource = desk.sound()
    folder = os.fsencode(desk.settings.landing / UNIT.id)
    Path(os.fsdecode(folder + b"/\xcd\xf5.csv")).write_bytes(content("csv", people(3)))
    Path(os.fsdecode(folder + b"/ry_\xcd\xf5.csv")).write_bytes(content("csv", people(3, first=100)))
    [problem] = found(desk, resource)
    assert problem.file_name == r"public_security/\xcd\xf5.csv"
    taken = desk.take(resource)
    assert (taken.raw_rows, taken.current[-1].batch.file_name) == (SOUND + 3, r"ry_\xcd\xf5.csv")


def test_nothing_delivered_when_due(desk: Desk) -> None:
    resource = desk.sound()  # daily, five days of grace
    assert found(desk, resource, 5.9 * DAY) == []
    only(desk, resource, resource.id, 6.1 * DAY)


def test_nothing_ever_delivered(desk: Desk) -> None:
    other = residents("json").model_copy(update={"id": "public_security__others"})
    sound = desk.sound()
    told = problems(desk.con, desk.settings, catalog_of(sound, other), datetime.now() + 6.1 * DAY)
    [never] = [each for each in told if each.resource_id == other.id]
    desk.says(never, other.id)


def test_a_full_delivery_older_than_the_one_in_force(desk: Desk) -> None:
    resource = desk.sound(mode="full")
    desk.deliver("ry_0.csv", content("csv", people(38)))
    assert desk.take(resource).refusals == ()
    assert desk.staged() == SOUND
    only(desk, resource, "public_security/ry_0.csv")
    assert desk.balances()


def test_the_file_of_a_current_batch_is_gone(desk: Desk) -> None:
    resource = desk.sound()
    (desk.settings.landing / UNIT.id / "ry_1.csv").unlink()
    only(desk, resource, "public_security/ry_1.csv")
    assert desk.take(resource).raw_rows == SOUND
    desk.deliver("ry_1.csv", "x\n")
    assert len(desk.take(resource).refusals) == 1
    only(desk, resource, "public_security/ry_1.csv")


def test_a_full_delivery_that_was_superseded_is_gone(desk: Desk) -> None:
    resource = desk.sound(mode="full")
    desk.deliver("ry_2.csv", content("csv", people(SOUND + 1)))
    assert desk.take(resource).refusals == ()
    (desk.settings.landing / UNIT.id / "ry_1.csv").unlink()
    assert found(desk, resource) == []
    desk.deliver("ry_2.csv", content("csv", people(SOUND + 2)))
    assert found(desk, resource) == [], "the next refresh takes it in"


def test_a_problem_with_deliveries_fails_its_check_and_blocks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    catalog = catalog_of(residents())
    folder = tmp_path / "landing" / UNIT.id
    folder.mkdir(parents=True)
    (folder / "ry_1.csv").write_bytes(content("csv", people(30)))
    (folder / "else.csv").write_bytes(b"x")
    raw = next(step for step in steps_of(catalog, []) if step.key.startswith("raw."))
    steps = [raw, deliveries_step(catalog, [raw.key])]
    result = dg.materialize(
        [asset_of(step) for step in steps],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"warehouse": warehouse_of(steps)},
    )
    settings.cache_clear()
    assert result.success
    verdicts = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
    assert verdicts == {
        "batches_accepted": True,
        "columns_declared": True,
        "files_complete": True,
        "files_whole": True,
        "deliveries_declared": False,
        "deliveries_on_time": True,
        "deliveries_in_order": True,
        "deliveries_kept": True,
    }

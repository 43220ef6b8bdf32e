"""A sample file becomes a draft that is mostly right, says what supports it, and shows nobody's data."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from suining_data.catalog import Catalog, Resource, check, load_catalog
from suining_data.cli import main
from suining_data.drafting import Undraftable, draft
from suining_data.drafting.guessing import SELECTIVE, selectivity
from suining_data.ingestion import landing_files
from suining_data.settings import Settings
from suining_data.warehouse import load_spatial, prepare
from suining_data_tests.sharing import once

EMPTY = Catalog(())  # a catalogue that knows no column: the elements' rules alone decide
FOR_A_HUMAN = {"code", "condition", "unit_missing", "crs_missing", "key"}
NOT_SEEN = {"mode", "layouts", "sheets", "summary_rows"}  # of a delivery: what a file alone does not tell
RESOURCES = """
    public_security__household_changes public_security__residence_registrations civil_affairs__marriages
    health__births health__institutions_and_doctors human_resources__pension_payments
    market_supervision__registrations natural_resources__real_estate_register sichuan_public_security__residents statistics__basic_units
""".split()


@pytest.fixture(scope="module")
def drafts(delivered: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Resource, str]]:
    """Resource id -> the real one and the draft of its last delivery."""
    catalog = load_catalog()

    def make(folder: Path) -> None:
        for id in RESOURCES:
            file = landing_files(delivered, catalog.unit_of(id), catalog.resource(id))[-1]
            (folder / id).write_text(draft(file, "new_unit", "thing", EMPTY).text, encoding="utf-8")

    folder = once(tmp_path_factory, "drafts", make)
    return {id: (catalog.resource(id), (folder / id).read_text(encoding="utf-8")) for id in RESOURCES}


def parsed(text: str) -> dict[str, Any]:
    [resource] = yaml.safe_load(text)["resources"]
    return dict(resource)


def test_most_elements_that_rules_can_tell_are_guessed(drafts: dict[str, tuple[Resource, str]]) -> None:
    with duckdb.connect() as con:
        prepare(con)
        load_spatial(con)
        selective = {id for id, refused in selectivity(con).items() if refused >= SELECTIVE}
    right, wrong = 0, []
    for resource, text in drafts.values():
        guessed = {field["source"]: field["element"] for field in parsed(text)["fields"]}
        for field in resource.fields:
            if field.element in selective and field.source in guessed:
                right += guessed[field.source] == field.element
                wrong += [(field.source, field.element, guessed[field.source])] * (
                    guessed[field.source] != field.element
                )
    assert right + len(wrong) > 40
    assert right / (right + len(wrong)) >= 0.75, wrong


def test_the_form_of_the_file_is_found(drafts: dict[str, tuple[Resource, str]]) -> None:
    for id, (resource, text) in drafts.items():
        declared = resource.delivery.model_dump(mode="json", exclude=NOT_SEEN)
        found = resource.delivery.model_validate(parsed(text)["delivery"]).model_dump(mode="json", exclude=NOT_SEEN)
        if declared["encoding"] == "gbk":  # a part of GB18030
            declared["encoding"] = "gb18030"
        assert found == declared, id


def test_every_delivered_column_is_in_the_draft(drafts: dict[str, tuple[Resource, str]]) -> None:
    for id, (resource, text) in drafts.items():
        sources = {field["source"] for field in parsed(text)["fields"]}
        assert {field.source for field in resource.fields if field.required} <= sources, id


def test_only_what_a_human_must_say_is_missing(drafts: dict[str, tuple[Resource, str]], tmp_path: Path) -> None:
    for id, (_, text) in drafts.items():
        folder = tmp_path / id
        folder.mkdir()
        (folder / "new_unit.yaml").write_text(text, encoding="utf-8")
        rules = {problem.rule for problem in check(folder)}
        assert {"code", "condition"} <= rules <= FOR_A_HUMAN, (id, check(folder))


def test_a_draft_says_how_many_rows_fit_and_shows_no_value(
    drafts: dict[str, tuple[Resource, str]], delivered: Settings
) -> None:
    resource, text = drafts["public_security__household_changes"]
    assert "% of" in text
    assert "rows fit resident_id" in text
    file = sorted((delivered.landing / "public_security").glob(resource.delivery.pattern))[-1]
    rows = [line.split(",") for line in file.read_bytes().decode("gb18030", "replace").splitlines()[1:]]
    assert [cell for row in rows for cell in row[:2] if len(cell) > 1 and cell in text] == []


def test_what_the_catalogue_knows_of_a_column_is_taken_over(delivered: Settings) -> None:
    file = sorted((delivered.landing / "public_security").glob("hjbd_*.csv"))[-1]
    fields = {
        field["source"]: field for field in parsed(draft(file, "new_unit", "thing", load_catalog()).text)["fields"]
    }
    assert fields["xm"]["element"] == "person_name"
    assert fields["hjdz"]["name"] == "registered_address"


def test_a_draft_for_a_known_unit_can_be_appended(delivered: Settings, tmp_path: Path) -> None:
    file = sorted((delivered.landing / "public_security").glob("hjbd_*.csv"))[-1]
    folder = tmp_path / "units"
    folder.mkdir()
    place = folder / "water.yaml"
    place.write_text(draft(file, "water", "one", EMPTY).text, encoding="utf-8")
    drafted = draft(file, "water", "two", load_catalog(folder))
    assert not drafted.is_whole_file
    with place.open("a", encoding="utf-8") as out:
        out.write(drafted.text)
    load_catalog.cache_clear()
    assert [resource.id for resource in load_catalog(folder).resources] == ["water__one", "water__two"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "a.pdf"),
        ("a.csv", b"", "a.csv"),
        ("a.csv", b"x,y\n", "没有一行数据"),
        ("a.json", b'{"a": [', "JSON"),
        ("a.json", b"[1]", "JSON Lines"),
        ("a.xml", b"<a><b>1</b></a>", "record"),
        ("a.xlsx", b"<html>", "a.xlsx"),
        ("a.dbf", b"x", "a.dbf"),
    ],
)
def test_what_cannot_be_drafted_is_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Undraftable, match=said) as raised:
        draft(file, "water", "thing", EMPTY)
    assert "\n" not in str(raised.value)


def test_a_zip_is_drafted_by_the_file_inside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sk_20190831.csv").write_text(
        "mc,rq\n一号坝体积,2019-08-01\n二号坝体积,2019-08-02\n", encoding="utf-8"
    )
    file = Path(shutil.make_archive(str(tmp_path / "sk_20190831"), "zip", tmp_path / "in"))
    resource = parsed(draft(file, "water", "reservoirs", EMPTY).text)
    assert resource["delivery"] == {
        "format": "csv",
        "encoding": "utf-8",
        "pattern": "sk_*.zip",
        "archive": "zip",
        "member": "sk_*.csv",
        "mode": "full",
    }
    assert [field["element"] for field in resource["fields"]] == ["text", "date"]


def test_the_command_prints_the_draft_alone(tmp_path: Path) -> None:
    file = tmp_path / "sk_20190831.csv"
    file.write_text("mc,rq\n一号坝体积,2019-08-01\n二号坝体积,2019-08-02\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("suining")), "catalog", "new"]
    done = subprocess.run(
        [*command, str(file), "--unit", "water", "--name", "reservoirs"], capture_output=True, check=False
    )
    assert done.returncode == 0
    assert parsed(done.stdout.decode())["id"] == "water__reservoirs"
    assert "water.yaml" in done.stderr.decode()
    wrong = subprocess.run([*command, str(file), "--unit", "Water", "--name", "x"], capture_output=True, check=False)
    assert wrong.returncode == 1
    assert len(wrong.stderr.decode().strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unit: {id: water\n", ["water.yaml 第 2 行", "不是可读的 YAML", "check indentation"]),
        (
            "unit: {id: water, nam: x}\nresources: []\n",
            ["water.yaml 第 1 行", "缺少 name", "补上 name", "另有 2 处", "suining catalog check"],
        ),
    ],
)
@pytest.mark.parametrize("command", ["new", "list"])
def test_a_broken_catalogue_is_one_clear_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    text: str,
    said: list[str],
) -> None:
    (tmp_path / "water.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "sk.csv").write_text("mc,rq\n一号坝体积,2019-08-01\n", encoding="utf-8")
    monkeypatch.setattr("suining_data.catalog.load_catalog", lambda: load_catalog(tmp_path))
    options = [str(tmp_path / "sk.csv"), "--unit", "water", "--name", "thing"] if command == "new" else []
    monkeypatch.setattr(sys, "argv", ["suining", "catalog", command, *options])
    with pytest.raises(SystemExit) as end:
        main()
    printed = capsys.readouterr()
    assert (end.value.code, printed.out) == (1, "")
    [line] = printed.err.strip().splitlines()
    assert [part for part in said if part not in line] == []

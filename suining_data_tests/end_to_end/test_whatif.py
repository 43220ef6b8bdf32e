"""What `suining whatif` predicts is what a refresh does once somebody has edited the lines that it names.

Here: the command of a copy of the project, with the deliveries of the small city. Not here: proposals (whatif/test_proposals.py).
"""

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.settings import PROJECT, Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City

RESIDENTS, INSURED = "sichuan_public_security__residents", "sichuan_medical_insurance__enrolments"
SUININGS = "from suining_data.cli import main; main()"
Row = dict[str, str]


class Office:
    """A copy of the project whose declarations may be edited, and a copy of the refreshed city."""

    def __init__(self, folder: Path, city: Settings) -> None:
        self.project, self.settings = folder / "project", Settings(data=folder / "data")
        for part in ("suining_data", "dbt_like_sql", "data/reference"):
            shutil.copytree(PROJECT / part, self.project / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(city.data, self.settings.data, symlinks=True)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", SUININGS, *arguments],
            env={**os.environ, "PYTHONPATH": str(self.project), "SUINING_DATA": str(self.settings.data)},
            cwd=self.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        with self.start(*arguments) as process:
            output, errors = process.communicate()
        assert process.returncode == 0, output + errors
        return output

    def rows(self, *arguments: str) -> list[Row]:
        """The rows of an answer, in no order; without the columns that name the refresh."""
        answer = csv.DictReader(io.StringIO(self.run(*arguments, "--csv")))
        of_refresh = ("change_id", "run_id", "recorded_at")
        return sorted(
            ({key: value for key, value in row.items() if key not in of_refresh} for row in answer),
            key=lambda row: sorted(row.items()),
        )

    def quarantine(self) -> set[tuple[str, ...]]:
        sql = "select resource_id, file_name, line_number as line, field, rule, scope from governance.quarantine"
        return {tuple(row.values()) for row in self.rows("query", sql)}

    def last_refresh(self) -> str:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as con:
            return str(con.execute("select max(recorded_at) from history.run").fetchall()[0][0]).replace(" ", "T")

    def edit(self, printed: str) -> None:
        """Edit the lines that the command names."""
        edits = re.findall(r"^  (suining_data/\S+)(?:  (\S+): (.+))?\n((?:    [-+] .+\n)+)", printed, re.MULTILINE)
        assert edits
        for file, resource, place, lines in edits:
            path = self.project / file
            text = path.read_text(encoding="utf-8")
            old = re.search(r"^    - (.+)$", lines, re.MULTILINE)
            new = re.search(r"^    \+ (.+)$", lines, re.MULTILINE)
            at = text.index(f"- id: {resource}") if resource else 0
            if old and new:
                at = text.index(f"role: {place.split()[1]}", at) if place else at
                at = text.index(old[1], at)
                text = text[:at] + new[1] + text[at + len(old[1]) :]
            else:  # a key more in the line of a field
                assert new
                at = text.index("}\n", text.index(f"name: {place},", at))
                text = f"{text[:at]}, {new[1]}{text[at:]}"
            path.write_text(text, encoding="utf-8")


@pytest.fixture
def office(delivered_city: City, tmp_path: Path) -> Office:
    return Office(tmp_path, delivered_city.settings)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("--threshold", "0.9999999999"), id="threshold"),
        pytest.param(("--authority", f"person.phone={INSURED}"), id="authority"),
        pytest.param(("--authority", f"person.name={INSURED},{RESIDENTS}"), id="authority of a name"),
        pytest.param(
            (
                "--rule",
                f"{RESIDENTS}.resident_id.check_digit=quarantine",
                "--rule",
                f"{INSURED}.resident_id.check_digit=quarantine",
            ),
            id="rule",
        ),
    ],
)
def test_adoption_equals_the_prediction(office: Office, options: tuple[str, ...]) -> None:
    predicted = office.rows("whatif", *options)
    quarantined = office.rows("whatif", *options, "--rows") if options[0] == "--rule" else []
    assert predicted
    assert quarantined or options[0] != "--rule"
    before, since = office.quarantine(), office.last_refresh()
    office.edit(office.run("whatif", *options))
    office.run("catalog", "check")
    office.run("refresh")
    assert office.rows("changes", "--since", since) == predicted
    after = office.quarantine()
    place = ("resource_id", "file_name", "line", "field", "rule")
    predicted_entries = [
        {(*(row[name] for name in place), row[when]) for row in quarantined if row[when]}
        for when in ("before", "after")
    ]
    assert [before - after, after - before] == predicted_entries


def test_the_summary_counts_what_is_listed_and_nothing_of_the_city_is_touched(office: Office) -> None:
    files = [office.settings.warehouse, office.settings.registry_backup, office.settings.published / "suining.duckdb"]
    content = [file.read_bytes() for file in files]
    printed = office.run("whatif", "--threshold", "0.9999999999", "--limit", "1")
    assert [file.read_bytes() for file in files] == content
    assert not list(office.settings.warehouse.parent.glob("whatif/**"))
    assert "+ match_probability: 0.9999999999" in printed
    split = re.search(r"person\s+│ SPLIT\s+│ (\d+)", printed)
    assert split
    assert int(split[1]) > 0


@pytest.fixture
def heeded() -> Iterator[None]:
    """Processes that the test starts heed SIGINT, also when a shell started the tests in the background."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("heeded")
def test_a_signal_removes_the_copy(office: Office) -> None:
    folder = office.settings.warehouse.parent / "whatif"
    for number in (signal.SIGTERM, signal.SIGINT):
        with office.start("whatif", "--threshold", "0.5") as process:
            while not folder.exists():
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.01)
            process.send_signal(number)
            process.communicate()
        assert process.returncode != 0
        assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--threshold"),
        (("--threshold", "1"), "between 0 and 1"),
        (("--authority", "person.shoe_size=x"), "person.birth_date"),
        (("--rule", "nothing.name.damaged=quarantine"), RESIDENTS),
    ],
)
def test_what_does_not_exist_is_one_line(delivered_city: City, options: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SUININGS, "whatif", *options],
        env={**os.environ, "SUINING_DATA": str(delivered_city.settings.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_beside_a_refresh_and_before_one_it_says_what_to_do(office: Office) -> None:
    with open_warehouse(office.settings), office.start("whatif", "--threshold", "0.5") as process:
        assert "another run uses it" in process.communicate()[1]
    file = office.project / "suining_data/linkage/threshold.yaml"
    file.write_text("match_probability: 0.75\n", encoding="utf-8")  # edited, but no refresh since
    with office.start("whatif", "--threshold", "0.5") as process:
        assert "suining refresh" in process.communicate()[1]
    shutil.rmtree(office.settings.warehouse.parent)
    with office.start("whatif", "--threshold", "0.5") as process:
        assert "suining refresh" in process.communicate()[1]

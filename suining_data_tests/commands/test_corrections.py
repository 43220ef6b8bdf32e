"""`suining corrections`: listing tickets, recording a reply, and a reply that outlives the warehouse."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.commands.errors import Mistake
from suining_data.linkage import back_up_registry
from suining_data.orchestration.state import open_for_refresh
from suining_data.quality import promote_corrections, write_corrections
from suining_data.settings import Settings, settings

NOW = datetime.now()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A warehouse with a ticket of today and one whose deadline has passed, and the published file."""
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    config = settings()
    with open_for_refresh(config) as con:
        for unit, opened in (("health", NOW - timedelta(days=30)), ("taxation", NOW)):
            con.execute(
                "insert into governance.quarantine (resource_id, unit_id, batch_id, file_name, line_number, scope, field, rule, "
                "reason, record_id) values (?, ?, 'b', 'f', 1, 'value', 'xm', 'damaged', '姓名：损坏', 1)",
                [f"{unit}__thing", unit],
            )
            write_corrections(con, opened, 10)
            promote_corrections(con)
        back_up_registry(con, config)
    config.published.mkdir()
    shutil.copyfile(config.warehouse, config.published / "suining.duckdb")
    yield config
    settings.cache_clear()


def listed(*options: str) -> list[str]:
    """The units of the tickets that are listed."""
    done = CliRunner().invoke(app, ["corrections", "list", "--json", *options], catch_exceptions=False)
    return [each["unit_id"] for each in json.loads(done.stdout)]


def reply(ticket: str, outcome: str, by: str = "李主任") -> str:
    arguments = ["corrections", "reply", ticket, outcome, "--by", by, "--note", "依据档案"]
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout


def status_of(config: Settings, ticket: str) -> str:
    with open_for_refresh(config) as con:
        write_corrections(con, NOW + timedelta(minutes=1), 10)
        promote_corrections(con)
        return str(con.execute("select status from governance.correction where ticket = ?", [ticket]).fetchall()[0][0])


def test_tickets_are_listed_by_deadline_unit_and_lateness(data: Settings) -> None:
    assert listed() == ["health", "taxation"]
    assert listed("--overdue") == ["health"]
    assert listed("--unit", "taxation") == ["taxation"]
    assert listed("--unit", "taxation", "--overdue") == []
    with pytest.raises(Mistake, match="没有单位 nobody"):
        listed("--unit", "nobody")


def test_a_reply_outlives_the_warehouse(data: Settings) -> None:
    with open_for_refresh(data) as con:
        [(ticket,)] = con.execute("select ticket from governance.correction where unit_id = 'taxation'").fetchall()
        quarantine = con.execute("from governance.quarantine").fetchall()
    assert f"{ticket} 维持" in reply(ticket, "维持")
    data.warehouse.unlink()
    with open_for_refresh(data) as con:
        con.executemany(f"insert into governance.quarantine values ({', '.join('?' * len(quarantine[0]))})", quarantine)
    assert status_of(data, ticket) == "maintained"
    with open_for_refresh(data) as con:
        assert con.execute(
            "select replied_by, note from governance.correction where ticket = ?", [ticket]
        ).fetchall() == [("李主任", "依据档案")]
        assert con.execute("select count(*) from governance.correction").fetchone() == (2,)


@pytest.mark.parametrize(
    ("ticket", "outcome", "by", "said"),
    [
        ("JC1999-00001", "维持", "李", "没有工单"),
        ("JC1999-00001", "好的", "李", "之一"),
        ("JC1999-00001", "维持", " ", "--by"),
    ],
)
def test_a_reply_that_cannot_be_recorded_is_one_line(
    data: Settings, ticket: str, outcome: str, by: str, said: str
) -> None:
    with pytest.raises(Mistake, match=said):
        reply(ticket, outcome, by)

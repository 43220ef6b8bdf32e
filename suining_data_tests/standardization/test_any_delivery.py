"""Whatever texts a resource is delivered, its rows are staged or quarantined, and no statement fails."""

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suining_data.catalog import Resource, load_catalog
from suining_data.ingestion import raw_path, rejected_path
from suining_data.ingestion.ledger import Batch, Status, write_ledger
from suining_data.ingestion.reading import LINE, REJECTED_SCHEMA, sources
from suining_data.settings import Settings
from suining_data.standardization import implausible_column, promote, standardize
from suining_data_tests.elements.test_any_text import texts

ROWS = 200
RESOURCES = load_catalog().shared


@pytest.mark.slow
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.id)
def test_any_texts_are_staged_or_quarantined(
    reference: duckdb.DuckDBPyConnection, tmp_path: Path, resource: Resource
) -> None:
    settings = Settings(data=tmp_path)
    rng = random.Random(resource.id)
    odd = [text.replace("\0", "") for text in texts(3) if len(text) < 10_000]
    table: dict[str, list[object]] = {source: rng.choices(odd, k=ROWS) for source in sources(resource)}
    table[LINE] = list(range(1, ROWS + 1))
    raw, rejected = (path(settings, resource.id, "0123456789abcdef") for path in (raw_path, rejected_path))
    raw.parent.mkdir(parents=True)
    pq.write_table(pa.table(table), raw)
    pq.write_table(REJECTED_SCHEMA.empty_table(), rejected)
    unit = load_catalog().unit_of(resource.id)
    batch = Batch(
        resource_id=resource.id, batch_id="0123456789abcdef", unit_id=unit.id, file_name="x", content_sha256="0" * 64,
        file_bytes=1, status=Status.CURRENT, run_id="run", declaration="", lines_total=ROWS, header_lines=0,
        continuation_lines=0, rejected_rows=0, raw_rows=ROWS,
    )  # fmt: skip
    with reference.cursor() as con:
        write_ledger(con, [batch])
        implausible_column(con, raw, resource, batch.batch_id)
        account = standardize(con, settings, unit, resource)
        assert account.unbalanced == []
        assert account.raw == ROWS == account.staged + account.quarantined + account.superseded
        promote(con, resource)

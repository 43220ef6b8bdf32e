"""Bases with what the published file holds beside them: the ledger of batches and the dictionary."""

import pytest

from suining_data.catalog import load_catalog
from suining_data.ingestion import create_ledger
from suining_data.models import declared_sources, load_models
from suining_data.publication import write_dictionary
from suining_data.warehouse import table_exists
from suining_data_tests.population.bases import Bases


@pytest.fixture
def bases() -> Bases:
    bases = Bases("social_security", "governance")
    create_ledger(bases.con)
    bases.con.execute("truncate governance.batch; truncate governance.batch_file")
    for table in ("person_redirect", "person_link"):
        bases.con.execute(f"drop table if exists governance.{table}")
    if not table_exists(bases.con, "governance.dictionary"):
        write_dictionary(bases.con, "governance.dictionary", load_catalog(), load_models(), declared_sources())
    return bases

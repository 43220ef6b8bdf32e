"""Everything that is wrong with the access log and with the chain of decisions.

Here: both together, as `suining access --verify` and a refresh ask for it. Not here: how each is judged (log.py, decisions.py).
"""

import duckdb

from suining_data.access.chain import Finding
from suining_data.access.decisions import tampered_decisions
from suining_data.access.heads import known_heads
from suining_data.access.log import entries, tampered
from suining_data.settings import Settings


def findings(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[Finding]:
    """What is wrong, by what the registry in the warehouse `con` knows of the log, and the log of the decisions."""
    return [*tampered(settings, known_heads(con)), *tampered_decisions(con, entries(settings))]

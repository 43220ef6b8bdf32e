"""Undoing what went wrong: a delivery is withdrawn, files are read again, the published data goes back to an earlier snapshot.

Here: the order of each, under the lock of a refresh and followed by one where rows change; the same as Dagster jobs (jobs.py).
Not here: what a withdrawal is (ingestion/withdrawals.py), the snapshots that are kept (publication/kept_snapshots.py), the
command line (commands/undo.py).

Each may be called again after it broke off. What a person decided is recorded, and copied with the registry, before anything
follows from it.
"""

from suining_data.undo.errors import NotPossible
from suining_data.undo.reloading import reload
from suining_data.undo.rolling_back import roll_back
from suining_data.undo.withdrawing import undo_withdrawal, withdraw

__all__ = ["NotPossible", "reload", "roll_back", "undo_withdrawal", "withdraw"]

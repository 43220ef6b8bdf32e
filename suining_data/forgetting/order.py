"""The order in which a person is forgotten, so that a killed run can be done again and finishes.

Here: the order. Not here: the steps (known.py, removal.py, search.py, the refresh).

1. What is known is kept in a file, and the tombstone is written: from now on nothing of the person is taken in.
2. The person is taken out of the deliveries, then out of registry and history.
3. A refresh writes what follows from them: staged and linked tables, the bases, the snapshot, the copy of the registry.
4. What the refresh kept of before is removed: earlier snapshots, change tables, freed blocks, rows of Dagster's log.
5. The search. If nothing is found, the file of step 1 is removed; otherwise it stays for the next attempt.
"""

from dataclasses import dataclass

from rich.console import Console

from suining_data.forgetting.known import Known, unfinished_file, write_unfinished
from suining_data.forgetting.removal import (
    InBatch,
    drop_what_is_left,
    find_in_deliveries,
    load_marks_of,
    remove_scratch,
    take_out_of_deliveries,
    take_out_of_log,
    take_out_of_state,
    take_out_of_truth,
    write_tombstone,
)
from suining_data.forgetting.search import Search, search, texts_of
from suining_data.linkage import back_up_registry
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.orchestration.state import open_for_refresh
from suining_data.publication import remove_old, start_anew
from suining_data.settings import Settings
from suining_data.tombstones import load_key
from suining_data.warehouse import rewrite


@dataclass(frozen=True)
class Forgotten:
    """How it ended: of the refresh, and of the search, which is not made after a refresh that failed."""

    refreshed: Outcome
    search: Search | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.search is not None and not self.search.finds


def preview(settings: Settings, known: Known) -> list[InBatch]:
    """What would be taken out of which batch; nothing is written."""
    with open_for_refresh(settings) as con:
        load_key(con, settings)
        load_marks_of(con, known)
        return list(find_in_deliveries(con, settings))


def forget(settings: Settings, known: Known, console: Console) -> Forgotten:
    """Forget a person. It may be called again after it broke off."""
    write_unfinished(settings, known)
    with open_for_refresh(settings) as con:
        write_tombstone(con, known)
        load_key(con, settings)
        load_marks_of(con, known)
        start_anew(con, settings)
        take_out_of_deliveries(con, settings)
        take_out_of_state(con, settings, known)
    refreshed = run_refresh(settings, console)
    if refreshed is Outcome.FAILED:
        return Forgotten(refreshed, None)
    with open_for_refresh(settings) as con:
        take_out_of_state(con, settings, known)  # what a refresh between two attempts recorded
        drop_what_is_left(con)
        back_up_registry(con, settings, anew=True)
        remove_scratch(settings)
    rewrite(settings)
    remove_old(settings, kept=1)
    take_out_of_log(settings, texts_of(known))
    take_out_of_truth(settings, known)
    result = Forgotten(refreshed, search(settings, known))
    if result.is_done:
        unfinished_file(settings, known.person_id).unlink()
    return result

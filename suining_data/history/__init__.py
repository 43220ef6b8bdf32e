"""What the bases said before: every state of a golden record and of its former values, with the time it was recorded.

Here: the kept tables (kept.py), writing what a refresh changes in them (recording.py), why it changes them (reasons.py), their copy (history_copy.py). Not
here: the golden values themselves and the published history (dbt_like_sql/), asking about a day (publication/macros.py).
"""

from suining_data.history.history_copy import copy_history, restore_history
from suining_data.history.kept import KEPT, Kept, create_history, is_known
from suining_data.history.reasons import REASONS
from suining_data.history.recording import Recorded, Run, compare, record

__all__ = [
    "KEPT",
    "REASONS",
    "Kept",
    "Recorded",
    "Run",
    "compare",
    "copy_history",
    "create_history",
    "is_known",
    "record",
    "restore_history",
]

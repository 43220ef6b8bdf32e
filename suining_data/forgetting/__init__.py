"""Forgetting a person: out of every time, place and copy, and the proof that nothing is left.

Here: who is meant and by which values they are found (known.py), taking them out of all that is kept (removal.py), the search
(search.py), and the order of it all (order.py). Not here: by which marks later deliveries are recognised
(tombstones.py, standardization/forgotten_rows.py), the files of a batch (ingestion/redaction.py).

Only deliveries and state are changed. All else follows from them, so it is written by a refresh, as always. Then what a
refresh keeps of before is removed: earlier snapshots, change tables, freed blocks of the files.

An organisation cannot be forgotten: the law gives this right to persons.
"""

from suining_data.forgetting.known import Known, NotKnown, has_unfinished, is_forgotten, read_known, read_unfinished
from suining_data.forgetting.order import Forgotten, forget, preview

__all__ = [
    "Forgotten",
    "Known",
    "NotKnown",
    "forget",
    "has_unfinished",
    "is_forgotten",
    "preview",
    "read_known",
    "read_unfinished",
]

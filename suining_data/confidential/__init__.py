"""Confidential persons: who is one by a decision, and by which values they would be recognised in what leaves the warehouse.

Here: the decisions (decisions.py), the ids and values that follow from them (values.py). Not here: hiding the values in what is
published (publication/confidential_rows.py). The warehouse itself stays complete.
"""

from suining_data.confidential.decisions import (
    CONFIDENTIAL,
    Confidential,
    NotConfidential,
    NotKnown,
    confidential_persons,
    covered_ids,
    lift,
    mark,
)
from suining_data.confidential.values import (
    SELECT_VALUES,
    VALUES,
    create_hidden,
    hidden_ids,
    hides_another,
    note_hidden,
    recognised_by,
)

__all__ = [
    "CONFIDENTIAL",
    "SELECT_VALUES",
    "VALUES",
    "Confidential",
    "NotConfidential",
    "NotKnown",
    "confidential_persons",
    "covered_ids",
    "create_hidden",
    "hidden_ids",
    "hides_another",
    "lift",
    "mark",
    "note_hidden",
    "recognised_by",
]

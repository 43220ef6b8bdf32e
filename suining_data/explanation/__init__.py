"""Explains the golden values of one person or organisation, from the published file."""

from suining_data.explanation.past import AskedTime, PastValue, find_past_ids, print_past, values_at, view_as_of
from suining_data.explanation.printing import print_explanation
from suining_data.explanation.queries import (
    Explanation,
    Record,
    ReportedValue,
    SubjectKind,
    explain,
    explain_unlinked,
    find_ids,
    former_ids,
)

__all__ = [
    "AskedTime",
    "Explanation",
    "PastValue",
    "Record",
    "ReportedValue",
    "SubjectKind",
    "explain",
    "explain_unlinked",
    "find_ids",
    "find_past_ids",
    "former_ids",
    "print_explanation",
    "print_past",
    "values_at",
    "view_as_of",
]

"""Explains the golden values of one person or organisation, from the published file."""

from suining_data.explanation.printing import print_explanation
from suining_data.explanation.queries import (
    Explanation,
    Record,
    ReportedValue,
    SubjectKind,
    explain,
    explain_unlinked,
    find_ids,
)

__all__ = [
    "Explanation",
    "Record",
    "ReportedValue",
    "SubjectKind",
    "explain",
    "explain_unlinked",
    "find_ids",
    "print_explanation",
]

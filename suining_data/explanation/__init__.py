"""Why the bases say what they say of one person or organisation, asked of the published file."""

from suining_data.explanation.asking import Explanation, Record, SubjectKind, Told, explain, explain_unlinked, find_ids
from suining_data.explanation.printing import print_explanation

__all__ = [
    "Explanation",
    "Record",
    "SubjectKind",
    "Told",
    "explain",
    "explain_unlinked",
    "find_ids",
    "print_explanation",
]

"""The review of candidate pairs: a person sees both parties and the evidence, and decides, on a terminal or in a workbook."""

from suining_data.review.decisions import DecidablePair, Decision, append, decidable_pairs, not_yet_recorded
from suining_data.review.pair_view import Party
from suining_data.review.queue import OpenPair, count_open, ids_of, open_pairs
from suining_data.review.returned import read_decisions, read_rows
from suining_data.review.sheets import write_workbook
from suining_data.review.terminal import print_pair

__all__ = [
    "DecidablePair",
    "Decision",
    "OpenPair",
    "Party",
    "append",
    "count_open",
    "decidable_pairs",
    "ids_of",
    "not_yet_recorded",
    "open_pairs",
    "print_pair",
    "read_decisions",
    "read_rows",
    "write_workbook",
]

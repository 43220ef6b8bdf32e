"""Pairs of records that a person decides: shown with both sides and the evidence, on a terminal or in a workbook."""

from suining_data.review.decisions import Decision, Known, append, known_pairs, not_yet_there
from suining_data.review.queue import OpenPair, count_open, open_pairs
from suining_data.review.returned import read_decisions, read_rows
from suining_data.review.sheets import write_workbook
from suining_data.review.sides import Side
from suining_data.review.terminal import print_pair

__all__ = [
    "Decision",
    "Known",
    "OpenPair",
    "Side",
    "append",
    "count_open",
    "known_pairs",
    "not_yet_there",
    "open_pairs",
    "print_pair",
    "read_decisions",
    "read_rows",
    "write_workbook",
]

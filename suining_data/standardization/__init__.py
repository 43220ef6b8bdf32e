"""raw -> staged: typed rows with standard names. Bad rows and values are quarantined with a reason; every row is counted."""

from suining_data.standardization.accounts import (
    ACCOUNTS,
    REVISIONS,
    UNBALANCED,
    Unbalanced,
    create_accounts,
    unbalanced_batches,
)
from suining_data.standardization.damaged_raw import reporting_damaged_raw
from suining_data.standardization.forgotten_rows import (
    PAIRS,
    count_lines,
    is_concerned,
    redactor,
    take_out_found,
    write_marks,
)
from suining_data.standardization.plausibility import implausible_column
from suining_data.standardization.quarantined_lines import newly_quarantined_lines, quarantined_lines
from suining_data.standardization.revisions import past_of
from suining_data.standardization.rules import rules_of_derived, rules_of_fields
from suining_data.standardization.run import Account, promote, quarantine_changed, standardize
from suining_data.standardization.statement import narrowed, source_columns, staged_select

__all__ = [
    "ACCOUNTS",
    "PAIRS",
    "REVISIONS",
    "UNBALANCED",
    "Account",
    "Unbalanced",
    "count_lines",
    "create_accounts",
    "implausible_column",
    "is_concerned",
    "narrowed",
    "newly_quarantined_lines",
    "past_of",
    "promote",
    "quarantine_changed",
    "quarantined_lines",
    "redactor",
    "reporting_damaged_raw",
    "rules_of_derived",
    "rules_of_fields",
    "source_columns",
    "staged_select",
    "standardize",
    "take_out_found",
    "unbalanced_batches",
    "write_marks",
]

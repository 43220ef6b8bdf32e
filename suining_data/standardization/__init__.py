"""raw -> staged: typed rows with standard names. Bad rows and values are quarantined with a reason; every row is counted."""

from suining_data.standardization.accounts import ACCOUNTS, UNBALANCED, create_accounts, unbalanced_batches
from suining_data.standardization.forgotten_rows import (
    LINES,
    PAIRS,
    find_lines,
    is_concerned,
    redact,
    redactor,
    write_marks,
)
from suining_data.standardization.plausibility import implausible_column
from suining_data.standardization.rules import rules_of_derived, rules_of_fields
from suining_data.standardization.run import Account, promote, quarantine_changed, standardize
from suining_data.standardization.statement import staged_select

__all__ = [
    "ACCOUNTS",
    "LINES",
    "PAIRS",
    "UNBALANCED",
    "Account",
    "create_accounts",
    "find_lines",
    "implausible_column",
    "is_concerned",
    "promote",
    "quarantine_changed",
    "redact",
    "redactor",
    "rules_of_derived",
    "rules_of_fields",
    "staged_select",
    "standardize",
    "unbalanced_batches",
    "write_marks",
]

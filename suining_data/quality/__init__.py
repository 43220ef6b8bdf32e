"""The rules of tables, from the catalogue, the elements and schema.yml, validated by Great Expectations; the score; corrections."""

import importlib
import sys
import threading

from suining_data.quality.contracts import base_suite, staged_suite
from suining_data.quality.coordinate_system import misdeclared_system
from suining_data.quality.corrections import (
    CORRECTIONS,
    FINDING_KINDS,
    IN_QUESTION,
    REPLY_KINDS,
    STATUS,
    create_corrections,
    overdue_tickets,
    promote_corrections,
    replies_made,
    reply,
    write_corrections,
    write_values_in_question,
)
from suining_data.quality.rules import CHECK_OF_DIMENSION, Severity, TableRule
from suining_data.quality.score import SCORES, create_scores, promote_scores, write_scores
from suining_data.quality.suite import Suite, Validation
from suining_data.quality.validations import (
    FOLDERS,
    VALIDATIONS,
    create_validations,
    keep_validation,
    write_validations,
)

# jsonschema imports it if it is there, to validate formats that nobody uses here: a third of the time to import Great Expectations
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def import_in_background() -> None:
    """Start importing Great Expectations (3 s) in a thread. DuckDB releases the GIL, so the run hardly waits."""
    threading.Thread(target=importlib.import_module, args=(f"{__name__}.engine",), daemon=True).start()


__all__ = [
    "CHECK_OF_DIMENSION",
    "CORRECTIONS",
    "FINDING_KINDS",
    "FOLDERS",
    "IN_QUESTION",
    "REPLY_KINDS",
    "SCORES",
    "STATUS",
    "VALIDATIONS",
    "Severity",
    "Suite",
    "TableRule",
    "Validation",
    "base_suite",
    "create_corrections",
    "create_scores",
    "create_validations",
    "import_in_background",
    "keep_validation",
    "misdeclared_system",
    "overdue_tickets",
    "promote_corrections",
    "promote_scores",
    "replies_made",
    "reply",
    "staged_suite",
    "write_corrections",
    "write_scores",
    "write_validations",
    "write_values_in_question",
]

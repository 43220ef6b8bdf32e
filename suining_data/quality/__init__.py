"""The rules of tables, from the catalogue, the elements and schema.yml, validated by Great Expectations."""

import importlib
import threading

from suining_data.quality.contracts import base_suite, staged_suite
from suining_data.quality.rules import CHECK_OF_DIMENSION, Severity, TableRule
from suining_data.quality.suite import Suite, Validation
from suining_data.quality.validations import (
    FOLDERS,
    VALIDATIONS,
    create_validations,
    keep_validation,
    write_validations,
)


def import_in_background() -> None:
    """Start importing Great Expectations (3-4 s) in a thread. DuckDB releases the GIL, so the run hardly waits."""
    threading.Thread(target=importlib.import_module, args=(f"{__name__}.engine",), daemon=True).start()


__all__ = [
    "CHECK_OF_DIMENSION",
    "FOLDERS",
    "VALIDATIONS",
    "Severity",
    "Suite",
    "TableRule",
    "Validation",
    "base_suite",
    "create_validations",
    "import_in_background",
    "keep_validation",
    "staged_suite",
    "write_validations",
]

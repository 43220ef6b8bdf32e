"""Gates between stages: suites built from the catalogue, the elements and schema.yml, judged by Great Expectations."""

import importlib
import threading

from suining_data.quality.contracts import base_suite, staged_suite
from suining_data.quality.suite import CHECK_OF_DIMENSION, Check, Severity, Suite


def import_in_background() -> None:
    """Start importing Great Expectations (3-4 s) in a thread: DuckDB lets go of the GIL, so most of it is hidden."""
    threading.Thread(target=importlib.import_module, args=(f"{__name__}.engine",), daemon=True).start()


__all__ = ["CHECK_OF_DIMENSION", "Check", "Severity", "Suite", "base_suite", "import_in_background", "staged_suite"]

"""The validation of a staging table, before it may be promoted.

Here: the results of a step's own checks and of its suite. Not here: the rules of a suite (quality/), the results as data
(check_results.py).
"""

from collections.abc import Collection

import dagster as dg

from suining_data.display import visible_lines
from suining_data.orchestration.step import Check, Connection, Step, WriteResult
from suining_data.quality import Validation
from suining_data.warehouse import STAGING


def validate(
    con: Connection, step: Step, write: WriteResult, part: str | None = None, changed: Collection[str] = ()
) -> tuple[list[dg.AssetCheckResult], Validation | None]:
    """One result for each check of the step, and the validation of its suite; its staging table must be committed.

    `part`: the table of the rows that were written, if the others are as they were; `changed`: what has changed for it.
    """
    results = [_own_result(check, write) for check in step.checks]
    validation = step.suite.validate(con, f"{step.key}{STAGING}", part, changed) if step.suite else None
    return results + (validation.checks if validation else []), validation


def _own_result(check: Check, write: WriteResult) -> dg.AssetCheckResult:
    sentences = [visible_lines(sentence) for sentence in write.failures.get(check.name, ())]
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN if check.is_warning else dg.AssetCheckSeverity.ERROR,
        description="\n".join(sentences) or None,
        metadata={"failed": len(sentences)},
    )

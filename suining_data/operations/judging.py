"""What is found of a side table before it may replace the one in force.

Here: the results of a step's own checks and of its suite. Not here: which rules there are (quality/), keeping the
results (results.py).
"""

import dagster as dg

from suining_data.operations.step import Connection, Outcome, OwnCheck, Step
from suining_data.quality import Validation
from suining_data.warehouse import NEXT


def judge(con: Connection, step: Step, outcome: Outcome) -> tuple[list[dg.AssetCheckResult], Validation | None]:
    """A result for each of the step's checks, and the validation of its suite, if it has one."""
    results = [_own_result(check, outcome) for check in step.checks]
    validation = step.suite.validate(con, f"{step.key}{NEXT}") if step.suite else None
    return results + (validation.checks if validation else []), validation


def _own_result(check: OwnCheck, outcome: Outcome) -> dg.AssetCheckResult:
    sentences = outcome.failures.get(check.name, ())
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN if check.is_warning else dg.AssetCheckSeverity.ERROR,
        description="\n".join(sentences) or None,
        metadata={"failed": len(sentences)},
    )

"""What is found of a side table before it may replace the one in force.

Here: the results of a step's own checks and of its suite. Not here: which rules there are (quality/), keeping the
results (results.py).
"""

import dagster as dg

from suining_data.operations.step import Connection, Outcome, OwnCheck, Step
from suining_data.warehouse import NEXT


def judge(con: Connection, step: Step, outcome: Outcome) -> list[dg.AssetCheckResult]:
    """A result for each of the step's checks."""
    results = [_own_result(check, outcome) for check in step.checks]
    if step.suite:
        results += step.suite.judge(con, f"{step.key}{NEXT}")
    return results


def _own_result(check: OwnCheck, outcome: Outcome) -> dg.AssetCheckResult:
    sentences = outcome.failures.get(check.name, ())
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN if check.is_warning else dg.AssetCheckSeverity.ERROR,
        description="\n".join(sentences) or None,
        metadata={"failed": len(sentences)},
    )

"""Nothing is taken on trust: every file and table is the one that was written, and a rebuild equals the warehouse.

Here: `check`, which compares digests in a moment; `verify`, which rebuilds everything on the side from landing/ and the registry; the
job and schedule that run both. Not here: the steps that a rebuild runs again (orchestration/), a prediction of a change (whatif/).
"""

from suining_data.verification.chain import NotRecorded, check
from suining_data.verification.finding import Checked, Finding, Stage
from suining_data.verification.job import verification_job, weekly_verification
from suining_data.verification.rebuild import Difference, NotCurrent, verify
from suining_data.verification.snapshots import check_snapshot

__all__ = [
    "Checked",
    "Difference",
    "Finding",
    "NotCurrent",
    "NotRecorded",
    "Stage",
    "check",
    "check_snapshot",
    "verification_job",
    "verify",
    "weekly_verification",
]

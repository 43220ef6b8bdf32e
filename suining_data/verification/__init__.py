"""The weekly proof: a rebuild from landing/ and the registry, on the side, equals what the warehouse has.

Here: `verify`, and the job and schedule that run it. Not here: the steps that it runs again (orchestration/), a
prediction of a change (whatif/).
"""

from suining_data.verification.job import verification_job, weekly_verification
from suining_data.verification.rebuild import Difference, NotCurrent, verify

__all__ = ["Difference", "NotCurrent", "verification_job", "verify", "weekly_verification"]

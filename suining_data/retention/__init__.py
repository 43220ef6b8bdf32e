"""Retention: what nobody needs any more is removed, and its space goes back to the disk.

Here: old runs of Dagster's log (old_runs.py), rows of replaced batches (replaced_rows.py), the job `retention` (job.py).
Not here: the ticks of schedules and sensors, which Dagster purges itself (dagster.yaml), and snapshots, which every
publication removes (publication/).

What stays, and why
-------------------
- landing/: the deliveries of the departments are not ours to delete.
- The run that last materialised a table, however old: Dagster's page of the table shows it.
- Raw rows of batches that count, and of superseded ones: the row accounts, silent revisions and a withdrawal need them. A
  replaced batch is one whose file was delivered again under the same name; nothing reads its rows, except a withdrawal of
  the batch that replaced it, for which SUINING_KEEP_DAYS must be enough.
- The ledger, the registry and the history: that is the record of what was done.
- The quarantine has the rows of batches that count, and goes with them.
"""

from suining_data.retention.job import RETENTION_JOB, Removed, remove, weekly_retention

__all__ = ["RETENTION_JOB", "Removed", "remove", "weekly_retention"]

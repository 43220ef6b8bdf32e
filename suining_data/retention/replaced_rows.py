"""Raw rows of replaced batches: their file was delivered again under the same name, with another content.

Here: finding their files. Not here: the ledger, which keeps the batch (ingestion/ledger.py).

If the content is delivered once more, its file is read again, as a file that raw/ has lost.
"""

from datetime import datetime
from pathlib import Path

from suining_data.ingestion import raw_path, rejected_path
from suining_data.orchestration.step import Connection
from suining_data.settings import Settings


def replaced_files(con: Connection, settings: Settings, before: datetime) -> list[Path]:
    """The files in raw/ of the batches that were replaced before. `before` is in local time, as the ledger is."""
    rows = con.execute(
        """
        select resource_id, batch_id from governance.batch as former
        where status = 'replaced' and exists (
            from governance.batch as later
            where later.resource_id = former.resource_id and later.file_name = former.file_name
                and later.status not in ('replaced', 'refused')
                and later.first_seen_at > former.first_seen_at and later.first_seen_at < ?)
        order by all
        """,
        [before],
    ).fetchall()
    paths = (path(settings, *row) for row in rows for path in (raw_path, rejected_path))
    return [path for path in paths if path.exists()]

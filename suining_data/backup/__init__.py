"""`suining backup` and `suining restore`: what nothing can compute again, in a folder, and back.

Here: writing a backup (saving.py), its list of files with their digests (seal.py), restoring it (restoring.py).
Not here: landing/, which is copied as it is by whatever copies folders, and the key of the tombstones, which goes into
another backup (../tombstones.py says why).

What a backup has
-----------------
- registry.duckdb: schemas `registry` and `history`, as with every publication: golden ids, decisions, tombstones, and
  whatever else people decided.
- ledger/: when each batch came, and which refused ones somebody accepted.
- access/: the access log, whose last hash is in the registry. A log that the data folder has is not replaced: it is newer.
- raw/: the rows of the batches. Most could be read from landing/ again, but not those whose file was removed, or replaced by
  one that is refused; and a file that is older than a field of the catalogue is known by the columns of its rows.
With it and landing/, the next refresh builds all else anew.
"""

from suining_data.backup.restoring import restore
from suining_data.backup.saving import Saved, save
from suining_data.backup.seal import BackupError

__all__ = ["BackupError", "Saved", "restore", "save"]

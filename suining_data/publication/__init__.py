"""The published snapshot that analysts open: a DuckDB file, Parquet files and a manifest, replaced as a whole."""

from suining_data.publication.audience_file import measured_anonymity
from suining_data.publication.confidential_rows import with_persons_hidden
from suining_data.publication.dictionary import DICTIONARY, write_dictionary
from suining_data.publication.handed_out import load_audiences, with_own_files
from suining_data.publication.kept_snapshots import (
    Broken,
    Rollback,
    Snapshot,
    broken_files,
    create_rollbacks,
    current_run,
    ended_rollback,
    go_back,
    is_whole,
    kept_snapshots,
    record_rollback,
    remove_old,
    standing_rollback,
    wrong_links,
)
from suining_data.publication.labels import contracts_of, labels_of
from suining_data.publication.macro_outputs import CHART_BOOK, OVERVIEW_MAP
from suining_data.publication.manifest import (
    DATABASE,
    MANIFEST,
    PublishedTable,
    create_manifests,
    listed_files,
    published_manifest,
    read_database,
    read_manifest,
    start_anew,
    trust_kept,
)
from suining_data.publication.next_snapshot import Addition, additions, discard_next
from suining_data.publication.page import PAGE
from suining_data.publication.rights import close_folders
from suining_data.publication.services import load_services
from suining_data.publication.signature import (
    PUBLIC_KEY,
    KeyUnusable,
    Signed,
    fingerprint,
    is_signed_as_set,
    sign,
    signed,
    signing_key,
)
from suining_data.publication.snapshot import publish

__all__ = [
    "CHART_BOOK",
    "DATABASE",
    "DICTIONARY",
    "MANIFEST",
    "OVERVIEW_MAP",
    "PAGE",
    "PUBLIC_KEY",
    "Addition",
    "Broken",
    "KeyUnusable",
    "PublishedTable",
    "Rollback",
    "Signed",
    "Snapshot",
    "additions",
    "broken_files",
    "close_folders",
    "contracts_of",
    "create_manifests",
    "create_rollbacks",
    "current_run",
    "discard_next",
    "ended_rollback",
    "fingerprint",
    "go_back",
    "is_signed_as_set",
    "is_whole",
    "kept_snapshots",
    "labels_of",
    "listed_files",
    "load_audiences",
    "load_services",
    "measured_anonymity",
    "publish",
    "published_manifest",
    "read_database",
    "read_manifest",
    "record_rollback",
    "remove_old",
    "sign",
    "signed",
    "signing_key",
    "standing_rollback",
    "start_anew",
    "trust_kept",
    "with_own_files",
    "with_persons_hidden",
    "write_dictionary",
    "wrong_links",
]

"""staged -> linked: records of one subject from all sources, with the id of the golden record."""

from suining_data.linkage.attributes import OFFERED
from suining_data.linkage.clustering import ACCEPT
from suining_data.linkage.registry import create_registry
from suining_data.linkage.registry_backup import back_up_registry, restore_registry
from suining_data.linkage.review import pair_id
from suining_data.linkage.subjects import SUBJECTS, Subject
from suining_data.linkage.tables import LinkedTable, linked_tables

__all__ = [
    "ACCEPT",
    "OFFERED",
    "SUBJECTS",
    "LinkedTable",
    "Subject",
    "back_up_registry",
    "create_registry",
    "linked_tables",
    "pair_id",
    "restore_registry",
]

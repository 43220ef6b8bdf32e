"""staged -> linked: records of one subject from all sources, with the id of the golden record."""

from suining_data.linkage.address_forms import address_id, is_no_town
from suining_data.linkage.address_texts import address_text, digits
from suining_data.linkage.registry import create_registry
from suining_data.linkage.registry_backup import back_up_registry, copy_is_whole, restore_registry
from suining_data.linkage.review import pair_id
from suining_data.linkage.subject_linkage import SUBJECT_LINKAGES, SubjectLinkage
from suining_data.linkage.tables import LinkedTable, linked_tables
from suining_data.linkage.threshold import ACCEPT

__all__ = [
    "ACCEPT",
    "SUBJECT_LINKAGES",
    "LinkedTable",
    "SubjectLinkage",
    "address_id",
    "address_text",
    "back_up_registry",
    "copy_is_whole",
    "create_registry",
    "digits",
    "is_no_town",
    "linked_tables",
    "pair_id",
    "restore_registry",
]

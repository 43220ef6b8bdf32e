"""Who looked at personal data, and who decided about pairs: logs that are only appended to, chained by hash, and checked."""

from suining_data.access.chain import Finding, Head
from suining_data.access.decisions import TABLE as LINKS
from suining_data.access.decisions import (
    begin_chain,
    forget_decisions,
    last_link,
    link_decision,
    next_number,
    numbers_of,
)
from suining_data.access.findings import findings
from suining_data.access.heads import TABLE as HEADS
from suining_data.access.heads import note_head
from suining_data.access.log import append, copy_log, entries, head_file, restore_log, tampered
from suining_data.access.looks import (
    GOLDEN_ID,
    NUMBERS,
    by_user,
    masked,
    of_subject,
    os_user,
    record,
    without_subjects,
)

__all__ = [
    "GOLDEN_ID",
    "HEADS",
    "LINKS",
    "NUMBERS",
    "Finding",
    "Head",
    "append",
    "begin_chain",
    "by_user",
    "copy_log",
    "entries",
    "findings",
    "forget_decisions",
    "head_file",
    "last_link",
    "link_decision",
    "masked",
    "next_number",
    "note_head",
    "numbers_of",
    "of_subject",
    "os_user",
    "record",
    "restore_log",
    "tampered",
    "without_subjects",
]

"""The number of records that a document reports about itself, as interfaces and exports write it.

Here: the names of such a number, and which of the numbers found is not met. Not here: reading documents, pages.
"""

from collections.abc import Iterable

COUNT_NAMES = (
    "total", "Total", "TOTAL", "totalCount", "TotalCount", "total_count", "totalNum", "total_num", "totalNumber",
    "totalRecord", "totalRecords", "total_records", "totalElements", "totalSize", "totalRows", "count", "Count", "COUNT",
    "recordCount", "RecordCount", "record_count", "recordsTotal", "records_total", "rowCount", "row_count",
    "总数", "总条数", "总记录数", "记录数", "记录总数",
)  # fmt: skip


_LOWER = {name.lower() for name in COUNT_NAMES}


def is_count(name: str) -> bool:
    return name.lower() in _LOWER


def unmet(announced: Iterable[int | None], *found: int) -> int | None:
    """The first announced number that is none of the numbers `found`; negative ones mean that it is not known."""
    return next((n for n in announced if n is not None and n >= 0 and n not in found), None)

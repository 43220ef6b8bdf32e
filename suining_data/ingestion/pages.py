"""JSON in pages: the answer of an interface, one file per page, read as one batch.

Here: whether all pages are there, and which record of the batch is in which page.
Not here: the form of a record (json_documents.py), which files belong together (deliveries.py).

`_line` numbers the records of all pages, in the order of the page numbers inside the pages. governance.batch_file gives
for each number the page and the record in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import duckdb

from suining_data.catalog.model import Pages, Resource
from suining_data.display import visible
from suining_data.ingestion.json_documents import (
    RECORDS,
    Loaded,
    read_records,
    unreadable,
)
from suining_data.ingestion.json_facts import DocumentFacts, document_facts, documents, json_path, refuse_if_repeated
from suining_data.ingestion.json_text import readable
from suining_data.ingestion.reading import LINE, Part, ReadResult, Refused, Target, yaml_of
from suining_data.settings import Limits
from suining_data.sql import literal

SHOWN_PAGES = 10


@dataclass(frozen=True)
class _Page:
    """What a page says about itself: None where it says nothing. `records` is None when the page has no array."""

    file: str
    source: str  # the path that DuckDB reads
    documents: int
    number: int | None
    count: int | None
    total: int | None
    records: int | None


def read_pages(con: duckdb.DuckDBPyConnection, files: Sequence[Path], resource: Resource, target: Target) -> ReadResult:
    """Reads all pages of one batch; Refused unless every page is there once and the number of records is as announced."""
    pages = resource.delivery.pages
    assert pages is not None
    readables = {readable(file, resource, target, number): file for number, file in enumerate(files, start=1)}
    found = _found(con, readables, resource, pages, target)
    for page in found:
        _refuse_if_it_is_no_page(page, resource, pages)
    ordered = sorted(found, key=lambda page: page.number or 0)
    _refuse_unless_complete(ordered)
    counts = [page.records or 0 for page in ordered]
    firsts = accumulate(counts, initial=1)
    parts = [Part(page.file, first, records) for page, first, records in zip(ordered, firsts, counts, strict=False)]
    return read_records(
        con, resource, target, lambda _: _load(con, ordered, parts, resource, target.limits), parts=tuple(parts)
    )


def _found(
    con: duckdb.DuckDBPyConnection, files: dict[Path, Path], resource: Resource, pages: Pages, target: Target
) -> list[_Page]:
    keys = [pages.number, pages.count, pages.total]
    try:
        facts = list(document_facts(con, files, resource.delivery.records or "", keys, target.limits))
    except duckdb.InvalidInputException as error:
        raise unreadable(
            str(error), list(files.items()), resource, target.limits
        ) from None  # DuckDB's may have a value
    by_source: dict[str, list[DocumentFacts]] = {str(source): [] for source in files}
    for document in facts:
        by_source[document.source].append(document)
    found = []
    for source, file in files.items():
        inside = by_source[str(source)]
        for document in inside:
            refuse_if_repeated(document, resource, visible(file.name), visible(file.name))
        number, count, total = inside[0].numbers if inside else (None, None, None)
        records = inside[0].records if inside else None
        found.append(_Page(visible(file.name), str(source), len(inside), number, count, total, records))
    return found


def _load(
    con: duckdb.DuckDBPyConnection, pages: list[_Page], parts: list[Part], resource: Resource, limits: Limits
) -> Loaded:
    """Fills the table of records with one row per record. Pages are read in parallel."""
    firsts = ", ".join(f"({literal(page.source)}, {part.first_line})" for page, part in zip(pages, parts, strict=True))
    at = json_path(resource.delivery.records or "")
    con.execute(f"""
        create or replace temp table {RECORDS} as
        select first_line + position as {LINE}, text
        from (
            select filename, unnest(json_extract(json, {literal(at + "[*]")})) as text,
                unnest(range(json_array_length(json, {literal(at)})::bigint)) as position
            from {documents((page.source for page in pages), limits)}
        )
        join (values {firsts}) as part(filename, first_line) using (filename)""")
    return Loaded(sum(part.lines for part in parts))


def _refuse_if_it_is_no_page(page: _Page, resource: Resource, pages: Pages) -> None:
    if page.documents != 1 or page.records is None:
        path = resource.delivery.records
        raise Refused(
            f"{page.file}: 不是一页数据（没有数组 {path}，可能是接口报错页或空文件）。请重新获取这一页，"
            f"或核对 {yaml_of(resource)} 的 delivery.records。",
            f"{page.file}: this is not a page (no array at {path}). It may be an error page of the interface or an empty "
            f"file. Fetch it again, or check delivery.records in {yaml_of(resource)}.",
        )
    announced = {pages.number: page.number, pages.count: page.count, pages.total: page.total}
    missing = [key for key, value in announced.items() if value is None]
    if missing:
        raise Refused(
            f"{page.file}: 缺少整数 {'、'.join(missing)}。请核对 {yaml_of(resource)} 的 delivery.pages。",
            f"{page.file}: no whole number at {', '.join(missing)}. Check delivery.pages in {yaml_of(resource)}.",
        )


def _refuse_unless_complete(pages: list[_Page]) -> None:
    first = pages[0]
    for page in pages:
        if (page.count, page.total) != (first.count, first.total):
            raise Refused(
                f"{page.file}: 称共 {page.count} 页 {page.total} 条，而 {first.file} 称共 {first.count} 页 {first.total} 条，"
                "数据在获取途中变了。请重新获取全部页。",
                f"{page.file}: the page reports {page.count} pages and {page.total} records, but {first.file} reports "
                f"{first.count} and {first.total}. The data changed during the fetch. Fetch all pages again.",
            )
    by_number: dict[int, str] = {}
    for page in pages:
        number, count = page.number or 0, page.count or 0
        if number in by_number:
            raise Refused(
                f"{page.file}: 第 {number} 页已在 {by_number[number]} 中，页重复。请只保留一个文件，或重新获取。",
                f"{page.file}: page {number} is also in {by_number[number]}. Keep one of the files, or fetch them again.",
            )
        if not 1 <= number <= count:
            raise Refused(
                f"{page.file}: 自称第 {number} 页，而共 {count} 页。请重新获取全部页。",
                f"{page.file}: the page has the number {number}, but there are {count} pages. Fetch all pages again.",
            )
        by_number[number] = page.file
    _refuse_if_pages_are_missing(by_number, first.count or 0)
    records = sum(page.records or 0 for page in pages)
    if records != first.total:
        raise Refused(
            f"全部页: 各页共 {records} 条记录，接口称共 {first.total} 条。请重新获取全部页。",
            f"all pages: they hold {records} records, but the interface reports {first.total}. Fetch all pages again.",
        )


def _refuse_if_pages_are_missing(found: dict[int, str], count: int) -> None:
    missing = count - len(found)
    if not missing:
        return
    shown: list[str] = []
    number = 1
    while len(shown) < min(missing, SHOWN_PAGES):
        if number not in found:
            shown.append(str(number))
        number += 1
    more = missing > len(shown)
    raise Refused(
        f"全部页: 缺少第 {'、'.join(shown)}{' 等' if more else ''} 页（共 {count} 页，到了 {len(found)} 页）。"
        "请补齐，补齐后自动读取。",
        f"all pages: page {', '.join(shown)}{' and more' if more else ''} of {count} is missing ({len(found)} are there). "
        "Put the missing pages into the same folder; then the batch is read.",
    )

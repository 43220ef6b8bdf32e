"""Whether the catalogue makes sense: every mistake with its file, line, resource, field and how to fix it.

Here: `check`, and the rules about files, sharing and delivery.
Not here: rules about columns (checking_rows.py), the form of the files (reading.py), whether deliveries agree with the
catalogue (ingestion/).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from suining_data.catalog.checking_rows import Finding, row_findings
from suining_data.catalog.messages import message
from suining_data.catalog.model import BATCH_SOURCES, WORKBOOKS, Delivery, Format, Mode, Resource, Share, ShareType
from suining_data.catalog.problems import Place, Problem
from suining_data.catalog.reading import UNITS, Document, read
from suining_data.catalog.statistical_layouts import FIGURE_SOURCES, words

CODE = re.compile(r"[1-3][0-9]{5}/[0-9]{6}")
WITH_RECORDS = (Format.JSON, Format.XML)
WITH_SHAPES = (Format.SHP, Format.GPKG)
ONLY_WORKBOOKS = {"header_rows", "title_rows", "sheets", "layouts"}


def check(directory: Path = UNITS) -> list[Problem]:
    """Every problem of the unit files in a folder, ordered by file and line; empty when there is none."""
    documents = read(directory)
    for document in documents:
        for found, place in _file_findings(document):
            document.report(found, place)
        for n, resource in document.resources.items():
            for found, place in _resource_findings(resource):
                document.report(found, ("resources", n, *place))
    _report_duplicates(documents)
    _report_unknown_related(documents)
    problems = [problem for document in documents for problem in document.problems]
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0))


def _file_findings(document: Document) -> Iterator[Finding]:
    unit = document.unit
    if unit and document.file != f"{unit.id}.yaml":
        yield message("file_name", unit=unit.id), ("unit", "id")
    for n, resource in document.resources.items():
        if unit and resource.id.split("__")[0] != unit.id:
            yield message("unit_prefix", id=resource.id, unit=unit.id), ("resources", n, "id")
    yield from _pattern_findings(document.resources)


def _pattern_findings(resources: dict[int, Resource]) -> Iterator[Finding]:
    """Patterns of one landing folder that can match the same file."""
    for n, resource in resources.items():
        place = ("resources", n, "delivery", "pattern")
        pattern = resource.delivery.pattern
        yield from _glob_findings(pattern, place)
        for m, other in resources.items():
            theirs = other.delivery.pattern
            if m < n and globs_meet(pattern, theirs):
                yield message("patterns_meet", pattern=pattern, other=other.id, theirs=theirs), place


def _glob_findings(pattern: str, place: Place) -> Iterator[Finding]:
    if re.search(r"[\[\]{}/\\]", pattern):
        yield message("pattern", pattern=pattern), place


def globs_meet(one: str, other: str) -> bool:
    """Whether some file name matches both patterns (`*` and `?` only)."""

    @cache
    def meet(i: int, j: int) -> bool:
        """Whether one text matches both one[i:] and other[j:]."""
        if i == len(one) or j == len(other):
            return set(one[i:] + other[j:]) <= {"*"}
        if "*" in (one[i], other[j]):  # the star ends here, or it matches the other pattern's next character
            return meet(i + 1, j) or meet(i, j + 1)
        return (one[i] == other[j] or "?" in (one[i], other[j])) and meet(i + 1, j + 1)

    return meet(0, 0)


def _resource_findings(resource: Resource) -> Iterator[Finding]:
    if not resource.code or not CODE.fullmatch(resource.code):
        yield message("code"), ("code",)
    rows = resource.expected_rows
    if rows.min > rows.max:
        yield message("expected_rows", min=rows.min, max=rows.max), ("expected_rows",)
    yield from _share_findings(resource)
    yield from _delivery_findings(resource.delivery, {field.source for field in resource.fields} - set(BATCH_SOURCES))
    yield from row_findings(resource)


def _share_findings(resource: Resource) -> Iterator[Finding]:
    yield from _terms(resource.share, ("share",))
    for n, field in enumerate(resource.fields):
        if field.share:
            yield from _terms(field.share, ("fields", n, "share"))
    from_wide_to_narrow = list(ShareType)
    if resource.share.type is ShareType.NONE and resource.open is not ShareType.NONE:
        yield message("open_not_shared"), ("open",)
    elif from_wide_to_narrow.index(resource.open) < from_wide_to_narrow.index(resource.share.type):
        yield message("open_wider"), ("open",)


def _terms(share: Share, place: Place) -> Iterator[Finding]:
    if share.type is ShareType.CONDITIONAL and not share.condition:
        yield message("condition"), place
    if share.type is ShareType.NONE and not share.basis:
        yield message("basis"), place


def _delivery_findings(delivery: Delivery, sources: set[str]) -> Iterator[Finding]:
    is_workbook = delivery.format in WORKBOOKS
    formats = {} if is_workbook else dict.fromkeys(ONLY_WORKBOOKS, "xlsx, xls")
    if is_workbook or delivery.format in (Format.POSTGRES, Format.GPKG, Format.PARQUET):
        formats["encoding"] = "csv, dbf, json, json_lines, shp, xml"
    if delivery.format is not Format.CSV:
        formats["delimiter"] = "csv"
    if delivery.format is not Format.JSON:
        formats["pages"] = "json"
    if delivery.format not in WITH_RECORDS:
        formats["records"] = "json, xml"
    elif not delivery.records:
        yield message("records", format=delivery.format), ("delivery",)
    for option in sorted(formats.keys() & delivery.model_fields_set):
        yield message("misplaced_option", option=option, formats=formats[option]), ("delivery", option)
    if "_sheet" in sources and not is_workbook:
        yield message("misplaced_option", option="_sheet", formats="xlsx, xls"), ("fields",)
    if "_geometry" in sources and delivery.format not in WITH_SHAPES:
        yield message("misplaced_option", option="_geometry", formats="gpkg, shp"), ("fields",)
    if delivery.format in WITH_SHAPES and "_geometry" not in sources:
        yield message("shape_missing"), ("fields",)
    yield from _archive_findings(delivery)
    yield from _exchange_findings(delivery, sources)
    if delivery.layouts:
        yield from _layout_findings(delivery, sources)


def _archive_findings(delivery: Delivery) -> Iterator[Finding]:
    if delivery.member:
        yield from _glob_findings(delivery.member, ("delivery", "member"))
    if (delivery.archive is None) != (delivery.member is None):
        yield message("archive"), ("delivery",)
    if delivery.archive and delivery.pages:
        yield message("pages_archive"), ("delivery", "pages")


def _exchange_findings(delivery: Delivery, sources: set[str]) -> Iterator[Finding]:
    exchange = delivery.exchange
    if (exchange is not None) != (delivery.format is Format.POSTGRES):
        yield message("exchange"), ("delivery",)
    if exchange is None:
        return
    if delivery.pattern.count("*") != 1 or "?" in delivery.pattern or delivery.mode is not Mode.DELTA:
        yield message("exchange_files"), ("delivery", "pattern")
    flag = [exchange.deleted.column] if exchange.deleted else []
    for source in dict.fromkeys([exchange.watermark, *exchange.key, *flag]):
        if source not in sources:
            yield message("undeclared_source", source=source), ("delivery", "exchange")


def _layout_findings(delivery: Delivery, sources: set[str]) -> Iterator[Finding]:
    known = words().layouts
    for layout in delivery.layouts:
        if layout not in known:
            yield message("unknown_layout", layout=layout, layouts=", ".join(known)), ("delivery", "layouts")
    for source in sorted(sources - set(FIGURE_SOURCES)):
        yield message("layout_source", source=source, sources="、".join(FIGURE_SOURCES)), ("fields",)


def _report_duplicates(documents: Iterable[Document]) -> None:
    """Unit ids, resource ids and codes that occur twice: each repetition is reported."""
    seen: dict[tuple[str, str], list[tuple[Document, Place]]] = defaultdict(list)
    for document in documents:
        if document.unit:
            seen["unit", document.unit.id].append((document, ("unit", "id")))
        for n, resource in document.resources.items():
            seen["resource", resource.id].append((document, ("resources", n, "id")))
            if resource.code:
                seen["code", resource.code].append((document, ("resources", n, "code")))
    for (_, value), ((first, first_place), *repeated) in seen.items():
        for document, place in repeated:
            document.report(message("duplicate_id", value=value, file=first.file, line=first.line(first_place)), place)


def _report_unknown_related(documents: Iterable[Document]) -> None:
    written = [(document, n, resource) for document in documents for n, resource in document.resources.items()]
    ids = {resource.id for _, _, resource in written}
    for document, n, resource in written:
        for m, id in enumerate(resource.related):
            if id not in ids:
                document.report(message("related", id=id), ("resources", n, "related", m))

"""What a JSON document says about itself before its records are read: where its arrays are, how often, how many records.

Here: the facts of documents, in SQL, and the refusal of a document without its array or with the array twice.
Not here: the records (json_documents.py), whether pages are complete (pages.py).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.announced import COUNT_NAMES
from suining_data.ingestion.reading import Refused, yaml_of
from suining_data.settings import Limits
from suining_data.sql import literal

SHOWN_ARRAYS = 5
LARGEST_SHOWN = 64 << 20  # bytes of a file whose arrays are named


@dataclass(frozen=True)
class DocumentFacts:
    """What a document says about itself."""

    source: str
    records: int | None  # None without an array at the declared path
    times: int  # that a step of the path occurs, whatever the case of its letters
    numbers: list[int | None]  # at the paths that were asked for


def count_paths(path: str) -> list[str]:
    """Where a document may report the number of its records: beside the array and above it."""
    steps = path.split(".")
    return [".".join([*steps[:depth], name]) for depth in range(len(steps)) for name in COUNT_NAMES]


def document_facts(
    con: duckdb.DuckDBPyConnection, found: Iterable[Path], path: str, numbers: Sequence[str], limits: Limits
) -> Iterator[DocumentFacts]:
    """One for each document, in the order of the files. `numbers` are the paths of whole numbers to look up."""
    steps = path.split(".")
    parents = ["$", *(json_path(".".join(steps[:depth])) for depth in range(1, len(steps)))]
    occurrences = ", ".join(
        f"len(list_filter(keys[{depth}], lambda key: lower(key) = {literal(step.lower())}))"
        for depth, step in enumerate(steps, start=1)
    )
    at = literal(json_path(path))
    result = con.execute(f"""
        select filename, records, greatest({occurrences}), numbers
        from (
            select filename, json_keys(json, [{", ".join(map(literal, parents))}]) as keys,
                case when json_type(json, {at}) = 'ARRAY' then json_array_length(json, {at}) end as records,
                [try_cast(n as bigint) for n in
                    json_extract_string(json, [{", ".join(literal(json_path(key)) for key in numbers)}])] as numbers
            from {documents(found, limits)})""")
    while rows := result.fetchmany(1000):
        yield from (DocumentFacts(*row) for row in rows)


def documents(found: Iterable[str | Path], limits: Limits, *, is_array: bool = False) -> str:
    """SQL: the documents of some files, or the elements of the one array that a file is."""
    listed = ", ".join(literal(source) for source in found)
    return f"""read_json_objects([{listed}], format = '{"array" if is_array else "unstructured"}', filename = true,
        hive_partitioning = false, maximum_object_size = {limits.document_mb << 20})"""


def refuse_if_repeated(document: DocumentFacts, resource: Resource, zh: str, en: str) -> None:
    if document.records is not None and document.times > 1:
        path = resource.delivery.records
        raise Refused(
            f"{zh}: {path} 中有一项出现 {document.times} 次（不分大小写），只能读到一次的内容。请交付方重新导出。",
            f"{en}: a key of {path} occurs {document.times} times (in any case of letters), and only one of them can be "
            "read. Ask the department for a new export.",
        )


def without_array(number: int, source: Path, resource: Resource) -> Refused:
    path = resource.delivery.records or ""
    arrays = "、".join(_arrays(source))
    elsewhere_zh = f"文件中的数组是 {arrays}。" if arrays else ""
    elsewhere_en = f"Its arrays are at {arrays}. " if arrays else ""
    return Refused(
        f"{number} 个 JSON 文档中没有数组 {path or '（顶层）'}，可能是接口报错页或空文件。{elsewhere_zh}"
        f"请核对 {yaml_of(resource)} 的 delivery.records，或请交付方重新导出。",
        f"{number} JSON document(s) have no array at {path or 'the top level'}. The file may be an error page of "
        f"the interface, or empty. {elsewhere_en}Check delivery.records in {yaml_of(resource)}, or ask the department for a "
        "new export.",
    )


def _arrays(source: Path) -> list[str]:
    """Where the first document of a file has arrays of objects, for the message."""
    if source.stat().st_size > LARGEST_SHOWN:
        return []
    try:
        found, _ = json.JSONDecoder().raw_decode(source.read_text("utf-8-sig").lstrip())
    except (ValueError, RecursionError):
        return []
    paths: list[str] = []
    remaining = [("", found)]
    while remaining and len(paths) < SHOWN_ARRAYS:
        path, value = remaining.pop(0)
        if isinstance(value, dict):
            remaining += [(f"{path}.{key}".lstrip("."), below) for key, below in value.items()]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            paths.append(path or "（顶层）")
    return paths


def json_path(source: str) -> str:
    """DuckDB's path of a source; a dot leads into a nested object."""
    steps = source.split(".")
    return "$" + "".join('."{}"'.format(step.replace("\\", "\\\\").replace('"', '\\"')) for step in steps)

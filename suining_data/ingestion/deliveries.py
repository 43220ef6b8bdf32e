"""Which files of landing/ make one batch: a file, a file with the parts that belong to it, or all pages of an interface's
answer.

Here: the names and files of batches.
Not here: whether the files can be read now (arrival.py), whether all pages are there (pages.py).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from suining_data.catalog.model import Format, Resource
from suining_data.display import visible
from suining_data.ingestion.dbase import cpg_of
from suining_data.ingestion.shapefile import parts_of
from suining_data.ingestion.sqlite_file import unfinished_changes

PAGE = re.compile(r"(?P<batch>.+)_p(?P<number>[0-9]{1,9})")


def deliveries(resource: Resource, files: Iterable[Path]) -> dict[str, list[Path]]:
    """Batch name -> its files. Pages are ordered by the number in their name; a Shapefile has its .shp first.

    The name of a paged batch is the page's name without the number: `sbcb_20190831_p001.json` is a page of
    `sbcb_20190831.json`.
    """
    if resource.delivery.pages is None:
        return {visible(file.name): delivered_files(resource, file) for file in files}
    batches: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    for file in files:
        found = PAGE.fullmatch(file.stem)
        stem, number = (found["batch"], int(found["number"])) if found else (file.stem, 1)
        batches[visible(stem + file.suffix)].append((number, file))
    return {name: [file for _, file in sorted(pages)] for name, pages in sorted(batches.items())}


def delivered_files(resource: Resource, path: Path) -> list[Path]:
    """The files that are delivered as `path`: the file itself, then what programs put beside it and what belongs to it."""
    delivery = resource.delivery
    if delivery.archive:
        return [path]
    if delivery.format is Format.SHP:
        return parts_of(path)
    if delivery.format is Format.DBF:
        return [path, *cpg_of(path)]
    if delivery.format is Format.GPKG:
        return [path, *unfinished_changes(path)]
    return [path]

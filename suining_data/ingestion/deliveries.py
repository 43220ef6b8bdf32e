"""Which files of landing/ make one batch: a file, a Shapefile with its parts, or all pages of an interface's answer.

Here: names and files of batches. Not here: whether they can be read now (arrival.py), whether pages are complete (pages.py).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.shapefile import parts_of

PAGE = re.compile(r"(?P<batch>.+)_p(?P<number>[0-9]{1,9})")


def deliveries(resource: Resource, files: Iterable[Path]) -> dict[str, list[Path]]:
    """The batches that these files make: name -> files, pages by the number in their name, a Shapefile's .shp first.

    Pages go by their name without the number: `sbcb_20190831_p001.json` is a page of `sbcb_20190831.json`.
    """
    if resource.delivery.pages is None:
        return {file.name: delivered_files(resource, file) for file in files}
    batches: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    for file in files:
        found = PAGE.fullmatch(file.stem)
        stem, number = (found["batch"], int(found["number"])) if found else (file.stem, 1)
        batches[stem + file.suffix].append((number, file))
    return {name: [file for _, file in sorted(pages)] for name, pages in sorted(batches.items())}


def delivered_files(resource: Resource, path: Path) -> list[Path]:
    """The files that are delivered as `path`: itself, and for a Shapefile the parts beside it."""
    is_loose_shapefile = resource.delivery.format is Format.SHP and not resource.delivery.archive
    return parts_of(path) if is_loose_shapefile else [path]

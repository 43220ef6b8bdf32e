"""The chart book and the SDMX files of the macro base, beside each file that has the base.

Here: which files an audience gets, and sharing those that stay as they are. Not here: what is in them (statistics/).
"""

import os

import duckdb

from suining_data.digests import digest_of_file
from suining_data.publication.next_snapshot import folder
from suining_data.settings import Settings
from suining_data.statistics import BOOK, FOLDERS, has_statistics, write_chart_book, write_sdmx_files

CHART_BOOK = BOOK  # its path in a snapshot


def write_outputs(con: duckdb.DuckDBPyConnection, settings: Settings, audience: str = "") -> None:
    """Write what is made of the macro base of the current database into the folder of its audience; without the base, nothing."""
    if not has_statistics(con):
        return
    target, published = folder(settings) / audience, settings.published / audience
    write_chart_book(con, target)
    write_sdmx_files(con, target)
    for file in (file for name in FOLDERS for file in sorted((target / name).iterdir())):
        before = published / file.relative_to(target)
        if before.is_file() and digest_of_file(before) == digest_of_file(file):
            file.unlink()
            os.link(before.resolve(), file)

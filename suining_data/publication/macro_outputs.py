"""The chart book and the SDMX files of the macro base, and the overview map, beside each file that has what they show.

Here: which files an audience gets, and sharing those that stay as they are. Not here: what is in them (statistics/).
"""

import os

import duckdb

from suining_data.digests import digest_of_file
from suining_data.publication.next_snapshot import folder
from suining_data.settings import Settings
from suining_data.statistics import BOOK, FOLDERS, MAP, has_statistics, write_chart_book, write_map, write_sdmx_files

CHART_BOOK, OVERVIEW_MAP = BOOK, MAP  # their paths in a snapshot


def write_outputs(con: duckdb.DuckDBPyConnection, settings: Settings, audience: str = "") -> None:
    """Write what is made of the current database into the folder of its audience; without the tables that it shows, nothing."""
    target, published = folder(settings) / audience, settings.published / audience
    if has_statistics(con):
        write_chart_book(con, target)
        write_sdmx_files(con, target)
    write_map(con, target)
    for file in (file for name in FOLDERS for file in sorted((target / name).glob("*"))):
        before = published / file.relative_to(target)
        if before.is_file() and digest_of_file(before) == digest_of_file(file):
            file.unlink()
            os.link(before.resolve(), file)

"""Writing delivered rows in the format their department uses.

Here: `write`, which chooses the writer by the catalogue's format. Not here: the formats (one module each).
"""

from collections.abc import Callable
from pathlib import Path

import duckdb

from suining_data.catalog import Format

from ..delivery import Delivered
from ..errors import ErrorRates
from . import dbf, delimited, geopackage, json_text, shapefile, workbook, workbook_97, xml_text

Writer = Callable[[duckdb.DuckDBPyConnection, Delivered, Path, ErrorRates], None]
_WRITERS: dict[Format, Writer] = {
    Format.CSV: delimited.write,
    Format.JSON: json_text.write_pages,
    Format.JSON_LINES: json_text.write_lines,
    Format.XML: xml_text.write,
    Format.XLSX: workbook.write,
    Format.XLS: workbook_97.write,
    Format.DBF: dbf.write,
    Format.SHP: shapefile.write,
    Format.GPKG: geopackage.write,
}


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> list[str]:
    """Write the files of table `delivered` and create `line_numbers(file_no, n, line_number)` of its readable rows.

    The names of the files: those of the batches, or of their pages or parts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    delivery = delivered.resource.delivery
    if delivery.pages:
        return json_text.write_page_files(con, delivered, folder, delivery.pages)
    _WRITERS[delivery.format](con, delivered, folder, rates)
    if delivery.format is Format.SHP:
        return [str(Path(name).with_suffix(suffix)) for name in delivered.files for suffix in shapefile.SUFFIXES]
    return list(delivered.files)


__all__ = ["write"]

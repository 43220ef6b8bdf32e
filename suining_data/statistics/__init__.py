"""The bases for readers: the chart book, SDMX and the yearbook of the macro base, the overview map. Each reads what one audience has."""

from suining_data.statistics.chart_book import BOOK, write_chart_book
from suining_data.statistics.chart_book import FOLDER as CHART_BOOK_FOLDER
from suining_data.statistics.figures import has_statistics, period_name
from suining_data.statistics.overview_map import FOLDER as MAP_FOLDER
from suining_data.statistics.overview_map import MAP, write_map
from suining_data.statistics.sdmx import FOLDER as SDMX_FOLDER
from suining_data.statistics.sdmx import write_sdmx_files
from suining_data.statistics.yearbook import write_yearbook

FOLDERS = (CHART_BOOK_FOLDER, SDMX_FOLDER, MAP_FOLDER)

__all__ = [
    "BOOK",
    "FOLDERS",
    "MAP",
    "has_statistics",
    "period_name",
    "write_chart_book",
    "write_map",
    "write_sdmx_files",
    "write_yearbook",
]

"""The current date of the city, and dates as day numbers.

Here: the one constant date of the synthetic city and conversions for numpy.
Not here: how departments write dates (habits.py).
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]  # days since 1970-01-01

TODAY = date(2019, 8, 31)  # the month of the bureau's report; the generator never uses the clock


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """Day number of a date."""
    return (date(year, month, of_month) - date(1970, 1, 1)).days


NOW = day(2019, 8, 31)
YEAR = 365.25


def year_of(days: Days) -> NDArray[np.int64]:
    """Calendar year of day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def compact(days: Days) -> NDArray[np.int64]:
    """Day numbers as yyyymmdd."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    return year * 10000 + month * 100 + (dates - months).astype(np.int64) + 1

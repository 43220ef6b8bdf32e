"""Birth dates that differ and may still be one: SQL over two texts of eight digits.

Here: which dates are near, which exclude each other, which say little. The levels of the model (comparisons.py), vetoes
(subject_linkage.py) and contests of numbers (person_contests.py) share it.
Not here: the form of a date (elements/dates.py).
"""

LUNAR = 51  # days by which a date of the lunar calendar, read as a solar one, is early at most
UNKNOWN = ("19000101", "19700101")  # what systems store for no date


def is_vague(birth: str) -> str:
    """SQL: whether a reported birth says little more than the year: many registers write the first of January for it."""
    return f"(substr({birth}, 5) = '0101')"


def is_exchanged(left: str, right: str) -> str:
    """SQL: whether day and month are exchanged."""
    return (
        f"(left({left}, 4) = left({right}, 4) and substr({left}, 5, 2) = right({right}, 2) "
        f"and right({left}, 2) = substr({right}, 5, 2))"
    )


def is_near(left: str, right: str) -> str:
    """SQL: as far apart as the lunar and the solar date of a day, a year off, or two digits exchanged."""
    day = "try_strptime({}, '%Y%m%d')"
    within = f"abs(date_diff('day', {day.format(left)}, {day.format(right)})) <= {LUNAR}"
    year_off = f"substr({left}, 5) = substr({right}, 5) and {_years(left, right)} = 1"
    digits = "list_sort(string_split({}, ''))"
    exchanged = f"damerau_levenshtein({left}, {right}) = 2 and {digits.format(left)} = {digits.format(right)}"
    return f"(coalesce({within}, false) or ({year_off}) or ({exchanged}))"


def is_about_the_year(left: str, right: str) -> str:
    """SQL: whether two dates, one of them vague, are at most a year apart."""
    return f"({_years(left, right)} <= 1)"


def conflict(left: str, right: str, vague: str) -> str:
    """SQL: whether two births exclude one person. `vague` is SQL: whether one of them says little more than the year."""
    listed = ", ".join(f"'{date}'" for date in UNKNOWN)
    unknown = f"({vague} and ({left} in ({listed}) or {right} in ({listed})))"
    return (
        f"({left} <> {right} and damerau_levenshtein({left}, {right}) > 1 and not {is_exchanged(left, right)} "
        f"and not {is_near(left, right)} and not {unknown} "
        f"and not ({vague} and {is_about_the_year(left, right)}))"
    )


def _years(left: str, right: str) -> str:
    return f"abs(try_cast(left({left}, 4) as integer) - try_cast(left({right}, 4) as integer))"

"""The form of a value in the pair view: codes as labels, dates with hyphens, numbers with a remark.

Here: one value at a time. Not here: which values a party has (pair_view.py).
"""

from typing import Any

from suining_data.subjects import Attribute


def readable(attribute: Attribute, value: Any) -> str | None:
    """A value of an attribute in Chinese; None for None."""
    if value is None:
        return None
    return (attribute.element.code_set or {}).get(str(value), str(value))


def day(text: str | None) -> str | None:
    """`19491231` as 1949-12-31."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else None


def contested(number: str | None) -> str | None:
    """A contested number of a record, with the remark that it is another subject's."""
    return f"{number}（属他人）" if number else None


def shared_identifier(text: str, labels: dict[str, str]) -> str:
    """`household_number:H1` with the label of its column."""
    what, _, number = text.partition(":")
    return f"{labels.get(what, what)} {number}"

"""Values and names as SQL text.

Here: quoting, for all modules. Not here: expressions that elements share (elements/expressions.py), the statements
themselves (the stages).
"""

from collections.abc import Iterable
from pathlib import Path

Value = str | int | float | bool | Path | None


def literal(value: Value) -> str:
    """A value as an SQL literal: texts and paths in quotes, None as null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[Value]) -> str:
    """The values as literals separated by commas, for `in (...)` and for lists."""
    return ", ".join(literal(value) for value in values)


def identifier(name: str) -> str:
    """The name of a table or column in quotes, so that it may have any characters and capitals."""
    return '"' + name.replace('"', '""') + '"'

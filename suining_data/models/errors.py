"""The one error of this package: one line with the file, the place and what to do."""

from pathlib import Path


class ModelError(ValueError):
    """A model, its contract or its references are wrong; the text is for the author of the SQL."""


def place(path: Path) -> str:
    """How an error names a file: `spatial/address.sql`."""
    return f"{path.parent.name}/{path.name}"

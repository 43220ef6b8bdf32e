"""`suining <subject> ...`: commands of one subject each, a Typer app per module."""

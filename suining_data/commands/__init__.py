"""`suining <group> ...`: groups of commands, one Typer app per module."""

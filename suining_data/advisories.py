"""Security advisories about installed packages, read from a file that somebody downloaded on another machine.

Here: reading the OSV format (https://ossf.github.io/osv-schema/), and whether a version is affected. Not here: what is printed
(commands/advisories.py), what is installed by whom (deploy/).

What cannot be judged counts as affected: a range by commits only, a version of no known form.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"
FROM_THE_BEGINNING = "0"


class NoAdvisories(Exception):
    """The file is no OSV file, or has no advisory about Python packages."""


@dataclass(frozen=True)
class Finding:
    """An advisory that applies to an installed package."""

    package: str
    version: str
    advisory: str  # its id and other names
    fixed_in: str  # versions, empty where none is
    summary: str


@dataclass(frozen=True)
class Advisories:
    """The advisories of a file that are about Python packages and were not withdrawn."""

    entries: tuple[dict[str, Any], ...]

    @property
    def newest(self) -> str:
        """Day of the last change of any of them."""
        return str(max(entry.get("modified", "") for entry in self.entries))[:10]

    def about(self, packages: Mapping[str, str]) -> list[Finding]:
        """Those that apply to packages (normalized name -> version), by package."""
        found = (
            _finding(entry, affected, packages)
            for entry in self.entries
            for affected in _affected(entry)
            if _name(affected) in packages
        )
        return sorted(filter(None, found), key=lambda each: (each.package, each.advisory))


def read_advisories(file: Path) -> Advisories:
    """From a ZIP of JSON files, as OSV exports an ecosystem, or a JSON file of one advisory or a list. Raises NoAdvisories."""
    try:
        entries = tuple(entry for entry in _entries(file) if any(_affected(entry)) and not entry.get("withdrawn"))
    except (ValueError, AttributeError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise NoAdvisories from error
    if not entries:
        raise NoAdvisories
    return Advisories(entries)


def installed_packages() -> dict[str, str]:
    """Normalized name -> version of everything that is installed where this runs."""
    return {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))
        return
    content = json.loads(file.read_bytes())
    yield from content if isinstance(content, list) else [content]


def _affected(entry: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (each for each in entry.get("affected", ()) if each.get("package", {}).get("ecosystem") == ECOSYSTEM)


def _name(affected: dict[str, Any]) -> str:
    return canonicalize_name(affected["package"]["name"])


def _finding(entry: dict[str, Any], affected: dict[str, Any], packages: Mapping[str, str]) -> Finding | None:
    package = _name(affected)
    if not _is_affected(packages[package], affected):
        return None
    events = [event for each in affected.get("ranges", ()) if each["type"] != "GIT" for event in each["events"]]
    return Finding(
        package,
        packages[package],
        " ".join([entry["id"], *entry.get("aliases", ())]),
        " ".join(event["fixed"] for event in events if "fixed" in event),
        entry.get("summary", ""),
    )


def _is_affected(installed: str, affected: dict[str, Any]) -> bool:
    ranges = [each["events"] for each in affected.get("ranges", ()) if each["type"] != "GIT"]
    versions = affected.get("versions", ())
    if installed in versions or not (ranges or versions):
        return True
    try:
        version = Version(installed)
        return any(_is_within(version, events) for events in ranges) or version in map(Version, versions)
    except InvalidVersion:
        return True


def _is_within(version: Version, events: list[dict[str, str]]) -> bool:
    """Whether the last event up to the version leaves it affected."""
    is_affected = False
    for event in sorted(events, key=lambda each: Version(next(iter(each.values())))):
        if "introduced" in event:
            is_affected |= event["introduced"] == FROM_THE_BEGINNING or version >= Version(event["introduced"])
        elif "fixed" in event:
            is_affected &= version < Version(event["fixed"])
        elif "last_affected" in event:
            is_affected &= version <= Version(event["last_affected"])
    return is_affected

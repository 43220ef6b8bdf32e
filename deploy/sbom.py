"""`make release`: what a bundle consists of, as CycloneDX and as a list of licences.

Here: what the wheels of the bundle say of themselves, compared with the lock files in it. Not here: making the bundle
(bundle.sh).

Beside dist/NAME.tar it writes NAME.cdx.json and NAME.licences.csv. It fails when the bundle has another wheel than the lock
files name, lacks one, or has one with another hash.
"""

import csv
import email
import hashlib
import io
import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK_FILES = ("requirements.txt", "requirements-postgres.txt")


@dataclass(frozen=True)
class Wheel:
    """A wheel of the bundle."""

    metadata: Message
    sha256: str

    @property
    def name(self) -> str:
        return canonicalize_name(self.metadata["Name"])

    @property
    def version(self) -> str:
        return str(self.metadata["Version"])

    @property
    def licence(self) -> str:
        """An SPDX expression where it has one, or else its own words; empty where it says nothing."""
        own = str(self.metadata.get("License", "")).strip()
        if "\n" in own or own in ("UNKNOWN", "Dual License"):  # the whole text, or nothing
            own = ""
        classified = [
            c.rpartition(" :: ")[2] for c in self.metadata.get_all("Classifier", []) if c.startswith("License ::")
        ]
        return str(self.metadata.get("License-Expression") or own or "; ".join(classified))

    def needs(self) -> Iterator[str]:
        """The packages that it requires here."""
        for text in self.metadata.get_all("Requires-Dist", []):
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                yield canonicalize_name(requirement.name)


def wheels_of(bundle: tarfile.TarFile) -> list[Wheel]:
    """The wheels of the bundle, by name."""
    found = []
    for member in bundle:
        if member.name.endswith(".whl"):
            content = _content(bundle, member.name)
            with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                [file] = [name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
                metadata = email.message_from_bytes(wheel.read(file))
            found.append(Wheel(metadata, hashlib.sha256(content).hexdigest()))
    return sorted(found, key=lambda wheel: wheel.name)


def locked(text: str) -> dict[tuple[str, str], set[str]]:
    """(normalized name, version) -> accepted sha256, of what a lock file names for this system."""
    found = {}
    for entry in re.sub(r"#.*|\\\n", "", text).splitlines():
        line, *hashes = entry.split("--hash=sha256:")
        if not line.strip():
            continue
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate():
            version = str(requirement.specifier).removeprefix("==")
            found[canonicalize_name(requirement.name), version] = {each.strip() for each in hashes}
    return found


def differences(wheels: list[Wheel], accepted: dict[tuple[str, str], set[str]]) -> list[str]:
    """What the bundle has otherwise than the lock files; empty for a good one."""
    shipped = {(wheel.name, wheel.version): wheel.sha256 for wheel in wheels}
    return [
        *(f"{name} {version} is not locked" for name, version in sorted(shipped.keys() - accepted.keys())),
        *(f"{name} {version} is missing" for name, version in sorted(accepted.keys() - shipped.keys())),
        *(
            f"{name} {version} has another hash than the lock file"
            for (name, version), sha256 in sorted(shipped.items())
            if sha256 not in accepted.get((name, version), {sha256})
        ),
    ]


def bill_of(project: dict[str, str], wheels: list[Wheel]) -> Bom:
    """The bill of materials: the project, the wheels, what needs what."""
    bom = Bom()
    root = Component(
        type=ComponentType.APPLICATION, name=project["name"], version=project["version"], bom_ref="project"
    )
    root.licenses.add(LicenseFactory().make_from_string(project["license"]))
    bom.metadata.component = root
    components = {wheel.name: _component(wheel) for wheel in wheels}
    bom.components.update(components.values())
    bom.register_dependency(root, components.values())
    for wheel in wheels:
        bom.register_dependency(
            components[wheel.name], [components[name] for name in wheel.needs() if name in components]
        )
    return bom


def _component(wheel: Wheel) -> Component:
    url = PackageURL("pypi", name=wheel.name, version=wheel.version)
    component = Component(name=wheel.name, version=wheel.version, purl=url, bom_ref=str(url))
    component.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=wheel.sha256))
    if wheel.licence:
        component.licenses.add(LicenseFactory().make_from_string(wheel.licence))
    return component


def _content(bundle: tarfile.TarFile, name: str) -> bytes:
    file = bundle.extractfile(name)
    assert file is not None, name
    return file.read()


def main(archive: Path) -> None:
    """Write both files beside the archive, and say what they are."""
    with tarfile.open(archive) as bundle:
        folder = f"{archive.stem}/project"
        accepted: dict[tuple[str, str], set[str]] = {}
        for name in LOCK_FILES:
            accepted |= locked(_content(bundle, f"{folder}/{name}").decode())
        project = tomllib.loads(_content(bundle, f"{folder}/pyproject.toml").decode())["project"]
        wheels = wheels_of(bundle)
    if wrong := differences(wheels, accepted):
        sys.exit(f"{archive}: " + "; ".join(wrong))
    bill = JsonV1Dot6(bill_of(project, wheels)).output_as_string(indent=2)
    if invalid := JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill):
        sys.exit(f"the bill of materials is not valid: {invalid}")
    archive.with_suffix(".cdx.json").write_text(f"{bill}\n", encoding="utf-8")
    with archive.with_suffix(".licences.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [(wheel.name, wheel.version, wheel.licence) for wheel in wheels]
        csv.writer(file).writerows([("package", "version", "licence"), *rows])
    print(archive.with_suffix(".cdx.json"))
    print(archive.with_suffix(".licences.csv"))
    if silent := [wheel.name for wheel in wheels if not wheel.licence]:
        print(f"Without a licence in their metadata: {', '.join(silent)}", file=sys.stderr)


main(Path(sys.argv[1]))

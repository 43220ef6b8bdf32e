"""Every package is installed by its hash, and the bill of materials of a release is what its bundle has."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from suining_data.settings import PROJECT

NAME = "suining_data-1.2.3-py311-x86_64"
LOCKS = ("requirements.txt", "requirements-postgres.txt", "requirements-dev.txt")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def locked_lines(name: str) -> list[str]:
    """The packages of a lock file, without comments and hashes."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if not line.startswith((" ", "#"))]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert all(re.fullmatch(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==[^ ]+( ; .+)?", line) for line in locked_lines(name))
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(entries) == len(locked_lines(name))
    assert [entry.splitlines()[0] for entry in entries if not HASH.search(entry)] == []


@pytest.mark.parametrize("file", ["Makefile", "deploy/bundle.sh", "deploy/install.sh"])
def test_what_is_installed_from_a_lock_file_is_checked_by_its_hash(file: str) -> None:
    commands = (PROJECT / file).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    installs = [line for line in commands if re.search(r"(^|\s)-r \S*requirements|\"\S*requirements", line)]
    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []


@dataclass
class Bundle:
    """An archive as `make bundle` makes it, with made-up wheels."""

    folder: Path
    wheels: dict[str, bytes] = field(default_factory=dict)
    lock: list[str] = field(default_factory=list)

    def add(self, name: str, number: str = "1.0", marker: str = "", is_locked: bool = True, **metadata: str) -> None:
        """A wheel, and its line in the lock file."""
        content = io.BytesIO()
        lines = [
            f"{key.replace('_', '-')}: {value}" for key, value in {"Name": name, "Version": number, **metadata}.items()
        ]
        with zipfile.ZipFile(content, "w") as wheel:
            wheel.writestr(f"{name}-{number}.dist-info/METADATA", "\n".join(lines))
        self.wheels[f"{name}-{number}-py3-none-any.whl"] = content.getvalue()
        if is_locked:
            sha256 = hashlib.sha256(content.getvalue()).hexdigest()
            self.lock += [
                f"{name}=={number}{marker} \\",
                f"    --hash=sha256:{'0' * 64} \\",
                f"    --hash=sha256:{sha256}",
            ]

    def described(self) -> subprocess.CompletedProcess[str]:
        """What `make release` does with it."""
        project = (PROJECT / "pyproject.toml").read_bytes()
        files: Mapping[str, bytes] = {
            "project/requirements.txt": "\n".join(["# comment", *self.lock]).encode(),
            "project/requirements-postgres.txt": b"",
            "project/pyproject.toml": project,
            **{f"wheels/{name}": content for name, content in self.wheels.items()},
        }
        with tarfile.open(self.folder / f"{NAME}.tar", "w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(f"{NAME}/{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        command = [sys.executable, PROJECT / "deploy" / "sbom.py", self.folder / f"{NAME}.tar"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def bill(self) -> dict[str, dict[str, object]]:
        """The components by name."""
        bill = json.loads((self.folder / f"{NAME}.cdx.json").read_text(encoding="utf-8"))
        assert bill["bomFormat"] == "CycloneDX"
        assert bill["metadata"]["component"]["version"] == version("suining_data")
        return {each["name"]: each for each in bill["components"]}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path)


def test_the_bill_lists_exactly_the_locked_packages_of_a_release(bundle: Bundle) -> None:
    expected = {}
    for line in [line for name in LOCKS[:2] for line in locked_lines(name)]:
        requirement = Requirement(line)
        number = str(requirement.specifier).removeprefix("==")
        if requirement.marker is None or requirement.marker.evaluate():
            bundle.add(requirement.name.replace("-", "_"), number)
            expected[requirement.name.replace(".", "-")] = number
        else:
            bundle.lock += [f"{line} \\", f"    --hash=sha256:{'0' * 64}"]
    done = bundle.described()
    assert done.returncode == 0, done.stderr
    assert {name: each["version"] for name, each in bundle.bill().items()} == expected
    assert len(expected) > 90


def test_a_component_has_its_hash_its_licence_and_what_it_needs(bundle: Bundle) -> None:
    bundle.add("left", License_Expression="MIT OR Apache-2.0", Requires_Dist='right>=1; python_version > "3"')
    bundle.add("right", License="BSD-3-Clause", Requires_Dist='left; extra == "all"')
    bundle.add("long", License="Copyright\n        All rights", Classifier="License :: OSI Approved :: MIT License")
    bundle.add("silent")
    done = bundle.described()
    assert done.returncode == 0, done.stderr
    assert "Without a licence in their metadata: silent" in done.stderr
    components = bundle.bill()
    sha256 = hashlib.sha256(bundle.wheels["left-1.0-py3-none-any.whl"]).hexdigest()
    assert components["left"]["hashes"] == [{"alg": "SHA-256", "content": sha256}]
    assert components["left"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert components["right"]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    needs = {
        each["ref"]: each.get("dependsOn", [])
        for each in json.loads((bundle.folder / f"{NAME}.cdx.json").read_text())["dependencies"]
    }
    assert needs["pkg:pypi/left@1.0"] == ["pkg:pypi/right@1.0"]
    assert needs["pkg:pypi/right@1.0"] == []
    with (bundle.folder / f"{NAME}.licences.csv").open(encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["package", "version", "licence"],
            ["left", "1.0", "MIT OR Apache-2.0"],
            ["long", "1.0", "MIT License"],
            ["right", "1.0", "BSD-3-Clause"],
            ["silent", "1.0", ""],
        ]


def test_a_bundle_with_other_wheels_than_the_lock_files_is_refused(bundle: Bundle) -> None:
    bundle.add("left")
    bundle.add("gone")
    bundle.add("changed")
    del bundle.wheels["gone-1.0-py3-none-any.whl"]
    bundle.add("changed", License="another", is_locked=False)
    bundle.add("added", is_locked=False)
    done = bundle.described()
    assert done.returncode == 1
    assert done.stderr.strip().endswith(
        "added 1.0 is not locked; gone 1.0 is missing; changed 1.0 has another hash than the lock file"
    )
    assert not (bundle.folder / f"{NAME}.cdx.json").exists()

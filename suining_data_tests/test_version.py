"""pyproject.toml, the changelog and `suining --version` say the same version."""

import re
import tomllib

from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.settings import PROJECT


def test_the_version_is_the_newest_that_was_released() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## (.+)$", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    released = [heading.split()[0] for heading in headings if "unreleased" not in heading.lower()]
    assert released[0] == declared
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == declared

"""What the documents point to exists: files, headings, commands, options, make targets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from click import Command, Context, Group

from suining_data.cli import app
from suining_data.settings import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("data/reference/**/*.md")])
LINK = re.compile(r"(?<!`)\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[`(]|&& )suining (.+?)(?=`|$|  |&&| \||>)", re.MULTILINE)
TARGET = re.compile(r"(?:^|`)make ((?:[A-Z]+=\S+ )*)([a-z-]+)(?=[ `\n])", re.MULTILINE)


def named(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(PROJECT)) for page in pages]


def broken_links(page: Path) -> list[str]:
    """Links of a page to files that do not exist, or to headings that their page does not have."""
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, heading = link.partition("#")
        if "://" in path:
            continue
        target = page.parent / path if path else page
        if not target.exists() or (heading and heading not in headings(target)):
            broken.append(link)
    return broken


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def commands(text: str) -> Iterator[list[str]]:
    """The words after `suining` of every command that a text shows."""
    for words in COMMAND.findall(text):
        yield re.sub(r'"[^"]*("|$)', "TEXT", words).split()


def problem(words: list[str]) -> str | None:
    """What `suining <words>` names that does not exist: a subcommand or an option."""
    command: Command = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        group: Group = command
        if name == "...":
            return None
        if name not in group.commands:
            return f"no command {name}"
        command = group.commands[name]
    options = {name for each in command.get_params(Context(command)) for name in getattr(each, "opts", [])}
    unknown = [word for word in rest if word.startswith("--") and word not in options]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("page", named(PAGES))
def test_every_link_leads_somewhere(page: str) -> None:
    assert broken_links(PROJECT / page) == []


@pytest.mark.parametrize("page", named(PAGES))
def test_every_command_exists(page: str) -> None:
    text = (PROJECT / page).read_text(encoding="utf-8")
    assert [(words, said) for words in commands(text) if (said := problem(words))] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_make_target_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for _, target in TARGET.findall((PROJECT / page).read_text(encoding="utf-8"))}
    assert named
    assert named <= targets


def test_the_readmes_show_the_same_commands() -> None:
    english, chinese = (
        [words[:2] for words in commands((PROJECT / page).read_text(encoding="utf-8"))]
        for page in ("README.md", "README.zh.md")
    )
    assert english == chinese


def test_what_does_not_exist_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[a](#a-heading) [b](#another) [c](nowhere.md) [d](https://example.com)")
    assert broken_links(page) == ["#another", "nowhere.md"]
    found = [
        problem(words) for words in commands("`suining nothing`\nsuining catalog none\n`suining refresh --no-such`")
    ]
    assert found == ["no command nothing", "no command none", "no option --no-such"]

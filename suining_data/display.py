"""What people see of delivered text: one console and one way to make characters visible that steer a terminal.

Here: the console of every command, tables that cut nothing off, control characters as text, text for Dagster's pages.
Not here: CSV and JSON (commands/output.py), what a command prints (cli.py, commands/).

Values, file names, column names and sheet names come from outside. None of them is markup, a link or a control sequence.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

MOST_LINES = 10  # of a file that are named
WIDTH_OF_PIPES = 100_000  # columns: in a file or a pipe no row is folded or cut off
# control characters; format characters (bidirectional, zero width, tags); line separators; surrogates
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
BYTE_OF_A_NAME = range(0xDC80, 0xDD00)  # how Python holds a byte of a file name that is not UTF-8
MARKDOWN = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[\[\]<]|(?<=:)//")  # an escape, or it begins a link, a picture or HTML


def visible(text: str) -> str:
    r"""The text with every control or invisible character written out: `\x1b`, `\u202e`, `\n`, `\xcd` for a byte."""
    return text if text.isprintable() else HIDDEN.sub(_written_out, text)


def visible_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def _written_out(found: re.Match[str]) -> str:
    if ord(found[0]) in BYTE_OF_A_NAME:
        return f"\\x{ord(found[0]) - 0xDC00:02x}"
    return found[0].encode("unicode_escape").decode()


def at_lines(file: str, lines: Sequence[int], count: int) -> str:
    """A delivered file and its first lines of `count`."""
    shown = lines[:MOST_LINES]
    rest = count - len(shown)
    zh, en = "、".join(map(str, shown)), ", ".join(map(str, shown))
    if rest > 0:
        return f"{visible(file)} 第 {zh} 等 {count} 行 (lines {en} and {rest} more)"
    return f"{visible(file)} 第 {zh} 行 (line{'s' if len(lines) > 1 else ''} {en})"


def markdown_text(text: str) -> str:
    """The text for a place where Dagster shows Markdown: the same words in the same lines, and no links or HTML."""
    return MARKDOWN.sub(r"\\\g<0>", text).replace("\n", "  \n")


class PlainConsole(Console):
    """Prints text as it is: no markup, no emoji codes, no highlighting, no control characters.

    Plain text is never broken into lines, so that paths and commands can be copied; tables fit the terminal.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def print(self, *objects: Any, **options: Any) -> None:
        options.setdefault("soft_wrap", all(isinstance(each, str) for each in objects))
        super().print(*objects, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """rich makes every text of messages, cells and titles here."""
        return super().render_str(visible_lines(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """All that is printed passes here, also what was a Text already. The codes of colours are no text."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else visible_lines(text), style, control)


def _console(stream: TextIO, **options: Any) -> PlainConsole:
    """The console of an output of this process. A character that its encoding lacks is written out."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return PlainConsole(width=None if stream.isatty() else WIDTH_OF_PIPES, **options)


console = _console(sys.stdout)
error_console = _console(sys.stderr, stderr=True)


def folding_table(*headers: str, title: str | None = None, caption: str | None = None) -> Table:
    """A table whose long values go on in the next line of their cell; nothing is cut off."""
    columns = [Column(header, overflow="fold") for header in headers]
    return Table(*columns, title=title, title_justify="left", caption=caption, caption_justify="left")

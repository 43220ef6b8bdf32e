"""Delivered text on a terminal and in Dagster is text: nothing in it is markup, a link or a control sequence."""

import io
import re
import unicodedata

import pytest
from rich.text import Text

from suining_data.display import PlainConsole, folding_table, markdown_text, visible, visible_lines

HOSTILE = "[red][/]\x1b]0;title\x07\x1b[2J\r\u202e\u200b\x9b\udccd:smile:"
SHOWN = r"[red][/]\x1b]0;title\x07\x1b[2J\r\u202e\u200b\x9b\xcd:smile:"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("王\n五\t", r"王\n五\t"),
        (b"\xcd\xf5.csv".decode("utf-8", "surrogateescape"), r"\xcd\xf5.csv"),
        ("\U000e0041", r"\U000e0041"),
        ("㐂𠀀、·□\ue000", "㐂𠀀、·□\ue000"),  # rare, astral and private-use characters of names stay
        ("王\u3000五 é", "王\u3000五 é"),
    ],
)
def test_what_steers_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown


def test_no_control_or_format_character_of_the_first_plane_remains_but_letters_that_join() -> None:
    every = "".join(map(chr, range(0x10000)))
    left = [c for c in visible(every) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert all(unicodedata.bidirectional(c) in ("AN", "AL", "NSM", "R") for c in left)  # signs of Arabic and Syriac
    assert visible_lines("a\nb\x1b") == "a\nb\\x1b"


@pytest.mark.parametrize("width", [40, 200])
def test_the_console_prints_any_text_as_it_is(width: int) -> None:
    output = io.StringIO()
    console = PlainConsole(file=output, width=width, force_terminal=True, color_system=None)
    table = folding_table("[bold]name", f"{HOSTILE}", title=HOSTILE, caption="[/]")
    table.add_row("[/] " + "löng" * 20, HOSTILE)
    console.print(f"✗ {HOSTILE}", style="red")
    console.print(table)
    printed = output.getvalue()
    printed.encode()
    assert f"✗ {SHOWN}" in printed
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", printed)
    assert "…" not in printed
    assert printed.count("ö") == 20  # folded, and nothing is cut off


def test_a_text_that_was_made_elsewhere_does_not_steer_the_terminal_either() -> None:
    output = io.StringIO()
    console = PlainConsole(file=output, width=200, force_terminal=True, color_system=None)
    table = folding_table("a")
    table.add_row(Text(HOSTILE, style="red"))
    console.print(Text(HOSTILE), table)
    assert output.getvalue().count(r"\x1b]0;title") == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", output.getvalue())


def test_plain_text_is_not_broken_and_a_text_with_a_style_stays_styled() -> None:
    output = io.StringIO()
    console = PlainConsole(file=output, width=20)
    console.print("a/long/path/of/a/file/that/must/be/copied.csv")
    console.print(Text("styled", style="red"))
    assert output.getvalue() == "a/long/path/of/a/file/that/must/be/copied.csv\nstyled\n"


def test_markdown_shows_the_words_and_no_link() -> None:
    assert markdown_text("[x](http://evil) <unit>\nnext") == r"\[x\](http:\//evil) \<unit>" + "  \nnext"
    assert markdown_text(r"\xcd\xf5 a_b.csv") == r"\xcd\xf5 a_b.csv"
    assert markdown_text(r"\[") == r"\\\["

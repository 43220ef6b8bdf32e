"""A look at personal data by a command: nobody looks without a purpose, and nothing is shown that is not in the access log.

Here: the option --purpose, a look while a command runs. Not here: the log (access/), opening
the published file (published.py).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

import typer

from suining_data.access import record
from suining_data.commands.errors import Mistake
from suining_data.settings import settings

Purpose = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        envvar="SUINING_PURPOSE",
        help="What you look for, such as the number of the case. Written into the access log. No personal value.",
    ),
]


@dataclass
class Look:
    """A look that is under way; `asked`: what was asked, with nothing personal in it."""

    command: str
    purpose: str
    more: dict[str, object] = field(default_factory=dict)
    asked: str | None = None
    is_recorded: bool = False

    def record(self, subjects: Iterable[str], rows: int, outcome: str = "shown") -> None:
        """Write it into the access log; call it when it is known what is shown, and before anything is."""
        more = self.more | ({"asked": self.asked} if self.asked else {})
        record(settings(), self.command, self.purpose, sorted(set(subjects)), rows, outcome=outcome, **more)
        self.is_recorded = True


def is_said(purpose: str | None) -> bool:
    """Whether there is a purpose."""
    return bool((purpose or "").strip())


@contextmanager
def looking(command: str, purpose: str | None, **more: object) -> Iterator[Look]:
    """A look for a purpose. Raises Mistake without one. A look that fails is recorded, too: an error may quote a value."""
    if not is_said(purpose):
        raise Mistake(
            "请用 --purpose 写明用途，或设 SUINING_PURPOSE；会记入访问日志 "
            "(say with --purpose or SUINING_PURPOSE what you look for: it is written into the access log)"
        )
    look = Look(command, str(purpose), more)
    try:
        yield look
    except BaseException:
        if not look.is_recorded:
            look.record((), 0, "failed")
        raise

"""What a child process sends back after a call. Here: three small dataclasses, so that parent and child agree."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Read:
    """The function returned `value`."""

    value: object


@dataclass(frozen=True)
class RefusedBy:
    """The function raised Refused with these texts."""

    zh: str
    en: str


@dataclass(frozen=True)
class Failed:
    """The function raised something else, or its process ended: name of the exception or signal, and where it came from.

    `errno` is set when the machine is to blame and not the file.
    """

    kind: str
    place: str = ""
    errno: int | None = None


Outcome = Read | RefusedBy | Failed

"""A look at personal data, as the access log has it: who, when, what for, which subjects, how many rows.

Here: the person at the keyboard, what is written about a look, and the answers to who looked at whom. Not here: the file
(log.py), which commands ask for a purpose (commands/).

Who: the user of the process, as the system knows it; with sudo also the name that sudo gives (SUDO_USER); and the login to
which the session belongs, where the system keeps it (/proc/self/loginuid: an ordinary user cannot change it).
What was asked is never written as it was: it may hold an identity number. Of SQL only the words are kept that the database
itself knows (masked); of an id or number only the golden ids that were found.
"""

import os
import pwd
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import duckdb

from suining_data.access.chain import Values
from suining_data.access.log import append, entries, subjects_of
from suining_data.settings import Settings

LOGIN = Path("/proc/self/loginuid")
NOBODY = 2**32 - 1  # a session without a login: a service, a container
NUMBERS = re.compile(r"(?<![0-9])([0-9]{17}[0-9Xx]|[0-9]{15}|1[0-9]{10})(?![0-9])")  # identity numbers, mobile phones
GOLDEN_ID = r"\b[PO][0-9a-f]{16}\b"
FUNCTION = re.compile(
    r"[a-z_]+[0-9]{0,3}\s*\(", re.IGNORECASE | re.ASCII
)  # to list those that there are takes too long
WORDS = """
    select keyword_name from duckdb_keywords() union select schema_name from duckdb_schemas()
    union select table_name from duckdb_tables() union select view_name from duckdb_views()
    union select column_name from duckdb_columns()
"""


def user() -> Values:
    """Who runs this process."""
    who: Values = {"user": _name(os.getuid())}
    if behind := os.environ.get("SUDO_USER"):
        who["sudo_user"] = behind
    login = int(LOGIN.read_text("ascii").strip() or NOBODY) if LOGIN.exists() else NOBODY
    if login != NOBODY:
        who["login"] = _name(login)
    return who


def os_user() -> str:
    """The same in one word: alice, or alice as suining."""
    who = user()
    behind = who.get("login") or who.get("sudo_user")
    return f"{behind} as {who['user']}" if behind and behind != who["user"] else str(who["user"])


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def record(settings: Settings, command: str, purpose: str, subjects: Sequence[str], rows: int, **more: object) -> None:
    """Write a look into the log, before anything is shown. Raises OSError when it cannot be written."""
    plain = NUMBERS.sub("***", purpose.strip())
    append(settings, {**user(), "command": command, "purpose": plain, "rows": rows, **more}, subjects)


def masked(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """SQL with nothing in it but signs, words that the database knows, and what looks like a function; all else is ?."""
    words = {str(word).lower() for (word,) in con.execute(WORDS).fetchall()}
    text = sql.encode("utf-8", "replace")
    starts = [start for start, _ in duckdb.tokenize(text.decode())]
    shown = []
    for start, end in pairwise([*starts, len(text)]):
        found = re.match(r"[A-Za-z_]\w*|[^\w\s'\"$]+", text[start:end].decode("utf-8", "replace"))
        is_known = found and (
            not re.match(r"\w", found[0])
            or found[0].lower() in words
            or FUNCTION.match(text[start : start + 99].decode("utf-8", "replace"))
        )
        shown.append(found[0] if found and is_known else "?")
    return " ".join(shown)


def of_subject(settings: Settings, ids: set[str]) -> Iterator[Values]:
    """The looks at the subject with these ids, the oldest first."""
    return (entry for entry in entries(settings, ids) if ids & subjects_of(settings, entry))


def by_user(settings: Settings, name: str) -> Iterator[Values]:
    """The looks of a user: as the user of the process, behind sudo, or as the login."""
    return (
        entry for entry in entries(settings) if name in (entry.get(each) for each in ("user", "sudo_user", "login"))
    )


def without_subjects(settings: Settings) -> int:
    """Looks at rows that had no golden id and no number of a subject: nobody knows whom they were about."""
    return sum(1 for entry in entries(settings) if entry.get("rows") and not entry.get("subjects", True))

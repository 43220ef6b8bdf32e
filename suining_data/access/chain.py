"""A chain of entries: each has the hash of all before it, so that none can be changed, removed or moved unnoticed.

Here: the hash of an entry, what is wrong with a chain. Not here: where entries are stored (log.py, decisions.py).

The hash of an entry is the sha256 of the hash before it and of its values as canonical JSON (UTF-8, keys in order, no spaces).
Whoever changes an entry can compute all later hashes anew; so hashes of the chain are kept elsewhere, too (`Head`).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64  # the hash before the first entry
Values = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The hash of the entry with this number; of a chain without entries: 0 and FIRST."""

    number: int
    hash: str


NOTHING = Head(0, FIRST)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a chain: the place, and what, in both languages."""

    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.place}: {self.zh} ({self.en})"


@dataclass(frozen=True)
class Link:
    """A stored entry of a chain: where it stands, its number, its values, and its hash as stored."""

    place: str
    number: int
    values: Values
    hash: str


def hash_of(previous: str, values: Values) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode("utf-8", "surrogatepass")).hexdigest()


def broken(links: Iterable[Link]) -> Iterator[Finding]:
    """What is wrong with the entries in their stored order; an entry after a wrong one is judged by itself."""
    last = NOTHING
    for link in links:
        expected = last.number + 1
        if link.number > expected:
            yield Finding(link.place, f"此前缺少第 {expected} 至 {link.number - 1} 条", "entries before it are missing")
        elif link.number < expected:
            yield Finding(link.place, f"第 {link.number} 条次序不对或重复", "the entry is out of order, or repeated")
        elif link.hash != hash_of(last.hash, link.values):
            yield Finding(link.place, f"第 {link.number} 条写入后被改动", "the entry was changed after it was written")
        last = Head(link.number, link.hash)


def missing(hashes: dict[int, str], heads: Iterable[Head], place: str, known_from: str) -> Iterator[Finding]:
    """Entries that were seen elsewhere (`known_from`) and are not, or not so, in a chain with these hashes by number."""
    end = max(hashes, default=0)
    for head in heads:
        if head.number > end:
            yield Finding(
                place,
                f"只到第 {end} 条，而{known_from}记有第 {head.number} 条：末尾被删去",
                f"it ends with entry {end}, and entry {head.number} was known: the end was cut off",
            )
        elif head.number and hashes.get(head.number) != head.hash:
            yield Finding(
                place,
                f"第 {head.number} 条与{known_from}所记不同：其前或其后被重写",
                f"entry {head.number} is another than the one that was known: the chain was written anew",
            )

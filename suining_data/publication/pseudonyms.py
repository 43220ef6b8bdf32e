"""Pseudonyms: the same person has the same one in all tables of an audience, and nobody gets back from it without the key.

Here: the key file, the keys of an audience, the SQL of a pseudonym. Not here: which columns get one (handed_out.py).

A pseudonym is the HMAC-SHA256 of a value (RFC 2104), cut to 80 bits. Its key is the HMAC of the audience and of what the
value identifies with the key of the file, so that pseudonyms of two audiences cannot be joined.
"""

import hmac
import secrets

import duckdb

from suining_data.elements import Identifies
from suining_data.settings import Settings, Unusable

BLOCK = 64  # bytes that SHA-256 takes at once
SHORTEST = 32  # bytes of a key
DIGITS = 20  # hexadecimal ones that a pseudonym has
OWN = "pseudonym"  # beginning of the variables with the keys of the audience that is written


class NoKey(Unusable):
    """The file of the key is missing and cannot be made, or has no key in it."""


def load_keys(con: duckdb.DuckDBPyConnection, settings: Settings, audience: str, into: str = OWN) -> str:
    """Make the keys of an audience ready on this connection, in variables, so that no statement has one in its text.

    `into`: how the variables begin, where a statement needs the keys of two.

    Returns a fingerprint: with another key, all pseudonyms are others. Raises NoKey.
    """
    key = _key(settings)
    for what in Identifies:
        own = hmac.digest(key, f"{audience}/{what}".encode(), "sha256").ljust(BLOCK, b"\0")
        for name, pad in (("inner", 0x36), ("outer", 0x5C)):
            con.execute(f"set variable {into}_{what}_{name} = ?", [bytes(byte ^ pad for byte in own)])
    return hmac.new(key, f"{audience}/fingerprint".encode(), "sha256").hexdigest()


def pseudonym(what: Identifies, column: str, keys: str = OWN) -> str:
    """SQL: the pseudonym of a text column; null stays null. `keys`: how their variables begin."""
    inner, outer = (f"getvariable('{keys}_{what}_{name}')" for name in ("inner", "outer"))
    hashed = f"sha256({outer} || unhex(sha256({inner} || encode({column}))))"
    return f"case when {column} is not null then '{what[0]}' || left({hashed}, {DIGITS}) end"


def _key(settings: Settings) -> bytes:
    """The key of the file; a file that is missing is made."""
    file = settings.pseudonym_key_file
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32), encoding="ascii")
            fresh.replace(file)
        key = bytes.fromhex(file.read_text(encoding="ascii"))
        if len(key) < SHORTEST:
            raise ValueError(f"{len(key)} bytes")
    except (OSError, ValueError) as error:
        raise NoKey(
            f"{file} 不能用作化名密钥：用 SUINING_PSEUDONYM_KEY_FILE 指定一个可写的位置，或放入64个十六进制字符 "
            "(cannot be used as key of the pseudonyms: let SUINING_PSEUDONYM_KEY_FILE name a place that can be written, "
            f"or put 64 hexadecimal digits into it): {error}"
        ) from error
    return key

"""Similar names: how many characters of two names differ.

Here: SQL over two texts. Not here: how a name sounds and looks (blocking.py), the parts of an organisation's name
(elements/organization_names.py).

DuckDB's string distances count bytes, and a Chinese character has three. So the characters of both texts are replaced by
characters of ASCII before the distance is computed; the same character gets the same replacement in both.
"""

_ASCII = "".join(chr(code) for code in range(33, 127) if chr(code) not in "'\\{}")
MOST_CHARACTERS = len(_ASCII) // 2  # of a text: two texts of this length need all replacements


def differing_characters(one: str, other: str) -> str:
    """SQL: the Damerau-Levenshtein distance of two texts in characters; a swap of neighbours is one."""
    coded = (f"translate(left({text}, {MOST_CHARACTERS}), {_both(one, other)}, '{_ASCII}')" for text in (one, other))
    return f"damerau_levenshtein({', '.join(coded)})"


def _both(one: str, other: str) -> str:
    return f"left({one}, {MOST_CHARACTERS}) || left({other}, {MOST_CHARACTERS})"

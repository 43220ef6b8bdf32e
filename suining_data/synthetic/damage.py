"""Damaged lines of delimited text files: bad bytes, a stray quote, a short row, NUL, a blank line.

Here: the change of a complete line, as SQL. Not here: how often (errors.py), errors inside values (corruption.py).
"""

from .errors import ErrorRates

BAD_BYTES = "\ue7ff"  # a private-use character; the writer replaces it by bytes that are invalid in every encoding
BAD_BYTES_AS = b"\xff\xfe"
READABLE = ("line_blank", "line_stray_quote")  # the record stays readable (usually with one quote too many)


def damage_kind(draw: str, rates: ErrorRates) -> str:
    """SQL: the kind of damage of a line; null for nearly all lines."""
    kinds, edge = [], 0.0
    for kind in ("line_bad_bytes", "line_stray_quote", "line_short", "line_nul", "line_blank"):
        low, edge = edge, edge + getattr(rates, kind)
        kinds.append(f"when {draw} >= {low:.9f} and {draw} < {edge:.9f} then '{kind}'")
    return f"case {' '.join(kinds)} end"


def damaged(line: str, kind: str, delimiter: str) -> str:
    """SQL: the damaged line; a blank line is inserted before the record."""
    middle = f"(length({line}) // 2)"
    spliced = f"{line}[1:{middle}] || %s || {line}[{middle} + 1:]"
    return f"""case {kind}
        when 'line_bad_bytes' then {spliced % f"'{BAD_BYTES}'"}
        when 'line_stray_quote' then {spliced % "chr(34)"}
        when 'line_short' then regexp_replace({line}, '[{delimiter}][^{delimiter}]*$', '')
        when 'line_nul' then {spliced % "chr(0)"}
        when 'line_blank' then chr(10) || {line}
        else {line} end"""

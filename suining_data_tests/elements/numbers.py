"""Numbers of nobody real with right check characters, computed the textbook way.

Here: reference implementations to test the SQL against, and strategies. Not here: the SQL.
"""

from datetime import date

from hypothesis import strategies as st

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANIZATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AREAS = ("510900", "510902", "510903", "510904", "510921", "510922", "510923", "510981", "512231", "512832", "110101")


def resident_check(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def uscc_check(body: str) -> str:
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def organization_check(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(ORGANIZATION_ALPHABET.index(c) * weight for c, weight in zip(body, weights, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def registration_check(body: str) -> str:
    p = 10
    for digit in body:
        p = 2 * ((int(digit) + p) % 10 or 10) % 11
    return str((11 - p) % 10)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


births = st.dates(date(1900, 1, 1), date(2020, 12, 31)).map(lambda day: day.strftime("%Y%m%d"))
resident_bodies = st.tuples(st.sampled_from(AREAS), births, digits(3)).map("".join)
resident_ids = resident_bodies.map(lambda body: body + resident_check(body)).filter(lambda id: not id.endswith("000"))
old_resident_ids = st.tuples(st.sampled_from(AREAS), births.map(lambda day: day[2:]), digits(3)).map("".join)
uscc_bodies = st.tuples(
    st.sampled_from(("11", "12", "51", "52", "91", "92", "93", "N2")),
    st.sampled_from(AREAS),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
).map("".join)
usccs = uscc_bodies.map(lambda body: body + uscc_check(body))
organization_codes = st.text(ORGANIZATION_ALPHABET, min_size=8, max_size=8).map(
    lambda body: body + organization_check(body)
)
registration_numbers = digits(14).map(lambda body: body + registration_check(body))


def single_changes(number: str, alphabet: str) -> list[str]:
    """Every number that differs from this one in one character."""
    return [number[:i] + other + number[i + 1 :] for i, own in enumerate(number) for other in alphabet if other != own]

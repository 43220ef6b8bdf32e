"""Households and the lives of their members, as arrays of day numbers.

Here: births, parents, marriages, divorces and deaths, and the household and village of each person.
Not here: names (names.py), numbers (identity.py), addresses (places.py).

A household has a head and may have a spouse, up to three children and the head's parents. Everybody's life span is drawn,
so the dead come from the same households as the living. The dead of before 2003 are left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import NOW, YEAR, Days, day, year_of

Flags = NDArray[np.bool_]
NEVER = -1  # a day: the event did not happen; a person: nobody. No event of the city is on 1969-12-31
HEAD, SPOUSE, FIRST_CHILD, FATHER, MOTHER = 0, 1, 2, 5, 6
OLDEST_DEATH_KEPT = day(2003)


@dataclass
class Families:
    """One row per person in `person`, one per marriage in `marriage`; columns are arrays of equal length."""

    person: dict[str, NDArray[np.int64]]
    marriage: dict[str, NDArray[np.int64]]


@dataclass
class _Couples:
    head_birth: Days
    head_is_male: Flags
    married: Days  # NEVER: not married
    divorced: Days
    spouse_birth: Days
    spouse_present: Flags


def make_families(rng: np.random.Generator, living: int, village_weight: NDArray[np.float64]) -> Families:
    """Households with about `living` living members in total, in villages that are drawn by weight."""
    count = int(living / 2.3) + 50
    couples = _couples(rng, count)
    births, sexes, present = _members(rng, couples)
    deaths = np.stack([_death(rng, births[:, slot]) for slot in range(7)], axis=1)
    present &= (births <= NOW) & ((deaths == NEVER) | (deaths >= OLDEST_DEATH_KEPT))
    alive = (present & (deaths == NEVER)).sum(axis=1)
    kept = int(np.searchsorted(np.cumsum(alive), living)) + 1
    village = rng.choice(len(village_weight), size=count, p=village_weight / village_weight.sum())
    return _assemble(couples, births[:kept], sexes[:kept], deaths[:kept], present[:kept], village[:kept])


def _couples(rng: np.random.Generator, count: int) -> _Couples:
    ages = np.arange(22, 89)
    weights = np.interp(ages, [22, 25, 30, 36, 45, 55, 65, 75, 88], [1.2, 2.3, 2.6, 2.0, 1.7, 1.5, 1.0, 0.5, 0.1])
    head_age = rng.choice(ages, size=count, p=weights / weights.sum())
    head_birth = NOW - (head_age * YEAR + rng.random(count) * YEAR).astype(np.int64)
    ever = rng.random(count) < np.interp(head_age, [22, 24, 27, 30, 40, 90], [0.3, 0.6, 0.85, 0.93, 0.96, 0.97])
    is_male = rng.random(count) < np.where(ever, 0.86, 0.55)
    gap = np.clip(rng.normal(2.0, 3.0, count), -6, 14) * YEAR
    spouse_birth = (head_birth + np.where(is_male, gap, -gap)).astype(np.int64)
    husband = np.where(is_male, head_birth, spouse_birth)
    wife = np.where(is_male, spouse_birth, head_birth)
    of_age = np.maximum(husband + int(22 * YEAR), wife + int(20 * YEAR)) + 3
    married = of_age + rng.exponential(2.2 * YEAR, count).astype(np.int64)
    ever &= married <= NOW
    divorced = married + (1.0 * YEAR + rng.exponential(6 * YEAR, count)).astype(np.int64)
    parted = ever & (rng.random(count) < 0.12) & (divorced <= NOW)
    return _Couples(
        head_birth=head_birth,
        head_is_male=is_male,
        married=np.where(ever, married, NEVER),
        divorced=np.where(parted, divorced, NEVER),
        spouse_birth=spouse_birth,
        spouse_present=ever,
    )


def _members(rng: np.random.Generator, couples: _Couples) -> tuple[Days, NDArray[np.int64], Flags]:
    """Birth day, sex (1 male, 2 female) and presence of the seven possible members of each household."""
    count = len(couples.head_birth)
    births = np.zeros((count, 7), dtype=np.int64)
    sexes = np.full((count, 7), 2, dtype=np.int64)
    present = np.zeros((count, 7), dtype=bool)
    births[:, HEAD], present[:, HEAD] = couples.head_birth, True
    births[:, SPOUSE], present[:, SPOUSE] = couples.spouse_birth, couples.spouse_present
    sexes[:, HEAD] = np.where(couples.head_is_male, 1, 2)
    sexes[:, SPOUSE] = np.where(couples.head_is_male, 2, 1)
    _add_children(rng, couples, births, sexes, present)
    head_age = (NOW - couples.head_birth) / YEAR
    with_parents = rng.random(count) < np.interp(head_age, [22, 40, 60, 75], [0.5, 0.4, 0.25, 0.0])
    births[:, FATHER] = couples.head_birth - ((22 + rng.gamma(3.0, 1.8, count)) * YEAR).astype(np.int64)
    births[:, MOTHER] = births[:, FATHER] + (np.clip(rng.normal(1.5, 2.5, count), -4, 8) * YEAR).astype(np.int64)
    births[:, MOTHER] = np.minimum(births[:, MOTHER], couples.head_birth - int(18 * YEAR))
    sexes[:, FATHER] = 1
    present[:, FATHER] = present[:, MOTHER] = with_parents
    return births, sexes, present


def _add_children(
    rng: np.random.Generator, couples: _Couples, births: Days, sexes: NDArray[np.int64], present: Flags
) -> None:
    count = len(couples.head_birth)
    mother_birth = np.where(couples.head_is_male, couples.spouse_birth, couples.head_birth)
    wanted = rng.random(count)
    year = year_of(couples.married)
    number = 1 + (wanted < np.interp(year, [1970, 1980, 1990, 2010, 2019], [0.9, 0.6, 0.4, 0.45, 0.45])).astype(int)
    number += wanted < np.interp(year, [1970, 1980, 1990], [0.6, 0.2, 0.05])
    number[(rng.random(count) < 0.07) | (couples.married == NEVER)] = 0
    last = np.where(couples.divorced == NEVER, NOW, couples.divorced)
    birth = couples.married + 280 + rng.exponential(330, count).astype(np.int64)
    twins = rng.random(count) < 0.006
    for order in range(3):
        slot = FIRST_CHILD + order
        births[:, slot] = birth
        sexes[:, slot] = np.where(rng.random(count) < 0.52, 1, 2)
        at_home = rng.random(count) < np.interp((NOW - birth) / YEAR, [19, 25, 30, 45], [1.0, 0.7, 0.35, 0.1])
        fertile = (birth - mother_birth) < 46 * YEAR
        present[:, slot] = (number > order) & at_home & fertile & (birth <= np.minimum(last, NOW))
        later = birth + 450 + rng.exponential(900, count).astype(np.int64)
        birth = np.where(twins & (order == 0), birth, later)


def _death(rng: np.random.Generator, births: Days) -> Days:
    """Day of death, or NEVER for the living: a Weibull life span and a small mortality at any age."""
    span = 86.0 * rng.weibull(7.5, len(births)) * YEAR
    early = rng.random(len(births)) < 0.03
    span = np.where(early, span * rng.random(len(births)), span)
    deaths = births + np.maximum(span, 1).astype(np.int64)
    return np.where(deaths <= NOW, deaths, NEVER)


def _assemble(
    couples: _Couples, births: Days, sexes: NDArray[np.int64], deaths: Days, present: Flags, village: NDArray[np.int64]
) -> Families:
    households = len(births)
    pid = np.full((households, 7), NEVER, dtype=np.int64)
    pid[present] = np.arange(1, present.sum() + 1)
    household = np.repeat(np.arange(1, households + 1)[:, None], 7, axis=1)
    male_head = couples.head_is_male[:households]
    father = np.full((households, 7), NEVER, dtype=np.int64)
    mother = father.copy()
    children = slice(FIRST_CHILD, FIRST_CHILD + 3)
    father[:, children] = np.where(male_head, pid[:, HEAD], pid[:, SPOUSE])[:, None]
    mother[:, children] = np.where(male_head, pid[:, SPOUSE], pid[:, HEAD])[:, None]
    father[:, HEAD], mother[:, HEAD] = pid[:, FATHER], pid[:, MOTHER]
    slots = np.repeat(np.arange(7)[None, :], households, axis=0)
    person = {
        "pid": pid[present],
        "hid": household[present],
        "slot": slots[present],
        "sex": sexes[present],
        "birth": births[present],
        "death": deaths[present],
        "father": father[present],
        "mother": mother[present],
        "village": np.repeat(village[:, None], 7, axis=1)[present],
    }
    return Families(person, _marriages(couples, pid, births, households))


def _marriages(couples: _Couples, pid: NDArray[np.int64], births: Days, households: int) -> dict[str, Days]:
    married, divorced = couples.married[:households], couples.divorced[:households]
    both = (married != NEVER) & (pid[:, HEAD] != NEVER) & (pid[:, SPOUSE] != NEVER)
    male = couples.head_is_male[:households]
    husband = np.where(male, pid[:, HEAD], pid[:, SPOUSE])[both]
    wife = np.where(male, pid[:, SPOUSE], pid[:, HEAD])[both]
    elders = (pid[:, FATHER] != NEVER) & (pid[:, MOTHER] != NEVER)
    early = births[elders, HEAD] - 500
    return {
        "husband": np.concatenate([husband, pid[elders, FATHER]]),
        "wife": np.concatenate([wife, pid[elders, MOTHER]]),
        "married": np.concatenate([married[both], early]),
        "divorced": np.concatenate([divorced[both], np.full(elders.sum(), NEVER)]),
    }

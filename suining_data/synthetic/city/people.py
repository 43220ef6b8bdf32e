"""People: families, people from elsewhere, their numbers, and all true attributes of a person in table `person`.

Here: assembling tables `person` and `marriage`.
Not here: how lives are drawn (families.py), numbers (identity.py), names (names.py), work (organizations.py, work.py).
"""

import duckdb
import numpy as np
from numpy.typing import NDArray

from ..errors import ErrorRates
from ..randomness import generator, numbered
from . import words
from .arrays import create_from_arrays
from .calendar import NOW, YEAR, day
from .families import NEVER, SPOUSE, make_families
from .identity import assignment_years, bodies, check_characters, local_areas, outside_areas

DIVORCED_HEAD, FROM_ELSEWHERE = 8, 9  # slots beyond those of families.py
Columns = dict[str, NDArray[np.int64]]


def make_people_core(
    con: duckdb.DuckDBPyConnection,
    seed: int,
    living: int,
    migrants: int,
    weights: NDArray[np.float64],
    rates: ErrorRates,
) -> None:
    """Create `person_core`, `person_number`, `marriage_core` and `name_twin`: all numeric attributes."""
    rng = generator(seed, "people")
    families = make_families(rng, living, weights)
    person = families.person
    _part_the_divorced(rng, person, families.marriage, weights)
    person = {key: np.concatenate([person[key], column]) for key, column in _migrants(rng, person, migrants).items()}
    create_from_arrays(con, "name_twin", _share_births(rng, person, rates.same_name_and_birth))
    create_from_arrays(
        con, "person_core", person,
        """* exclude (birth, death), date '1970-01-01' + birth::integer as birth,
        case when death <> -1 then date '1970-01-01' + death::integer end as death""",
    )  # fmt: skip
    create_from_arrays(
        con, "marriage_core", families.marriage | {"mid": np.arange(1, len(families.marriage["husband"]) + 1)},
        """mid, husband, wife, date '1970-01-01' + married::integer as married,
        case when divorced <> -1 then date '1970-01-01' + divorced::integer end as divorced""",
    )  # fmt: skip
    create_from_arrays(con, "person_number", _numbers(con, rng, person, rates))


def _part_the_divorced(
    rng: np.random.Generator, person: Columns, marriage: Columns, weights: NDArray[np.float64]
) -> None:
    """Divorced spouses leave the household: each heads a new one in another village."""
    parted = np.union1d(
        marriage["husband"][marriage["divorced"] != NEVER], marriage["wife"][marriage["divorced"] != NEVER]
    )
    leaving = (person["slot"] == SPOUSE) & np.isin(person["pid"], parted)
    count = int(leaving.sum())
    person["slot"][leaving] = DIVORCED_HEAD
    person["hid"][leaving] = person["hid"].max() + 1 + np.arange(count)
    person["village"][leaving] = rng.choice(len(weights), size=count, p=weights / weights.sum())


def _migrants(rng: np.random.Generator, person: Columns, count: int) -> Columns:
    """People registered elsewhere; `kind` 0 resident id, 1 to 3 permit 81 to 83, 4 foreigner with residence, 5 passport."""
    age = np.clip(rng.gamma(5.0, 7.0, count), 1, 80)
    first = int(person["pid"].max()) + 1
    person["kind"] = np.zeros(len(person["pid"]), dtype=np.int64)
    return {
        "pid": first + np.arange(count),
        "hid": np.zeros(count, dtype=np.int64),
        "slot": np.full(count, FROM_ELSEWHERE),
        "sex": np.where(rng.random(count) < 0.54, 1, 2),
        "birth": NOW - (age * YEAR).astype(np.int64),
        "death": np.full(count, NEVER),
        "father": np.full(count, NEVER),
        "mother": np.full(count, NEVER),
        "village": np.full(count, NEVER),
        "kind": rng.choice(6, size=count, p=[0.985, 0.004, 0.002, 0.003, 0.002, 0.004]),
    }


def _share_births(rng: np.random.Generator, person: Columns, rate: float) -> Columns:
    """Give some people the birth date of another person of the same sex; returns the pairs that share a name (names.py)."""
    candidates = np.flatnonzero((person["slot"] == SPOUSE) & (person["birth"] < day(1998)))
    order = candidates[np.lexsort((person["birth"][candidates], person["sex"][candidates]))]
    share = rate * len(person["pid"]) / max(len(order), 1)
    chosen = np.flatnonzero(rng.random(max(len(order) - 1, 0)) < share)
    chosen = chosen[np.diff(chosen, prepend=-2) > 1]
    taker, model = order[chosen + 1], order[chosen]
    same = person["sex"][taker] == person["sex"][model]
    person["birth"][taker[same]] = person["birth"][model[same]]
    return {"pid": person["pid"][taker[same]], "model": person["pid"][model[same]]}


def _numbers(
    con: duckdb.DuckDBPyConnection, rng: np.random.Generator, person: Columns, rates: ErrorRates
) -> dict[str, NDArray[np.int64] | NDArray[np.str_]]:
    """17-digit body and check character of every person (0 for foreigners), and the people who share another's number."""
    county_of = np.array([row[0] for row in con.execute("select county_code from village order by vid").fetchall()])
    birth, count = person["birth"], len(person["pid"])
    years = assignment_years(rng, birth)
    local = county_of[np.maximum(person["village"], 0)]
    moved_in = np.where(person["slot"] == SPOUSE, 0.16, 0.05)
    elsewhere_in_city = rng.random(count) < moved_in
    local[elsewhere_in_city] = rng.choice(np.unique(county_of), size=elsewhere_in_city.sum())
    areas = local_areas(local, years)
    outside = (person["slot"] == FROM_ELSEWHERE) | (rng.random(count) < np.where(person["slot"] == SPOUSE, 0.1, 0.02))
    areas[outside] = outside_areas(rng, years[outside])
    permit = (person["kind"] >= 1) & (person["kind"] <= 3)
    areas[permit] = (80 + person["kind"][permit]) * 10000
    body = bodies(rng, areas, birth, person["sex"])
    sharers = np.flatnonzero(rng.random(count) < rates.shared_number)
    body[sharers] = body[rng.integers(0, count, len(sharers))]
    return {"pid": person["pid"], "body": body, "check_character": check_characters(body)}


def make_person(con: duckdb.DuckDBPyConnection) -> None:
    """Create `person` (all attributes) and `marriage` from the parts; needs `place` and `person_name`."""
    dwellings = numbered(con, "dwelling", "select aid as id from place where is_community")
    con.execute(_BASE.replace("{n}", str(dwellings)))
    con.execute(_MARITAL)
    con.execute(_PERSON)
    con.execute(_MARRIAGE)
    for part in ("person_base", "person_marital", "person_core", "person_number", "person_name", "marriage_core"):
        con.execute(f"drop table {part}")


_FOREIGN = words.sql_list(words.FOREIGN)
_BASE = f"""
create table person_base as
select c.pid, c.hid, c.slot, c.sex, c.birth, c.death, nullif(c.father, -1) as father, nullif(c.mother, -1) as mother, c.kind,
    case when c.kind <= 3 then n.body::varchar || n.check_character end as resident_id,
    n.body::varchar || n.check_character as number18,
    case when c.kind <= 3 and c.birth < date '1999-10-01' and c.slot <> 9
        then (n.body::varchar)[1:6] || (n.body::varchar)[9:17] end as id15,
    case when c.kind = 4 and pick(c.pid, 'form', 2) = 0 then 'CAN51' || lpad(pick(c.pid, 'pr', 1000000000)::varchar, 10, '0')
        when c.kind = 4 then '951840' || (n.body::varchar)[7:17]
        when c.kind = 5 then 'E' || lpad(pick(c.pid, 'passport', 100000000)::varchar, 8, '0') end as foreign_number,
    case when c.kind >= 4 then {_FOREIGN}[1 + pick(c.pid, 'foreign', {len(words.FOREIGN)})] else m.name end as name,
    case when c.kind = 0 then m.former_name end as former_name,
    case when c.kind = 0 and m.former_name is not null then m.renamed end as renamed,
    m.ethnicity_code,
    c.slot <> 9 and c.death is null and u(c.pid, 'left') >= 0.0032 as is_registered,
    case when c.slot <> 9 and u(c.pid, 'left') < 0.0032 and c.death is null
        then case when c.birth > date '1997-01-01' and c.birth < date '2001-09-01' then 'army' else 'abroad' end end as left_for,
    date '2019-08-30' - (3000 * u(c.pid, 'left on') * u(c.pid, 'left on 2'))::integer as left_on,
    case when c.slot <> 9 then c.hid else e.id end as registered_aid,
    case when c.hid > 0 and u(c.hid, 'moved') < 0.13 then f.id end as former_aid,
    date '2019-08-29' - (5000 * u(c.hid, 'moved on') * u(c.hid, 'moved on 2'))::integer as moved_on,
    case when c.slot = 9 or u(c.hid, 'lives elsewhere') < 0.2 then e.id else c.hid end as residence_aid,
    date '2019-08-29' - (2400 * u(c.pid, 'came'))::integer as came_on,
    floor(date_diff('day', c.birth, coalesce(c.death, date '2019-08-31')) / 365.25)::integer as age
from person_core c join person_number n using (pid) join person_name m using (pid)
    join dwelling e on e.i = pick(case when c.hid = 0 then c.pid else -c.hid end, 'lives at', {{n}})
    join dwelling f on f.i = pick(c.hid, 'from', {{n}})"""

_MARITAL = """
create table person_marital as
with side as (
    select husband as pid, wife as spouse, married, divorced from marriage_core
    union all select wife, husband, married, divorced from marriage_core
)
select s.*, p.death as spouse_death from side s join person_core p on p.pid = s.spouse"""

# Codes of GB/T 4761 (relation to the head), GB/T 2261.2 (marital status) and GB/T 4658 (education; of those still at
# school the level they attend).
_PERSON = """
create table person as
select b.* exclude (foreign_number, number18),
    'P' || lpad(b.pid::varchar, 8, '0') as true_id,
    case when foreign_number like '9%' then foreign_number || iso7064(foreign_number) else foreign_number end as foreign_number,
    case b.slot when 0 then '02' when 8 then '02' when 1 then case b.sex when 1 then '11' else '12' end
        when 5 then '51' when 6 then '52' when 9 then null else case b.sex when 1 then '20' else '30' end end as relation_code,
    pl.county_code || lpad(b.hid::varchar, 9, '0') as household_number,
    pl.code as division_code,
    m.spouse, m.married,
    case when m.pid is null then '10' when m.divorced is not null then '40' when m.spouse_death is not null then '30'
        else '20' end as marital_code,
    case when m.pid is null then null when m.divorced is not null then m.divorced else coalesce(m.spouse_death, m.married) end
        as marital_since,
    case when m.pid is null or (m.divorced is null and m.spouse_death is null) then '10' else '20' end as marital_before,
    case when age between 19 and 38 and b.kind = 0 and u(b.pid, 'college at all') < 0.28
        then case when u(b.pid, 'college') < 0.5 then '20' else '30' end end as college_level,
    coalesce(college_level, case when age < 7 then null when age < 12 then '80' when age < 15 then '70' when age < 19 then '60'
        when age < 50 then ['70', '70', '61', '30', '20', '41', '10'][1 + (u(b.pid, 'education') ** 1.3 * 6.99)::integer % 7]
        else ['80', '81', '70', '71', '61', '30'][1 + (u(b.pid, 'education') ** 2 * 5.99)::integer % 6] end) as education_code,
    '154' || lpad(pick(b.pid, 'phone', 100000000)::varchar, 8, '0') as phone,
    case when u(b.pid, 'new phone') < 0.3 then '154' || lpad(pick(b.pid, 'old phone', 100000000)::varchar, 8, '0') end
        as old_phone
from person_base b left join person_marital m using (pid) join place pl on pl.aid = b.registered_aid
order by b.pid"""

_MARRIAGE = """
create table marriage as
select m.*, h.county_code, h.county,
    'J' || h.county_code || '-' || year(married) || '-' || lpad((mid % 1000000)::varchar, 6, '0') as certificate,
    'L' || h.county_code || '-' || year(divorced) || '-' || lpad((mid % 1000000)::varchar, 6, '0') as divorce_certificate
from marriage_core m join person_core p on p.pid = m.wife
    join place h on h.aid = p.hid order by mid"""

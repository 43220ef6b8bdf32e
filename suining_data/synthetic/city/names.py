"""Names of persons, from the real frequency tables of surnames and given-name characters.

Here: names by family, sex and birth, minority names with a middle dot, former names, names shared by chance.
Not here: misspelt names (corruption.py), names of organisations (organizations.py).
"""

import duckdb
import numpy as np

from ..errors import ErrorRates
from . import words
from .arrays import create_from_arrays
from .geography import read_csv

SLOTS = 65536  # resolution of a frequency table: characters rarer than 1 in 65,536 do not occur


def _slots(values: list[str], weights: list[float]) -> list[str]:
    edges = np.floor(np.cumsum(weights) / np.sum(weights) * SLOTS).astype(int)
    index = np.searchsorted(edges, np.arange(SLOTS), side="right")
    return [values[i] for i in np.minimum(index, len(values) - 1)]


def load_name_slots(con: duckdb.DuckDBPyConnection) -> None:
    """Create `name_slot(slot, surname, male, female)`: picking a slot evenly draws by real frequency."""
    surnames = read_csv("names/surname_freq_1074_namemoe.csv")
    characters = read_csv("names/givenname_char_freq_by_sex_ngender.csv")
    chars = [row["char"] for row in characters]
    columns = {
        "slot": np.arange(SLOTS),
        "surname": np.array(_slots([r["surname"] for r in surnames], [float(r["tf"]) for r in surnames]), dtype=object),
        "male": np.array(_slots(chars, [float(row["male"]) for row in characters]), dtype=object),
        "female": np.array(_slots(chars, [float(row["female"]) for row in characters]), dtype=object),
    }
    create_from_arrays(con, "name_slot", columns)


def make_names(con: duckdb.DuckDBPyConnection, rates: ErrorRates) -> None:
    """Create `person_name(pid, ethnicity_code, name, former_name, renamed)` from `person_core`."""
    con.execute(_ROOTS)
    con.execute(_PARTS)
    con.execute(_names_sql())
    con.execute(_shared_names_sql(rates))
    con.execute("drop table name_root; drop table name_part; drop table person_name_raw")


# Children have the father's surname: the men of a household share the household's key, all others have their own key.
_ROOTS = """
create table name_root as
with parent as (select pid, slot, hid, sex from person_core)
select p.pid, p.sex, p.birth, p.father, p.hid,
    case
        when p.slot in (0, 5) then -p.hid
        when p.slot in (2, 3, 4) and f.slot = 0 and u(p.pid, 'mothers name') > 0.04 then -p.hid
        when p.slot in (2, 3, 4) and f.slot in (1, 8) and u(p.pid, 'mothers name') > 0.04 then f.pid
        else p.pid
    end as surname_key,
    case when p.slot in (2, 3, 4) and u(p.hid, 'generation') < 0.3 then -p.hid - 1 else p.pid end as first_key,
    case when p.hid > 0 then p.hid else p.pid + 90000000 end as ethnic_key
from person_core p left join parent f on f.pid = p.father"""

_PARTS = """
create table name_part as
with slotted as (
    select *, pick(surname_key, 'surname', 65536) as s, pick(first_key, 'first', 65536) as a,
        pick(pid, 'second', 65536) as b, pick(pid, 'other', 65536) as c,
        u(pid, 'length') < case when birth < date '1965-01-01' then 0.14 when birth < date '2000-01-01' then 0.3 else 0.1 end
            as is_short
    from name_root
)
select r.* exclude (s, a, b, c), s.surname,
    case when sex = 1 then a.male else a.female end as first,
    case when u(pid, 'rare') < 0.0006 then null when sex = 1 then b.male else b.female end as second,
    case when sex = 1 then c.male else c.female end as other,
    u(ethnic_key, 'ethnicity') as e
from slotted r join name_slot s on s.slot = r.s join name_slot a on a.slot = r.a
    join name_slot b on b.slot = r.b join name_slot c on c.slot = r.c"""


def _names_sql() -> str:
    def pick(items: list[str], key: str, salt: str) -> str:
        return f"{words.sql_list(items)}[1 + pick({key}, '{salt}', {len(items)})]"

    rare = pick(words.RARE_CHARACTERS, "pid", "rare")
    return f"""create table person_name_raw as
    select pid, hid, father, sex, birth, surname,
        case when e < 0.0012 then '07' when e < 0.0020 then '04' when e < 0.0023 then '05' when e < 0.0045 then '03'
            when e < 0.0060 then '15' when e < 0.0070 then '06' when e < 0.0074 then '33' else '01' end as ethnicity_code,
        case
            when e < 0.0012 then {pick(words.YI_CLANS, "surname_key", "clan")} || '·' || {pick(words.YI_GIVEN, "pid", "g")}
            when e < 0.0020 then {pick(words.TIBETAN, "pid", "t1")} || {pick(words.TIBETAN, "pid", "t2")}
            when e < 0.0023 then {pick(words.UYGUR, "pid", "u1")} || '·' || {pick(words.UYGUR, "surname_key", "u2")}
            when is_short then surname || coalesce(second, {rare})
            else surname || first || coalesce(second, {rare})
        end as name,
        case when u(pid, 'renamed') < 0.015 and e >= 0.0023
            then surname || case when is_short then other else first || other end end as former_name,
        greatest(date '1995-01-01', birth + 365)
            + (u(pid, 'renamed on') * greatest(date '2019-08-01' - greatest(date '1995-01-01', birth + 365), 0))::integer
            as renamed
    from name_part"""


def _shared_names_sql(rates: ErrorRates) -> str:
    """SQL: some sons get their father's name; some people get the name of a person with the same birth date."""
    return f"""create table person_name as
    with namesake as (
        select p.*, case when p.sex = 1 and u(p.pid, 'name of father') < {rates.same_name_as_father} then p.father end as elder
        from person_name_raw p
    ),
    taken as (
        select p.*, coalesce(case when f.surname = p.surname then f.name end, t.name) as other
        from namesake p left join person_name_raw f on f.pid = p.elder
            left join name_twin n on n.pid = p.pid left join person_name_raw t on t.pid = n.model
    )
    select pid, ethnicity_code, coalesce(other, name) as name,
        case when other is null and former_name <> name then former_name end as former_name,
        case when other is null and former_name <> name then renamed end as renamed
    from taken p
    order by p.pid"""

"""What health delivers, in the city and from the province: births, deaths, institutions and doctors.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
Causes of death are not delivered and not made up.
"""

from ..errors import ErrorRates
from .view import View, Views, id_number, id_type, list_pick, name_of, organization_address, organization_name_of


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "health__births": View(_births(rates, "2018-08-01"), dates="iso", labels=frozenset({"child_sex_code"})),
        "health__deaths": View(_deaths(), dates="iso"),
        "health__institutions_and_doctors": View(_institutions(rates), dates="iso"),
        "sichuan_health__births": View(_births(rates, "2005-01-01"), dates="iso"),
    }


def _births(rates: ErrorRates, since: str) -> str:
    """Births since a day. Some certificates do not name the father; the number is assigned at the registration."""
    return f"""
    with hospital as (
        select oid, name, row_number() over (order by oid) - 1 as i from organization where kind in ('hospital', 'private_hospital')
    ),
    child as (
        select *, pick(pid, 'hospital', (select count(*) from hospital)) as place,
            case when u(pid, 'father unknown') >= 0.03 then father end as known_father
        from person where slot in (2, 3, 4) and birth >= date '{since}'
    )
    select c.pid as seq, c.birth as day, c.pid as person_child, c.mother as person_mother, f.pid as person_father,
        chr(65 + (year(c.birth) % 26)::integer) || '51' || lpad((c.pid % 10000000)::varchar, 7, '0') as certificate_number,
        c.name as child_name, case when c.birth < date '2019-07-15' then c.resident_id end as child_resident_id,
        c.sex::varchar as child_sex_code, c.birth + to_minutes(pick(c.pid, 'minute', 1440)) as born_at,
        m.resident_id as mother_resident_id, {name_of("m", "c.pid", "mother", rates)} as mother_name,
        f.resident_id as father_resident_id, {name_of("f", "c.pid", "father", rates)} as father_name, h.name as institution_name
    from child c join person m on m.pid = c.mother left join person f on f.pid = c.known_father join hospital h on h.i = c.place"""


def _deaths() -> str:
    place = list_pick(
        ["家中", "医疗卫生机构", "医疗卫生机构", "来院途中", "养老服务机构", "其他场所"], "p.pid", "death place"
    )
    return f"""
    select p.pid as seq, p.death as day, p.pid as person_deceased,
        'S51' || strftime(p.death, '%Y') || lpad((p.pid % 10000000)::varchar, 7, '0') as certificate_number, p.name,
        {id_type()} as id_type_code, {id_number()} as identity_number,
        p.death + to_minutes(pick(p.pid, 'died at', 1440)) as died_at, {place} as death_place
    from person p where p.death <= date '2019-08-31' and p.slot <> 9 and u(p.pid, 'certified') < 0.97"""


def _institutions(rates: ErrorRates) -> str:
    """Institutions with their licence, a row per doctor; hospitals have many, clinics one, some none."""
    return f"""
    with post as (
        select o.*, t.k as post, u(o.oid, 'no doctor') < 0.05 as is_empty,
            pick(o.oid * 16 + t.k, 'doctor', (select count(*) from owner)) as doctor
        from organization o, range(16) as t(k)
        where (o.kind in ('hospital', 'private_hospital') and (t.k = 0 or u(o.oid, 'no doctor') >= 0.05))
            or (t.k = 0 and o.is_market and o.industry_code = 'Q8425' and o.status_code = 'active')
    )
    select o.oid * 20 + o.post as seq, o.oid as organization_licensee, {organization_name_of("o", "o.oid", "health", rates)} as name,
        o.uscc, 'PDY' || lpad(o.oid::varchar, 6, '0') || o.county_code || 'A1' || lpad(((o.oid * 7) % 10000)::varchar, 4, '0')
            as license_number,
        o.approved + 5475 as valid_until, {organization_address("o")} as address, case when not is_empty then p.name end as doctor_name,
        case when not is_empty then '110510900' || lpad((d.id % 1000000)::varchar, 6, '0') end as doctor_certificate_number
    from post o join owner d on d.i = o.doctor join person p on p.pid = d.id"""

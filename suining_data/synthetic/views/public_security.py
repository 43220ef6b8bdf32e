"""What the city's police deliver: household changes, residence registrations, door plates.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, address, id_number, id_type, list_pick, name_of, phone_of


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "public_security__household_changes": View(_household_changes(rates), dates="compact"),
        "public_security__residence_registrations": View(
            _residence_registrations(rates), dates="iso", labels=frozenset({"id_type_code", "sex_code"})
        ),
        "public_security__standard_addresses": View(_STANDARD_ADDRESSES),
    }


def _household_changes(rates: ErrorRates) -> str:
    """Births, deaths, moves and corrections of the last two years; the rest of a row is the register entry of that day."""
    return f"""
    with change as (
        select pid, 'born' as kind, birth + 5 + pick(pid, 'declared', 40) as day, residence_aid as aid from person
            where birth > date '2017-09-01' and slot in (2, 3, 4)
        union all select pid, 'died', death + 3 + pick(pid, 'reported', 30), registered_aid from person
            where death > date '2017-09-01' and slot <> 9
        union all select pid, case when left_for = 'army' then 'enlisted' else 'emigrated' end, left_on, registered_aid from person
            where left_for is not null
        union all select pid, 'moved_in', moved_on, registered_aid from person where former_aid is not null and is_registered
        union all select pid, 'moved_out', moved_on - 2, former_aid from person where former_aid is not null and is_registered
        union all select pid, 'corrected', renamed, registered_aid from person where renamed is not null and is_registered
        union all select pid, 'corrected', date '2019-08-30' - pick(pid, 'corrected', 700), registered_aid from person
            where is_registered and u(pid, 'correction') < 0.01
    )
    select c.pid * 8 + hash(c.kind) % 8 as seq, least(c.day, date '2019-08-31') as day, c.pid as person_household_member,
        p.resident_id, case when c.day < p.renamed then p.former_name else p.name end as name,
        case when c.day >= p.renamed then p.former_name end as former_name, p.sex::varchar as sex_code, p.ethnicity_code,
        p.birth as birth_date, p.household_number, p.relation_code as head_relation_code,
        {address("l", "p.hid", rates)} as registered_address, l.code as registered_division_code, c.kind as change_code,
        least(c.day, date '2019-08-31') as change_date
    from change c join person p using (pid) join place l on l.aid = case when c.kind = 'born' then p.registered_aid else c.aid end"""


def _residence_registrations(rates: ErrorRates) -> str:
    """People from elsewhere, and townspeople who live away from their registered address."""
    reason = list_pick(["务工", "经商", "投靠亲属", "就学", "其他"], "p.pid", "reason")
    return f"""
    select p.pid as seq, p.came_on as day, p.pid as person_resident, {id_type()} as id_type_code,
        {id_number()} as identity_number, {name_of("p", "p.pid", "residence", rates)} as name, p.sex::varchar as sex_code,
        {phone_of("p", "p.pid", "residence", rates)} as phone, {address("l", "p.pid", rates)} as residence_address,
        {reason} as residence_reason, p.came_on as registration_date,
        case when u(p.pid, 'permit') < 0.6 then l.county_code || '19' || lpad(p.pid::varchar, 8, '0') end as residence_permit_number,
        case when u(p.pid, 'permit') < 0.6 then p.came_on + 365 end as valid_until
    from person p join place l on l.aid = p.residence_aid
    where p.death is null and (p.slot = 9 or (p.residence_aid <> p.registered_aid and u(p.pid, 'registers') < 0.05))"""


# One row per building, rural house with a number, and some dwellings.
_STANDARD_ADDRESSES = """
select aid as seq, code[1:6] || 'D' || lpad(aid::varchar, 12, '0') as address_code, code as division_code,
    county as county_name, town as town_name, village as village_name,
    case when is_community then street else group_no || '组' end as street_name,
    case when is_community then street_number || '号' else door_no || '号' end as door_number,
    estate as estate_name, building_no || '栋' as building_number, unit_no || '单元' as unit_number,
    case when room_no is not null then room_no || '号' end as room_number, lon as longitude, lat as latitude,
    case when u(aid, 'plate') < 0.97 then 'in_use' when u(aid, 'plate') < 0.985 then 'planned' else 'retired' end as status_code
from place where (is_community and u(aid, 'plated') < 0.115) or (door_no is not null and u(aid, 'plated') < 0.08)"""

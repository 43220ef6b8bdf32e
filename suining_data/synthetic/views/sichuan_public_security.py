"""What the province's police send back: the register of residents and its cancellations.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, address, aged, shuffled


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "sichuan_public_security__residents": View(_residents(rates), dates="compact"),
        "sichuan_public_security__cancellations": View(
            _CANCELLATIONS.format(
                address=address("l", "p.hid", rates), rate=rates.death_date_differs, missing=rates.death_date_missing
            ),
            dates="iso",
            labels=frozenset({"sex_code", "ethnicity_code"}),
        ),
    }


def _residents(rates: ErrorRates) -> str:
    """Everybody registered, a few of the dead, a few people twice (at their former address), stale marital status."""
    marital = aged(
        "p.marital_code",
        "case when p.marital_since > date '2010-01-01' then p.marital_before end",
        "p.pid",
        "register",
        rates.stale_marital_status,
    )
    return f"""
    with entry as (
        select pid, registered_aid as aid, 0 as again from person where is_registered
            or (slot <> 9 and death > date '2018-01-01' and u(pid, 'still registered') < {rates.dead_yet_registered})
        union all select pid, coalesce(former_aid, residence_aid), 1 from person
            where is_registered and u(pid, 'twice') < {rates.double_registration}
    )
    select {shuffled("e.pid * 2 + e.again", "register")} as seq,
        e.pid as person_household_member,
        case when e.again = 1 then 'double_registration' when p.death is not null then 'dead_yet_registered' end
            as error_person_household_member, p.resident_id, p.name, p.former_name, p.sex::varchar as sex_code, p.ethnicity_code,
        p.birth as birth_date, l.county_code || lpad((case when e.again = 1 then e.pid + 500000000 else p.hid end)::varchar, 9, '0')
            as household_number,
        case when e.again = 1 then '02' else p.relation_code end as head_relation_code,
        {address("l", "p.hid", rates)} as registered_address, l.code as registered_division_code,
        {marital} as marital_status_code, p.education_code,
        date '2019-06-30' - (4200 * u(e.pid, 'updated') * u(e.pid, 'updated 2'))::integer as updated_date
    from entry e join person p using (pid) join place l on l.aid = e.aid
    where p.birth < date '2019-06-30'"""


_CANCELLATIONS = """
select p.pid as seq, cancelled as day, p.pid as person_cancelled_resident,
    p.resident_id, p.name, p.sex::varchar as sex_code, p.birth as birth_date, p.ethnicity_code,
    case when p.left_for = 'army' then 'enlisted' when p.left_for = 'abroad' then 'emigrated' else 'death' end
        as cancellation_reason_code,
    cancelled as cancellation_date,
    case when u(p.pid, 'death date') < {rate} then p.death + 1 + pick(p.pid, 'differs', 9)
        when u(p.pid, 'no death date') < {missing} then null else p.death end as reported_death_date,
    {address} as last_registered_address
from (
    select *, least(date '2019-08-31', case when left_for is not null then left_on else death + 5 + pick(pid, 'cancelled', 60) end)
        as cancelled
    from person where slot <> 9 and (left_for is not null or death is not null)
) p join place l on l.aid = p.registered_aid"""

"""Deliveries of the establishment office and of the province's smaller units: institutions, disabled people, public credit
records.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .care import DISABILITY_CARD
from .view import (
    View,
    Views,
    address,
    list_pick,
    name_of,
    organization_address,
    organization_name_of,
    phone_of,
    shuffled,
)

TYPE = """case o.kind when 'government' then 'state_organ' when 'mass' then 'mass_organization' when 'society' then 'social_group'
            when 'foundation' then 'foundation' when 'institution' then 'public_institution' when 'school' then 'public_institution'
            when 'hospital' then 'public_institution' else 'social_service' end"""
LEVEL = "['正科级', '副科级', '股级', '未定级别'][1 + pick(o.oid, 'level', 4)]"
CAPITAL = "case when o.kind <> 'government' then (o.capital_wan * 10000)::decimal(18, 2) end"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "establishment_office__organizations": View(_organs(), title="遂宁市机关事业单位赋码登记表"),
        "sichuan_establishment_office__institutions": View(_institutions(rates), dates="iso"),
        "sichuan_disabled_federation__disabled_persons": View(
            _disabled(rates),
            dates="slash",
            labels=frozenset({"disability_type_code", "disability_level_code", "sex_code"}),
        ),
        "sichuan_development_reform__credit": View(_credit(rates), dates="slash"),
    }


def _organs() -> str:
    """Organs, mass organisations and public institutions under their present names; this office assigns the names."""
    return f"""
    select o.oid as seq, o.oid as organization_registered_entity, o.name, o.uscc, {TYPE} as organization_type_code,
        {LEVEL} as level_name, o.county || '人民政府' as organizer_name, p.name as representative_name,
        {CAPITAL} as registered_capital_cny, o.status_code
    from organization o join person p on p.pid = o.representative
    where o.kind in ('government', 'mass', 'institution', 'school', 'hospital')"""


def _institutions(rates: ErrorRates) -> str:
    return f"""
    select o.oid as seq, o.oid as organization_registered_entity, {organization_name_of("o", "o.oid", "office", rates)} as name, o.uscc,
        {TYPE} as organization_type_code, {LEVEL} as level_name, o.county || '人民政府' as organizer_name,
        p.name as representative_name, {CAPITAL} as registered_capital_cny,
        o.established as established_date, {organization_address("o")} as address, o.status_code
    from organization o join person p on p.pid = o.representative
    where o.kind in ('government', 'mass', 'institution', 'school', 'hospital', 'society', 'foundation', 'private_unit',
        'private_school', 'private_hospital')"""


def _disabled(rates: ErrorRates) -> str:
    """Card numbers are the resident id, kind and level; the address may be the one before the move."""
    return f"""
    select {shuffled("p.pid", "disabled")} as seq, p.pid as person_disabled_person,
        {DISABILITY_CARD} as certificate_number,
        {name_of("p", "p.pid", "disabled", rates)} as name, p.resident_id, p.sex::varchar as sex_code,
        (1 + pick(p.pid, 'disability', 7))::varchar as disability_type_code,
        (1 + pick(p.pid, 'disability level', 4))::varchar as disability_level_code,
        {address("l", "p.pid", rates)} as residence_address, {phone_of("p", "p.pid", "disabled", rates)} as phone,
        greatest(p.birth + 700, date '2009-01-01' + pick(p.pid, 'card', 3800)) as issued_date
    from person p join place l on l.aid = case when p.former_aid is not null and u(p.pid, 'disabled moved') < {rates.stale_address}
        then p.former_aid else p.residence_aid end
    where p.slot <> 9 and p.age >= 3 and (p.death is null or p.death > date '2018-06-01') and u(p.pid, 'disabled at all') < 0.009"""


def _credit(rates: ErrorRates) -> str:
    """Permits and penalties of firms; debtors who do not pay, of both kinds."""
    content = list_pick(
        ["食品经营许可", "建筑业企业资质", "罚款人民币伍仟元整", "全部未履行", "道路运输经营许可"], "s.k", "content"
    )
    return f"""
    with subject as (
        select oid * 2 as k, oid, null::bigint as pid from organization where is_market and name is not null and u(oid, 'public record') < 0.045
        union all select pid * 2 + 1, null, pid from person where is_registered and age > 22 and u(pid, 'public record') < 0.0016
    )
    select s.k as seq, date '2019-08-27' - pick(s.k, 'recorded', 800) as day, s.oid as organization_credit_subject,
        s.pid as person_credit_subject,
        case when s.pid is not null then ['debtor', 'debtor', 'permit', 'wages'][1 + pick(s.k, 'record', 4)]
            else ['permit', 'permit', 'permit', 'penalty', 'penalty', 'debtor', 'tax'][1 + pick(s.k, 'record', 7)] end as record_type_code,
        '遂信' || (2017 + pick(s.k, 'recorded in', 3)) || '第' || lpad(s.k::varchar, 8, '0') || '号' as document_number,
        case when s.pid is null then 'organization' else 'person' end as subject_type_code,
        case when s.pid is null then {organization_name_of("o", "o.oid", "credit", rates)} else p.name end as subject_name,
        coalesce(o.uscc, p.resident_id) as subject_number, {content} as content,
        date '2019-08-27' - pick(s.k, 'recorded', 800) as decision_date, date '2020-08-27' - pick(s.k, 'recorded', 800) as valid_until,
        case when s.pid is null then o.registrar else '遂宁市中级人民法院' end as authority_name
    from subject s left join organization o using (oid) left join person p using (pid)"""

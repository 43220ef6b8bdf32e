"""What registers of other legal persons deliver: law firms and notaries, cooperatives and collectives, trade unions.

Here: the rows as they believe them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, name_of, organization_address, organization_name_of


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "justice__legal_services": View(
            _practitioners(rates), dates="dotted", title="法律服务机构和执业人员名册", labels=frozenset({"institution_type_code"}),
            merged=frozenset({"name", "uscc", "institution_type_code", "license_number", "representative_name", "address"}),
            keeps_order=True,
        ),
    }  # fmt: skip


def _practitioners(rates: ErrorRates) -> str:
    """Lawyers, notaries and clerks by office, the offices in the order of their people."""
    return f"""
    with office as (
        select *, row_number() over (order by oid) - 1 as i from organization where kind in ('law_firm', 'notary', 'legal_service')
    ),
    practitioner as (
        select pid, pick(pid, 'law office', (select count(*) from office)) as place from person
        where is_registered and death is null and age between 25 and 64 and u(pid, 'practises law') < 0.01
        qualify row_number() over (order by u(pid, 'practises')) <= greatest(1, round(310 / 106 * (select count(*) from office)))
    )
    select o.oid * 100000000::bigint + p.pid as seq, o.oid as organization_registered_entity, p.pid as person_legal_practitioner,
        {organization_name_of("o", "o.oid", "justice", rates)} as name, o.uscc,
        case o.kind when 'law_firm' then 'law_firm' when 'notary' then 'notary' else 'legal_service' end as institution_type_code,
        '2' || o.uscc[2] || '5109' || lpad(o.oid::varchar, 10, '0') as license_number, h.name as representative_name,
        {organization_address("o")} as address, {name_of("p", "p.pid", "justice", rates)} as practitioner_name,
        p.resident_id as practitioner_resident_id, '15109' || year(d.day) || '1' || lpad((p.pid % 10000000)::varchar, 7, '0') as practice_number,
        d.day as practice_date
    from practitioner m join office o on o.i = m.place join person p using (pid) join person h on h.pid = o.representative
        cross join lateral (select p.birth + 9200 + pick(p.pid, 'admitted', 400) as day) d"""

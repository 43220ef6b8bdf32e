"""Deliveries of the registers of other legal persons: law firms, notaries, cooperatives, collectives, trade unions.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, name_of, organization_address, organization_name_of, shuffled

MODEL_LEVELS = ("国家级", "省级", "省级", "市级", "市级", "市级")
CROPS = ("粮油", "柑橘", "莲藕", "生猪", "蔬菜", "中药材", "农机服务")


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "justice__legal_services": View(
            _practitioners(rates), dates="dotted", title="法律服务机构和执业人员名册", labels=frozenset({"institution_type_code"}),
            merged=frozenset({"name", "uscc", "institution_type_code", "license_number", "representative_name", "address"}),
            keeps_order=True,
        ),
        "agriculture__cooperatives": View(_cooperatives(rates), title="农民专业合作社名录"),
        "agriculture__rural_collectives": View(_collectives(rates), dates="chinese", title="农村集体经济组织登记赋码情况表"),
        "trade_union_federation__trade_unions": View(_unions(rates), dates="iso", title="基层工会法人名册"),
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


def _cooperatives(rates: ErrorRates) -> str:
    """Cooperatives that the market regulator has registered and the farming office visits; a third are models."""
    return f"""
    select {shuffled("o.oid", "cooperative")} as seq, o.oid as organization_cooperative,
        {organization_name_of("o", "o.oid", "cooperative", rates)} as name, o.uscc, p.name as representative_name,
        {list_pick(CROPS, "o.oid", "grows")} as trade_name, (5 + pick(o.oid, 'members', 150))::varchar as member_count,
        case when u(o.oid, 'model') < 0.35 then {list_pick(MODEL_LEVELS, "o.oid", "model level")} end as model_level,
        (o.capital_wan * 10000)::decimal(18, 2) as registered_capital_cny, {organization_address("o")} as address
    from organization o join person p on p.pid = o.representative
    where o.kind = 'cooperative' and o.status_code = 'active'"""


def _collectives(rates: ErrorRates) -> str:
    """Every rural collective (the people and the land of a village); the county registers it."""
    return f"""
    select {shuffled("o.oid", "collective")} as seq, o.oid as organization_registered_entity, o.name, o.uscc,
        p.name as representative_name, o.established as established_date, o.county || '农业农村局' as registrar_name,
        (600 + pick(o.oid, 'members', 2400))::varchar as member_count,
        (10000 * (30 + 900 * u(o.oid, 'assets') ** 3))::decimal(18, 2) as assets_cny,
        {organization_address("o")} as address
    from organization o join person p on p.pid = o.representative
    where o.kind = 'rural_collective'"""


def _unions(rates: ErrorRates) -> str:
    """Trade unions of firms; the certificate was issued with or after their code."""
    return f"""
    select {shuffled("o.oid", "union")} as seq, o.oid as organization_registered_entity, e.oid as organization_unionised_employer,
        o.name, o.uscc, p.name as representative_name, {organization_name_of("e", "o.oid", "unionised", rates)} as employer_name,
        e.uscc as employer_uscc, greatest(1, round(e.employees * (0.6 + 0.4 * u(o.oid, 'members'))))::integer::varchar as member_count,
        o.county || '总工会' as superior_name, least(o.established + 400, date '2019-08-20') as issued_date,
        {organization_address("o")} as address
    from organization o join organization e on e.oid = o.parent join person p on p.pid = o.representative
    where o.kind = 'trade_union'"""

"""What civil affairs delivers, in the city and from the province: marriages, cremations, welfare, social organisations.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, name_of


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "civil_affairs__marriages": View(_marriages(rates), dates="chinese", title="遂宁市婚姻登记情况表"),
        "civil_affairs__cremations": View(_cremations(rates), dates="slash", title="遂宁市殡葬火化登记表"),
        "civil_affairs__welfare_recipients": View(
            _WELFARE, dates="dotted", title="城乡低保、特困供养人员花名册", keeps_order=True,
            labels=frozenset({"head_relation_code"}),
            merged=frozenset({"head_resident_id", "welfare_type_code", "town_name", "start_date"}),
        ),
        "civil_affairs__social_organizations": View(_SOCIAL_ORGANIZATIONS, dates="iso", date_cells=True, title="社会组织登记一览表"),
        "sichuan_civil_affairs__marriages": View(_marriages(rates), dates="iso"),
    }  # fmt: skip


def _marriages(rates: ErrorRates) -> str:
    """Marriages and divorces, newest first; a certificate in a hundred is a reissue; some husbands are married already."""
    return f"""
    with event as (
        select mid, husband, wife, county, married as day, 'marriage' as kind, certificate, 0 as e from marriage
        union all select mid, husband, wife, county, divorced, 'divorce', divorce_certificate, 1 from marriage
            where divorced is not null
        union all select mid, husband, wife, county, married + 300 + pick(mid, 'reissued', 6000), 'marriage_reissue', 'B' || certificate, 2
            from marriage where divorced is null and u(mid, 'reissue') < 0.02
        union all select n.mid, m.husband, n.wife, n.county, n.married + 90, 'marriage', n.certificate || 'Z', 3
            from marriage m join marriage n on n.mid = m.mid + 1
            where m.divorced is null and n.married > m.married and u(n.mid, 'twice') < {rates.married_twice}
    )
    select (date '2019-12-31' - e.day) * 10000000::bigint + e.mid * 4 + e.e as seq, e.day, e.husband as person_husband,
        e.wife as person_wife, case when e.e = 3 then 'married_twice' end as error_person_husband, e.kind as registration_type_code, e.day as registration_date,
        h.resident_id as husband_resident_id, {name_of("h", "e.mid", "husband", rates)} as husband_name, h.birth as husband_birth_date,
        w.resident_id as wife_resident_id, {name_of("w", "e.mid", "wife", rates)} as wife_name, w.birth as wife_birth_date,
        e.county || '民政局' as registrar_name, e.certificate as certificate_number
    from event e join person h on h.pid = e.husband join person w on w.pid = e.wife
    where e.day between date '1986-03-15' and date '2019-08-31'"""


def _cremations(rates: ErrorRates) -> str:
    home = list_pick(["遂宁市殡仪馆", "射洪县殡仪馆", "蓬溪县殡仪馆", "大英县殡仪馆"], "p.pid", "funeral home")
    return f"""
    select p.pid as seq, p.death as day, p.pid as person_deceased, p.name, p.resident_id,
        p.death + case when u(p.pid, 'cremation date') < {rates.death_date_differs} then 1 else 0 end as death_date,
        least(p.death + 2 + pick(p.pid, 'cremated', 4), date '2019-08-31') as cremation_date, {home} as funeral_home_name
    from person p where p.death <= date '2019-08-29' and p.slot <> 9 and u(p.pid, 'cremated at all') < 0.92"""


_WELFARE = """
with member as (
    select hid, pid, slot, resident_id, name, relation_code, registered_aid,
        first_value(resident_id) over household as head_resident_id, first_value(pid) over household as head
    from person where is_registered and u(hid, 'welfare') < 0.03
    window household as (partition by hid order by slot, pid)
)
select (chaos(m.hid, 'welfare roll') % 2000000000)::bigint * 40000000 + m.hid * 10 + m.slot as seq,
    m.pid as person_welfare_recipient, m.head as person_welfare_household_head, m.head_resident_id,
    m.resident_id, m.name, m.relation_code as head_relation_code,
    case when l.is_community then case when u(m.hid, 'destitute') < 0.1 then 'urban_destitute' else 'urban_minimum' end
        else case when u(m.hid, 'destitute') < 0.15 then 'rural_destitute' else 'rural_minimum' end end as welfare_type_code,
    (180 + 20 * pick(m.pid, 'benefit', 16))::decimal(18, 2) as benefit_amount_cny, l.town as town_name,
    date '2012-01-01' + pick(m.hid, 'welfare since', 2700) as start_date,
    case when u(m.hid, 'welfare ends') < 0.1 then date '2019-12-31' end as end_date
from member m join place l on l.aid = m.registered_aid"""

_SOCIAL_ORGANIZATIONS = """
select o.oid as seq, o.oid as organization_registered_entity, o.name, o.uscc,
    case o.kind when 'society' then 'social_group' when 'foundation' then 'foundation' else 'social_service' end
        as organization_type_code,
    p.name as representative_name,
    case when o.kind = 'private_school' then o.county || '教育和体育局' when o.kind = 'private_hospital' then o.county || '卫生健康局'
        else o.county || '民政局' end as supervisor_name,
    o.established as established_date, o.status_code
from organization o join person p on p.pid = o.representative
where o.kind in ('society', 'foundation', 'private_unit', 'private_school', 'private_hospital')"""

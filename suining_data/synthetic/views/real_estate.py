"""What natural resources and housing deliver: rights, buildings, sales, qualifications.

Here: the rows as the departments record them. Not here: divisions (divisions.py), writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, address, list_pick, organization_name_of

RIGHTS = {"state_construction_house": ("国有建设用地使用权/房屋（构筑物）所有权", "国有建设用地使用权/房屋所有权")}
QUALIFICATIONS = [
    "建筑工程施工总承包三级",
    "市政公用工程施工总承包三级",
    "建筑装修装饰工程专业承包二级",
    "钢结构工程专业承包三级",
    "施工劳务不分等级",
]


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "natural_resources__real_estate_register": View(_rights(rates, "2018-07-01"), dates="iso"),
        "sichuan_natural_resources__real_estate": View(
            _rights(rates, "2017-03-01"), dates="slash", spellings={"right_type_code": RIGHTS}
        ),
        "housing__house_sales": View(_sales(rates), dates="iso"),
        "housing__buildings": View(_BUILDINGS),
        "housing__construction_qualifications": View(
            _qualifications(rates), dates="chinese", title="建筑业企业资质一览表"
        ),
    }


def _rights(rates: ErrorRates, since: str) -> str:
    """Registrations since a day, newest first, of dwellings (people, alone or jointly) and of sites (firms and offices)."""
    return f"""
    with holder as (
        select aid, pid, null::bigint as oid, registered_on, 0 as k from ownership where registered_on >= date '{since}'
        union all select aid, joint_pid, null, registered_on, 1 from ownership
            where joint_pid is not null and registered_on >= date '{since}'
    ),
    house as (
        select h.aid * 4 + h.k as seq, h.registered_on, h.pid as person_right_holder, null::bigint as organization_right_holder,
            l.real_estate_unit as real_estate_unit_code, l.parcel as parcel_code, 'person' as holder_type_code, p.name as holder_name,
            p.resident_id as holder_number,
            case when l.is_community then 'state_construction_house' else 'homestead_house' end as right_type_code,
            case when l.is_community then ['market_house', 'market_house', 'reform_house', 'resettlement_house'][1 + pick(h.aid, 'nature', 4)]
                else 'self_built' end as right_nature_code,
            {address("l", "h.aid", rates)} as address, l.area_m2
        from holder h join person p using (pid) join place l using (aid)
    ),
    site as (
        select o.oid * 4 + 3 as seq, o.established + pick(o.oid, 'site', 400) as registered_on, null::bigint, o.oid as holder,
            v.county_code || lpad(v.zone::varchar, 3, '0') || lpad(v.subzone::varchar, 3, '0') || 'GB'
                || lpad((50000 + o.oid % 49999)::varchar, 5, '0') as parcel,
            o.name, o.uscc, o.county, o.town, o.tail, 200 + pick(o.oid, 'site area', 20000) as area
        from organization o join village v using (vid)
        where o.kind not in ('sole_trader', 'branch') and u(o.oid, 'owns land') < 0.12
    ),
    everything as (
        select * from house
        union all select seq, registered_on, null, holder, parcel || 'W00000000', parcel, 'organization', name, uscc,
            'state_construction', ['granted', 'allocated'][1 + holder % 2], '四川省遂宁市' || county || town || tail, area from site
    )
    select *, registered_on as day, registered_on + to_seconds(28800 + pick(seq, 'registered at', 32400)) as registered_at,
        case when u(seq, 'right status') < 0.95 then 'current' when u(seq, 'right status') < 0.98 then 'historic' else 'terminated' end
            as status_code
    from everything where registered_on <= date '2019-08-31'"""


def _sales(rates: ErrorRates) -> str:
    """Contracts of new dwellings, a row per buyer, some 200 days before the right is registered."""
    return f"""
    with buyer as (
        select aid, pid, registered_on, 0 as k from ownership
        union all select aid, joint_pid, registered_on, 1 from ownership where joint_pid is not null
    )
    select b.aid * 2 + b.k as seq, b.registered_on - 200 - pick(b.aid, 'sold', 200) as day, b.pid as person_house_buyer,
        '遂房网签' || year(b.registered_on) || lpad(b.aid::varchar, 8, '0') as contract_number,
        l.real_estate_unit as real_estate_unit_code, 'FW' || lpad(b.aid::varchar, 10, '0') as house_code,
        p.resident_id as buyer_resident_id, p.name as buyer_name, l.area_m2, {address("l", "b.aid", rates)} as address,
        b.registered_on - 200 - pick(b.aid, 'sold', 200) as filed_date
    from buyer b join person p using (pid) join place l using (aid) where l.is_community"""


_BUILDINGS = """
select distinct b.building_id as seq, l.parcel || 'F' || lpad((b.building_id % 1000 + 1)::varchar, 4, '0') as building_code,
    b.estate as estate_name, '四川省遂宁市' || l.county || l.town || b.street || b.street_number || '号' || b.estate
        || b.building_no || '栋' as address,
    b.floors as floor_count, b.built_year as completed_year, b.lon as longitude, b.lat as latitude
from building b join place l using (building_id)"""


def _qualifications(rates: ErrorRates) -> str:
    return f"""
    select o.oid as seq, o.oid as organization_licensee, {organization_name_of("o", "o.oid", "qualification", rates)} as name, o.uscc,
        {list_pick(QUALIFICATIONS, "o.oid", "qualification")} as qualification_name,
        'D351' || lpad(o.oid::varchar, 6, '0') as certificate_number,
        date '2019-06-30' + pick(o.oid, 'qualified until', 1600) as valid_until
    from organization o where o.kind = 'company' and o.industry_code in ('E4710', 'E5030', 'E5011')
        and (o.closed is null or u(o.oid, 'still qualified') < {rates.deregistered_with_licence})"""

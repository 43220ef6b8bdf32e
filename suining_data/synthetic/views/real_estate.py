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
            _rights(rates, "2017-03-01", is_copy=True), dates="slash", spellings={"right_type_code": RIGHTS}
        ),
        "housing__house_sales": View(_sales(rates), dates="iso"),
        "housing__buildings": View(_BUILDINGS),
        "housing__construction_qualifications": View(
            _qualifications(rates), dates="chinese", title="建筑业企业资质一览表"
        ),
    }


def _erring(kind: str, rates: ErrorRates, key: str = "o.aid") -> str:
    """SQL: whether a dwelling has an error of errors.py."""
    return f"(u({key}, '{kind}') < {getattr(rates, kind)})"


def _kinds(rates: ErrorRates, **conditions: str) -> str:
    """SQL: the errors of a row, for the truth files; each with the condition that it needs beside its rate."""
    cases = (
        f"case when {condition} and {_erring(kind, rates)} then '{kind}' end" for kind, condition in conditions.items()
    )
    return f"nullif(concat_ws(',', {', '.join(cases)}), '')"


def _rights(rates: ErrorRates, since: str, is_copy: bool = False) -> str:
    """Registrations since a day, newest first: of dwellings their owners (alone or jointly), former owners and lenders; of
    sites firms and offices. The copy of the province sometimes has other values."""
    copied = str(is_copy).lower()
    alone = "o.joint_pid is null and o.former_pid is null"
    sold_on = "o.former_pid is not null"
    seller_owes = f"({sold_on} and {_erring('sold_while_mortgaged', rates)})"
    owner_errors = _kinds(
        rates,
        sold_while_mortgaged=sold_on,
        copy_holder_differs=f"{copied} and {alone}",
        copy_area_differs=copied,
        copy_status_differs=copied,
    )
    return f"""
    with holder as (
        select o.aid, o.aid * 4 as seq, case when {copied} and {alone} and {_erring("copy_holder_differs", rates)} then o.other_stranger_pid
            else o.pid end as pid, null::bigint as oid, o.registered_on, case when {seller_owes} then 'current' end as status_code,
            {owner_errors} as error
        from ownership o
        union all
        select o.aid, o.aid * 4 + 1, o.joint_pid, null, o.registered_on, case when {seller_owes} then 'current' end, {owner_errors}
        from ownership o where o.joint_pid is not null
        union all
        select o.aid, -o.aid, o.former_pid, null, o.former_registered_on, 'historic', null
        from ownership o where o.former_pid is not null
        union all
        select o.aid, o.aid * 4 + 2, null, o.lender_oid, case when {seller_owes} then o.former_registered_on + 30 else o.mortgaged_on end,
            case when o.is_paid_off and not {seller_owes} then 'terminated' else 'current' end, null
        from ownership o where o.is_mortgaged or {seller_owes}
    ),
    house as (
        select h.seq, h.registered_on, h.pid as person_right_holder, h.oid as organization_right_holder, h.error,
            l.real_estate_unit as real_estate_unit_code, l.parcel as parcel_code,
            case when h.oid is null then 'person' else 'organization' end as holder_type_code, coalesce(p.name, b.name) as holder_name,
            coalesce(p.resident_id, b.uscc) as holder_number,
            case when h.oid is not null then 'mortgage' when l.is_community then 'state_construction_house' else 'homestead_house' end
                as right_type_code,
            case when h.oid is not null then null
                when l.is_community then ['market_house', 'market_house', 'reform_house', 'resettlement_house'][1 + pick(h.aid, 'nature', 4)]
                else 'self_built' end as right_nature_code,
            {address("l", "h.aid", rates)} as address,
            case when {copied} and h.oid is null and h.seq >= 0 and {_erring("copy_area_differs", rates, "h.aid")}
                then (l.area_m2 * 1.1)::decimal(9, 2) else l.area_m2 end as area_m2,
            h.status_code,
            {copied} and h.oid is null and h.seq >= 0 and {_erring("copy_status_differs", rates, "h.aid")} as has_other_status
        from holder h join place l using (aid) left join person p using (pid) left join organization b using (oid)
        where h.registered_on >= date '{since}'
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
        union all select seq, registered_on, null, holder, null, parcel || 'W00000000', parcel, 'organization', name, uscc,
            'state_construction', ['granted', 'allocated'][1 + holder % 2], '四川省遂宁市' || county || town || tail, area,
            null, false from site
    ),
    judged as (
        select *, registered_on as day, registered_on + to_seconds(28800 + pick(seq, 'registered at', 32400)) as registered_at,
            coalesce(status_code, case when u(seq, 'right status') < 0.95 then 'current' when u(seq, 'right status') < 0.98
                then 'historic' else 'terminated' end) as true_status_code
        from everything where registered_on <= date '2019-08-31'
    )
    select * exclude (status_code, true_status_code, error, has_other_status),
        case when not has_other_status then true_status_code when true_status_code = 'current' then 'historic' else 'current' end
            as status_code,
        error as error_person_right_holder
    from judged"""


def _sales(rates: ErrorRates) -> str:
    """Contracts of new dwellings, a row per buyer, some 200 days before the right is registered. Who bought from the first
    owner has none. What is in error: another buyer, a contract before it with another, another area or room."""
    to_stranger = "o.joint_pid is null and o.former_pid is null"
    errors = _kinds(
        rates, registered_to_another=to_stranger, contract_area_differs="true", contract_address_differs="true"
    )
    return f"""
    with contract as (
        select o.*, coalesce(former_registered_on, registered_on) - 200 - pick(o.aid, 'sold', 200) as filed_date, {errors} as error
        from ownership o
    ),
    buyer as (
        select o.aid, o.aid * 4 as seq, case when {to_stranger} and {_erring("registered_to_another", rates)} then o.stranger_pid
            else coalesce(o.former_pid, o.pid) end as pid, o.filed_date, o.aid as number, o.error
        from contract o
        union all
        select o.aid, o.aid * 4 + 1, o.joint_pid, o.filed_date, o.aid, o.error
        from contract o where o.joint_pid is not null and o.former_pid is null
        union all
        select o.aid, o.aid * 4 + 2, o.stranger_pid, o.filed_date - 30 - pick(o.aid, 'sold before', 60), 50000000 + o.aid, 'sold_twice'
        from contract o where {_erring("sold_twice", rates)} and not ({to_stranger} and {_erring("registered_to_another", rates)})
    )
    select b.seq, b.filed_date as day, b.pid as person_house_buyer, b.error as error_person_house_buyer,
        '遂房网签' || year(b.filed_date) || lpad(b.number::varchar, 8, '0') as contract_number,
        l.real_estate_unit as real_estate_unit_code, 'FW' || lpad(b.aid::varchar, 10, '0') as house_code,
        p.resident_id as buyer_resident_id, p.name as buyer_name,
        case when contains(b.error, 'contract_area_differs') then (l.area_m2 * (1.05 + 0.15 * u(b.aid, 'larger')))::decimal(9, 2)
            else l.area_m2 end as area_m2,
        case when contains(b.error, 'contract_address_differs')
            then regexp_replace({address("l", "b.aid", rates)}, '[0-9]+号$', (l.room_no + 100) || '号') else {address("l", "b.aid", rates)} end
            as address,
        b.filed_date
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

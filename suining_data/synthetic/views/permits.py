"""What culture and tourism and emergency management deliver: permits of places.

Here: the rows as they believe them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_address, organization_name_of, shuffled

CHEMICALS = ("硫酸、盐酸", "甲醇、乙醇", "油漆、稀释剂", "液氧、液氮", "次氯酸钠溶液")
HAZARD_LEVELS = ("一级", "二级", "三级", "三级", "四级", "四级", "四级")


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "culture_tourism__venue_licenses": View(_venues(rates), dates="dotted", title="文化和旅游经营许可登记表"),
        "emergency_management__hazardous_chemical_licenses": View(
            _chemicals(rates), dates="iso", title="危险化学品企业许可情况表"
        ),
    }


def _status(salt: str, rates: ErrorRates) -> str:
    """SQL: status of a licence of `o` that ends on the day `t.until`; some licences outlive their holders."""
    return f"""case when o.closed is not null and u(o.oid, '{salt}') >= {rates.deregistered_with_licence} then 'deregistered'
            when t.until < date '2019-08-31' then 'expired' else 'valid' end"""


def _venues(rates: ErrorRates) -> str:
    """A kind of licence per trade; a travel agency's has no end."""
    return f"""
    with licensed as (
        select *, case industry_code when 'N7869' then 'travel_agency' when 'L7259' then 'performance'
                else {list_pick(("entertainment_venue", "internet_venue"), "oid", "venue")} end as type,
            date '2015-03-01' + pick(oid, 'venue licensed', 1600) as day
        from organization
        where kind in ('company', 'sole_trader') and industry_code in ('N7869', 'L7259', 'H6231') and established < date '2015-01-01'
    )
    select {shuffled("o.oid", "venue")} as seq, o.oid as organization_licensee, o.type as license_type_code,
        case o.type when 'travel_agency' then 'L-SC-' || lpad(o.oid::varchar, 7, '0')
            when 'internet_venue' then '川网文〔' || year(o.day) || '〕' || o.oid || '号'
            else o.county_code || lpad(o.oid::varchar, 7, '0') end as license_number,
        {organization_name_of("o", "o.oid", "venue", rates)} as name, o.uscc, p.name as representative_name,
        {organization_address("o")} as address,
        case o.type when 'travel_agency' then '国内旅游业务、入境旅游业务' when 'performance' then '经营演出及经纪业务'
            when 'internet_venue' then '互联网上网服务' else '歌舞娱乐、茶座' end as business_scope,
        o.day as issued_date, t.until as valid_until, {_status("venue licence lives", rates)} as status_code
    from licensed o join person p on p.pid = o.representative
        cross join lateral (
            select case when o.type <> 'travel_agency' then o.day + case o.type when 'internet_venue' then 1095 else 730 end end as until
        ) t"""


def _chemicals(rates: ErrorRates) -> str:
    """Makers of chemicals, and dealers in paint and solvents; few are a major hazard."""
    return f"""
    with licensed as (
        select *, case when industry_code = 'C2614' then {list_pick(("production", "production", "use"), "oid", "chemicals")}
                else 'trade' end as type,
            date '2016-01-04' + pick(oid, 'chemicals licensed', 1250) as day
        from organization where kind = 'company' and industry_code in ('C2614', 'F5281')
    )
    select {shuffled("o.oid", "chemicals")} as seq, o.oid as organization_licensee,
        {organization_name_of("o", "o.oid", "chemicals", rates)} as name, o.uscc, p.name as representative_name,
        {organization_address("o")} as address, 'hazardous_chemicals_' || o.type as license_type_code,
        case o.type when 'production' then '（川）WH安许证字〔' else case o.type when 'use' then '川遂危化使字〔' else '川遂危化经字〔' end end
            || year(o.day) || '〕' || lpad(o.oid::varchar, 7, '0') || '号' as license_number,
        {list_pick(CHEMICALS, "o.oid", "chemical")} as licensed_items,
        case o.type when 'production' then '四川省应急管理厅' else '遂宁市应急管理局' end as issuer_name,
        o.day as issued_date, t.until as valid_until, {_status("chemicals licence lives", rates)} as status_code,
        case when o.type <> 'trade' and u(o.oid, 'hazard') < 0.25 then {list_pick(HAZARD_LEVELS, "o.oid", "hazard level")} end
            as hazard_level
    from licensed o join person p on p.pid = o.representative
        cross join lateral (select (o.day + interval 3 year)::date - 1 as until) t"""

"""What culture and tourism, emergency management and ecology deliver: permits of places, monitoring stations.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_address, organization_name_of, shuffled

CHEMICALS = ("硫酸、盐酸", "甲醇、乙醇", "油漆、稀释剂", "液氧、液氮", "次氯酸钠溶液")
POLLUTANTS = ("颗粒物、二氧化硫、氮氧化物", "挥发性有机物", "化学需氧量、氨氮", "化学需氧量、氨氮、总磷", "颗粒物")
HAZARD_LEVELS = ("一级", "二级", "三级", "三级", "四级", "四级", "四级")


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "culture_tourism__venue_licenses": View(_venues(rates), dates="dotted", title="文化和旅游经营许可登记表"),
        "emergency_management__hazardous_chemical_licenses": View(
            _chemicals(rates), dates="iso", title="危险化学品企业许可情况表"
        ),
        "ecological_environment__discharge_permits": View(_discharges(rates), dates="iso"),
        "ecological_environment__monitoring_stations": View(_STATIONS, dates="iso"),
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


def _discharges(rates: ErrorRates) -> str:
    """Permits of factories, the number being the firm's code, a serial and a letter; the first holds three years."""
    return f"""
    with permitted as (
        select *, date '2017-01-01' + pick(oid, 'discharge', 940) as day from organization
        where kind = 'company' and industry_code[1] = 'C' and established < date '2018-01-01'
    )
    select {shuffled("o.oid", "discharge permit")} as seq, o.oid as organization_licensee,
        o.uscc || '001' || {list_pick(("P", "Q", "R", "U", "V", "W"), "o.oid", "permit letter")} as license_number,
        {organization_name_of("o", "o.oid", "discharge", rates)} as name, o.uscc, o.industry_code,
        case when u(o.oid, 'key management') < 0.4 then 'key' else 'simplified' end as management_code,
        {list_pick(POLLUTANTS, "o.oid", "pollutants")} as pollutants, {organization_address("o")} as address,
        o.lon as longitude, o.lat as latitude, '遂宁市生态环境局' as issuer_name, o.day as issued_date, t.until as valid_until,
        {_status("discharge permit lives", rates)} as status_code
    from permitted o cross join lateral (select (o.day + interval 3 year)::date - 1 as until) t"""


# A place in every town, what it monitors in turn; the first of each kind are the state's and the province's.
_STATIONS = f"""
with place as (
    select town, county, county_code, lon, lat, row_number() over (order by vid) - 1 as k
    from village where vid in (select min(vid) from village group by town, county_code)
),
station as (
    select *, ['air', 'air', 'surface_water', 'surface_water', 'noise', 'drinking_water', 'soil'][1 + k % 7] as medium_code from place
)
select {shuffled("k", "station")} as seq, 'HJ' || county_code || lpad((k + 1)::varchar, 4, '0') as station_code,
    county || town || case medium_code when 'air' then '空气自动监测站' when 'surface_water' then '水质监测断面'
        when 'noise' then '声环境监测点' when 'drinking_water' then '饮用水水源地监测点' else '土壤监测点' end as station_name,
    medium_code, case when k < 12 then '国控' when k < 35 then '省控' else '市控' end as control_level,
    county_code || '000000' as division_code, lon - 0.002 as longitude, lat + 0.003 as latitude,
    date '2012-01-01' + pick(k, 'station built', 2700) as built_date
from station"""

"""Lists of the offices for state assets, finance, investment and post: a few firms each, in workbooks.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_address, organization_name_of, shuffled

STAGES = ("已签约", "已开工", "已开工", "已投产", "已投产")
SECTORS = ("锂电及新材料", "电子信息", "食品饮料", "机械与装备制造", "现代服务业")
INVESTORS = ("成都", "重庆", "深圳", "浙江", "上海", "广东")
EXPRESS_BRANDS = ("邮政速递", "顺丰", "中通", "圆通", "申通", "韵达", "百世", "极兔")


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "state_assets__enterprises": View(_state_owned(rates), dates="chinese", title="市属国有企业名录"),
        "financial_work__lenders_and_guarantors": View(
            _lenders(rates), dates="iso", title="地方金融组织名录", keeps_order=True, arranged="lender_type_name"
        ),
        "economic_cooperation__investment_projects": View(
            _projects(rates), dates="dotted", title="招商引资签约项目进度表"
        ),
        "postal__express_outlets": View(_outlets(rates), dates="iso", title="快递末端网点备案名录"),
    }


def _state_owned(rates: ErrorRates) -> str:
    return f"""
    select {shuffled("o.oid", "state owned")} as seq, o.oid as organization_state_owned_enterprise,
        {organization_name_of("o", "o.oid", "state", rates)} as name,
        o.uscc, {list_pick(("一级", "二级", "二级", "三级"), "o.oid", "level")} as level_name,
        {list_pick(("直接监管", "委托监管"), "o.oid", "supervision")} as supervision_name,
        (o.capital_wan * 10000)::decimal(18, 2) as registered_capital_cny,
        [100, 100, 80, 51][1 + pick(o.oid, 'state share', 4)]::varchar as state_share_percent, p.name as head_name,
        o.established as established_date, {organization_address("o")} as address
    from organization o join person p on p.pid = o.representative
    where o.kind = 'company' and o.status_code = 'active'"""


def _lenders(rates: ErrorRates) -> str:
    """Lenders and guarantors, a sheet each; the balance is some times the capital."""
    return f"""
    with lender as (
        select *, u(oid, 'lends') < 0.6 as lends from organization
        where kind = 'company' and status_code = 'active'
    )
    select {shuffled("o.oid", "financial")} as seq, o.oid as organization_licensee,
        case when o.lends then '小额贷款公司' else '融资担保公司' end as lender_type_name,
        {organization_name_of("o", "o.oid", "financial", rates)} as name, o.uscc,
        case when o.lends then '川金小贷' else '川金担保' end || lpad(o.oid::varchar, 7, '0') as license_number,
        date '2020-01-01' + pick(o.oid, 'lending until', 1500) as valid_until, p.name as representative_name,
        (o.capital_wan * 10000)::decimal(18, 2) as registered_capital_cny,
        (o.capital_wan * (5000 + 20000 * u(o.oid, 'balance')))::decimal(18, 2) as balance_cny,
        {list_pick(("A", "A", "B", "C"), "o.oid", "supervisory rating")} as rating_name, {organization_address("o")} as address
    from lender o join person p on p.pid = o.representative"""


def _projects(rates: ErrorRates) -> str:
    """Contracts of the last years; of some the company in Suining is not founded yet."""
    founded = "u(o.oid, 'project company') < 0.85"
    return f"""
    select {shuffled("o.oid", "invited")} as seq, case when {founded} then o.oid end as organization_project_company,
        'SNZS' || lpad(o.oid::varchar, 7, '0') as project_code, o.trade || '项目' as project_name, o.county as county_name,
        {list_pick(SECTORS, "o.oid", "sector")} as sector_name,
        {list_pick(INVESTORS, "o.oid", "investor")} || o.trade || '集团有限公司' as investor_name,
        case when {founded} then {organization_name_of("o", "o.oid", "project", rates)} end as name,
        case when {founded} then o.uscc end as uscc, o.established - pick(o.oid, 'signed', 200) as signed_date,
        (o.capital_wan * 50000)::decimal(18, 2) as agreed_cny,
        (o.capital_wan * 50000 * u(o.oid, 'arrived'))::decimal(18, 2) as arrived_cny,
        {list_pick(STAGES, "o.oid", "stage")} as stage_name
    from organization o
    where o.kind = 'company' and o.status_code = 'active'"""


def _outlets(rates: ErrorRates) -> str:
    """Every firm has a dozen outlets, at addresses of shops in other streets."""
    return f"""
    with firm as (
        select *, row_number() over (order by u(oid, 'express'), oid) - 1 as place from organization
        where kind = 'company' and status_code = 'active'
        qualify place < 12
    ),
    shop as (
        select *, row_number() over (order by u(oid, 'outlet'), oid) as number from organization
        where kind = 'sole_trader' and status_code = 'active'
    )
    select s.number as seq, f.oid as organization_express_operator,
        '5109' || lpad(s.number::varchar, 8, '0') as outlet_code,
        {list_pick(EXPRESS_BRANDS, "f.oid", "express brand")} as brand_name, brand_name || s.town || '营业部' as outlet_name,
        {organization_name_of("f", "f.oid", "express", rates)} as name, f.uscc,
        '川邮' || lpad(f.oid::varchar, 8, '0') || 'B' as license_number,
        date '2019-10-01' + pick(f.oid, 'express until', 1500) as valid_until,
        '四川省遂宁市' || s.county || s.town || s.tail as address, s.phone
    from shop s join firm f on f.place = s.number % (select count(*) from firm)"""

"""Lists of the economic bureaus: factories with output and power, high-tech firms, trading firms, investment projects.

Their figures by county: monthly_reports.py.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_name_of, shuffled, some_of

# National fields of high technology (国科发火〔2016〕32号)
FIELDS = (
    "电子信息", "生物与新医药", "航空航天", "新材料", "高技术服务", "新能源与节能", "资源与环境", "先进制造与自动化"
)  # fmt: skip
WORKS = ("生产线", "扩能技改", "产业园", "仓储物流中心", "基础设施", "标准化厂房")
PHASES = ("前期", "在建", "在建", "在建", "竣工")


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "economy_information__industrial_enterprises": View(
            _factories(rates), title="规模以上工业企业生产和用电情况表", keeps_order=True
        ),
        "science_technology__high_tech_enterprises": View(
            _high_tech(rates), dates="iso", title="遂宁市有效期内高新技术企业名录"
        ),
        "commerce__trading_units": View(_trading(rates), title="限额以上批发零售住宿餐饮单位月报"),
        "development_reform__investment_projects": View(_projects(rates), dates="dotted", title="投资项目情况表"),
    }


def _factories(rates: ErrorRates) -> str:
    """Factories above designated size, a sheet per county; power follows output."""
    return f"""
    with factory as (
        select o.*, (200 + capital_wan * 0.6 * (0.5 + u(oid, 'output')))::integer as output_wan
        from organization o
        where kind = 'company' and industry_code[1] = 'C' and status_code = 'active'
        qualify {some_of("company", 524, "above designated size")}
    )
    select {{place}} * 4000000 + o.oid as seq, o.oid as organization_factory, o.county as county_name,
        {organization_name_of("o", "o.oid", "factory", rates)} as name, o.uscc, o.industry_code, o.trade as main_product,
        o.employees::varchar as employee_count, (output_wan * 10000)::decimal(18, 2) as output_month_cny,
        (output_wan * 80000)::decimal(18, 2) as output_year_cny,
        round(output_wan * (0.01 + 0.03 * u(o.oid, 'power')), 2)::varchar as electricity_month,
        round(output_wan * 8 * (0.01 + 0.03 * u(o.oid, 'power')), 2)::varchar as electricity_year
    from factory o""".replace("{place}", "o.county_code::bigint")


def _high_tech(rates: ErrorRates) -> str:
    """Firms of some years whose certificate of three years still holds."""
    return f"""
    select {shuffled("o.oid", "high tech")} as seq, o.oid as organization_licensee,
        {organization_name_of("o", "o.oid", "high tech", rates)} as name, o.uscc, o.county as county_name,
        'GR' || year(d.day) || '51' || lpad((o.oid % 1000000)::varchar, 6, '0') as certificate_number,
        {list_pick(FIELDS, "o.oid", "field")} as field_name, d.day as issued_date,
        (d.day + interval 3 year)::date - 1 as valid_until
    from organization o cross join lateral (select date '2016-11-04' + pick(o.oid, 'recognised', 760) as day) d
    where o.kind = 'company' and o.status_code = 'active' and o.industry_code[1] in ('C', 'I')
        and o.established < date '2016-01-01'"""


def _trading(rates: ErrorRates) -> str:
    """Shops, wholesalers and restaurants that report their sales; what is not retail goes to other traders."""
    return f"""
    with trader as (
        select *, (20 + capital_wan * 0.4 * (0.5 + u(oid, 'sales')))::integer as sales_wan, 0.3 + 0.7 * u(oid, 'retail') as share
        from organization
        where kind in ('company', 'sole_trader') and industry_code[1] in ('F', 'H') and status_code = 'active' and name is not null
    )
    select {shuffled("o.oid", "trading")} as seq, o.oid as organization_trading_unit,
        {organization_name_of("o", "o.oid", "trading", rates)} as name, o.uscc, o.county as county_name, o.industry_code,
        o.employees::varchar as employee_count, (sales_wan * 10000)::decimal(18, 2) as sales_month_cny,
        (sales_wan * 80000)::decimal(18, 2) as sales_year_cny, (sales_wan * 10000 * share)::decimal(18, 2) as retail_month_cny,
        (sales_wan * 80000 * share)::decimal(18, 2) as retail_year_cny
    from trader o"""


def _projects(rates: ErrorRates) -> str:
    """Projects of firms, filed or verified, and of public bodies, approved; the code tells when, where and what."""
    return f"""
    with owner as (
        select *, kind <> 'company' as is_public, date '2017-02-01' + pick(oid, 'project', 900) as day,
            {list_pick(PHASES, "oid", "phase")} as phase, (capital_wan * 20 * (1 + u(oid, 'invests')))::integer as total_wan
        from organization where kind in ('company', 'government', 'institution') and status_code = 'active'
    ),
    project as (
        select *, case when is_public then 'approval' when u(oid, 'verified') < 0.15 then 'verification' else 'filing' end as approval
        from owner
    )
    select {shuffled("o.oid", "project")} as seq, o.oid as organization_project_owner,
        concat_ws('-', year(o.day), o.county_code, o.industry_code[2:3],
            case o.approval when 'approval' then '01' when 'verification' then '02' else '03' end,
            lpad((o.oid % 1000000)::varchar, 6, '0')) as project_code,
        case when o.is_public then o.town else o.trade end || {list_pick(WORKS, "o.oid", "works")} || '项目' as project_name,
        o.approval as approval_type_code,
        case when u(o.oid, 'priority') < 0.08 then '省重点' when u(o.oid, 'priority') < 0.3 then '市重点' end as priority_name,
        {organization_name_of("o", "o.oid", "project owner", rates)} as name, o.uscc, o.county as county_name, o.industry_code,
        (total_wan * 10000)::decimal(18, 2) as total_cny, (total_wan * 4000)::decimal(18, 2) as planned_cny,
        case when phase <> '前期' then (total_wan * 4000 * u(o.oid, 'completed'))::decimal(18, 2) else 0 end as completed_cny,
        case when phase <> '前期' then o.day + 60 end as started_date, phase as stage_name
    from project o"""

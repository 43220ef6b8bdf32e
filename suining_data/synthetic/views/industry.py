"""What the bureaus that run the economy keep lists of: factories with output and power, high-tech firms.

Their figures by county: monthly_reports.py.

Here: the rows as they believe them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_name_of, shuffled, some_of

# National fields of high technology (国科发火〔2016〕32号)
FIELDS = (
    "电子信息", "生物与新医药", "航空航天", "新材料", "高技术服务", "新能源与节能", "资源与环境", "先进制造与自动化"
)  # fmt: skip


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "economy_information__industrial_enterprises": View(
            _factories(rates), title="规模以上工业企业生产和用电情况表", keeps_order=True
        ),
        "science_technology__high_tech_enterprises": View(
            _high_tech(rates), dates="iso", title="遂宁市有效期内高新技术企业名录"
        ),
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

"""What the bureau of economy and information delivers: factories with their output and power.

Its figures by county: monthly_reports.py.

Here: the rows as they believe them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, organization_name_of, some_of


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "economy_information__industrial_enterprises": View(
            _factories(rates), title="规模以上工业企业生产和用电情况表", keeps_order=True
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

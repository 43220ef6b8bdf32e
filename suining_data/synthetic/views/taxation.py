"""What taxation delivers, in the city and from the province: taxpayers, credit ratings, revenue.

Here: the rows as the department records them. Not here: writing style and errors (habits.py, corruption.py).
"""

from collections.abc import Iterator

from ..errors import ErrorRates
from .figure_tables import Figure, figure_view
from .figures import CITY, COUNTIES, MADE_UP
from .view import View, Views, organization_address, organization_name_of

REVENUE_TITLE = f"税收收入分税种分县区统计表（{MADE_UP}）"
TAXES = (
    ("增值税", 34000),
    ("企业所得税", 11000),
    ("个人所得税", 5200),
    ("城市维护建设税", 2600),
    ("契税", 4300),
)  # made-up levels


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "taxation__taxpayers": View(_taxpayers(rates, "o.oid % 7 < 5 and o.kind <> 'sole_trader'")),
        "taxation__credit_ratings": View(_ratings(rates), title="纳税信用等级评价结果"),
        "taxation__tax_revenue": figure_view(_revenue(), REVENUE_TITLE, ("201908",), ("measures_under_regions",)),
        "sichuan_taxation__taxpayers": View(
            _taxpayers(rates, "u(o.oid, 'pays tax') < 0.9 or o.kind <> 'sole_trader'"), dates="iso"
        ),
    }


def _taxpayers(rates: ErrorRates, where: str) -> str:
    """Firms and traders; some still have the old number (area and organisation code) or the owner's resident id."""
    number = f"""case when o.kind = 'sole_trader' and u(o.oid, 'by owner') < 0.1 then p.resident_id || 'L0'
        when o.has_old_number and u(o.oid, 'old tax number') < {rates.old_tax_number}
            then o.county_code || o.organization_code else o.uscc end"""
    return f"""
    select o.oid as seq, o.oid as organization_taxpayer, {number} as taxpayer_number,
        {organization_name_of("o", "o.oid", "tax", rates)} as name, o.organization_code, p.name as representative_name, o.industry_code,
        case o.kind when 'sole_trader' then '410' when 'company' then ['173', '173', '159', '151'][1 + pick(o.oid, 'form', 4)]
            else '190' end as registration_type_code,
        case when o.status_code in ('deregistered', 'revoked_deregistered') then 'deregistered' when o.status_code = 'revoked'
            then 'abnormal' when u(o.oid, 'abnormal') < 0.03 then 'abnormal' when u(o.oid, 'abnormal') < 0.05 then 'suspended'
            else 'normal' end as tax_status_code,
        {organization_address("o")} as address, o.phone, o.established + pick(o.oid, 'tax since', 60) as registered_date,
        '国家税务总局' || o.county || '税务局' as tax_office_name
    from organization o join person p on p.pid = o.representative
    where o.kind in ('company', 'branch', 'sole_trader', 'cooperative', 'private_school', 'private_hospital') and o.name is not null
        and ({where})"""


def _ratings(rates: ErrorRates) -> str:
    return f"""
    select o.oid as seq, date '2019-04-30' + pick(o.oid, 'rated', 120) as day, o.oid as organization_rated_taxpayer, o.uscc,
        {organization_name_of("o", "o.oid", "rating", rates)} as name, (2018 - (u(o.oid, 'rating year') < 0.2)::integer)::varchar as rating_year,
        ['A', 'B', 'B', 'M', 'M', 'C', 'D'][1 + pick(o.oid, 'rating', 7)] as rating_code
    from organization o where o.kind = 'company' and o.status_code = 'active' and u(o.oid, 'rated at all') < 0.2"""


def _revenue() -> Iterator[Figure]:
    """Three months; the counties sum to the city. These figures are not published, so all are invented; the title says so."""
    for month, season in ((6, 1.12), (7, 1.0), (8, 0.94)):
        period = f"2019年{month}月"
        for place, (tax, level) in enumerate(TAXES):
            parts = {county: round(level * season * share * (1 + 0.01 * place)) for county, share in COUNTIES.items()}
            for region, amount in {CITY: sum(parts.values()), **parts}.items():
                growth = round(3 + (amount * 7 + month) % 120 / 10 - 4, 1)
                values = (("level_current", amount), ("level_cumulative", amount * month), ("yoy", growth))
                for measure, value in values:
                    yield Figure(0, period, period, tax, region, measure, str(value), "万元")

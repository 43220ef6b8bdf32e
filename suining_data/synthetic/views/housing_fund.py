"""What the housing fund delivers: contributing employers and the accounts of their employees.

Here: the rows as the department records them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, name_of, organization_address, organization_name_of, phone_of

STATUS = {"active": ("正常", "缴存"), "frozen": ("封存",), "closed": ("销户",)}
# Employers come in one order in both lists, so that an account's employer is on the list of employers.
_EMPLOYERS = """
    employer as (
        select o.*, chaos(oid, 'housing fund') % 1000000000 as place from organization o
        where kind not in ('sole_trader', 'cooperative', 'branch') and status_code = 'active' and u(oid, 'contributes') < 0.08
    )"""
EMPLOYER_NUMBER = "'0825' || lpad(o.oid::varchar, 8, '0')"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    spelled = {"status_code": STATUS}
    return {
        "housing_fund__employers": View(_employers(rates), spellings=spelled),
        "housing_fund__accounts": View(_accounts(rates), spellings=spelled),
    }


def _employers(rates: ErrorRates) -> str:
    return f"""
    with {_EMPLOYERS}
    select o.place * 1000000 + o.oid as seq, o.oid as organization_housing_fund_employer, {EMPLOYER_NUMBER} as employer_number,
        {organization_name_of("o", "o.oid", "housing fund", rates)} as name, o.uscc, {organization_address("o")} as address,
        o.established + 60 + pick(o.oid, 'fund opened', 300) as opened_date, (5 + pick(o.oid, 'fund rate', 8))::varchar as contribution_rate,
        o.employees::varchar as contributor_count, date '2019-08-01' - 31 * (pick(o.oid, 'fund paid', 8) // 7) as paid_until_month,
        case when u(o.oid, 'fund frozen') < 0.04 then 'frozen' else 'active' end as status_code
    from employer o"""


def _accounts(rates: ErrorRates) -> str:
    """Employees of those employers; some who left are still with the former one, frozen."""
    return f"""
    with {_EMPLOYERS}
    select o.place * 1000000000 + e.pid as seq, p.pid as person_housing_fund_contributor, o.oid as organization_contributing_employer,
        '0825' || lpad(p.pid::varchar, 12, '0') as account_number, {name_of("p", "p.pid", "housing fund", rates)} as name, p.resident_id,
        {phone_of("p", "p.pid", "housing fund", rates)} as phone, {EMPLOYER_NUMBER} as employer_number,
        {organization_name_of("o", "o.oid", "housing fund", rates)} as employer_name, o.uscc as employer_code,
        e.since + pick(p.pid, 'fund account', 90) as opened_date, (1900 + 100 * pick(p.pid, 'base', 140))::decimal(18, 2) as contribution_base_cny,
        coalesce(date_trunc('month', p.death)::date, date '2019-08-01') as paid_until_month,
        case when p.death is not null then 'closed' when p.age >= 60 or u(p.pid, 'fund paused') < 0.08 then 'frozen' else 'active' end as status_code
    from employer o join employment e on e.oid = o.oid join person p on p.pid = e.pid"""

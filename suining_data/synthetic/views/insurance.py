"""What social and medical insurance deliver, in the city and from the province.

Here: insured people, pensions, cards, designated providers, as the offices record them.
Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import (
    View,
    Views,
    address,
    id_number,
    id_type,
    list_pick,
    name_of,
    organization_address,
    organization_name_of,
    phone_of,
    shuffled,
)  # fmt: skip

CLOSED = "('deregistered', 'revoked', 'revoked_deregistered')"
INSURANCE_STATUS: dict[str, tuple[str, ...]] = {
    "active": ("参保缴费", "正常参保"),
    "suspended": ("暂停缴费", "中断缴费"),
    "terminated": ("终止参保", "终止"),
}
TYPE_NUMBERS: dict[str, tuple[str, ...]] = {
    "pension_employee": ("110",), "pension_government": ("120",), "pension_resident": ("170",), "unemployment": ("210",),
    "work_injury": ("410",), "medical_employee": ("310",), "medical_resident": ("390",),
}  # fmt: skip


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    coded: dict[str, dict[str, tuple[str, ...]]] = {
        "insurance_type_code": TYPE_NUMBERS,
        "status_code": INSURANCE_STATUS,
    }
    return {
        "human_resources__pension_insurance": View(_social(rates, "city", "c.kind like 'pension%' and u(c.pid, 'in the city') < 0.06"), spellings=coded),
        "human_resources__pension_payments": View(_payments(rates), keeps_order=True, stamps=("201906", "201907", "201908")),
        "human_resources__social_security_cards": View(_cards(rates), dates="slash"),
        "medical_insurance__enrolments": View(_medical(rates, "city", 0.023), dates="slash", labels=frozenset({"id_type_code"})),
        "medical_insurance__designated_providers": View(_PROVIDERS.format(address=organization_address("o")), title="医保定点医药机构名单"),
        "sichuan_human_resources__insurance": View(_social(rates, "province", "true"), dates="iso", spellings=coded),
        "sichuan_medical_insurance__enrolments": View(_medical(rates, "province", 0.56), dates="iso", spellings=coded),
    }  # fmt: skip


def _employer(rates: ErrorRates, salt: str) -> str:
    """SQL: oid of the employer as the office has it, sometimes the former one, more seldom if that has closed."""
    rate = f"case when e.has_former_closed then {rates.closed_yet_insuring} else {rates.stale_employer} end"
    return (
        f"case when e.former_oid is not null and u(e.pid, '{salt} employer') < {rate} then e.former_oid else e.oid end"
    )


def _social(rates: ErrorRates, salt: str, where: str) -> str:
    """One row per person and kind of insurance; a few employees are insured at two employers at once."""
    return f"""
    with job as (
        select pid, oid, least(since, closed - 100) as since, again
        from (
            select e.pid, {_employer(rates, salt)} as oid, e.since, 0 as again from employment e
            union all select pid, former_oid, since - 200, 1 from employment
                where former_oid is not null and u(pid, 'overlap') < {rates.overlapping_insurance}
        ) join organization using (oid)
    ),
    cover as (
        select j.*, case when o.prefix in ('11', '12', '13') then 'pension_government' else 'pension_employee' end as kind, 0 as k
            from job j join organization o using (oid)
        union all select *, 'work_injury', 1 from job where u(pid, 'injury') < 0.7
        union all select *, 'unemployment', 2 from job where u(pid, 'unemployment') < 0.6
        union all select p.pid, null, greatest(date '2011-07-01', p.birth + 5850), 0, 'pension_resident', 3
            from person p left join employment e using (pid)
            where e.pid is null and p.slot <> 9 and p.age >= 16 and (p.death is null or p.death > date '2012-01-01')
    )
    select {shuffled("c.pid * 4 + c.k", salt)} * 2 + c.again as seq, c.pid as person_insured, c.oid as organization_insuring_employer,
        nullif(concat_ws(',', case when c.again = 1 then 'overlapping_insurance' end,
            case when o.status_code in {CLOSED} then 'closed_yet_insuring' end), '') as error_person_insured, p.resident_id,
        {name_of("p", "p.pid", salt, rates)} as name, c.kind as insurance_type_code,
        case when p.death < date '2019-05-01' and u(p.pid, 'reported dead') >= {rates.dead_yet_insured} then 'terminated'
            when p.age >= 60 and c.kind like 'pension%' then 'benefit' when u(p.pid, '{salt} paused') < 0.12 then 'suspended'
            else 'active' end as status_code,
        c.since as start_date, case when p.death < date '2019-05-01' and u(p.pid, 'reported dead') >= {rates.dead_yet_insured} then p.death end as end_date,
        case when o.oid is not null and u(o.oid, 'known by code') < 0.1 then o.organization_code else o.uscc end as employer_code,
        {organization_name_of("o", "o.oid", salt, rates)} as employer_name, {phone_of("p", "p.pid", salt, rates)} as phone,
        '51' || lpad(o.oid::varchar, 8, '0') as insured_unit_number, (2400 + 100 * pick(p.pid, 'base', 120))::decimal(18, 2)
            as contribution_base_cny
    from cover c join person p using (pid) left join organization o on o.oid = c.oid
    where p.kind <= 3 and {where}"""


def _payments(rates: ErrorRates) -> str:
    """Three months of pensions; some of those who died within the last year are still paid."""
    return f"""
    with month as (select unnest([date '2019-06-01', date '2019-07-01', date '2019-08-01']) as month)
    select {shuffled("p.pid * 4 + month(m.month) - 6", "pension")} as seq, (month(m.month) - 6)::integer as file_no, p.pid as person_pensioner, p.resident_id,
        {name_of("p", "p.pid", "pension", rates)} as name, m.month as payment_month,
        case when date_trunc('month', p.death) < m.month then 'dead_yet_paid' end as error_person_pensioner,
        (110 + pick(p.pid, 'pension', 4000))::decimal(18, 2) as amount_cny,
        '621700' || lpad(pick(p.pid, 'account', 1000000000)::varchar, 13, '0') as account_number, 'paid' as status_code
    from person p, month m
    where p.age >= 60 and p.slot <> 9 and p.kind = 0 and (u(p.pid, 'paid by the city') < 0.036
            or (p.death > date '2018-09-01' and u(p.pid, 'paid by the city') < 0.1))
        and (p.death is null or date_trunc('month', p.death) >= m.month
            or (p.death > date '2018-09-01' and u(p.pid, 'dead yet paid') < {rates.dead_yet_paid}))"""


def _cards(rates: ErrorRates) -> str:
    bank = list_pick(["中国工商银行", "中国农业银行", "遂宁银行", "四川农村信用社", "中国建设银行"], "p.pid", "bank")
    return f"""
    select {shuffled("p.pid", "card")} as seq, p.pid as person_cardholder, p.resident_id,
        {name_of("p", "p.pid", "card", rates)} as name, 'A' || lpad(p.pid::varchar, 8, '0') as card_number,
        greatest(p.birth + 30, date '2012-01-01' + pick(p.pid, 'issued', 2700)) as issued_date,
        ['active', 'active', 'active', 'active', 'inactive', 'lost', 'cancelled'][1 + pick(p.pid, 'card status', 7)] as status_code,
        {bank} as bank_name
    from person p where p.slot <> 9 and p.birth < date '2019-06-01' and (p.death is null or p.death > date '2017-01-01')
        and u(p.pid, 'in the city') < 0.017"""


def _medical(rates: ErrorRates, salt: str, share: float) -> str:
    """One row per person of a share of them, employees and residents; people from elsewhere too, with the documents they have."""
    return f"""
    select {shuffled("p.pid", salt + " medical")} as seq, p.pid as person_insured, {id_type()} as id_type_code,
        {id_number()} as identity_number, {name_of("p", "p.pid", salt + " medical", rates)} as name,
        case when e.pid is null then 'medical_resident' else 'medical_employee' end as insurance_type_code,
        case when p.death < date '2019-06-01' and u(p.pid, 'reported dead') >= {rates.dead_yet_insured} then 'terminated'
            when u(p.pid, '{salt} unpaid') < 0.06 then 'unpaid' else 'active' end as status_code,
        l.county_code as insured_division_code, {address("l", "p.pid", rates)} as residence_address,
        {phone_of("p", "p.pid", salt + " medical", rates)} as phone, o.uscc as employer_code, o.name as employer_name,
        'Y' || lpad(o.oid::varchar, 7, '0') as insured_unit_number,
        coalesce(e.since, greatest(date '2017-01-01', p.birth + 15)) as start_date,
        case when p.death < date '2019-06-01' and u(p.pid, 'reported dead') >= {rates.dead_yet_insured} then p.death
            when e.pid is null then date '2019-12-31' end as end_date
    from person p left join employment e using (pid) left join organization o on o.oid = {_employer(rates, salt)}
        join place l on l.aid = case when p.former_aid is not null and u(p.pid, '{salt} moved') < {rates.stale_address}
            then p.former_aid else p.residence_aid end
    where (p.death is null or p.death > date '2017-06-01') and p.left_for is null and u(p.pid, '{salt} insured') < {share}"""


_PROVIDERS = """
select o.oid as seq, o.oid as organization_designated_provider, o.name, o.uscc, 'H51' || lpad(o.oid::varchar, 8, '0')
        as designation_number,
    case when o.kind = 'hospital' then case when o.name like '%社区%' then 'community' else 'township' end
        when o.kind = 'private_hospital' then 'hospital' when o.industry_code = 'F5251' then 'pharmacy' else 'clinic' end
        as provider_type_code,
    {address} as address,
    case when o.status_code <> 'active' then 'terminated' when u(o.oid, 'agreement') < 0.03 then 'suspended' else 'active' end
        as status_code
from organization o
where o.kind in ('hospital', 'private_hospital') or (o.is_market and o.industry_code in ('F5251', 'Q8425')
    and u(o.oid, 'designated') < 0.3)"""

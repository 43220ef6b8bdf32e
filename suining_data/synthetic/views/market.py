"""What market supervision delivers, in the city and from the province: registrations, participants, licences, penalties.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_address, organization_name_of

ACTIVE = ("存续", "在营", "开业", "在业", "存续（在营、开业、在册）")
STATUS = {"active": ACTIVE, "revoked": ("吊销", "吊销，未注销", "吊销未注销"), "deregistered": ("注销", "已注销")}
TYPES = {
    "enterprise": ("有限责任公司", "有限责任公司(自然人投资或控股)", "有限责任公司(自然人独资)", "其他有限责任公司"),
    "branch": ("有限责任公司分公司", "分公司"),
    "sole_trader": ("个体工商户", "个体工商户", "个体"),
}
KIND = "case o.kind when 'company' then 'enterprise' else o.kind end"
POSITION = "case position when '股东' then 'investor' when '执行董事' then 'executive_director' when '监事' then 'supervisor' else 'manager' end"

# Of a row `o` of organization: what its licence to trade in food or drugs says, and whether it has one.
FOOD_DRUG_LICENCE = """case when o.industry_code = 'F5251' then '川DB' || lpad(o.oid::varchar, 9, '0')
            else 'JY' || (1 + o.oid % 3) || o.county_code || lpad(o.oid::varchar, 7, '0') end"""
SELLS_FOOD_OR_DRUGS = "o.is_market and o.industry_code in ('F5211', 'H6210', 'F5251', 'H6231', 'F5223', 'C1399')"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    spelled = {"status_code": STATUS, "organization_type_code": TYPES}
    return {
        "market_supervision__registrations": View(_registrations(rates), dates="iso", spellings=spelled),
        "market_supervision__shareholders_and_officers": View(
            _participants(rates, "o.approved > date '2016-01-01'"), dates="iso",
            spellings={"participant_type_code": {"person": ("自然人", "自然人股东"), "organization": ("法人股东", "企业法人")}},
        ),
        "market_supervision__food_drug_licenses": View(_licences(rates), dates="slash"),
        "market_supervision__penalties": View(_penalties(rates), dates="iso"),
        "sichuan_market_supervision__registrations": View(_all_registrations(rates), dates="iso", spellings=spelled),
        "sichuan_market_supervision__shareholders_and_officers": View(_participants(rates, "true"), dates="iso"),
    }  # fmt: skip


def _name(rates: ErrorRates, salt: str) -> str:
    """SQL: the name; some sole traders have none."""
    nameless = f"o.kind = 'sole_trader' and u(o.oid, 'nameless') < {rates.sole_trader_without_name}"
    return f"case when {nameless} then null else {organization_name_of('o', 'o.oid', salt, rates)} end"


def _codes(rates: ErrorRates) -> str:
    """SQL columns uscc and registration_number: sole traders of before 2015 often have only the old number."""
    old_only = f"(o.kind = 'sole_trader' and o.registration_number is not null and u(o.oid, 'old number only') < {rates.sole_trader_without_uscc})"
    mixed = f"(o.registration_number is not null and u(o.oid, 'mixed') < {rates.old_number_instead_of_uscc})"
    return (
        f"case when {old_only} then null when {mixed} then o.registration_number else o.uscc end as uscc, "
        "case when u(o.oid, 'shows old number') < 0.8 then o.registration_number end as registration_number"
    )


def _registrations(rates: ErrorRates) -> str:
    """Approvals since 2018: foundings, changes, ends."""
    return f"""
    with event as (
        select oid, established as day, '设立登记' as item, 0 as e from organization where is_market and established > date '2017-01-01'
        union all select oid, closed, '注销登记', 1 from organization where is_market and closed > date '2017-01-01'
        union all select oid, renamed_on, '名称变更', 2 from organization where former_name is not null and is_market
        union all select oid, approved, ['经营范围变更', '住所变更', '法定代表人变更', '注册资本变更'][1 + pick(oid, 'item', 4)], 3
            from organization where is_market and approved > established
    )
    select e.oid * 4 + e.e as seq, e.day, o.oid as organization_registered_entity, o.representative as person_legal_representative,
        {_codes(rates)}, {_name(rates, "approval")} as name, {KIND} as organization_type_code, p.name as representative_name,
        p.resident_id as representative_number, o.capital_wan * 10000 as registered_capital, o.currency,
        o.established as established_date, o.business_scope, o.industry_code,
        case when e.e = 1 or o.closed is null or o.closed <= e.day then o.status_code else 'active' end as status_code,
        {organization_address("o")} as address, o.registrar as registrar_name, e.item as change_item, e.day as approval_date
    from event e join organization o using (oid) join person p on p.pid = o.representative"""


def _all_registrations(rates: ErrorRates) -> str:
    """Every market entity; the address and name may be those of before the last change."""
    return f"""
    select o.oid as seq, o.oid as organization_registered_entity,
        case when o.former_representative is not null and u(o.oid, 'old head') < {rates.stale_name} then o.former_representative
            else o.representative end as person_legal_representative,
        {_codes(rates)}, case when u(o.oid, 'shows code') < 0.4 then o.organization_code end as organization_code,
        {_name(rates, "province")} as name, {KIND} as organization_type_code, p.name as representative_name,
        p.resident_id as representative_number, o.capital_wan * 10000 as registered_capital, o.currency,
        o.established as established_date, o.closed as closed_date, o.industry_code, o.status_code,
        {organization_address("o")} as address, o.division_code, o.phone, o.business_scope, o.registrar as registrar_name,
        o.approved as approval_date
    from organization o join person p on p.pid = case when o.former_representative is not null
        and u(o.oid, 'old head') < {rates.stale_name} then o.former_representative else o.representative end
    where o.is_market"""


def _participants(rates: ErrorRates, where: str) -> str:
    return f"""
    select a.aid as seq, a.approved as day, a.oid as organization_invested_entity, a.pid as person_participant,
        a.investor as organization_participant, o.uscc, {organization_name_of("o", "o.oid", "seat", rates)} as name,
        case when a.investor is null then 'person' else 'organization' end as participant_type_code,
        coalesce(p.name, i.name) as participant_name, coalesce(p.resident_id, i.uscc) as participant_number,
        (a.amount_wan * 10000)::decimal(18, 2) as subscribed_capital_cny, a.share_percent::decimal(5, 2) as share_percent,
        {POSITION} as position_code, a.approved as updated_date
    from participant a join organization o using (oid) left join person p on p.pid = a.pid
        left join organization i on i.oid = a.investor
    where {where}"""


def _licences(rates: ErrorRates) -> str:
    """Licences of traders in food and drugs; some holders are deregistered by now."""
    items = list_pick(
        ["预包装食品销售", "热食类食品制售", "预包装食品、散装食品销售", "冷食类食品制售", "保健食品销售"],
        "o.oid",
        "food",
    )
    return f"""
    select o.oid as seq, o.approved as day, o.oid as organization_licensee,
        {FOOD_DRUG_LICENCE} as license_number,
        {organization_name_of("o", "o.oid", "licence", rates)} as name, o.uscc, {organization_address("o")} as address,
        case when o.industry_code = 'F5251' then '处方药、非处方药' else {items} end as licensed_items,
        o.approved as issued_date, o.approved + 1825 as valid_until,
        case when o.closed is not null and u(o.oid, 'live licence') >= {rates.deregistered_with_licence} then 'deregistered'
            when o.approved + 1825 < date '2019-08-31' then 'expired' else 'valid' end as status_code
    from organization o
    where {SELLS_FOOD_OR_DRUGS}"""


def _penalties(rates: ErrorRates) -> str:
    reasons = [
        "未按规定期限公示年度报告",
        "通过登记的住所或者经营场所无法联系",
        "销售超过保质期的食品",
        "无照经营",
        "虚假宣传",
    ]
    return f"""
    select o.oid as seq, date '2019-08-28' - pick(o.oid, 'decided', 900) as day, o.oid as organization_listed_entity, o.uscc,
        {organization_name_of("o", "o.oid", "penalty", rates)} as name,
        ['abnormal', 'abnormal', 'abnormal_removed', 'penalty', 'serious'][1 + pick(o.oid, 'listed', 5)] as listing_type_code,
        '遂市监' || ['异列', '罚', '处'][1 + pick(o.oid, 'document', 3)] || '〔2019〕' || o.oid || '号' as document_number,
        {list_pick(reasons, "o.oid", "reason")} as reason, date '2019-08-28' - pick(o.oid, 'decided', 900) as decision_date,
        o.registrar as authority_name
    from organization o where o.is_market and o.name is not null and u(o.oid, 'listed at all') < 0.02"""

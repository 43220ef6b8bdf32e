"""What the government-service office delivers: applications and the index of electronic credentials issued on them.

Here: the rows as the department records them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from . import market, transport
from .care import DISABILITY_CARD
from .view import View, Views, list_pick, organization_name_of

OTHER_ITEMS = (
    "居民户口登记",
    "最低生活保障对象认定",
    "灵活就业人员参加企业职工基本养老保险登记",
    "城乡居民基本医疗保险参保登记",
    "纳税信用复评",
    "公共租赁住房资格确认",
)


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {"government_services__cases": View(_cases(rates), dates="iso")}


def _cases(rates: ErrorRates) -> str:
    """Cases of the last three years. A case that ended with a credential has the number of the issuing department."""
    granted = f"""
        select 'business_license' as kind, oid * 8 as k, oid, null::bigint as pid, uscc as number, approved as issued,
            null::date as valid_until, registrar as issuer from organization where is_market and name is not null
        union all select case when o.industry_code = 'F5251' then 'drug_license' else 'food_license' end, oid * 8 + 1, oid, null,
            {market.FOOD_DRUG_LICENCE}, approved, approved + 1825, registrar
            from organization o where {market.SELLS_FOOD_OR_DRUGS}
        union all select 'road_license', oid * 8 + 2, oid, null, {transport.OPERATOR_LICENCE}, approved, approved + 1460, county || '交通运输局'
            from organization o where {transport.HAULS}
        union all select 'marriage_certificate', mid * 16 + 3, null, husband, certificate, married, null, county || '民政局' from marriage
        union all select 'marriage_certificate', mid * 16 + 11, null, wife, certificate, married, null, county || '民政局' from marriage
        union all select 'disability_certificate', pid * 8 + 4, null, pid, {DISABILITY_CARD}, date '2016-09-01' + pick(pid, 'card on line', 1090),
            date '2026-09-01' + pick(pid, 'card on line', 1090), '遂宁市残疾人联合会' from person p where u(pid, 'disabled at all') < 0.009 and slot <> 9
        union all select null, pid * 8 + 5, null, pid, null, date '2016-09-01' + pick(pid, 'applied', 1090), null, null
            from person where is_registered and age > 17 and u(pid, 'applies') < 0.012"""
    item = f"""case s.kind when 'business_license' then '企业、个体工商户设立（变更）登记' when 'food_license' then '食品经营许可'
        when 'drug_license' then '药品零售企业经营许可' when 'road_license' then '道路货物运输经营许可'
        when 'marriage_certificate' then '内地居民婚姻登记' when 'disability_certificate' then '残疾人证办理'
        else {list_pick(OTHER_ITEMS, "s.k", "item")} end"""
    ended_badly = "['granted', 'granted', 'granted', 'refused', 'withdrawn', 'pending'][1 + pick(s.k, 'result', 6)]"
    return f"""
    with granted as ({granted}),
    service as (
        select * from granted where issued between date '2016-09-01' and date '2019-08-30'
            and u(k, 'on line') < case kind when 'food_license' then 0.08 when 'business_license' then 0.12 when 'marriage_certificate' then 0.4
                else 1 end
    ),
    settled as (
        select s.*, {item} as item, s.issued - (1 + pick(s.k, 'working days', 12)) as accepted,
            case when s.kind is null then {ended_badly} else 'granted' end as result
        from service s
    )
    select s.k as seq, s.accepted as day, s.pid as person_applicant, s.oid as organization_applicant,
        '5109' || strftime(s.accepted, '%Y%m%d') || lpad(s.k::varchar, 9, '0') as case_number,
        '5109' || lpad((hash(s.item) % 100000000)::varchar, 8, '0') || '00' as item_code, s.item as item_name,
        coalesce(s.issuer, '遂宁市政务服务中心') as department_name,
        case when s.pid is null then 'organization' else 'person' end as applicant_type_code,
        case when s.pid is null then {organization_name_of("o", "o.oid", "case", rates)} else p.name end as applicant_name,
        coalesce(o.uscc, p.resident_id, p.foreign_number) as applicant_number, coalesce(p.phone, o.phone) as phone,
        s.accepted + interval (9 + pick(s.k, 'hour', 8)) hour + interval (pick(s.k, 'minute', 60)) minute as accepted_at,
        case when s.result <> 'pending' then s.issued + interval (10 + pick(s.k, 'end', 7)) hour end as finished_at,
        s.result as result_code, s.kind as credential_type_code,
        case when s.kind is not null then '1.2.156.3005.2.' || upper(substr(md5(s.kind || s.number || s.k), 1, 24)) end as credential_id,
        s.number as credential_number, case when s.kind is not null then s.issuer end as issuer_name,
        case when s.kind is not null then s.issued end as issued_date, s.valid_until,
        case when s.kind is null then null when o.closed is not null then 'deregistered' when s.valid_until < date '2019-08-31' then 'expired'
            else 'valid' end as status_code
    from settled s left join person p using (pid) left join organization o using (oid)"""

"""The court's list of debtors who do not obey a judgement; half of a person's number is hidden.

Here: the rows as the court publishes them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick

CONDUCT = (
    "有履行能力而拒不履行生效法律文书确定义务",
    "违反财产报告制度",
    "违反限制消费令",
    "以虚假诉讼、虚假仲裁或者以隐匿、转移财产等方法规避执行",
)


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {"intermediate_court__dishonest_debtors": View(_debtors(), dates="chinese", labels=frozenset({"sex_code"}))}


def _debtors() -> str:
    """The debtors of the province's list (credit_and_care.py), and the same number of others."""
    court = "case when s.k % 3 = 0 then '四川省遂宁市中级人民法院' else '四川省遂宁市船山区人民法院' end"
    filed = "date '2019-08-20' - pick(s.k, 'recorded', 800)"
    return f"""
    with debtor as (
        select oid * 2 as k, oid, null::bigint as pid from organization
            where is_market and name is not null and u(oid, 'public record') < 0.045 and pick(oid * 2, 'record', 7) >= 3
        union all select pid * 2 + 1, null, pid from person
            where is_registered and kind = 0 and age > 22 and u(pid, 'public record') < 0.0016 and pick(pid * 2 + 1, 'record', 4) <= 2
    )
    select s.k as seq, {filed} + 20 as day, s.pid as person_dishonest_debtor, s.oid as organization_dishonest_debtor,
        '（' || year({filed}) || '）川0903执' || (100 + s.k % 9000) || '号' as case_number,
        case when s.pid is null then 'organization' else 'person' end as debtor_type_code, coalesce(o.name, p.name) as debtor_name,
        p.sex::varchar as sex_code, coalesce(o.uscc, p.resident_id[1:10] || '****' || p.resident_id[15:18]) as debtor_number,
        r.name as representative_name, {court} as court_name,
        '（' || year({filed}) || '）川0903民初' || (100 + s.k % 7000) || '号' as judgement_number, {filed} as filed_date,
        ['none', 'none', 'none', 'part'][1 + pick(s.k, 'performed', 4)] as performance_code, {list_pick(CONDUCT, "s.k", "conduct")} as conduct,
        {filed} + 20 as published_date
    from debtor s left join organization o using (oid) left join person p using (pid) left join person r on r.pid = o.representative"""

"""What the offices of care deliver: disability certificates, special care for veterans, poor households.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, address, name_of, phone_of, shuffled

DISABILITY_CARD = "p.resident_id || (1 + pick(p.pid, 'disability', 7)) || (1 + pick(p.pid, 'disability level', 4))"  # as the province has


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "disabled_federation__certificates": View(
            _certificates(rates), dates="dotted", title="残疾人证核发（变动）情况表",
            labels=frozenset({"sex_code", "disability_type_code", "disability_level_code"}),
            spellings={"status_code": {"suspended": ("暂扣", "暂停")}},
        ),
        "veterans_affairs__special_care": View(
            _special_care(rates), dates="dotted", title="优抚对象花名册", arranged="county_place",
            labels=frozenset({"sex_code", "injury_level_code"}),
        ),
        "poverty_alleviation__households": View(
            _POOR, dates="dotted", title="建档立卡贫困户花名册", keeps_order=True,
            labels=frozenset({"head_relation_code", "ethnicity_code", "education_code"}),
            spellings={"poverty_exit_code": {"left_with_support": ("已脱贫（享受政策）", "已脱贫")}},
            merged=frozenset({
                "county_name", "town_name", "village_name", "household_card_number", "head_resident_id", "poverty_type_code",
                "poverty_cause_code", "registered_month", "poverty_exit_code", "exit_year", "income_per_head_cny",
            }),
        ),
    }  # fmt: skip


def _certificates(rates: ErrorRates) -> str:
    """Cards issued, renewed or given up in the last four years; children have a guardian."""
    day = "least(date '2019-08-30' - pick(p.pid, 'card changed', 1400), coalesce(p.death + 40, date '2019-08-30'))"
    return f"""
    select p.pid as seq, {day} as day, p.pid as person_certificate_holder, g.pid as person_disabled_guardian,
        {DISABILITY_CARD} as certificate_number, {name_of("p", "p.pid", "card", rates)} as name, p.sex::varchar as sex_code, p.resident_id,
        {address("l", "p.pid", rates)} as registered_address, {phone_of("p", "p.pid", "card", rates)} as phone,
        (1 + pick(p.pid, 'disability', 7))::varchar as disability_type_code,
        (1 + pick(p.pid, 'disability level', 4))::varchar as disability_level_code,
        g.name as guardian_name, g.phone as guardian_phone, {day} as issued_date, {day} + 3652 as valid_until,
        case when p.death is not null then 'deregistered' when u(p.pid, 'card frozen') < 0.02 then 'suspended' else 'valid' end as status_code
    from person p join place l on l.aid = p.registered_aid
        left join person g on g.pid = case when p.age < 18 then coalesce(p.mother, p.father) end
    where p.slot <> 9 and p.age >= 3 and (p.death is null or p.death > date '2018-06-01') and u(p.pid, 'disabled at all') < 0.009
        and u(p.pid, 'card moves') < 0.6"""


def _special_care(rates: ErrorRates) -> str:
    """Old soldiers and families of the fallen; disabled soldiers have a level, families have not served themselves."""
    return f"""
    with entitled as (
        select *, case when age < 58 then ['disabled_soldier', 'ill_veteran', 'war_veteran', 'martyr_family'][1 + pick(pid, 'care', 4)]
            when sex = 2 then ['martyr_family', 'illness_death_family', 'martyr_child', 'duty_death_family'][1 + pick(pid, 'care', 4)]
            when age >= 85 then 'demobilised_soldier'
            else ['rural_veteran', 'rural_veteran', 'rural_veteran', 'war_veteran', 'disabled_soldier', 'ill_veteran', 'martyr_child']
                [1 + pick(pid, 'care', 7)] end as care
        from person
        where is_registered and kind = 0 and ((sex = 1 and age >= 60 and u(pid, 'served') < 0.032)
            or (age between 25 and 59 and sex = 1 and u(pid, 'served') < 0.0016) or (sex = 2 and age >= 58 and u(pid, 'served') < 0.004))
    ),
    served as (select *, not contains(care, 'family') and care <> 'martyr_child' as has_served from entitled)
    select {shuffled("p.pid", "care")} as seq, l.county_code as county_place, p.pid as person_special_care_recipient, l.county as county_name,
        {name_of("p", "p.pid", "care", rates)} as name, p.sex::varchar as sex_code, p.resident_id, p.care as special_care_type_code,
        case when p.care = 'disabled_soldier' then (1 + pick(p.pid, 'injury', 10))::varchar end as injury_level_code,
        {address("l", "p.pid", rates)} as registered_address,
        case when has_served then p.birth + (365.25 * (18 + pick(p.pid, 'enlisted', 4)))::integer end as enlisted_date,
        case when has_served then p.birth + (365.25 * (21 + pick(p.pid, 'enlisted', 4) + pick(p.pid, 'years', 5)))::integer end as discharged_date,
        (400 + 35 * pick(p.pid, 'care amount', 60))::decimal(18, 2) as monthly_benefit_cny,
        date '2004-10-01' + pick(p.pid, 'care since', 5300) as start_date, {phone_of("p", "p.pid", "care", rates)} as phone
    from served p join place l on l.aid = p.registered_aid"""


# Rural households; the registered ones of 2014 have mostly left poverty by 2019.
_POOR = """
with member as (
    select p.hid, p.pid, p.slot, p.resident_id, p.name, p.relation_code, p.ethnicity_code, p.education_code, l.county_code, l.county, l.town,
        l.village, l.code, first_value(p.resident_id) over household as head_resident_id, first_value(p.pid) over household as head
    from person p join place l on l.aid = p.registered_aid
    where p.is_registered and p.kind = 0 and p.hid > 0 and not l.is_community and u(p.hid, 'poor') < 0.013
    window household as (partition by p.hid order by p.slot, p.pid)
)
select (chaos(m.hid, 'poor roll') % 2000000000)::bigint * 40000000 + m.hid * 10 + m.slot as seq,
    m.pid as person_poor_household_member, m.head as person_poor_household_head, m.county as county_name, m.town as town_name,
    m.village as village_name, m.code || lpad((m.hid % 100000)::varchar, 5, '0') as household_card_number, m.head_resident_id, m.name, m.resident_id,
    m.relation_code as head_relation_code, m.ethnicity_code, m.education_code,
    ['ordinary', 'ordinary', 'ordinary', 'minimum_income', 'minimum_income', 'destitute'][1 + pick(m.hid, 'poor kind', 6)] as poverty_type_code,
    ['illness', 'illness', 'illness', 'disability', 'disability', 'skill', 'labour', 'funds', 'schooling', 'disaster', 'motivation']
        [1 + pick(m.hid, 'poor cause', 11)] as poverty_cause_code,
    case when u(m.hid, 'found late') < 0.15 then date '2016-12-01' else date '2014-04-01' end as registered_month,
    case when u(m.hid, 'poor still') < 0.02 then 'poor' when u(m.hid, 'poor still') < 0.03 then 'fallen_back'
        when u(m.hid, 'poor still') < 0.2 then 'left' else 'left_with_support' end as poverty_exit_code,
    case when u(m.hid, 'poor still') >= 0.03 then (2014 + pick(m.hid, 'left poverty', 5))::varchar end as exit_year,
    (3400 + pick(m.hid, 'poor income', 6000))::decimal(18, 2) as income_per_head_cny
from member m"""

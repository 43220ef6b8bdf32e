"""What education delivers, in the city and from the province: enrolments, degrees, schools.

Here: the rows as the departments record them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, address, id_number, name_of, organization_address, phone_of, shuffled

SCHOOL_CODE = "'21510' || lpad((o.oid % 100000)::varchar, 5, '0')"
# Schools in turn by their kind of pupils; a name that two schools share counts once, as sheets need distinct names.
_SCHOOLS = """
    school as (
        select o.*, row_number() over (order by oid) - 1 as i
        from (select * from organization where kind = 'school' qualify row_number() over (partition by name order by oid) = 1) o
    )"""


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "education__enrolment_changes": View(_changes(rates), dates="slash", title="学籍变动情况表", keeps_order=True),
        "education__schools": View(
            _SCHOOL_LIST.format(address=organization_address("o"), code=SCHOOL_CODE), title="学校（机构）名录"
        ),
        "sichuan_education__enrolments": View(
            _enrolments(rates),
            dates="compact",
            spellings={"study_level_code": {"60": ("普通高中", "高中"), "20": ("本科", "大学本科")}},
        ),
    }


def _enrolment_number(row: str) -> str:
    """SQL: G and the resident id; L and a temporary number for pupils without one and some others."""
    temporary = f"{row}.resident_id is null or u({row}.pid, 'temporary') < 0.03"
    return f"case when {temporary} then 'L5109' || lpad({row}.pid::varchar, 14, '0') else 'G' || {row}.resident_id end"


def _changes(rates: ErrorRates) -> str:
    """Pupils of a quarter of the schools, a sheet per school."""
    return f"""
    with {_SCHOOLS},
    pupil as (
        select *, pick(pid, 'school', (select least(count(*), greatest(count(*) // 4, 4)) from school)) as place,
            case when pick(pid, 'guardian', 2) = 0 then coalesce(father, mother) else coalesce(mother, father) end as guardian
        from person where age between 6 and 15 and death is null and slot in (2, 3, 4, 9) and u(pid, 'changes school') < 0.125
    )
    select o.oid * 100000000::bigint + p.pid as seq, p.pid as person_student, g.pid as person_guardian, o.name as school_name,
        {_enrolment_number("p")} as enrolment_number, p.name, {id_number()} as identity_number, {SCHOOL_CODE} as school_code,
        ['一', '二', '三', '四', '五', '六', '七', '八', '九'][1 + (p.age - 6) % 9] || '年级' as grade_name,
        (1 + pick(p.pid, 'class', 8)) || '班' as class_name, {address("l", "p.hid", rates)} as residence_address,
        {name_of("g", "g.pid", "guardian", rates)} as guardian_name, g.resident_id as guardian_resident_id,
        {phone_of("g", "g.pid", "guardian", rates)} as guardian_phone,
        ['entered', 'entered', 'transferred_in', 'transferred_out', 'suspended', 'resumed', 'graduated']
            [1 + pick(p.pid, 'enrolment change', 7)] as change_code,
        date '2019-08-25' - pick(p.pid, 'changed school', 180) as change_date
    from pupil p join school o on o.i = p.place left join person g on g.pid = p.guardian join place l on l.aid = p.residence_aid"""


_SCHOOL_LIST = """
select o.oid as seq, o.oid as organization_school, {code} as school_code, o.name, o.uscc,
    case when o.kind = 'private_school' then 'kindergarten' when o.name like '%初级中学校' then 'junior' else 'primary' end
        as school_type_code,
    {address} as address, o.lon as longitude, o.lat as latitude
from organization o where o.kind in ('school', 'private_school')"""


def _enrolments(rates: ErrorRates) -> str:
    """Pupils and students, and those who finished; a person may have a school and a college."""
    return f"""
    with {_SCHOOLS},
    course as (
        select pid, case when age < 12 then '80' when age < 15 then '70' else '60' end as level,
            birth + (365.25 * case when age < 12 then 6.3 when age < 15 then 12.3 else 15.3 end)::integer as entry, 0 as k
            from person where age between 6 and 18 and slot in (2, 3, 4, 9)
        union all select pid, college_level, birth + 6780, 1 from person where college_level is not null
    )
    select {shuffled("c.pid * 2 + c.k", "enrolment")} as seq, p.pid as person_student,
        case when c.k = 1 then year(c.entry) || lpad(p.pid::varchar, 8, '0') else {_enrolment_number("p")} end as enrolment_number,
        {name_of("p", "p.pid", "enrolment", rates)} as name, {id_number()} as identity_number, p.sex::varchar as sex_code,
        p.birth as birth_date, case when c.k = 0 then {SCHOOL_CODE} else '4151010' || lpad(pick(p.pid, 'university', 90)::varchar, 3, '0')
            end as school_code,
        case when c.k = 0 then o.name else ['四川职业技术学院', '西华师范大学', '成都大学', '绵阳师范学院'][1 + pick(p.pid, 'university', 4)]
            end as school_name,
        c.level as study_level_code, c.entry as entry_date,
        case when c.k = 1 and c.entry < date '2015-08-01' then c.entry + 1400 end as graduation_date,
        case when c.k = 1 and c.entry < date '2015-08-01' then 'graduated' when u(p.pid, 'left school') < 0.01 then 'left'
            else 'enrolled' end as status_code,
        case when c.k = 1 and c.entry < date '2015-08-01' then '10' || lpad(p.pid::varchar, 16, '0') end as diploma_number
    from (select *, pick(pid, 'school', (select count(*) from school)) as place from course) c
        join person p using (pid) join school o on o.i = c.place"""

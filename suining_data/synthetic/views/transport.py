"""What transport delivers: road licences and qualifications, bus stops and vehicles.

Here: the rows as the department records them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, list_pick, organization_name_of, shuffled

# Of a row `o` of organization: the number of its road licence, and whether it has one.
OPERATOR_LICENCE = "'川交运管许可遂字' || lpad((5109000000 + o.oid)::varchar, 12, '0') || '号'"
HAULS = "o.industry_code in ('G5431', 'G6020') and o.is_market and o.name is not null"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "transport__road_licenses": View(_licences(rates), dates="iso"),
        "transport__transit": View(f"select * replace ({shuffled('seq', 'transit')} as seq) from ({_TRANSIT})"),
    }


def _licences(rates: ErrorRates) -> str:
    """Licences of hauliers and, twice as many, qualifications of drivers."""
    scope = list_pick(["道路普通货物运输", "道路危险货物运输", "县内包车客运", "出租汽车客运"], "h.k", "scope")
    job = list_pick(["道路旅客运输驾驶员", "道路货物运输驾驶员", "巡游出租汽车驾驶员"], "h.k", "job")
    return f"""
    with holder as (
        select oid * 2 as k, null::bigint as pid, oid from organization o where {HAULS}
        union all select pid * 2 + 1, pid, null from person
            where is_registered and age between 21 and 62 and sex = 1 and u(pid, 'driver') < 0.012
    )
    select {shuffled("h.k", "road")} as seq, h.oid as organization_licensee, h.pid as person_road_practitioner,
        case when h.oid is not null then {OPERATOR_LICENCE}
            else p.resident_id end as license_number,
        case when h.oid is not null then 'operator' else 'practitioner' end as license_type_code,
        case when h.oid is not null then {organization_name_of("o", "o.oid", "road", rates)} else p.name end as holder_name,
        coalesce(o.uscc, p.resident_id) as holder_number, case when h.oid is not null then {scope} else {job} end as business_scope,
        date '2014-01-01' + pick(h.k, 'issued', 2000) as issued_date, date '2018-01-01' + pick(h.k, 'issued', 2000) as valid_until,
        case when o.closed is not null and u(o.oid, 'road licence lives') >= {rates.deregistered_with_licence} then 'deregistered'
            when date '2018-01-01' + pick(h.k, 'issued', 2000) < date '2019-08-31' then 'expired' else 'valid' end as status_code
    from holder h left join person p using (pid) left join organization o using (oid)"""


# Routes of 20 stops, each stop near a community; 450 buses.
_TRANSIT = """
with stop as (
    select vid, regexp_replace(village, '(社区|居委会|村)$', '') || '站' as name, lon, lat,
        row_number() over (order by vid) - 1 as i
    from village where is_community
),
line as (
    select 1000 + k as seq, 'stop' as record_type_code, lpad((1 + k // 20)::varchar, 3, '0') || '路' as route_code, 1 + k % 20 as stop_sequence,
        pick(k, 'stop', (select count(*) from stop)) as i, null as plate_number, 1 + k // 20 as route
    from range(1200) as t(k)
)
select seq, record_type_code, route_code, stop_sequence, 'ZD' || lpad(s.vid::varchar, 5, '0') as stop_code, s.name as stop_name,
    s.lon + 0.001 as longitude, s.lat - 0.001 as latitude, plate_number, '遂宁市公共交通有限公司' as operator_name
from line l join stop s on s.i = l.i
union all
select 5000 + k, 'vehicle', lpad((1 + k % 60)::varchar, 3, '0') || '路', null, null, null, null, null,
    '川J' || chr((65 + k % 8)::integer) || lpad((1000 + k * 17)::varchar, 4, '0'), '遂宁市公共交通有限公司'
from range(450) as t(k)"""

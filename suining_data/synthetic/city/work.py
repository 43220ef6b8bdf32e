"""Relations of people and organisations: branches and parents, shareholders, officers, employment, ownership.

Here: tables `organization` completed with branches' names, `participant`, `employment`, `ownership`.
Not here: the organisations (organizations.py), the people (people.py).
"""

import duckdb

from ..errors import ErrorRates
from ..randomness import numbered
from . import words


def make_relations(con: duckdb.DuckDBPyConnection, rates: ErrorRates) -> None:
    """Complete `organization` and create `participant`, `employment` and `ownership`."""
    firms = numbered(con, "firm", "select oid as id from organization where kind = 'company'")
    con.execute(_BRANCHES.replace("{firms}", str(firms)).replace("{other_ending}", str(rates.branch_other_ending)))
    con.execute("drop table organization")
    con.execute("alter table organization_whole rename to organization")
    partners = numbered(con, "partner", "select pid as id from person where is_registered and age between 22 and 75")
    con.execute(_PARTICIPANTS.replace("{firms}", str(firms)).replace("{partners}", str(partners)))
    employers = numbered(con, "employer", _EMPLOYERS.format(status="= 'active'"))
    con.execute(f"create table closed_employer as {_CLOSED_EMPLOYERS}")  # a very small city has none
    con.execute(_EMPLOYMENT.replace("{employers}", str(employers)))
    con.execute(_OWNERSHIP.replace("{partners}", str(partners)).replace("{employers}", str(employers)))


# Branches of other endings often leave out the form of the parent: 遂宁市鑫瑞商贸蓬溪县加油站
_BRANCHES = f"""
create table organization_whole as
with chosen as (
    select o.*, case when kind in ('branch', 'trade_union') then f.id end as parent
    from organization o join firm f on f.i = pick(o.oid, 'parent', {{firms}})
)
select c.* exclude (plain_name), coalesce(c.plain_name, case when c.kind = 'trade_union' then m.plain_name || '工会委员会' end,
    case when u(c.oid, 'other ending') < {{other_ending}} then
        case when u(c.oid, 'form left out') < 0.5 then regexp_replace(m.plain_name, '(有限责任公司|股份有限公司|有限公司)$', '')
            else m.plain_name end || case when u(c.oid, 'county branch') < 0.5 then c.county else c.town end
            || {words.sql_list(words.BRANCH_ENDINGS)}[1 + pick(c.oid, 'branch ending', {len(words.BRANCH_ENDINGS)})] end,
    m.plain_name || c.county || case when u(c.oid, 'town branch') < 0.5
        then c.town else '' end || case when u(c.oid, 'counted') < 0.1 then '第二' else '' end || '分公司') as name
from chosen c left join organization m on m.oid = c.parent order by c.oid"""

# One to three shareholders of a company (sometimes another company), then manager and supervisor. Shares sum to 100 %.
_PARTICIPANTS = """
create table participant as
with company as (
    select oid, representative, capital_wan, approved, 1 + (u(oid, 'partners') > 0.45)::integer + (u(oid, 'partners') > 0.85)::integer
        as partners, 0.3 + (u(oid, 'split') * 40)::integer / 100.0 as first_share
    from organization where kind in ('company', 'cooperative')
),
seat as (
    select f.*, s.n, s.position, f.oid * 10 + s.n as aid
    from company f, (values (1, '股东'), (2, '股东'), (3, '股东'), (4, '执行董事'), (5, '监事'), (6, '经理'))
        as s(n, position)
    where s.n <= f.partners or (s.n >= 4 and u(f.oid * 10 + s.n, 'seat') < 0.62)
)
select s.aid, oid, position, approved,
    case when n = 2 and u(oid, 'owned by firm') < 0.1 then f.id end as investor,
    case when n in (1, 4) or (n = 6 and u(oid, 'one man') < 0.5) then representative
        when not (n = 2 and u(oid, 'owned by firm') < 0.1) then p.id end as pid,
    case when position = '股东' then round(100 * case partners when 1 then 1 when 2 then case n when 1 then first_share else 1 - first_share end
        else case n when 1 then first_share when 2 then 0.2 else 0.8 - first_share end end, 2) end as share_percent,
    case when position = '股东' then share_percent * capital_wan / 100 end as amount_wan
from seat s join partner p on p.i = pick(s.aid, 'person', {partners}) join firm f on f.i = pick(s.oid, 'investor', {firms})
order by s.aid"""

_EMPLOYERS = """select oid as id from organization
    where status_code {status} and kind not in ('sole_trader', 'cooperative', 'branch', 'trade_union', 'rural_collective')"""
_CLOSED = "in ('deregistered', 'revoked', 'revoked_deregistered')"
_CLOSED_EMPLOYERS = f"""select row_number() over (order by id) - 1 as i, id
    from ({_EMPLOYERS.format(status=_CLOSED)})"""
# One of ten former employers has closed since.
_EMPLOYMENT = """
create table employment as
with job as (
    select p.pid, e.id as oid, case when u(pid, 'changed job') < 0.3 then f.id end as former_oid,
        case when u(pid, 'former employer closed') < 0.1
            then pick(p.pid, 'closed employer', (select greatest(count(*), 1) from closed_employer)) end as closed_i,
        greatest(p.birth + 6700, date '2019-08-01' - (7000 * u(pid, 'hired') ** 1.5)::integer) as since
    from person p join employer e on e.i = pick(p.pid, 'employer', {employers})
        join employer f on f.i = pick(p.pid, 'former employer', {employers})
    where p.age between 19 and 62 and p.kind <= 3 and u(pid, 'employed') < 0.42
        and (p.death is null or p.death > date '2016-01-01')
)
select pid, oid, case when former_oid is not null then coalesce(c.id, former_oid) end as former_oid,
    former_oid is not null and c.id is not null as has_former_closed, since
from job left join closed_employer c on c.i = closed_i
order by pid"""

# Every dwelling in a building and two of three houses are registered; the owner is an adult of the household. Of the
# dwellings in buildings, some were bought from who had bought them new, and some are mortgaged to one of five firms.
_OWNERSHIP = """
create table ownership as
with adult as (
    select hid, min_by(pid, slot) as pid, min_by(pid, -slot) filter (where slot in (0, 1)) as other
    from person where age >= 20 and hid > 0 group by hid
),
owned as (
    select l.aid, l.is_community, a.pid, case when u(l.aid, 'joint') < 0.3 and a.other <> a.pid then a.other end as joint_pid,
        date '2019-08-20' - (6500 * u(l.aid, 'registered'))::integer as registered_on,
        l.is_community and u(l.aid, 'sold on') < 0.05 as is_sold_on
    from place l join adult a on a.hid = l.aid where l.is_community or u(l.aid, 'titled') < 0.66
)
select o.aid, o.pid, o.joint_pid, o.registered_on, s.id as stranger_pid, f.id as other_stranger_pid,
    case when o.is_sold_on then f.id end as former_pid,
    case when o.is_sold_on then o.registered_on - 60 - pick(o.aid, 'kept', 180) end as former_registered_on,
    b.id as lender_oid, o.is_community and u(o.aid, 'mortgaged') < 0.15 as is_mortgaged,
    o.registered_on + pick(o.aid, 'lent', 45) as mortgaged_on, u(o.aid, 'paid off') < 0.3 as is_paid_off
from owned o
    join partner s on s.i = pick(o.aid, 'stranger', {partners})
    join partner f on f.i = pick(o.aid, 'former owner', {partners})
    join employer b on b.i = pick(pick(o.aid, 'lender', 5), 'lending firm', {employers})
order by o.aid"""

"""Organisations with their histories: firms, branches, sole traders, cooperatives, offices, schools, hospitals, societies.

Here: table `organization`, its numbers (USCC, organisation code, registration number), names, renames, ends.
Not here: their employees and shareholders (work.py), how departments record them (views/).
"""

import math

import duckdb

from ..randomness import numbered
from . import words
from .words import sql_list

# kind -> organisations at scale 1. The first four are the market entities of B08.
KINDS: dict[str, int] = {
    "company": 30_500,
    "branch": 5_000,
    "sole_trader": 87_000,
    "cooperative": 5_000,
    "government": 340,
    "institution": 1_900,
    "mass": 120,
    "school": 480,
    "hospital": 110,
    "private_school": 200,
    "private_hospital": 140,
    "society": 680,
    "private_unit": 420,
    "foundation": 12,
    "law_firm": 40,
    "notary": 6,
    "legal_service": 60,
    "trade_union": 200,
    "rural_collective": 640,
}
MARKET = ("company", "branch", "sole_trader", "cooperative")
PREFIX = {
    "company": "91", "branch": "91", "sole_trader": "92", "cooperative": "93", "government": "11", "institution": "12",
    "mass": "13", "school": "12", "hospital": "12", "private_school": "52", "private_hospital": "52", "society": "51",
    "private_unit": "52", "foundation": "53", "law_firm": "31", "notary": "32", "legal_service": "33",
    "trade_union": "81", "rural_collective": "N2",
}  # fmt: skip
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BUREAUS = (
    "发展和改革局 教育和体育局 经济和信息化局 公安局 民政局 司法局 财政局 人力资源和社会保障局 自然资源和规划局 生态环境局 住房和城乡建设局 "
    "交通运输局 水利局 农业农村局 商务局 文化广播电视和旅游局 卫生健康局 退役军人事务局 应急管理局 审计局 市场监督管理局 统计局 医疗保障局 "
    "信访局 林业局 综合行政执法局 政务服务和大数据管理局 税务局 机关事务管理局 扶贫开发局"
).split()
TOWN_SERVICES = (
    "农业综合服务中心 便民服务中心 文化站 社会治安综合治理中心 退役军人服务站 劳动保障所 水务管理站 林业工作站 畜牧兽医站 财政所 "
    "国土资源所 村镇建设服务中心 广播电视站 统计站 安全生产服务中心 农机管理站 敬老院 动物卫生监督所 计划生育服务站 交通管理站"
).split()
SOCIETY_SUBJECTS = "餐饮行业 书法家 摄影家 象棋 太极拳 老年体育 志愿者 商业 建筑业 旅游 物流 酒类流通 青年企业家 养蜂 柑橘 莲藕 集邮 诗词".split()


# Industry of the kinds without a trade (GB/T 4754-2017)
INDUSTRIES = {
    "cooperative": "A0141", "government": "S9221", "institution": "S9224", "mass": "S9511", "school": "P8321",
    "private_school": "P8310", "hospital": "Q8423", "private_hospital": "Q8415", "society": "S9522",
    "private_unit": "P8391", "foundation": "S9530", "law_firm": "L7231", "notary": "L7232",
    "legal_service": "L7239", "trade_union": "S9511", "rural_collective": "L7215",
}  # fmt: skip


def define_check_macros(con: duckdb.DuckDBPyConnection) -> None:
    """SQL macros for the check characters of organisation code, USCC and registration number."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = " + ".join(f"(strpos('{LETTERS}', body[{i + 1}]) - 1) * {w}" for i, w in enumerate(weights))
    con.execute(f"create or replace macro organization_check(body) as '0X987654321'[1 + ({total}) % 11]")
    total = " + ".join(f"(strpos('{ALPHABET}', body[{i + 1}]) - 1) * {3**i % 31}" for i in range(17))
    con.execute(f"create or replace macro uscc_check(body) as '{ALPHABET}'[1 + (31 - ({total}) % 31) % 31]")
    # ISO 7064 MOD 11,10; the state is p, 10 at the start.
    con.execute(
        """create or replace macro registration_check(body) as
        (11 - list_reduce(list_transform(string_split(body, ''), lambda d: d::integer),
            lambda p, d: 2 * (case when (p + d) % 10 = 0 then 10 else (p + d) % 10 end) % 11, 10)) % 10"""
    )


def make_organizations(con: duckdb.DuckDBPyConnection, scale: float) -> None:
    """Create `organization`; oid numbers all kinds, `k` counts within a kind."""
    define_check_macros(con)
    counts = ", ".join(f"('{kind}', {math.ceil(number * scale)})" for kind, number in KINDS.items())
    prefixes = " ".join(f"when '{kind}' then '{prefix}'" for kind, prefix in PREFIX.items())
    con.execute(
        f"""create table organization_seed as
        with kind as (select row_number() over () as place, * from (values {counts}) as t(kind, n)),
        one as (select place, kind, unnest(range(n))::integer as k from kind)
        select row_number() over (order by place, k) as oid, kind, k, case kind {prefixes} end as prefix,
            kind in {MARKET} as is_market
        from one"""
    )
    communities = numbered(con, "community", "select vid as id from village where is_community")
    owners = numbered(con, "owner", "select pid as id from person where is_registered and age between 20 and 70")
    con.execute(_PLACED.replace("{communities}", str(communities)).replace("{owners}", str(owners)))
    con.execute(_numbered())
    con.execute(_named())
    con.execute("drop table organization_seed; drop table organization_placed; drop table organization_numbered")


# Offices, schools, hospitals and collectives follow towns and villages in turn; firms choose a community.
_PLACED = f"""
create table organization_placed as
with town as (
    select town, min(vid) as vid, row_number() over (order by min(vid)) - 1 as t from village group by town, county_code
),
county_seat as (
    select min(vid) as vid, row_number() over (order by county_code) - 1 as y from village where is_community group by county_code
),
countryside as (
    select vid, row_number() over (order by u(vid, 'collective'), vid) - 1 as r from village where not is_community
),
seeded as (
    select s.*, case when kind = 'rural_collective' then r.vid when kind in ('institution', 'hospital') or (kind = 'government' and k >= 180) then t.vid
            when kind = 'government' then y.vid else c.id end as vid, o.id as representative,
        case when u(oid, 'new owner') < 0.08 then f.id end as former_representative
    from organization_seed s left join town t on t.t = s.k % 95 left join county_seat y on y.y = greatest(s.k // 30 - 1, 0) % 5
        left join countryside r on r.r = s.k
        join community c on c.i = case when kind in ('company', 'branch', 'society', 'private_unit', 'foundation', 'law_firm',
                'notary', 'legal_service', 'trade_union')
            and u(oid, 'in the city') < 0.4 then pick(oid, 'community', 40) else pick(oid, 'community', {{communities}}) end
        join owner o on o.i = pick(oid, 'owner', {{owners}})
        join owner f on f.i = pick(oid, 'former owner', {{owners}})
)
select s.*, v.county_code, v.county, v.town, v.village, v.code as division_code,
    case when kind = 'rural_collective' then v.village
        else {sql_list(words.STREETS)}[1 + pick(oid, 'street', {len(words.STREETS)})] || (1 + pick(oid, 'number', 400)) || '号'
            || case when u(oid, 'floor') < 0.3 then (1 + pick(oid, 'level', 6)) || '楼' else '' end end as tail,
    v.lon + (u(oid, 'ox') - 0.5) * 0.01 as lon, v.lat + (u(oid, 'oy') - 0.5) * 0.01 as lat,
    date '2019-08-28' - case when kind = 'rural_collective' then 30 + (900 * u(oid, 'founded'))::integer
        when kind in ('government', 'school', 'hospital', 'institution')
        then 365 + (9500 * u(oid, 'founded'))::integer
        else 1 + (9000 * (0.15 * u(oid, 'founded') + 0.85 * u(oid, 'founded') ** 2))::integer end as established
from seeded s join village v using (vid)"""


def _numbered() -> str:
    base31 = " || ".join(f"'{ALPHABET}'[1 + (m // {31**power}) % 31]" for power in (5, 4, 3, 2, 1, 0))
    return f"""create table organization_numbered as
    with body as (
        select *, (oid * 523456789 + 40503) % {31**6} as m,
            case when u(oid, 'registrar') < 0.2 and prefix <> '92' then '510900' else county_code end as area,
            established < date '2015-10-01' as has_old_number
        from organization_placed
    ),
    coded as (
        select *, case when prefix in ('11', '12', '13') then '0' || lpad((8600000 + oid * 13 % 1000003)::varchar, 7, '0')
            when has_old_number then (10000000 + (oid * 36277 + 1234577) % 89999999)::varchar
            else 'MA' || {base31} end as body8
        from body
    ),
    whole as (
        select *, body8 || organization_check(body8) as organization_code,
            area || case when kind = 'sole_trader' then '6' else '1' end || lpad((oid % 10000000)::varchar, 7, '0') as body14
        from coded
    )
    select * exclude (body8, body14, m, area),
        prefix || case when established < date '2003-01-01' and area in ('510903', '510904') then '510902'
            when area = '510981' then '510922' else area end || organization_code as body17,
        case when is_market and has_old_number then body14 || registration_check(body14) end as registration_number
    from whole"""


def _pick(items: list[str] | tuple[str, ...], salt: str, key: str = "oid") -> str:
    return f"{sql_list(items)}[1 + pick({key}, '{salt}', {len(items)})]"


def _trades(of_sole_traders: bool) -> list[tuple[str, str]]:
    """Trades with their industry, each repeated according to its weight."""
    return [
        (trade, industry)
        for trade, industry, companies, sole_traders in words.TRADES
        for _ in range(sole_traders if of_sole_traders else companies)
    ]


def _name_case() -> str:
    """SQL: the name by kind; `brand`, `trade` and `region` are columns."""
    sole = "county || case when u(oid, 'own name') < 0.35 then owner_surname || '记' else brand end || trade || "
    return f"""case kind
        when 'company' then case when u(oid, 'brackets') < 0.04 then '四川' || brand || trade || '（遂宁）有限公司'
            else region || brand || trade || case when u(oid, 'form') < 0.75 then '有限公司' when u(oid, 'form') < 0.97
                then '有限责任公司' else '股份有限公司' end end
        when 'sole_trader' then {sole} {_pick(words.SOLE_ENDINGS, "ending")}
        when 'cooperative' then county || brand || {_pick(["种植", "养殖", "果蔬", "柑橘", "莲藕", "农机"], "crop")} || '专业合作社'
        when 'government' then case when k < 30 then '遂宁市' else county end || case when k < 180 then {sql_list(BUREAUS)}[1 + k % 30]
            else town || {_pick(["派出所", "司法所", "市场监督管理所", "自然资源所"], "station")} end
        when 'institution' then county || town || {sql_list(TOWN_SERVICES)}[1 + (k // 95) % {len(TOWN_SERVICES)}]
        when 'mass' then county || {_pick(["总工会", "妇女联合会", "科学技术协会", "残疾人联合会", "红十字会", "工商业联合会"], "mass")}
        when 'school' then county || town || case k % 4 when 0 then '初级中学校' when 1 then '中心小学校' when 2
            then regexp_replace(village, '(社区|村|居委会)$', '') || '小学校' else brand || '小学校' end
        when 'private_school' then county || brand || '幼儿园'
        when 'hospital' then county || town || case when town like '%街道' then '社区卫生服务中心' else '卫生院' end
        when 'private_hospital' then '遂宁' || brand || {_pick(["医院", "中医医院", "骨科医院", "口腔医院"], "hospital")}
        when 'society' then {_pick(["遂宁市", "遂宁市", "船山区", "射洪县", "蓬溪县"], "sreg")}
            || {_pick(SOCIETY_SUBJECTS, "subject")} || {_pick(["协会", "学会", "商会"], "form")}
        when 'private_unit' then county || brand || {_pick(["职业培训学校", "养老服务中心", "社工服务中心", "艺术培训中心"], "unit")}
        when 'foundation' then '遂宁市' || brand || '公益基金会'
        when 'law_firm' then '四川' || brand || '律师事务所'
        when 'notary' then '遂宁市' || brand || '公证处'
        when 'legal_service' then county || brand || '法律服务所'
        when 'rural_collective' then county || town || regexp_replace(village, '(村民委员会|村委会|村)$', '') || '村股份经济合作社'
        end"""


def _named() -> str:
    company, sole = _trades(of_sole_traders=False), _trades(of_sole_traders=True)
    scopes = " ".join(f"when '{letter}' then '{scope}'" for letter, scope in words.BUSINESS_SCOPES.items())
    fixed = " ".join(f"when '{kind}' then '{code}'" for kind, code in INDUSTRIES.items())
    return f"""create table organization as
    with word as (
        select n.*, {_pick(words.BRANDS, "b1")} || {_pick(words.BRANDS, "b2")}
                || case when u(oid, 'three') < 0.4 then {_pick(words.BRANDS, "b3")} else '' end as brand,
            case when n.kind = 'sole_trader' then {_pick([t for t, _ in sole], "trade")}
                else {_pick([t for t, _ in company], "trade")} end as trade,
            case when u(oid, 'region') < 0.5 then '遂宁市' when u(oid, 'region') < 0.6 then '四川省'
                when u(oid, 'region') < 0.75 then '遂宁' else county end as region,
            p.name[1] as owner_surname,
            case n.kind when 'sole_trader' then {_pick([i for _, i in sole], "trade")} {fixed}
                else {_pick([i for _, i in company], "trade")} end as industry_code
        from organization_numbered n join person p on p.pid = n.representative
    ),
    named as (select *, {_name_case()} as plain_name from word),
    ended as (
        select *, case when is_market and u(oid, 'ended') < 0.16 then case when u(oid, 'end') < 0.72 then 'deregistered'
                when u(oid, 'end') < 0.9 then 'revoked' else 'revoked_deregistered' end
            when kind in ('society', 'private_unit') and u(oid, 'ended') < 0.06 then 'deregistered'
            when u(oid, 'ended') > 0.996 then 'moved_out' else 'active' end as status_code
        from named
    )
    select oid, 'L' || lpad(oid::varchar, 8, '0') as true_id, kind, k, prefix, is_market, established, has_old_number,
        county_code, county, town, village, division_code, tail, lon, lat, vid, representative, former_representative,
        body17 || uscc_check(body17) as uscc, organization_code, registration_number, industry_code, trade,
        case when kind not in ('branch', 'trade_union') then plain_name end as plain_name, status_code,
        case when status_code in ('deregistered', 'revoked_deregistered') then
            least(date '2019-08-28', greatest(established + 30, date '2019-08-25' - (2200 * u(oid, 'closed on'))::integer))
            end as closed,
        case when kind in ('company', 'sole_trader', 'institution', 'society') and u(oid, 'renamed') < 0.07
            then replace(plain_name, brand, {_pick(words.BRANDS, "f1")} || {_pick(words.BRANDS, "f2")}) end as former_name,
        established + (u(oid, 'renamed on') * (least(closed, date '2019-08-25') - established))::integer as renamed_on,
        established + (u(oid, 'changed on') ** 0.5 * (least(closed, date '2019-08-29') - established))::integer as approved,
        case when kind = 'sole_trader' then (1 + pick(oid, 'capital', 20)) * 1.0
            else [10, 30, 50, 100, 100, 200, 300, 500, 500, 1000, 2000, 5000][1 + pick(oid, 'capital', 12)] * 1.0 end as capital_wan,
        case when kind = 'company' and u(oid, 'foreign') < 0.004 then ['美元', '港元', '欧元'][1 + pick(oid, 'currency', 3)]
            else '人民币' end as currency,
        case when u(oid, 'tel') < 0.6 then '154' || lpad(pick(oid, 'mobile', 100000000)::varchar, 8, '0')
            else '0825-90' || lpad(pick(oid, 'landline', 100000)::varchar, 5, '0') end as phone,
        greatest(1, (case kind when 'sole_trader' then 3 when 'company' then 40 when 'government' then 60 else 25 end
            * u(oid, 'heads') ** 3)::integer) as employees,
        case when industry_code[1] = 'P' and is_market then '{words.OTHER_SCOPE}' else
            case industry_code[1] {scopes} else trade || '服务。' || '{words.OTHER_SCOPE}' end end as business_scope,
        case when kind in ('company', 'branch', 'sole_trader', 'cooperative') then
            case when body17[3:8] = '510900' then '遂宁市' else county end || '市场监督管理局' end as registrar
    from ended order by oid"""

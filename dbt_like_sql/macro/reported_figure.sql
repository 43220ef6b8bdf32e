-- One row per number that a department or the province reported, in one shape, with names and units as delivered. Nothing is
-- interpreted yet: macro.observation does that.
-- A number that could not be read is in quarantine, and no row here; N, M and Q say why there is no number. Of each report: the authority of its unit, and the unit of its levels (as the catalogue has it) where the table names none.
{% set reports = {
    'statistics__monthly_indicators': (2, none),
    'statistics__quarterly_gdp': (1, '亿元'),
    'taxation__tax_revenue': (1, '万元'),
    'finance__budget_execution': (1, '万元'),
    'economy_information__industrial_figures': (1, '万元'),
    'commerce__trade_figures': (1, '万元'),
    'development_reform__project_figures': (1, '万元'),
    'peoples_bank__deposits_and_loans': (1, '亿元'),
    'power_supply__electricity_by_industry': (1, '万千瓦时'),
    'office_administration__vehicles_and_offices': (1, none),
} %}
with
{% for resource, (authority, unit) in reports.items() %}
{{ resource }} as (
    select
        indicator_name, parent_name, region_name, cast(null as varchar) as division_code, period_name, measure_code, value,
{% if unit %}
        coalesce(unit_name, case when measure_code in ('level_current', 'level_cumulative', 'yoy_change', 'ytd_change', 'mom_change') then '{{ unit }}' end)
            as unit_name,
{% else %}
        unit_name,
{% endif %}
        coalesce(status_code, 'A') as status_code, vintage_code, released_on, received_on, table_title, note,
        sheet_name, cell, {{ authority }} as authority, '{{ resource }}' as resource_id, file_name, batch_id, record_id
    from {{ ref('staged.' ~ resource) }}
),

{% endfor %}
province as (
    select
        *,
        case when note like '%preliminary%' or note like '%初步%' then 'preliminary'
            when note like '%revised%' and note not like '%not revised%' or note like '%修订%' then 'census_revision' end as vintage_code,
        -- 2022年统计公报 (2023-03-20): the day on which the source appeared
        try_cast(nullif(regexp_extract(source_title, '((?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])', 1), '') as date) as released_on,
        case when source_grade like 'official%' then 3 else 4 end as authority
    from {{ ref('staged.sichuan_statistics__indicators') }}
),

province_figure as (
    select
        indicator_name, cast(null as varchar) as parent_name, region_name, division_code, period_name,
        cast(null as varchar) as measure_code, value, unit_name, 'A' as status_code, vintage_code, released_on, received_on,
        source_title as table_title, note, cast(null as varchar) as sheet_name, cast(null as varchar) as cell, authority,
        'sichuan_statistics__indicators' as resource_id, file_name, batch_id, record_id
    from province where value is not null
),

-- 三次产业结构, published as 15.5:45.2:39.3
sector as (
    select 1 as position, '第一产业增加值' as indicator_name
    union all select 2, '第二产业增加值'
    union all select 3, '第三产业增加值'
),

structure as (
    select
        sector.indicator_name as indicator_name, province.indicator_name as parent_name, region_name, division_code,
        period_name, 'share' as measure_code,
        try_cast(trim(split_part(translate(value_text, '：∶', '::'), ':', sector.position)) as double) as value,
        '%' as unit_name, 'A' as status_code, vintage_code, released_on, received_on, source_title as table_title, note,
        cast(null as varchar) as sheet_name, cast(null as varchar) as cell, authority,
        'sichuan_statistics__indicators' as resource_id, file_name, batch_id, record_id
    from province cross join sector
    where province.indicator_name = '三次产业结构' and value_text is not null
)

{% for resource in reports %}
select * from {{ resource }}
where indicator_name is not null and (value is not null or status_code in ('N', 'M', 'Q'))
union all
{% endfor %}
select * from province_figure where indicator_name is not null
union all select * from structure where value is not null

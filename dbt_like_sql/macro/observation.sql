-- One row per published number: indicator x division x period x measure x vintage, as delivered. Nothing is summed or
-- overwritten: a later vintage is another row. Two sources of one figure are two rows; one of them is preferred.
with monthly as (
    select
        indicator_name, region_name, cast(null as varchar) as division_code, period_name, measure_code, value,
        -- the unit column of the cross-table is the unit of the level; growth and shares in the same row are in percent
        case when (measure_code like 'yoy%' or measure_code = 'share') and unit_name not in ('%', '百分点', '个百分点', '‰') then '%' else unit_name end
            as unit_name,
        cast(null as varchar) as vintage_code, cast(null as varchar) as source_title, note,
        record_id, 'statistics__monthly_indicators' as resource_id, 2 as authority
    from {{ ref('staged.statistics__monthly_indicators') }}
),

quarterly as (
    select * from {{ ref('staged.statistics__quarterly_gdp') }}
),

quarterly_level as (
    select
        industry_name, region_name, null, strftime(period_end_date, '%Y') || 'M1-' || month(period_end_date),
        'level_cumulative', cast(gdp_cny as double) / 100000000, '亿元', vintage_code, null, note,
        record_id, 'statistics__quarterly_gdp', 1
    from quarterly where gdp_cny is not null
),

quarterly_index as (
    select
        industry_name, region_name, null, strftime(period_end_date, '%Y') || 'M1-' || month(period_end_date),
        'index', constant_price_index, '上年同期=100', vintage_code, null, note,
        record_id, 'statistics__quarterly_gdp', 1
    from quarterly where constant_price_index is not null
),

-- monthly reports: the unit in the title of the table is the unit of the level; growth is in percent
monthly_report as (
    select
        tax_name as item_name, region_name, period_name, measure_code, value, '万元' as unit_name, record_id,
        'taxation__tax_revenue' as resource_id
    from {{ ref('staged.taxation__tax_revenue') }}
    union all
    select subject_name, region_name, period_name, measure_code, value, '万元', record_id, 'finance__budget_execution'
    from {{ ref('staged.finance__budget_execution') }}
    union all
    select
        indicator_name, region_name, period_name, measure_code, value, '万元', record_id,
        'economy_information__industrial_figures'
    from {{ ref('staged.economy_information__industrial_figures') }}
    union all
    select indicator_name, region_name, period_name, measure_code, value, '万元', record_id, 'commerce__trade_figures'
    from {{ ref('staged.commerce__trade_figures') }}
    union all
    select
        indicator_name, region_name, period_name, measure_code, value, '万元', record_id,
        'development_reform__project_figures'
    from {{ ref('staged.development_reform__project_figures') }}
    union all
    select
        item_name, region_name, period_name, measure_code, value, '亿元', record_id, 'peoples_bank__deposits_and_loans'
    from {{ ref('staged.peoples_bank__deposits_and_loans') }}
    union all
    select
        industry_name, region_name, period_name, measure_code, value, '万千瓦时', record_id,
        'power_supply__electricity_by_industry'
    from {{ ref('staged.power_supply__electricity_by_industry') }}
),

report_figure as (
    select
        item_name, region_name, null, period_name, measure_code, value,
        case when measure_code in ('level_current', 'level_cumulative') then unit_name else '%' end, null, null, null,
        record_id, resource_id, 1
    from monthly_report
),

office as (
    select
        item_name, region_name, null, cast(year as varchar) || '年', 'level_current', value, unit_name, null, null, null,
        record_id, 'office_administration__vehicles_and_offices', 1
    from {{ ref('staged.office_administration__vehicles_and_offices') }}
),

province as (
    select
        indicator_name, region_name, division_code, period_name, null, value, unit_name,
        case when note like '%preliminary%' or note like '%初步%' then 'preliminary'
            when note like '%revised%' or note like '%修订%' then 'census_revision' end,
        source_title, note, record_id, 'sichuan_statistics__indicators',
        case when source_grade like 'official%' then 3 else 4 end
    from {{ ref('staged.sichuan_statistics__indicators') }}
    where value is not null
),

-- 三次产业结构, published as 15.5:45.2:39.3
sector as (
    select 1 as position, '第一产业增加值' as indicator_name
    union all select 2, '第二产业增加值'
    union all select 3, '第三产业增加值'
),

structure as (
    select
        sector.indicator_name, ratio.region_name, ratio.division_code, ratio.period_name, 'share',
        try_cast(split_part(ratio.value_text, ':', sector.position) as double), '%',
        case when note like '%preliminary%' or note like '%初步%' then 'preliminary'
            when note like '%revised%' or note like '%修订%' then 'census_revision' end,
        source_title, note, record_id, 'sichuan_statistics__indicators',
        case when source_grade like 'official%' then 3 else 4 end
    from {{ ref('staged.sichuan_statistics__indicators') }} as ratio cross join sector
    where ratio.indicator_name = '三次产业结构' and ratio.value_text is not null
),

figure as (
    select * from monthly where value is not null
    union all select * from quarterly_level
    union all select * from quarterly_index
    union all select * from report_figure where value is not null
    union all select * from office where value is not null
    union all select * from province
    union all select * from structure
),

-- a number without a readable indicator name is not an observation yet
named_figure as (select * from figure where indicator_name is not null),

-- the delivered names of periods, regions and indicators, looked up
period as (
    select period_name, {{ period_of('period_name') }} as span
    from (select distinct period_name from named_figure) as name
),

region as (
    select name, min(division_code) as division_code from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and level_code in ('province', 'city', 'county')
    group by name
),

division as (
    select distinct division_code from {{ ref('spatial.division') }} where division_code is not null
),

looked_up as (
    select
        named_figure.*, span.year, span.first_month, span.last_month, span.frequency,
        coalesce(indicator.indicator_code, {{ opaque_id('x', 'named_figure.indicator_name') }}) as indicator_code,
        indicator.is_flow,
        coalesce(division.division_code, region.division_code) as region_code,
        nullif(listed.measure_code, '') as implied_measure,
        nullif(listed.caliber, '') as caliber
    from named_figure
    left join period on named_figure.period_name = period.period_name
    left join {{ ref('reference.macro_indicator_name') }} as listed on named_figure.indicator_name = listed.name
    left join {{ ref('macro.indicator') }} as indicator on listed.indicator_code = indicator.indicator_code
    left join region
        on case named_figure.region_name
            when '全市' then {{ literal(var('city').name) }} else named_figure.region_name end = region.name
    left join division on named_figure.division_code = division.division_code
),

observation as (
    select
        indicator_code,
        region_code as division_code,
        region_name,
        case frequency when 'D' then 'Y' when 'M' then case when resource_id = 'statistics__quarterly_gdp' then 'Q' else 'M' end
            else frequency end as frequency,
        -- a census counts on one day
        case when frequency = 'D' then try_cast(period_name as date)
            else make_date(year, first_month, 1) end as period_start,
        case when frequency = 'D' then try_cast(period_name as date)
            else last_day(make_date(year, last_month, 1)) end as period_end,
        coalesce(
            implied_measure, measure_code,
            case when is_flow and first_month = 1 and last_month between 2 and 11 then 'level_cumulative'
                else 'level_current' end
        ) as measure_code,
        value,
        unit_name as unit,
        vintage_code,
        caliber,
        nullif(concat_ws('；', source_title, note), '') as source_note,
        -- a published figure always ranks before one that was not published
        authority + case when note like '%非公布数%' then 10 else 0 end as authority, resource_id, record_id, period_name
    from looked_up
),

ranked as (
    select *, row_number() over (
        partition by indicator_code, region_name, period_start, period_end, measure_code, vintage_code, caliber
        order by authority, {{ decimals('value') }} desc, record_id
    ) as rank_in_figure
    from observation
)

select
    {{ opaque_id('S', "concat_ws('|', record_id, indicator_code, measure_code)") }} as observation_id,
    indicator_code,
    division_code,
    region_name,
    period_name,
    period_start,
    period_end,
    frequency,
    measure_code,
    value,
    unit,
    {{ unit_multiplier('unit') }} as multiplier,
    case
        when measure_code in ('yoy_real', 'index') then 'constant'
        when measure_code in ('level_current', 'level_cumulative', 'yoy_nominal') and unit like '%元%' then 'current'
    end as price_basis,
    vintage_code,
    cast(null as date) as released_at,
    case when vintage_code = 'preliminary' then 'P' else 'A' end as status_code,
    caliber,
    source_note,
    rank_in_figure = 1 as is_preferred,
    resource_id,
    record_id
from ranked

-- One row per reported number, interpreted: indicator x division x period x measure x vintage x release. Nothing is summed or
-- overwritten: a revision is another row, and two sources of one figure are two rows. `figure_id` is the same for all rows
-- that say the same thing; of these `preference` 1 stands (macro.latest).
with region as (
    select name, min(division_code) as division_code
    from (
        select name, division_code from {{ ref('spatial.division') }}
        where code_system_code = 'NBS' and level_code in ('province', 'city', 'county')
        union all
        select county_name, {{ division_code12('county_adcode') }} from {{ ref('reference.' ~ var('city').tables.counties_by_year) }}
        where city_id = {{ literal(var('city').code) }} and county_name not in (select name from {{ ref('spatial.division') }})
    ) as named
    group by name
),

-- the code of today: one series over the renaming of a county
renumbered as {{ renumbered_county(ref('reference.' ~ var('city').tables.counties_by_year)) }},

-- regions as they are said, without their kind
short_region as (
    select regexp_replace(name, '[省市县区]$', '') as name,
        min(coalesce(today_division_code, region.division_code)) as division_code
    from region left join renumbered on region.division_code = renumbered.division_code
    where length(name) > 2
    group by regexp_replace(name, '[省市县区]$', '') having count(distinct coalesce(today_division_code, region.division_code)) = 1
),

division as (
    select distinct division_code from {{ ref('spatial.division') }} where division_code is not null
),

period as (
    select period_name, {{ period_of('period_name') }} as span
    from (select distinct period_name from {{ ref('macro.reported_figure') }}) as name
),

-- the indicator by its name, or by its name below another one: 工业 below 投资
named as (
    select
        figure.*,
        coalesce(below.indicator_code, listed.indicator_code, {{ opaque_id('x', 'figure.indicator_name') }}) as indicator_code,
        nullif(case when below.name is not null then below.measure_code else listed.measure_code end, '') as implied_measure,
        nullif(case when below.name is not null then below.caliber else listed.caliber end, '') as caliber
    from {{ ref('macro.reported_figure') }} as figure
    left join {{ ref('reference.macro_indicator_name') }} as listed on {{ plain_name('figure.indicator_name') }} = {{ plain_name('listed.name') }}
    left join {{ ref('reference.macro_indicator_name') }} as below
        on {{ plain_name("figure.parent_name || '/' || figure.indicator_name") }} = {{ plain_name('below.name') }}
),

looked_up as (
    select
        named.* exclude (division_code), indicator.kind, indicator.growth_basis, span,
        coalesce(division.division_code, region.division_code, short_region.division_code) as division_code
    from named
    left join period on named.period_name = period.period_name
    left join {{ ref('macro.indicator') }} as indicator on named.indicator_code = indicator.indicator_code
    left join region
        on case
            when named.region_name in ('全市', '本市', '全市合计', '合计', '总计') then {{ literal(var('city').name) }}
            when named.region_name = '全省' then {{ literal(var('city').province.name) }}
            else named.region_name
        end = region.name
    left join short_region on named.region_name = short_region.name
    left join division on named.division_code = division.division_code
),

-- A percentage of what is counted in yuan or persons is its growth. A stock is not cumulated. What is said of January to a
-- month of one year is cumulative, whatever the column was called.
measured as (
    select
        *,
        case
            when implied_measure is not null then implied_measure
            when measure_code not in ('level_current', 'level_cumulative') then measure_code
            when kind in ('flow', 'stock', 'average') and unit_name = '%' then 'yoy'
            when kind = 'index' and unit_name = '%' then 'yoy_nominal'
            when kind = 'index' then 'index'
            when kind in ('stock', 'rate') or kind is null and measure_code is null then 'level_current'
            when span.first_month = 1 and span.last_month = 12 then 'level_current'
            when measure_code = 'level_cumulative' then 'level_cumulative'
            when span.first_month = 1 and span.last_month > 1 and span.frequency <> 'Q' then 'level_cumulative'
            when span.first_month = 1 and span.last_month > 3 then 'level_cumulative'
            else 'level_current'
        end as said_measure
    from looked_up
),

observation as (
    select
        measured.* exclude (measure_code, vintage_code),
        case said_measure when 'yoy' then case growth_basis when 'real' then 'yoy_real' else 'yoy_nominal' end else said_measure end
            as measure_code,
        coalesce(vintage_code, case status_code when 'P' then 'preliminary' end) as vintage_code,
        case when said_measure = 'level_cumulative' then make_date(year(span.last_day), 1, 1) else span.first_day end as period_start,
        span.last_day as period_end,
        case
            when span.frequency = 'D' or said_measure <> 'level_cumulative' and span.first_month = 1 and span.last_month = 12 then 'Y'
            else span.frequency
        end as frequency,
        case
            when said_measure = 'yoy_points' or said_measure = 'pull' then coalesce(unit_name, '百分点')
            when {{ is_in_percent('said_measure') }} and coalesce(unit_name, '') not in ('%', '百分点', '个百分点', '‰') then '%'
            else unit_name
        end as unit,
        coalesce(renumbered.today_division_code, measured.division_code) as series_division_code,
        note is null or note not like '%非公布数%' as is_published,
        coalesce(released_on, received_on) as released_at,
        case when released_on is null then 'received' else 'reported' end as release_date_kind
    from measured left join renumbered on measured.division_code = renumbered.division_code
),

with_figure as (
    select
        *,
        {{ opaque_id('F', "concat_ws('|', indicator_code, coalesce(series_division_code, region_name, ''), coalesce(period_start, date '0001-01-01'), coalesce(period_end, date '0001-01-01'), case when period_end is null then period_name end, measure_code, coalesce(caliber, ''))") }} as figure_id,
        case coalesce(vintage_code, '') when 'census_revision' then 1 when 'final' then 2 when '' then 3 else 4 end as vintage_rank
    from observation
)

select
    {{ opaque_id('S', "concat_ws('|', record_id, indicator_code, measure_code)") }} as observation_id,
    figure_id,
    indicator_code,
    division_code,
    series_division_code,
    region_name,
    period_name,
    period_start,
    period_end,
    frequency,
    measure_code,
    value,
    unit,
    {{ unit_multiplier('unit') }} as multiplier,
    round(value * {{ unit_multiplier('unit') }}, 6) as amount,
    {{ base_unit('unit') }} as base_unit,
    case
        when measure_code = 'yoy_real' or measure_code = 'index' and growth_basis = 'real' then 'constant'
        when measure_code in ('level_current', 'level_cumulative', 'yoy_nominal') and {{ base_unit('unit') }} in ('元', '美元')
            or measure_code = 'yoy_nominal' and kind in ('flow', 'average') then 'current'
    end as price_basis,
    vintage_code,
    {{ opaque_id('L', "concat_ws('|', resource_id, batch_id, table_title, released_on)") }} as release_id,
    released_at,
    release_date_kind,
    status_code,
    caliber,
    is_published,
    vintage_rank,
    authority,
    row_number() over (
        partition by figure_id
        order by value is null, is_published desc, vintage_rank, authority, released_at desc, file_name desc,
            {{ decimals('value') }} desc, record_id
    ) as preference,
    table_title,
    sheet_name,
    cell,
    nullif(concat_ws('；', table_title, note), '') as source_note,
    file_name,
    resource_id,
    batch_id,
    record_id
from with_figure

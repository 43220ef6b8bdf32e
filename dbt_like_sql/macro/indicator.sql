-- One row per indicator: what is measured, and how its figures are to be read. An indicator that is not in the reference
-- table keeps its delivered name, so that its observations are not lost; the rule `indicator_known` warns of it.
with listed as (
    select
        indicator_code, name_zh, name_en, unit, kind, is_additive = 'true' as is_additive,
        is_cumulative = 'true' as is_cumulative, default_measure, growth_basis, nullif(part_of, '') as part_of, theme,
        nullif(caliber, '') as caliber
    from {{ ref('reference.macro_indicator') }}
),

unlisted as (
    select distinct indicator_name as name from {{ ref('macro.reported_figure') }}
    anti join {{ ref('reference.macro_indicator_name') }} as listed_name
        on {{ plain_name('reported_figure.indicator_name') }} = {{ plain_name('listed_name.name') }}
)

select
    indicator_code, name_zh, name_en, unit, kind, is_additive, is_cumulative, default_measure, growth_basis, part_of, theme,
    caliber, true as is_known
from listed
union all
select {{ opaque_id('x', 'name') }}, name, null, null, null, null, null, null, null, null, null, null, false
from unlisted

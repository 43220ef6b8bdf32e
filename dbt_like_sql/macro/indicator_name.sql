-- One row per name of an indicator that deliveries use, with what the name says of the measure and the caliber.
select
    name, indicator_code, nullif(measure_code, '') as measure_code, nullif(caliber, '') as caliber
from {{ ref('reference.macro_indicator_name') }}

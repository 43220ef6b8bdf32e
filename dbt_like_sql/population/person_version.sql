-- One row per person and state of the golden values, with the refreshes that recorded its beginning and its end.
select
    {{ kept_columns('person') }}
from {{ ref('history.person') }}

-- One row per licence and state, with the refreshes that recorded its beginning and its end.
select
    {{ kept_columns('license') }}
from {{ ref('history.license') }}

-- One row per employment and state, with the refreshes that recorded its beginning and its end.
select
    {{ kept_columns('employment') }}
from {{ ref('history.employment') }}

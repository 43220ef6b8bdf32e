-- One row per right and state, with the refreshes that recorded its beginning and its end.
select
    {{ kept_columns('real_estate_right') }}
from {{ ref('history.real_estate_right') }}

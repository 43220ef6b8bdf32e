-- One row per organisation and state of the golden values, with the refreshes that recorded its beginning and its end.
select
    {{ kept_columns('organization') }}
from {{ ref('history.organization') }}

-- One row per period of organization_period as refreshes recorded it: two times, when it was so, and when it was known.
select
    {{ kept_columns('organization_period') }}
from {{ ref('history.organization_period') }}

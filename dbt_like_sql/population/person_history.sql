-- One row per period of person_period as refreshes recorded it: two times, when it was so, and when it was known.
select
    {{ kept_columns('person_period') }}
from {{ ref('history.person_period') }}

-- One row per release: what a batch says under one title. A release that does not say when it appeared has the day on which
-- it was received.
select
    release_id,
    min(resource_id) as resource_id,
    min(batch_id) as batch_id,
    min(file_name) as file_name,
    min(table_title) as title,
    min(released_at) as released_at,
    min(release_date_kind) as release_date_kind,
    count(*) as observations,
    min(period_start) as first_period_start,
    max(period_end) as last_period_end
from {{ ref('macro.observation') }}
group by release_id

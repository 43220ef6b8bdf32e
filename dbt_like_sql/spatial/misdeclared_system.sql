-- One row per resource whose points are off from those of another one as if its coordinate system were declared wrongly.
-- No point of it is used. Where either of two may be wrong, it is the one that fewer others agree with; with as many on
-- both sides it cannot be decided, and both are here.
with agreement as (
    select
        resource_id,
        sum(case
            when suspected_crs is not null or other_suspected_crs is not null then -1
            when sqrt(power(east_m, 2) + power(north_m, 2)) < 100 then 1
            else 0
        end) as balance
    from {{ ref('spatial.coordinate_offset') }}
    group by resource_id
),

suspicion as (
    select
        suspected.resource_id, suspected.declared_crs, suspected.suspected_crs, suspected.point_pairs,
        suspected.other_suspected_crs is null or own.balance < theirs.balance as is_decided
    from {{ ref('spatial.coordinate_offset') }} as suspected
    join agreement as own on suspected.resource_id = own.resource_id
    join agreement as theirs on suspected.other_resource_id = theirs.resource_id
    where suspected.suspected_crs is not null and (suspected.other_suspected_crs is null or own.balance <= theirs.balance)
)

select
    resource_id,
    declared_crs,
    arg_max(suspected_crs, {'is_decided': is_decided, 'point_pairs': point_pairs, 'suspected_crs': suspected_crs}) as suspected_crs,
    bool_or(is_decided) as is_decided
from suspicion
group by resource_id, declared_crs

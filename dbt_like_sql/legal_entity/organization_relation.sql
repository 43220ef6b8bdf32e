-- One row per relation of an organisation: legal representative, shareholder, executive, parent of a branch, successor.
-- The other party is a person or an organisation. It has an id if linkage resolved it.
with organization as (select * from {{ ref('legal_entity.organization') }}),

-- legal representatives, from registration to registration
represented as (
    select
        record.organization_id, record.representative_name, record.valid_from, record.record_id, record.resource_id,
        record.representative_name_authority as authority, record.survivorship_rank
    from {{ ref('linked.organization_record') }} as record
    where record.organization_id is not null and record.representative_name is not null
        and record.role = 'registered_entity'
    union all
    select
        record.organization_id, record.representative_name, record.valid_from, record.record_id, record.resource_id,
        record.representative_name_authority, record.survivorship_rank
    from {{ ref('linked.organization_record') }} as record
    join organization on record.organization_id = organization.organization_id
    where record.record_id = organization.representative_from and record.role <> 'registered_entity'
        and record.representative_name = organization.representative_name
),

representation as (
    {{ periods_of('represented', 'representative_name') }}
),

representative as (
    select
        'legal_representative' as relation_type, representation.organization_id,
        cast(null as varchar) as related_organization_id, person.person_id as related_person_id,
        representation.representative_name as related_name, cast(null as varchar) as position_code,
        cast(null as decimal(18, 2)) as amount_cny, cast(null as double) as share_percent, representation.valid_from,
        representation.valid_to, representation.is_current, 'declared' as basis, representation.record_id,
        representation.resource_id
    from representation
    left join {{ ref('linked.person_record') }} as person
        on representation.record_id = person.record_id and person.role = 'legal_representative'
),

-- shareholders and officers, reported by the city and the province
participation as (
    select record_id, 'market_supervision__shareholders_and_officers' as resource_id, 1 as authority, position_code,
        participant_name, participant_number, subscribed_capital_cny, cast(null as double) as share_percent, updated_date
    from {{ ref('staged.market_supervision__shareholders_and_officers') }}
    union all
    select record_id, 'sichuan_market_supervision__shareholders_and_officers', 2, position_code,
        participant_name, participant_number, subscribed_capital_cny, share_percent, updated_date
    from {{ ref('staged.sichuan_market_supervision__shareholders_and_officers') }}
),

participant as (
    select
        firm.organization_id, investor.organization_id as related_organization_id, person.person_id as related_person_id,
        participation.participant_name as related_name,
        coalesce(
            person.person_id, investor.organization_id, participation.participant_number, participation.participant_name
        ) as participant_key,
        case
            when participation.position_code = 'representative' then null
            when participation.position_code = 'investor' or participation.position_code is null then 'shareholder'
            else 'executive'
        end as relation_type,
        case when participation.position_code <> 'investor' then participation.position_code end as position_code,
        participation.subscribed_capital_cny as amount_cny, participation.share_percent,
        participation.updated_date as valid_from, participation.authority, firm.survivorship_rank, participation.record_id,
        participation.resource_id
    from participation
    join {{ ref('linked.organization_record') }} as firm
        on participation.record_id = firm.record_id and firm.role = 'invested_entity'
    left join {{ ref('linked.organization_record') }} as investor
        on participation.record_id = investor.record_id and investor.role = 'participant'
    left join {{ ref('linked.person_record') }} as person
        on participation.record_id = person.record_id and person.role = 'participant'
    where firm.organization_id is not null
),

distinct_participant as (
    select
        relation_type, organization_id, related_organization_id, related_person_id, participant_key, position_code,
        {{ most_authoritative('related_name') }} as related_name,
        {{ most_authoritative('amount_cny') }} as amount_cny,
        {{ most_authoritative('share_percent') }} as share_percent,
        min(valid_from) as valid_from,
        {{ most_authoritative('record_id') }} as record_id,
        {{ most_authoritative('resource_id') }} as resource_id
    from participant
    where relation_type is not null
    group by
        relation_type, organization_id, related_organization_id, related_person_id, participant_key, position_code
),

-- if a share is not reported, it is computed: the amount over the registered capital
holding as (
    select
        distinct_participant.relation_type, distinct_participant.organization_id,
        distinct_participant.related_organization_id, distinct_participant.related_person_id,
        distinct_participant.related_name, distinct_participant.position_code,
        distinct_participant.amount_cny,
        coalesce(
            distinct_participant.share_percent,
            round(100.0 * distinct_participant.amount_cny / nullif(organization.registered_capital_cny, 0), 2)
        ) as share_percent,
        distinct_participant.valid_from, cast(null as date) as valid_to, true as is_current, 'declared' as basis,
        distinct_participant.record_id, distinct_participant.resource_id
    from distinct_participant
    join organization on distinct_participant.organization_id = organization.organization_id
),

-- the name of a branch starts with the name of its parent; the two are linked if only one organisation has that name
named_branch as (
    select organization_id, name, parent_name, established_date, closed_date, name_from
    from (select *, {{ parent_name('name') }} as parent_name from organization) as named
    where parent_name is not null
),

parent_organization as (
    select organization.name, min(organization.organization_id) as organization_id
    from organization
    join (select distinct parent_name from named_branch) as parent on organization.name = parent.parent_name
    group by organization.name
    having count(*) = 1
),

branch as (
    select
        'branch_of' as relation_type, named_branch.organization_id,
        parent_organization.organization_id as related_organization_id,
        cast(null as varchar) as related_person_id, named_branch.parent_name as related_name,
        cast(null as varchar) as position_code, cast(null as decimal(18, 2)) as amount_cny,
        cast(null as double) as share_percent, named_branch.established_date as valid_from,
        named_branch.closed_date as valid_to, named_branch.closed_date is null as is_current, 'inferred' as basis,
        named_branch.name_from as record_id, cast(null as varchar) as resource_id
    from named_branch
    left join parent_organization on named_branch.parent_name = parent_organization.name
),

-- No department reports successors. One is inferred if, within a year after an organisation closed, the same person
-- opens exactly one other organisation at the same address.
succession as (
    select
        ended.organization_id, follower.organization_id as follower_id, follower.name as follower_name,
        follower.established_date, ended.status_code_from,
        count(*) over (partition by ended.organization_id) as followers,
        count(*) over (partition by follower.organization_id) as predecessors
    from organization as ended
    join organization as follower
        on ended.representative_person_id = follower.representative_person_id
        and ended.address_id = follower.address_id
        and ended.organization_id <> follower.organization_id
        and follower.established_date between ended.closed_date and ended.closed_date + 365
    where ended.closed_date is not null
),

successor as (
    select
        'successor' as relation_type, organization_id, follower_id as related_organization_id,
        cast(null as varchar) as related_person_id, follower_name as related_name, cast(null as varchar) as position_code,
        cast(null as decimal(18, 2)) as amount_cny, cast(null as double) as share_percent,
        established_date as valid_from, cast(null as date) as valid_to, true as is_current, 'inferred' as basis,
        status_code_from as record_id, cast(null as varchar) as resource_id
    from succession
    where followers = 1 and predecessors = 1
),

relation as (
    select * from representative
    union all
    select * from holding
    union all
    select * from branch
    union all
    select * from successor
)

select
    {{ opaque_id(
        'T', "concat_ws('|', relation_type, organization_id, record_id, position_code, related_organization_id, related_person_id, valid_from)"
    ) }} as relation_id,
    organization_id,
    relation_type,
    related_organization_id,
    related_person_id,
    related_name,
    position_code,
    amount_cny,
    share_percent,
    valid_from,
    valid_to,
    is_current,
    basis,
    record_id,
    resource_id
from relation

-- One row per person whose spouse has died since the latest wedding that the two registered: no department registers
-- that the other spouse is now widowed. The source row is the row of the death; it ranks as the weddings of civil
-- affairs do.
with registration as (
    select
        husband.person_id as husband_id, wife.person_id as wife_id, husband.marital_status_code,
        husband.marital_status_code_authority as authority, husband.valid_from as registered_date
    from {{ ref('linked.person_record') }} as husband
    join {{ ref('linked.person_record') }} as wife on husband.record_id = wife.record_id
    where husband.role = 'husband' and wife.role = 'wife'
        and husband.person_id is not null and wife.person_id is not null
),

-- a divorce without a date may have followed any wedding
married as (
    select
        husband_id, wife_id, min(authority) as authority,
        max(registered_date) filter (where marital_status_code = '20') as wedding_date
    from registration
    group by husband_id, wife_id
    having max(registered_date) filter (where marital_status_code = '20')
        > coalesce(
            max(coalesce(registered_date, date '9999-12-31')) filter (where marital_status_code <> '20'), date '0001-01-01'
        )
),

spouse as (
    select husband_id as person_id, wife_id as spouse_id, authority, wedding_date from married
    union all
    select wife_id, husband_id, authority, wedding_date from married
),

death as (
    select
        person_id, {{ golden('death_date') }} as death_date, {{ golden_source('death_date') }} as record_id,
        {{ golden_with('death_date', 'role') }} as role, {{ golden_with('death_date', 'resource_id') }} as resource_id,
        {{ golden_with('death_date', 'batch_id') }} as batch_id,
        {{ golden('survivorship_rank', authority='death_date') }} as survivorship_rank
    from {{ ref('linked.person_record') }}
    semi join spouse on linked.person_record.person_id = spouse.spouse_id
    where death_date is not null
    group by person_id
)

select
    spouse.person_id,
    '30' as marital_status_code,
    spouse.spouse_id,
    death.record_id,
    death.role,
    death.resource_id,
    death.batch_id,
    {{ line_number('death.record_id') }} as line_number,
    death.death_date as valid_from,
    spouse.authority,
    {{ record_rank_as_of('death.death_date', 'death.survivorship_rank') }} as survivorship_rank
from spouse
join death on spouse.spouse_id = death.person_id
left join death as own on spouse.person_id = own.person_id
where spouse.wedding_date <= death.death_date and coalesce(death.death_date < own.death_date, true)
qualify row_number() over (partition by spouse.person_id order by death.death_date desc, spouse.spouse_id) = 1

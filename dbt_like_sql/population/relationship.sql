-- One row per relation of a person: spouse with dates, parent, child, guardian, head of the household. Every row starts
-- from a resolved person; of the other person there may be only a name.
with party as (
    select record_id, role, person_id, name
    from {{ ref('linked.person_record') }}
    where role in ('husband', 'wife', 'mother', 'father', 'child', 'student', 'guardian')
),

-- marriages: a wedding lasts until the couple's next divorce or the first death of the two
registration as (
    select record_id, 'civil_affairs__marriages' as resource_id, registration_type_code, registration_date
    from {{ ref('staged.civil_affairs__marriages') }}
    union all
    select record_id, 'sichuan_civil_affairs__marriages' as resource_id, registration_type_code, registration_date
    from {{ ref('staged.sichuan_civil_affairs__marriages') }}
),

couple as (
    select
        registration.record_id, registration.resource_id, registration.registration_type_code as type_code,
        registration.registration_date as event_date,
        husband.person_id as husband_id, husband.name as husband_name,
        wife.person_id as wife_id, wife.name as wife_name,
        coalesce(husband.person_id, husband.name, '') || '|' || coalesce(wife.person_id, wife.name, '') as couple_key
    from registration
    left join party as husband on registration.record_id = husband.record_id and husband.role = 'husband'
    left join party as wife on registration.record_id = wife.record_id and wife.role = 'wife'
    where husband.person_id is not null or wife.person_id is not null
),

event as (
    select
        couple_key, type_code, event_date, husband_id, wife_id, min(husband_name) as husband_name,
        min(wife_name) as wife_name, min(record_id) as record_id, arg_min(resource_id, record_id) as resource_id
    from couple
    group by couple_key, type_code, event_date, husband_id, wife_id
),

wedding as (select * from event where type_code = 'marriage'),

divorce as (select * from event where type_code in ('divorce', 'annulled')),

divorced as (
    select
        wedding.couple_key, wedding.event_date as wedding_date, min(divorce.event_date) as divorce_date,
        arg_min(divorce.type_code, (divorce.event_date, divorce.type_code)) as divorce_type
    from wedding
    join divorce on wedding.couple_key = divorce.couple_key and wedding.event_date <= divorce.event_date
    group by wedding.couple_key, wedding.event_date
),

first_wedding as (select couple_key, min(event_date) as wedding_date from wedding group by couple_key),

-- a divorce here after a wedding elsewhere, or a reissued certificate, proves a marriage but not its start
marriage as (
    select wedding.*, wedding.event_date as valid_from, divorced.divorce_date, divorced.divorce_type
    from wedding
    left join divorced on wedding.couple_key = divorced.couple_key and wedding.event_date = divorced.wedding_date
    union all
    select divorce.*, cast(null as date) as valid_from, divorce.event_date as divorce_date, divorce.type_code as divorce_type
    from divorce
    left join first_wedding on divorce.couple_key = first_wedding.couple_key
    where divorce.event_date < coalesce(first_wedding.wedding_date, date '9999-12-31')
    qualify row_number() over (partition by divorce.couple_key order by divorce.event_date, divorce.record_id) = 1
    union all
    select reissue.*, cast(null as date) as valid_from, cast(null as date) as divorce_date,
        cast(null as varchar) as divorce_type
    from event as reissue
    where type_code = 'marriage_reissue'
        and couple_key not in (select couple_key from event where type_code <> 'marriage_reissue')
    qualify row_number() over (partition by couple_key order by event_date, record_id) = 1
),

deceased as (select person_id, death_date from {{ ref('population.person') }} where death_date is not null),

dated_marriage as (
    select
        marriage.*,
        least(marriage.divorce_date, husband.death_date, wife.death_date) as valid_to,
        case
            when marriage.divorce_date <= coalesce(least(husband.death_date, wife.death_date), marriage.divorce_date)
                then marriage.divorce_type
            when coalesce(husband.death_date, wife.death_date) is not null then 'death'
        end as end_reason
    from marriage
    left join deceased as husband on marriage.husband_id = husband.person_id
    left join deceased as wife on marriage.wife_id = wife.person_id
),

reported_spouse as (
    select husband_id as person_id, wife_id as related_person_id, wife_name as related_name, valid_from, valid_to,
        end_reason, record_id, resource_id
    from dated_marriage where husband_id is not null
    union all
    select wife_id, husband_id, husband_name, valid_from, valid_to, end_reason, record_id, resource_id
    from dated_marriage where wife_id is not null
),

-- a spouse with only a name is dropped if the same wedding is also reported with the spouse's number
spouse as (
    select * from reported_spouse where related_person_id is not null
    union all
    select unresolved.*
    from reported_spouse as unresolved
    anti join reported_spouse as resolved
        on unresolved.person_id = resolved.person_id
        and unresolved.related_name is not distinct from resolved.related_name
        and unresolved.valid_from is not distinct from resolved.valid_from
        and resolved.related_person_id is not null
    where unresolved.related_person_id is null
),

-- births: certificates of the city and of the province, one row per parent and child
birth as (
    select
        child.record_id, child.person_id as child_id, child.name as child_name, parent.person_id as parent_id,
        parent.name as parent_name, parent.role as parent_role, certificate.born_date, certificate.certificate_number,
        certificate.resource_id
    from (
        select record_id, 'health__births' as resource_id, certificate_number, child_birth_date as born_date
        from {{ ref('staged.health__births') }}
        union all
        select record_id, 'sichuan_health__births' as resource_id, certificate_number, child_birth_date as born_date
        from {{ ref('staged.sichuan_health__births') }}
    ) as certificate
    join party as child on certificate.record_id = child.record_id and child.role = 'child'
    join party as parent on certificate.record_id = parent.record_id and parent.role in ('mother', 'father')
    where child.person_id is not null or parent.person_id is not null
    qualify row_number() over (
        partition by certificate.certificate_number, parent.role
        order by child.person_id is null, parent.person_id is null, certificate.record_id
    ) = 1
),

guardianship as (
    select
        student.person_id, guardian.person_id as related_person_id, guardian.name as related_name,
        change.change_date as valid_from, change.record_id
    from {{ ref('staged.education__enrolment_changes') }} as change
    join party as student on change.record_id = student.record_id and student.role = 'student'
    join party as guardian on change.record_id = guardian.record_id and guardian.role = 'guardian'
    where student.person_id is not null and (guardian.person_id is not null or guardian.name is not null)
    qualify row_number() over (
        partition by student.person_id, coalesce(guardian.person_id, guardian.name)
        order by change.change_date nulls last, change.record_id
    ) = 1
),

relation as (
    select 'spouse' as relation_type, cast(null as varchar) as head_relation_code, spouse.*
    from spouse
    union all
    select parent_role, null, child_id, parent_id, parent_name, born_date, null, null, record_id, resource_id
    from birth where child_id is not null
    union all
    select 'child', null, parent_id, child_id, child_name, born_date, null, null, record_id, resource_id
    from birth where parent_id is not null
    union all
    select 'guardian', null, person_id, related_person_id, related_name, valid_from, null, null, record_id,
        'education__enrolment_changes'
    from guardianship
    union all
    select 'household_head', person.head_relation_code, person.person_id, household.head_person_id, head.name, null, null,
        null, person.household_from, null
    from {{ ref('population.person') }} as person
    join {{ ref('population.household') }} as household on person.household_id = household.household_id
    join {{ ref('population.person') }} as head on household.head_person_id = head.person_id
    where person.person_id <> household.head_person_id
)

select
    {{ opaque_id('R', "concat_ws('|', relation_type, person_id, record_id, related_person_id)") }} as relationship_id,
    person_id,
    relation_type,
    related_person_id,
    related_name,
    head_relation_code,
    valid_from,
    valid_to,
    end_reason,
    record_id,
    resource_id
from relation

-- One row per kind of finding, subject and department to ask: facts of different deliveries that cannot or should not
-- all be true. Nothing is decided here: every row is a lead, with the source rows that it is based on.
with paid as (
    select person.person_id, paid.record_id, paid.payment_month
    from {{ ref('staged.human_resources__pension_payments') }} as paid
    join {{ ref('linked.person_record') }} as person on paid.record_id = person.record_id and person.role = 'pensioner'
    where paid.status_code = 'paid'
),

paid_after_death as (
    select paid.person_id, paid.record_id, paid.payment_month, person.death_date_from
    from paid
    join {{ ref('population.person') }} as person on paid.person_id = person.person_id
    where paid.payment_month > person.death_date
),

dead_yet_paid as (
    select
        'dead_yet_paid' as kind, 'person' as subject_type, person_id as subject_id, 'human_resources' as department,
        record_id, 'human_resources__pension_payments' as resource_id, cast(payment_month as varchar) as item,
        payment_month as first_date, payment_month as last_date
    from paid_after_death
    union all
    select
        'dead_yet_paid', 'person', death.person_id, 'human_resources', death.record_id, death.resource_id, null, null, null
    from {{ ref('linked.person_record') }} as death
    join (select distinct person_id, death_date_from from paid_after_death) as overpaid
        on death.record_id = overpaid.death_date_from and death.person_id = overpaid.person_id
),

-- Contradictions that a department can settle. A value that only did not survive is in person_conflict. If several
-- departments report one number for somebody else, the mistake is not one department's: the police, who issue the
-- number, are asked.
contradiction as (
    select
        case kind
            when 'two_active_registrations' then 'double_registration'
            when 'one_number_two_persons' then 'shared_number'
            else kind
        end as kind,
        person_id,
        case
            when kind = 'two_active_registrations' then 'public_security'
            when kind = 'married_twice' then 'civil_affairs'
            when kind = 'one_number_two_persons' then
                if(min(losing_resource_id) over same_number = max(losing_resource_id) over same_number,
                    split_part(losing_resource_id, '__', 1), 'public_security')
            when winning_value like 'medical%' then 'medical_insurance'
            else 'human_resources'
        end as department,
        winning_record_id, winning_resource_id, losing_record_id, losing_resource_id,
        cast(losing_record_id as varchar) as item, valid_from,
        if(kind = 'one_number_two_persons', valid_from, valid_to) as valid_to
    from {{ ref('population.person_conflict') }}
    where kind <> 'different_value' and person_id is not null
    window same_number as (partition by person_id, kind)
),

contradicting_record as (
    select kind, 'person' as subject_type, person_id as subject_id, department, losing_record_id as record_id,
        losing_resource_id as resource_id, item, valid_from as first_date, valid_to as last_date
    from contradiction
    union all
    select kind, 'person', person_id, department, winning_record_id, winning_resource_id, null, null, null
    from contradiction
),

closed as (
    select organization_id, status_code_from, closed_date
    from {{ ref('legal_entity.organization') }}
    where status_code in ('deregistered', 'revoked', 'revoked_deregistered', 'cancelled')
),

still_insuring as (
    select
        'closed_yet_insuring' as kind, closed.organization_id, 'human_resources' as department, enrolment.record_id,
        enrolment.resource_id, enrolment.person_id as item, closed.closed_date as first_date, cast(null as date) as last_date
    from {{ ref('social_security.enrolment') }} as enrolment
    join closed on enrolment.employer_organization_id = closed.organization_id
    where enrolment.status_code = 'active' and enrolment.valid_to is null and enrolment.insurance_type_code like 'pension%'
),

-- A licence without a status counts as valid until it ends. A registration is not a licence, and the list of permits is
-- a history: both are left out.
still_licensed as (
    select
        'closed_with_license' as kind, closed.organization_id, split_part(license.resource_id, '__', 1) as department,
        license.record_id, license.resource_id, license.license_id as item, closed.closed_date as first_date,
        license.valid_to as last_date
    from {{ ref('legal_entity.license') }} as license
    join closed on license.organization_id = closed.organization_id
    where license.license_type not in ('social_organization', 'administrative_permit', 'legal_practitioner')
        and coalesce(license.status_code = 'valid', license.valid_to > closed.closed_date)
),

closed_yet_active as (
    select * from still_insuring
    union all
    select * from still_licensed
),

closing as (
    select record.record_id, record.organization_id, record.resource_id
    from {{ ref('linked.organization_record') }} as record
    join closed
        on record.record_id = closed.status_code_from and record.organization_id = closed.organization_id
),

about_closed as (
    select kind, 'organization' as subject_type, organization_id as subject_id, department, record_id, resource_id, item,
        first_date, last_date
    from closed_yet_active
    union all
    select distinct closed_yet_active.kind, 'organization', organization_id, closed_yet_active.department,
        closing.record_id, closing.resource_id, null, cast(null as date), cast(null as date)
    from closed_yet_active
    join closing using (organization_id)
),

-- The bureau that keeps the register looks into what its own rows say, the housing bureau into contracts and buildings.
about_unit as (
    select kind, real_estate_unit_code, event_date,
        case when kind in ('contract_not_registered', 'sold_twice', 'contract_area_differs', 'contract_address_differs',
            'building_not_listed', 'building_elsewhere') then 'housing' else 'natural_resources' end as department,
        record_id, resource_id, other_record_id, other_resource_id
    from {{ ref('spatial.real_estate_conflict') }}
),

contradicting_row as (
    select kind, 'real_estate_unit' as subject_type, real_estate_unit_code as subject_id, department, record_id, resource_id,
        cast(null as varchar) as item, event_date as first_date, event_date as last_date
    from about_unit
    union all
    select kind, 'real_estate_unit', real_estate_unit_code, department, other_record_id, other_resource_id, null,
        event_date, event_date
    from about_unit
    where other_record_id is not null
),

lead_row as (
    select * from dead_yet_paid
    union all
    select * from contradicting_record
    union all
    select * from about_closed
    union all
    select * from contradicting_row
),

finding as (
    select
        kind, subject_type, subject_id, department, count(distinct item) as item_count, min(first_date) as first_date,
        max(last_date) as last_date,
        list_sort(list(distinct {'record_id': record_id, 'resource_id': resource_id})) as evidence
    from lead_row
    group by kind, subject_type, subject_id, department
)

select
    {{ opaque_id('F', "concat_ws('|', kind, subject_id, department)") }} as finding_id,
    kind,
    subject_type,
    subject_id,
    department,
    first_date,
    last_date,
    case kind
        when 'dead_yet_paid' then '死亡月份之后仍有 ' || item_count || ' 个月发放养老金'
        when 'double_registration' then '同时有 ' || item_count + 1 || ' 处有效户籍'
        when 'overlapping_insurance' then '同一险种在不同单位或身份下重复参保 ' || item_count || ' 次'
        when 'shared_number' then '有 ' || item_count || ' 条记录使用此人的号码，而姓名、性别或出生日期不符'
        when 'married_twice' then '婚姻关系存续期间另有 ' || item_count || ' 次结婚登记'
        when 'closed_yet_insuring' then '已注销或吊销，仍有 ' || item_count || ' 人由其参保'
        when 'closed_with_license' then '已注销或吊销，仍有 ' || item_count || ' 件有效证件'
        when 'registered_to_another' then '网签备案后登记在非购房人名下'
        when 'contract_not_registered' then '网签备案满 {{ months_to_register() }} 个月，购房人仍未登记'
        when 'sold_twice' then '前一合同的购房人未登记，又网签给他人'
        when 'sold_while_mortgaged' then '抵押未注销而转让'
        when 'contract_area_differs' then '登记面积与网签面积相差超过登记面积的 3%'
        when 'contract_address_differs' then '网签坐落与登记坐落不是同一处'
        when 'copy_holder_differs' then '市、省登记簿的现权利人完全不同'
        when 'copy_area_differs' then '同一登记在市、省登记簿中面积不同'
        when 'copy_status_differs' then '同一登记在市、省登记簿中权属状态不同'
        when 'building_not_listed' then '同宗地其他楼栋在楼栋表中，所在幢不在'
        when 'building_elsewhere' then '楼栋地址与单元坐落不在同一乡镇（街道）'
        when 'address_outside_county' then '坐落不在单元代码所属的县（市、区）'
    end as detail_zh,
    case kind
        when 'dead_yet_paid' then 'pension paid in ' || item_count || ' months after the month of death'
        when 'double_registration' then item_count + 1 || ' households at the same time'
        when 'overlapping_insurance' then item_count || ' overlapping enrolments in one insurance'
        when 'shared_number' then item_count || ' records with the number of this person, of another name, sex or birth date'
        when 'married_twice' then item_count || ' weddings during another marriage'
        when 'closed_yet_insuring' then 'deregistered or revoked, yet insures ' || item_count || ' people'
        when 'closed_with_license' then 'deregistered or revoked, yet holds ' || item_count || ' live licences'
        when 'registered_to_another' then 'registered after the contract, to nobody who bought it'
        when 'contract_not_registered' then 'contract filed {{ months_to_register() }} months ago, no buyer is registered'
        when 'sold_twice' then 'sold to others while the buyer of the contract before was not registered'
        when 'sold_while_mortgaged' then 'transferred while a mortgage goes on'
        when 'contract_area_differs' then 'the area of the contract differs by more than 3 % of the registered one'
        when 'contract_address_differs' then 'contract and register name different places'
        when 'copy_holder_differs' then 'city and province register entirely different holders'
        when 'copy_area_differs' then 'one registration has different areas in the registers of city and province'
        when 'copy_status_differs' then 'one registration has different statuses in the registers of city and province'
        when 'building_not_listed' then 'the building is not listed, although others of the parcel are'
        when 'building_elsewhere' then 'address of the building and of the unit are in different towns'
        when 'address_outside_county' then 'the address is not in the county of the unit code'
    end as detail_en,
    evidence
from finding

{#- The rows of a relation, each with its subject: an organisation or a person of the bases, or else the reported number.
    The relation has record_id and subject_name; a row of its source is about one subject. subject_key distinguishes
    subjects, resolved or not. -#}
{% macro with_subject(relation) -%}
select
    reported.*,
    organization.organization_id,
    person.person_id,
    case
        when organization.record_id is not null then 'organization' when person.record_id is not null then 'person'
    end as subject_type_code,
    case when organization.organization_id is null and person.person_id is null then coalesce(
        organization.uscc, organization.organization_code, organization.registration_number, person.resident_id,
        person.other_id
    ) end as subject_number,
    coalesce(organization.organization_id, person.person_id, reported.subject_name, '') as subject_key
from {{ relation }} as reported
left join {{ ref('linked.organization_record') }} as organization on reported.record_id = organization.record_id
left join {{ ref('linked.person_record') }} as person on reported.record_id = person.record_id
{%- endmacro %}

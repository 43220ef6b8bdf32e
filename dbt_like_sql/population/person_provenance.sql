-- One row per person and attribute: the row and the delivery that the golden value came from, and why it survived. A
-- person who has moved out has no household and no registered address any more (see person).
{{ provenance('person', ref('population.person_statement'), competing='competes') }}
anti join (
    select person_id from {{ ref('population.person') }} where moved_out_date is not null
) as moved_out
    on case
        when attribute in ('registered_address', 'registered_division_code', 'household_number', 'head_relation_code')
            then explained.person_id
    end = moved_out.person_id

-- One row per town, sex and five years of birth: the living people who are registered there.
select
    town.town_code as division_code,
    coalesce(person.sex_code, '0') as sex_code,
    coalesce(cast(year(person.birth_date) // 5 * 5 as varchar), 'unknown') as birth_years_from,
    count(*) as persons
from {{ ref('population.person') }} as person
semi join {{ reported_openly('person', 'household_number') }} as open_person using (person_id)
join {{ towns() }} as town on person.registered_division_code = town.division_code
where not person.is_deceased
group by all

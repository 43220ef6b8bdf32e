{#- CTEs that take addresses apart; the last, `parsed`, has a row per row of `reported` (address_id, address, hint_code: a delivered
    division code). Division names are looked up in the distinct beginnings of the normal texts, which are few; one pattern
    splits the text after them. -#}
{% macro parsed_addresses(reported, division, former_villages) -%}
with_head as (
    select address_id, text, {{ address_head('text') }} as head, {{ division_code12('hint_code') }} as hint_code
    from (select address_id, {{ address_text('address') }} as text, hint_code from {{ reported }}) as normal
),

-- every name that a division has had, with its current code if the successor is in the table
division_name as (
    select short_name as name, level_code, coalesce(today_division_code, division_code) as division_code, is_current
    from {{ division }}
    where code_system_code = 'NBS'
),

county as (
    select name, arg_max(division_code, (is_current, division_code)) as division_code
    from division_name where level_code = 'county' group by name
),

town as (
    select name, arg_max(division_code, (is_current, division_code)) as division_code, bool_or(is_current) as is_current
    from division_name where level_code = 'town' group by name
),

-- a town as it may be written: its kind may be left out, unless what follows makes the name that of something else
written_town as (
    select name, name as town_name, division_code, is_current, false as is_bare from town
    union all
    select
        {{ town_stem('name') }} as name, max(name) as town_name, max(division_code) as division_code,
        bool_or(is_current) as is_current, true as is_bare
    from town
    where length({{ town_stem('name') }}) > 1
    group by {{ town_stem('name') }}
    having count(distinct division_code) = 1
),

village as (
    select name, substr(division_code, 1, 9) || '000' as town_code, division_code, true as is_current
    from division_name where level_code = 'village'
    union all
    select old.village, town.division_code, town.division_code, false
    from {{ former_villages }} as old
    join town on old.town = town.name
    anti join division_name
        on division_name.level_code = 'village' and division_name.name = old.village
        and substr(division_name.division_code, 1, 9) || '000' = town.division_code
),

-- of a village 村 may be left out before the number of a group
written_village as (
    select name, name as village_name, town_code, division_code, is_current, false as is_bare from village
    union all
    select substr(name, 1, length(name) - 1) as name, name as village_name, town_code, division_code, is_current, true as is_bare
    from village
    where length(name) > 2 and suffix(name, '村')
),

area as (
    select distinct name from {{ division }} where level_code = 'functional_area'
),

-- county, functional area, town; names are looked up by their first two characters, in an inner join: an outer one with
-- anything but equalities compares every row with every other
head as (select distinct head from with_head),

county_found as (
    select head, county.name as county_name, county.division_code as county_code
    from head join county on substr(head, 1, 2) = substr(county.name, 1, 2) and starts_with(head, county.name)
),

head_county as (
    select head.head, county_name, county_code, substr(head.head, coalesce(length(county_name), 0) + 1) as rest
    from head left join county_found on head.head = county_found.head
),

area_found as (
    select head, area.name as area_name
    from head_county join area on substr(rest, 1, 2) = substr(area.name, 1, 2) and starts_with(rest, area.name)
    qualify row_number() over (partition by head order by length(area.name) desc, area.name) = 1
),

head_area as (
    select
        head_county.head, county_name, county_code, area_name, substr(rest, coalesce(length(area_name), 0) + 1) as rest
    from head_county left join area_found on head_county.head = area_found.head
),

town_found as (
    select head, town_name, town.division_code as town_code, town.is_current as is_town_current, length(town.name) as town_length
    from head_area join written_town as town
        on substr(rest, 1, 2) = substr(town.name, 1, 2) and starts_with(rest, town.name)
        and not (town.is_bare and {{ is_no_town('substr(rest, length(town.name) + 1)') }})
    qualify row_number() over (partition by head order by length(town.name) desc, town.name) = 1
),

head_town as (
    select
        head_area.head, county_name, county_code, area_name, town_name, town_code, is_town_current,
        coalesce(length(county_name), 0) + coalesce(length(area_name), 0) + coalesce(town_length, 0) as taken
    from head_area left join town_found on head_area.head = town_found.head
),

with_town as (
    select
        with_head.address_id, with_head.hint_code, county_name, county_code, area_name, town_name,
        town_code, is_town_current,
        substr(text, taken + case when substr(text, taken + 1, 3) = '办事处' then 4 else 1 end) as rest,
        coalesce(substr(coalesce(town_code, county_code), 1, 6), '') as county6
    from with_head join head_town on with_head.head = head_town.head
),

below_town as (
    select *, {{ address_tail('rest') }} as tail, {{ begins_with_bare_village('rest') }} as is_bare from with_town
),

-- Village or community: searched within the town; if the text has no town, or a former one, within the county. (An
-- address may have the current name of its town or a former one.)
tail as (
    select county6, coalesce(town_code, '') as town6, bool_and(is_town_current) as is_town_current, tail, is_bare
    from below_town
    group by county6, coalesce(town_code, ''), tail, is_bare
),

candidate as (
    select
        tail.county6, tail.town6, tail.tail, tail.is_bare, village.name as written_name, village.village_name,
        village.division_code as village_code, village.is_current as is_village_current, village.town_code as village_town_code,
        tail.town6 = village.town_code as is_in_town,
        count(distinct village.town_code) over (
            partition by tail.county6, tail.town6, tail.tail, tail.is_bare, village.name
        ) as towns
    from tail join written_village as village
        on tail.county6 = substr(village.town_code, 1, 6)
        and substr(tail.tail, 1, 2) = substr(village.name, 1, 2) and starts_with(tail.tail, village.name)
        and (not village.is_bare or (tail.is_bare and tail.tail = village.name))
    where tail.town6 in ('', village.town_code) or not tail.is_town_current
),

village_found as (
    select
        county6, town6, tail, is_bare, written_name, village_name, village_code, is_village_current, village_town_code, is_in_town
    from candidate
    where is_in_town or towns = 1
    qualify row_number() over (
        partition by county6, town6, tail, is_bare
        order by is_in_town desc, length(village_name) desc, is_village_current desc, village_code
    ) = 1
),

tail_village as (
    select
        tail.county6, tail.town6, tail.tail, tail.is_bare, village_code, is_village_current, village_town_code, is_in_town,
        coalesce(village_name, nullif({{ unknown_village('tail.tail') }}, '')) as village_name,
        coalesce(written_name, {{ unknown_village('tail.tail') }}) as written_name
    from tail left join village_found
        on tail.county6 = village_found.county6 and tail.town6 = village_found.town6 and tail.tail = village_found.tail
        and tail.is_bare = village_found.is_bare
),

with_village as (
    select
        below_town.address_id, below_town.hint_code, below_town.county_name, below_town.county_code, below_town.area_name,
        below_town.town_name, below_town.town_code, below_town.is_town_current,
        tail_village.village_name, tail_village.village_code, tail_village.is_village_current,
        tail_village.village_town_code, tail_village.is_in_town,
        substr(below_town.rest, length(tail_village.written_name) + 1) as rest
    from below_town join tail_village
        on below_town.county6 = tail_village.county6
        and coalesce(below_town.town_code, '') = tail_village.town6
        and below_town.tail = tail_village.tail
        and below_town.is_bare = tail_village.is_bare
),

-- street to room; in a text that has more than that, what is understood of it, and the remainder
read_whole as (
    select rest, {{ address_details('rest') }} as detail
    from (select distinct rest from with_village) as rest
),

rest_detail as (
    select
        rest,
        case
            when rest <> '' and concat(
                detail.village_group, detail.street, detail.door_number, detail.estate, detail.building, detail.unit, detail.floor, detail.room
            ) = '' then {{ address_details_and_remainder('rest') }}
            else detail
        end as detail
    from read_whole
),

element as (
    select
        address_id, hint_code, county_name, county_code, area_name, town_name, town_code, is_town_current,
        village_name, village_code, is_village_current, village_town_code, is_in_town,
        nullif(detail.village_group, '') as village_group,
        nullif(detail.street, '') as street,
        nullif(detail.door_number, '') as door_number,
        nullif(detail.estate, '') as estate,
        nullif(detail.building, '') as building,
        nullif(detail.unit, '') as unit,
        nullif(detail.floor, '') as floor,
        nullif(detail.room, '') as number,
        nullif(detail.remainder, '') as remainder
    from with_village join rest_detail using (rest)
),

-- the division: from the text; the delivered code is used if it is finer and does not contradict the text
hint as (
    select division_code as hint_code, max(coalesce(today_division_code, division_code)) as current_hint_code
    from {{ division }}
    where code_system_code = 'NBS'
    group by division_code
),

with_division as (
    select
        element.address_id, county_name, area_name, town_name, village_name, village_group, street,
        door_number, estate, building, unit, floor,
        -- digits after a door number are a room only inside a building
        case when coalesce(building, unit, estate, floor) is not null then number end as room,
        case when coalesce(building, unit, estate, floor) is not null then remainder else coalesce(number, remainder) end as remainder,
        county_code, town_code, village_code, is_town_current, is_village_current, is_in_town, current_hint_code,
        coalesce(village_code, town_code, county_code) as text_code
    from element left join hint on element.hint_code = hint.hint_code
),

parsed as (
    select
        address_id,
        county_name,
        area_name,
        town_name,
        village_name,
        village_group,
        street,
        door_number,
        estate,
        building,
        unit,
        floor,
        room,
        remainder,
        case
            when text_code is null or starts_with(current_hint_code, {{ division_prefix('text_code') }})
                then coalesce(current_hint_code, text_code)
            else text_code
        end as division_code,
        case
            when room is not null then 'room'
            when floor is not null then 'floor'
            when unit is not null then 'unit'
            when building is not null then 'building'
            when estate is not null then 'estate'
            when door_number is not null then 'door_number'
            when village_group is not null then 'village_group'
            when street is not null then 'street'
            when village_name is not null then 'village'
            when town_name is not null then 'town'
            when county_name is not null then 'county'
            else 'none'
        end as parse_level,
        cast(case
            when text_code is null and current_hint_code is null then 0
            when text_code is null then 0.3
            else 1.0
                - case when town_code is not null and county_code is null then 0.05 else 0 end
                - case when town_code is not null and not is_town_current then 0.1 else 0 end
                - case when substr(town_code, 1, 6) <> substr(county_code, 1, 6) then 0.4 else 0 end
                - case when town_code is null then 0.2 else 0 end
                - case
                    when village_name is null then 0.1
                    when village_code is null then 0.2
                    when not is_village_current or not is_in_town then 0.1
                    else 0
                end
                - case when remainder is not null then 0.1 else 0 end
        end as decimal(3, 2)) as parse_confidence
    from with_division
)
{%- endmacro %}

-- One row per facility: schools, medical institutions, pharmacies, cultural venues, sites of hazardous chemicals,
-- sources of pollution, express outlets, bus stops, air-raid shelters, weather and monitoring stations. The health
-- commission and the medical insurance may report the same institution: it is one facility if organisation and address
-- are the same. Its point is that of its address, or else that of its name on the map, if map and facilities have one of that name.
with reported as (
    select record_id, 'education__schools' as resource_id, 'school' as facility_type_code, school_code as local_code,
        name, cast(null as boolean) as is_designated, 1 as authority
    from {{ ref('staged.education__schools') }}
    union all
    select record_id, 'health__institutions_and_doctors', 'medical_institution', license_number, name, null, 1
    from {{ ref('staged.health__institutions_and_doctors') }}
    union all
    select record_id, 'medical_insurance__designated_providers',
        case when provider_type_code = 'pharmacy' then 'pharmacy' else 'medical_institution' end, designation_number,
        name, status_code = 'active', 2
    from {{ ref('staged.medical_insurance__designated_providers') }}
    union all
    select record_id, 'culture_tourism__venue_licenses', 'cultural_venue', license_number, name, null, 1
    from {{ ref('staged.culture_tourism__venue_licenses') }}
    where license_type_code <> 'travel_agency' and coalesce(status_code, 'valid') not in ('deregistered', 'revoked', 'withdrawn')
    union all
    select record_id, 'emergency_management__hazardous_chemical_licenses', 'hazardous_chemical_site', license_number, name, null, 1
    from {{ ref('staged.emergency_management__hazardous_chemical_licenses') }}
    where coalesce(status_code, 'valid') not in ('deregistered', 'revoked', 'withdrawn')
    union all
    select record_id, 'ecological_environment__discharge_permits', 'pollution_source', license_number, name, null, 1
    from {{ ref('staged.ecological_environment__discharge_permits') }}
    where coalesce(status_code, 'valid') not in ('deregistered', 'revoked', 'withdrawn')
    union all
    select record_id, 'postal__express_outlets', 'express_outlet', outlet_code, outlet_name, null, 1
    from {{ ref('staged.postal__express_outlets') }}
),

organization as (
    select record_id, min(organization_id) as organization_id, min(address_id) as address_id
    from {{ ref('linked.organization_record') }}
    where role in ('school', 'licensee', 'designated_provider', 'express_operator')
    group by record_id
),

-- an outlet has another address than its firm: its own code distinguishes it from the other outlets of the firm
outlet as (
    select record_id, address_id from {{ ref('linked.address_record') }} where role = 'express_outlet'
),

with_address as (
    select reported.record_id, resource_id, facility_type_code, local_code, name, is_designated, authority,
        organization.organization_id, coalesce(outlet.address_id, organization.address_id) as address_id,
        case when facility_type_code = 'express_outlet' then coalesce(local_code, cast(reported.record_id as varchar))
            else coalesce(
                organization.organization_id || coalesce(organization.address_id, ''),
                resource_id || coalesce(local_code, cast(reported.record_id as varchar))
            )
        end as facility_key
    from reported
    left join organization on reported.record_id = organization.record_id
    left join outlet on reported.record_id = outlet.record_id
),

ranked as (
    select *,
        bool_or(is_designated) over (partition by facility_type_code, facility_key) as is_designated_anywhere,
        case when min(facility_key) over same_name = max(facility_key) over same_name then facility_key end as only_key,
        row_number() over (
            partition by facility_type_code, facility_key order by authority, record_id
        ) as rank_in_facility
    from with_address
    window same_name as (partition by facility_type_code, name)
),

-- points of interest by name, if the map has only one of that name
poi as (
    select name, any_value(longitude) as longitude, any_value(latitude) as latitude
    from {{ ref('staged.sichuan_surveying__map_features') }}
    where feature_type_code = 'poi' and name is not null and longitude is not null
        and {{ trusted_crs('sichuan_surveying__map_features') }} is not null
    group by name
    having count(*) = 1
),

institution as (
    select
        ranked.facility_type_code, ranked.facility_key, ranked.local_code, ranked.name,
        ranked.is_designated_anywhere as is_designated, base.organization_id, address.address_id,
        address.division_code, coalesce(address.longitude, poi.longitude) as longitude,
        coalesce(address.latitude, poi.latitude) as latitude, ranked.resource_id, ranked.record_id
    from ranked
    left join {{ ref('legal_entity.organization') }} as base on ranked.organization_id = base.organization_id
    left join {{ ref('spatial.address') }} as address on ranked.address_id = address.address_id
    left join poi on case when ranked.only_key = ranked.facility_key then ranked.name end = poi.name
    where ranked.rank_in_facility = 1
),

stop as (
    select stop_code, stop_name, record_id, {{ cgcs2000(crs('transport__transit'), 'longitude', 'latitude') }} as point
    from {{ ref('staged.transport__transit') }}
    where record_type_code = 'stop' and stop_code is not null
    qualify row_number() over (partition by stop_code order by record_id) = 1
),

shelter as (
    select
        shelter_code, name, record_id,
        {{ cgcs2000(trusted_crs('civil_air_defence__shelters'), 'longitude', 'latitude') }} as point
    from {{ ref('staged.civil_air_defence__shelters') }}
),

monitoring_station as (
    select
        station_code, station_name, record_id,
        {{ cgcs2000(crs('ecological_environment__monitoring_stations'), 'longitude', 'latitude') }} as point
    from {{ ref('staged.ecological_environment__monitoring_stations') }}
),

-- the point of a station is that of its latest day
weather_station as (
    select
        station_code, station_name, record_id,
        {{ cgcs2000(crs('meteorology__daily_observations'), 'longitude', 'latitude') }} as point
    from {{ ref('staged.meteorology__daily_observations') }}
    where station_code is not null
    qualify row_number() over (partition by station_code order by observed_date desc, record_id) = 1
),

-- facilities with a code of the department and a point, without organisation or address
site as (
    select 'transit_stop' as facility_type_code, stop_code as code, stop_name as name, point,
        'transport__transit' as resource_id, record_id
    from stop
    union all
    select 'air_raid_shelter', shelter_code, name, point, 'civil_air_defence__shelters', record_id from shelter
    union all
    select 'weather_station', station_code, station_name, point, 'meteorology__daily_observations', record_id
    from weather_station
    union all
    select 'monitoring_station', station_code, station_name, point, 'ecological_environment__monitoring_stations', record_id
    from monitoring_station
),

facility as (
    select * from institution
    union all
    select facility_type_code, coalesce(code, cast(record_id as varchar)), code, name, null, null, null, null,
        case when {{ in_city_box('point.longitude', 'point.latitude') }} then point.longitude end,
        case when {{ in_city_box('point.longitude', 'point.latitude') }} then point.latitude end,
        resource_id, record_id
    from site
),

boundary as (select county6, outline from {{ county_outlines() }} as county)

select
    {{ opaque_id('F', "facility_type_code || facility_key") }} as facility_id,
    facility_type_code,
    local_code,
    name,
    organization_id,
    address_id,
    division_code,
    is_designated,
    longitude,
    latitude,
    ST_Contains(boundary.outline, ST_Point(longitude, latitude)) as is_in_county,
    ST_Contains(city.outline, ST_Point(longitude, latitude)) as is_in_city,
    resource_id,
    record_id
from facility
left join boundary on substr(facility.division_code, 1, 6) = boundary.county6
cross join {{ city_outline() }} as city

"""Divisions over time, real estate, facilities."""

from datetime import date

import pytest

UNIT = "510903001001GB00001F00010001"
LAND = "510903001001GB00001W00000000"
REGISTER = "staged.natural_resources__real_estate_register"
PROVINCE = "staged.sichuan_natural_resources__real_estate"


def test_a_village_was_written_with_the_former_code_of_its_county(bench):
    bench.build("spatial.renumbered_division")
    found = bench.query("select former_code, division_code, is_certain from spatial.renumbered_division")
    assert all(former[:6] == "510922" and former[6:] == today[6:] for former, today, _ in found)
    towns = dict.fromkeys(row[0][6:9] for row in found)
    assert {"001", "120"} <= set(towns)  # 120 is a town since 2019; 001 was another one before
    assert {certain for former, _, certain in found if former[6:9] == "120"} == {True}
    assert {certain for former, _, certain in found if former[6:9] == "001"} == {False}
    assert "510922000000" not in {former for former, _, _ in found}


def test_an_old_county_knows_its_successor_and_is_not_current(bench):
    found = bench.query(
        "select name, is_current, successor_division_code, today_division_code from spatial.division "
        "where division_code in ('510922000000', '510981000000') order by 1"
    )
    assert found == [
        ("射洪县", False, "510981000000", "510981000000"),
        ("射洪市", True, None, "510981000000"),
    ]


def test_a_code_means_nothing_without_its_system(bench):
    found = bench.query(
        "select code_system_code, name from spatial.division where division_code = '510903001000' order by 1"
    )
    assert found == [("MCA", "凯旋路街道"), ("NBS", "南津路街道")]
    assert bench.broken("spatial.division", "code_unique_while_current") == 0


def test_every_parent_is_there_the_province_too(bench):
    assert bench.broken("spatial.division", "parent_known") == 0
    assert bench.query("select name from spatial.division where level_code = 'province'") == [("四川省",)]


def test_villages_have_the_name_people_use(bench):
    found = dict(bench.query("select name, short_name from spatial.division where level_code = 'village'"))
    assert found["高石村村民委员会"] == "高石村"
    assert found["复兴村民委员会"] == "复兴村"
    assert found["梁家村委会"] == "梁家村"
    assert found["银华社区居民委员会"] == "银华社区"


def register(bench, **values):
    row = {
        "real_estate_unit_code": UNIT,
        "right_type_code": "state_construction_house",
        "holder_name": "张三",
        "area_m2": 90.0,
    }
    bench.insert(values.pop("table", REGISTER), **row | values)


def build_real_estate(bench):
    bench.build(
        "spatial.address",
        "spatial.real_estate_unit",
        "spatial.division_boundary",
        "spatial.parcel",
        "spatial.real_estate_right",
        "spatial.building",
    )


def test_a_unit_is_told_by_its_latest_registration(bench):
    register(bench, record_id=1, registered_date="2015-01-01", area_m2=88.0)
    register(bench, record_id=2, registered_date="2018-01-01", table=PROVINCE)
    bench.insert(
        "staged.housing__house_sales", record_id=3, real_estate_unit_code=UNIT, filed_date="2019-01-01", area_m2=1.0
    )
    register(bench, record_id=4, real_estate_unit_code=LAND, area_m2=5000.0)
    build_real_estate(bench)
    found = bench.query(
        "select real_estate_unit_code, record_id, area_m2, is_registered from spatial.real_estate_unit order by 1"
    )
    assert found == [(UNIT, 2, 90.0, True), (LAND, 4, 5000.0, True)]
    assert bench.query("select parcel_code, area_m2, unit_count, county_division_code from spatial.parcel") == [
        (UNIT[:19], 5000.0, 2, "510903000000")
    ]


def test_a_parcel_is_drawn_in_degrees_and_as_delivered(bench):
    register(bench, record_id=1)
    drawn = "POLYGON ((35548000 3375648, 35548000 3375688, 35548030 3375688, 35548030 3375648, 35548000 3375648))"
    mapped = {"land_use_code": "0701", "area_m2": 1300.0, "geometry": drawn}
    bench.insert("staged.natural_resources__parcels", **mapped | {"record_id": 2, "parcel_code": UNIT[:19]})
    bench.insert(
        "staged.natural_resources__parcels",
        **mapped | {"record_id": 3, "parcel_code": "510903001001JC00009", "geometry": None},
    )
    build_real_estate(bench)
    first, second = bench.query(
        "select record_id, unit_count, area_m2, drawn_area_m2, delivered_geometry, delivered_crs, geometry "
        "from spatial.parcel order by record_id"
    )
    assert first[:6] == (2, 1, 1300.0, 1200.0, drawn, "EPSG:4523")
    assert second == (3, 0, 1300.0, None, None, None, None)
    corner = bench.query("select ST_X(c), ST_Y(c) from (select ST_StartPoint(ST_ExteriorRing(ST_GeomFromText(geometry))) c "
                        "from spatial.parcel where geometry is not null)")  # fmt: skip
    # central meridian 105, false easting 500 km: 48 km east of it at 30.5 degrees
    assert corner == [pytest.approx((105.5000025, 30.5), abs=1e-6)]
    assert bench.broken("spatial.parcel", "area_as_drawn") == 1
    assert set(bench.failures("spatial.parcel")) == {"spatial.parcel area_as_drawn"}


def test_a_right_links_its_holder(bench):
    bench.insert("population.person", person_id="P1")
    bench.insert("legal_entity.organization", organization_id="O1")
    register(bench, record_id=1)
    register(bench, record_id=2, table=PROVINCE)  # the province's copy of the same right
    register(bench, record_id=3, holder_name="某公司")
    register(bench, record_id=4, holder_name="李四")
    for record_id in (1, 2):
        bench.insert("linked.person_record", record_id=record_id, role="right_holder", person_id="P1")
    bench.insert("linked.organization_record", record_id=3, role="right_holder", organization_id="O1")
    build_real_estate(bench)
    found = bench.query(
        "select holder_name, person_id, organization_id from spatial.real_estate_right order by record_id"
    )
    assert found == [("张三", "P1", None), ("某公司", None, "O1"), ("李四", None, None)]
    assert bench.broken("spatial.real_estate_right", "one_kind_of_holder") == 0


def test_a_right_ends_when_the_next_holder_is_registered(bench):
    register(bench, record_id=1, registered_date="2010-05-01", status_code="historic")
    register(
        bench, record_id=2, registered_date="2012-05-01", status_code="historic", table=PROVINCE
    )  # the same, again
    register(bench, record_id=3, holder_name="李四", registered_date="2015-03-01", status_code="terminated")
    register(bench, record_id=4, holder_name="某银行", registered_date="2016-01-01", right_type_code="mortgage")
    build_real_estate(bench)
    found = bench.query(
        "select holder_name, valid_from, valid_to, valid_to_kind from spatial.real_estate_right order by record_id"
    )
    assert found == [
        ("张三", date(2010, 5, 1), date(2015, 3, 1), "derived"),
        ("李四", date(2015, 3, 1), None, "known_by"),
        ("某银行", date(2016, 1, 1), None, None),
    ]


def test_a_building_has_address_parcel_and_point(bench):
    register(bench, record_id=1)
    bench.insert("staged.housing__buildings", record_id=5, building_code=UNIT[:24], floor_count=6)
    address = {"record_id": 5, "role": "building", "address_id": "A5", "address": "船山区南津路街道嘉禾东路1号"}
    bench.insert("linked.address_record", **address | {"crs": "BD-09", "longitude": 105.6, "latitude": 30.5})
    build_real_estate(bench)
    [(parcel, address_id, division, longitude)] = bench.query(
        "select parcel_code, address_id, division_code, longitude from spatial.building"
    )
    assert (parcel, address_id, division) == (UNIT[:19], "A5", "510903001000")
    assert 105.588 < longitude < 105.594


def test_an_institution_told_twice_is_one_facility(bench):
    bench.insert("legal_entity.organization", organization_id="O1")
    clinic = {"record_id": 1, "license_number": "L1", "name": "某医院"}
    bench.insert("staged.health__institutions_and_doctors", **clinic)
    bench.insert("staged.health__institutions_and_doctors", **clinic | {"record_id": 2})
    bench.insert(
        "staged.medical_insurance__designated_providers",
        record_id=3,
        designation_number="D1",
        name="某医院",
        provider_type_code="hospital",
        status_code="active",
    )
    bench.insert(
        "staged.medical_insurance__designated_providers",
        record_id=4,
        designation_number="D2",
        name="某药店",
        provider_type_code="pharmacy",
        status_code="terminated",
    )
    for record_id, role in ((1, "licensee"), (2, "licensee"), (3, "designated_provider")):
        bench.insert("linked.organization_record", record_id=record_id, role=role, organization_id="O1")
    stop = {"record_type_code": "stop", "stop_code": "S1", "stop_name": "火车站", "longitude": 105.58, "latitude": 30.5}
    bench.insert("staged.transport__transit", **stop | {"record_id": 6})
    bench.insert("staged.transport__transit", **stop | {"record_id": 7, "route_code": "2"})
    bench.build("spatial.address", "spatial.facility")
    found = bench.query(
        "select facility_type_code, name, organization_id, is_designated, record_id from spatial.facility order by 1"
    )
    assert found == [
        ("medical_institution", "某医院", "O1", True, 1),
        ("pharmacy", "某药店", None, False, 4),
        ("transit_stop", "火车站", None, None, 6),
    ]
    [(longitude,)] = bench.query("select longitude from spatial.facility where facility_type_code = 'transit_stop'")
    assert 105.575 < longitude < 105.579


def test_every_outlet_of_an_express_firm_is_a_facility_at_its_own_address(bench):
    bench.insert("legal_entity.organization", organization_id="O1")
    for record_id, address_id in ((1, "A1"), (2, "A2"), (3, None), (4, None)):
        outlet = {"record_id": record_id, "outlet_code": f"W{record_id}", "outlet_name": "顺丰营业部"}
        bench.insert("staged.postal__express_outlets", **outlet)
        operator = {"record_id": record_id, "role": "express_operator", "organization_id": "O1"}
        bench.insert("linked.organization_record", **operator)
        if address_id:
            place = {"record_id": record_id, "role": "express_outlet", "address_id": address_id}
            address = {"address": f"船山区南津路街道嘉禾东路{record_id}号"}
            bench.insert("linked.address_record", **place | address)
    bench.build("spatial.address", "spatial.facility")
    assert bench.query("select local_code, organization_id, address_id from spatial.facility order by 1") == [
        ("W1", "O1", "A1"),
        ("W2", "O1", "A2"),
        ("W3", "O1", None),
        ("W4", "O1", None),
    ]


def test_a_licensed_venue_is_a_facility_until_its_licence_ends_and_a_travel_agency_is_none(bench):
    kinds = {1: ("internet_venue", "valid"), 2: ("internet_venue", "deregistered"), 3: ("travel_agency", "valid")}
    for record_id, (kind, status) in kinds.items():
        licence = {"license_number": f"L{record_id}", "license_type_code": kind, "status_code": status}
        bench.insert("staged.culture_tourism__venue_licenses", **licence | {"record_id": record_id, "name": "某网吧"})
    for record_id, status in ((4, None), (5, "revoked")):
        licence = {"license_number": f"L{record_id}", "status_code": status, "record_id": record_id}
        bench.insert("staged.emergency_management__hazardous_chemical_licenses", **licence)
    bench.build("spatial.address", "spatial.facility")
    assert bench.query("select facility_type_code, local_code from spatial.facility order by 2") == [
        ("cultural_venue", "L1"),
        ("hazardous_chemical_site", "L4"),
    ]


def test_a_source_of_pollution_stands_where_its_permit_says(bench):
    permit = {"record_id": 1, "license_number": "91510903MA6200004H001P", "name": "某化工厂", "status_code": "valid"}
    bench.insert("staged.ecological_environment__discharge_permits", **permit)
    place = {"record_id": 1, "address_id": "A1", "address": "船山区南津路街道嘉禾东路1号"}
    point = {"longitude": 105.6, "latitude": 30.5, "crs": "EPSG:4490"}
    bench.insert("linked.address_record", **place | point | {"role": "pollution_source"})
    bench.insert("linked.organization_record", record_id=1, role="licensee", organization_id="O1", address_id="A1")
    station = {"record_id": 2, "station_code": "HJ1", "station_name": "某水质监测断面", "medium_code": "surface_water"}
    bench.insert(
        "staged.ecological_environment__monitoring_stations", **station | {"longitude": 105.7, "latitude": 30.6}
    )
    bench.build("spatial.address", "spatial.facility")
    assert bench.query(
        "select facility_type_code, local_code, longitude, latitude from spatial.facility order by 1"
    ) == [
        ("monitoring_station", "HJ1", 105.7, 30.6),
        ("pollution_source", "91510903MA6200004H001P", 105.6, 30.5),
    ]


def test_a_station_is_one_facility_where_its_latest_day_has_it(bench):
    station = {"station_code": "S51001", "station_name": "龙凤镇区域气象站", "latitude": 30.5}
    bench.insert(
        "staged.meteorology__daily_observations",
        **station | {"record_id": 1, "observed_date": "2019-08-30", "longitude": 105.6},
    )
    bench.insert(
        "staged.meteorology__daily_observations",
        **station | {"record_id": 2, "observed_date": "2019-08-31", "longitude": 105.61},
    )
    shelter = {"shelter_code": "RF1", "name": "锦绣花园地下人防工程", "longitude": 30.5, "latitude": 105.6}  # swapped
    bench.insert("staged.civil_air_defence__shelters", **shelter | {"record_id": 3})
    bench.build("spatial.address", "spatial.facility")
    assert bench.query(
        "select facility_type_code, local_code, longitude, latitude from spatial.facility order by 1"
    ) == [
        ("air_raid_shelter", "RF1", None, None),
        ("weather_station", "S51001", 105.61, 30.5),
    ]


def test_what_is_built_keeps_its_contract(bench):
    register(bench, record_id=1, holder_type_code="person", status_code="current", right_nature_code="granted")
    bench.insert("staged.housing__buildings", record_id=5, building_code=UNIT[:24], completed_year=1999)
    bench.insert("staged.education__schools", record_id=6, school_code="1", name="某小学")
    place = {"role": "building", "address_id": "A5", "address": "船山区南津路街道嘉禾东路1号", "crs": "BD-09"}
    bench.insert("linked.address_record", **place | {"record_id": 5, "longitude": 105.6, "latitude": 30.5})
    build_real_estate(bench)
    bench.build("spatial.facility")
    tables = ["division", "address", "parcel", "building", "real_estate_unit", "real_estate_right", "facility"]
    failures = bench.failures(*(f"spatial.{table}" for table in tables))
    assert failures == {"spatial.parcel drawn_if_registered": 1}  # nobody has drawn it


BOUNDARY = "POLYGON ((105.5 30.4, 105.5 30.6, 105.7 30.6, 105.7 30.4, 105.5 30.4))"


def drawn_at(easting, northing):
    """A square of 30 metres, EPSG:4523."""
    corners = [(0, 0), (0, 30), (30, 30), (30, 0), (0, 0)]
    return f"POLYGON (({', '.join(f'{easting + x} {northing + y}' for x, y in corners)}))"


def test_a_parcel_lies_in_the_county_of_its_code_or_is_warned_of(bench):
    bench.insert(
        "staged.natural_resources__division_boundaries",
        record_id=9,
        division_code="510903000000",
        name="船山区",
        level_code="county",
        geometry=BOUNDARY,
    )
    for record_id, geometry in ((1, drawn_at(35_558_000, 3_375_000)), (2, drawn_at(35_520_000, 3_375_000)), (3, None)):
        parcel = {"record_id": record_id, "parcel_code": f"510903001001GB0000{record_id}", "geometry": geometry}
        bench.insert("staged.natural_resources__parcels", **parcel)
    build_real_estate(bench)
    found = bench.query("select record_id, is_in_county from spatial.parcel order by 1")
    assert found == [(1, True), (2, False), (3, None)]
    assert bench.broken("spatial.parcel", "within_its_county") == 1


def test_roads_of_the_bureau_and_of_the_map_stand_side_by_side(bench):
    line = "LINESTRING (105.5 30.5, 105.5 30.509)"  # 0.009 degrees of a meridian: 998 metres at this latitude
    highway = {"route_code": "G318", "road_grade_code": "first", "start_stake": "K0+000", "geometry": line}
    bench.insert("staged.transport__roads", **highway | {"record_id": 1})
    bench.insert("staged.transport__roads", **highway | {"record_id": 2, "start_stake": "K1+000"})
    feature = {"feature_code": "F1", "name": "滨江路", "geometry": line}
    bench.insert("staged.sichuan_surveying__map_features", **feature | {"record_id": 3, "feature_type_code": "road"})
    bench.insert(
        "staged.sichuan_surveying__map_features",
        **feature | {"record_id": 4, "feature_type_code": "poi", "geometry": "POINT (105.5 30.5)"},
    )
    bench.build("spatial.road")
    found = bench.query("select record_id, route_code, name, length_m from spatial.road order by 1")
    assert [row[:3] for row in found] == [(1, "G318", None), (2, "G318", None), (3, None, "滨江路")]
    assert [row[3] for row in found] == [pytest.approx(998, abs=1)] * 3
    assert bench.failures("spatial.road") == {}


def test_components_waters_and_forests_are_placed(bench):
    bench.insert("legal_entity.organization", organization_id="O1")
    bench.insert(
        "staged.urban_management__city_components",
        record_id=1,
        component_code="5109030101000001",
        name="上水井盖",
        geometry="POINT (548000 3375648)",
    )
    bench.insert(
        "staged.urban_management__city_components", record_id=2, component_code="5109030301000002", name="公共厕所"
    )
    bench.insert(
        "staged.water_resources__waters_and_permits",
        record_id=3,
        feature_code="SL1",
        feature_type_code="intake",
        name="取水口",
        annual_intake_10k_m3=1.5,
        geometry="POINT (105.5 30.5)",
    )
    bench.insert("linked.organization_record", record_id=3, role="water_user", organization_id="O1")
    patch = drawn_at(548_000, 3_375_000)
    bench.insert("staged.forestry__compartments", record_id=4, compartment_code="XB1", geometry=patch)
    bench.build("spatial.city_component", "spatial.water_feature", "spatial.forest_compartment")
    points = bench.query(
        "select class_code, county_division_code, longitude, delivered_crs from spatial.city_component order by record_id"
    )
    assert points == [
        ("01", "510903000000", pytest.approx(105.5, abs=1e-5), "EPSG:4544"),
        ("03", "510903000000", None, None),
    ]
    assert bench.query("select organization_id, annual_intake_m3, latitude from spatial.water_feature") == [
        ("O1", 15_000.0, 30.5)
    ]
    assert bench.query("select drawn_area_m2, delivered_geometry from spatial.forest_compartment") == [(900.0, patch)]
    tables = ["city_component", "water_feature", "forest_compartment"]
    assert bench.failures(*(f"spatial.{table}" for table in tables)) == {}


def test_a_facility_without_a_point_stands_where_the_map_has_its_name(bench):
    place = {"feature_type_code": "poi", "longitude": 105.6, "latitude": 30.5}
    for n in (1, 2, 3):
        bench.insert("staged.education__schools", record_id=n, school_code=str(n), name=f"第{n}小学")
    bench.insert("staged.sichuan_surveying__map_features", **place | {"record_id": 4, "name": "第1小学"})
    bench.insert("staged.sichuan_surveying__map_features", **place | {"record_id": 5, "name": "第2小学"})
    # two places of one name: which is it?
    bench.insert("staged.sichuan_surveying__map_features", **place | {"record_id": 6, "name": "第2小学"})
    bench.build("spatial.address", "spatial.facility")
    assert bench.query("select longitude from spatial.facility order by record_id") == [(105.6,), (None,), (None,)]


def test_a_facility_does_not_stand_where_the_map_has_another_of_its_name(bench):
    school = {"role": "school", "resource_id": "education__schools"}
    place = {"role": "school_site", "resource_id": "education__schools", "crs": "EPSG:4490"}
    for n in (1, 2, 3):
        name = "中心小学校" if n < 3 else "第三小学校"
        bench.insert("staged.education__schools", record_id=n, school_code=str(n), name=name)
        bench.insert(
            "linked.organization_record", **school | {"record_id": n, "organization_id": f"O{n}", "address_id": f"A{n}"}
        )
        point = {} if n == 2 else {"longitude": 105.5, "latitude": 30.5}
        bench.insert(
            "linked.address_record",
            **place | point | {"record_id": n, "address_id": f"A{n}", "address": f"船山区人民街{n}号"},
        )
    for n, name in ((4, "中心小学校"), (5, "第三小学校")):
        bench.insert(
            "staged.sichuan_surveying__map_features",
            record_id=n,
            name=name,
            feature_type_code="poi",
            longitude=105.6,
            latitude=30.5,
        )
    bench.build("spatial.address", "spatial.facility")
    assert bench.query("select longitude from spatial.facility order by record_id") == [(105.5,), (None,), (105.5,)]

"""Schema transport: operators and their licences, bus routes, stops, buses."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

LICENCES = "transport__road_licenses"
TRANSIT = "staged.transport__transit"
REGISTER = "market_supervision__registrations"


def licensed(bench, organization, number, status="valid", until="2022-01-01", name="遂宁市甲运输有限公司"):
    record = bench.insert(
        f"staged.{LICENCES}",
        license_number=number,
        license_type_code="operator",
        holder_name=name,
        status_code=status,
        valid_until=until,
    )
    bench.organization(organization, LICENCES, 20, role="licensee", record_id=record, name=name)


def bus(bench, plate, route="001路", operator="遂宁市公共交通有限公司"):
    bench.insert(TRANSIT, record_type_code="vehicle", plate_number=plate, route_code=route, operator_name=operator)


def stop(bench, code, sequence, route="001路", operator="遂宁市公共交通有限公司"):
    bench.insert(
        TRANSIT,
        record_type_code="stop",
        stop_code=code,
        stop_name=f"{code}站",
        stop_sequence=sequence,
        route_code=route,
        operator_name=operator,
    )


def test_of_several_licences_of_an_operator_the_one_in_force_is_shown(bench):
    licensed(bench, "O1", "N1", "expired", "2023-01-01")
    licensed(bench, "O1", "N2", "valid", "2020-01-01")
    licensed(bench, "O2", "N3", "deregistered")
    licensed(bench, None, "N4", name="遂宁市乙运输有限公司")
    bench.build(*BASES, "transport")
    assert bench.query(
        "select organization_id, license_number, license_status_code, valid_to from transport.operator order by 2"
    ) == [
        ("O1", "N2", "valid", date(2020, 1, 1)),
        ("O2", "N3", "deregistered", date(2022, 1, 1)),
        (None, "N4", "valid", date(2022, 1, 1)),
    ]
    assert bench.failures(*BASES, "transport") == {}


@pytest.mark.parametrize(("bearers", "found"), [(0, None), (1, "O1"), (2, None)])
def test_a_bus_operator_is_the_one_organisation_of_its_name(bench, bearers, found):
    for number in range(bearers):
        bench.organization(f"O{number + 1}", REGISTER, 1, name="遂宁市公共交通有限公司")
    bus(bench, "川JA1001")
    bus(bench, "川JA1002", "002路")
    bench.build(*BASES, "transport")
    assert bench.query("select organization_id, name, bus_count, route_count from transport.operator") == [
        (found, "遂宁市公共交通有限公司", 2, 2)
    ]


def test_who_is_licensed_and_runs_buses_is_one_operator(bench):
    bench.organization("O1", REGISTER, 1, name="遂宁市公共交通有限公司")
    licensed(bench, "O1", "N1", name="遂宁公交公司")
    bus(bench, "川JA1001")
    bench.build(*BASES, "transport")
    assert bench.query("select organization_id, license_number, bus_count from transport.operator") == [("O1", "N1", 1)]
    assert bench.query(
        "select plate_number, operator.organization_id from transport.vehicle join transport.operator using (operator_id)"
    ) == [("川JA1001", "O1")]


def test_a_route_lists_its_stops_in_order_and_where_they_lie(bench):
    bench.insert(
        "spatial.facility",
        facility_id="F1",
        facility_type_code="transit_stop",
        local_code="B",
        longitude=105.5,
        latitude=30.5,
    )
    stop(bench, "B", 2)
    stop(bench, "A", 1)
    bus(bench, "川JA1001")
    bench.build(*BASES, "transport")
    assert bench.query(
        "select stop_sequence, stop_code, facility_id, longitude from transport.route_stop order by stop_sequence"
    ) == [(1, "A", None, None), (2, "B", "F1", 105.5)]
    assert bench.query("select route_code, stop_count, bus_count, operator_count from transport.route") == [
        ("001路", 2, 1, 1)
    ]
    assert bench.failures(*BASES, "transport") == {}


def test_a_route_of_two_operators_belongs_to_neither(bench):
    stop(bench, "A", 1)
    bus(bench, "川JA1001")
    bus(bench, "川JA1002", operator="遂宁市丙客运有限公司")
    bench.build(*BASES, "transport")
    assert bench.query("select operator_id, operator_count from transport.route") == [(None, 2)]
    assert len(bench.query("select distinct operator_id from transport.vehicle")) == 2


def test_a_route_with_buses_and_no_stop_is_warned_of(bench):
    bus(bench, "川JA1001")
    bench.build(*BASES, "transport")
    assert bench.failures(*BASES, "transport") == {"transport.route has_stops": 1}

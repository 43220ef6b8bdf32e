"""Schema transport: operators and their licences, bus routes, stops, buses."""

from datetime import date

import pytest

LICENCES = "transport__road_licenses"
TRANSIT = "staged.transport__transit"
REGISTER = "market_supervision__registrations"


def licensed(bases, organization, number, status="valid", until="2022-01-01", name="遂宁市甲运输有限公司"):
    record = bases.tell(
        f"staged.{LICENCES}",
        license_number=number,
        license_type_code="operator",
        holder_name=name,
        status_code=status,
        valid_until=until,
    )
    bases.organization(organization, LICENCES, 20, role="licensee", record_id=record, name=name)


def bus(bases, plate, route="001路", operator="遂宁市公共交通有限公司"):
    bases.tell(TRANSIT, record_type_code="vehicle", plate_number=plate, route_code=route, operator_name=operator)


def stop(bases, code, sequence, route="001路", operator="遂宁市公共交通有限公司"):
    bases.tell(
        TRANSIT,
        record_type_code="stop",
        stop_code=code,
        stop_name=f"{code}站",
        stop_sequence=sequence,
        route_code=route,
        operator_name=operator,
    )


def test_of_several_licences_of_an_operator_the_one_in_force_is_shown(bases):
    licensed(bases, "O1", "N1", "expired", "2023-01-01")
    licensed(bases, "O1", "N2", "valid", "2020-01-01")
    licensed(bases, "O2", "N3", "deregistered")
    licensed(bases, None, "N4", name="遂宁市乙运输有限公司")
    bases.build()
    assert bases.query(
        "select organization_id, license_number, license_status_code, valid_to from transport.operator order by 2"
    ) == [
        ("O1", "N2", "valid", date(2020, 1, 1)),
        ("O2", "N3", "deregistered", date(2022, 1, 1)),
        (None, "N4", "valid", date(2022, 1, 1)),
    ]
    assert bases.broken() == {}


@pytest.mark.parametrize(("bearers", "found"), [(0, None), (1, "O1"), (2, None)])
def test_a_bus_operator_is_the_one_organisation_of_its_name(bases, bearers, found):
    for number in range(bearers):
        bases.organization(f"O{number + 1}", REGISTER, 1, name="遂宁市公共交通有限公司")
    bus(bases, "川JA1001")
    bus(bases, "川JA1002", "002路")
    bases.build()
    assert bases.query("select organization_id, name, bus_count, route_count from transport.operator") == [
        (found, "遂宁市公共交通有限公司", 2, 2)
    ]


def test_who_is_licensed_and_runs_buses_is_one_operator(bases):
    bases.organization("O1", REGISTER, 1, name="遂宁市公共交通有限公司")
    licensed(bases, "O1", "N1", name="遂宁公交公司")
    bus(bases, "川JA1001")
    bases.build()
    assert bases.query("select organization_id, license_number, bus_count from transport.operator") == [("O1", "N1", 1)]
    assert bases.query(
        "select plate_number, operator.organization_id from transport.vehicle join transport.operator using (operator_id)"
    ) == [("川JA1001", "O1")]


def test_a_route_lists_its_stops_in_order_and_where_they_lie(bases):
    bases.tell(
        "spatial.facility",
        facility_id="F1",
        facility_type_code="transit_stop",
        local_code="B",
        longitude=105.5,
        latitude=30.5,
    )
    stop(bases, "B", 2)
    stop(bases, "A", 1)
    bus(bases, "川JA1001")
    bases.build()
    assert bases.query(
        "select stop_sequence, stop_code, facility_id, longitude from transport.route_stop order by stop_sequence"
    ) == [(1, "A", None, None), (2, "B", "F1", 105.5)]
    assert bases.query("select route_code, stop_count, bus_count, operator_count from transport.route") == [
        ("001路", 2, 1, 1)
    ]
    assert bases.broken() == {}


def test_a_route_of_two_operators_belongs_to_neither(bases):
    stop(bases, "A", 1)
    bus(bases, "川JA1001")
    bus(bases, "川JA1002", operator="遂宁市丙客运有限公司")
    bases.build()
    assert bases.query("select operator_id, operator_count from transport.route") == [(None, 2)]
    assert len(bases.query("select distinct operator_id from transport.vehicle")) == 2


def test_a_route_with_buses_and_no_stop_is_warned_of(bases):
    bus(bases, "川JA1001")
    bases.build()
    assert bases.broken() == {"transport.route has_stops": 1}

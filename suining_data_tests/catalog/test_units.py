"""The committed catalogue is sound, covers the proposal, and its derived columns give what they say.

Here: suining_data/catalog/units. Not here: the rules themselves (test_checking.py).
"""

from collections import Counter
from typing import Any

import duckdb
import pytest
import sqlglot

from suining_data.catalog import Format, Mode, Resource, check, load_catalog
from suining_data.catalog.derivations import shared_derivations
from suining_data.orchestration.pipeline import pipeline

DEPARTMENTS = """
ZR02 JT03 CG01 SL01 LY01 B13
GA01 GA02 GA03 MZ01 MZ02 MZ03 MZ04 RS01 RS02 RS03 WJ01 WJ02 WJ03 YB01 YB02 JY01 JY02 SC01 SC02 SC03 SC04
BB01 SW01 SW02 SW03 ZR01 ZR03 ZJ01 ZJ02 ZJ03 JT01 JT02 TJ01 TJ02 TJ03
ZW01 TY01 FP01 CL01 CZ01 RH01 DL01 JG01 GJJ01 FY01 RF01 QX01 SJ01 XF01
GZ01 JR01 JH01 YZ01
JX01 SF01 XFJ01
KJ01 WL01 YJ01 HJ01 NY01 GH01 FG01 SWJ01
"""
PROVINCE = "B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B14 B15 B16"


@pytest.fixture(scope="module")
def resources() -> dict[str, Resource]:
    return {resource.proposal: resource for resource in load_catalog().resources}


def test_it_has_no_problem() -> None:
    assert [str(problem) for problem in check()] == []


def test_a_shared_expression_is_shared() -> None:
    named = Counter(column.derivation for resource in load_catalog().resources for column in resource.derived)
    assert [name for name in shared_derivations() if named[name] < 2] == []


def test_it_covers_the_proposal(resources: dict[str, Resource]) -> None:
    assert set(resources) == {*DEPARTMENTS.split(), *PROVINCE.split()}
    catalog = load_catalog()
    assert sum(unit.is_key for unit in catalog.units) == 13
    assert all(unit.origin == "department" for unit in catalog.units if unit.is_key)


def test_every_format_of_the_first_deliveries_occurs(resources: dict[str, Resource]) -> None:
    """A table of an exchange database is no file: nobody's first delivery; nobody sends Parquet yet."""
    assert {resource.delivery.format for resource in resources.values()} == set(Format) - {
        Format.POSTGRES,
        Format.PARQUET,
    }


def test_what_is_not_shared_says_why_and_has_no_table(resources: dict[str, Resource]) -> None:
    petitions = resources["XF01"]
    assert petitions.share.basis
    tables = {step.key for step in pipeline()}
    assert not {f"raw.{petitions.id}", f"staged.{petitions.id}"} & tables
    assert f"staged.{resources['SJ01'].id}" in tables  # catalogued, delivers nothing yet


def test_bank_accounts_are_l4_and_not_shared(resources: dict[str, Resource]) -> None:
    account = next(field for field in resources["RS02"].fields if field.element == "account_number")
    assert account.sensitivity == "L4"
    assert account.share is not None
    assert account.share.type == "none"


def test_registers_are_full_and_changes_are_deltas(resources: dict[str, Resource]) -> None:
    assert {resources[id].delivery.mode for id in ("B01", "B03", "B04", "B08", "GA03", "SW01")} == {Mode.FULL}
    assert {resources[id].delivery.mode for id in ("GA01", "WJ01", "WJ02", "SC01", "ZR01")} == {Mode.DELTA}


def test_a_number_shared_by_two_persons_does_not_make_one_row_supersede_the_other(
    resources: dict[str, Resource],
) -> None:
    for resource in resources.values():
        names = {field.name for field in resource.fields if field.element == "person_name"}
        if "resident_id" in resource.key and "name" in names:
            assert "name" in resource.key, resource.id


def derived(resource: Resource, name: str, **row: Any) -> Any:
    """The value of a derived column for one row; fields that are not given are null."""
    column = next(column for column in resource.derived if column.name == name)
    used = {found.name for found in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(sqlglot.exp.Column)}
    columns = ", ".join(f"${field} as {field}" for field in sorted(used))
    answer = duckdb.execute(f"select {column.sql} from (select {columns})", {field: row.get(field) for field in used})
    value = answer.fetchone()
    assert value is not None
    return value[0]


@pytest.mark.parametrize(
    ("id_type", "number", "is_resident"),
    [
        ("111", "110105491231002", True),
        (None, "11010519491231002X", True),
        ("HMT", "810000199408230021", True),
        ("553", "932682198501010017", True),
        ("553", "CHN110105491231", False),
        ("414", "E12345678", False),
    ],
)
def test_a_document_is_a_resident_id_or_another(
    resources: dict[str, Resource], id_type: str | None, number: str, is_resident: bool
) -> None:
    for id in ("GA02", "WJ02", "YB01", "B04"):
        row = {"id_type_code": id_type, "identity_number": number}
        assert derived(resources[id], "resident_id", **row) == (number if is_resident else None)
        assert derived(resources[id], "other_id", **row) == (None if is_resident else number)


def test_an_enrolment_number_stands_in_for_a_missing_id(resources: dict[str, Resource]) -> None:
    student = {"identity_number": None, "enrolment_number": "G11010519491231002X"}
    temporary = {"identity_number": None, "enrolment_number": "L1101051949"}
    for id in ("JY01", "B07"):
        assert derived(resources[id], "resident_id", **student) == "11010519491231002X"
        assert derived(resources[id], "resident_id", **temporary) is None


def test_a_registration_tells_the_marital_status(resources: dict[str, Resource]) -> None:
    for id in ("MZ01", "B05"):
        given = {code: derived(resources[id], "marital_status_code", registration_type_code=code)
                 for code in ("marriage", "divorce_reissue", "annulled")}  # fmt: skip
        assert given == {"marriage": "20", "divorce_reissue": "40", "annulled": None}


def test_foreign_capital_is_not_counted_in_yuan(resources: dict[str, Resource]) -> None:
    for id in ("SC01", "B08"):
        for currency, capital in (("美元", None), ("人民币", 7), (None, 7)):
            row = {"currency": currency, "registered_capital": 7}
            assert derived(resources[id], "registered_capital_cny", **row) == capital


def test_whoever_moved_out_or_died_has_no_registered_address_from_that_row(resources: dict[str, Resource]) -> None:
    for code, address in (("moved_out", None), ("died", None), ("moved_in", "蓬溪县赤城镇")):
        row = {"change_code": code, "registered_address": "蓬溪县赤城镇"}
        assert derived(resources["GA01"], "current_registered_address", **row) == address

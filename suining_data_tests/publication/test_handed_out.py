"""What an audience gets for a label: plain values, less exact ones, pseudonyms, nothing; and numbers within free texts."""

import duckdb
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from suining_data.elements import Identifies
from suining_data.models import ModelContract, ModelError, load_models, load_sources
from suining_data.publication.handed_out import given, load_audiences, redacted
from suining_data.publication.labels import contracts_of, labels_of

ANALYST = load_audiences()["analyst"]
ALL = labels_of(contracts_of(load_models(), load_sources()))


def contract(**columns: dict[str, object]) -> ModelContract:
    described = {name: {"type": "varchar", "zh": "列", "en": "Column", **column} for name, column in columns.items()}
    return ModelContract.model_validate(
        {"description": {"zh": "表", "en": "Table"}, "key": [next(iter(columns))], "columns": described}
    )


def handed_out(**columns: dict[str, object]) -> dict[str, str]:
    """Name -> SQL of what analysts get of a table with these columns in the year 2026."""
    labels = labels_of({"a.b": contract(**columns)})["a.b"]
    return {each.name: each.sql for each in given(ANALYST, labels, 2026)}


def test_what_is_not_sensitive_is_handed_out_as_it_is() -> None:
    assert handed_out(status_code={"sensitivity": "L1", "accepted": ["a"]}) == {"status_code": '"status_code"'}


def test_a_date_of_birth_becomes_a_year_and_an_age_band() -> None:
    columns = handed_out(birth_date={"element": "date", "type": None, "sensitivity": "L3"})
    assert list(columns) == ["birth_year", "age_band"]
    with duckdb.connect() as con:
        rows = con.execute(f"""
            select {columns["birth_year"]}, {columns["age_band"]}
            from (values (date '2026-01-01'), (date '2017-12-31'), (date '1936-05-05'), (date '1910-01-01'), (null))
                as t(birth_date)
        """).fetchall()
    assert rows == [(2026, "00-04"), (2017, "05-09"), (1936, "90+"), (1910, "90+"), (None, None)]


@pytest.mark.parametrize(
    "column",
    [
        {"sensitivity": "L3"},
        {"sensitivity": "L4"},
        {"sensitivity": "L4", "element": "date", "type": None},
        {"sensitivity": "L1", "identifies": "row"},
        {"element": "person_name", "type": None},
    ],
    ids=["has no less exact form", "most sensitive", "most sensitive date", "leads to a delivered row", "name"],
)
def test_what_is_withheld(column: dict[str, object]) -> None:
    assert handed_out(value=column) == {}


def masked(**column: object) -> dict[str, str]:
    """Name -> SQL of what an audience gets that gets everything masked."""
    everything = {
        "columns": dict.fromkeys(ANALYST.columns, "masked"),
        "identifiers": dict.fromkeys(Identifies, "masked"),
    }
    labels = labels_of({"a.b": contract(value=column)})["a.b"]
    return {each.name: each.sql for each in given(ANALYST.model_copy(update=everything), labels, 2026)}


@pytest.mark.parametrize(
    ("element", "value", "name", "expected"),
    [
        ("person_name", "刘备备", "value", "刘*备"),
        ("phone", "13800138000", "value", "138****8000"),
        ("resident_id", "11010519491231002X", "value", "1101**********002X"),
        ("date", "1949-12-31", "value_year", 1949),
    ],
)
def test_what_is_masked(element: str, value: str, name: str, expected: object) -> None:
    sql = masked(element=element, type=None, sensitivity="L3")[name]
    kind = "date" if element == "date" else "varchar"
    with duckdb.connect() as con:
        assert con.execute(f"select {sql} from (select ?::{kind} as value)", [value]).fetchall() == [(expected,)]


@pytest.mark.parametrize("column", [{"sensitivity": "L3"}, {"sensitivity": "L1", "identifies": "number"}])
def test_what_has_no_mask_is_withheld_where_all_is_masked(column: dict[str, object]) -> None:
    assert masked(**column) == {}


@pytest.mark.parametrize("what", [each for each in Identifies if each is not Identifies.ROW])
def test_what_identifies_becomes_a_pseudonym_whatever_its_sensitivity(what: Identifies) -> None:
    for sensitivity in ("L1", "L4"):
        assert "pseudonym" in handed_out(value={"sensitivity": sensitivity, "identifies": what})["value"]


def test_a_table_whose_rows_are_more_sensitive_than_the_audience_may_see_is_not_handed_out() -> None:
    labels = labels_of({"a.b": contract(rule={"sensitivity": "L1"})})["a.b"]
    assert given(ANALYST, labels, 2026, "L3")
    assert given(ANALYST, labels, 2026, "L4") == []


def test_a_column_without_a_label_fails_the_build() -> None:
    with pytest.raises(ModelError, match=r"a\.b\.c .*add L1 to L4"):
        labels_of({"a.b": contract(c={})})


def test_a_reference_has_the_label_of_what_it_refers_to() -> None:
    columns = {label.name: label for label in ALL["social_security.allowance"]}
    assert columns["person_id"].identifies is Identifies.PERSON


def test_every_column_that_names_a_person_or_household_is_labelled_so() -> None:
    names = ("person_id", "spouse_id", "household_id")
    unlabelled = [
        f"{table}.{label.name}"
        for table, labels in ALL.items()
        for label in labels
        if label.name.endswith(names) and label.identifies is None
    ]
    assert unlabelled == []


def test_analysts_get_the_point_of_no_address_whatever_table_it_stands_in() -> None:
    with_address = {table for table, labels in ALL.items() if any(label.name == "address_id" for label in labels)}
    points = {
        f"{table}.{label.name}": label.sensitivity
        for table in with_address
        for label in ALL[table]
        if label.name in ("longitude", "latitude")
    }
    assert points.keys() >= {"spatial.address.longitude", "spatial.address_point.latitude"}
    public = {name for name in points if name.startswith("spatial.facility.")}  # schools, clinics, stops
    assert {name for name, sensitivity in points.items() if sensitivity < "L3"} <= public


def _kept(text: str) -> str | None:
    with duckdb.connect() as con:
        row = con.execute(f"select {redacted('t')} from (select ? as t)", [text]).fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize(
    "number",
    [
        *("11010519491231002X", "110105194912310021", "110105491231002", "13800138000", "１３８００１３８０００"),
        *("138-0013-8000", "138 0013 8000", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"),
    ],
)
def test_a_number_within_a_free_text_is_redacted(number: str) -> None:
    for text in (f"负责人电话{number}，周一", number, f"甲{number}乙{number}"):
        kept = _kept(text)
        assert kept
        assert number not in kept
        assert "****" in kept


@pytest.mark.parametrize(
    "text", ["川遂船市监处罚〔2023〕123号", "自2019年8月14日起", "JY25109032012345", "注册资本1000万元", ""]
)
def test_other_numbers_of_a_free_text_stay(text: str) -> None:
    assert _kept(text) == text


@drawn(st.text("0123456789- Xx甲，", max_size=40))
def test_no_identity_number_survives_whatever_is_around_it(around: str) -> None:
    assert "11010519491231002" not in (_kept(f"{around}甲11010519491231002X乙{around}") or "")

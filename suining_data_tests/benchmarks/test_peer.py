"""The script that the refresh is compared with does what it says: clean values, the best authority, a cluster for everyone."""

from pathlib import Path

import pandas as pd

from suining_data.catalog import load_catalog
from suining_data.catalog.model import FILE, RECEIVED
from suining_data.elements import ELEMENTS
from suining_data_tests.benchmarks.peer import clean, golden, records_of, stage

CHANGES = load_catalog().resource("public_security__household_changes")


def cleaned(element: str, *texts: str | None, unit: str | None = None) -> list[object]:
    values = clean(pd.Series(texts, dtype="str"), ELEMENTS[element], unit)
    return [None if pd.isna(value) else value for value in values]


def test_values_are_cleaned_by_their_element() -> None:
    assert cleaned("person_name", " 王小明 ", " ", None) == ["王小明", None, None]
    assert cleaned("resident_id", "５１０９０２１９８００１０１００１Ｘ") == ["51090219800101001X"]
    assert cleaned("sex_code", "男", "2") == ["1", "2"]
    assert cleaned("money_cny", "1,200.5", "若干", unit="万元") == [12_005_000, None]
    day = pd.Timestamp("2019-08-01")
    assert cleaned("date", "20190801", "2019-08-01", "2019/08/01", "2019年08月01日", "不详") == [*[day] * 4, None]


def test_a_resource_is_staged_once_per_key_with_its_authority(tmp_path: Path) -> None:
    row = {"gmsfhm": "510902198001010016", "xm": "王小明", "bdlx": "迁入", "bdrq": "20190811", "xb": "女"}
    for month, changes in (("07", {}), ("08", {"xb": "男"})):
        columns = {field.source: [(row | changes).get(field.source)] for field in CHANGES.fields}
        pd.DataFrame(columns).to_csv(tmp_path / f"{CHANGES.id}__{month}.csv", index=False)
    staged = stage(sorted(tmp_path.iterdir()), CHANGES)
    reported = records_of(staged, CHANGES, CHANGES.entities[0])
    assert reported[["resident_id", "sex_code"]].to_numpy().tolist() == [["510902198001010016", "1"]]
    assert reported[["name__rank", "death_date__rank"]].to_numpy().tolist() == [[1, 4]]


def test_what_a_reader_knows_of_a_file_is_no_column_of_it(tmp_path: Path) -> None:
    resource = load_catalog().resource("statistics__monthly_indicators")
    delivered = {field.source: ["1"] for field in resource.fields if field.source not in (FILE, RECEIVED)}
    pd.DataFrame(delivered).to_csv(tmp_path / "batch.csv", index=False)
    staged = stage([tmp_path / "batch.csv"], resource)
    [name_of_file] = [field.name for field in resource.fields if field.source == FILE]
    assert staged[name_of_file].tolist() == ["batch.csv"]


def test_the_best_rank_wins_and_of_equal_ranks_the_latest() -> None:
    records = pd.DataFrame(
        {
            "person_id": ["A", "A", "A", "B"],
            "name": ["old", "new", "poor", None],
            "name__rank": [1, 1, 2, 1],
            "valid_from": pd.to_datetime(["2018-01-01", "2019-01-01", "2019-02-01", None]),
        }
    )
    rows = golden(records, "person_id").astype(object).to_numpy().tolist()
    assert [rows[0], rows[1][0], pd.isna(rows[1][1])] == [["A", "new"], "B", True]

"""The data sets: which columns are compared, how, and which pairs are candidates.

Here: one `Dataset` each. Not here: where the files come from (data/README.md), how they are linked (linking.py).

The weights are learned from the data without the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import splink.comparison_library as compare

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Dataset:
    """`files`: SELECTs with `token`, `truth` and the columns; true where the records are resolved, one a person.

    A column of a blocking rule is one of `columns` or of `derived` (name -> SQL). `trained_by`: the columns that two records
    share in each session of expectation maximisation. `people`: about how many there are.
    """

    name: str
    files: dict[str, bool]
    columns: tuple[str, ...]
    derived: dict[str, str]
    compared: Sequence[Any]
    blocking_rules: tuple[tuple[str, ...], ...]
    trained_by: tuple[tuple[str, ...], ...]
    people: int


def _febrl(file: str) -> str:
    return (
        "select *, regexp_extract(token, '^rec-([0-9]+)-', 1) as truth from (select trim(rec_id) as token, * "
        f"from read_csv('{DATA / file}', all_varchar = true, normalize_names = true))"
    )


def _febrl_files(name: str, files: dict[str, bool]) -> Dataset:
    return Dataset(
        name,
        files={_febrl(file): is_resolved for file, is_resolved in files.items()},
        columns=(
            "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
            "date_of_birth", "soc_sec_id",
        ),
        derived={"given_name_start": "left(given_name, 2)"},
        compared=(
            compare.JaroWinklerAtThresholds("given_name", [0.9, 0.7]),
            compare.JaroWinklerAtThresholds("surname", [0.9, 0.7]),
            compare.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            compare.DamerauLevenshteinAtThresholds("street_number", [1]),
            compare.DamerauLevenshteinAtThresholds("postcode", [1]),
            compare.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            compare.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
        ),
        blocking_rules=(
            ("soc_sec_id",), ("date_of_birth",), ("given_name", "surname"), ("surname", "postcode"),
            ("given_name", "postcode"), ("surname", "suburb"), ("given_name", "suburb"), ("address_1", "street_number"),
            ("surname", "given_name_start"),
        ),
        trained_by=(("date_of_birth",), ("soc_sec_id",), ("surname", "suburb")),
        people=5000,
    )  # fmt: skip


def _census_and_taxes(name: str, numbered: int) -> Dataset:
    """Censuses have births, tax files employers. Of a hundred records that have a number, `numbered` keep it."""
    return Dataset(
        name,
        files={
            "select * exclude (record, person, ssn), printf('r%06d', record) as token, person as truth, "
            f"case when record % 100 < {numbered} then ssn end as ssn from '{DATA / 'census_and_taxes.parquet'}'": False
        },
        columns=(
            "given_name", "middle", "surname", "birth", "sex", "ssn", "street_number", "street_name", "employer",
        ),
        derived={"given_name_start": "left(given_name, 2)", "surname_start": "left(surname, 3)"},
        compared=(
            compare.JaroWinklerAtThresholds("given_name", [0.92, 0.8]),
            compare.ExactMatch("middle"),
            compare.JaroWinklerAtThresholds("surname", [0.92, 0.8]),
            compare.DamerauLevenshteinAtThresholds("birth", [1, 2]),
            compare.ExactMatch("sex"),
            compare.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
            compare.DamerauLevenshteinAtThresholds("street_number", [1]),
            compare.JaroWinklerAtThresholds("street_name", [0.9]),
            compare.ExactMatch("employer"),
        ),
        blocking_rules=(
            ("ssn",), ("birth", "surname_start"), ("given_name", "surname"), ("surname", "street_name"),
            ("given_name", "street_name", "street_number"), ("birth", "given_name_start"),
            ("surname", "employer", "given_name_start"),
        ),
        trained_by=(("birth", "surname"), ("ssn",), ("given_name", "surname", "street_name")),
        people=2700,
    )  # fmt: skip


FEBRL_3 = _febrl_files("febrl_3", {"dataset3.csv": False})
FEBRL_4 = _febrl_files("febrl_4", {"dataset4a.csv": True, "dataset4b.csv": False})
NUMBERED = _census_and_taxes("census_and_taxes", 100)
HARDLY_NUMBERED = _census_and_taxes("census_and_taxes, one number in five", 20)
DATASETS = (FEBRL_3, FEBRL_4, NUMBERED, HARDLY_NUMBERED)

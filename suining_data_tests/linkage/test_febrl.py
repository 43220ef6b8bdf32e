"""The engine on data that nobody here made: Febrl 3 (duplicates in one file) and Febrl 4 (two files of one population).

The weights are learned from the data without their labels; only blocking, comparisons and vetoes are said here.
"""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, block_on

from suining_data.linkage.blocking import block
from suining_data.linkage.clustering import cluster
from suining_data.linkage.scoring import Inputs, score
from suining_data.linkage.subject_linkage import SubjectLinkage

FEBRL = Path(__file__).parent / "febrl"
COLUMNS = (
    "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth",
    "soc_sec_id",
)  # fmt: skip
RULES = (
    ("soc_sec_id",), ("date_of_birth",), ("given_name", "surname"), ("surname", "postcode"), ("given_name", "postcode"),
    ("surname", "suburb"), ("given_name", "suburb"), ("address_1", "street_number"), ("surname", "given_name_start"),
)  # fmt: skip
PEOPLE = SubjectLinkage(
    name="febrl", prefix="F", columns=COLUMNS, resolved="", unresolved="", alphabet="", blocking_rules=RULES, vetoes=(),
    namesakes=1.0, exists="true",
)  # fmt: skip


def settings(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """A model trained by expectation maximisation on table `profile`."""
    compared = [
        compare.JaroWinklerAtThresholds("given_name", [0.9, 0.7]),
        compare.JaroWinklerAtThresholds("surname", [0.9, 0.7]),
        compare.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
        compare.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        compare.DamerauLevenshteinAtThresholds("street_number", [1]),
        compare.DamerauLevenshteinAtThresholds("postcode", [1]),
        compare.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
        compare.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
    ]
    described = {
        "link_type": "dedupe_only", "unique_id_column_name": "token", "comparisons": compared,
        "blocking_rules_to_generate_predictions": [], "probability_two_random_records_match": 1 / 5000,
    }  # fmt: skip
    linker = Linker(
        DuckDBAPI(connection=con).register("profile", dataset_display_name="profile"), described, log_level=None
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("soc_sec_id"), block_on("surname", "suburb")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker.misc.save_model_to_json()


def link(files: dict[str, bool]) -> duckdb.DuckDBPyConnection:
    """A connection with profile and member: file -> whether its records are resolved (at most one of them per cluster)."""
    con = duckdb.connect()
    values = ", ".join(f"nullif(trim({name}), '') as {name}" for name in COLUMNS)
    reads = " union all ".join(
        f"select trim(rec_id) as token, {is_resolved} as is_resolved, {values} from read_csv('{FEBRL / file}', all_varchar = true, "
        "normalize_names = true)"
        for file, is_resolved in files.items()
    )
    con.execute(f"""
        create temp table profile as
        select row_number() over (order by token) - 1 as node, *, left(given_name, 2) as given_name_start from ({reads});
        create temp table resolved as select token as identity_key, * from profile where is_resolved;
        create temp table unresolved as select * from profile where not is_resolved;
        create temp table decision (token_l varchar, token_r varchar, verdict varchar);
        create temp table frequency as
        select surname as name, count(*) / (select count(*) from profile) as tf_name from profile group by surname
    """)
    tables = [("resolved", "identity_key"), ("unresolved", "token")]
    blocks = " union all ".join(block(rule, table, key) for rule in RULES for table, key in tables)
    con.execute(f"create temp table pair as select distinct * from ({blocks})")
    score(con, settings(con), Inputs("pair", "profile", "frequency", 5000), "scored")
    cluster(con, PEOPLE, "scored", "profile", "decision")
    return con


def f1(con: duckdb.DuckDBPyConnection) -> float:
    """Of the pairs of records, by clusters against the numbers in Febrl's record ids."""
    con.execute("""
        create or replace temp table placed as
        select token, regexp_extract(token, '^rec-([0-9]+)-', 1) as truth, coalesce(root, token) as root
        from profile left join (select token, root from member) using (token)
    """)
    counts = {
        by: con.execute(
            f"select sum(n * (n - 1) / 2) from (select count(*) as n from placed group by {by})"
        ).fetchall()[0][0]
        for by in ("root", "truth", "root, truth")
    }
    return float(2 * counts["root, truth"] / (counts["root"] + counts["truth"]))


@pytest.mark.parametrize(
    ("files", "least"),
    [({"dataset3.csv": False}, 0.995), ({"dataset4a.csv": True, "dataset4b.csv": False}, 0.999)],
    ids=["febrl3", "febrl4"],
)
def test_febrl(files: dict[str, bool], least: float) -> None:
    con = link(files)
    assert f1(con) >= least
    con.close()

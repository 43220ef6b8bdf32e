"""Links a data set with our blocking, scoring and clustering, and with plain Splink, and compares both with the truth.

Here: `linked`, `compared`, `rows`. Not here: the data sets (datasets.py).

Plain Splink: the same pairs and the same weights, joined by its connected components from a threshold on. It is shown at
the threshold that is best for it, which only the truth can say, and at ours.
"""

import logging
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI, Linker, block_on

from suining_data.linkage.blocking import block
from suining_data.linkage.clustering import cluster
from suining_data.linkage.scoring import Inputs, score
from suining_data.linkage.subject_linkage import SubjectLinkage
from suining_data.linkage.threshold import ACCEPT
from suining_data_tests.benchmarks.foreign.datasets import DATASETS, Dataset


class Agreement(NamedTuple):
    """Of the pairs of records: the share of linked pairs that are true, of true pairs that are linked, and their mean."""

    precision: float
    recall: float
    f1: float


def linked(data: Dataset) -> duckdb.DuckDBPyConnection:
    """A connection with the tables profile (node, token, truth, ...), scored and member."""
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    values = ", ".join(f"nullif(trim({name}), '') as {name}" for name in data.columns)
    derived = "".join(f", {sql} as {name}" for name, sql in data.derived.items())
    reads = " union all ".join(
        f"select token, truth, {is_resolved} as is_resolved, {values} from ({select})"
        for select, is_resolved in data.files.items()
    )
    con.execute(f"""
        create temp table profile as
        select row_number() over (order by token) - 1 as node, *{derived} from ({reads});
        create temp table resolved as select token as identity_key, * from profile where is_resolved;
        create temp table unresolved as select * from profile where not is_resolved;
        create temp table decision (token_l varchar, token_r varchar, verdict varchar);
        create temp table frequency as
        select surname as name, count(*) / (select count(*) from profile) as tf_name from profile group by surname
    """)
    sides = [("resolved", "identity_key"), ("unresolved", "token")]
    blocks = " union all ".join(block(rule, table, key) for rule in data.blocking_rules for table, key in sides)
    con.execute(f"create temp table pair as select distinct * from ({blocks})")
    score(con, _trained(con, data), Inputs("pair", "profile", "frequency", data.people), "scored")
    cluster(con, _subject(data), "scored", "profile", "decision")
    return con


def _subject(data: Dataset) -> SubjectLinkage:
    return SubjectLinkage(
        name=data.name, prefix="F", columns=data.columns, resolved="", unresolved="", alphabet="",
        blocking_rules=data.blocking_rules, vetoes=(), namesakes=1.0, exists="true", frequent="surname",
    )  # fmt: skip


def _trained(con: duckdb.DuckDBPyConnection, data: Dataset) -> dict[str, Any]:
    logging.getLogger("splink").setLevel(logging.ERROR)  # it warns of levels that the data hardly show
    settings = {
        "link_type": "dedupe_only", "unique_id_column_name": "token", "comparisons": list(data.compared),
        "blocking_rules_to_generate_predictions": [], "probability_two_random_records_match": 1 / data.people,
    }  # fmt: skip
    table = DuckDBAPI(connection=con).register("profile", dataset_display_name="profile")
    training = Linker(table, settings, log_level=None)
    training.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in data.trained_by:
        training.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    model: dict[str, Any] = training.misc.save_model_to_json()
    return model


def ours(con: duckdb.DuckDBPyConnection) -> Agreement:
    """The clusters of `linked` against the truth."""
    rows = con.execute("""
        select truth, coalesce(root, token) as root
        from profile left join (select token, root from member) using (token) order by node
    """).fetchnumpy()
    return agreement(_numbered(rows["root"]), _numbered(rows["truth"]))


def plain_splink(con: duckdb.DuckDBPyConnection, threshold: float) -> Agreement:
    """Splink's connected components of the scored pairs from a weight on, against the truth."""
    pairs = con.execute(
        "select l.node as l, r.node as r from scored join profile as l on l.token = token_l "
        "join profile as r on r.token = token_r where weight >= ?",
        [threshold],
    ).fetchnumpy()
    truth = _numbered(con.execute("select truth from profile order by node").fetchnumpy()["truth"])
    ones = np.ones(len(pairs["l"]), dtype=np.int8)
    graph = coo_array((ones, (pairs["l"], pairs["r"])), shape=(len(truth), len(truth)))
    return agreement(connected_components(graph, directed=False)[1].astype(np.int64), truth)


def agreement(clusters: NDArray[np.int64], truth: NDArray[np.int64]) -> Agreement:
    """Pairs of records in both, counted by n(n-1)/2 of group sizes."""
    right = _pairs(clusters * (truth.max() + 1) + truth)
    precision, recall = right / max(_pairs(clusters), 1.0), right / max(_pairs(truth), 1.0)
    return Agreement(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9))


def compared(con: duckdb.DuckDBPyConnection) -> dict[str, Agreement]:
    """Ours; plain Splink at its best threshold from 0 to 20, and at ours."""
    plain = {threshold: plain_splink(con, float(threshold)) for threshold in range(21)}
    best = max(plain, key=lambda threshold: plain[threshold].f1)
    return {
        "ours": ours(con),
        f"plain Splink, best threshold ({best})": plain[best],
        f"plain Splink, our threshold ({ACCEPT:.0f})": plain_splink(con, ACCEPT),
    }


def rows() -> list[dict[str, str | float]]:
    """A row per data set and way of linking, for printing."""
    found: list[dict[str, str | float]] = []
    for data in DATASETS:
        with linked(data) as con:
            found += [{"data": data.name, "linked by": way, **each._asdict()} for way, each in compared(con).items()]
    return found


def _numbered(names: NDArray[Any]) -> NDArray[np.int64]:
    return np.unique(names.astype(str), return_inverse=True)[1].astype(np.int64)


def _pairs(groups: NDArray[np.int64]) -> float:
    sizes = np.unique(groups, return_counts=True)[1].astype(float)
    return float((sizes * (sizes - 1) / 2).sum())

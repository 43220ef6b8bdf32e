"""Training: the m and u probabilities of every level, learned from records with the same accepted number.

Here: the training pairs, Splink's estimates, the model file in git. Not here: what is compared (comparisons.py), levels
that the sample shows rarely (probabilities.py), applying the model (scoring.py).

- Matches: from a sample of resolved subjects, one record each is taken out. Its number is hidden, and so are values that
  come from the number only. It is compared with the other records of the subject. This gives the m probabilities.
- Non-matches: the records of one half of the sample are compared with the subjects of the other half. This gives the u
  probabilities.
- The u probability of an agreement that is too rare for a sample (the same phone by chance) is counted over all records.
- Damaged numbers cannot be learned from valid ones. Their probabilities are set from the kinds of mistakes.

The same evidence gives the same model: every choice is made by a digest or by an order.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from suining_data.linkage.blocking import PAIR, PROFILE, WITH_FORMS, profiles
from suining_data.linkage.comparisons import COMPARISONS, Comparison
from suining_data.linkage.probabilities import LEAST_M, LEAST_U, completed, informative_levels, reported_pairs
from suining_data.linkage.subject_linkage import SubjectLinkage
from suining_data.settings import Settings
from suining_data.warehouse import read_warehouse, table_exists

if TYPE_CHECKING:
    from splink.internals.linker_components.training import LinkerTraining

SAMPLE = 30_000  # resolved subjects
LEAST_PAIRS = 1_000  # with fewer, the sample hardly shows a mistake that one record in a hundred has
RANDOM_PAIRS = 3e7
SEED = 1
SHARED = {"phone": "phones", "address": "addresses", "shared_identifier": "shared_identifiers"}
# NUMBER_M: the share of damaged numbers with one digit wrong or two swapped, with three zeros at the end, and with other
# damage. NUMBER_U: the share of unrelated numbers that are so near by chance; a date of birth in a county has about ten.
# That one subject has two valid numbers is rare, and two subjects always do. A number that a row of a person contests is
# the row's own about as often as not, so its weight is nearly that of one subject among all; name, birth and address must
# decide. A number that a row of an organisation contests says little: branches report the number of their parent.
NUMBER_M = {
    "same": 0.02,
    "contested": 0.02,
    "one mistake": 0.66,
    "zeros": 0.25,
    "two valid": 0.001,
    "differs": 0.049,
}
NUMBER_U = {
    "same": 1e-7,
    "contested": 4e-7,
    "one mistake": 5e-7,
    "zeros": 5e-6,
    "two valid": 0.5,
    "differs": 0.499994,
}
NUMBER = {
    "person": (NUMBER_M, NUMBER_U),
    "organization": (NUMBER_M, NUMBER_U | {"contested": 0.005, "differs": 0.494994}),
}

MATCHES, UNRELATED = ("training_left", "training_right"), ("chance_left", "chance_right")  # temporary tables

_FIRST_HALF = "(md5('half' || label) < '8')"  # not the digest that selects the sample


class TooFewPairs(ValueError):
    """There are too few training pairs; the message says how many are needed."""

    def __init__(self, subject: SubjectLinkage, pairs: int) -> None:
        super().__init__(
            f"{subject.name}: 有号码且不止一条记录的只有 {pairs:,} 个，训练至少需要 {LEAST_PAIRS:,} 个 "
            f"({pairs:,} subjects have a number and more than one record, training needs {LEAST_PAIRS:,})"
        )


@contextmanager
def linked_evidence(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection with views of the evidence in the warehouse, which stays unchanged; None if nothing is linked yet."""
    with read_warehouse(settings) as con:
        if not table_exists(con, "linked.person_evidence"):
            yield None
            return
        tables = con.execute(
            "select database_name, schema_name, table_name from duckdb_tables() where schema_name in ('linked', 'reference')"
        ).fetchall()
        con.execute("attach ':memory:' as training (read_write)")
        for schema in ("linked", "reference"):
            con.execute(f"create schema training.{schema}")
        for database, schema, table in tables:
            con.execute(f'create view training.{schema}."{table}" as from {database}.{schema}."{table}"')
        con.execute("use training")
        yield con


def train(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, file: Path) -> dict[str, Any]:
    """Train on the evidence in `con`, write the model to `file` and return it. Raises TooFewPairs."""
    counts = _training_pairs(con, subject)
    if counts["pairs"] < LEAST_PAIRS:
        raise TooFewPairs(subject, counts["pairs"])
    comparisons = deepcopy(COMPARISONS[subject.name])
    for comparison in comparisons:
        _fix_rare_levels(con, subject, comparison, counts)
    settings = {
        "link_type": "link_only",
        "unique_id_column_name": "token",
        "comparisons": comparisons,
        "probability_two_random_records_match": 1 / counts["resolved"],
        "blocking_rules_to_generate_predictions": [],
    }
    by_chance = _estimated(
        con,
        UNRELATED,
        settings,
        lambda training: training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED),
    )
    estimated = _estimated(con, MATCHES, settings, lambda training: training.estimate_m_from_label_column("label"))
    _complete(con, estimated["comparisons"], by_chance["comparisons"])
    model = {
        "subject": subject.name,
        "trained_on": date.today().isoformat(),
        "data": counts,
        "settings": {key: value for key, value in estimated.items() if key not in ("linker_uid", "sql_dialect")},
    }
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(file)
    return model


def _estimated(
    con: duckdb.DuckDBPyConnection,
    tables: tuple[str, str],
    settings: dict[str, Any],
    estimate: "Callable[[LinkerTraining], None]",
) -> dict[str, Any]:
    """Splink's settings after `estimate` on two tables; rows with the same label in both are one subject."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)  # it warns of levels without a pair, which _complete() handles
    api = DuckDBAPI(connection=con)
    registered = [api.register(table, dataset_display_name=table) for table in tables]
    linker = Linker(registered, deepcopy(settings), log_level=None)
    estimate(linker.training)
    saved: dict[str, Any] = linker.misc.save_model_to_json()
    return saved


def _complete(con: duckdb.DuckDBPyConnection, estimated: list[Comparison], by_chance: list[Comparison]) -> None:
    """Set the completed probabilities of the levels in `estimated`: m from `estimated`, u from `by_chance`."""
    matches = reported_pairs(con, estimated, *MATCHES, on="label")
    unrelated = reported_pairs(con, estimated, *UNRELATED)
    for comparison, other, match_pairs, unrelated_pairs in zip(estimated, by_chance, matches, unrelated, strict=True):
        m = completed(comparison, "m", match_pairs, LEAST_M)
        u = completed(other, "u", min(unrelated_pairs, RANDOM_PAIRS), LEAST_U)
        for level, level_m, level_u in zip(informative_levels(comparison), m, u, strict=True):
            level |= {"m_probability": level_m, "u_probability": level_u}


def _training_pairs(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage) -> dict[str, int]:
    """Fill MATCHES (single records, and profiles of the other records of the same number) and UNRELATED, halves of both.

    Returns the numbers of resolved subjects, their records, and training pairs.
    """
    columns = ", ".join(subject.columns)
    reported = ", ".join(subject.reported.get(column, column) for column in subject.columns)
    con.execute(f"create or replace temp table every as {WITH_FORMS} ({subject.resolved})")
    con.execute(f"""
        create or replace temp table sampled as
        select identity_key, 'left:' || identity_key as token from every
        group by identity_key having count(*) > 1 order by md5(identity_key) limit {SAMPLE};
        create or replace temp table numbered as
        select every.*, row_number() over (
            partition by identity_key order by md5(concat_ws('|', {columns}, {reported})), name_authority, number
        ) as position from every;
        create or replace temp table unresolved as
        select token, cast(null as varchar) as received, {", ".join(f"{subject.reported.get(c, c)} as {c}" for c in subject.columns)}
        from numbered join sampled using (identity_key) where position = 1;
        create or replace temp table resolved as
        select * exclude (position) from numbered
        where position > 1 or identity_key not in (select identity_key from sampled);
        create or replace temp table {PAIR} as select token as token_l, identity_key as token_r from sampled;
        create or replace temp table {PROFILE} as {profiles(subject)};
        create or replace temp table training_left as
        select profile.*, substr(token, 6) as label, 'left' as source_dataset from {PROFILE} as profile where not is_resolved;
        create or replace temp table training_right as
        select profile.*, token as label, 'right' as source_dataset from {PROFILE} as profile where is_resolved;
        create or replace temp table chance_left as from training_left where {_FIRST_HALF};
        create or replace temp table chance_right as from training_right where not {_FIRST_HALF};
    """)
    counts = con.execute("""
        select (select count(distinct identity_key) from resolved), (select count(*) from resolved),
            (select count(*) from training_left)
    """).fetchall()[0]
    return dict(zip(("resolved", "records", "pairs"), map(int, counts), strict=True))


def _fix_rare_levels(
    con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, comparison: dict[str, Any], counts: dict[str, int]
) -> None:
    """Set and fix the probabilities that Splink cannot estimate from the sample."""
    name, levels = comparison["output_column_name"], comparison["comparison_levels"]
    if name == "number":
        number_m, number_u = NUMBER[subject.name]
        for level, key in zip(levels[1:], number_m, strict=True):
            level |= {"m_probability": number_m[key], "u_probability": number_u[key]}
            level |= {"fix_m_probability": True, "fix_u_probability": True}
    elif name in SHARED:
        levels[1] |= {"u_probability": _chance_of_sharing(con, SHARED[name], counts), "fix_u_probability": True}


def _chance_of_sharing(con: duckdb.DuckDBPyConnection, column: str, counts: dict[str, int]) -> float:
    """The probability that a record and an unrelated subject share a value of a list."""
    shared = con.execute(f"""
        select count(*) from (
            select distinct l.token, r.identity_key
            from (select token, unnest({column}) as value from training_left) as l
            join (select identity_key, unnest({_as_list(column)}) as value from resolved) as r using (value)
            where substr(l.token, 6) <> r.identity_key
        )
    """).fetchall()[0][0]
    reporting = con.execute(f"select count({column}) from training_left").fetchall()[0][0]
    return max(float(shared), 1.0) / (max(reporting, 1) * counts["resolved"])


def _as_list(column: str) -> str:
    return "[phone]" if column == "phones" else column

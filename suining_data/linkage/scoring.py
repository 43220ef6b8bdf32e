"""Scoring: Splink applies the trained model to the candidate pairs, on the run's own connection.

Here: the weight of each pair and the part of each comparison in it. Not here: the candidate pairs (blocking.py), the
training of the model (training.py), matches and clusters (clustering.py).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

TRAINED = Path(__file__).parent / "trained"
LEFT, RIGHT = "scored_left", "scored_right"


@dataclass(frozen=True)
class Inputs:
    """Tables in the connection: pairs (token_l, token_r), profiles (one row per token), name frequencies
    (name, tf_name; of organisations core, tf_core).

    `subjects`: the number of resolved subjects. The prior probability of a match is one in that number.
    """

    pairs: str
    profiles: str
    frequencies: str
    subjects: int


# Blocking has found the pairs already: Splink joins the two records of a pair by the pair's number.
_SCORING = {
    "link_type": "link_only",
    "unique_id_column_name": "pair",
    "blocking_rules_to_generate_predictions": ["l.pair = r.pair"],
    "retain_intermediate_calculation_columns": True,
}


@cache
def trained_text(subject: str) -> str:
    """The text of trained/<subject>.json."""
    return (TRAINED / f"{subject}.json").read_text(encoding="utf-8")


def trained_model(subject: str) -> dict[str, Any]:
    """The model in trained/<subject>.json: `settings` for Splink, the date and the size of the training data."""
    model: dict[str, Any] = json.loads(trained_text(subject))
    return model


def score(con: duckdb.DuckDBPyConnection, settings: dict[str, Any], inputs: Inputs, into: str) -> None:
    """Fill the temporary table `into`: token_l, token_r, weight (log2 of the odds), probability, evidence.

    `evidence` is a list of {comparison, level, weight}: what every comparison adds to the weight, in bits. The result
    does not depend on the order of the rows in the inputs.
    """
    from splink import DuckDBAPI, Linker

    numbered = f"(select *, row_number() over (order by token_l, token_r) as pair from {inputs.pairs})"
    for table, token in ((LEFT, "token_l"), (RIGHT, "token_r")):
        con.execute(f"""
            create or replace temp table {table} as
            select pair, '{table}' as source_dataset, profile.*
            from {numbered} join {inputs.profiles} as profile on token = {token}
        """)
    api = DuckDBAPI(connection=con)
    left, right = (api.register(table, dataset_display_name=table) for table in (LEFT, RIGHT))
    prior = {"probability_two_random_records_match": 1 / max(inputs.subjects, 2)}
    linker = Linker([left, right], settings | _SCORING | prior, log_level=None)
    if frequent := _frequent(settings):
        linker.table_management.register_term_frequency_lookup(api.register(inputs.frequencies), frequent)
    scored = linker.inference.predict_between(left, right, warning_mode="never")
    con.execute(f"""
        create or replace temp table {into} as
        select token_l, token_r, match_weight as weight, match_probability as probability, {_evidence(settings)} as evidence
        from {scored.physical_name}
        join (select pair, token as token_l from {LEFT}) as l on l.pair = pair_l
        join (select pair, token as token_r from {RIGHT}) as r on r.pair = pair_r
    """)
    scored.drop_table_from_database_and_remove_from_cache()


def _frequent(settings: dict[str, Any]) -> str | None:
    """The column whose frequent values are weak evidence; None if no comparison looks at that."""
    levels = (level for comparison in settings["comparisons"] for level in comparison["comparison_levels"])
    return next((str(level["tf_adjustment_column"]) for level in levels if "tf_adjustment_column" in level), None)


def _evidence(settings: dict[str, Any]) -> str:
    """SQL: the list of what each comparison adds to the weight, without comparisons of a value that is not reported."""
    parts = []
    for comparison in settings["comparisons"]:
        name, levels = comparison["output_column_name"], comparison["comparison_levels"]
        labels = [level["label_for_charts"] for level in levels if not level.get("is_null_level")]
        listed = ", ".join(f"'{label}'" for label in reversed(labels))
        weight = (
            f"mw_{name} + mw_tf_adj_{name}"
            if any("tf_adjustment_column" in level for level in levels)
            else f"mw_{name}"
        )
        parts.append(f"{{'comparison': '{name}', 'level': [{listed}][gamma_{name} + 1], 'weight': round({weight}, 2)}}")
    return f"list_filter([{', '.join(parts)}], lambda part: part.level is not null)"

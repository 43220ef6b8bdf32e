"""Training: how much every level of agreement weighs, learned from records whose number says that they are one.

Here: the training pairs, Splink's estimates, the versioned file. Not here: what is compared (comparisons.py), applying
the model (scoring.py).

Of a sample of the known one record is taken out, its number hidden, and compared with what the others tell: what such
pairs agree in are the m-probabilities, what the records of different numbers agree in the u-probabilities. Agreements
too rare for a sample (the same phone by chance) are counted over all; those of damaged numbers cannot be learned from
sound ones and are set by what a mistake can do.
"""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from suining_data.linkage.candidates import PAIR, PROFILE, profiles
from suining_data.linkage.comparisons import COMPARISONS
from suining_data.linkage.subjects import Subject

SAMPLE = 30_000  # of the known
RANDOM_PAIRS = 3e7
SEED = 1
LEAST_M, LEAST_U = 0.0005, 1e-7  # of a level that the sample does not show
SHARED = {"phone": "phones", "address": "addresses", "tie": "ties"}
# Share of damaged numbers with one digit wrong or two swapped, with three zeros, and damaged otherwise; and how many
# of a million strangers' numbers are that near by chance: a day of birth in a county has some ten numbers.
NUMBER_M = {"same": 0.02, "one mistake": 0.68, "zeros": 0.25, "differs": 0.05}
NUMBER_U = {"same": 1e-7, "one mistake": 5e-7, "zeros": 5e-6, "differs": 0.999994}


def train(con: duckdb.DuckDBPyConnection, subject: Subject, file: Path) -> dict[str, Any]:
    """Train on the evidence in `con`, write the model to `file`, return it."""
    from splink import DuckDBAPI, Linker

    counts = _training_pairs(con, subject)
    comparisons = deepcopy(COMPARISONS[subject.name])
    for comparison in comparisons:
        _set_what_is_rare(con, comparison, counts)
    api = DuckDBAPI(connection=con)
    left, right = (api.register(side, dataset_display_name=side) for side in ("training_left", "training_right"))
    settings = {
        "link_type": "link_only",
        "unique_id_column_name": "token",
        "comparisons": comparisons,
        "probability_two_random_records_match": 1 / counts["known"],
        "blocking_rules_to_generate_predictions": [],
    }
    linker = Linker([left, right], settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    linker.training.estimate_m_from_label_column("label")
    model = {
        "subject": subject.name,
        "trained_on": date.today().isoformat(),
        "data": counts,
        "settings": _complete(linker.misc.save_model_to_json()),
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return model


def _training_pairs(con: duckdb.DuckDBPyConnection, subject: Subject) -> dict[str, int]:
    """Fill training_left (single records) and training_right (what the others of the same number tell)."""
    columns = ", ".join(subject.columns)
    con.execute(f"create or replace temp table every as {subject.known}")
    con.execute(f"""
        create or replace temp table sampled as
        select identity_key, 'left:' || identity_key as token from every
        group by identity_key having count(*) > 1 order by md5(identity_key) limit {SAMPLE};
        create or replace temp table numbered as
        select every.*, row_number() over (
            partition by identity_key order by md5(concat_ws('|', {columns}))
        ) as place from every;
        create or replace temp table unidentified as
        select token, cast(null as varchar) as received, {columns}
        from numbered join sampled using (identity_key) where place = 1;
        create or replace temp table known as
        select * exclude (place) from numbered
        where place > 1 or identity_key not in (select identity_key from sampled);
        create or replace temp table {PAIR} as select token as token_l, identity_key as token_r from sampled;
        create or replace temp table {PROFILE} as {profiles(subject)};
        create or replace temp table training_left as
        select profile.*, substr(token, 6) as label, 'left' as source_dataset from {PROFILE} as profile where not is_known;
        create or replace temp table training_right as
        select profile.*, token as label, 'right' as source_dataset from {PROFILE} as profile where is_known;
    """)
    counts = con.execute("""
        select (select count(distinct identity_key) from known), (select count(*) from known),
            (select count(*) from training_left)
    """).fetchall()[0]
    return dict(zip(("known", "records", "pairs"), map(int, counts), strict=True))


def _set_what_is_rare(con: duckdb.DuckDBPyConnection, comparison: dict[str, Any], counts: dict[str, int]) -> None:
    name, levels = comparison["output_column_name"], comparison["comparison_levels"]
    if name == "number":
        for level, key in zip(levels[1:], NUMBER_M, strict=True):
            level |= {"m_probability": NUMBER_M[key], "u_probability": NUMBER_U[key]}
            level |= {"fix_m_probability": True, "fix_u_probability": True}
    elif name in SHARED:
        levels[1] |= {"u_probability": _chance(con, SHARED[name], counts), "fix_u_probability": True}


def _chance(con: duckdb.DuckDBPyConnection, column: str, counts: dict[str, int]) -> float:
    """How often a record and a stranger share a value of a list."""
    shared = con.execute(f"""
        select count(*) from (
            select distinct l.token, r.identity_key
            from (select token, unnest({column}) as value from training_left) as l
            join (select identity_key, unnest({_as_list(column)}) as value from known) as r using (value)
            where substr(l.token, 6) <> r.identity_key
        )
    """).fetchall()[0][0]
    told = con.execute(f"select count({column}) from training_left").fetchall()[0][0]
    return max(float(shared), 1.0) / (max(told, 1) * counts["known"])


def _as_list(column: str) -> str:
    return "[phone]" if column == "phones" else column


def _complete(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings in which a level that was never seen is rare, not unknown; without what a run of its own sets."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level["m_probability"] = min(max(level.get("m_probability") or 0.0, LEAST_M), 1 - LEAST_M)
                level["u_probability"] = max(level.get("u_probability") or 0.0, LEAST_U)
    return {key: value for key, value in settings.items() if key not in ("linker_uid", "sql_dialect")}

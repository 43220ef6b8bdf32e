"""Plain Splink as one would write it: a model that is trained on the records themselves, then clusters.

Here: the model that the bench compares linking (linking.py) and the script (peer.py) with. Not here: the records.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, block_on
from splink.internals.splink_dataframe import SplinkDataFrame

ACCEPT = 10  # weight, in bits
BLOCKS = (("name", "birth"), ("name", "phone"), ("birth", "phone"), ("name", "address"))


def clusters(
    con: duckdb.DuckDBPyConnection, records: Any, trained_by: Iterable[Sequence[str]], *, with_number: bool
) -> SplinkDataFrame:
    """unique_id and cluster_id of `records`, a table or a data frame with unique_id, name, birth, sex_code, phone, address.

    `trained_by`: the columns of each blocking rule that the levels are trained with. `with_number`: there is a column
    number, too, by which records are blocked and compared first.
    """
    numbered = [compare.ExactMatch("number")] if with_number else []
    blocks = ([("number",)] if with_number else []) + list(BLOCKS)
    settings: dict[str, Any] = {
        "link_type": "dedupe_only",
        "comparisons": [
            *numbered,
            compare.ExactMatch("name").configure(term_frequency_adjustments=True),
            compare.DamerauLevenshteinAtThresholds("birth", [1]),
            compare.ExactMatch("sex_code"),
            compare.ExactMatch("phone"),
            compare.ExactMatch("address"),
        ],
        "blocking_rules_to_generate_predictions": [block_on(*columns) for columns in blocks],
        "probability_two_random_records_match": 1e-6,
    }
    table = DuckDBAPI(connection=con).register(records, dataset_display_name="record")
    linker = Linker(table, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in trained_by:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    pairs = linker.inference.predict(threshold_match_weight=ACCEPT)
    return linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_weight=ACCEPT)

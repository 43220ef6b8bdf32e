"""After each of many random changes, the refreshed warehouse equals a rebuilt one, row by row, ids included."""

import dagster as dg
import pytest

from suining_data_tests.random_changes.changes import KINDS, Changes
from suining_data_tests.random_changes.exchange import ExchangeTable
from suining_data_tests.random_changes.twin import Twin


def check(twin: Twin, changes: Changes, *, whole: bool = False) -> bool:
    """Refresh, rebuild, compare. A change that a blocking check of the refresh stops must stop the rebuild, too; then
    there is nothing to compare, and False is returned."""
    try:
        written = twin.refresh()
    except dg.Failure:
        with pytest.raises(dg.Failure):
            twin.rebuild()
        twin.take_back()
        return False
    made = "\n".join(f"{number}. {done}" for number, done in enumerate(changes.made, start=1))
    left = "\n".join(twin.unexplained())
    assert not left, f"""The golden values before and the change feed do not give those after:
{left}
The changes of seed {changes.seed}:
{made}"""
    twin.rebuild(whole=whole)
    differing = twin.differences()
    assert not differing, f"""{", ".join(differing)} differ after these changes of seed {changes.seed}:
{made}
The last refresh wrote {", ".join(written)}."""
    return True


NIGHTS = (
    ("new", "corrected", "exchanged", "replaced", "late", "older_full", "out_of_order", "ambiguous"),
    ("decided", "moved", "merged", "split", "withdrawn", "removed", "deleted", "out_of_order", "delivered_twice"),
)
SEED = 3  # a blocking check stops none of its changes


def test_after_a_night_with_changes_of_each_kind_a_refresh_leaves_what_a_rebuild_makes(
    twin: Twin, table: ExchangeTable
) -> None:
    assert {kind for night in NIGHTS for kind in night} == set(KINDS)
    changes = Changes(twin.settings, table, SEED)
    for night in NIGHTS:
        twin.keep()
        changes.make(*night)
        is_compared = check(twin, changes, whole=night == NIGHTS[-1])
        assert is_compared, f"a blocking check stopped these changes, take another seed: {changes.made[-1]}"


@pytest.mark.slow
def test_after_each_of_200_random_changes_a_refresh_leaves_what_a_rebuild_makes(
    twin: Twin, table: ExchangeTable
) -> None:
    changes = Changes(twin.settings, table, seed=2)
    for number in range(1, 201):
        twin.keep()
        changes.make_any()
        check(twin, changes, whole=number % 40 == 0)

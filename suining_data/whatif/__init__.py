"""`suining whatif`: what another setting would change in the bases, before anybody adopts it.

Here: proposals (threshold.yaml, authorities and rules of the catalogue) and the edits that adopt them, the throwaway copy of the
warehouse, the run of the steps in it, what came out. Not here: the steps themselves (orchestration/), the printing (commands/).

Why a copy
----------
The prediction runs the very steps of a refresh: those whose declaration the proposal changes, and those that follow from them,
up to the history of golden persons and organisations. They write only what changed, as in a refresh, mint the same ids, and
record changes as governance.change has them. So adoption gives what was predicted, without a second description of
linkage or survivorship that could disagree with the first. Checks, the other base tables and the publication are left out.

The steps replace tables and write the registry and the history, so they need a warehouse that they may change. To copy the
file takes some seconds, and none where the file system can share blocks. A second database with the first one attached
read-only would need no copy. But comparing tables, replacing rows and promoting work on tables of the current database and
on their row ids, so each of them would need a second form.

Nobody waits for a prediction: a refresh may run beside it, except while the file is copied.
"""

from suining_data.whatif.authority import AUTHORITY_FORM, with_order
from suining_data.whatif.prediction import Outdated, Prediction, predict
from suining_data.whatif.proposal import Edit, Proposal, edits_of, present
from suining_data.whatif.rule import RULE_FORM, with_rule

__all__ = [
    "AUTHORITY_FORM",
    "RULE_FORM",
    "Edit",
    "Outdated",
    "Prediction",
    "Proposal",
    "edits_of",
    "predict",
    "present",
    "with_order",
    "with_rule",
]

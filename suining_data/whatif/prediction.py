"""The prediction: what the steps of a proposal write in a throwaway copy of the warehouse.

Here: which steps run, running them, the changes of golden values and of the quarantine. Not here: the proposal
(proposal.py), the copy (copying.py), the printing (commands/whatif.py).
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb

from suining_data.catalog import load_catalog
from suining_data.history import KEPT
from suining_data.incremental import reading
from suining_data.models import Model, load_models, load_sources
from suining_data.orchestration import state
from suining_data.orchestration.assets import promote
from suining_data.orchestration.pipeline import steps_of
from suining_data.orchestration.scheduler import Scheduler
from suining_data.orchestration.step import Step
from suining_data.publication import contracts_of, labels_of, with_persons_hidden
from suining_data.settings import Settings
from suining_data.sql import literals
from suining_data.warehouse import read_warehouse, transaction
from suining_data.whatif.copying import copy_warehouse, open_copy, throwaway_folder
from suining_data.whatif.narrowing import count_as_changed
from suining_data.whatif.proposal import Proposal

RUN = "whatif"  # the run of the prediction, in the copy
VERSIONS = {f"{kept.table}_version": kept.history for kept in KEPT if kept.name == kept.subject}
GOLDEN = tuple(VERSIONS.values())  # the history of golden persons and organisations
CHANGES = "governance.change"


class Outdated(Exception):
    """Tables of the warehouse were not written with the present declarations, so a prediction would mix two changes."""

    def __init__(self, tables: int) -> None:
        super().__init__(
            f"{tables} 张表尚未按现行的声明与判定更新：先运行 suining refresh "
            f"({tables} tables were not written with the present declarations and decisions: run `suining refresh` first)"
        )


@dataclass(frozen=True)
class Prediction:
    """What came out in the copy. The relations live as long as the copy."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    change_sql: str  # the SELECT of governance.change
    tables: tuple[str, ...]  # that were written anew or found as they were

    @cached_property
    def changes(self) -> duckdb.DuckDBPyRelation:
        """The rows that governance.change would have of the next refresh; first the subjects that come and go.

        Confidential persons are hidden as in what is published.
        """
        sql = self.change_sql
        for table, history in VERSIONS.items():  # the states that the run began and ended: they are all that it needs
            own = f"temp.{table.split('.')[1]}"
            self.con.execute(
                f"create or replace temp table {own} as from {history} where '{RUN}' in (begun_run, ended_run)"
            )
            sql = reading(sql, table, own)
        self.con.execute(f"""
            create or replace temp table predicted_change as
            select * exclude (change_id, run_id, recorded_at) from ({sql}) where run_id = '{RUN}'
        """)
        labels = labels_of(contracts_of(load_models(), load_sources()))
        shown = with_persons_hidden(self.con, self.settings, CHANGES, labels, "predicted_change")
        return self.con.sql(f"from ({shown}) order by attribute is not null, subject_type, subject_id, attribute")

    @property
    def subjects(self) -> duckdb.DuckDBPyRelation:
        """How many subjects would come and go, by kind."""
        return self.changes.query(
            "change",
            "select subject_type, kind, count(*) as subjects from change where attribute is null group by all order by all",
        )

    @property
    def values(self) -> duckdb.DuckDBPyRelation:
        """How many golden values would change, by attribute, of subjects that stay."""
        return self.changes.query(
            "change",
            """
            select subject_type, attribute, count(*) filter (where kind = 'ADDED') as added,
                count(*) filter (where kind = 'CHANGED') as changed, count(*) filter (where kind = 'REMOVED') as removed
            from change anti join (
                select subject_type, subject_id from change where attribute is null
            ) using (subject_type, subject_id)
            group by all order by all
            """,
        )

    @property
    def rows(self) -> duckdb.DuckDBPyRelation:
        """The rows and values that would be quarantined or accepted; before and after: row, value, or null for accepted."""
        return self.con.sql(f"""
            select resource_id, file_name, line_number as line, nullif(field, '') as field, rule, old.scope as before, new.scope as after
            from quarantine_before as old
            full join ({_quarantine(self.tables)}) as new
                using (resource_id, batch_id, file_name, line_number, field, rule)
            where old.scope is distinct from new.scope
            order by resource_id, file_name, line, field, rule
        """)

    @property
    def accounts(self) -> duckdb.DuckDBPyRelation:
        """How many rows and values more or fewer each resource would have."""
        return self.rows.query(
            "changed",
            """
            select resource_id, rule,
                count(*) filter (where after = 'row') as rows_quarantined,
                count(*) filter (where before = 'row') as rows_accepted,
                count(*) filter (where after = 'value') as values_quarantined,
                count(*) filter (where before = 'value') as values_released
            from changed group by all order by all
            """,
        )


@contextmanager
def predict(settings: Settings, proposal: Proposal) -> Iterator[Prediction]:
    """Run the steps of a proposal in a copy of the warehouse, which exists until the end of the block.

    Raises Outdated if the warehouse was not written with the present declarations, WarehouseBusy while another run has it.
    """
    models = load_models()
    before, after = steps_of(load_catalog(), models), steps_of(proposal.catalog, models, proposal.accept)
    steps, reads = _to_run(before, after, models), _reads(after, models)
    with throwaway_folder(settings) as copy:
        with read_warehouse(settings) as con:
            needed = _needed(before, reads, [*GOLDEN, *(step.key for step in steps)])
            if outdated := state.stale_steps(con, settings, needed):
                raise Outdated(len(outdated))
            copy_warehouse(settings, copy)
        with open_copy(copy) as con:
            count_as_changed(con, settings, *_of_records(before, steps, proposal))
            tables = tuple(step.key for step in steps)
            con.execute(f"create temp table quarantine_before as {_quarantine(tables)}")
            _run(con, settings, steps)
            change = next(model for model in models if model.table == CHANGES)
            yield Prediction(con, settings, change.sql, tables)


def _to_run(before: list[Step], after: list[Step], models: list[Model]) -> list[Step]:
    """The steps of `after` that the proposal changes, and those that follow as far as golden values need them.

    Without checks and figures, which nobody sees, and without the tables written with them, which no golden value needs.
    """
    digests = {step.key: step.digest for step in before}
    changed = {step.key for step in after if step.group in ("staged", "linked") and step.digest != digests[step.key]}
    needed = {step.key for step in _needed(after, _reads(after, models), [*GOLDEN, *changed])}
    running: dict[str, Step] = {}
    for step in after:
        if step.key in needed and (step.key in changed or any(key in running for key in step.upstream)):
            running[step.key] = replace(step, checks=(), suite=None, figures=None, also=())
    return list(running.values())


def _of_records(before: list[Step], running: list[Step], proposal: Proposal) -> tuple[list[Step], set[str]]:
    """The tables of records whose SELECT has other authorities, and the resources of these.

    Nothing if such a resource is staged anew besides, because then its rows are not those that the tables were written from.
    """
    resources = {
        after.id
        for old, after in zip(load_catalog().resources, proposal.catalog.resources, strict=True)
        if old.entities != after.entities
    }
    digests = {step.key: step.digest for step in before}
    steps = [step for step in running if step.incremental and step.digest != digests[step.key]]
    if resources & {step.key.removeprefix("staged.") for step in running}:
        return [], set()
    return steps, resources


def _reads(steps: list[Step], models: list[Model]) -> Mapping[str, Collection[str]]:
    """The tables that the SELECT of each step reads. `upstream` also has those that only its checks read."""
    return {step.key: step.upstream for step in steps} | {model.table: model.refs for model in models}


def _needed(steps: list[Step], reads: Mapping[str, Collection[str]], targets: Collection[str]) -> list[Step]:
    """The steps of staged, linked and base tables that lead to the targets, and these."""
    needed = set(targets)
    for step in reversed(steps):
        if step.key in needed:
            needed.update(reads[step.key])
    return [step for step in steps if step.key in needed and step.group not in ("landing", "raw")]


def _run(con: duckdb.DuckDBPyConnection, settings: Settings, steps: list[Step]) -> None:
    """Write and promote the steps as a refresh does; `settings` are those of the raw files."""
    with Scheduler(con, settings, RUN, steps) as scheduler:
        for step in steps:
            result = scheduler.result(step)
            if result.write:
                with transaction(result.context.con):
                    promote(step, result, result.write, wait_seconds=0.0)
            scheduler.mark_current(step, is_new=bool(result.write) and not result.difference.is_none)


def _quarantine(tables: Collection[str]) -> str:
    """SELECT of the quarantined rows and values of the resources whose staged table is among `tables`; no value of them."""
    resources = literals(["", *(table.removeprefix("staged.") for table in tables)])
    return f"""
        select resource_id, batch_id, file_name, line_number, coalesce(field, '') as field, rule, scope
        from governance.quarantine
        where resource_id in ({resources}) and scope <> 'line'
    """

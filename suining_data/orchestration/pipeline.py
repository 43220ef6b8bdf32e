"""All steps of a refresh, in topological order: raw, staged, linked, the four bases, the snapshot.

Here: the steps of each stage. Not here: the work of a step (the stages), Dagster assets (assets.py).
"""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter
from itertools import chain

from suining_data.catalog import Catalog, Resource, Unit, load_catalog
from suining_data.city import load_city
from suining_data.compression import create_table
from suining_data.confidential import CONFIDENTIAL, SELECT_VALUES, VALUES, covered_ids
from suining_data.elements import ELEMENTS
from suining_data.history import KEPT, Kept, Run, compare, record
from suining_data.ingestion import (
    Notice,
    accepted_batches,
    accounted_batches,
    current_batches,
    declaration_of,
    delivered_files,
    ingest,
    landing_files,
    raw_path,
    withdrawn_batches,
)
from suining_data.linkage import ACCEPT, LinkedTable, linked_tables
from suining_data.models import (
    ColumnContract,
    Model,
    build,
    counts,
    declared_sources,
    described,
    labelled_views,
    load_models,
    load_sources,
)
from suining_data.orchestration.delivery_checks import (
    BATCHES_ACCEPTED,
    COLUMNS_DECLARED,
    EXCHANGE_READ,
    FILES_COMPLETE,
    FILES_WHOLE,
    PAST_KEPT,
    ROWS_BALANCE,
)
from suining_data.orchestration.delivery_problems import deliveries_step
from suining_data.orchestration.delivery_texts import does_not_balance, shown_quarantine
from suining_data.orchestration.quality_steps import quality_steps
from suining_data.orchestration.snapshot_step import snapshot_step
from suining_data.orchestration.step import (
    Column,
    Connection,
    Context,
    Step,
    WriteResult,
    code_digest,
    digest_of,
)
from suining_data.publication import DICTIONARY, write_dictionary
from suining_data.quality import base_suite, misdeclared_system, staged_suite
from suining_data.settings import PROJECT, Settings
from suining_data.sql import literal
from suining_data.standardization import (
    implausible_column,
    newly_quarantined_lines,
    past_of,
    promote,
    quarantine_changed,
    redactor,
    reporting_damaged_raw,
    rules_of_derived,
    rules_of_fields,
    staged_select,
    standardize,
)
from suining_data.warehouse import STAGING, reference_digest, swap, transaction

LANDING = "landing"  # group of the steps that fetch tables of the exchange database
ROW_KEYS = (
    Column("record_id", "bigint", "记录标识（来源行） · id of the source row, the same in every run"),
    Column("batch_id", "varchar", "批次标识 · batch the row was delivered in"),
    Column("line_number", "bigint", "行号 · line of the row in its file"),
)
FAILED_RULES = Column(
    "failed_rules", "varchar[]", "未通过的规则（字段:规则） · rules broken, their values are null or flagged"
)


@cache
def pipeline() -> list[Step]:
    """All steps of the project's own catalogue and models, in topological order; made once per process."""
    return steps_of(load_catalog(), load_models())


def steps_of(catalog: Catalog, models: list[Model], accept: float = ACCEPT) -> list[Step]:
    """All steps of a catalogue and models, in topological order. `accept`: the weight from which a pair is a match."""
    steps: list[Step] = []
    for resource in catalog.shared:
        unit = catalog.unit_of(resource.id)
        if resource.delivery.exchange:
            steps.append(_landing_step(unit, resource))
        steps += [_raw_step(unit, resource), _staged_step(unit, resource)]
    linked = linked_tables(catalog, accept)
    steps += [_linked_step(table) for table in linked]
    steps += [_base_step(model) for model in models]
    declared = digest_of(*(step.digest for step in steps))
    steps += [_history_step(kept, model, declared) for kept in KEPT for model in models if kept.history in model.refs]
    steps += [_confidential_step()] if linked else []
    raw = [step.key for step in steps if step.group == "raw"]
    steps += [_dictionary_step(catalog, [*models, *labelled_views(models)]), deliveries_step(catalog, raw)]
    read_or_model = {model.table for model in models}.union(*(step.upstream for step in steps))
    others = [
        step.key for step in steps if step.key not in read_or_model
    ]  # no model reads them, but their accounts are published
    judging = quality_steps(catalog, steps)
    steps += judging
    snapshot = snapshot_step(models, [*others, *(step.key for step in judging)])
    made = {step.key for step in steps}  # a catalogue of few resources may have no linked tables
    steps.append(replace(snapshot, upstream=tuple(key for key in snapshot.upstream if key in made)))
    by_key = {step.key: step for step in steps}
    return [by_key[key] for key in TopologicalSorter({step.key: step.upstream for step in steps}).static_order()]


def _landing_step(unit: Unit, resource: Resource) -> Step:
    def write(context: Context) -> WriteResult:
        from suining_data.ingestion.fetching import fetch  # imports psycopg, which only exchange tables need

        redact = redactor(context.con, context.settings, resource)
        fetched = fetch(context.con, context.settings, unit, resource, context.run_id, redact=redact)
        notices = [fetched.notice] if fetched.notice else []
        return WriteResult(
            rows=fetched.rows,
            figures={"files": len(fetched.files), "deleted": fetched.deleted},
            version="landing",  # constant, because the raw step checks the files themselves
            failures={EXCHANGE_READ.name: tuple(f"{notice.zh}\n{notice.en}" for notice in notices)},
        )

    return Step(
        key=f"{LANDING}.{resource.id}",
        group=LANDING,
        description=f"{unit.name} {resource.name}（交换库取数）：{resource.abstract}",
        upstream=(),
        digest=declaration_of(resource),
        inputs=lambda con, settings: uuid.uuid4().hex,  # always stale: nothing shows that an exchange table has changed
        write=write,
        promote=lambda context: None,
        checks=(EXCHANGE_READ,),
        title=_title(unit, resource),
        unit=unit.id,
        columns=tuple(Column(field.source, "varchar", field.label) for field in resource.fields),
        code=_unit_file(unit),
        is_table=False,
    )


def _raw_step(unit: Unit, resource: Resource) -> Step:
    def write(context: Context) -> WriteResult:
        with reporting_damaged_raw(context.settings, resource.id):
            ingested = ingest(
                context.con,
                context.settings,
                unit,
                resource,
                context.run_id,
                accepted=accepted_batches(context.con, resource.id),
                validate=lambda raw, batch_id: (
                    implausible_column(context.con, raw, resource, batch_id)
                    or misdeclared_system(context.con, context.settings, raw, resource, batch_id)
                ),
                redact=redactor(context.con, context.settings, resource),
            )
        withdrawn = len(withdrawn_batches(context.con, resource.id))
        return WriteResult(
            rows=ingested.raw_rows,
            figures={
                "batches": len(ingested.current),
                "rejected_lines": ingested.rejected_rows,
                **({"withdrawn_batches": withdrawn} if withdrawn else {}),
            },
            version=digest_of(declaration_of(resource), json.dumps(accounted_batches(context.con, resource.id))),
            failures={
                BATCHES_ACCEPTED.name: _sentences(ingested.refusals, ingested.waiting),
                COLUMNS_DECLARED.name: _sentences(ingested.warnings),
                FILES_COMPLETE.name: _sentences(ingested.arriving),
                FILES_WHOLE.name: _sentences(ingested.unread),
            },
            is_final=not (ingested.arriving or ingested.waiting),
        )

    return Step(
        key=f"raw.{resource.id}",
        group="raw",
        description=f"{unit.name} {resource.name}（原始批次）：{resource.abstract}",
        upstream=(f"{LANDING}.{resource.id}",) if resource.delivery.exchange else (),
        digest=declaration_of(resource),
        inputs=lambda con, settings: _landing_digest(con, settings, unit, resource),
        write=write,
        promote=lambda context: None,
        checks=(BATCHES_ACCEPTED, COLUMNS_DECLARED, FILES_COMPLETE, FILES_WHOLE),
        title=_title(unit, resource),
        unit=unit.id,
        columns=tuple(Column(field.source, "varchar", field.label) for field in resource.fields),
        code=_unit_file(unit),
        expected_rows=resource.expected_rows.max,
        is_table=False,
    )


def _sentences(*notices: Iterable[Notice]) -> tuple[str, ...]:
    return tuple(f"{notice.zh}\n{notice.en}" for notice in chain(*notices))


def _landing_digest(con: Connection, settings: Settings, unit: Unit, resource: Resource) -> str:
    """Digest of the files in landing/, of what a person accepted or withdrew, and of lost raw files: the inputs of a raw step."""
    files = [part for file in landing_files(settings, unit, resource) for part in delivered_files(resource, file)]
    stats = [(file.name, file.stat()) for file in files]
    landed = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
    lost = [batch for batch in current_batches(con, resource.id) if not raw_path(settings, resource.id, batch).exists()]
    withdrawn = withdrawn_batches(con, resource.id)
    return digest_of(json.dumps([landed, accepted_batches(con, resource.id), withdrawn, lost]))


def _staged_step(unit: Unit, resource: Resource) -> Step:
    def write(context: Context) -> WriteResult:
        with reporting_damaged_raw(context.settings, resource.id):
            account = standardize(context.con, context.settings, unit, resource)
        return WriteResult(
            rows=account.staged,
            figures={
                "raw": account.raw,
                "quarantined": account.quarantined,
                "superseded": account.superseded,
                "rejected_lines": account.rejected,
            },
            failures={
                ROWS_BALANCE.name: tuple(does_not_balance(batch, resource) for batch in account.unbalanced),
                PAST_KEPT.name: tuple(
                    f"{each.file_name} 列 {each.source}: {each.rows:,} 行的往期数据与 {each.former_file_name} 不同\n"
                    f"{each.file_name} column {each.source}: {each.rows:,} rows differ from {each.former_file_name} about the past"
                    for each in account.revised
                ),
            },
            messages=tuple(f"{unit.name} {each}" for each in newly_quarantined_lines(context.con, resource.id)),
        )

    columns = tuple(Column(c.name, ELEMENTS[c.element].sql_type, c.label) for c in resource.columns)
    rules = [*rules_of_fields(resource), *rules_of_derived(resource)]
    return Step(
        key=f"staged.{resource.id}",
        group="staged",
        description=f"{unit.name} {resource.name}（标准化）：{resource.abstract}",
        upstream=(f"raw.{resource.id}",),
        digest=_digest_of_sql(
            "standardization", staged_select(resource), *resource.row_key, *(f"{rule.id} {rule.then}" for rule in rules)
        ),
        write=write,
        promote=lambda context: promote(context.con, resource),
        checks=(ROWS_BALANCE,) if past_of(resource).is_empty else (ROWS_BALANCE, PAST_KEPT),
        suite=staged_suite(resource),
        unit=unit.id,
        columns=(*ROW_KEYS, *columns, FAILED_RULES),
        code=_unit_file(unit),
        expected_rows=resource.expected_rows.max,
        touched=quarantine_changed(resource),
        title=_title(unit, resource),
        shown=lambda con: shown_quarantine(con, resource),
    )


def _title(unit: Unit, resource: Resource) -> str:
    return f"{unit.name} {resource.name}"


def _linked_step(table: LinkedTable) -> Step:
    def write(context: Context) -> WriteResult:
        return WriteResult(table.write(context.con))

    return Step(
        key=f"linked.{table.name}",
        group="linked",
        description=table.description,
        upstream=table.refs,
        digest=_digest_of_sql("linkage", table.sql),
        inputs=(lambda con, settings: _decisions_digest(con)) if table.reads_decisions else None,
        write=write,
        promote=lambda context: table.promote(context.con, context.run_id),
        code="suining_data/linkage/tables.py",
        also=tuple(f"linked.{name}" for name, _ in table.also_filled),
        sql=table.sql,
        incremental=table.incremental,
        figures=lambda context: table.figures(context.con),
    )


def _decisions_digest(con: Connection) -> str:
    """Digest that changes when a person decides about a pair."""
    about_pairs = f"select count(*), max(decided_at) from registry.decision where subject <> {literal(CONFIDENTIAL)}"
    return digest_of(str(con.execute(about_pairs).fetchall()))


def _confidential_step() -> Step:
    """The step of the ids and values of confidential persons, which the snapshot hides."""

    def write(context: Context) -> WriteResult:
        return WriteResult(create_table(context.con, f"{VALUES}{STAGING}", SELECT_VALUES))

    return Step(
        key=VALUES,
        group="linked",
        description="保密人员的标识与取值，发布时隐去 · ids and values of confidential persons, which what is published hides",
        upstream=("linked.person_record", "linked.organization_record"),
        digest=_digest_of_sql("confidential", SELECT_VALUES),
        inputs=lambda con, settings: digest_of(*sorted(covered_ids(con))),
        write=write,
        promote=_swap_in(VALUES),
        code="suining_data/confidential/values.py",
    )


def _base_step(model: Model) -> Step:
    contract, suite = model.contract, base_suite(model)
    read = [ref for ref in model.refs if ref.split(".")[0] not in ("reference", "governance")]
    columns = tuple(_base_column(name, column) for name, column in contract.columns.items())

    def write(context: Context) -> WriteResult:
        rows = build(context.con, model)
        describe(context.con, f"{model.table}{STAGING}", contract.description.zh, columns)
        return WriteResult(rows)

    return Step(
        key=model.table,
        group=model.schema,
        description=f"{contract.description.zh} · {contract.description.en}",
        upstream=tuple(dict.fromkeys([*read, *suite.reads])),
        digest=_digest_of_sql("models", model.sql, contract.model_dump_json()),
        write=write,
        promote=_swap_in(model.table),
        suite=suite,
        columns=columns,
        code=str(model.path.relative_to(PROJECT)) if model.path.is_relative_to(PROJECT) else None,
        is_table=not model.is_view,
        sql=model.sql,
        incremental=contract.incremental,
        figures=lambda context: counts(context.con, model),
    )


def _history_step(kept: Kept, shown_by: Model, declared: str) -> Step:
    """The step that keeps the states of a table; the columns are those of the model that shows them.

    `declared`: digest of what all other steps are made from.
    """

    def write(context: Context) -> WriteResult:
        recorded = compare(context.con, kept, Run(context.run_id, declared), context.changed)
        figures: dict[str, int | str] = {"begun": recorded.begun, "ended": recorded.ended}
        return WriteResult(recorded.states, figures, version=recorded.version, difference=recorded.difference)

    return Step(
        key=kept.history,
        group="history",
        description=f"{kept.table} 的历次取值与登记时间 · every state of {kept.table}, with the time it was recorded",
        upstream=(kept.table,),  # made of kept.records, which are therefore current, too
        digest=digest_of(code_digest("history"), *kept.columns),
        write=write,
        promote=lambda context: record(context.con, kept, Run(context.run_id, declared)),
        columns=tuple(_base_column(name, column) for name, column in shown_by.contract.columns.items()),
        code="suining_data/history/kept.py",
        is_table=False,
        reads_changes=True,
    )


def _digest_of_sql(package: str, sql: str, *parts: str) -> str:
    """Digest of a statement, the code that runs it, and what it reads outside the steps: the reference tables."""
    return digest_of(code_digest(package), sql, *parts, reference_digest() if "reference." in sql else "")


def _base_column(name: str, column: ColumnContract) -> Column:
    element = ELEMENTS.get(column.element or "")
    zh, en = described(name, column)
    return Column(name, column.type or (element.sql_type if element else "varchar"), f"{zh} · {en}")


def describe(con: Connection, table: str, description: str, columns: tuple[Column, ...]) -> None:
    """Write comments on a table and its columns. Every database client shows them."""
    with transaction(con):
        con.execute(f"comment on table {table} is {literal(description)}")
        for column in columns:
            con.execute(f"comment on column {table}.{column.name} is {literal(column.description)}")


def _dictionary_step(catalog: Catalog, models: list[Model]) -> Step:
    sources = load_sources()
    columns = tuple(_base_column(*column) for column in sources[DICTIONARY].columns.items())
    label = "数据字典：标准化表与已发布的每一列"

    def write(context: Context) -> WriteResult:
        known = declared_sources() if models else {}
        rows = write_dictionary(context.con, f"{DICTIONARY}{STAGING}", catalog, models, sources, known)
        describe(context.con, f"{DICTIONARY}{STAGING}", label, columns)
        return WriteResult(rows=rows)

    return Step(
        key=DICTIONARY,
        group="governance",
        description=f"{label} · every column of the staged and the base tables",
        upstream=(),
        digest=digest_of(
            *(code_digest(package) for package in ("publication", "elements")),
            load_city().model_dump_json(),
            *(unit.model_dump_json() for unit in catalog.units),
            *(f"{model.sql}{model.contract.model_dump_json()}" for model in models),
            *(source.model_dump_json() for source in sources.values()),
        ),
        write=write,
        promote=_swap_in(DICTIONARY),
        columns=columns,
        code="suining_data/publication/dictionary.py",
    )


def _swap_in(table: str) -> Callable[[Context], None]:
    return lambda context: swap(context.con, table)


def _unit_file(unit: Unit) -> str:
    return f"suining_data/catalog/units/{unit.id}.yaml"

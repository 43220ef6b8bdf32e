"""Models read from disk: rendered SQL, contract, references, in the order in which they can be built.

Here: what must be true before any SQL runs: every table is read by ref() and exists, there is no cycle, contract and
columns agree.
Not here: Jinja (rendering.py), the shape of a contract (contract.py), running the SQL (building.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TypeVar

import sqlglot
import yaml
from pydantic import ValidationError
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.optimizer.scope import traverse_scope

from suining_data.catalog.reading import SafeLoader
from suining_data.models.codes import accepted_codes
from suining_data.models.contract import ModelContract, SourceContract, Strict
from suining_data.models.errors import ModelError, place
from suining_data.models.rendering import Renderer
from suining_data.models.sources import declared_sources, declared_systems
from suining_data.models.subject_columns import with_subject_columns
from suining_data.settings import SQL

CONTRACTS = "schema.yml"
SOURCES = "sources.yml"
Contract = TypeVar("Contract", bound=Strict)


@dataclass(frozen=True)
class Model:
    """One base table or view: `select` only, with its contract."""

    schema: str
    name: str
    path: Path
    sql: str  # rendered
    refs: tuple[str, ...]  # "schema.table", in order of first mention
    contract: ModelContract

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_view(self) -> bool:
        return self.contract.materialized == "view"

    @cached_property
    def query(self) -> exp.Query:
        """The parsed SELECT; callers that change it copy it first."""
        return parse(self.sql, self.path)


def load_models(directory: Path = SQL, sources: Mapping[str, Sequence[str]] | None = None) -> list[Model]:
    """Every model under `directory`/<schema>/<name>.sql, each after those it reads.

    `sources` are the tables that other stages write, with their columns; the default is all staged, linked and
    reference tables. Raises ModelError, one line, for the first mistake found.
    """
    declared = declared_sources() if sources is None else sources
    renderer = Renderer(directory, declared_systems() if sources is None else {})
    models: dict[str, Model] = {}
    for schema in sorted(path.parent for path in directory.glob(f"*/{CONTRACTS}")):
        contracts = read_contracts(schema / CONTRACTS, ModelContract)
        for path in sorted(schema.glob("*.sql")):
            model = _read_model(path, renderer, contracts)
            models[model.table] = model
        if missing := [name for name in contracts if f"{schema.name}.{name}" not in models]:
            raise ModelError(
                f"{place(schema / CONTRACTS)}: {missing[0]} is described but {missing[0]}.sql does not exist"
            )
    for path in sorted(directory.glob("*/*.sql")):
        if path.parent.name != "macros" and not (path.parent / CONTRACTS).exists():
            raise ModelError(f"{place(path)}: no {CONTRACTS} beside it; describe the table there")
    for model in models.values():
        _check_refs(model, models, declared)
    return _ordered(models)


def load_sources(directory: Path = SQL) -> dict[str, SourceContract]:
    """`schema.table` -> contract of every published table that no model makes. Raises ModelError naming file, table, field."""
    return {
        f"{path.parent.name}.{name}": contract
        for path in sorted(directory.glob(f"*/{SOURCES}"))
        for name, contract in read_contracts(path, SourceContract).items()
    }


def read_contracts(path: Path, shape: type[Contract]) -> dict[str, Contract]:
    """The tables of one schema.yml or sources.yml. Raises ModelError naming file, table and field."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader) or {}
    except yaml.YAMLError as error:
        raise ModelError(f"{place(path)}: {' '.join(str(error).split())}") from error
    contracts: dict[str, Contract] = {}
    for table, body in content.items():
        try:
            described = accepted_codes(with_subject_columns(body), path.parent.parent)
            contracts[table] = shape.model_validate(described)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in (table, *first["loc"]))
            raise ModelError(f"{place(path)}: {field}: {first['msg']}") from error
    return contracts


def parse(sql: str, path: Path) -> exp.Query:
    """The one SELECT of a model file, in DuckDB's dialect."""
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect="duckdb") if statement is not None]
    except (ParseError, TokenError) as error:
        raise ModelError(f"{place(path)}: {_first_line(error)}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(f"{place(path)}: a model is exactly one SELECT")
    return statements[0]


def tables_read(query: exp.Query) -> set[str]:
    """`schema.table` of every table that a query reads, without its own CTEs; a file or a function as it is written."""
    tables = set()
    for scope in traverse_scope(query):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                is_plain = isinstance(source.this, exp.Identifier) and not source.catalog
                tables.add(f"{source.db}.{source.name}" if is_plain and source.db else source.this.sql("duckdb"))
    return tables


def _read_model(path: Path, renderer: Renderer, contracts: Mapping[str, ModelContract]) -> Model:
    if path.stem not in contracts:
        raise ModelError(
            f"{place(path)}: {path.stem} is not described in {place(path.parent / CONTRACTS)}; add it there"
        )
    sql, refs = renderer.render(path)
    model = Model(path.parent.name, path.stem, path, sql, tuple(refs), contracts[path.stem])
    if bypassed := sorted(tables_read(model.query) - set(refs)):
        raise ModelError(f"{place(path)}: reads {bypassed[0]} without ref(); write {{{{ ref('{bypassed[0]}') }}}}")
    if not model.query.is_star:
        check_columns(model, model.query.named_selects)
    return model


def check_columns(model: Model, selected: Sequence[str]) -> None:
    """Raises ModelError unless the contract describes exactly the selected columns."""
    contracts = model.path.parent / CONTRACTS
    described = model.contract.columns
    if extra := [column for column in selected if column not in described]:
        raise ModelError(
            f"{place(contracts)}: {model.name}.{extra[0]} is selected in {model.path.name} but not described"
        )
    if missing := [column for column in described if column not in selected]:
        raise ModelError(
            f"{place(contracts)}: {model.name}.{missing[0]} is described but {model.path.name} does not select it"
        )


def _check_refs(model: Model, models: Mapping[str, Model], sources: Mapping[str, Sequence[str]]) -> None:
    for ref in model.refs:
        if ref not in models and ref not in sources:
            raise ModelError(
                f"{place(model.path)}: ref('{ref}') is neither a model nor a table that an earlier stage writes"
            )
    if unread := sorted(model.contract.changed_by.keys() - set(model.refs)):
        raise ModelError(f"{place(model.path)}: changed_by names {unread[0]}, which {model.name}.sql does not read")
    for column, contract in model.contract.columns.items():
        if contract.reference is None:
            continue
        table, target = contract.reference
        columns: Sequence[str] = list(models[table].contract.columns) if table in models else sources.get(table, ())
        if target not in columns:
            column_place = f"{place(model.path.parent / CONTRACTS)}: {model.name}.{column}"
            raise ModelError(f"{column_place} references {table}.{target}, which does not exist")


def _ordered(models: Mapping[str, Model]) -> list[Model]:
    graph = {table: [ref for ref in model.refs if ref in models] for table, model in models.items()}
    try:
        return [models[table] for table in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        cycle: list[str] = error.args[1]
        raise ModelError(
            f"{place(models[cycle[0]].path)}: models read each other in a circle: {' -> '.join(cycle)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]

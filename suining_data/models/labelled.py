"""Labelled views: every table with codes has a view <table>_labelled, with the Chinese name of a code beside the code.

Here: which columns have names, the SELECT and the contract of a view, all of it from the contracts. Not here: the names
(dbt_like_sql/code/), when the views are written (publication/).

A name comes from a table with one row per code, by a left join, so a view has the rows of its table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from suining_data.elements import ELEMENTS
from suining_data.models.contract import ColumnContract, ModelContract, Text, described
from suining_data.models.errors import ModelError, place
from suining_data.models.reading import Model
from suining_data.sql import identifier, literal
from suining_data.warehouse import LABELLED

CODE = "_code"


@dataclass(frozen=True)
class Names:
    """Where the names of a column's codes are: a table, its code, its name, and for code.code the code set."""

    table: str
    code: str
    name: str
    code_set: str | None = None


DIVISIONS = Names("code.division", "division_code", "name")
INDICATORS = Names("macro.indicator", "indicator_code", "name_zh")
OF_ELEMENT = {"division_code": DIVISIONS, "industry_code": Names("code.industry", "industry_code", "name")}
OF_REFERENCE = {
    "spatial.division.division_code": DIVISIONS,
    "macro.indicator.indicator_code": INDICATORS,
    "code.unit.unit_id": Names("code.unit", "unit_id", "name"),
}
OF_DIVISIONS = {"spatial.division", "spatial.division_version", "spatial.division_code", "spatial.unresolved_division"}
NAMED = {*OF_DIVISIONS, *(names.table for names in (*OF_ELEMENT.values(), *OF_REFERENCE.values()))}  # have a name


def labelled_views(models: Sequence[Model]) -> list[Model]:
    """The labelled views of all tables and views that have a column with codes. Raises ModelError if a name is taken."""
    contracts = {model.table: model.contract.columns for model in models}
    found = ((model, _named_columns(model, contracts)) for model in models)
    return [_view(model, names) for model, names in found if names]


def code_set_of(column: ColumnContract) -> str | None:
    """The code set of a column: the one that it names, or its data element."""
    element = ELEMENTS.get(column.element or "")
    return column.codes or (element.id if element and element.code_set else None)


def _named_columns(model: Model, contracts: Mapping[str, Mapping[str, ColumnContract]]) -> dict[str, Names]:
    named = {name: names_of(column, contracts) for name, column in model.contract.columns.items()}
    return {
        name: names
        for name, names in named.items()
        if names and not (model.table in NAMED and name == names.code) and not _is_list(model.contract.columns[name])
    }


def names_of(column: ColumnContract, contracts: Mapping[str, Mapping[str, ColumnContract]]) -> Names | None:
    """The names of the codes of a column, or of the column that it refers to."""
    if code_set := code_set_of(column):
        return Names("code.code", "code", "name_zh", code_set)
    if column.references in OF_REFERENCE:
        return OF_REFERENCE[column.references]
    if column.element in OF_ELEMENT:
        return OF_ELEMENT[column.element]
    table, target = column.reference or ("", "")
    return names_of(contracts[table][target], contracts) if table in contracts else None


def _is_list(column: ColumnContract) -> bool:
    return (column.type or "").endswith("[]")


def name_column(code: str) -> str:
    """The column with the names of a column: sex_code -> sex_name, license_type -> license_type_name."""
    return f"{code.removesuffix(CODE)}_name"


def _view(model: Model, names: Mapping[str, Names]) -> Model:
    if taken := [code for code in names if name_column(code) in model.contract.columns]:
        raise ModelError(
            f"{place(model.path)}: the name of {taken[0]} would be {name_column(taken[0])}, which is a column"
        )
    contract = model.contract
    view = ModelContract(
        description=Text(
            zh=f"{contract.description.zh}（代码旁附名称）", en=f"{contract.description.en}, with names beside codes"
        ),
        materialized="view",
        key=contract.key,
        columns=dict(_columns(contract, names)),
    )
    refs = tuple(dict.fromkeys([model.table, *(each.table for each in names.values())]))
    return replace(model, name=f"{model.name}{LABELLED}", sql=_sql(model, names), refs=refs, contract=view)


def _columns(contract: ModelContract, names: Mapping[str, Names]) -> Iterator[tuple[str, ColumnContract]]:
    """The columns of the view. A name is as sensitive as its code, so it keeps the element and what the code refers to."""
    for name, column in contract.columns.items():
        yield name, column
        if name in names:
            zh, en = described(name, column)
            label = {"type": "varchar", "codes": None, "accepted": None, "unique": False, "not_null": False}
            yield name_column(name), column.model_copy(update={**label, "zh": f"{zh}：名称", "en": f"{en}: name"})


def _sql(model: Model, names: Mapping[str, Names]) -> str:
    base = identifier(model.name)
    selected = []
    for name in model.contract.columns:
        selected.append(f"{base}.{identifier(name)}")
        if name in names:
            selected.append(f"{_alias(name)}.{names[name].name} as {name_column(name)}")
    joins = [
        f"left join {each.table} as {_alias(code)} on {_condition(base, code, each)}" for code, each in names.items()
    ]
    return f"select {', '.join(selected)}\nfrom {model.table} as {base}\n" + "\n".join(joins)


def _condition(base: str, code: str, names: Names) -> str:
    alias = _alias(code)
    of_set = f" and {alias}.code_set = {literal(names.code_set)}" if names.code_set else ""
    return f"{base}.{identifier(code)} = {alias}.{names.code}{of_set}"


def _alias(code: str) -> str:
    return f"{code}_label"

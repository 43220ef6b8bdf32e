"""Labels: what every published column is, for audiences and dictionary alike.

Here: resolving them from contracts, references and data elements. Not here: what an audience gets for a label
(handed_out.py), the rows of the dictionary (dictionary.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from suining_data.elements import ELEMENTS, Element, Identifies
from suining_data.models import ColumnContract, Model, ModelContract, ModelError, SourceContract, code_set_of
from suining_data.publication.shapes import SHAPE, TYPE

PERSONAL = ("L3", "L4")  # what is as sensitive as this is about a person
LEADS_TO_PERSONS = (Identifies.PERSON, Identifies.HOUSEHOLD, Identifies.NUMBER, Identifies.PHONE)
Contract = ModelContract | SourceContract


@dataclass(frozen=True)
class Label:
    """What a column is. `type`: as it is published; None where any SQL type may be in it."""

    name: str
    type: str | None
    sensitivity: str
    identifies: Identifies | None
    element: Element | None
    is_personal: bool
    is_listed: bool  # its values are listed: codes
    code_set: str | None

    @property
    def is_any_text(self) -> bool:
        """Whether a delivery may have written anything into it, as nothing says what its values look like."""
        is_described = self.is_listed or self.name.endswith("_id")
        if self.element:
            is_described = bool(self.element.standard or self.element.code_set)
        return self.type == "varchar" and not is_described


def labels_of(contracts: Mapping[str, Contract]) -> dict[str, tuple[Label, ...]]:
    """`schema.table` -> its columns. Raises ModelError for a column of which nothing says how sensitive it is."""
    columns = {table: contract.columns for table, contract in contracts.items()}
    return {
        table: tuple(_label(table, name, column, columns) for name, column in described.items())
        for table, described in columns.items()
    }


def contracts_of(models: Sequence[Model], sources: Mapping[str, SourceContract]) -> dict[str, Contract]:
    """`schema.table` -> contract, of models and of tables that no model makes."""
    return {**{model.table: model.contract for model in models}, **sources}


def _label(
    table: str, name: str, column: ColumnContract, contracts: Mapping[str, Mapping[str, ColumnContract]]
) -> Label:
    described_by = list(_referred(column, contracts))
    pairs = [(each, ELEMENTS[each.element] if each.element else None) for each in described_by]
    element = next((element for _, element in pairs if element), None)
    types = (each.type or (element.sql_type if element else None) for each, element in pairs)
    levels = (each.sensitivity or (element.sensitivity if element else None) for each, element in pairs)
    kinds = (each.identifies or (element.identifies if element else None) for each, element in pairs)
    sensitivity, identifies = next(filter(None, levels), None), next(filter(None, kinds), None)
    if sensitivity is None:
        raise ModelError(
            f"{table}.{name} 没有敏感级别：补上 sensitivity（L1 至 L4）/ has no sensitivity: add L1 to L4 to its contract"
        )
    return Label(
        name=name,
        type=TYPE.lower() if name == SHAPE else next(filter(None, types), None),
        sensitivity=sensitivity,
        identifies=identifies,
        element=element,
        is_personal=bool(element and element.is_personal) or identifies in LEADS_TO_PERSONS or sensitivity in PERSONAL,
        is_listed=any(each.accepted is not None for each in described_by),
        code_set=next(filter(None, map(code_set_of, described_by)), None),
    )


def _referred(
    column: ColumnContract, contracts: Mapping[str, Mapping[str, ColumnContract]]
) -> Iterator[ColumnContract]:
    """The column, the column that it refers to, and so on."""
    yield column
    table, target = column.reference or ("", "")
    if table in contracts:
        yield from _referred(contracts[table][target], contracts)

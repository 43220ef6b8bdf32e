"""The shape of a contract: what schema.yml declares of a table.

Here: the pydantic models of one table, its columns and its own tests.
Not here: reading schema.yml (reading.py), running the SQL (building.py), the rules of a table (quality/).
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from suining_data.elements import ELEMENTS, Identifies
from suining_data.incremental import Incremental

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sensitivity = Literal["L1", "L2", "L3", "L4"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A description in both languages."""

    en: StrictStr
    zh: StrictStr


class ColumnContract(Strict):
    """One column. `type` is needed only where neither an element nor a reference says it.

    `codes`: its code set in codes.yml; `accepted` then lists those of its codes that the column may have, by default all. With
    `others`, the code set only gives names: the column may have other values, too.
    """

    element: Identifier | None = None
    references: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+\.[a-z0-9_]+$")] | None = None
    type: StrictStr | None = None
    unique: bool = False
    not_null: bool = False
    accepted: list[StrictStr | int | bool] | None = None
    codes: Identifier | None = None
    others: bool = False
    sensitivity: Sensitivity | None = None  # overrides the element's
    identifies: Identifies | None = None  # overrides the element's
    zh: StrictStr | None = None  # defaults to the element's label
    en: StrictStr | None = None

    @property
    def reference(self) -> tuple[str, str] | None:
        """(`schema.table`, column) the column refers to."""
        if self.references is None:
            return None
        table, _, column = self.references.rpartition(".")
        return table, column


class SourceContract(Strict):
    """One table of sources.yml: published, but no model makes it."""

    description: Text
    sensitivity: Sensitivity | None = None  # of its rows, as in ModelContract
    columns: dict[Identifier, ColumnContract] = Field(min_length=1)


def described(name: str, column: ColumnContract) -> tuple[str, str]:
    """The Chinese and the English name of a base column."""
    element = ELEMENTS.get(column.element or "")
    return (
        column.zh or (element.label if element else name),
        column.en or (element.english if element else name),
    )


class ContractRule(Strict):
    """A rule that no column can declare: `sql` selects the rows of `{table}` that break it; it names other tables."""

    id: Identifier
    zh: StrictStr
    en: StrictStr
    sql: StrictStr
    severity: Literal["block", "warn"] = "block"
    dimension: Literal["规范性", "完整性", "准确性", "一致性", "时效性", "可访问性"] = "一致性"  # GB/T 36344-2018


class ModelContract(Strict):
    """One table of schema.yml; the table's name is the mapping's key there.

    `materialized: view`: nothing is stored; the rows are computed whenever they are read. `materialized: incremental`: only
    the rows of the keys are written that changed rows of other tables concern; `unique_key` and `changed_by` are those of
    suining_data/incremental.py. `count_by`: a column with few values; the run shows the number of rows per value.
    `sensitivity`: of its rows, where they say more than their columns: values as reported, doubts, leads.
    `open`: the public gets its rows, or, of counts by division and categories, those that are not about few.
    """

    description: Text
    sensitivity: Sensitivity | None = None
    materialized: Literal["table", "view", "incremental"] = "table"
    unique_key: Identifier | None = None
    changed_by: dict[Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")], StrictStr] = {}
    count_by: Identifier | None = None
    open: Literal["rows", "counts"] | None = None
    key: list[Identifier] = Field(min_length=1)
    columns: dict[Identifier, ColumnContract] = Field(min_length=1)
    tests: list[ContractRule] = []

    @model_validator(mode="after")
    def _key_is_described(self) -> Self:
        if missing := [column for column in self.key if column not in self.columns]:
            raise ValueError(f"key column {', '.join(missing)} is not among the columns; describe it under `columns`")
        if self.count_by is not None and self.count_by not in self.columns:
            raise ValueError(f"count_by {self.count_by} is not among the columns")
        return self

    @model_validator(mode="after")
    def _has_one_count(self) -> Self:
        if self.open == "counts":
            is_division = self.columns[self.key[0]].element == "division_code"
            if not is_division or len(self.key) < 2 or len(self.columns) != len(self.key) + 1:
                raise ValueError(
                    "a table of counts for the public has a key of a division_code and categories, and one other column, the count"
                )
        return self

    @model_validator(mode="after")
    def _says_how_it_is_incremental(self) -> Self:
        is_said = self.unique_key in self.columns and bool(self.changed_by)
        if self.materialized == "incremental" and not is_said:
            raise ValueError("an incremental table needs unique_key, one of its columns, and changed_by")
        if self.materialized != "incremental" and (self.unique_key or self.changed_by):
            raise ValueError("unique_key and changed_by are for materialized: incremental")
        return self

    @property
    def incremental(self) -> Incremental | None:
        """How the table follows from changed rows; None of a table that is always written whole."""
        return Incremental(self.unique_key, self.changed_by) if self.unique_key else None

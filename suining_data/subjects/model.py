"""The models of person.yaml, organization.yaml and address.yaml: the attributes of a subject.

Here: the pydantic models. Not here: reading the files (reading.py), the SQL that is made from them (linkage/,
dbt_like_sql/), the values of an element (elements/).

An attribute is declared once. Its declaration decides: the columns of linked.<subject>_record; which attributes an
entity of the catalogue may fill; the golden column and its source row; statements and provenance; conflicts; what
linkage compares; and its labels in the review, in `suining explain` and in the dictionary.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from suining_data.elements import ELEMENTS, Element

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sensitivity = Literal["L1", "L2", "L3", "L4"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldenColumn(Strict):
    """The column of the golden table with the surviving value. A key that is missing is as in the record."""

    column: Identifier | None = None  # default: named as the attribute
    zh: StrictStr | None = None
    en: StrictStr | None = None
    sensitivity: Sensitivity | None = None
    type: StrictStr | None = None  # instead of the element
    references: StrictStr | None = None  # schema.table.column, instead of the element where the column is an id
    unique: bool = False


class SourceColumn(Strict):
    """The column of the golden table that names the source row of the surviving value."""

    column: Identifier
    zh: StrictStr
    en: StrictStr


class Doubt(Strict):
    """Why a value loses to every value without a doubt, said of that value: "has a note in brackets"."""

    zh: StrictStr
    en: StrictStr


class Survivorship(Strict):
    """How the values of an attribute compete for the golden column.

    The value of the record with the smallest survivorship rank survives: authority first, then recency, completeness,
    and the row. `highest_rank` takes the value of the best row that has a value. `winning_row` takes it from the row
    that wins for the attribute named in `authority`; the value is null when that row has none.

    A value in doubt loses to every value without a doubt, whatever its authority. <base>.<subject>_doubt finds the
    `doubts` that are declared here. `from_number` is a source of its own: it survives where no value without a doubt is
    reported.
    """

    rule: Literal["highest_rank", "winning_row"] = "highest_rank"
    authority: Identifier | None = None  # attribute whose authority ranks the values; default: its own
    value: Identifier | None = None  # column of linked.<subject>_record that survives; default: the attribute's
    doubts: dict[Identifier, Doubt] = {}
    from_number: StrictStr | None = None  # SQL over {number}: the value that an accepted resident id has of itself


class Conflict(Strict):
    """When a value that did not survive contradicts the one that did.

    `when` is SQL over `{value}` and `{winner}` (both not null and different) and the columns of the losing record.
    """

    when: StrictStr | None = None
    is_judged_by_model: bool = False  # the rule needs more than one record: <subject>_conflict.sql has it


class Review(Strict):
    """How the pair view shows the attribute: the item, and its Chinese label.

    Several attributes may share an item (addresses). The first of them gives the label.
    """

    item: Identifier
    zh: StrictStr | None = None


class Attribute(Strict):
    """A property of a subject that a record may report. The first of `elements` gives type, label and sensitivity."""

    elements: list[Identifier] = Field(min_length=1)  # catalogue fields of these elements may fill it
    zh: StrictStr
    en: StrictStr
    sensitivity: Sensitivity | None = None  # overrides the element's
    survivorship: Survivorship | None = None  # none: only the records have it, there is no golden value
    golden: GoldenColumn = GoldenColumn()
    source: SourceColumn | None = None
    compared_as: Identifier | None = None  # the comparison of linkage that uses it; none: linkage does not use it
    conflict: Conflict | None = None  # none: a value that did not survive is not a conflict
    review: Review | None = None

    @property
    def element(self) -> Element:
        """The element that types and describes the attribute."""
        return ELEMENTS[self.elements[0]]

    @model_validator(mode="after")
    def _elements_exist(self) -> Self:
        if unknown := [name for name in self.elements if name not in ELEMENTS]:
            raise ValueError(f"{', '.join(unknown)} is no data element of suining_data/elements")
        return self


class AnyIdentifier(Strict):
    """A name that catalogue entities may use for a column with identifiers of several kinds, one kind per row."""

    name: Identifier
    elements: list[Identifier] = Field(min_length=1)


class Subject(Strict):
    """A person, an organisation or an address, with the attributes that records report.

    `identifiers` are numbers that identify the subject. An address has none: two addresses are one if their texts are
    equal.
    """

    name: Identifier
    zh: StrictStr
    base: Identifier  # schema of its golden table
    identifiers_zh: StrictStr | None = None  # how the review labels its identifiers
    identifiers: dict[Identifier, Attribute] = {}
    any_identifier: AnyIdentifier | None = None
    attributes: dict[Identifier, Attribute]

    @property
    def recorded(self) -> dict[str, Attribute]:
        """The columns of linked.<subject>_record that deliveries fill: identifiers, then attributes."""
        return {**self.identifiers, **self.attributes}

    @property
    def assignable(self) -> dict[str, list[str]]:
        """The names that `values` of a catalogue entity may have, and the elements allowed for the column of each."""
        any_identifier = {self.any_identifier.name: self.any_identifier.elements} if self.any_identifier else {}
        return {name: each.elements for name, each in self.recorded.items()} | any_identifier

    @property
    def surviving(self) -> dict[str, Attribute]:
        """The part of `recorded` whose values compete for a golden column."""
        return {name: each for name, each in self.recorded.items() if each.survivorship is not None}

    @property
    def ranked(self) -> list[str]:
        """Attributes with an authority of their own; each has a column <attribute>_authority."""
        return [name for name, each in self.attributes.items() if each.survivorship and not each.survivorship.authority]

    @property
    def doubted(self) -> dict[str, dict[str, Doubt]]:
        """Attributes whose values may be in doubt, with their doubts; each is a column of <base>.<subject>_doubt."""
        return {
            name: each.survivorship.doubts
            for name, each in self.surviving.items()
            if each.survivorship and each.survivorship.doubts
        }

    @property
    def doubts(self) -> dict[str, Doubt]:
        """All doubts by their code."""
        return {code: doubt for doubts in self.doubted.values() for code, doubt in doubts.items()}

    @property
    def review_items(self) -> dict[str, str]:
        """Items of the pair view in their order, and their Chinese labels: identifiers, attributes, shared identifiers."""
        items = {"number": self.identifiers_zh or self.zh}
        for each in self.attributes.values():
            if each.review:
                items.setdefault(each.review.item, each.review.zh or each.zh)
        return {**items, "shared_identifier": "关联事项"}

    def compared(self, *comparisons: str) -> dict[str, Attribute]:
        """Attributes that linkage compares as one of `comparisons`; without any, all that it compares."""
        return {
            name: each
            for name, each in self.attributes.items()
            if each.compared_as and (not comparisons or each.compared_as in comparisons)
        }

    @model_validator(mode="after")
    def _authorities_exist(self) -> Self:
        for name, each in self.recorded.items():
            lender = each.survivorship.authority if each.survivorship else None
            if lender and lender not in self.ranked:
                raise ValueError(
                    f"{name}: survivorship.authority {lender} is no attribute with an authority of its own"
                )
            if name in self.identifiers and each.survivorship and not lender:
                raise ValueError(f"{name}: an identifier needs survivorship.authority, it has no authority of its own")
        return self

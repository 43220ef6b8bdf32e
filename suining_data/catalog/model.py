"""The shape of the catalogue: units, their information resources, how these are delivered, what their fields mean.

Here: the pydantic models (core metadata of 发改高技术〔2017〕1272号 and what delivery needs).
Not here: reading and checking the YAML files (reading.py), what a data element is (elements/).
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StrictStr, model_validator
from pydantic import Field as Item
from pydantic_core import PydanticCustomError

from suining_data.catalog.derivations import shared_derivations
from suining_data.city import load_city

Identifier = Annotated[str, Item(pattern=r"^[a-z][a-z0-9_]*$")]
Sensitivity = Literal["L1", "L2", "L3", "L4"]
if TYPE_CHECKING:
    CoordinateSystem = str
    Theme = str
else:  # what the city has
    CoordinateSystem = Literal[("EPSG:4490", *sorted(plane.crs for plane in load_city().planes), "GCJ-02", "BD-09")]
    Theme = Literal[tuple(load_city().themes)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ShareType(StrEnum):
    """共享类型 and 开放属性 share one scale."""

    UNCONDITIONAL = "unconditional"  # 无条件
    CONDITIONAL = "conditional"  # 有条件
    NONE = "none"  # 不予


class Cycle(StrEnum):
    """更新周期."""

    REALTIME = "realtime"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    OTHER = "other"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    JSON = "json"
    JSON_LINES = "json_lines"
    XML = "xml"
    DBF = "dbf"
    PARQUET = "parquet"
    POSTGRES = "postgres"  # a table of the exchange database, fetched into JSON Lines
    SHP = "shp"  # with .shx, .dbf and .prj of the same name beside it; the shape is offered as source `_geometry`
    GPKG = "gpkg"  # GeoPackage with one layer; the shape is offered as source `_geometry`


WORKBOOKS = (Format.XLSX, Format.XLS)


class Mode(StrEnum):
    """What a batch says about the rows of earlier ones, and how a row ends."""

    FULL = "full"  # every batch replaces the one before it; a row that is absent has ended
    DELTA = "delta"  # batches add up; a later row with the same key supersedes the earlier; only a row's status ends it


class Share(Strict):
    type: ShareType
    condition: str | None = None  # required when conditional
    basis: str | None = None  # legal basis, required when none


class Delivery(Strict):
    """How files of a resource look. `pattern` is a glob inside landing/<unit>/; batches are ordered by file name."""

    format: Format
    pattern: str
    mode: Mode
    archive: Literal["zip"] | None = None  # the files that come are ZIPs; `member` names the one inside
    member: str | None = None
    encoding: Literal["utf-8", "utf-8-sig", "gbk", "gb18030"] = "utf-8"
    delimiter: Literal[",", "\t", "|"] = ","
    header_rows: int = Item(default=1, ge=1)  # workbooks: merged headers are joined with "/"
    title_rows: int = Item(default=0, ge=0)  # workbooks: rows above the header (report title, unit of measure)
    sheets: str = "*"  # workbooks: glob of sheet names; the sheet's name is offered as source column `_sheet`
    records: str | None = None  # JSON: path of the array of records ("data.list"); XML: tag of one record
    pages: "Pages | None" = None
    crosstab: "Crosstab | None" = None
    exchange: "Exchange | None" = None
    crs: CoordinateSystem | None = None


class Pages(Strict):
    """JSON: the answer of an interface, one file per page (`sbcb_20190831_p001.json`); its pages together are one batch.

    Each page says at these paths which one it is (from 1), how many pages and how many records there are in all.
    """

    number: StrictStr
    count: StrictStr
    total: StrictStr


class Crosstab(Strict):
    """Workbooks: columns after the stub columns are unpivoted to one raw row per cell.

    Every cell gives the stub columns, one source column per header row (named by `levels`, top down) and `value`.
    """

    stub: list[StrictStr]
    levels: list[StrictStr]
    value: StrictStr = "value"


class Exchange(Strict):
    """A table or view of the exchange database (前置机/交换库): what is new in it since the last time is fetched."""

    table: Annotated[str, Item(pattern=r"^[^.\s]+\.[^.\s]+$")]  # schema.table
    watermark: StrictStr  # column of the table that grows with every change: a time, a date or a whole number
    key: list[StrictStr] = Item(min_length=1)  # columns of the table that tell its rows apart
    deleted: "DeletedWhen | None" = None
    compare_keys: bool = False  # rows leave the table without a mark: found by comparing all keys with those known


class DeletedWhen(Strict):
    """A row has ended when its column has one of these values."""

    column: StrictStr
    values: list[StrictStr] = Item(min_length=1)


class ExpectedRows(Strict):
    """Rows of one batch at the city's real volume; a batch far outside is implausible.

    A full batch has one plausible size; a delta batch may hold a few days or everything at once, so its range is wider.
    """

    min: int = Item(ge=0)
    max: int = Item(ge=0)


class Field(Strict):
    """信息项: one column as delivered and what it is called and means here."""

    source: StrictStr
    name: Identifier
    element: Identifier
    label: StrictStr
    required: bool = False
    sensitivity: Sensitivity | None = None  # overrides the element's
    unit: StrictStr | None = None  # unit of measure as delivered, for elements that have `units`
    share: Share | None = None  # where the item is shared on other terms than its resource


class Derived(Strict):
    """A column computed from the fields of the same row by their standard names; `sql` is a DuckDB expression.

    What it gives is cleaned, converted and judged by the element as if it had been delivered.
    An expression that several resources share is written once in derivations.yaml: the column then gives its name as
    `derivation` in place of `sql`, and `sql` holds that expression once the column is read.
    """

    name: Identifier
    element: Identifier
    label: StrictStr
    sql: StrictStr
    derivation: Identifier | None = None
    sensitivity: Sensitivity | None = None

    @model_validator(mode="before")
    @classmethod
    def _shared_expression(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "derivation" not in data:
            return data
        if "sql" in data:
            raise PydanticCustomError("two_expressions", "sql and derivation exclude each other")
        name, known = data["derivation"], shared_derivations()
        if name not in known:
            raise PydanticCustomError(
                "unknown_derivation", "no derivation {name}", {"name": name, "known": ", ".join(known)}
            )
        return {**data, "sql": known[name]}


Rank = Annotated[int, Item(ge=1, le=99)]


class Entity(Strict):
    """A person, organisation or address that a row of the resource speaks of.

    `values` maps attributes of linked.<subject>_record to columns of the staged table. `authority` ranks the source
    per attribute (1 is best); `default` ranks the rest. Where a source knows one value better than the others, the
    rank is a mapping: of that value, and `default` of the rest.
    """

    subject: Literal["person", "organization", "address"]
    role: Identifier
    values: dict[Identifier, Identifier]
    authority: dict[Identifier, Rank | dict[StrictStr, Rank]] = {"default": 50}
    valid_from: Identifier | None = None  # date column that says since when the values hold


class Resource(Strict):
    """信息资源."""

    id: Annotated[str, Item(pattern=r"^[a-z][a-z0-9_]*__[a-z][a-z0-9_]*$")]
    proposal: StrictStr  # number in the catalogue proposal, e.g. GA01
    code: StrictStr | None = None  # 信息资源代码: class 1 + item 2 + entry 3 digits, "/", sequence number 6 digits
    name: StrictStr
    abstract: StrictStr
    share: Share
    open: ShareType
    cycle: Cycle
    grace_days: int = Item(default=5, ge=0)
    bases: list[Literal["population", "legal_entity", "spatial", "macro"]]
    themes: list[Theme] = []
    delivery: Delivery
    expected_rows: ExpectedRows
    key: list[Identifier]
    fields: list[Field]
    derived: list[Derived] = []
    entities: list[Entity] = []
    related: list[StrictStr] = []  # 关联资源: ids of resources about the same matter
    remark: str | None = None  # where the proposal was corrected, and why

    @property
    def share_method(self) -> str:
        """共享方式: how a consumer of the platform gets it."""
        return "数据接口" if self.delivery.format in (Format.JSON, Format.JSON_LINES) else "文件交换"

    @property
    def is_shared(self) -> bool:
        """Whether it comes in at all: what is 不予共享 stands in the catalogue only."""
        return self.share.type is not ShareType.NONE

    @property
    def columns(self) -> list[Field | Derived]:
        """Columns of the staged table after the row's own keys, in order."""
        return [*self.fields, *self.derived]


class Unit(Strict):
    """A department (or a provincial one, for backflow): 信息资源提供方."""

    id: Identifier
    name: StrictStr
    uscc: StrictStr | None = None  # 信息资源提供方代码; empty until the unit has told its own, never guessed
    origin: Literal["department", "backflow"]
    is_key: bool = False
    resources: list[Resource] = []


Delivery.model_rebuild()
__all__ = [name for name in dir() if not name.startswith("_")]

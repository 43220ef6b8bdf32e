"""The models of the catalogue: units, their information resources, how these are delivered, what their fields mean.

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
from suining_data.packed_keys import WORST_AUTHORITY

Identifier = Annotated[str, Item(pattern=r"^[a-z][a-z0-9_]*$")]
Sensitivity = Literal["L1", "L2", "L3", "L4"]
Consequence = Literal["quarantine", "quarantine_value"]
if TYPE_CHECKING:
    CoordinateSystem = str
    Theme = str
else:  # what the city has
    CoordinateSystem = Literal[("EPSG:4490", *sorted(plane.crs for plane in load_city().planes), "GCJ-02", "BD-09")]
    Theme = Literal[tuple(load_city().themes)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


FILE, RECEIVED = "_file", "_received"
BATCH_SOURCES = (FILE, RECEIVED)  # source columns that standardisation adds, from the ledger of batches


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
    """Formats that are read."""

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
    """How a batch changes the rows of earlier batches, and how a row ends."""

    FULL = "full"  # every batch replaces the one before it; a row that is absent has ended
    DELTA = "delta"  # batches add up; a later row with the same key supersedes the earlier; only a row's status ends it
    VINTAGES = "vintages"  # batches add up; a later row with the same key is another vintage, and the earlier one stays


class Share(Strict):
    """The terms under which a resource or a field is shared with others."""

    type: ShareType
    """`unconditional`, `conditional` or `none` (无条件、有条件、不予)."""
    condition: str | None = None
    """Who may use it and for what; required when `type` is `conditional`."""
    basis: str | None = None
    """Law or rule that forbids sharing; required when `type` is `none`."""


class Delivery(Strict):
    """The form of the delivered files."""

    format: Format
    """Format of the files.

    `postgres` is a table of the exchange database, see `exchange`. `shp` comes with .shx, .dbf and .prj of the same name beside
    it, `gpkg` has one layer; the shape of both is offered as source column `_geometry`.
    """
    pattern: str
    """File names inside landing/<unit>/, with `*` and `?`. Batches are ordered by file name.

    No two patterns of a unit may match the same file.
    """
    mode: Mode
    """`full`: each batch replaces the one before. `delta`: batches add up, and a later row with the same key supersedes the earlier.
    `vintages`: batches add up, and a later row with the same key is a later vintage beside the earlier one.
    """
    archive: Literal["zip"] | None = None
    """`zip` when the data file comes inside a ZIP file; `member` then names it."""
    member: str | None = None
    """Name of the file inside the ZIP, with `*` and `?`; required with `archive`."""
    encoding: Literal["utf-8", "utf-8-sig", "gbk", "gb18030"] = "utf-8"
    """Character encoding of text formats (csv, dbf, json, json_lines, shp, xml). gbk and gb18030 are read alike, as Windows writes them."""
    delimiter: Literal[",", "\t", "|"] = ","
    """CSV: the character between two values."""
    header_rows: int = Item(default=1, ge=1)
    """Workbooks: rows of the header. Merged header cells are joined with `/`."""
    title_rows: int = Item(default=0, ge=0)
    """Workbooks: rows above the header, such as the title of a report and its unit of measure."""
    sheets: str = "*"
    """Workbooks: names of the sheets to read, with `*` and `?`. The name of a sheet is offered as source column `_sheet`."""
    summary_rows: bool = False
    """`true` when rows that are no records may stand in the table: sums (合计), signatures (制表人：), notes (备注：). They are quarantined."""
    records: str | None = None
    """JSON: path of the array of records (`data.list`). XML: tag of one record. Required for both."""
    pages: "Pages | None" = None
    """JSON: where each page has its number, when a batch is delivered in several files."""
    layouts: list[StrictStr] = []
    """Workbooks: the layouts of catalog/statistical_layouts.yaml that its tables of figures may have; the first that fits is
    used. Each filled cell is one row, see docs/statistical_tables.md."""
    exchange: "Exchange | None" = None
    """The table to fetch; required when `format` is `postgres`, and only then."""
    crs: CoordinateSystem | None = None
    """Coordinate system of the coordinates or shapes as delivered."""


class Pages(Strict):
    """JSON: the answer of an interface, one file per page (`sbcb_20190831_p001.json`); all pages together are one batch.

    At these paths each page has its own number (from 1), the number of all pages and the number of all records.
    """

    number: StrictStr
    """Path of the page's number, from 1."""
    count: StrictStr
    """Path of the number of pages."""
    total: StrictStr
    """Path of the number of records on all pages together."""


class Exchange(Strict):
    """A table or view of the exchange database (前置机/交换库); each fetch reads what is new since the last fetch."""

    table: Annotated[str, Item(pattern=r"^[^.\s]+\.[^.\s]+$")]
    """Table or view as `schema.table`."""
    watermark: StrictStr
    """Column that grows with every change: a time, a date or a whole number."""
    key: list[StrictStr] = Item(min_length=1)
    """Columns that identify one row of the table."""
    deleted: "DeletedWhen | None" = None
    """How the table marks a row that has ended."""
    compare_keys: bool = False
    """`true` when rows leave the table without a mark: every fetch compares all keys with the recorded keys."""


class DeletedWhen(Strict):
    """A row has ended when its column has one of these values."""

    column: StrictStr
    """Column of the table that holds the mark."""
    values: list[StrictStr] = Item(min_length=1)
    """Values of the column that mean: this row has ended."""


class ExpectedRows(Strict):
    """The plausible number of rows of one batch at the city's real volume.

    A full batch has one plausible size. A delta batch may hold a few days or everything, so its range is wider.
    """

    min: int = Item(ge=0)
    """Least plausible number of rows."""
    max: int = Item(ge=0)
    """Greatest plausible number of rows."""


class Field(Strict):
    """信息项: one delivered column, its standard name and its meaning."""

    source: StrictStr
    """Name of the column in the delivery. `_sheet` (workbooks) and `_geometry` (SHP, GPKG) are offered beside the columns, and
    `_file` and `_received`, the name of the file and the day on which it was received."""
    name: Identifier
    """Name of the column in the staged table, in English."""
    element: Identifier
    """Data element: what the value is, and so how it is cleaned, checked and masked."""
    label: StrictStr
    """Name of the column in Chinese, as people see it."""
    required: bool = False
    """`true` when a row without the value goes to quarantine."""
    sensitivity: Sensitivity | None = None
    """Level of protection from L1 (least) to L4, where it differs from that of the data element; required where that has none."""
    rules: dict[Identifier, Consequence] = {}
    """What a broken rule of the data element does in this column, where it differs from the element, as `rule: consequence`.

    `quarantine` quarantines the row, `quarantine_value` only the value, which becomes null.
    """
    unit: StrictStr | None = None
    """Unit of measure as delivered; required for data elements that convert units, and only there."""
    share: Share | None = None
    """Terms of sharing where they differ from the terms of the resource."""


class Derived(Strict):
    """A column computed from the fields of the same row by their standard names; `sql` is a DuckDB expression.

    Its values are cleaned, converted and checked by the data element like delivered ones. An expression that several
    resources share is written once in derivations.yaml; the column then has its name as `derivation` in place of `sql`.
    """

    name: Identifier
    """Name of the column in the staged table, in English."""
    element: Identifier
    """Data element: what the value is, and so how it is cleaned, checked and masked."""
    label: StrictStr
    """Name of the column in Chinese, as people see it."""
    sql: StrictStr
    """Expression over the standard names of the fields of the same row; with `derivation` it is that shared expression."""
    derivation: Identifier | None = None
    """Name of a shared expression of catalog/derivations.yaml, in place of `sql`."""
    sensitivity: Sensitivity | None = None
    """Level of protection from L1 (least) to L4, where it differs from that of the data element; required where that has none."""
    rules: dict[Identifier, Consequence] = {}
    """What a broken rule of the data element does in this column, where it differs from the element, as `rule: consequence`.

    `quarantine` quarantines the row, `quarantine_value` only the value, which becomes null.
    """

    @model_validator(mode="before")
    @classmethod
    def _shared_expression(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "derivation" not in data:
            return data
        if "sql" in data:
            raise PydanticCustomError("two_expressions", "sql and derivation exclude each other")
        name, expressions = data["derivation"], shared_derivations()
        if name not in expressions:
            raise PydanticCustomError(
                "unknown_derivation", "no derivation {name}", {"name": name, "allowed": ", ".join(expressions)}
            )
        return {**data, "sql": expressions[name]}


Rank = Annotated[int, Item(ge=1, le=WORST_AUTHORITY)]


class Entity(Strict):
    """A person, organisation or address that a row of the resource is about.

    `values` maps attributes of linked.<subject>_record to columns of the staged table. `authority` ranks the source
    per attribute (1 is best); `default` ranks the rest. Where a source knows one value better than the others, the
    rank is a mapping: of that value, and `default` of the rest.
    """

    subject: Literal["person", "organization", "address"]
    """What the row is about."""
    role: Identifier
    """Part that the subject plays in the row, in English, such as `employee`; different for each entity of one subject."""
    values: dict[Identifier, Identifier]
    """Attribute of `linked.<subject>_record` -> column of the staged table that holds it."""
    authority: dict[Identifier, Rank | dict[StrictStr, Rank]] = {"default": 50}
    """Authority of the source for each attribute; 1 is best. `default` is for the attributes that are not listed."""
    valid_from: Identifier | None = None
    """Date column with the day from which the values are valid."""


class Resource(Strict):
    """信息资源: one kind of file or table that a department delivers."""

    id: Annotated[str, Item(pattern=r"^[a-z][a-z0-9_]*__[a-z][a-z0-9_]*$")]
    """`<unit>__<thing>`, unique; also the name of the raw and of the staged table."""
    proposal: StrictStr
    """Number of the resource in the catalogue proposal, such as `GA01`."""
    code: StrictStr | None = None
    """信息资源代码: class 1, item 2, entry 3 digits, `/`, sequence number 6 digits. Write it in quotes."""
    name: StrictStr
    """Name of the resource in Chinese."""
    abstract: StrictStr
    """The content, in one Chinese sentence."""
    share: Share
    """共享类型: the terms for other departments. A resource that is shared with nobody is catalogued but never read."""
    open: ShareType
    """开放属性: the terms for the public; never wider than `share`. `conditional`: only as counts, none of them of few."""
    cycle: Cycle
    """更新周期: how often it is delivered."""
    grace_days: int = Item(default=5, ge=0)
    """Days that a delivery may be late before it counts as overdue."""
    bases: list[Literal["population", "legal_entity", "spatial", "macro"]]
    """Foundational databases that the resource feeds."""
    themes: list[Theme] = []
    """Theme libraries that the resource feeds."""
    delivery: Delivery
    """How the resource is delivered, and the form of its files."""
    expected_rows: ExpectedRows
    """How many rows one batch has."""
    key: list[Identifier]
    """Columns (standard names) that identify one row; a later row with the same key supersedes the earlier."""
    fields: list[Field]
    """信息项: the columns as delivered."""
    derived: list[Derived] = []
    """Columns that are computed from the fields of the same row."""
    entities: list[Entity] = []
    """Persons, organisations and addresses that a row is about; they become records for linkage."""
    related: list[StrictStr] = []
    """关联资源: ids of resources about the same matter."""
    remark: str | None = None
    """Where the catalogue differs from the proposal, and why."""

    @property
    def share_method(self) -> str:
        """共享方式: how users of the platform get the resource."""
        return "数据接口" if self.delivery.format in (Format.JSON, Format.JSON_LINES) else "文件交换"

    @property
    def row_key(self) -> list[str]:
        """Columns that identify one staged row: the key, and of vintages the batch, too."""
        return [*self.key, "batch_id"] if self.delivery.mode is Mode.VINTAGES else self.key

    @property
    def is_shared(self) -> bool:
        """Whether the resource is read at all; a resource that is 不予共享 is only catalogued."""
        return self.share.type is not ShareType.NONE

    @property
    def columns(self) -> list[Field | Derived]:
        """Columns of the staged table after the row's own keys, in order."""
        return [*self.fields, *self.derived]


class Unit(Strict):
    """信息资源提供方: a publisher, that is a department of the city, or a provincial one that sends data back."""

    id: Identifier
    """Id of the department, the same as the name of the YAML file and of the folder in landing/."""
    name: StrictStr
    """Name of the department in Chinese."""
    uscc: StrictStr | None = None
    """信息资源提供方代码: its unified social credit code; left out until the department has reported it."""
    origin: Literal["department", "backflow"]
    """`department` of the city, or `backflow` from the province."""
    is_key: bool = False
    """`true` for one of the key departments."""
    resources: list[Resource] = []
    """Its information resources."""


Delivery.model_rebuild()
__all__ = [name for name in dir() if not name.startswith("_")]

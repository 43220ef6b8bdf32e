"""From a view to delivered text: numbering, files, writing style, errors, and the truth of each row.

Here: the table `delivered` of one resource at a time.
Not here: views (views/), file formats (writers/), truth files (truth.py).
"""

import re
from dataclasses import dataclass

import duckdb

from suining_data.catalog import Entity, Field, Mode, Resource, Unit
from suining_data.catalog.model import BATCH_SOURCES
from suining_data.sql import literal

from .corruption import corrupted
from .error_sources import ERROR_SOURCES
from .errors import ErrorRates
from .habits import written
from .views.view import View

DELTA_FILES = ("201906", "201907", "201908")
FULL_FILE = "20190831"


@dataclass(frozen=True)
class Delivered:
    """Table `delivered`: n (ordinal in its file), file_no, c0.. (text per field), t0.. and e0.. (truth per entity).

    Of a resource with points or shapes, also shape_key (its key, several fields joined by |) and shape, the true one.
    """

    unit_name: str
    resource: Resource
    title: str  # first row of a workbook
    files: tuple[str, ...]
    columns: tuple[str, ...]  # source names, in order; c0 is the text of the first
    dates: frozenset[int] = frozenset()  # positions of the columns that are date cells in a workbook
    merged: frozenset[int] = frozenset()  # positions of the columns whose cells are merged over a group of rows
    layouts: tuple[str, ...] = ()  # of tables of figures, by file

    def entities(self, subject: str) -> list[tuple[int, Entity]]:
        return [(i, entity) for i, entity in enumerate(self.resource.entities) if entity.subject == subject]

    @property
    def has_shapes(self) -> bool:
        return bool(_true_shape(self.resource))


def deliver(
    con: duckdb.DuckDBPyConnection, unit: Unit, resource: Resource, view: View, rows: int | None, rates: ErrorRates
) -> Delivered:
    """Fill table `delivered` with the rows of a resource. `rows` limits their number; None delivers all rows."""
    in_file = [field for field in resource.fields if field.source not in BATCH_SOURCES]
    resource = resource.model_copy(update={"fields": in_file})
    files = _file_names(resource, view)
    con.execute(_base_sql(resource, view, rows, len(files)))
    con.execute(_delivered_sql(con, resource, view, len(files), rates))
    con.execute("drop table delivery_base")
    if not (view.is_whole or view.keeps_order or view.arranged):
        con.execute(_repeated_sql(resource, rates))
    columns = tuple(field.source for field in resource.fields)
    merged = frozenset(i for i, field in enumerate(resource.fields) if field.name in view.merged)
    dates = frozenset(i for i, field in enumerate(resource.fields) if view.date_cells and field.element == "date")
    return Delivered(unit.name, resource, view.title or resource.name, files, columns, dates, merged, view.layouts)


def _base_sql(resource: Resource, view: View, rows: int | None, files: int) -> str:
    """SQL: the delivered rows, numbered over all files. In a delta these are the newest rows, ordered by day."""
    number = "" if view.stamps else f", {_file_no(files)} as file_no"
    limit = f"limit {rows}" if rows is not None else ""
    if resource.delivery.mode is not Mode.FULL and not view.is_whole and not view.keeps_order:
        return f"""create or replace table delivery_base as
        with chosen as (select * from ({view.sql}) order by day desc, seq {limit}),
        ordered as (select *, row_number() over (order by day, seq) as n from chosen)
        select *{number} from ordered"""
    return f"""create or replace table delivery_base as
        with chosen as (select * from ({view.sql}) order by seq {limit}),
        ordered as (select *, row_number() over ({f"order by {view.arranged}, seq" if view.arranged else ""}) as n from chosen)
        select *{number} from ordered"""


def _file_no(files: int) -> str:
    """SQL: the file of a row. All files have the same number of rows."""
    return f"((n - 1) * {files} // (select count(*) from chosen))::integer" if files > 1 else "0"


def _file_names(resource: Resource, view: View) -> tuple[str, ...]:
    stamps = view.stamps or DELTA_FILES if resource.delivery.mode is not Mode.FULL else (FULL_FILE,)
    return tuple(resource.delivery.pattern.replace("*", stamp) for stamp in stamps)


def _delivered_sql(
    con: duckdb.DuckDBPyConnection, resource: Resource, view: View, files: int, rates: ErrorRates
) -> str:
    """SQL: three steps per value: the written text, a draw, the delivered text with the error's kind. `n` counts per file."""
    types = {row[0]: str(row[1]) for row in con.execute("describe delivery_base").fetchall()}
    texts, draws, finals, kinds = [], [], [], {}
    others, borrowed, joins = _error_sources(resource, rates)
    for i, field in enumerate(resource.fields):
        texts.append(f"coalesce({written(view, resource, field, types[field.name])}, '') as w{i}")
        draws.append(f"u(n, {literal(resource.id + '.' + _draw_key(field.name))}) as d{i}")
        for j, other in enumerate(resource.fields):
            if {other.name, field.name} == {"longitude", "latitude"}:
                others[field.name]["other_axis"] = f"w{j}"
        whole = view.is_whole or _is_structure(view, field)
        text, kind = (f"w{i}", "null") if whole else corrupted(field, f"w{i}", f"d{i}", rates, others[field.name])
        finals.append(f"{text} as c{i}")
        kinds[field.name] = kind
    truths, carried = _truth_columns(resource, types, kinds)
    shape = _true_shape(resource)
    truths += [name for name in ("shape_key", "shape") if shape]
    row_number = "n" if files == 1 else "row_number() over (partition by file_no order by n)"
    return f"""create or replace table delivered as
        with written as (select n, file_no, {", ".join([*carried, *shape, *borrowed, *texts])} from delivery_base {" ".join(joins)}),
        drawn as (select *, {", ".join(draws)} from written),
        final as (select n, file_no, {", ".join([*finals, *truths])} from drawn)
        select * exclude (n), {row_number} as n from final"""


def _repeated_sql(resource: Resource, rates: ErrorRates) -> str:
    """SQL: repeats some records at the end of their file."""
    return f"""insert into delivered by name
        with total as (select file_no, count(*) as rows_of_file from delivered group by file_no)
        select * exclude (rows_of_file) replace (rows_of_file + row_number() over (partition by file_no order by n) as n)
        from delivered join total using (file_no)
        where u(n * 8 + file_no, '{resource.id} repeated') < {rates.repeated_row} order by file_no, n"""


def _is_structure(view: View, field: Field) -> bool:
    """Whether a column is a sheet name or merged over a group of rows. An error in it would also change other rows."""
    return field.source == "_sheet" or field.name in view.merged


def _draw_key(name: str) -> str:
    """Longitude and latitude share a draw, so a missing point lacks both."""
    return "point" if name in ("longitude", "latitude") else name


def _true_shape(resource: Resource) -> list[str]:
    """Select items shape_key and shape (WKT in CGCS2000 degrees) of a resource whose rows have a key and a shape or a point."""
    names = {field.name for field in resource.fields}
    shapes = [f'"{field.name}"' for field in resource.fields if field.element.startswith("geometry")]
    if {"longitude", "latitude"} <= names:
        shapes.append("'POINT (' || longitude || ' ' || latitude || ')'")
    if not shapes or not names.issuperset(resource.key):
        return []
    key = ", ".join(f'"{name}"' for name in resource.key)
    return [f"concat_ws('|', {key}) as shape_key", f"{shapes[0]} as shape"]


def _truth_columns(resource: Resource, types: dict[str, str], kinds: dict[str, str]) -> tuple[list[str], list[str]]:
    """Select items t<i>, e<i> of each person and organisation entity, and the view's columns that they need."""
    items, carried = [], set()
    for i, entity in enumerate(resource.entities):
        if entity.subject == "address":
            continue
        column = f"{entity.subject}_{entity.role}"
        if column not in types:
            raise KeyError(f"the view of {resource.id} lacks column {column}")
        carried.add(column)
        causes = [kinds[name] for name in _fields_of(resource, *entity.values.values()) if kinds[name] != "null"]
        if f"error_{column}" in types:
            carried.add(f"error_{column}")
            causes.append(f"error_{column}")
        kind = f"nullif(concat_ws(',', {', '.join(causes)}), '')" if causes else "null::varchar"
        items.append(f"{column} as t{i}, {kind} as e{i}")
    return items, sorted(carried)


def _error_sources(resource: Resource, rates: ErrorRates) -> tuple[dict[str, dict[str, str]], list[str], list[str]]:
    """Per field the columns of error sources that its errors can need, their select items, and the joins."""
    columns: dict[str, dict[str, str]] = {field.name: {} for field in resource.fields}
    items, joins = [], []
    for i, entity in enumerate(resource.entities):
        sources = [
            source
            for source in ERROR_SOURCES
            if source.subject == entity.subject and source.attribute in entity.values and getattr(rates, source.kind)
        ]
        for source in sources:
            items.append(f"s{i}.{source.column} as {source.column}_{i}")
            for field in _fields_of(resource, entity.values[source.attribute]):
                columns[field][source.column] = f"{source.column}_{i}"
        if sources:
            subject = entity.subject
            joins.append(f"left join {subject}_error_source as s{i} on s{i}.id = {subject}_{entity.role}")
    return columns, items, joins


def _fields_of(resource: Resource, *values: str) -> list[str]:
    """The delivered fields from which values of an entity come, directly or through derived columns."""
    derived = {column.name: column.sql for column in resource.derived}
    names = [field.name for field in resource.fields]
    wanted: set[str] = set()
    queue = list(values)
    while queue:
        name = queue.pop()
        if name in derived:
            queue += [word for word in re.findall(r"[a-z_0-9]+", derived[name]) if word in names or word in derived]
        else:
            wanted.add(name)
    return [name for name in names if name in wanted]

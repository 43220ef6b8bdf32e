"""The feedback to a publisher as queries over the published file: quarantined rows and values, counts, batches.

Here: the queries, and what each field was expected to hold. Not here: the layout of a sheet (sheets.py).
"""

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from suining_data.catalog import Catalog, Derived, Field, Format, Resource
from suining_data.elements import ELEMENTS

TAB = "\t"
MOST_CHARACTERS = 32_000  # a cell holds 32,767
EXPECTATION = pa.schema(
    [
        ("resource_id", pa.string()),
        ("resource_name", pa.string()),
        ("field", pa.string()),  # null for a whole line
        ("label", pa.string()),
        ("expected", pa.string()),
        ("sources", pa.list_(pa.string())),  # the delivered columns from which a derived column is computed
    ]
)
# governance.quarantine.scope -> how the line, row or value was treated
TREATED = "case scope when 'line' then '整行未能读入' when 'row' then '整行未入库' else '该值未采用，其余已入库' end"

# a refused batch that was not delivered again later under the same name
REFUSED = """status = 'refused' and not exists (
        from governance.batch as later where later.resource_id = batch.resource_id
            and later.file_name = batch.file_name and later.first_seen_at > batch.first_seen_at)"""
UNITS = f"""
    select unit_id, count(*) as rows from governance.quarantine group by unit_id
    union
    select unit_id, 0 from governance.batch where {REFUSED}
        and unit_id not in (select unit_id from governance.quarantine)
    union
    select unit_id, 0 from governance.silent_revision where unit_id not in (select unit_id from governance.quarantine)
    order by unit_id
"""
# A derived column was not delivered, so the columns from which it was computed are shown. The row of a confidential person is
# no JSON any more.
ROWS = f"""
    with quarantined as (
        select *, case when scope <> 'line' and json_valid(raw_text) then cast(cast(raw_text as json) as map(varchar, varchar)) end as cells
        from governance.quarantine where unit_id = $unit
    )
    select file_name, line_number, coalesce(resource_name, quarantined.resource_id),
        coalesce(label, quarantined.field), quarantined.field,
        left(coalesce(received, list_aggregate([s || '=' || cells[s] for s in sources if cells[s] is not null],
            'string_agg', '；')), {MOST_CHARACTERS}),
        ticket, reason, expected, {TREATED},
        left(case when cells is null then raw_text else list_aggregate(
            [entry.key || '=' || coalesce(entry.value, '') for entry in map_entries(cells)], 'string_agg', '；')
        end, {MOST_CHARACTERS})
    from quarantined left join expectation
        on expectation.resource_id = quarantined.resource_id and expectation.field is not distinct from quarantined.field
    left join (
        select ticket, resource_id, rule, field from governance.correction where kind = 'quarantine' and status = 'open'
    ) as correction on correction.resource_id = quarantined.resource_id and correction.rule = quarantined.rule
        and correction.field is not distinct from quarantined.field
    order by quarantined.resource_id, file_name, line_number, quarantined.field, quarantined.rule
"""
COUNTS = f"""
    with counted as (
        select resource_id, field, reason, scope, count(*) as rows
        from governance.quarantine where unit_id = $unit group by all
    )
    select coalesce(resource_name, counted.resource_id), coalesce(label, counted.field), reason, {TREATED}, rows
    from counted left join expectation
        on expectation.resource_id = counted.resource_id and expectation.field is not distinct from counted.field
    order by counted.resource_id, rows desc, reason, counted.field
"""
BATCHES = f"""
    select coalesce(resource_name, resource_id), file_name, left(coalesce('未采用：' || refusal_zh, '已采用'), {MOST_CHARACTERS}),
        strftime(first_seen_at, '%Y-%m-%d'), batch.lines_total, rejected, quarantined, account.superseded, staged
    from governance.batch
    left join governance.row_account as account using (resource_id, batch_id)
    left join (select distinct resource_id, resource_name from expectation) using (resource_id)
    where unit_id = $unit and (status = 'in_force' or {REFUSED})
    order by resource_id, file_name, first_seen_at
"""
# what a delivery says otherwise about the past than the one before it: file and line of both, for the unit to look up
REVISIONS = """
    select coalesce(resource_name, revision.resource_id), coalesce(label, revision.field), revision.field,
        cast(own_date as varchar), former_file_name, former_line_number, file_name, line_number
    from governance.silent_revision as revision left join expectation
        on expectation.resource_id = revision.resource_id and expectation.field = revision.field
    where unit_id = $unit
    order by revision.resource_id, file_name, line_number, revision.field
"""


def expectations(catalog: Catalog) -> pa.Table:
    """One row per field and derived column of the catalogue, and one per resource for its lines: schema EXPECTATION."""
    rows: dict[tuple[str, str | None], tuple[object, ...]] = {}
    for resource in catalog.resources:
        rows[resource.id, None] = (resource.id, resource.name, None, None, line_expected(resource), [])
        for column in resource.columns:
            field, sources = _quarantine_field(resource, column)
            row = (resource.id, resource.name, field, column.label, ELEMENTS[column.element].expected, sources)
            rows.setdefault((resource.id, field), row)
    return pa.table([list(values) for values in zip(*rows.values(), strict=True)], schema=EXPECTATION)


def _quarantine_field(resource: Resource, column: Field | Derived) -> tuple[str, list[str]]:
    """The name of a column in governance.quarantine, and the delivered columns from which a derived one is computed."""
    if isinstance(column, Field):
        return column.source, []
    names = {part.name for part in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(exp.Column)}
    return column.name, list(dict.fromkeys(field.source for field in resource.fields if field.name in names))


def line_expected(resource: Resource) -> str:
    """How a file of the resource should look, in Chinese."""
    delivery = resource.delivery
    columns = list(dict.fromkeys(field.source for field in resource.fields))
    form = f"{delivery.format.value} 文件"
    if delivery.format is not Format.XLSX:
        form += f"，编码 {delivery.encoding}"
    if delivery.format is Format.CSV:
        form += f"，以{'制表符' if delivery.delimiter == TAB else delivery.delimiter}分隔，一行一条记录"
    return f"{form}；列：{'、'.join(columns)}"


def units_with_feedback(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Unit id -> number of its quarantined rows, for every unit with quarantined rows, a refused file or a
    silent revision."""
    return dict(con.execute(UNITS).fetchall())

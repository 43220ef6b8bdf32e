"""The score of every resource and day by the dimensions of GB/T 36344-2018: so many of so many, never a share alone.

Here: what is counted of each dimension, the tables governance.quality_score and registry.quality_score.
Not here: the rules (contracts.py), why a row is quarantined (standardization/), when the score is written (orchestration/),
how it is shown (publication/).

What is counted, of the current batches (denominator; what is not in the numerator):

- conformity 规范性: values delivered, rows times columns; values that broke a rule of form, columns that nobody declared.
- completeness 完整性: mandatory values, rows times mandatory columns (rows where none is mandatory); those that are empty, content
  that no reader read, batches of an unexpected size.
- accuracy 准确性: values delivered; values that broke a rule of accuracy.
- consistency 一致性: values delivered; values of the past that a delivery revised silently, values that broke a rule of consistency.
- timeliness 时效性: the delivery that is due, and full deliveries that came too late; an overdue one, and those that came too late.
- accessibility 可访问性: lines delivered, where a refused delivery weighs as much as a usual one of the resource; lines that are no
  row, refused deliveries.

What has no rows (a file with unread content, an undeclared column) counts as one. A dimension of which nothing can be counted has no
row: a resource that was never delivered has no conformity.

The history has only changes: the score of a day is that of the last row on or before it. When one resource of a unit changes in a
dimension, all resources of the unit get a row of that day for it, so that the sum of a day is the whole unit's. A later run of a day
replaces what an earlier one wrote for that day, and a day on which nothing changes adds nothing. Where a resource or a dimension ends,
its last row is 0 of 0. The history cannot be computed again, so it is in schema registry, of which there is a copy beside the warehouse.
"""

from datetime import date

import duckdb

from suining_data.catalog import Catalog
from suining_data.catalog.model import Cycle
from suining_data.quality.rules import CHECK_OF_DIMENSION
from suining_data.sql import literal
from suining_data.standardization.rules import element_of
from suining_data.warehouse import STAGING, swap

SCORES = "governance.quality_score"
KEPT_SCORES = "registry.quality_score"
COLUMNS = (
    "scored_on date, unit_id varchar, resource_id varchar, dimension varchar, numerator bigint, denominator bigint"
)
KEY = "unit_id, resource_id, dimension"
BATCH_RULES = ("expected_rows", "schema")  # rules of a suite whose failures are not values of rows
Connection = duckdb.DuckDBPyConnection


def create_scores(con: Connection) -> None:
    """Create the history of the score, if it does not exist."""
    con.execute(f"create table if not exists {KEPT_SCORES} ({COLUMNS})")


def write_scores(con: Connection, catalog: Catalog, day: date) -> int:
    """Write the staging table of governance.quality_score: the history, and what the score of `day` changes in it."""
    con.execute(
        f"""
        create or replace table {SCORES}{STAGING} as
        with score as ({_select(catalog)}),

        before as (
            select {KEY}, arg_max(numerator, scored_on) as numerator, arg_max(denominator, scored_on) as denominator
            from {KEPT_SCORES} where scored_on < $day group by all
        ),

        present as (
            select {KEY}, coalesce(score.numerator, 0) as numerator, coalesce(score.denominator, 0) as denominator,
                before.numerator as former, before.denominator as former_denominator
            from score full join before using ({KEY})
        )

        from (
            from {KEPT_SCORES} where scored_on <> $day
            union all
            select $day, {KEY}, numerator, denominator from (
                select *, bool_or((numerator, denominator) is distinct from (former, former_denominator))
                    over (partition by unit_id, dimension) as has_changed
                from present
            )
            where has_changed and (denominator > 0 or former_denominator > 0)
        )
        order by all
        """,
        {"day": day},
    )
    return int(con.execute(f"select count(*) from {SCORES}{STAGING}").fetchall()[0][0])


def promote_scores(con: Connection) -> None:
    """Make the staging table current, and keep the history; call it in a transaction."""
    swap(con, SCORES)
    con.execute(f"create or replace table {KEPT_SCORES} as from {SCORES}")


def _select(catalog: Catalog) -> str:
    """SELECT of unit, resource, dimension, numerator and denominator, as the tables of schema governance are now."""
    dimension = {zh: f"'{en}'" for zh, en in CHECK_OF_DIMENSION.items()}
    conformity, completeness, accuracy, consistency, timeliness, accessibility = dimension.values()
    return f"""
        with resource(resource_id, unit_id, columns, mandatory, has_due_date) as (values {_resources(catalog)}),

        rule(resource_id, field, rule, dimension) as (values {_rules(catalog)}),

        batch as (select resource_id, batch_id from governance.batch where status = 'in_force'),

        delivered as (
            select resource_id, sum(raw) as rows, sum(rejected) as rejected, count(*) as batches
            from governance.row_account semi join batch using (resource_id, batch_id) group by resource_id
        ),

        failed_check as (
            select split_part(table_name, '.', 1) as stage, split_part(table_name, '.', 2) as resource_id, check_name,
                cast((metadata ->> 'failed') as bigint) as failed, metadata
            from governance.check_result where not has_passed
        ),

        kept_value as (
            select resource_id, check_name as dimension, unnest(map_entries(
                cast((metadata -> 'failed_by_rule') as map(varchar, bigint)))) as rule
            from failed_check where stage = 'staged' and (metadata -> 'failed_by_rule') is not null
        ),

        broken as (
            select resource_id, dimension, sum(n) as n from (
                select q.resource_id, coalesce(dimension, {conformity}) as dimension,
                    count(distinct (q.record_id, q.field)) as n
                from governance.quarantine as q left join rule
                    on rule.resource_id = q.resource_id and rule.field = q.field and rule.rule = q.rule
                where scope <> 'line' group by all
                union all
                select resource_id, dimension, rule.value from kept_value where rule.key not in {BATCH_RULES}
                union all
                select resource_id, {consistency}, count(*)
                from governance.silent_revision semi join batch using (resource_id, batch_id) group by resource_id
            ) group by all
        ),

        alone as (  -- what has no rows
            select resource_id, dimension, sum(n) as n from (
                select resource_id, dimension, rule.value as n from kept_value where rule.key in {BATCH_RULES}
                union all
                select resource_id, {completeness}, failed from failed_check where stage = 'raw' and check_name = 'files_whole'
                union all
                select resource_id, {conformity}, failed from failed_check where stage = 'raw' and check_name = 'columns_declared'
            ) group by all
        ),

        refused as (
            select resource_id, sum(failed) as deliveries from failed_check
            where check_name in ('batches_accepted', 'exchange_read') group by resource_id
        ),

        problem as (
            select resource_id, count(*) filter (kind = 'overdue') as overdue, count(*) filter (kind = 'late') as late
            from governance.delivery_problem group by resource_id
        ),

        counted as (
            select unit_id, resource_id, dimension, of_rows + coalesce(alone.n, 0) as denominator,
                of_rows - coalesce(broken.n, 0) as numerator
            from (
                select unit_id, resource_id, unnest([{conformity}, {accuracy}, {consistency}, {completeness}]) as dimension,
                    coalesce(rows, 0) * case when dimension = {completeness} then greatest(mandatory, 1) else columns end as of_rows
                from resource left join delivered using (resource_id)
            )
            left join broken using (resource_id, dimension) left join alone using (resource_id, dimension)
            union all
            select unit_id, resource_id, {timeliness}, 1 + coalesce(late, 0), if(coalesce(overdue, 0) > 0, 0, 1)
            from resource left join problem using (resource_id) left join delivered using (resource_id)
            where has_due_date and (rows is not null or overdue > 0)  -- what was never delivered and is not due yet has no score
            union all
            select unit_id, resource_id, {accessibility},
                coalesce(rows + rejected, 0) + coalesce(deliveries, 0) * greatest(coalesce(rows // batches, 0), 1),
                coalesce(rows, 0)
            from resource left join delivered using (resource_id) left join refused using (resource_id)
        )

        select unit_id, resource_id, dimension, greatest(cast(numerator as bigint), 0) as numerator,
            cast(denominator as bigint) as denominator
        from counted where denominator > 0"""


def _resources(catalog: Catalog) -> str:
    """SQL values: what the catalogue declares of each resource that is read."""
    rows = (
        f"({literal(resource.id)}, {literal(catalog.unit_of(resource.id).id)}, {len(resource.fields)}, "
        f"{sum(field.required for field in resource.fields)}, "
        f"{resource.cycle is not Cycle.OTHER and not resource.delivery.exchange})"
        for resource in catalog.shared
    )
    return ", ".join([*rows]) or "(null, null, 0, 0, false)"


def _rules(catalog: Catalog) -> str:
    """SQL values: the rules of values that are of another dimension than conformity, by the field that quarantine names."""
    found = {
        (resource.id, getattr(column, "source", column.name), rule.id, rule.dimension)
        for resource in catalog.shared
        for column in resource.columns
        for rule in (*element_of(column).rules, *element_of(column).text_rules)
        if CHECK_OF_DIMENSION[rule.dimension] != "conformity"
    } | {
        (resource.id, field.source, "required", "完整性")
        for resource in catalog.shared
        for field in resource.fields
        if field.required
    }
    rows = (
        f"({literal(resource)}, {literal(field)}, {literal(rule)}, {literal(CHECK_OF_DIMENSION[dimension])})"
        for resource, field, rule, dimension in sorted(found)
    )
    return ", ".join([*rows]) or "(null, null, null, null)"

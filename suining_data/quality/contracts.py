"""The rules of a table, derived from declarations: catalogue and elements for staged, schema.yml for base tables.

Here: which rules a table has. Not here: how they are validated (suite.py, engine.py).

Standardisation applies the rules of an element to every value. The same rules are validated again on the written table,
so that a mistake in the cleaning, the typing or a golden value stops the table.
"""

from collections.abc import Iterable, Mapping

from suining_data.catalog import Derived, Field, Resource
from suining_data.elements import ELEMENTS, Element, Rule, Then
from suining_data.models import ColumnContract, Model, ModelContract
from suining_data.quality.rules import SCHEMA, Severity, TableRule
from suining_data.quality.suite import Suite
from suining_data.sql import literals
from suining_data.standardization.rules import element_of, rules_of_field

ROW_KEYS = {"record_id": "bigint", "batch_id": "varchar", "line_number": "bigint"}
FAILED_RULES = {"failed_rules": "varchar[]"}


def staged_suite(resource: Resource) -> Suite:
    """The rules of staged.<resource>: what standardisation guarantees blocks, what it lets through warns."""
    types = {column.name: ELEMENTS[column.element].sql_type for column in resource.columns}
    rules = [
        schema_rule(ROW_KEYS | types | FAILED_RULES),
        *_not_null(ROW_KEYS),
        unique_rule("record_id", ["record_id"]),
        *(_required_value(field) for field in resource.fields if field.required),
        unique_rule("key", resource.row_key),
        *(rule for column in resource.columns for rule in element_rules(column.name, element_of(column))),
        *(rule for column in resource.columns for rule in _warnings(column)),
        *_expected_rows(resource),
    ]
    return Suite(f"staged.{resource.id}", keys=("record_id",), rules=tuple(rules))


def base_suite(model: Model) -> Suite:
    """The rules of a base table, from its contract in schema.yml."""
    return contract_suite(model.table, model.contract)


def contract_suite(table: str, contract: ModelContract) -> Suite:
    """The rules that `contract` states of `table` (schema.name)."""
    rules = [schema_rule({name: _type(column) for name, column in contract.columns.items()})]
    if contract.materialized != "view":  # the rows of a view come from tables that were validated
        rules += _column_rules(table, contract)
    rules += [
        TableRule(
            test.id, test.dimension, Severity(test.severity), test.zh, test.en, failing_rows=test.sql.strip(" \n;")
        )
        for test in contract.tests
    ]
    referenced = dict.fromkeys(column.reference[0] for column in contract.columns.values() if column.reference)
    return Suite(
        table,
        keys=tuple(name for name in contract.key if _may_be_shown(contract.columns[name])),
        rules=tuple(rules),
        reads=tuple(name for name in referenced if name != table),
        is_of_view=contract.materialized == "view",
    )


def _column_rules(table: str, contract: ModelContract) -> list[TableRule]:
    """Rules that every row of a table must meet."""
    rules = list(
        _not_null(name for name, column in contract.columns.items() if column.not_null or name in contract.key)
    )
    rules.append(unique_rule("key", contract.key))
    for name, column in contract.columns.items():
        if column.unique and contract.key != [name]:
            rules.append(unique_rule(f"{name}:unique", [name]))
        if column.accepted is not None:
            rules.append(accepted_rule(name, column.accepted))
        if column.element:
            rules += element_rules(name, ELEMENTS[column.element])
        if column.reference:
            rules.append(reference_rule(table, name, *column.reference))
    return rules


def schema_rule(types: Mapping[str, str | None]) -> TableRule:
    """The columns are the declared ones and have the declared types (None: any type)."""
    declared = ", ".join(f"('{name}', {f'typeof(null::{type})' if type else 'null'})" for name, type in types.items())
    return TableRule(
        SCHEMA,
        "规范性",
        Severity.BLOCK,
        "列或类型与声明不符",
        "columns or types are not as declared",
        failing_rows=f"""
            select coalesce(declared.column_name, present.column_name) as column_name,
                declared.type as declared, present.column_type as found
            from (values {declared}) as declared(column_name, type)
            full join (describe {{table}}) as present on present.column_name = declared.column_name
            where declared.column_name is null or present.column_name is null or declared.type <> present.column_type
        """,
    )


def unique_rule(id: str, key: Iterable[str]) -> TableRule:
    """No two rows share the key; rows with an empty key column are not compared."""
    columns = ", ".join(key)
    has_key = " and ".join(f"{column} is not null" for column in columns.split(", "))
    return TableRule(
        id if id.endswith(":unique") else f"{id}:unique",
        "准确性",
        Severity.BLOCK,
        f"{columns} 重复",
        f"{columns} is not unique",
        failing_rows=f"""
            select * from {{table}} semi join (
                select {columns} from {{table}} where {has_key} group by {columns} having count(*) > 1
            ) using ({columns})
        """,
    )


def accepted_rule(column: str, values: Iterable[str | int | bool]) -> TableRule:
    """Values are listed ones, or null."""
    listed = literals(values)
    return TableRule(
        f"{column}:accepted",
        "规范性",
        Severity.BLOCK,
        f"{column} 不在允许的取值中",
        f"{column} is not one of the accepted values",
        breaks=f"{column} not in ({listed})",
    )


def reference_rule(table: str, column: str, referenced: str, referenced_column: str) -> TableRule:
    """Values are in the referenced column, or null; a table may refer to itself."""
    return TableRule(
        f"{column}:references",
        "一致性",
        Severity.BLOCK,
        f"{column} 在 {referenced} 中不存在",
        f"{column} is not in {referenced}",
        failing_rows=f"""
            select * from {{table}} as referring
            anti join {"{table}" if referenced == table else referenced} as referenced
            on referring.{column} = referenced.{referenced_column}
            where referring.{column} is not null
        """,
        refers_to=None if referenced == table else (referenced, referenced_column),
    )


def element_rules(column: str, element: Element) -> list[TableRule]:
    """The rules of the element that no written value of `column` may break: those that warn only are left out."""
    return [
        TableRule(
            f"{column}:{rule.id}",
            rule.dimension,
            Severity.BLOCK,
            f"{column}（{element.label}）{rule.reason}",
            f"{column} breaks {element.id}.{rule.id}",
            breaks=f"{column} is not null and not ({rule.holds.replace('{v}', column)})",
        )
        for rule in element.rules
        if rule.then is not Then.WARN and "{x}" not in rule.holds
    ]


def _required_value(field: Field) -> TableRule:
    """A required value is empty only if failed_rules has the rule that emptied it."""
    emptying = (rule.id for rule in rules_of_field(field) if rule.then in (Then.QUARANTINE_VALUE, Then.DISCARD))
    reasons = literals(emptying)
    return TableRule(
        f"{field.name}:required",
        "完整性",
        Severity.BLOCK,
        f"{field.label}为空且没有说明原因的规则",
        f"{field.name} is empty and no rule says why",
        breaks=f"{field.name} is null and not coalesce(list_has_any(failed_rules, [{reasons}]::varchar[]), false)",
    )


def _warnings(column: Field | Derived) -> list[TableRule]:
    """Rules that keep the value: standardisation wrote the broken ones into failed_rules."""
    return [_warning(column, rule) for rule in element_of(column).rules if rule.then is Then.WARN]


def _warning(column: Field | Derived, rule: Rule) -> TableRule:
    id = f"{column.name}:{rule.id}"
    return TableRule(
        id,
        rule.dimension,
        Severity.WARN,
        f"{column.label}：{rule.reason}",
        f"{column.name} breaks {column.element}.{rule.id}",
        breaks=f"list_contains(failed_rules, '{id}')",
    )


def _expected_rows(resource: Resource) -> list[TableRule]:
    """A batch has more rows than the catalogue expects, or there is none although some are expected.

    Too few rows are no warning here: a sample of a smaller city is correct. Ingestion compares a batch with the one
    before and finds a collapse.
    """
    most, least = resource.expected_rows.max, resource.expected_rows.min
    return [
        TableRule(
            "expected_rows",
            "完整性",
            Severity.WARN,
            f"批次行数超过预期的 {most}，或应有数据而没有",
            f"a batch has more rows than the {most} expected, or there are none where some are expected",
            failing_rows=f"""
                select batch_id, count(*) as rows from {{table}} group by batch_id having count(*) > {most}
                union all
                select null, 0 where {least} > 0 and not exists (from {{table}})
            """,
        )
    ]


def _not_null(columns: Iterable[str]) -> list[TableRule]:
    return [
        TableRule(
            f"{column}:required",
            "完整性",
            Severity.BLOCK,
            f"{column} 为空",
            f"{column} is null",
            breaks=f"{column} is null",
        )
        for column in columns
    ]


def _type(column: ColumnContract) -> str | None:
    return column.type or (ELEMENTS[column.element].sql_type if column.element else None)


def _may_be_shown(column: ColumnContract) -> bool:
    """Whether values of a key column may be shown as samples: opaque ids, codes, periods; no number of a document."""
    element = ELEMENTS[column.element] if column.element else None
    sensitivity = column.sensitivity or (element.sensitivity if element else None)
    is_number_or_code = element is None or element.sql_type != "varchar" or element.id.endswith("_code")
    return sensitivity in ("L1", "L2") and is_number_or_code and not (element and element.is_personal)

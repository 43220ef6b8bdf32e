"""Another consequence of a rule of one column, as `--rule RESOURCE.COLUMN.RULE=CONSEQUENCE` asks for it.

Here: the column as it would be declared. Not here: what a rule says (elements/), what a consequence does (standardization/).

A rule that quarantines can quarantine the row or the value. It cannot be switched off in one column: base tables
stop at a value that breaks it. Only `required` can be, because the column itself declares it.
"""

from collections.abc import Collection

from suining_data.catalog import Derived, Field
from suining_data.elements import ELEMENTS
from suining_data.whatif.proposal import Proposal

RULE_FORM = "RESOURCE.COLUMN.RULE=CONSEQUENCE"
ROW, VALUE, OFF = "quarantine", "quarantine_value", "off"
REQUIRED = "required"


def with_rule(proposal: Proposal, asked: str) -> Proposal:
    """The proposal with this consequence of the rule. Raises ValueError that says what there is."""
    place, _, consequence = asked.partition("=")
    names = [*place.strip().split("."), "", ""][:3]
    resources = {resource.id: resource for resource in proposal.catalog.shared}
    resource = resources[_one_of(names[0], resources, "资源 resource")]
    columns = {column.name: column for column in resource.columns}
    column = columns[_one_of(names[1], columns, "列 column")]
    own = [rule.id for rule in ELEMENTS[column.element].rules]
    rule = _one_of(names[2], [*own, *([REQUIRED] if isinstance(column, Field) else [])], "规则 rule")
    changed = _with_consequence(column, rule, consequence.strip())
    replaced = {
        kind: [changed if each.name == column.name else each for each in declared]
        for kind, declared in (("fields", resource.fields), ("derived", resource.derived))
    }
    return proposal.with_resource(resource.model_copy(update=replaced))


def _with_consequence(column: Field | Derived, rule: str, consequence: str) -> Field | Derived:
    if rule == REQUIRED:
        return column.model_copy(update={REQUIRED: _one_of(consequence, (ROW, OFF), "后果 consequence") == ROW})
    if consequence in (OFF, "warn"):
        raise ValueError(
            f"{rule}={consequence}: 基础表不接受不合此规则的值，只能选 {ROW}（隔离整行）或 {VALUE}（该值置空） "
            f"(base tables stop at a value that breaks this rule; choose {ROW} for the row or {VALUE} for the value)"
        )
    asked = {rule: _one_of(consequence, (ROW, VALUE), "后果 consequence")}
    of_element = {each.id: each.then for each in ELEMENTS[column.element].rules}
    declared = {name: own for name, own in {**column.rules, **asked}.items() if own != of_element[name]}
    return column.model_copy(update={"rules": declared})


def _one_of(name: str, known: Collection[str], kind: str) -> str:
    if name not in known:
        raise ValueError(
            f"{name or '?'}: 没有这样的{kind}，请写作 (no such {kind.split()[1]}, write) {RULE_FORM}；"
            f"有 (there are): {', '.join(known)}"
        )
    return name

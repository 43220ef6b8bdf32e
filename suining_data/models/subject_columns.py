"""Columns of schema.yml that follow from a subject: a stand-in such as `{golden_of: person}` is replaced by them.

Here: from the declaration of a subject to the contracts of columns, as schema.yml would write them. Not here: the shape
of a contract (contract.py), what a subject declares (subjects/).

    golden_of: one column per attribute whose values compete; formerly_golden_of: the same in a history;
    sources_of: the columns with their source rows; recorded_of: what a record reports, with authorities;
    doubted_of: the attributes whose values may be in doubt.
    `accepted: {conflicts_of: person, also: [...]}` is replaced by the attributes that may be in conflict.
"""

from collections.abc import Callable
from typing import Any

from suining_data.subjects import Attribute, Subject, load_subjects

Column = dict[str, Any]


def with_subject_columns(table: dict[str, Any]) -> dict[str, Any]:
    """The body of a table in schema.yml with every stand-in replaced. KeyError when a subject is unknown."""
    columns: dict[str, Column] = {}
    for name, column in (table.get("columns") or {}).items():
        columns |= _replaced(name, column)
    return {**table, "columns": columns}


def _replaced(name: str, column: Column) -> dict[str, Column]:
    for key, columns_of in STAND_INS.items():
        if isinstance(column, dict) and set(column) == {key}:
            return columns_of(load_subjects()[column[key]])
    accepted = column.get("accepted") if isinstance(column, dict) else None
    if isinstance(accepted, dict):
        return {name: {**column, "accepted": [*_accepted(accepted), *accepted.get("also", [])]}}
    return {name: column}


def _accepted(accepted: dict[str, str]) -> list[str]:
    attributes = load_subjects()[accepted["conflicts_of"]].attributes
    return [attribute for attribute, each in attributes.items() if each.conflict]


def _golden(subject: Subject) -> dict[str, Column]:
    return {each.golden.column or name: _golden_column(each) for name, each in subject.surviving.items()}


def _golden_column(attribute: Attribute) -> Column:
    golden = attribute.golden
    is_other_value = golden.column is not None or golden.type is not None  # an id, or a value that the model computes
    return _given(
        element=None if is_other_value else attribute.elements[0],
        references=golden.references,
        type=golden.type,
        unique=golden.unique or None,
        sensitivity=golden.sensitivity or attribute.sensitivity,
        zh=golden.zh or attribute.zh,
        en=golden.en or attribute.en,
    )


def _formerly_golden(subject: Subject) -> dict[str, Column]:
    """The golden columns in a table of all their states: no value is unique there, and what it refers to may be gone."""
    columns = _golden(subject)
    for column in columns.values():
        column.pop("unique", None)
        if column.pop("references", None):
            column.setdefault("type", "varchar")
    return columns


def _sources(subject: Subject) -> dict[str, Column]:
    return {
        each.source.column: {
            "type": "bigint",
            "identifies": "row",
            "sensitivity": "L1",
            "zh": each.source.zh,
            "en": each.source.en,
        }
        for each in subject.surviving.values()
        if each.source
    }


def _recorded(subject: Subject) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, each in subject.recorded.items():
        columns[name] = _given(element=each.elements[0], sensitivity=each.sensitivity, zh=each.zh, en=each.en)
        if name in subject.ranked:
            columns[f"{name}_authority"] = {
                "type": "tinyint",
                "sensitivity": "L1",
                "zh": f"{each.zh}的权威性（1最高）",
                "en": f"Authority of the {each.en[0].lower()}{each.en[1:]}, 1 is best",
            }
    return columns


def _doubted(subject: Subject) -> dict[str, Column]:
    return {
        name: {
            "type": "varchar",
            "codes": f"{subject.name}_doubt",
            "accepted": list(doubts),
            "sensitivity": "L1",
            "zh": f"{subject.recorded[name].zh}存疑的原因",
            "en": f"Doubt of the {subject.recorded[name].en[0].lower()}{subject.recorded[name].en[1:]}",
        }
        for name, doubts in subject.doubted.items()
    }


def _given(**values: Any) -> Column:
    return {key: value for key, value in values.items() if value is not None}


STAND_INS: dict[str, Callable[[Subject], dict[str, Column]]] = {
    "golden_of": _golden,
    "formerly_golden_of": _formerly_golden,
    "sources_of": _sources,
    "recorded_of": _recorded,
    "doubted_of": _doubted,
}

"""The format of a unit's YAML, as a JSON Schema for editors and as a reference for people.

Here: the JSON Schema of a unit file and the reference in docs/catalogue.md, both generated from the models.
Not here: the meaning of each key (model.py), rules that a schema cannot express (checking.py).
"""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from suining_data.catalog.derivations import shared_derivations
from suining_data.catalog.model import Resource, Unit
from suining_data.elements import ELEMENTS

Schema = dict[str, Any]


class UnitFile(BaseModel):
    """One department, or one provincial provider of backflow data, and what it delivers."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, title="units/<unit>.yaml")

    unit: Unit
    """The department."""
    resources: list[Resource]
    """Its information resources (信息资源)."""


def unit_schema() -> Schema:
    """JSON Schema (draft 2020-12) of a file in catalog/units/; data elements are listed by their ids."""
    schema = UnitFile.model_json_schema()
    models = schema["$defs"]
    del models["Unit"]["properties"]["resources"]  # in the file they are on the same level as the unit
    models["DataElement"] = {"type": "string", "enum": sorted(ELEMENTS)}
    for model in (models["Field"], models["Derived"]):
        model["properties"]["element"] = {
            "$ref": "#/$defs/DataElement",
            "description": model["properties"]["element"]["description"],
        }
    derived = models["Derived"]
    derived["required"].remove("sql")
    derived["oneOf"] = [{"required": ["sql"]}, {"required": ["derivation"]}]
    derived["properties"]["derivation"] |= {"enum": sorted(shared_derivations())}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def reference() -> str:
    """Every key of a unit file with its values, default and meaning: one Markdown table per level of the file."""
    schema = unit_schema()
    return "\n".join(_section(path, model, schema["$defs"]) for path, model in _objects(schema))


def _objects(schema: Schema) -> list[tuple[str, Schema]]:
    """The objects of a file with their paths; each object once, at its first path."""
    found: dict[str, tuple[str, Schema]] = {"": ("", schema)}
    waiting = [("", schema)]
    while waiting:
        path, model = waiting.pop(0)
        for key, value in model["properties"].items():
            for name, suffix in _references(value):
                inner = schema["$defs"][name]
                if "properties" in inner and name not in found:
                    found[name] = (f"{path}.{key}{suffix}".removeprefix("."), inner)
                    waiting.append(found[name])
    return list(found.values())


def _references(value: Schema) -> Iterator[tuple[str, str]]:
    """Names of the models that a value may have, with `[]` for a list."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], ""
    for choice in value.get("anyOf", ()):
        yield from _references(choice)
    if "items" in value:
        for name, suffix in _references(value["items"]):
            yield name, f"[]{suffix}"


def _section(path: str, model: Schema, models: dict[str, Schema]) -> str:
    heading = f"`{path}`" if path else "The file"
    lines = [f"### {heading}", "", _one_line(model["description"]), ""]
    lines += ["| key | value | without it | meaning |", "|---|---|---|---|"]
    for key, value in model["properties"].items():
        missing = "**required**" if key in model.get("required", ()) else _default(value.get("default"))
        cells = [f"`{key}`", _values(value, models), missing, _one_line(value.get("description", ""))]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def _values(value: Schema, models: dict[str, Schema]) -> str:
    """The allowed values of a key, as text."""
    match value:
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            text = "id of a data element" if name == "DataElement" else _values(models[name], models)
        case {"anyOf": choices}:
            text = " or ".join(_values(choice, models) for choice in choices if choice.get("type") != "null")
        case {"enum": allowed}:
            text = ", ".join(f"`{_shown(each)}`" for each in allowed)
        case {"const": only}:
            text = f"`{_shown(only)}`"
        case {"properties": _}:
            text = "mapping, see below"
        case {"patternProperties": keys}:
            (inner,) = keys.values()
            text = f"mapping: name -> {_values(inner, models)}"
        case {"additionalProperties": inner}:
            text = f"mapping: text -> {_values(inner, models)}"
        case {"items": inner}:
            text = f"list: {_values(inner, models)}"
        case {"minimum": least, "maximum": greatest}:
            text = f"integer from {least} to {greatest}"
        case {"minimum": least}:
            text = f"integer from {least}"
        case {"pattern": pattern}:
            text = f"text like `{pattern}`"
        case _:
            text = {"string": "text", "boolean": "`true`, `false`"}[value["type"]]
    return text


def _default(value: Any) -> str:
    return "" if value in (None, [], {}) else f"`{_shown(value)}`"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("\t", "\\t")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

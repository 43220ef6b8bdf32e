"""Jinja in model files: `ref`, `var` and the macros of dbt_like_sql/macros, available everywhere without import.

Also available: `var('city')`, the content of city.yaml; `subject`, a subject of subjects/; `kept`, the tables
of history/; `literal`, which quotes a
value; `declared`, rows of what is declared outside SQL; `crs` and `issuer`, the coordinate system of a resource and the
issuer of its licences; the functions of elements/organization_names.py and packed_keys.py; `address_text` and `is_no_town` of linkage/.

Here: from template to SQL text. Not here: reading the SQL (reading.py), the macros (dbt_like_sql/macros/).
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes

from suining_data import packed_keys
from suining_data.city import City, load_city
from suining_data.elements.organization_names import is_short_form, name_core, parent_name
from suining_data.history import KEPT
from suining_data.linkage import address_text, is_no_town
from suining_data.models.declared_rows import declared
from suining_data.models.errors import ModelError, place
from suining_data.sql import literal
from suining_data.subjects import load_subjects


class Renderer:
    """Renders model files of one directory; `directory`/macros/*.sql are compiled once."""

    def __init__(self, directory: Path, systems: Mapping[str, str] | None = None, city: City | None = None) -> None:
        """`systems`: the coordinate system of each resource, for `crs('resource')`. Default city: that of city.yaml."""
        self.directory = directory
        self._city = city or load_city()
        self._systems = systems or {}
        self._refs: list[str] = []
        self._environment = Environment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        self._environment.globals |= {
            "ref": self._ref,
            "var": self._var,
            "literal": literal,
            "declared": declared,
            "crs": self._crs,
            "issuer": self._issuer,
            "name_core": partial(name_core, city=self._city),
            "is_short_form": partial(is_short_form, city=self._city),
            "parent_name": parent_name,
            "address_text": partial(address_text, city=self._city),
            "is_no_town": is_no_town,
            "subject": lambda name: load_subjects()[name],
            "kept": {each.name: each for each in KEPT},
            **{function.__name__: function for function in packed_keys.MACROS},
        }
        for path in sorted((directory / "macros").glob("*.sql")):
            self._add_macros(path)

    def render(self, path: Path) -> tuple[str, list[str]]:
        """The SQL of a model file, and the tables that it reads by ref() in order of first mention."""
        return self.render_text(path.read_text(encoding="utf-8"), path)

    def render_text(self, text: str, path: Path) -> tuple[str, list[str]]:
        """Like `render`, for a text; `path` is only used in errors."""
        self._refs = []
        try:
            sql = self._environment.from_string(text).render()
        except TemplateSyntaxError as error:
            raise ModelError(f"{place(path)} line {error.lineno}: {error.message}") from error
        except TemplateError as error:
            raise ModelError(
                f"{place(path)}: {error.message}; macros are those of {self.directory.name}/macros"
            ) from error
        except TypeError as error:  # a macro called with the wrong arguments
            raise ModelError(f"{place(path)}: {error}") from error
        return sql.strip(), list(dict.fromkeys(self._refs))

    def _ref(self, table: str) -> str:
        self._refs.append(table)
        return table

    def _crs(self, resource_id: str) -> str:
        """SQL literal of the coordinate system of a resource; null when it declares none."""
        system = self._systems.get(resource_id)
        return literal(system) if system else "cast(null as varchar)"

    def _issuer(self, resource_id: str) -> str:
        """SQL literal of the issuer of the licences of a resource. Raises ModelError when city.yaml has none."""
        if resource_id not in self._city.issuers:
            raise ModelError(f"issuer('{resource_id}'): city.yaml has no issuer for it; add one under `issuers`")
        return literal(self._city.issuers[resource_id])

    def _var(self, name: str) -> City:
        """The variable `city`; ModelError for every other name."""
        if name != "city":
            raise ModelError(f"var('{name}'): the only variable is `city`")
        return self._city

    def _add_macros(self, path: Path) -> None:
        """Add the macros of a file. They may call macros of any other file, because names are looked up when called."""
        text = path.read_text(encoding="utf-8")
        try:
            names = [macro.name for macro in self._environment.parse(text).find_all(nodes.Macro)]
        except TemplateSyntaxError as error:
            raise ModelError(f"{place(path)} line {error.lineno}: {error.message}") from error
        public = [name for name in names if not name.startswith("_")]
        if twice := sorted(set(public) & self._environment.globals.keys()):
            raise ModelError(f"{place(path)}: macro {', '.join(twice)} is defined elsewhere; give it another name")
        template = self._environment.from_string(text)
        self._environment.globals |= {name: partial(self._call, template, name) for name in public}

    def _call(self, template: Template, name: str, *arguments: Any, **named: Any) -> str:
        text: str = getattr(template.module, name)(*arguments, **named)
        return text

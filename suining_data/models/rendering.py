"""Jinja in model files: `ref` and the macros of dbt_like_sql/macros, available everywhere without import.

Here: text to text. Not here: what the SQL means (reading.py), what a macro says (dbt_like_sql/macros/).
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError

from suining_data.models.errors import ModelError, place


class Renderer:
    """Renders model files of one directory; `directory`/macros/*.sql are compiled once."""

    def __init__(self, directory: Path, systems: Mapping[str, str] | None = None) -> None:
        """`systems` are the coordinate systems that resources declare, for `crs('resource')`."""
        self.directory = directory
        self._systems = systems or {}
        self._refs: list[str] = []
        self._environment = Environment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        self._environment.globals["ref"] = self._ref
        self._environment.globals["crs"] = self._crs
        for path in sorted((directory / "macros").glob("*.sql")):
            self._add_macros(path)

    def render(self, path: Path) -> tuple[str, list[str]]:
        """SQL of a model file and the tables it names with ref(), in order of first mention."""
        return self.render_text(path.read_text(encoding="utf-8"), path)

    def render_text(self, text: str, path: Path) -> tuple[str, list[str]]:
        """As `render`, for a text; `path` is only named in errors."""
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
        """SQL literal of the coordinate system a resource declares; null when it declares none."""
        system = self._systems.get(resource_id)
        return f"'{system}'" if system else "cast(null as varchar)"

    def _add_macros(self, path: Path) -> None:
        try:
            module = self._environment.from_string(path.read_text(encoding="utf-8")).module
        except TemplateSyntaxError as error:
            raise ModelError(f"{place(path)} line {error.lineno}: {error.message}") from error
        macros = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        if twice := macros.keys() & self._environment.globals.keys():
            raise ModelError(
                f"{place(path)}: macro {', '.join(sorted(twice))} is defined elsewhere; give it another name"
            )
        self._environment.globals.update(macros)

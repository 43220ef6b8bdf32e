"""Base tables written as dbt-like SQL: they are read, ordered, and built as staging tables.

Here: what the other stages may use of this package. Not here: the SQL itself (dbt_like_sql/), the assets (definitions).
"""

from suining_data.models.building import build, counts
from suining_data.models.contract import ColumnContract, ContractRule, ModelContract, SourceContract, Text, described
from suining_data.models.errors import ModelError
from suining_data.models.labelled import Names, code_set_of, labelled_views, name_column, names_of
from suining_data.models.lineage import ColumnLineage, column_lineage
from suining_data.models.reading import SOURCES, Model, load_models, load_sources
from suining_data.models.rendering import Renderer
from suining_data.models.sources import declared_sources, declared_systems

__all__ = [
    "SOURCES",
    "ColumnContract",
    "ColumnLineage",
    "ContractRule",
    "Model",
    "ModelContract",
    "ModelError",
    "Names",
    "Renderer",
    "SourceContract",
    "Text",
    "build",
    "code_set_of",
    "column_lineage",
    "counts",
    "declared_sources",
    "declared_systems",
    "described",
    "labelled_views",
    "load_models",
    "load_sources",
    "name_column",
    "names_of",
]

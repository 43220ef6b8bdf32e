"""Base tables written as dbt-like SQL: they are read, ordered, and built as staging tables.

Here: what the other stages may use of this package. Not here: the SQL itself (dbt_like_sql/), the assets (definitions).
"""

from suining_data.models.building import build, counts
from suining_data.models.contract import ColumnContract, ContractRule, ModelContract, SourceContract, described
from suining_data.models.errors import ModelError
from suining_data.models.labelled import code_set_of, labelled_views
from suining_data.models.lineage import ColumnLineage, column_lineage
from suining_data.models.reading import SOURCES, Model, load_models, load_sources
from suining_data.models.rendering import Renderer
from suining_data.models.sources import declared_sources

__all__ = [
    "SOURCES",
    "ColumnContract",
    "ColumnLineage",
    "ContractRule",
    "Model",
    "ModelContract",
    "ModelError",
    "Renderer",
    "SourceContract",
    "build",
    "code_set_of",
    "column_lineage",
    "counts",
    "declared_sources",
    "described",
    "labelled_views",
    "load_models",
    "load_sources",
]

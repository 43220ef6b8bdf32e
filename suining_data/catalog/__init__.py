"""The information-resource catalogue: which resources are delivered, by which publisher, how, and what their fields mean."""

from suining_data.catalog.checking import check
from suining_data.catalog.model import Delivery, Derived, Entity, Field, Format, Mode, Pages, Resource, Unit
from suining_data.catalog.problems import Problem
from suining_data.catalog.reading import UNITS, Catalog, CatalogError, load_catalog
from suining_data.catalog.schema import reference, unit_schema

__all__ = [
    "UNITS",
    "Catalog",
    "CatalogError",
    "Delivery",
    "Derived",
    "Entity",
    "Field",
    "Format",
    "Mode",
    "Pages",
    "Problem",
    "Resource",
    "Unit",
    "check",
    "load_catalog",
    "reference",
    "unit_schema",
]

"""A part of the catalogue, and the steps of a refresh of it: a refresh of all resources takes ten times as long.

Here: the resources of the part, the models that they feed. Not here: which resources a test needs. The tables that the
part lacks must be there, empty: a refresh of a part starts from a copy of the empty warehouse (bench.py).
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from suining_data.catalog import Catalog, Resource, load_catalog
from suining_data.models import load_models
from suining_data.orchestration.pipeline import DICTIONARY, LANDING, pipeline, steps_of
from suining_data.orchestration.step import Step


def catalog_of(ids: Collection[str], edit: Callable[[Resource], Resource] = lambda resource: resource) -> Catalog:
    """The units that deliver these resources, with them alone."""
    units = [
        unit.model_copy(update={"resources": [edit(each) for each in unit.resources if each.id in ids]})
        for unit in load_catalog().units
    ]
    return Catalog(tuple(unit for unit in units if unit.resources))


def steps_of_part(catalog: Catalog) -> list[Step]:
    """The steps of its refresh, in order, with the models that a resource feeds.

    Nothing is fetched. The dictionary, from which commands take labels, is that of the whole catalogue.
    """
    ids = {resource.id for resource in catalog.shared}
    absent = {f"staged.{resource.id}" for resource in load_catalog().shared if resource.id not in ids}
    models = [replace(model, refs=tuple(name for name in model.refs if name not in absent)) for model in load_models()]
    fed = {f"raw.{id}" for id in ids}
    links = any(resource.entities for resource in catalog.shared)
    steps = []
    for step in steps_of(catalog, models):
        if step.key in fed or (links and step.group == "linked") or not fed.isdisjoint(step.upstream):
            fed.add(step.key)
            steps.append(step)
    dictionary = next(step for step in pipeline() if step.key == DICTIONARY)
    return [dictionary, *(step for step in steps if step.group != LANDING)]

"""A part of the catalogue that feeds all four bases, what its departments delivered, and the steps of its refresh.

Here: which resources the town has, its data folder, its steps. The other resources have no file and no row, and no step.
Not here: what changes (changes.py), the two ways to bring it up to date (twin.py).
"""

import shutil
from functools import cache
from pathlib import Path

from suining_data.catalog import Catalog, Format, Resource
from suining_data.catalog.model import Exchange
from suining_data.orchestration.pipeline import DICTIONARY
from suining_data.orchestration.step import Step
from suining_data.settings import Settings
from suining_data_tests.part import catalog_of, steps_of_part
from suining_data_tests.random_changes.registers import Register, can_write

EXCHANGED = "public_security__residence_registrations"  # delivered as files by the sample, by a table here
RESOURCES = frozenset(
    f"""
    sichuan_public_security__residents public_security__household_changes sichuan_public_security__cancellations
    {EXCHANGED} medical_insurance__enrolments sichuan_health__births civil_affairs__marriages
    civil_affairs__welfare_recipients
    sichuan_market_supervision__registrations market_supervision__registrations taxation__taxpayers
    market_supervision__shareholders_and_officers market_supervision__penalties taxation__credit_ratings
    market_supervision__food_drug_licenses transport__road_licenses
    natural_resources__divisions public_security__standard_addresses housing__buildings
    natural_resources__real_estate_register statistics__quarterly_gdp
    """.split()
)
SNAPSHOT = "published.snapshot"


@cache
def town_catalog() -> Catalog:
    """The units that deliver to the town, with the resources that it has."""
    return catalog_of(RESOURCES, _delivered)


def _delivered(resource: Resource) -> Resource:
    if resource.id != EXCHANGED:
        return resource
    exchange = Exchange(table="exchange.jzdj", watermark="gxsj", key=["xh"], compare_keys=True)
    delivery = resource.delivery.model_copy(update={"format": Format.POSTGRES, "exchange": exchange})
    return resource.model_copy(update={"delivery": delivery})


@cache
def town_steps(*, publish: bool = False) -> list[Step]:
    """The steps of a refresh, in order; without the models that no resource of the town feeds.

    `publish`: with the snapshot and the dictionary.
    """
    return [step for step in steps_of_part(town_catalog()) if publish or step.key not in (SNAPSHOT, DICTIONARY)]


def registers(settings: Settings) -> dict[str, Register]:
    """The resources whose files can be changed, by id."""
    return {
        resource.id: Register(resource, settings.landing / town_catalog().unit_of(resource.id).id)
        for resource in town_catalog().shared
        if can_write(resource)
    }


def copy_deliveries(delivered: Settings, settings: Settings) -> None:
    """The town's files out of those of the sample."""
    for resource in town_catalog().shared:
        unit = town_catalog().unit_of(resource.id).id
        (settings.landing / unit).mkdir(parents=True, exist_ok=True)
        if resource.delivery.exchange:
            continue
        stem = Path(resource.delivery.pattern).stem
        for file in (delivered.landing / unit).glob(f"{stem}.*"):
            shutil.copy2(file, settings.landing / unit)

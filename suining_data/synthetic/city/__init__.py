"""The synthetic city as tables of a DuckDB connection: the truth, before any department records it.

Here: `make_city`. Not here: deliveries (views/), errors (corruption.py, damage.py).
"""

import duckdb

from ..errors import ErrorRates
from ..randomness import define_macros
from . import geography, names, organizations, people, places, work

__all__ = ["make_city"]


def make_city(con: duckdb.DuckDBPyConnection, scale: float, seed: int, rates: ErrorRates) -> None:
    """Create the tables village, place, building, person, marriage, organization, ...; about 765,000 residents at scale 1."""
    define_macros(con, seed)
    weights = geography.make_villages(con, seed)
    names.load_name_slots(con)
    people.make_people_core(con, seed, int(770_000 * scale) + 20, int(9_000 * scale) + 30, weights, rates)
    names.make_names(con, rates)
    places.make_dwellings(con)
    places.make_estates_and_buildings(con)
    places.make_places(con)
    people.make_person(con)
    organizations.make_organizations(con, scale)
    work.make_relations(con, rates)

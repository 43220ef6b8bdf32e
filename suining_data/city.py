"""The facts of the city: its names and codes, its coordinates, the issuers of its licences.

Here: the models of city.yaml and reading it. Not here: what is true for every city of the country (elements/), what is
delivered (catalog/), the divisions themselves (data/reference).
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError, model_validator

CITY = Path(__file__).resolve().parent / "city.yaml"

Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]  # GB/T 2260
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
TableName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class CityError(ValueError):
    """city.yaml has an error; the message is one line with the file and the entry."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Strict):
    """A division with its full name, and its short name without the kind (省, 市)."""

    name: StrictStr
    short_name: StrictStr
    code: Code

    @model_validator(mode="after")
    def _short_name_begins_the_name(self) -> Self:
        if not self.name.startswith(self.short_name):
            raise ValueError(f"{self.name} does not begin with its short name {self.short_name}")
        return self


class County(Strict):
    """A county, present or former; `now` is the present name of a renamed county."""

    code: Code
    name: StrictStr
    now: StrictStr | None = None


class Box(Strict):
    """West, south, east and north edge, in degrees or metres."""

    west: float
    south: float
    east: float
    north: float


class Plane(Strict):
    """A coordinate system in metres, easting first; `zone` is the number at the start of its eastings."""

    crs: Annotated[str, Field(pattern=r"^EPSG:[0-9]{4,5}$")]
    zone: int | None = None

    @property
    def false_easting(self) -> int:
        """Metres that the zone adds to an easting."""
        return (self.zone or 0) * 1_000_000


class Centre(Strict):
    """A point in the city, in degrees and in metres without the zone."""

    longitude: float
    latitude: float
    x: float
    y: float


class DivisionList(Strict):
    """A reference table that lists towns, and villages perhaps, under the codes of one code system.

    The first nine digits of `column` are the code of a town. `listed_on` is a day, or the column that has it.
    """

    table: TableName
    column: Identifier
    name: Identifier
    system: Literal["NBS", "MCA"]
    listed_on: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z][a-z0-9_]*)$")]


class Tables(Strict):
    """The reference tables that list the city's divisions."""

    counties_by_year: TableName
    former_villages: TableName
    towns: list[DivisionList]


class City(Named):
    """The content of city.yaml; the comments in that file explain each entry."""

    english_name: StrictStr
    phone_area_code: Annotated[str, Field(pattern=r"^0[0-9]{2,3}$")]
    plate_prefix: Annotated[str, Field(pattern=r"^\w[A-Z]$")]
    province: Named
    counties: list[County] = Field(min_length=1)
    functional_areas: dict[StrictStr, list[StrictStr]] = {}
    misleading_towns: list[StrictStr] = []
    degrees: Box
    metres: Box
    planes: list[Plane] = Field(min_length=1)
    centre: Centre
    tables: Tables
    themes: dict[Identifier, StrictStr]
    issuers: dict[Identifier, StrictStr]

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Province and city in the forms with which addresses begin. A longer form comes before a form that begins it."""
        province, city = self.province.name, self.name
        short = self.province.short_name + self.short_name
        return (province + city, city, province + self.short_name, short, self.short_name, province)


@cache
def load_city(path: Path = CITY) -> City:
    """Reads a city file. Raises CityError for the first wrong entry."""
    try:
        return City.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"])
        raise CityError(f"{path.name}: {f'{entry}: ' if entry else ''}{first['msg']}") from error

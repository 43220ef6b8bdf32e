"""Data elements (数据元): the one place that defines what a value is.

Here: the register of all elements. Not here: their rules (one module per subject beside this file).
"""

from suining_data.elements.contacts import ELEMENTS_OF_CONTACTS
from suining_data.elements.dates import ELEMENTS_OF_DATES
from suining_data.elements.firm_codes import ELEMENTS_OF_FIRM_CODES
from suining_data.elements.geometry import ELEMENTS_OF_GEOMETRY
from suining_data.elements.identity import ELEMENTS_OF_IDENTITY
from suining_data.elements.industries import ELEMENTS_OF_INDUSTRIES
from suining_data.elements.insurance_codes import ELEMENTS_OF_INSURANCE_CODES
from suining_data.elements.land import ELEMENTS_OF_LAND
from suining_data.elements.model import Element, Identifies, Rule, Then
from suining_data.elements.names import ELEMENTS_OF_NAMES
from suining_data.elements.organization_codes import ELEMENTS_OF_ORGANIZATION_CODES
from suining_data.elements.organizations import ELEMENTS_OF_ORGANIZATIONS
from suining_data.elements.periods import ELEMENTS_OF_PERIODS
from suining_data.elements.person_codes import ELEMENTS_OF_PERSON_CODES
from suining_data.elements.places import ELEMENTS_OF_PLACES
from suining_data.elements.quantities import ELEMENTS_OF_QUANTITIES
from suining_data.elements.registers import ELEMENTS_OF_REGISTERS
from suining_data.elements.service_codes import ELEMENTS_OF_SERVICE_CODES

ELEMENTS: dict[str, Element] = {
    element.id: element
    for elements in (
        ELEMENTS_OF_IDENTITY,
        ELEMENTS_OF_NAMES,
        ELEMENTS_OF_PERSON_CODES,
        ELEMENTS_OF_CONTACTS,
        ELEMENTS_OF_ORGANIZATIONS,
        ELEMENTS_OF_ORGANIZATION_CODES,
        ELEMENTS_OF_INDUSTRIES,
        ELEMENTS_OF_INSURANCE_CODES,
        ELEMENTS_OF_DATES,
        ELEMENTS_OF_PERIODS,
        ELEMENTS_OF_QUANTITIES,
        ELEMENTS_OF_PLACES,
        ELEMENTS_OF_GEOMETRY,
        ELEMENTS_OF_LAND,
        ELEMENTS_OF_REGISTERS,
        ELEMENTS_OF_FIRM_CODES,
        ELEMENTS_OF_SERVICE_CODES,
    )
    for element in elements
}

__all__ = ["ELEMENTS", "Element", "Identifies", "Rule", "Then"]

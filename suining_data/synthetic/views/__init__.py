"""Each unit's view of the city: the facts that it records, in its own columns.

Here: `all_views`. Not here: the views (one module per department), writing style, errors.
"""

from ..errors import ErrorRates
from . import (
    associations,
    care,
    civil_affairs,
    court,
    credit_and_care,
    divisions,
    education,
    government_services,
    health,
    housing_fund,
    industry,
    insurance,
    investment,
    land,
    maps,
    market,
    monthly_reports,
    permits,
    public_security,
    real_estate,
    sichuan_public_security,
    sites,
    statistics,
    taxation,
    transport,
)  # fmt: skip
from .view import View, Views

_MODULES = (
    land, maps, public_security, sichuan_public_security, civil_affairs, insurance, health, education, market, taxation, real_estate,
    divisions, transport, statistics, credit_and_care,
    government_services, care, monthly_reports, housing_fund, court, sites,
    investment,
    industry, associations, permits,
)  # fmt: skip


def all_views(rates: ErrorRates) -> Views:
    """Views of all units by resource id."""
    return {id: view for module in _MODULES for id, view in module.views(rates).items()}


__all__ = ["View", "Views", "all_views"]

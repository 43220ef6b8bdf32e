"""Each unit's view of the city: what it knows, in its own columns.

Here: `all_views`. Not here: the views (one module per department), writing style, errors.
"""

from ..errors import ErrorRates
from . import market, public_security, sichuan_public_security
from .view import View, Views

_MODULES = (public_security, sichuan_public_security, market)


def all_views(rates: ErrorRates) -> Views:
    """Views of all units by resource id."""
    return {id: view for module in _MODULES for id, view in module.views(rates).items()}


__all__ = ["View", "Views", "all_views"]

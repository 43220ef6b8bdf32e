"""Texts of addresses -> the places of spatial.address, asked of the published file: `suining geocode`.

Here: what the command may use of this package. Not here: the normal form and the parsing, which are those of the pipeline
(linkage/, dbt_like_sql/macros/address_parsing.sql).
"""

from suining_data.geocoding.matching import geocode

__all__ = ["geocode"]

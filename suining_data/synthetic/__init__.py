"""A synthetic city from a seed, and the deliveries of its departments.

Here: the names that other stages and the command line may use. All people in it are invented.
"""

from .errors import PROFILES
from .sample import SampleSummary, make_sample, read_summary, without_view

__all__ = ["PROFILES", "SampleSummary", "make_sample", "read_summary", "without_view"]

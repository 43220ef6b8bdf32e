"""A synthetic city from a seed, and the deliveries of its departments.

Here: the names that other stages and the command line may use. All people in it are invented.
"""

from .sample import SampleSummary, make_sample, read_summary, without_view

__all__ = ["SampleSummary", "make_sample", "read_summary", "without_view"]

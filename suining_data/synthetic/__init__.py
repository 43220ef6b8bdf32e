"""A seeded, made-up city and the deliveries its departments would make of it.

Here: what other stages and the command line may use. Nobody in it is real.
"""

from .sample import SampleSummary, make_sample, read_summary

__all__ = ["SampleSummary", "make_sample", "read_summary"]

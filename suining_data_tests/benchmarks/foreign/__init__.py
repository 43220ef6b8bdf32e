"""The engine on data that nobody here made, beside plain Splink on the same pairs.

Here: the data sets (datasets.py), linking them twice and comparing with the truth (linking.py). Not here: made-up cities of
our own (benchmarks/accuracy).
"""

"""Suining's four foundational databases, from the deliveries of 45 departments and the province."""

import os

os.umask(
    0o077
)  # a file is for its owner alone, whichever process makes it; publication/rights.py gives files to groups

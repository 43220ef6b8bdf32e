"""Suining's four foundational databases, from the deliveries of 45 departments and the province."""

"""Tests of suining_data.retention."""

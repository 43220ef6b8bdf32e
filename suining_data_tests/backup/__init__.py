"""Tests of suining_data.backup."""

"""Tests of suining_data.alerts, against a real HTTP server on loopback."""

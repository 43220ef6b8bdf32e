"""Tests of what a deployment installs (deploy/)."""

"""Faults, limits and lanes."""

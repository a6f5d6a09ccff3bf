"""Benchmarks for ``setup/bench``: each states what it compares, and compares both in one run on one machine."""

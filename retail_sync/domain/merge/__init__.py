"""Survivorship and journal of customer merges."""

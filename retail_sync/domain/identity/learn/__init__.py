"""Weights from data, and replay of decisions."""

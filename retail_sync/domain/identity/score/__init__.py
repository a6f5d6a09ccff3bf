"""Weights and what they add up to."""

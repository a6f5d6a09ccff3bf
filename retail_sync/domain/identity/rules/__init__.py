"""Rules that stand above the score."""

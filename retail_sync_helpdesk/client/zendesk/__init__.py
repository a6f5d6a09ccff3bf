"""Zendesk Support, by its Ticketing API v2. Section numbers in docstrings are those of its contract sheet."""

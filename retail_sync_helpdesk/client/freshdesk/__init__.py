"""Freshdesk, by its API v2. What is marked [u] is public knowledge that no account has confirmed."""

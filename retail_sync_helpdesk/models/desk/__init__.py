"""Adapters of ticket desks: Zendesk and Freshdesk."""

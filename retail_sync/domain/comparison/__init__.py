"""Scheduled comparison of both sides: what differs, and what it means."""

"""Transactions, jobs, constants and server configuration."""

"""Decisions of the engine in pure Python.

Nothing here imports Odoo, opens a connection or reads a clock: every input is an argument. That is what lets these
rules be tested by the thousand without a database. Import the modules directly (``from .domain.reconcile import
three_way``).
"""

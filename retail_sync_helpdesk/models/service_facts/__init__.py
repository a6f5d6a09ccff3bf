"""Reads Odoo into the facts of domain/service, with a fixed number of queries for any number of orders."""

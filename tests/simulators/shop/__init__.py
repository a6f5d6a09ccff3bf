"""A shop that is alive: orders in all states, made in Odoo by its own documents, for the demo and benchmarks."""

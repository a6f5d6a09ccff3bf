"""Puts Odoo 19, PostgreSQL and the Python packages in place, and runs the demo, the checks and the benchmarks."""

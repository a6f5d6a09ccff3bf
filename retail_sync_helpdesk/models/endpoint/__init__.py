"""The agent API inside Odoo: its dispatcher, its admission and its service."""

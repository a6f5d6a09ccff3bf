"""Streams that publish prices or stock, now or once they are live: their choice says what is computed."""

from odoo import models
from odoo.api import Environment


def streams(env: Environment, entity: str) -> models.BaseModel:
    """Return the active streams of an entity that send, or will once they are live."""
    found = env["retail.sync.stream"].sudo().search([("entity", "=", entity), ("connection_id.active", "=", True)])
    return found.filtered(lambda stream: stream.direction != "in" or stream.planned_direction != "in")

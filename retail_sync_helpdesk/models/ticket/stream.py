from odoo import api, models

from .declaration import COMMENT, TICKET


class RetailSyncStream(models.Model):
    """Comments are facts about tickets: they go to the ticket that the link of the ticket names."""

    _inherit = "retail.sync.stream"

    @api.depends("entity")
    def _compute_role(self) -> None:
        result = super()._compute_role()
        for stream in self:
            if stream.entity == COMMENT.name:
                stream.role = TICKET.name
        return result

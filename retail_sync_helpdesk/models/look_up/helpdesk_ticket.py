from odoo import models


class HelpdeskTicket(models.Model):
    """Tickets are listed by customer, the newest first."""

    _inherit = "helpdesk.ticket"

    _sync_customer_idx = models.Index(
        "(commercial_partner_id, create_date DESC, id DESC) WHERE commercial_partner_id IS NOT NULL"
    )

from odoo import api, fields, models

from .declaration import TICKET

# Sizes of files that a setting may allow.
MOST_MEGABYTES = 100


class RetailSyncConnection(models.Model):
    """What holds for all tickets of a desk: who mails customers, and which files are taken over."""

    _inherit = "retail.sync.connection"

    desk_mails = fields.Selection(
        [("desk", "The desk"), ("odoo", "Odoo")],
        default="desk",
        required=True,
        string="Who mails customers",
        help="The desk: a customer of a linked ticket gets no mail from Odoo, as the desk mails each public answer. "
        "Odoo: answers that are written in Odoo reach the desk as internal comments, and Odoo mails them.",
    )
    desk_file_megabytes = fields.Integer(
        default=20, string="Largest file (MB)", help="Attachments that are larger stay on the other side, with a link."
    )
    ticket_value_ids = fields.One2many("retail.sync.ticket.value", "connection_id", string="Values of the desk")

    has_tickets = fields.Boolean(compute="_compute_has_tickets", help="It is a connection to a desk.")

    _desk_file_size = models.Constraint(
        f"CHECK (desk_file_megabytes BETWEEN 1 AND {MOST_MEGABYTES})",
        f"The largest file has 1 to {MOST_MEGABYTES} MB.",
    )

    @api.depends("stream_ids.entity")
    def _compute_has_tickets(self) -> None:
        for connection in self:
            connection.has_tickets = TICKET.name in connection.stream_ids.mapped("entity")

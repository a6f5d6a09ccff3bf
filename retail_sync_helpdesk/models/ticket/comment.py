from uuid import uuid4

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure, Remote

from . import comments_out

# Comments of one run of the schedule.
BATCH = 1000


class RetailSyncTicketComment(models.Model):
    """A message of a ticket that is on a desk as well, or is on its way there: once on each side.

    What came in has the desk's key. What goes out has a marker by which it is known when it comes back, and the key as
    soon as the desk has said it.
    """

    _name = "retail.sync.ticket.comment"
    _inherit = ["retail.sync.business.access"]
    _business_fields = (("helpdesk.ticket", "ticket_id"),)
    _description = "Comment of a ticket"
    _order = "id"
    _rec_name = "external_id"
    _erasure = Erasure(rows=(Remote(object=None, external="author_key"),), blank=("author_key",))

    connection_id = fields.Many2one("retail.sync.connection", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")
    external_id = fields.Char("Key on the desk", readonly=True)
    marker = fields.Char(readonly=True, default=lambda _self: uuid4().hex)
    direction = fields.Selection(
        [("in", "From the desk"), ("out", "To the desk")], required=True, readonly=True, default="in"
    )
    public = fields.Boolean(readonly=True, help="The requester sees it.")
    author_key = fields.Char("Author on the desk", readonly=True)
    queued = fields.Boolean(readonly=True, help="Handed to the outbox. Otherwise it waits for the ticket to be there.")

    _external_uniq = models.UniqueIndex(
        "(connection_id, external_id) WHERE external_id IS NOT NULL", "This comment of the desk is there already."
    )
    _marker_uniq = models.UniqueIndex("(connection_id, marker)", "Each comment has a marker of its own.")
    _message_uniq = models.UniqueIndex(
        "(connection_id, message_id) WHERE message_id IS NOT NULL", "This message is a comment already."
    )
    _waiting_idx = models.Index("(ticket_id) WHERE direction = 'out' AND queued IS NOT TRUE")

    @api.model
    def _cron_queue_waiting(self) -> None:
        """Hand over comments whose tickets have come to their desk since; the next read of a ticket does it sooner."""
        rows = self.search([("direction", "=", "out"), ("queued", "=", False)], limit=BATCH)
        for connection, found in rows.grouped("connection_id").items():
            comments_out.queue_waiting(self.env, connection, found.ticket_id.ids)

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

KINDS = [("order", "Order"), ("shipment", "Shipment"), ("invoice", "Invoice"), ("return", "Return")]
MODELS = {
    "order": "sale.order",
    "shipment": "stock.picking",
    "invoice": "account.move",
    "return": "retail.sync.return",
}
STATES = [
    ("suggested", "Suggested"),
    ("linked", "Linked"),
    ("confirmed", "Confirmed"),
    ("rejected", "Rejected"),
]
# A link counts: what follows the order shows on the ticket.
COUNTING = ("linked", "confirmed")


class RetailSyncTicketDocument(models.Model):
    """A document that a ticket is about, how sure that is, and what a person said to it.

    What a person said stands: a rejected link is not proposed again, a confirmed one is never taken away.
    """

    _name = "retail.sync.ticket.document"
    _inherit = ["retail.sync.business.access"]
    _business_fields = (("helpdesk.ticket", "ticket_id"),)
    _description = "Document of a ticket"
    _order = "ticket_id, state, confidence desc, id"
    _rec_name = "name"
    _erasure = Erasure(why="Holds ids and numbers of documents; the documents tell whose they are.")

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    name = fields.Char("Document", readonly=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade", help="The order that it belongs to."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="suggested")
    confidence = fields.Integer(readonly=True, help="From 0 to 100, as it was calculated.")
    reasons = fields.Json(readonly=True, help="Codes of what speaks for and against it.")
    why = fields.Char(compute="_compute_why", help="What speaks for and against it, the weightiest first.")
    by_hand = fields.Boolean(readonly=True, help="A person linked, confirmed or rejected it.")
    user_id = fields.Many2one("res.users", readonly=True, string="Decided by", ondelete="set null")

    made = fields.Boolean(readonly=True, help="An action on the ticket made the document.")
    noted_milestone = fields.Integer(readonly=True, help="Milestones up to this one need no note on the ticket.")

    _document_uniq = models.UniqueIndex("(ticket_id, res_model, res_id)", "The ticket has this document already.")
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("reasons", "by_hand", "made")
    @api.depends_context("lang")
    def _compute_why(self) -> None:
        texts = self._reason_texts()
        for document in self:
            words = [texts.get(code, code) for code in document.reasons or ()]
            if document.made:
                words = [self.env._("Made by an action on the ticket")]
            elif document.by_hand and not words:
                words = [self.env._("Added by hand")]
            document.why = "; ".join(words) or False

    @api.model
    def _reason_texts(self) -> dict[str, str]:
        """Return {code of `domain.tickets.ticket_links`: what people read}."""
        return {
            "order_in_subject": self.env._("Order number in the subject"),
            "order_in_body": self.env._("Order number in the text"),
            "order_in_quoted": self.env._("Order number in a quoted message"),
            "invoice_in_subject": self.env._("Invoice number in the subject"),
            "invoice_in_body": self.env._("Invoice number in the text"),
            "invoice_in_quoted": self.env._("Invoice number in a quoted message"),
            "shipment_in_subject": self.env._("Shipment number in the subject"),
            "shipment_in_body": self.env._("Shipment number in the text"),
            "shipment_in_quoted": self.env._("Shipment number in a quoted message"),
            "return_in_subject": self.env._("Return number in the subject"),
            "return_in_body": self.env._("Return number in the text"),
            "return_in_quoted": self.env._("Return number in a quoted message"),
            "tracking_in_subject": self.env._("Tracking number in the subject"),
            "tracking_in_body": self.env._("Tracking number in the text"),
            "tracking_in_quoted": self.env._("Tracking number in a quoted message"),
            "of_requester": self.env._("Belongs to the requester"),
            "address_named": self.env._("The text names an e-mail address of its customer"),
            "requester_unknown": self.env._("The requester is no known customer"),
            "of_another_customer": self.env._("Belongs to another customer"),
            "number_without_prefix": self.env._("Only the digits of the number are named"),
            "named_twice": self.env._("Named by several numbers"),
            "only_open_order": self.env._("The only open order of the requester"),
        }

    # -- what persons say: see document_actions

    @api.model
    def _models(self) -> dict[str, str]:
        """Return {kind: model of its documents}."""
        return MODELS

    def _counts(self) -> bool:
        """Return whether a link counts: what happens to the document concerns the ticket."""
        self.ensure_one()
        return self.state in COUNTING

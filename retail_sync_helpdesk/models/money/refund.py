from typing import Any
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.retail_sync.runtime.erasure import Erasure

STATES = [
    ("waiting", "Waiting"),
    ("sent", "Sent to the provider"),
    ("by_hand", "To be paid by hand"),
    ("paid", "Paid"),
    ("failed", "Refused by the provider"),
    ("in_doubt", "In doubt"),
]
# Money that has not gone back yet, or of which it is not known.
OPEN_STATES = ("waiting", "sent", "by_hand", "failed", "in_doubt")
METHODS = [
    ("original", "The way it was paid"),
    ("bank", "Bank transfer"),
    ("gift_card", "Gift card"),
    ("credit", "Credit for the next order"),
]
# Why a person has to do something, or what happened.
CAUSES = [
    ("no_transaction", "No online payment has so much left."),
    ("provider_cannot", "The payment provider does not refund from Odoo."),
    ("partial_not_possible", "The payment provider refunds only the whole payment."),
    ("note_not_open", "The credit note is not open by this amount."),
    ("lost_answer", "The payment provider was called, and its answer was lost."),
    ("no_answer", "The payment provider has not said what became of the refund."),
    ("refused", "The payment provider refused."),
    ("failed_later", "The payment provider took the refund back after it was paid."),
    ("not_booked", "The money has left, and Odoo could not make the payment."),
    ("no_program", "No programme of gift cards has the currency of the credit note."),
    ("method", "This way of paying back is done by a person."),
    ("paid_twice", "The payment provider paid it too, after a person had closed it."),
    ("closed_by_hand", "A person closed the refund."),
]


class RetailSyncRefund(models.Model):
    """Money that goes back for a credit note: the intent, which is committed with the note, and what became of it.

    Written by the room ``money`` alone. ``uuid`` and ``attempt`` are the key under which the provider knows it.
    """

    _name = "retail.sync.refund"
    _description = "Refund"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _mail_post_access = "read"
    _erasure = Erasure(why="Holds amounts, and documents that the books keep.")

    name = fields.Char(required=True, readonly=True, copy=False, string="Number")
    uuid = fields.Char(required=True, readonly=True, copy=False, default=lambda _self: str(uuid4()), string="UUID")
    attempt = fields.Integer(required=True, readonly=True, default=1, copy=False)
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting", index=True, tracking=True)
    cause = fields.Selection(CAUSES, readonly=True, string="Reason")
    message = fields.Text(readonly=True, string="Answer of the provider")
    method = fields.Selection(METHODS, required=True, readonly=True, default="original")
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict", index=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one(
        "res.partner", compute="_compute_partner_id", search="_search_partner_id", compute_sudo=True, string="Customer"
    )
    note_id = fields.Many2one(
        "account.move",
        readonly=True,
        ondelete="restrict",
        index=True,
        string="Credit note",
        help="Empty: what goes back was paid and never billed.",
    )
    action_id = fields.Many2one(
        "retail.sync.action", readonly=True, ondelete="restrict", index="btree_not_null", string="Service action"
    )
    source_transaction_id = fields.Many2one(
        "payment.transaction",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        string="Payment that goes back",
    )
    child_transaction_id = fields.Many2one(
        "payment.transaction",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        string="Refund transaction",
        help="The transaction of the present attempt.",
    )
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="restrict", index="btree_not_null")
    card_id = fields.Many2one(
        "loyalty.card", readonly=True, ondelete="restrict", index="btree_not_null", string="Gift card"
    )
    hand_reference = fields.Char(readonly=True, string="Reference", help="Of the payment that was made by hand.")
    hand_date = fields.Date(readonly=True, string="Paid on")
    hand_user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", string="Closed by")
    answered = fields.Boolean(readonly=True, help="The provider took the request of the present attempt.")
    retryable = fields.Boolean(readonly=True, help="The provider refused for a reason that may pass.")
    looks = fields.Integer(readonly=True, help="How often the provider was asked without an answer that ends it.")
    next_try_at = fields.Datetime(readonly=True, string="Next step at")
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    closed_at = fields.Datetime(string="Closed on", readonly=True)

    _uuid_uniq = models.UniqueIndex("(uuid)", "A refund has a UUID of its own.")
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A refund gives back an amount above zero.")
    _open_idx = models.Index("(next_try_at, id) WHERE state IN ('waiting', 'sent')")

    @api.depends("note_id.partner_id", "order_id.partner_invoice_id")
    def _compute_partner_id(self) -> None:
        for refund in self:
            refund.partner_id = refund.note_id.partner_id or refund.order_id.partner_invoice_id

    def _search_partner_id(self, operator: str, value: Any) -> Any:
        of_note = Domain("note_id.partner_id", operator, value)
        return of_note | (Domain("note_id", "=", False) & Domain("order_id.partner_invoice_id", operator, value))

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        if not self.env.su:
            raise self._refusal()
        sequence = self.env["ir.sequence"]
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = sequence.next_by_code("retail.sync.refund") or vals.get("uuid") or "/"
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        if not self.env.su:
            raise self._refusal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise self._refusal()

    def _refusal(self) -> AccessError:
        return AccessError(
            self.env._("Refunds are written by the actions that make them. Use the buttons of the refund.")
        )

    def _key(self) -> str:
        """Return the key under which the provider knows the present attempt."""
        self.ensure_one()
        return f"{self.uuid}-{self.attempt}"

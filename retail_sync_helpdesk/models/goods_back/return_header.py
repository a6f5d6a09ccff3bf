from decimal import Decimal
from typing import Any

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.returns import state as states
from ...domain.returns.state import OPEN
from .constants import CHANNELS, LABELS, STATES
from .reason_texts import reason_texts


class RetailSyncReturn(models.Model):
    """Goods of one order that a customer sends back, over one or several records of OCA rma."""

    _name = "retail.sync.return"
    _description = "Return"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _erasure = Erasure(quotes=("note",))

    name = fields.Char("Number", required=True, readonly=True, copy=False, index="trigram")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    action_uuid = fields.Char("Service action", readonly=True, copy=False, index="btree_not_null")
    policy = fields.Char(readonly=True, help="Id and version of the policy by which the return was allowed.")
    channel = fields.Selection(CHANNELS, required=True, readonly=True, default="screen")
    reason = fields.Char(readonly=True, help="Code of the reason.")
    reason_text = fields.Char("Reason as text", compute="_compute_reason_text")
    note = fields.Text(readonly=True, help="For colleagues; the customer does not see it.")
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True, ondelete="restrict")
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="announced",
        index=True,
        copy=False,
        group_expand="_group_expand_state",
    )
    next_step = fields.Text("Next step", compute="_compute_next_step", help="What happens next, and who acts.")
    requested_at = fields.Datetime("Requested", required=True, readonly=True, default=fields.Datetime.now)
    received_at = fields.Datetime("Received", readonly=True, copy=False, help="When the last of the goods arrived.")
    inspected_at = fields.Datetime("Inspected", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    cancelled_at = fields.Datetime("Cancelled", readonly=True, copy=False)
    label_state = fields.Selection(LABELS, string="Label", required=True, readonly=True, default="reference")
    label_id = fields.Many2one("ir.attachment", string="Label file", readonly=True, copy=False, ondelete="set null")
    label_url = fields.Char(compute="_compute_label_url", string="Address of the label")
    label_note = fields.Char(string="What became of the label", readonly=True, copy=False)
    line_ids = fields.One2many("retail.sync.return.line", "return_id", readonly=True, string="Lines")
    rma_ids = fields.One2many("rma", "sync_return_id", readonly=True, string="RMAs")
    inspection_ids = fields.One2many("retail.sync.return.inspection", "return_id", readonly=True)
    quantity = fields.Float("Announced quantity", compute="_compute_quantities", digits="Product Unit")
    received_quantity = fields.Float(compute="_compute_quantities", digits="Product Unit")
    progress = fields.Char(compute="_compute_quantities")
    picking_ids = fields.Many2many("stock.picking", compute="_compute_picking_ids", string="Transfers")
    picking_count = fields.Integer(compute="_compute_picking_ids")

    _name_uniq = models.Constraint("unique (name, company_id)", "A return with this number exists.")
    _state_idx = models.Index("(company_id, state)")

    @api.model
    def _group_expand_state(self, states: list[str], _domain: Any) -> list[str]:
        """Return the states of the columns in their order: those that are open have a column in any case."""
        return [code for code, _label in STATES if code in OPEN or code in states]

    @api.depends("line_ids.quantity", "line_ids.received_quantity")
    @api.depends_context("lang")
    def _compute_quantities(self) -> None:
        for record in self:
            record.quantity = sum(record.line_ids.mapped("quantity"))
            record.received_quantity = sum(record.line_ids.mapped("received_quantity"))
            record.progress = self.env._(
                "%(received)s of %(announced)s received",
                received=f"{record.received_quantity:g}",
                announced=f"{record.quantity:g}",
            )

    @api.depends("rma_ids.reception_move_id.picking_id", "inspection_ids.picking_id")
    def _compute_picking_ids(self) -> None:
        for record in self:
            moves = record.sudo().rma_ids.reception_move_id
            record.picking_ids = moves.picking_id | record.inspection_ids.picking_id
            record.picking_count = len(record.picking_ids)

    @api.depends("state", "name", "inspection_ids.result")
    @api.depends_context("lang")
    def _compute_next_step(self) -> None:
        for record in self:
            record.next_step = record._next_step()

    def _next_step(self) -> str:
        texts = {
            "announced": self.env._(
                "No receipt waits for the goods: the warehouse cancelled it. An agent makes a new receipt, or cancels "
                "the return."
            ),
            "expected": self.env._(
                "The customer sends the goods with the number %s on the parcel. The warehouse receives them.", self.name
            ),
            "partly_received": self.env._(
                "The warehouse waits for the rest of the goods. If the rest does not come, a stock user or supervisor "
                "marks it as missing in the inspection."
            ),
            "received": self.env._("A stock user or a supervisor inspects the goods."),
            "inspected": self.env._(
                "An agent pays the customer back, or sends goods in exchange. A supervisor closes the return if the "
                "customer gets nothing."
            ),
            "closed": self.env._("Nothing is left to do."),
            "cancelled": self.env._("Nothing is left to do. The goods stay with the customer."),
        }
        text = texts[self.state]
        results = set(self.sudo().inspection_ids.mapped("result")) if self.state == "inspected" else set()
        if "wrong" in results:
            text += " " + self.env._("Other goods were in the parcel: the customer still has the ones of the order.")
        if results & {"used", "damaged"}:
            text += " " + self.env._("Goods came back used or damaged: keep the restocking fee if the policy has one.")
        return text

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_text(self) -> None:
        texts = reason_texts(self.env, self.mapped("reason"))
        for record in self:
            record.reason_text = texts.get(record.reason, record.reason)

    @api.depends("label_id")
    def _compute_label_url(self) -> None:
        for record in self:
            label = record.sudo().label_id
            record.label_url = f"/web/content/{label.id}?download=true" if label else False

    # -- where it stands

    def _parts(self) -> list[states.Part]:
        return [states.Part(states.stage_of(rma.state), rma.reception_move_id.state == "done") for rma in self.rma_ids]

    def _refresh(self) -> None:
        """Store where these returns stand, by their parts and inspections, and say what changed."""
        now = fields.Datetime.now()
        for record in self.sudo():
            before = record.state
            to_inspect = sum((Decimal(str(line.to_inspect)) for line in record.line_ids), Decimal())
            after = states.state_of(record._parts(), to_inspect)
            if after != before:
                record.write({"state": after, **record._times(after, now)})
                record._changed(before)

    def _times(self, state: str, now: Any) -> dict[str, Any]:
        """Return the times of a state that was reached, and of those that lie before it."""
        reached = {"received_at": ("received", "inspected", "closed"), "inspected_at": ("inspected", "closed")}
        found = {name: now for name, of in reached.items() if state in of and not self[name]}
        found["closed_at"] = now if state == "closed" else False
        found["cancelled_at"] = now if state == "cancelled" else False
        return found

    def _changed(self, before: str) -> None:
        """Hook: what follows when a return has come into another state."""

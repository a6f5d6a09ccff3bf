from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.returns.share_out import complete_sets
from ...domain.returns.state import Stage, stage_of
from .reason_texts import reason_texts


class RetailSyncReturnLine(models.Model):
    """What comes back of one line of an order, in the unit of that line."""

    _name = "retail.sync.return.line"
    _description = "Line of a return"
    _order = "return_id desc, id"
    _erasure = Erasure(why="Holds products, quantities and codes of reasons.")

    return_id = fields.Many2one("retail.sync.return", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    order_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, index=True, ondelete="restrict")
    product_id = fields.Many2one(related="order_line_id.product_id", store=True)
    uom_id = fields.Many2one(related="order_line_id.product_uom_id", string="Unit")
    quantity = fields.Float(required=True, readonly=True, digits="Product Unit")
    reason = fields.Char(readonly=True, help="Code of the reason.")
    reason_text = fields.Char("Reason as text", compute="_compute_reason_text")
    rma_ids = fields.One2many("rma", "sync_return_line_id", readonly=True, string="RMAs")
    inspection_ids = fields.One2many("retail.sync.return.inspection", "line_id", readonly=True, string="Inspections")
    received_quantity = fields.Float(compute="_compute_quantities", digits="Product Unit", string="Received")
    expected_quantity = fields.Float(compute="_compute_quantities", digits="Product Unit", string="Expected")
    inspected_quantity = fields.Float(compute="_compute_quantities", digits="Product Unit", string="Inspected")
    to_inspect = fields.Float(compute="_compute_quantities", digits="Product Unit")
    result = fields.Char(compute="_compute_result", help="Code of the inspection result; mixed: more than one.")
    result_text = fields.Char(compute="_compute_result", string="Inspection result")

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "A return takes back more than nothing.")

    @api.depends("product_id")
    def _compute_display_name(self) -> None:
        for line in self:
            line.display_name = line.product_id.display_name

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_text(self) -> None:
        texts = reason_texts(self.env, self.mapped("reason"))
        for line in self:
            line.reason_text = texts.get(line.reason, line.reason)

    @api.depends(
        "quantity",
        "rma_ids.state",
        "rma_ids.product_uom_qty",
        "rma_ids.reception_move_id.state",
        "inspection_ids.quantity",
        "inspection_ids.result",
    )
    def _compute_quantities(self) -> None:
        for line in self:
            back, expected = line._sets(received=True), line._sets(received=False)
            inspected = sum(
                (Decimal(str(found.quantity)) for found in line.inspection_ids if found.result != "missing"), Decimal()
            )
            line.received_quantity = float(back)
            line.expected_quantity = float(expected)
            line.inspected_quantity = float(inspected)
            line.to_inspect = float(max(back - inspected, Decimal()))

    def _sets(self, received: bool) -> Decimal:
        """Return what of the line was received, or is open; of a kit, in complete sets."""
        planned: dict[int, Decimal] = defaultdict(Decimal)
        there: dict[int, Decimal] = defaultdict(Decimal)
        for rma in self.sudo().rma_ids:
            quantity = Decimal(str(rma.product_uom_qty))
            planned[rma.product_id.id] += quantity
            stage = stage_of(rma.state)
            back = rma.reception_move_id.state == "done"
            if stage is not Stage.cancelled and back == received:
                there[rma.product_id.id] += quantity
        return complete_sets(planned, there, Decimal(str(self.quantity)))

    @api.depends("inspection_ids.result", "inspection_ids.quantity")
    @api.depends_context("lang")
    def _compute_result(self) -> None:
        labels = dict(self.env["retail.sync.return.inspection"]._fields["result"]._description_selection(self.env))
        for line in self:
            found: dict[str, float] = defaultdict(float)
            for inspection in line.inspection_ids:
                found[inspection.result] += inspection.quantity
            line.result = next(iter(found)) if len(found) == 1 else ("mixed" if found else False)
            line.result_text = ", ".join(f"{quantity:g} × {labels[code]}" for code, quantity in found.items()) or False

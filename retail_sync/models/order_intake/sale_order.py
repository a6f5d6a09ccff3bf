import json
from hashlib import blake2b
from typing import Any

from odoo import fields, models

from ...domain.commerce.intake_changes import Standing
from ...domain.commerce.intake_findings import NOT_CONFIRMED
from ...runtime.constants import OPEN_MESSAGE_STATES

# States of an order that the customer has not agreed to yet, and those in which it is decided.
OFFERED = ("draft", "sent")
DECIDED = ("sale", "cancel")


class SaleOrder(models.Model):
    """An order that a platform made knows what it was made as, so that an edit of staff is seen."""

    _inherit = "sale.order"

    intake_digest = fields.Char(
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Digest of the quotation as the platform's order made it. Empty: made in Odoo.",
    )

    intake_refused = fields.Boolean(
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Odoo refused to confirm the quotation that the platform's order made, and no person has decided about"
        " it.",
    )

    def write(self, vals: dict[str, Any]) -> bool:
        result: bool = super().write(vals)
        if vals.get("state") in DECIDED:
            self._intake_decided()
        return result

    def _intake_decided(self) -> None:
        """Forget the refusal of orders that were confirmed or cancelled; their exceptions look again and end."""
        refused = self.sudo().filtered("intake_refused")
        if not refused:
            return
        refused.intake_refused = False
        domain = [
            ("fault_code", "=", NOT_CONFIRMED),
            ("res_model", "=", self._name),
            ("res_id", "in", refused.ids),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
        ]
        self.env["retail.sync.message"].sudo().search(domain)._retry(None)

    def _intake_state(self) -> str:
        """Return a digest of what the platform's order has set: to whom, what, how many, at which price."""
        self.ensure_one()
        content = [
            [self.partner_id.id, self.partner_shipping_id.id, self.pricelist_id.id, self.currency_id.id],
            [self.client_order_ref or "", str(self.commitment_date or ""), self.warehouse_id.id, self.company_id.id],
            [
                [
                    line.intake_key or "",
                    line.display_type or "",
                    line.product_id.id,
                    line.product_uom_id.id,
                    *(f"{number:.6f}" for number in (line.product_uom_qty, line.price_unit, line.discount)),
                    sorted(line.tax_ids.ids),
                ]
                for line in self.order_line.sorted("id")
            ],
        ]
        return blake2b(json.dumps(content).encode(), digest_size=12).hexdigest()

    def _note_intake(self) -> None:
        """Keep what the quotations are now: what differs from it later was edited by staff."""
        for order in self:
            order.sudo().intake_digest = order._intake_state()

    def _intake_standing(self) -> Standing:
        """Return whether the order may still follow the platform's."""
        self.ensure_one()
        if self.state == "cancel":
            return Standing.cancelled
        if self.state == "sale" or self.locked:
            return Standing.confirmed
        return Standing.untouched if self.sudo().intake_digest == self._intake_state() else Standing.edited


class SaleOrderLine(models.Model):
    """A line knows which line of the platform's order made it."""

    _inherit = "sale.order.line"

    intake_key = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Key of the line on the platform that made this one.",
    )

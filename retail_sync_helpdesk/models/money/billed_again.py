"""Keeps goods that were credited from being billed a second time.

Odoo counts a credited quantity as not invoiced yet: the next invoice of the order would have it again. Where nothing is
to be delivered any more, the ordered quantity is lowered; else the order says what would be billed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.tools import float_compare, float_round

__all__ = ["after_credit", "lower", "not_billed"]

# Odoo calculates the price anew when an ordered quantity changes and nothing of it is invoiced.
_PRICES = ("price_unit", "technical_price_unit", "discount")


def not_billed(order: Any, quantities: Mapping[int, Decimal]) -> dict[int, float]:
    """Return {order line id: quantity that is to be billed} before a credit note."""
    return {line.id: max(line.qty_to_invoice, 0.0) for line in order.order_line if line.id in quantities}


def after_credit(order: Any, quantities: Mapping[int, Decimal], unbilled: Mapping[int, float], *, cut: bool) -> None:
    """Lower what was ordered by what was credited, or note that it would be billed again.

    :param unbilled: what ``not_billed`` returned before the credit notes
    """
    for line in order.order_line.filtered(lambda found: found.id in quantities):
        if cut and not order.locked and line._sync_nothing_open():
            _cut(line, float(quantities[line.id]))
        again = max(line.qty_to_invoice, 0.0) - unbilled.get(line.id, 0.0)
        if float_compare(again, 0, precision_rounding=line.product_uom_id.rounding or 0.01) > 0:
            line.sync_credited_open += again


def _cut(line: Any, credited: float) -> None:
    least = max(line.qty_delivered, line.qty_invoiced, line.product_uom_qty - credited, 0.0)
    if line.product_id.invoice_policy != "order" or least >= line.product_uom_qty:
        return
    line.order_id._sync_keep_total()
    # Nothing is open: a procurement would only deliver again what a person has cancelled.
    lower(line.with_context(skip_procurement=True), least)


def lower(line: Any, quantity: float) -> None:
    """Lower what is ordered of a line to a quantity; its price and discount stay as they were sold."""
    prices = [line._fields[name] for name in _PRICES if name in line._fields]
    with line.env.protecting(prices, line):
        line.product_uom_qty = quantity


class SaleOrderLine(models.Model):
    """A line knows what was credited of it on purpose and would be billed again."""

    _inherit = "sale.order.line"

    sync_credited_open = fields.Float(
        readonly=True,
        copy=False,
        digits="Product Unit",
        string="Credited, would be billed again",
        help="Quantity that a service action credited and that Odoo counts as not invoiced.",
    )

    def _sync_nothing_open(self) -> bool:
        """Return whether no transfer will deliver more of the line."""
        self.ensure_one()
        return not self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))


class SaleOrder(models.Model):
    """An order warns before credited goods are billed again."""

    _inherit = "sale.order"

    sync_billed_again = fields.Boolean(
        compute="_compute_sync_billed_again",
        compute_sudo=True,
        store=True,
        copy=False,
        string="Would bill credited goods again",
    )
    sync_billed_again_lines = fields.Text(
        compute="_compute_sync_billed_again_lines", compute_sudo=True, string="Credited, and not to be billed again"
    )

    @api.depends("order_line.sync_credited_open", "order_line.qty_to_invoice")
    def _compute_sync_billed_again(self) -> None:
        for order in self:
            order.sync_billed_again = any(
                line.sync_credited_open > 0 and line.qty_to_invoice > 0 for line in order.order_line
            )

    @api.depends("order_line.sync_credited_open", "order_line.qty_to_invoice")
    @api.depends_context("lang")
    def _compute_sync_billed_again_lines(self) -> None:
        for order in self:
            texts = []
            for line in order.order_line:
                again = min(line.sync_credited_open, line.qty_to_invoice)
                if again > 0:
                    quantity = float_round(again, precision_rounding=line.product_uom_id.rounding or 0.01)
                    texts.append(f"{quantity:g} {line.product_uom_id.name} · {line.product_id.display_name}")
            order.sync_billed_again_lines = "\n".join(texts)

"""The values of the lines of a credit note.

Only a line that credits a quantity keeps its link to the order line: Odoo takes the quantity of every linked line off
what is invoiced. A line by price has no stored product either, of which Odoo would book the costs back.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from odoo import Command

from ...domain.currency import ZERO
from ...domain.service.note_plan import LineKind, PlannedLine
from ...domain.service.shared_money import share_by_weight
from .tax_price import currency_of, decimal, price_for_total

__all__ = ["by_price", "by_quantity", "rounding"]


def by_quantity(copy: Any, planned: PlannedLine) -> dict[str, Any]:
    """Return what changes in the copy of a billed line of which a quantity is credited."""
    billed = copy.sync_billed_line_id
    quantity = float(planned.quantity)
    ordered = billed.sale_line_ids[:1]
    if ordered and billed.product_uom_id:
        quantity = ordered.product_uom_id._compute_quantity(quantity, billed.product_uom_id, round=False)
    return {
        "quantity": -quantity if billed.quantity < 0 else quantity,
        "price_unit": billed.price_unit,
        "discount": billed.discount,
        **_facts(planned),
    }


def by_price(invoice: Any, planned: PlannedLine) -> dict[str, Any]:
    """Return a line with quantity 1 that comes to a total, with the taxes and the account of the billed line."""
    env = invoice.env
    billed = env["account.move.line"].browse(planned.billed_id)
    names = {
        LineKind.kept: env._("Restocking fee: %s", billed.name or ""),
        LineKind.correction: env._("Price of what was credited: %s", billed.name or ""),
        LineKind.price: env._("Part of the price: %s", billed.name or ""),
    }
    product = billed.product_id
    return {
        "display_type": "product",
        "product_id": product.id if product and not product.is_storable else False,
        "name": names.get(planned.kind, billed.name),
        "quantity": 1.0,
        "price_unit": float(price_for_total(billed, planned.total)),
        "discount": 0.0,
        "tax_ids": [(6, 0, billed.tax_ids.ids)],
        "account_id": billed.account_id.id,
        "analytic_distribution": billed.analytic_distribution,
        "sequence": billed.sequence,
        **_facts(planned),
    }


def by_taxes(invoice: Any, planned: PlannedLine) -> list[dict[str, Any]]:
    """Return the lines of an amount that belongs to no goods: one for each of the invoice's taxes, by their totals.

    Goodwill is a lower price of all that was billed, so it takes the taxes back in the same proportion.
    """
    lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    # A tax by amount, such as a fee for waste, is owed by piece, and no piece comes back.
    groups = lines.grouped(lambda line: line.tax_ids.filtered(lambda tax: tax.amount_type != "fixed"))
    weights = {
        taxes: sum((decimal(invoice.currency_id, line.price_total) for line in group), ZERO)
        for taxes, group in groups.items()
    }
    shares = share_by_weight(planned.total, weights, currency_of(invoice.currency_id))
    found = []
    for taxes, share in shares.items():
        if share > 0:
            main = groups[taxes].sorted("price_total", reverse=True)[:1]
            values = {
                **_without_taxes(invoice, share),
                "name": invoice.env._("Goodwill"),
                "price_unit": float(price_for_total(main, share, taxes)),
                "tax_ids": [Command.set(taxes.ids)],
                "account_id": main.account_id.id,
                "analytic_distribution": main.analytic_distribution,
            }
            found.append({**values, **_facts(replace(planned, total=share))})
    return found


def rounding(invoice: Any, total: Decimal) -> dict[str, Any]:
    """Return a line for what the taxes of the other lines leave to the total, or rounding left on the invoice."""
    planned = PlannedLine(LineKind.rounding, total)
    return {**_without_taxes(invoice, total), "name": invoice.env._("Rounding"), **_facts(planned)}


def _without_taxes(invoice: Any, total: Decimal) -> dict[str, Any]:
    lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    main = lines.filtered(lambda line: line.price_total > 0).sorted("price_total", reverse=True)[:1] or lines[:1]
    return {
        "display_type": "product",
        "product_id": False,
        "quantity": 1.0,
        "price_unit": float(total),
        "discount": 0.0,
        "tax_ids": [(5, 0, 0)],
        "account_id": main.account_id.id,
        "analytic_distribution": main.analytic_distribution,
        "sequence": 9999,
    }


def _facts(planned: PlannedLine) -> dict[str, Any]:
    # The line by quantity stands for the whole share already: what corrects its price is no further share.
    total = planned.total if planned.kind is not LineKind.correction else ZERO
    return {
        "sync_billed_line_id": planned.billed_id or False,
        "sync_credit_kind": planned.kind.value,
        "sync_credit_quantity": float(planned.quantity),
        "sync_credit_total": float(total),
        "sync_kept": float(planned.kept),
    }

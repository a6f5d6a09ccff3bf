"""Orders that send goods for goods: made like the first order, confirmed at once, and with their stock reserved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from odoo import Command

from ...api.errors import ApiProblem
from .work import Work

__all__ = ["confirm_and_reserve", "make_order", "priced", "short_of", "total_of"]

# What a second order has of the first.
_SAME = (
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "company_id",
    "warehouse_id",
    "pricelist_id",
    "fiscal_position_id",
    "payment_term_id",
    "user_id",
    "team_id",
)


def make_order(work: Work, lines: Iterable[Mapping[str, Any]]) -> Any:
    """Return a new order for the customer of an order, with stock reserved.

    :raises ApiProblem: "conflict": the goods cannot be reserved
    """
    first = work.order
    made = (
        work.env["sale.order"]
        .with_context(mail_create_nosubscribe=True)
        .create(
            {
                **{name: first[name].id for name in _SAME},
                "client_order_ref": first.client_order_ref,
                "origin": first.name,
                "order_line": [Command.create(dict(values)) for values in lines],
            }
        )
    )
    confirm_and_reserve(work, made)
    first._message_log(body=work.env._("Order %(order)s was made for it by a service action.", order=made.name))
    made._message_log(body=work.env._("Made by a service action for order %(order)s.", order=first.name))
    return made


def confirm_and_reserve(work: Work, made: Any) -> None:
    """Confirm a new order and reserve its goods now.

    :raises ApiProblem: "conflict": goods are missing
    """
    _waive_stops(work, made)
    made.action_confirm()
    made.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")).action_assign()
    missing = short_of(made)
    if missing:
        raise ApiProblem(
            "conflict",
            work.env._("Not in stock any more: %s.", ", ".join(missing.product_id.mapped("display_name"))),
        )


def _waive_stops(work: Work, made: Any) -> None:
    """Let the order of a blocked customer be confirmed, since an approval has set this rule aside, and keep it."""
    stops = made._stops(made._stopping_kinds())
    if not stops:
        return
    reason = work.action.override_reason or work.action.decision or work.request.reason
    made.env["retail.sync.block.override"]._record(stops, reason)
    waived = made.env.cr.precommit.data.setdefault("retail_sync.waived_orders", frozenset())
    made.env.cr.precommit.data["retail_sync.waived_orders"] = waived | set(made.ids)


def short_of(order: Any) -> Any:
    """Return the moves of an order that wait for goods of its warehouse."""
    return order.order_line.move_ids.filtered(
        lambda move: (
            move.state in ("confirmed", "partially_available")
            and move.procure_method == "make_to_stock"
            and move.product_id.is_storable
        )
    )


def priced(order: Any, product: Any, quantity: Decimal, now: Any) -> dict[str, Any]:
    """Return values of an order line for a product, at the price that the order's price list has now."""
    product = product.with_company(order.company_id)
    price = order.pricelist_id._get_product_price(
        product, float(quantity), currency=order.currency_id, uom=product.uom_id, date=now
    )
    taxes = product.taxes_id._filter_taxes_by_company(order.company_id)
    price = product._get_tax_included_unit_price_from_price(
        price, product_taxes=taxes, fiscal_position=order.fiscal_position_id
    )
    return {
        "product_id": product.id,
        "product_uom_id": product.uom_id.id,
        "product_uom_qty": float(quantity),
        "price_unit": price,
        "discount": 0.0,
        "tax_ids": [Command.set(order.fiscal_position_id.map_tax(taxes).ids)],
    }


def total_of(order: Any, values: Mapping[str, Any]) -> Decimal:
    """Return what a line of these values costs before its discount, taxes included."""
    env, currency = order.env, order.currency_id
    product = env["product.product"].browse(values["product_id"])
    taxes = env["account.tax"].browse(values["tax_ids"][0][2])
    found = taxes.compute_all(
        values["price_unit"], currency, values["product_uom_qty"], product=product, partner=order.partner_shipping_id
    )
    return Decimal(f"{found['total_included']:.{currency.decimal_places}f}")

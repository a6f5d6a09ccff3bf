"""Send goods again without a charge: a new order with a discount of 100 %, whose stock is reserved now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from odoo import Command

from ...domain.service.after_delivery import REPLACE
from .return_goods import asked_lines, goods_text, shown_lines
from .saying import effect, in_words, references_of
from .second_order import make_order, priced, total_of
from .work import Done, Executor, Shown, Work

__all__ = ["REPLACE_GOODS"]


def _lines(work: Work) -> list[dict[str, Any]]:
    """Return values of the lines of the new order: at the price of the first order, all of it taken off."""
    asked = asked_lines(work)
    return [_line(work, line, asked[line.id]) for line in work.order.order_line.filtered(lambda line: line.id in asked)]


def _line(work: Work, line: Any, quantity: Decimal) -> dict[str, Any]:
    # Goods of a set, and gifts, have no price of their own on the order; they are worth their list price.
    price = line.price_unit
    taxes = line.tax_ids
    if not price:
        found = priced(work.order, line.product_id, quantity, work.now)
        unit = line.product_id.uom_id._compute_price(found["price_unit"], line.product_uom_id)
        price, taxes = unit, taxes.browse(found["tax_ids"][0][2])
    return {
        "product_id": line.product_id.id,
        "name": line.name,
        "product_uom_id": line.product_uom_id.id,
        "product_uom_qty": float(quantity),
        "price_unit": price,
        "tax_ids": [Command.set(taxes.ids)],
        "discount": 100.0,
        "sync_replaces_line_id": line.id,
    }


def _value(work: Work) -> Decimal:
    return sum((total_of(work.order, values) for values in _lines(work)), Decimal())


def _show(work: Work) -> Shown:
    env, order, value = work.env, work.order, _value(work)
    values = {"goods": goods_text(work), "value": in_words(env, value, order.currency_id)}
    effects = (
        effect("order_made", env._("A new order sends %(goods)s without a charge. Its value is %(value)s.", **values)),
        effect(
            "stock_reserved",
            env._(
                "The goods are reserved now in %(warehouse)s, and go to %(address)s.",
                warehouse=order.warehouse_id.name,
                address=order.partner_shipping_id.display_name,
            ),
            order,
        ),
    )
    return Shown(
        amounts={"value": value},
        given_away=value,
        lines=shown_lines(work, {line["sync_replaces_line_id"]: total_of(order, line) for line in _lines(work)}),
        effects=effects,
        options={"warehouse": order.warehouse_id.id, "address": order.partner_shipping_id.id},
    )


def _carry_out(work: Work) -> Done:
    value = _value(work)
    made = make_order(work, _lines(work))
    note = work.env._("Order %(order)s sends %(goods)s without a charge.", order=made.name, goods=goods_text(work))
    return Done(references_of([made]), {"value": value}, note=note)


REPLACE_GOODS = Executor(REPLACE, _show, _carry_out)

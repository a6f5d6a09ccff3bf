"""Opens returns: which goods of which delivery come back, as records of OCA rma with their receipt."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.api import Environment

from ...api.errors import ApiProblem
from ...domain.returns.share_out import Delivered, Taken, share_out

__all__ = ["open_return"]

_OPERATION = "retail_sync_helpdesk.rma_operation_return"


def open_return(
    env: Environment,
    order: Any,
    lines: Mapping[int, Decimal],
    *,
    reason: str,
    action: Any,
    ticket: Any = None,
    reasons: Mapping[int, str] | None = None,
) -> Any:
    """Return a new ``retail.sync.return``, with a receipt that waits for the goods; whether it may be is judged before.

    :param env: with the right of the system
    :param lines: {order line id: quantity, in the unit of the line}
    :param reason: code of the reason
    :param action: ``retail.sync.action`` that asked for it; empty: none
    :param ticket: ``helpdesk.ticket`` or None
    :param reasons: {order line id: code}, where a line has a reason of its own
    :raises ApiProblem: "conflict": the deliveries of the order have less left than comes back
    """
    order = order.sudo().with_company(order.company_id)
    warehouse = _warehouse(order)
    of_lines = order.order_line.filtered(lambda line: line.id in lines)
    shares = {line: _shares(line, lines[line.id]) for line in of_lines}
    header = env["retail.sync.return"].sudo().create(_header_values(env, order, reason, action, ticket))
    of_return = (
        env["retail.sync.return.line"]
        .sudo()
        .create(
            [
                {
                    "return_id": header.id,
                    "order_line_id": line.id,
                    "quantity": float(lines[line.id]),
                    "reason": (reasons or {}).get(line.id) or reason,
                }
                for line in shares
            ]
        )
    )
    rma_values = [
        _rma_values(env, header, line, part, warehouse)
        for line, taken in zip(of_return, shares.values(), strict=True)
        for part in taken
    ]
    rmas = env["rma"].sudo().with_company(order.company_id).with_context(tracking_disable=True).create(rma_values)
    rmas.with_context(mail_notrack=True).action_confirm()
    header._opened()
    return header


def _header_values(env: Environment, order: Any, reason: str, action: Any, ticket: Any) -> dict[str, Any]:
    sequence = env["ir.sequence"].sudo().with_company(order.company_id)
    return {
        "name": sequence.next_by_code("retail.sync.return"),
        "order_id": order.id,
        "company_id": order.company_id.id,
        "partner_id": order.partner_id.id,
        "ticket_id": ticket.id if ticket else False,
        "action_uuid": action.uuid if action else False,
        "policy": action.policy if action else False,
        "channel": action.channel if action else "screen",
        "note": action.note if action else False,
        "user_id": (action.user_id.id if action else False) or env.uid,
        "reason": reason,
        "requested_at": fields.Datetime.now(),
    }


def _warehouse(order: Any) -> Any:
    warehouse = order.warehouse_id
    if not warehouse.rma_loc_id or not warehouse.rma_in_route_id:
        raise ApiProblem(
            "conflict",
            order.env._("The warehouse %s takes no returns: it has no place for them.", warehouse.display_name),
        )
    return warehouse


def _shares(line: Any, quantity: Decimal) -> tuple[Taken, ...]:
    """Return which parts of which deliveries come back.

    :raises ApiProblem: less is left
    """
    moves = line.move_ids.filtered(lambda move: move.state == "done" and move.location_dest_id.usage == "customer")
    moves = moves.sorted(lambda move: (move.date, move.id))
    needs = _needs(line, moves)
    refused = line.order_id._sync_goods_refused().get(line.id, Decimal())
    again = {product_id: refused * need for product_id, need in needs.items()}
    deliveries = [_delivered(move, again) for move in moves]
    found = share_out({product_id: quantity * need for product_id, need in needs.items()}, deliveries)
    if not found:
        raise ApiProblem(
            "conflict",
            line.env._("Less of %s was delivered, and is not back or expected back, than comes back.", line.name),
        )
    return found


def _needs(line: Any, moves: Any) -> dict[int, Decimal]:
    """Return {product id: what one of the line needs of it, in the unit of its moves}; of a kit, by component."""
    if not moves or moves.product_id == line.product_id:
        unit = moves[:1].product_uom or line.product_uom_id
        return {line.product_id.id: _decimal(line.product_uom_id._compute_quantity(1, unit, round=False))}
    sent = line.move_ids.filtered(lambda move: move.state != "cancel" and move.location_dest_id.usage == "customer")
    return {
        product.id: _need_of(line, sent.filtered(lambda m, p=product: m.product_id == p)) for product in sent.product_id
    }


def _need_of(line: Any, moves: Any) -> Decimal:
    """Return what one kit needs of a component: by its bill of materials, else by what was ordered of both."""
    bom_line = moves[:1].bom_line_id if "bom_line_id" in moves._fields else None
    bom = bom_line.bom_id if bom_line else None
    if bom and bom.product_tmpl_id == line.product_id.product_tmpl_id:
        quantity = bom_line.product_uom_id._compute_quantity(bom_line.product_qty, moves[0].product_uom, round=False)
        kits = bom.product_uom_id._compute_quantity(bom.product_qty, line.product_uom_id, round=False)
        return _decimal(quantity) / _decimal(kits)
    ordered = _decimal(line.product_uom_qty)
    return sum((_decimal(move.product_uom_qty) for move in moves), Decimal()) / ordered if ordered else Decimal()


def _delivered(move: Any, again: dict[int, Decimal]) -> Delivered:
    """Return a delivery with what is left of it.

    :param again: {product id: quantity} of parcels that held other goods: the customer still has these, and what is
        counted here is taken off
    """
    left = _left_of(move)
    more = min(again.get(move.product_id.id, Decimal()), _decimal(move.quantity) - left)
    again[move.product_id.id] = again.get(move.product_id.id, Decimal()) - more
    return Delivered(move.id, move.product_id.id, left + more)


def _left_of(move: Any) -> Decimal:
    """Return what of a delivery is neither back nor expected back, in its unit."""
    back = Decimal()
    for returned in move.returned_move_ids:
        if returned.state == "cancel" or returned.location_id.usage != "customer":
            continue
        quantity = returned.quantity if returned.state == "done" else returned.product_uom_qty
        back += _decimal(returned.product_uom._compute_quantity(quantity, move.product_uom, round=False))
    return max(_decimal(move.quantity) - back, Decimal())


def _rma_values(env: Environment, header: Any, line: Any, part: Taken, warehouse: Any) -> dict[str, Any]:
    move = env["stock.move"].sudo().browse(part.move_id)
    order = header.order_id
    return {
        "sync_return_line_id": line.id,
        "origin": header.name,
        "company_id": header.company_id.id,
        "partner_id": order.partner_id.id,
        "partner_shipping_id": order.partner_shipping_id.id,
        "partner_invoice_id": order.partner_invoice_id.id,
        "order_id": order.id,
        "picking_id": move.picking_id.id,
        "move_id": move.id,
        "product_id": part.product_id,
        "product_uom_qty": float(part.quantity),
        "product_uom": move.product_uom.id,
        "location_id": warehouse.rma_loc_id.id,
        "operation_id": env.ref(_OPERATION).id,
        "user_id": False,
    }


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))

"""The canonical values of returns."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.commerce import refunds
from ...domain.commerce.facts import OrderFacts, TransferFacts
from ...domain.commerce.money_facts import ZERO, InvoiceFacts
from ..milestone import fact_reader
from ..order.document_values import joined, link_to, moment, money, named, quantity, text
from ..shipment.lines import line_key
from ..shipment.values import customer_of, order_of


def of_returns(env: Environment, pickings: models.BaseModel, reasons: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """Return {transfer id: canonical values}. Queries do not grow with the number of transfers."""
    orders = {picking.id: order_of(picking) for picking in pickings}
    facts = fact_reader.read(env, {order.id for order in orders.values() if order})
    notes = {order_id: refunds.notes_by_return(of_order) for order_id, of_order in facts.items()}
    found = {}
    for picking in pickings:
        order = orders[picking.id]
        of_order = facts.get(order.id)
        found[picking.id] = {
            "number": text(picking.name),
            "order": named(order),
            "shipment": named(picking.move_ids.origin_returned_move_id.picking_id[:1]),
            "customer": named(customer_of(picking)),
            "requested_at": moment(picking.create_date),
            "received_at": moment(picking.date_done) if picking.state == "done" else None,
            "lines": _lines(picking),
            "url": link_to(env, picking),
            **_refund(env, picking, of_order, notes.get(order.id, {}).get(picking.id, []), reasons.get(picking.id)),
        }
    return found


def _refund(
    env: Environment,
    picking: models.BaseModel,
    facts: OrderFacts | None,
    notes: list[InvoiceFacts],
    reason: str | None,
) -> dict[str, Any]:
    """Return the values that follow from the facts of the order; without an order, from the transfer alone."""
    transfer = next((found for found in facts.transfers if found.id == picking.id), None) if facts else None
    if facts is None or transfer is None:
        states = {"done": "received", "cancel": "cancelled"}
        return {"state": states.get(picking.state, "requested"), "reason": text(reason)}
    currency = notes[0].currency if notes else facts.currency
    counted = [note for note in notes if note.currency == currency]
    return {
        "state": refunds.refund_state(facts, transfer, notes),
        "reason": text(reason) or joined([note.reason for note in notes], "\n"),
        "result": _result(env, facts, transfer),
        "credit_notes": joined([note.name for note in notes]),
        "refund": money(sum((note.total for note in counted), ZERO), currency) if notes else None,
        "refund_open": money(sum((note.residual for note in counted), Decimal()), currency) if notes else None,
        "currency": currency,
    }


def _result(env: Environment, facts: OrderFacts, transfer: TransferFacts) -> str | None:
    """Return what became of the goods, by where they went after they were received."""
    words = {
        "stock": env._("Back in stock"),
        "scrap": env._("Scrapped"),
        "supplier": env._("Returned to the supplier"),
    }
    inspections = [
        found
        for found in facts.transfers
        if found.role == "inspection" and found.done and transfer.id in found.return_of
    ]
    return joined([words.get(found.result, found.result) for found in inspections])


def _lines(picking: models.BaseModel) -> list[dict[str, Any]] | None:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for move in picking.move_ids:
        if move.state != "cancel" or picking.state == "cancel":
            grouped[line_key(move)].append(move)
    done = picking.state == "done"
    return [_line(key, moves, done) for key, moves in grouped.items()] or None


def _line(key: str, moves: list[Any], done: bool) -> dict[str, Any]:
    first = moves[0]
    total = sum(move.quantity if done else move.product_uom_qty for move in moves)
    return {
        "key": key,
        "sku": text(first.product_id.default_code),
        "name": text(first.product_id.display_name),
        "order_line": str(first.sale_line_id.id) if first.sale_line_id else None,
        "quantity": quantity(total, first.product_uom.name),
        "to_refund": any(move.to_refund for move in moves),
    }

"""The canonical values of shipments."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from ...domain.commerce.entries import in_force
from ...domain.commerce.facts import OrderFacts, TransferFacts
from ...domain.commerce.promise import due_at, is_late
from ..milestone import evaluation, fact_reader
from ..order.document_values import joined, link_to, moment, named, printed_address, text
from ..product import weight_unit
from . import lines

# Odoo's state of a transfer that is neither done nor cancelled -> ours, where all of it is reserved or nothing is.
WAITING, READY = "waiting", "ready"
# Role of a transfer in its order -> its kind.
KINDS = {"dropship": "dropship", "exchange": "exchange", "replacement": "replacement"}
# Milestones of a transfer that was handed over.
REPORTED = ("delivered", "delivery_exception")


def order_of(picking: models.BaseModel) -> models.BaseModel:
    """Return the order that a transfer belongs to; of a replacement for returned goods, the order of the return."""
    order = picking.sale_id or picking.move_ids.sale_line_id.order_id[:1]
    if not order and "rma_id" in picking.move_ids._fields:
        order = picking.move_ids.rma_id.order_id[:1]
    return order


def customer_of(picking: models.BaseModel) -> models.BaseModel:
    """Return the company or private customer whose transfer it is."""
    return (order_of(picking).partner_id or picking.partner_id).commercial_partner_id


def of_shipments(env: Environment, pickings: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
    """Return {transfer id: canonical values}, the customer excepted. Queries do not grow with the number of transfers.

    :param wanted: canonical names that are read at all
    """
    kilograms = weight_unit.kilograms(env)
    facts = fact_reader.read(env, {order.id for picking in pickings if (order := order_of(picking))})
    transfers = {transfer.id: transfer for of_order in facts.values() for transfer in of_order.transfers}
    reported = _reports(env, facts)
    found = {}
    for picking in pickings:
        transfer = transfers.get(picking.id)
        found[picking.id] = _values(env, picking, transfer, wanted, kilograms)
        if transfer and transfer.done:
            found[picking.id].update(reported.get(picking.id, {}))
    return found


def _reports(env: Environment, facts: Mapping[int, OrderFacts]) -> dict[int, dict[str, Any]]:
    """Return {transfer id: values that follow from what the journal says of its way after the hand-over}."""
    found: dict[int, dict[str, Any]] = {}
    for entries in evaluation.journal_of(env, list(facts)).values():
        for entry in in_force(entries).values():
            if entry.document.model != "stock.picking" or entry.kind not in REPORTED:
                continue
            values = found.setdefault(entry.document.id, {})
            if entry.kind == "delivered":
                values.update(state="delivered", delivered_at=moment(entry.at), delivered_assumed=entry.assumed)
            else:
                values["state"] = "exception"
    return found


def _values(
    env: Environment,
    picking: models.BaseModel,
    transfer: TransferFacts | None,
    wanted: Collection[str],
    kilograms: float,
) -> dict[str, Any]:
    done = picking.state == "done"
    found = {
        "number": text(picking.name),
        "order": named(order_of(picking)),
        "state": state_of(picking),
        "kind": KINDS.get(transfer.role, "delivery") if transfer else kind_of(picking),
        "backorder_of": text(picking.backorder_id.name),
        "carrier": text(picking.carrier_id.name),
        "tracking": joined(tracking_numbers(picking)),
        "planned_at": moment(picking.scheduled_date),
        "promised_at": moment(picking.date_deadline),
        "shipped_at": moment(picking.date_done) if done else None,
        "delivered_at": None,
        "delivered_assumed": False,
        "late": late(picking),
        "parcels": parcels(picking),
        "weight": round((picking.shipping_weight or picking.weight) * kilograms, 3) or None,
        "warehouse": text(picking.picking_type_id.warehouse_id.name),
        "url": link_to(env, picking),
    }
    if "tracking_url" in wanted:
        found["tracking_url"] = tracking_links(picking)
    if "delivery_address" in wanted:
        found["delivery_address"] = printed_address(picking.partner_id)
    if "lines" in wanted:
        found["lines"] = lines.of_shipment(picking, transfer.quantities if transfer else {})
    return found


def state_of(picking: models.BaseModel) -> str:
    """Return where a transfer stands: of an open one, by what is reserved and not by Odoo's state.

    Odoo calls a transfer ready when a part of it is, where goods are sent as soon as possible.
    """
    if picking.state in ("done", "cancel"):
        return "shipped" if picking.state == "done" else "cancelled"
    moves = [move for move in picking.move_ids if move.state != "cancel"]
    reserved = [move for move in moves if move.quantity > 0]
    if not reserved:
        # Goods that are not counted, or that a supplier ships, are never reserved.
        return READY if picking.state == "assigned" else WAITING
    whole = all(move.product_uom.compare(move.quantity, move.product_uom_qty) >= 0 for move in moves)
    return READY if whole else "partly_ready"


def kind_of(picking: models.BaseModel) -> str:
    """Return which way goods go to the customer."""
    if picking.location_id.usage == "supplier":
        return "dropship"
    if "rma_id" in picking.move_ids._fields and picking.move_ids.rma_id:
        return "replacement"
    return "delivery"


def late(picking: models.BaseModel) -> bool:
    """Return whether a transfer was done after it was due, or is planned or still open after that."""
    if picking.state == "cancel":
        return False
    due = due_at(picking.date_deadline or None, agreed=bool(order_of(picking).commitment_date))
    done = picking.state == "done"
    if done and not picking.date_done:
        return False
    return is_late(
        due, now=fields.Datetime.now(), planned=picking.scheduled_date or None, done=picking.date_done if done else None
    )


def tracking_numbers(picking: models.BaseModel) -> list[str]:
    """Return the tracking numbers of a transfer: Odoo joins those of several parcels by commas."""
    return [number.strip() for number in (picking.carrier_tracking_ref or "").split(",") if number.strip()]


def parcels(picking: models.BaseModel) -> int | None:
    """Return the number of packages, else that of tracking numbers; None where neither is known."""
    return len(picking.move_line_ids.result_package_id) or len(tracking_numbers(picking)) or None


def tracking_links(picking: models.BaseModel) -> str | None:
    """Return the carrier's pages about a transfer, one a line."""
    url = picking.carrier_tracking_url
    if not url:
        return None
    try:
        links = json.loads(url)
    except ValueError:
        return text(url)
    # Of several parcels, carriers return a list of [tracking number, link].
    return joined([link[-1] if isinstance(link, (list, tuple)) else link for link in links], "\n")

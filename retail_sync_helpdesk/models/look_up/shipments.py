"""The shipments of an order: what goes to the customer, where it is, and since when."""

from __future__ import annotations

import json
from typing import Any

from odoo import fields

from odoo.addons.retail_sync.domain.commerce.entries import in_force
from odoo.addons.retail_sync.domain.commerce.promise import is_late

from ...api.schemas.order import Shipment, ShipmentLine
from .looking import Looking, aware, number, text
from .order_rows import Standing

__all__ = ["of_order"]

_CARRIER = "carrier"
_ASSUMED = "assumed"
_PERSON = "person"


def of_order(look: Looking, standing: Standing) -> tuple[Shipment, ...]:
    """Return the transfers that hand goods over, in the order in which they were made."""
    outgoing = standing.facts.outgoing
    if not outgoing:
        return ()
    urls = _urls(look, [transfer.id for transfer in outgoing if transfer.tracking and transfer.carrier])
    reported = {
        (entry.kind, entry.document.id): entry
        for entry in in_force(standing.journal).values()
        if entry.document.model == "stock.picking" and entry.kind in ("delivered", "delivery_exception")
    }
    skus = {line.id: line.sku for line in standing.facts.lines}
    return tuple(_shipment(transfer, standing, urls, reported, skus) for transfer in outgoing)


def _shipment(
    transfer: Any, standing: Standing, urls: dict[int, str], reported: dict[Any, Any], skus: dict[int, str]
) -> Shipment:
    delivered = reported.get(("delivered", transfer.id)) if transfer.done else None
    quantities = transfer.quantities if transfer.done else transfer.demand
    return Shipment(
        id=transfer.id,
        number=transfer.name,
        state=_state(transfer, bool(delivered), ("delivery_exception", transfer.id) in reported),
        promised_at=aware(transfer.promised_at),
        shipped_at=aware(transfer.done_at) if transfer.done else None,
        delivered_at=aware(delivered.at) if delivered else None,
        delivered_source=_source(delivered) if delivered else "",
        late=transfer.state != "cancel"
        and is_late(
            standing.facts.transfer_due_at(transfer),
            now=fields.Datetime.now(),
            planned=transfer.planned_at,
            done=transfer.done_at if transfer.done else None,
        ),
        carrier=text(transfer.carrier),
        tracking=text(transfer.tracking),
        tracking_url=urls.get(transfer.id, ""),
        lines=tuple(
            ShipmentLine(line_id=line_id or None, sku=skus.get(line_id, ""), quantity=number(quantity))
            for line_id, quantity in sorted(quantities.items())
        ),
    )


def _state(transfer: Any, delivered: bool, troubled: bool) -> str:
    """Return where a transfer stands: of an open one, by what is reserved and not by Odoo's state."""
    if transfer.done:
        return "delivered" if delivered else ("exception" if troubled else "shipped")
    if transfer.state == "cancel":
        return "cancelled"
    reserved = sum(transfer.quantities.values())
    if not reserved:
        # Goods that are not counted, or that a supplier ships, are never reserved.
        return "ready" if transfer.state == "assigned" else "waiting"
    return "ready" if reserved >= sum(transfer.demand.values()) else "partly_ready"


def _source(entry: Any) -> str:
    if entry.assumed:
        return _ASSUMED
    return _CARRIER if entry.cause == _CARRIER else _PERSON


def _urls(look: Looking, picking_ids: list[int]) -> dict[int, str]:
    """Return {transfer id: the carrier's page about it}: Odoo asks the carrier's addon for each transfer.

    All transfers are read together, and so are the carriers.
    """
    pickings = look.env["stock.picking"].with_context(prefetch_fields=False).browse(picking_ids)
    pickings.fetch(["carrier_id", "carrier_tracking_ref"])
    pickings.carrier_id.fetch(["delivery_type", "tracking_url"])
    return {picking.id: _first(picking.carrier_tracking_url) for picking in pickings}


def _first(url: str | bool) -> str:
    """Return the page of the first parcel: of several, carriers return a list of [number, page]."""
    if not url:
        return ""
    try:
        pages = json.loads(str(url))
    except ValueError:
        return text(url)
    if not isinstance(pages, list) or not pages:
        return ""
    return text(pages[0][-1] if isinstance(pages[0], list) else pages[0])

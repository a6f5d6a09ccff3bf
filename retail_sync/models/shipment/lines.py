"""What a transfer holds: goods by order line and product, components of kits with the kit that they make up."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from odoo import models

from ..order.document_values import quantity, text


def of_shipment(picking: models.BaseModel, kits: Mapping[int, Any]) -> list[dict[str, Any]] | None:
    """Return the lines of a transfer in the order of its moves.

    Moves of one product for one order line are one line: Odoo splits and joins them as it reserves. Moves that were
    cancelled alone were born by a change of the order, and say nothing.

    :param kits: {order line id: kits that the transfer completes}
    """
    # As a list: a filtered recordset forgets with whom its records are read together.
    moves = [move for move in picking.move_ids if move.state != "cancel" or picking.state == "cancel"]
    grouped: dict[str, list[Any]] = defaultdict(list)
    for move in sorted(moves, key=lambda move: (move.sequence, move.id)):
        grouped[line_key(move)].append(move)
    return [_line(key, found, kits) for key, found in grouped.items()] or None


def line_key(move: models.BaseModel) -> str:
    """Return the key of a move's line: stable while Odoo splits moves, and while it makes backorders of transfers."""
    return f"{move.sale_line_id.id or 0}-{move.product_id.id}-{move.product_uom.id}"


def kit_of(move: models.BaseModel) -> models.BaseModel:
    """Return the product that an order line sells as a kit and of which a move is a component; else none."""
    sold = move.sale_line_id.product_id
    return sold if sold and sold != move.product_id and _explodes(move) else sold.browse()


def _explodes(move: models.BaseModel) -> bool:
    return "bom_line_id" in move._fields and bool(move.bom_line_id)


def _line(key: str, moves: list[Any], kits: Mapping[int, Any]) -> dict[str, Any]:
    first = moves[0]
    product, unit, sold = first.product_id, first.product_uom.name, first.sale_line_id
    found = {
        "key": key,
        "sku": text(product.default_code),
        "name": text(product.display_name),
        "demand": quantity(sum(move.product_uom_qty for move in moves), unit),
        "quantity": quantity(sum(move.quantity for move in moves), unit),
        "order_line": str(sold.id) if sold else None,
        "kit_sku": None,
        "kit_quantity": None,
    }
    if kit := kit_of(first):
        found["kit_sku"] = text(kit.default_code)
        found["kit_quantity"] = quantity(kits.get(sold.id), sold.product_uom_id.name)
    return found

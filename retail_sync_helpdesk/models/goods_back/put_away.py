"""Puts goods that were inspected where they belong: real transfers from the place of returns."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from odoo import Command
from odoo.exceptions import UserError

from ...domain.returns.state import Stage, stage_of

__all__ = ["give_up", "move_goods"]


def move_goods(inspections: Any) -> None:
    """Move inspected goods to stock or to scrap: one transfer for each place."""
    for disposition in ("stock", "scrap"):
        chosen = inspections.filtered(lambda found, d=disposition: found.disposition == d)
        for header, of_header in chosen.grouped("return_id").items():
            picking = _transfer(header, of_header, disposition)
            of_header.write({"picking_id": picking.id})


def _transfer(header: Any, inspections: Any, disposition: str) -> Any:
    """Return the done transfer of inspected goods.

    :raises UserError: the goods are no longer where returns are received
    """
    warehouse = header.order_id.warehouse_id
    target = warehouse.lot_stock_id if disposition == "stock" else _scrap_location(header)
    by_source = _sources(inspections)
    source = next(iter(by_source))[0].location_dest_id
    picking = (
        header.env["stock.picking"]
        .sudo()
        .create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": header.name,
                "company_id": header.company_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": received.product_id.id,
                            "product_uom_qty": float(quantity),
                            "product_uom": received.product_uom.id,
                            "location_id": received.location_dest_id.id,
                            "location_dest_id": target.id,
                            "company_id": header.company_id.id,
                            "move_orig_ids": [Command.set(received.ids)],
                        }
                    )
                    for (received, _line), quantity in by_source.items()
                ],
            }
        )
    )
    # Moves of two receipts stay two, so that it is known what of each receipt has gone on.
    picking.move_ids._action_confirm(merge=False)
    picking.action_assign()
    if any(move.state != "assigned" for move in picking.move_ids):
        raise UserError(
            header.env._(
                "The goods of return %(number)s are no longer at %(place)s. Move them back there, or choose that they "
                "are kept.",
                number=header.name,
                place=source.display_name,
            )
        )
    picking.move_ids.picked = True
    picking.with_context(skip_sms=True)._action_done()
    return picking


def _scrap_location(header: Any) -> Any:
    return (
        header.env["stock.location"]
        .sudo()
        .search([("usage", "=", "inventory"), ("company_id", "=", header.company_id.id)], order="id", limit=1)
    )


def _sources(inspections: Any) -> dict[Any, Decimal]:
    """Return {(receipt, line): quantity} of inspected goods, of receipts whose goods have not gone on."""
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for inspection in inspections:
        line = inspection.line_id
        planned: dict[Any, Decimal] = defaultdict(Decimal)
        for rma in line.rma_ids:
            planned[rma.product_id] += Decimal(str(rma.product_uom_qty))
        for product, of_all in planned.items():
            rest = of_all * Decimal(str(inspection.quantity)) / Decimal(str(line.quantity))
            for rma in line.rma_ids.filtered(lambda r, p=product: r.product_id == p and _is_back(r)).sorted("id"):
                move = rma.reception_move_id
                part = min(rest, _left_of(move) - found[move, line])
                if part > 0:
                    found[move, line] += part
                    rest -= part
    return {key: quantity for key, quantity in found.items() if quantity > 0}


def _is_back(rma: Any) -> bool:
    return rma.reception_move_id.state == "done"


def _left_of(move: Any) -> Decimal:
    """Return what of a receipt has not gone on, in its unit."""
    gone = sum(
        (
            Decimal(str(on.product_uom._compute_quantity(on.quantity, move.product_uom, round=False)))
            for on in move.move_dest_ids
            if on.state == "done"
        ),
        Decimal(),
    )
    return Decimal(str(move.quantity)) - gone


def give_up(inspections: Any) -> None:
    """Expect no more of goods that are missing: their parts of the return and their receipts are cancelled."""
    for inspection in inspections:
        line = inspection.line_id
        share = Decimal(str(inspection.quantity)) / Decimal(str(line.expected_quantity))
        waiting = line.rma_ids.filtered(lambda rma: stage_of(rma.state) in (Stage.unplanned, Stage.expected))
        for product in waiting.product_id:
            parts = waiting.filtered(lambda rma, p=product: rma.product_id == p).sorted("id", reverse=True)
            rest = sum((Decimal(str(rma.product_uom_qty)) for rma in parts), Decimal()) * share
            for rma in parts:
                rest -= _expect_less(rma, min(rest, Decimal(str(rma.product_uom_qty))))


def _expect_less(rma: Any, quantity: Decimal) -> Decimal:
    """Cancel a quantity of a part that has not arrived; return it."""
    if quantity <= 0:
        return Decimal()
    busy = rma.with_context(retail_sync_return_busy=True, tracking_disable=True)
    if quantity >= Decimal(str(rma.product_uom_qty)):
        busy.action_cancel()
        return quantity
    left = float(Decimal(str(rma.product_uom_qty)) - quantity)
    busy.copy({"product_uom_qty": float(quantity), "product_uom": rma.product_uom.id, "state": "cancelled"})
    rma.reception_move_id.product_uom_qty = left
    busy.product_uom_qty = left
    return quantity

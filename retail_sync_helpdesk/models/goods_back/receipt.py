"""Receipts of returns in parts: each part that arrives has a record of OCA rma of its own, and so has the rest."""

from __future__ import annotations

from typing import Any

__all__ = ["absent", "give_up", "split"]


def absent(moves: Any) -> Any:
    """Return the moves of a receipt of which nothing is done now."""
    return moves.filtered(lambda move: not move.picked or move.product_uom.compare(move.quantity, 0) <= 0)


def split(moves: Any, rest_is_lost: bool) -> None:
    """Cut the moves that bring less than was announced, with their parts of the return.

    :param rest_is_lost: whether the warehouse waits for no rest
    """
    for move in moves:
        if move.product_uom.compare(move.quantity, move.product_uom_qty) >= 0:
            continue
        rma = move.rma_receiver_ids
        rest = move.product_uom_qty - move.quantity
        values = {
            "product_uom_qty": rest,
            "product_uom": rma.product_uom.id,
            "origin_split_rma_id": rma.id,
            "origin": rma.origin,
        }
        if rest_is_lost:
            move.with_context(do_not_unreserve=True).product_uom_qty = move.quantity
            values["state"] = "cancelled"
        else:
            values |= {"state": "confirmed", "reception_move_id": _rest_of(move, rest).id}
        rma.with_context(tracking_disable=True).copy(values)
        rma.product_uom_qty = move.quantity


def _rest_of(move: Any, rest: float) -> Any:
    """Return the move that waits for the rest; the transfer moves it into its backorder."""
    quantity = move.product_uom._compute_quantity(rest, move.product_id.uom_id, rounding_method="HALF-UP")
    made = move.create(move._split(quantity))
    made.with_context(bypass_entire_pack=True)._action_confirm(merge=False, create_proc=False)
    return made


def give_up(moves: Any) -> None:
    """Cancel moves of which nothing came, with their parts of the return: the warehouse waits for no rest."""
    rmas = moves.rma_receiver_ids
    rmas.with_context(retail_sync_return_busy=True).action_cancel()
    rmas.sync_return_id._refresh()

"""Which credit notes belong to which returns: nothing in Odoo ties the two, but for the order lines that both name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .facts import OrderFacts, TransferFacts
from .money_facts import ZERO, InvoiceFacts

__all__ = ["notes_by_return", "notes_of_returns", "refund_state", "returned"]

Quantities = Mapping[int, Decimal]


def notes_of_returns(
    returns: Sequence[tuple[int, Quantities]], notes: Sequence[tuple[int, Quantities]]
) -> dict[int, list[int]]:
    """Return {return id: [credit note ids]}: each note pays for what came back first and is not paid for yet.

    A note may belong to several returns, and a return to several notes. What a note credits beyond the returned goods
    belongs to no return.

    :param returns: [(id, {order line id: quantity})], in the order of time
    :param notes: [(id, {order line id: quantity})], in the order of time
    """
    left = {return_id: dict(quantities) for return_id, quantities in returns}
    found: dict[int, list[int]] = {return_id: [] for return_id, _quantities in returns}
    for note_id, quantities in notes:
        for line_id, quantity in quantities.items():
            rest = quantity
            for return_id, of_return in left.items():
                part = min(of_return.get(line_id, ZERO), rest)
                if part <= 0:
                    continue
                of_return[line_id] -= part
                rest -= part
                if note_id not in found[return_id]:
                    found[return_id].append(note_id)
    return found


def returned(transfer: TransferFacts) -> Quantities:
    """Return {order line id: quantity} of a return: what came back, or what was asked to."""
    return transfer.quantities if transfer.done else transfer.demand


def notes_by_return(facts: OrderFacts) -> dict[int, list[InvoiceFacts]]:
    """Return {transfer id: posted credit notes} of the returns of an order that were not cancelled."""
    back = [transfer for transfer in facts.transfers if transfer.role == "return" and transfer.state != "cancel"]
    notes = {note.id: note for note in facts.posted("out_refund")}
    found = notes_of_returns(
        [(transfer.id, returned(transfer)) for transfer in back],
        [(note.id, note.quantities) for note in sorted(notes.values(), key=lambda note: note.id)],
    )
    return {return_id: [notes[note_id] for note_id in note_ids] for return_id, note_ids in found.items()}


def refund_state(facts: OrderFacts, transfer: TransferFacts, notes: Sequence[InvoiceFacts]) -> str:
    """Return where a return stands, of `canonical.returns.RETURN_STATES`: the last that applies."""
    if transfer.state == "cancel":
        return "cancelled"
    if notes and all(note.open <= 0 for note in notes):
        return "refunded"
    if notes and _refund_failed(facts):
        return "refund_failed"
    if notes or facts.approvals:
        return "refund_approved"
    if any(other.role == "inspection" and other.done and transfer.id in other.return_of for other in facts.transfers):
        return "inspected"
    return "received" if transfer.done else "requested"


def _refund_failed(facts: OrderFacts) -> bool:
    """Return whether the latest refund at the provider failed."""
    refunds = [entry for entry in facts.transactions if entry.refund]
    return bool(refunds) and max(refunds, key=lambda entry: entry.id).failed

"""Cancel a whole order, of which nothing has left and nothing is billed."""

from __future__ import annotations

from typing import Any

from ...domain.currency import ZERO
from ...domain.service.before_shipping import CANCEL_ORDER
from .refunds import amounts_of, effects_of_offer, method_of, pay_back
from .saying import effect, in_words, listed, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["CANCEL", "open_transfers", "release_reserved", "reserved_of"]


def open_transfers(order: Any) -> Any:
    """Return the transfers of an order that are still to be done."""
    return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))


def reserved_of(order: Any) -> Any:
    """Return the payments that a provider has reserved for an order and not taken, and that no other order needs."""
    return order.transaction_ids.filtered(
        lambda transaction: (
            transaction.state == "authorized"
            and all(other.state == "cancel" for other in transaction.sale_order_ids - order)
        )
    )


def release_reserved(order: Any) -> None:
    """Let a job release what providers have reserved: they are asked after the commit, and are no part of it."""
    for transaction in reserved_of(order):
        description = order.env._("Release the payment of %s", order.name)
        order.env["retail.sync.actions.jobs"].with_delay(description=description)._job_release(transaction.id)


def _show(work: Work) -> Shown:
    env, order = work.env, work.order
    effects = [effect("order_cancelled", env._("Order %s is cancelled.", order.name), order)]
    for picking in open_transfers(order):
        effects.append(effect("shipment_cancelled", env._("Transfer %s is cancelled.", picking.name), picking))
    drafts = order.invoice_ids.filtered(lambda move: move.state == "draft")
    if drafts:
        count = len(drafts)
        effects.append(effect("drafts_cancelled", env._("Draft invoices are cancelled: %s.", count)))
    for transaction in reserved_of(order):
        amount = in_words(env, work.facts.reserved, order.currency_id)
        text = env._("The payment provider is asked to release the reserved payment of %s.", amount)
        effects.append(effect("payment_released", text, transaction))
    for transaction in order.transaction_ids.filtered(lambda found: found.state == "pending"):
        text = env._(
            "A payment is under way: %s. If it arrives, pay it back with “Refund in full”.", transaction.reference
        )
        effects.append(effect("payment_pending", text, transaction))
    offer = work.verdict.offer
    if offer:
        effects += effects_of_offer(work, offer)
    return Shown(
        amounts=amounts_of(offer) if offer else {},
        given_away=offer.given_back if offer else ZERO,
        effects=tuple(effects),
        method=method_of(work, offer) if offer else "",
        options={"shipments": sorted(open_transfers(order).ids)},
    )


def _carry_out(work: Work) -> Done:
    order = work.order
    pickings = open_transfers(order)
    reserved = reserved_of(order)
    order.with_context(disable_cancel_warning=True).action_cancel()
    release_reserved(order)
    note = work.env._("Cancelled transfers: %s.", listed(pickings)) if pickings else ""
    offer = work.verdict.offer
    if not offer:
        return Done(references_of([order, *pickings, *reserved]), note=note)
    _notes, refunds = pay_back(work, offer, cut_ordered=False)
    text = work.env._("To be paid back: %s.", in_words(work.env, offer.paid_back, order.currency_id))
    documents = references_of([order, *pickings, *reserved])
    return Done(documents, amounts_of(offer), refunds, f"{note} {text}".strip())


CANCEL = Executor(CANCEL_ORDER, _show, _carry_out, moves_money=True)

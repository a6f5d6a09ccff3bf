"""Money of transactions that no credit note stands for: refunds of what was never billed, and what is unused so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.tools import SQL

from ...domain.currency import ZERO, Currency
from ...domain.service.money_facts import Refund
from ...domain.service.shared_money import payment_by_order

__all__ = ["Online", "Ours", "paid_by_hand", "read"]

_STANDING = """
    SELECT refund.order_id, refund.id, refund.amount, refund.state
      FROM retail_sync_refund refund
      LEFT JOIN payment_transaction child ON child.id = refund.child_transaction_id
     WHERE refund.order_id = ANY(%s) AND refund.note_id IS NULL
       AND (child.id IS NULL OR child.state IN ('error', 'cancel'))
     ORDER BY refund.id
"""
# What is left of each payment: refunds of Odoo's own button, and those of ours that are to come, are taken off; so is
# what the books have used of it. A payment without an entry has no books yet.
_UNUSED = """
    SELECT paid.id, LEAST(
           paid.amount - COALESCE((SELECT sum(abs(child.amount)) FROM payment_transaction child
                WHERE child.source_transaction_id = paid.id AND child.operation = 'refund'
                  AND child.state NOT IN ('error', 'cancel')), 0)
           - COALESCE((SELECT sum(refund.amount) FROM retail_sync_refund refund
                LEFT JOIN payment_transaction child ON child.id = refund.child_transaction_id
                WHERE refund.source_transaction_id = paid.id
                  AND (child.id IS NULL OR child.state IN ('error', 'cancel'))), 0),
           (SELECT sum(abs(item.amount_residual_currency)) FROM account_payment payment
              JOIN account_move_line item ON item.move_id = payment.move_id
              JOIN account_account account ON account.id = item.account_id
             WHERE payment.id = paid.payment_id AND account.account_type = 'asset_receivable'
               AND item.currency_id = paid.currency_id))
      FROM payment_transaction paid WHERE paid.id = ANY(%s)
"""


_NAMED = """
    SELECT link.transaction_id, sale.id, GREATEST(sale.amount_total, sale.sync_total_before)
      FROM sale_order_transaction_rel link JOIN sale_order sale ON sale.id = link.sale_order_id
     WHERE link.transaction_id = ANY(%s)
"""
_OURS = """
    SELECT child_transaction_id, order_id, note_id FROM retail_sync_refund WHERE child_transaction_id = ANY(%s)
"""
_NO_ID = -1_000_000_000


class Ours(NamedTuple):
    """A refund transaction of ours. ``note``: id of its credit note; 0: it has none."""

    order: int
    note: int


@dataclass(frozen=True)
class Online:
    """What is known of transactions besides the facts of the engine.

    :param ours: {refund transaction id: whose it is}
    :param named: {transaction id: {order id: what the order cost before anything of it was given up}}
    :param without_note: {order id: refunds that neither a credit note nor a transaction stands for}
    :param left: {transaction id: what neither refunds nor documents of the books have used}
    """

    ours: Mapping[int, Ours]
    named: Mapping[int, Mapping[int, Decimal]]
    without_note: Mapping[int, list[Refund]]
    left: Mapping[int, Decimal]

    @property
    def is_shared(self) -> bool:
        """Return whether any transaction names several orders."""
        return any(len(orders) > 1 for orders in self.named.values())

    def part_of(self, order_id: int, known: Any, entry: Any, amount: Decimal, currency: Currency) -> Decimal | None:
        """Return the part of a transaction that is an order's; None: the invoices for which it was made say it.

        :param known: facts of the engine, of the order
        :param amount: what is to be shared: all of the transaction, or what is open of it
        """
        if (ours := self.ours.get(entry.id)) is not None:
            # A refund of ours is all of its order.
            return amount if ours.order == order_id else ZERO
        if entry.parts:
            return None
        named = self._named(order_id, known, entry)
        return payment_by_order(amount, named, currency)[order_id] if len(named) > 1 else amount

    def _named(self, order_id: int, known: Any, entry: Any) -> Mapping[int, Decimal]:
        """Return the orders that a transaction names; a captured part, or a refund, names those of its source."""
        by_id = {found.id: found for found in known.transactions}
        while entry and entry.id not in self.named:
            entry = by_id.get(entry.source_id)
        named = self.named[entry.id] if entry else {}
        return named if order_id in named else {}


def read(env: Any, orders: Any, engine: Mapping[int, Any]) -> Online:
    """Return what is known of the transactions of orders. Four queries.

    :param engine: {order id: facts as the engine has them}
    """
    env["retail.sync.refund"].flush_model()
    env["sale.order"].flush_model(["amount_total", "sync_total_before"])
    entries = [entry for known in engine.values() for entry in known.transactions]
    ids = sorted({entry.id for entry in entries})
    done = sorted({entry.id for entry in entries if entry.state == "done" and not entry.refund})
    without_note: dict[int, list[Refund]] = defaultdict(list)
    for order_id, refund_id, amount, state in env.execute_query(SQL(_STANDING, orders.ids)):
        # Those that wait for a person count in every state: nothing else says that the money goes back.
        paid = state == "paid"
        # Neither a transaction nor a payment has such an id.
        refund = Refund(_NO_ID - refund_id, Decimal(str(amount)), "done" if paid else "pending", paid)
        without_note[order_id].append(refund)
    if not ids:
        return Online({}, {}, without_note, {})
    named: dict[int, dict[int, Decimal]] = {}
    for transaction_id, order_id, total in env.execute_query(SQL(_NAMED, ids)):
        named.setdefault(transaction_id, {})[order_id] = Decimal(str(total or 0))
    ours = {child: Ours(order, note or 0) for child, order, note in env.execute_query(SQL(_OURS, ids))}
    left = {key: max(Decimal(str(rest or 0)), ZERO) for key, rest in env.execute_query(SQL(_UNUSED, done))}
    return Online(ours, named, without_note, left)


def paid_by_hand(online: Online, order_id: int) -> Decimal:
    """Return what persons have paid back of an order without a credit note."""
    return sum((refund.amount for refund in online.without_note.get(order_id, ()) if refund.state == "done"), ZERO)

"""The money of orders as decisions know it: what was billed, credited, paid and paid back, in every state."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo.tools import SQL

from odoo.addons.retail_sync.domain.commerce.order_money import money_of

from ...domain.currency import ZERO, Currency
from ...domain.service.money_facts import BilledLine, Credit, CreditLine, Invoice, MoneyFacts, Payment, Refund
from . import document_rows, hand_made
from .document_rows import Row, number

_WHOLE = Decimal(1)
_KINDS = {"delivery": "shipping", "reward": "reward", "service": "service", "kit": "kit", "goods": "goods"}


def read(env: Any, orders: Any, engine: Mapping[int, Any]) -> dict[int, MoneyFacts]:
    """Return {order id: facts of its money}. Documents in another currency than the order's are left out.

    :param engine: {order id: facts as the engine has them}
    """
    shares = orders._retail_sync_shares()
    rows = document_rows.read(env, [document.id for known in engine.values() for document in known.invoices])
    actions = _actions_of(env, engine)
    notes_of_refunds = _notes_of_refunds(env, orders)
    return {
        order.id: _Reader(order, engine[order.id], shares.get(order.id, {}), rows, actions, notes_of_refunds).facts()
        for order in orders
    }


def reserved(known: Any) -> Decimal:
    """Return the money that providers have reserved for an order and not taken."""
    taken = {entry.source_id for entry in known.transactions if not entry.refund and entry.state == "done"}
    return sum(
        (
            entry.amount
            for entry in known.transactions
            if entry.state == "authorized" and not entry.refund and entry.id not in taken
        ),
        ZERO,
    )


def _actions_of(env: Any, engine: Mapping[int, Any]) -> dict[int, str]:
    ids = [document.id for known in engine.values() for document in known.invoices if document.kind == "out_refund"]
    if not ids:
        return {}
    query = SQL(
        "SELECT id, sync_action_uuid FROM account_move WHERE id = ANY(%s) AND sync_action_uuid IS NOT NULL", ids
    )
    return dict(env.execute_query(query))


def _notes_of_refunds(env: Any, orders: Any) -> dict[int, int]:
    """Return {refund transaction id: credit note id} of the refunds that we have made."""
    env["retail.sync.refund"].flush_model(["child_transaction_id", "note_id", "order_id"])
    rows = env.execute_query(
        SQL(
            "SELECT child_transaction_id, note_id FROM retail_sync_refund WHERE order_id = ANY(%s)"
            " AND child_transaction_id IS NOT NULL",
            orders.ids,
        )
    )
    return dict(rows)


class _Reader:
    """The money of one order."""

    def __init__(
        self,
        order: Any,
        known: Any,
        shares: Mapping[int, Decimal],
        rows: Mapping[int, list[Row]],
        actions: Mapping[int, str],
        notes_of_refunds: Mapping[int, int],
    ) -> None:
        self.order, self.known, self.rows, self.actions = order, known, rows, actions
        self.notes_of_refunds = notes_of_refunds
        self.currency = Currency(order.currency_id.name, Decimal(str(order.currency_id.rounding)))
        self.kinds = {line.id: _KINDS.get(line.kind, "other") for line in known.lines}
        self.shares = {
            document.id: shares.get(document.reversed_id if document.unlinked else document.id, _WHOLE)
            for document in known.invoices
        }
        counted = [document for document in known.invoices if document.currency == known.currency]
        self.bills = [bill for bill in counted if bill.kind == "out_invoice" and bill.posted]
        self.notes = [note for note in counted if note.kind == "out_refund" and note.state != "cancel"]
        self.documents = {document.id: document for document in counted}

    def facts(self) -> MoneyFacts:
        billed = [line for bill in self.bills for line in self._billed(bill)]
        return MoneyFacts(
            currency=self.currency,
            total=self.currency.round(self.known.total),
            version=self.order.sync_money_version or 0,
            invoices=tuple(self._invoice(bill, billed) for bill in self.bills),
            billed=tuple(billed),
            credits=tuple(self._credits(billed)),
            payments=tuple(self._payments()),
            refunds=tuple(self._refunds()),
        )

    def _part(self, document: Any, amount: Decimal) -> Decimal:
        return self.currency.round(amount * self.shares[document.id])

    def _invoice(self, bill: Any, billed: list[BilledLine]) -> Invoice:
        total = bill.total
        if self.shares[bill.id] != _WHOLE:
            total = sum((line.total for line in billed if line.invoice_id == bill.id), ZERO)
        return Invoice(bill.id, bill.name, self.currency.round(total), self._part(bill, max(bill.open, ZERO)))

    def _billed(self, bill: Any) -> list[BilledLine]:
        alone = self.shares[bill.id] == _WHOLE
        found = []
        seen = set()
        for row in self.rows.get(bill.id, ()):
            belongs = row.order == self.order.id or (alone and row.line is None)
            if row.item in seen or not belongs:
                continue
            seen.add(row.item)
            kind = "down_payment" if row.down_payment else self.kinds.get(row.line or 0, "other")
            found.append(
                BilledLine(
                    id=row.item,
                    invoice_id=bill.id,
                    line_id=row.line or 0,
                    kind=kind,
                    quantity=row.in_unit_of_order,
                    total=self._amount(row.total),
                    untaxed=self._amount(row.untaxed),
                )
            )
        return found

    def _amount(self, value: Any) -> Decimal:
        return self.currency.round(Decimal(str(value or 0)))

    def _credits(self, billed: list[BilledLine]) -> list[Credit]:
        left = {line.id: line.quantity for line in billed}
        return [self._credit(note, billed, left) for note in sorted(self.notes, key=lambda found: found.id)]

    def _credit(self, note: Any, billed: list[BilledLine], left: dict[int, Decimal]) -> Credit:
        total = self._part(note, note.total)
        offset = self._part(note, max(note.total - note.residual - note.paid_out, ZERO)) if note.posted else ZERO
        rows = self.rows.get(note.id, [])
        if any(row.credit_kind for row in rows):
            lines, goodwill = self._own_lines(rows)
        else:
            lines, goodwill = hand_made.lines(rows, note.reversed_id, billed, left, self._amount)
        return Credit(
            id=note.id,
            state=note.state,
            invoice_id=note.reversed_id if note.reversed_id in {bill.id for bill in self.bills} else 0,
            total=total,
            offset=offset,
            goodwill=goodwill,
            lines=tuple(lines),
            request=self.actions.get(note.id, ""),
        )

    def _own_lines(self, rows: list[Row]) -> tuple[list[CreditLine], Decimal]:
        """Return what a credit note of ours says it credits."""
        of_line: dict[int, CreditLine] = {}
        goodwill = ZERO
        seen = set()
        for row in rows:
            if row.item in seen:
                continue
            seen.add(row.item)
            if row.credit_kind == "goodwill":
                goodwill += self._amount(row.credit_total)
            elif row.billed:
                known = of_line.get(row.billed, CreditLine(row.billed))
                of_line[row.billed] = CreditLine(
                    row.billed,
                    known.quantity + number(row.credit_quantity),
                    known.total + self._amount(row.credit_total),
                    known.kept + self._amount(row.kept),
                )
        return list(of_line.values()), goodwill

    def _payments(self) -> list[Payment]:
        taken = {
            entry.source_id
            for entry in self.known.transactions
            if not entry.refund and entry.state in ("done", "cancel")
        }
        found = [
            Payment(entry.id, self.currency.round(abs(entry.amount) * self._weight(entry)), entry.state)
            for entry in self.known.transactions
            if not entry.refund and entry.id not in taken and entry.currency == self.known.currency
        ]
        paid = self.currency.round(money_of(self.known, self.shares).paid)
        by_transactions = sum((payment.amount for payment in found if payment.state == "done"), ZERO)
        if paid > by_transactions:
            # What the bank or the till took; money of a transaction pays an invoice later and is the same.
            found.append(Payment(0, paid - by_transactions, "done", transaction=False))
        return found

    def _weight(self, entry: Any) -> Decimal:
        if not entry.parts:
            return _WHOLE
        parts = (part * self.shares.get(invoice_id, _WHOLE) for invoice_id, part in entry.parts.items())
        return min(sum(parts, ZERO), _WHOLE)

    def _refunds(self) -> list[Refund]:
        by_note = {note.refund_id: note.id for note in self.notes if note.refund_id}
        return [
            Refund(
                entry.id,
                self.currency.round(abs(entry.amount) * self._weight(entry)),
                entry.state,
                post_processed=entry.id in by_note,
                credit_id=self.notes_of_refunds.get(entry.id) or by_note.get(entry.id, 0),
            )
            for entry in self.known.transactions
            if entry.refund and entry.currency == self.known.currency
        ]

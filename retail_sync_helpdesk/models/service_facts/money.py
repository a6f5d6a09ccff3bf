"""The money of orders as decisions know it: what was billed, credited, paid and paid back, in every state."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.tools import SQL

from ...domain.currency import ZERO, Currency
from ...domain.service.money_facts import BilledLine, Credit, CreditLine, Invoice, MoneyFacts, Payment, Refund
from . import document_rows, hand_made, prepaid, reconciled
from .document_rows import Row, number
from .reconciled import Paid

_WHOLE = Decimal(1)
_KINDS = {"delivery": "shipping", "reward": "reward", "service": "service", "kit": "kit", "goods": "goods"}


def read(
    env: Any, orders: Any, engine: Mapping[int, Any], online: prepaid.Online | None = None
) -> dict[int, MoneyFacts]:
    """Return {order id: facts of its money}. Invoices and payments in another currency than the order's are left out.

    :param engine: {order id: facts as the engine has them}
    :param online: what is known of their transactions, where it was read before
    """
    shares = orders._retail_sync_shares()
    ids = sorted({document.id for known in engine.values() for document in known.invoices})
    rows = document_rows.read(env, ids)
    paid = reconciled.read(env, ids)
    actions = _actions_of(env, engine)
    online = online or prepaid.read(env, orders, engine)
    return {
        order.id: _Reader(order, engine[order.id], shares.get(order.id, {}), rows, paid, actions, online).facts()
        for order in orders
    }


def reserved(known: Any) -> Decimal:
    """Return the money that providers have reserved for an order, and neither taken nor released."""
    taken = _taken_in_parts(known)
    return sum(
        (
            max(entry.amount - taken.get(entry.id, ZERO), ZERO)
            for entry in known.transactions
            if entry.state == "authorized" and not entry.refund
        ),
        ZERO,
    )


def _taken_in_parts(known: Any) -> dict[int, Decimal]:
    """Return {transaction id: what its parts have captured or voided}, of transactions that have such parts."""
    found: dict[int, Decimal] = {}
    for entry in known.transactions:
        if entry.source_id and not entry.refund and entry.state not in ("draft", "error"):
            found[entry.source_id] = found.get(entry.source_id, ZERO) + entry.amount
    return found


def _actions_of(env: Any, engine: Mapping[int, Any]) -> dict[int, str]:
    ids = [document.id for known in engine.values() for document in known.invoices if document.kind == "out_refund"]
    if not ids:
        return {}
    query = SQL(
        "SELECT id, sync_action_uuid FROM account_move WHERE id = ANY(%s) AND sync_action_uuid IS NOT NULL", ids
    )
    return dict(env.execute_query(query))


class _Reader:
    """The money of one order."""

    def __init__(
        self,
        order: Any,
        known: Any,
        shares: Mapping[int, Decimal],
        rows: Mapping[int, list[Row]],
        paid: Mapping[int, list[Paid]],
        actions: Mapping[int, str],
        online: prepaid.Online,
    ) -> None:
        self.order, self.known, self.rows, self.paid, self.actions = order, known, rows, paid, actions
        self.online = online
        self.currency = Currency(order.currency_id.name, Decimal(str(order.currency_id.rounding)))
        self.kinds = {line.id: _KINDS.get(line.kind, "other") for line in known.lines}
        self.shares = {
            document.id: shares.get(document.reversed_id if document.unlinked else document.id, _WHOLE)
            for document in known.invoices
        }
        comparable = [document for document in known.invoices if document.currency == known.currency]
        self.bills = [bill for bill in comparable if bill.kind == "out_invoice" and bill.posted]
        self.notes = [note for note in comparable if note.kind == "out_refund" and note.state != "cancel"]
        self.documents = {document.id: document for document in comparable}

    def facts(self) -> MoneyFacts:
        billed = [line for bill in self.bills for line in self._billed(bill)]
        return MoneyFacts(
            currency=self.currency,
            total=self.currency.round(self.known.total),
            version=self.order.sync_money_version or 0,
            invoices=tuple(self._invoice(bill) for bill in self.bills),
            billed=tuple(billed),
            credits=tuple(self._credits(billed)),
            payments=tuple(self._payments()),
            refunds=tuple(self._refunds()),
            unused=self._unused(),
        )

    def _part(self, document: Any, amount: Decimal) -> Decimal:
        return self.currency.round(amount * self.shares[document.id])

    def _invoice(self, bill: Any) -> Invoice:
        total = bill.total
        if self.shares[bill.id] != _WHOLE:
            total = sum((self._amount(row.total) for row in self._rows_of(bill)), ZERO)
        total -= sum((self._amount(row.total) for row in self._rows_of(bill) if self._is_credit(row)), ZERO)
        booked = self.currency.round(max(bill.residual, ZERO))
        shared = self.shares[bill.id] != _WHOLE
        still_open = self._part(bill, max(bill.open, ZERO))
        return Invoice(bill.id, bill.name, self.currency.round(total), still_open, booked, shared)

    def _billed(self, bill: Any) -> list[BilledLine]:
        return [
            BilledLine(
                id=row.item,
                invoice_id=bill.id,
                line_id=row.line or 0,
                kind=self._kind(row),
                quantity=abs(row.in_unit_of_order),
                total=self._amount(row.total),
                untaxed=self._amount(row.untaxed),
            )
            for row in self._rows_of(bill)
            if not self._is_credit(row)
        ]

    def _rows_of(self, document: Any) -> list[Row]:
        """Return the rows of a document that are of the order: each line once. Of a shared one, those that say so."""
        alone = self.shares[document.id] == _WHOLE
        found: dict[int, Row] = {}
        for row in self.rows.get(document.id, ()):
            if row.order == self.order.id or (alone and row.line is None):
                found.setdefault(row.item, row)
        return list(found.values())

    def _kind(self, row: Row) -> str:
        if row.down_payment:
            return "down_payment"
        # What a discount takes off follows the goods that earned it, whether a program or a person gave it.
        return "reward" if (row.total or 0) < 0 else self.kinds.get(row.line or 0, "other")

    @staticmethod
    def _is_credit(row: Row) -> bool:
        """Return whether a line of an invoice takes back what was billed before."""
        return (row.quantity or 0) < 0 and (row.total or 0) < 0 and not row.down_payment

    def _amount(self, value: Any) -> Decimal:
        return self.currency.round(Decimal(str(value or 0)))

    def _credits(self, billed: list[BilledLine]) -> list[Credit]:
        left = hand_made.Left(billed)
        products = {row.item: row.product for bill in self.bills for row in self._rows_of(bill) if row.product}
        found = [self._credit(note, left, products) for note in sorted(self.notes, key=lambda note: note.id)]
        found += [credit for bill in self.bills if (credit := self._within(bill, left, products))]
        return found + self._foreign()

    def _foreign(self) -> list[Credit]:
        """Return the credit notes in another currency: they give something back, as if all of it went in money.

        Those of invoices in another currency are left out with them.
        """
        order = self.order
        currencies = order.env["res.currency"].with_context(active_test=False)
        found = []
        for note in self.known.invoices:
            if note.kind != "out_refund" or note.state == "cancel" or note.currency == self.known.currency:
                continue
            if note.reversed_id and note.reversed_id not in self.documents:
                continue
            currency = currencies.search([("name", "=", note.currency)], limit=1)
            day = note.invoiced_on or fields.Date.context_today(order)
            total = currency._convert(float(note.total), order.currency_id, order.company_id, day)
            found.append(Credit(note.id, note.state, 0, self._part(note, Decimal(str(total)))))
        return found

    def _credit(self, note: Any, left: hand_made.Left, products: Mapping[int, int]) -> Credit:
        rows = self.rows.get(note.id, [])
        if any(row.credit_kind for row in rows):
            lines, goodwill = self._own_lines(rows)
            for line in lines:
                left.take(line.billed_id, line.quantity)
        else:
            lines, goodwill = hand_made.lines(
                self._rows_of(note), note.reversed_id, left, products, self.currency, self._amount
            )
        return Credit(
            id=note.id,
            state=note.state,
            invoice_id=note.reversed_id if note.reversed_id in {bill.id for bill in self.bills} else 0,
            total=self._part(note, note.total),
            offset=self._part(note, self._offset(note)) if note.posted else ZERO,
            goodwill=goodwill,
            lines=tuple(lines),
            request=self.actions.get(note.id, ""),
        )

    def _offset(self, note: Any) -> Decimal:
        """Return what a posted note cleared of debts. A debt that a payment on its way pays already is none."""
        cleared: Decimal = max(note.total - note.residual - note.paid_out, ZERO)
        bill = self.documents.get(note.reversed_id)
        paid_twice = max(bill.waiting - bill.residual, ZERO) if bill else ZERO
        return cleared - min(cleared, paid_twice)

    def _within(self, bill: Any, left: hand_made.Left, products: Mapping[int, int]) -> Credit | None:
        """Return what an invoice itself takes back of earlier ones; None where it takes nothing back."""
        back = [row for row in self._rows_of(bill) if self._is_credit(row)]
        if not back:
            return None
        mirrored = [row._replace(quantity=-row.quantity, total=-row.total) for row in back]
        lines, beside = hand_made.lines(mirrored, 0, left, products, self.currency, self._amount)
        total = sum((self._amount(row.total) for row in mirrored), ZERO)
        # It lowers the debt of its own invoice: no money moves for it.
        return Credit(bill.id, "posted", 0, total, total, beside, tuple(lines))

    def _own_lines(self, rows: list[Row]) -> tuple[list[CreditLine], Decimal]:
        """Return what a credit note of ours says that it credits."""
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
        taken = _taken_in_parts(self.known)
        found = []
        for entry in self.known.transactions:
            if entry.refund or entry.currency != self.known.currency:
                continue
            # A transaction that is captured in parts stands for what is open of it: each part has one of its own.
            amount = abs(entry.amount) - taken.get(entry.id, ZERO)
            if amount > 0 and not (entry.state == "done" and entry.id in taken):
                found.append(Payment(entry.id, self._of_this_order(entry, amount), entry.state))
        for paid, amount in self._paid_by(self.bills).values():
            found.append(Payment(paid.id, amount, "done", transaction=False, transaction_id=paid.transaction))
        return found

    def _paid_by(self, documents: list[Any]) -> dict[tuple[int, int], tuple[Paid, Decimal]]:
        """Return {(payment id, credit note id or 0): (payment, this order's part of what it paid)}."""
        found: dict[tuple[int, int], tuple[Paid, Decimal]] = {}
        for document in documents:
            for paid in self.paid.get(document.id, ()):
                key = (paid.id, document.id if document.kind == "out_refund" else 0)
                before = found[key][1] if key in found else ZERO
                found[key] = (paid, before + self._part(document, paid.amount))
        return found

    def _of_this_order(self, entry: Any, amount: Decimal) -> Decimal:
        part = self.online.part_of(self.order.id, self.known, entry, self.currency.round(amount), self.currency)
        return self.currency.round(amount * self._weight(entry)) if part is None else part

    def _unused(self) -> Decimal:
        taken = {entry.source_id for entry in self.known.transactions if entry.source_id and not entry.refund}
        return sum(
            (
                min(self._of_this_order(entry, abs(entry.amount)), self.online.left.get(entry.id, ZERO))
                for entry in self.known.transactions
                if entry.state == "done" and not entry.refund and entry.id not in taken
                if entry.currency == self.known.currency
            ),
            ZERO,
        )

    def _weight(self, entry: Any) -> Decimal:
        parts = (part * self.shares.get(invoice_id, _WHOLE) for invoice_id, part in entry.parts.items())
        return min(sum(parts, ZERO), _WHOLE)

    def _refunds(self) -> list[Refund]:
        paid_notes = self._paid_by(self.notes)
        by_note = {paid.transaction: note_id for (_id, note_id), (paid, _amount) in paid_notes.items()}
        by_note |= {note.refund_id: note.id for note in self.notes if note.refund_id}
        found = [
            Refund(
                entry.id,
                part,
                entry.state,
                post_processed=entry.id in by_note,
                credit_id=(ours.note if (ours := self.online.ours.get(entry.id)) else 0) or by_note.get(entry.id, 0),
            )
            for entry in self.known.transactions
            if entry.refund
            and entry.currency == self.known.currency
            and (part := self._of_this_order(entry, abs(entry.amount)))
        ]
        known = {refund.id for refund in found}
        for (_id, note_id), (paid, amount) in paid_notes.items():
            if paid.transaction not in known:
                found.append(Refund(-abs(paid.id), amount, "done", post_processed=True, credit_id=note_id))
        return found + self.online.without_note.get(self.order.id, [])

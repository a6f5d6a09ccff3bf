"""What ``money_facts`` will read, as far as these tests need it."""

from decimal import Decimal

from ...domain.service.money_facts import (
    BilledLine,
    Credit,
    CreditLine,
    Invoice,
    MoneyFacts,
    Payment,
    Refund,
)
from ...models.money.tax_price import currency_of, decimal


def facts_of(order):
    order.env.flush_all()
    order.env.invalidate_all()
    currency = order.currency_id
    invoices = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")
    notes = order.env["account.move"].search([("reversed_entry_id", "in", invoices.ids)])
    transactions = (order.transaction_ids | invoices.transaction_ids).filtered(lambda tx: tx.operation != "refund")
    children = transactions.child_transaction_ids
    paid = {}
    for refund in order.env["retail.sync.refund"].search([("note_id", "in", notes.ids)]):
        paid[refund.child_transaction_id.id] = refund.note_id.id
    return MoneyFacts(
        currency_of(currency),
        total=decimal(currency, order.amount_total),
        invoices=tuple(
            Invoice(move.id, move.name, decimal(currency, move.amount_total), decimal(currency, move.amount_residual))
            for move in invoices
        ),
        billed=tuple(_billed(line) for line in invoices.invoice_line_ids if line.display_type == "product"),
        credits=tuple(_credit(note) for note in notes),
        payments=tuple(
            [Payment(tx.id, decimal(currency, tx.amount), tx.state) for tx in transactions]
            + [
                Payment(payment.id, decimal(currency, payment.amount), "done", False, payment.payment_transaction_id.id)
                for payment in invoices._get_reconciled_payments()
            ]
        ),
        refunds=tuple(
            Refund(tx.id, decimal(currency, tx.amount), tx.state, tx.is_post_processed, paid.get(tx.id, 0))
            for tx in children
        ),
    )


def _billed(line):
    currency = line.currency_id
    kind = "goods"
    if line.is_downpayment:
        kind = "down_payment"
    elif line.product_id.type == "service":
        kind = "shipping" if "Delivery" in line.product_id.name else "service"
    elif line.price_total < 0:
        kind = "reward"
    return BilledLine(
        line.id,
        line.move_id.id,
        line.sale_line_ids[:1].id,
        kind,
        abs(Decimal(str(line.quantity))),
        decimal(currency, line.price_total),
        decimal(currency, line.price_subtotal),
    )


def _credit(note):
    currency = note.currency_id
    lines = [
        CreditLine(
            line.sync_billed_line_id.id,
            Decimal(str(line.sync_credit_quantity)),
            decimal(currency, line.sync_credit_total),
            decimal(currency, line.sync_kept),
        )
        for line in note.invoice_line_ids
        if line.sync_billed_line_id
    ]
    invoice_lines = note.reversed_entry_id.line_ids
    offset = sum(
        partial.debit_amount_currency
        for line in note.line_ids
        for partial in line.matched_debit_ids
        if partial.debit_move_id in invoice_lines
    )
    return Credit(
        note.id,
        note.state,
        note.reversed_entry_id.id,
        decimal(currency, note.amount_total),
        decimal(currency, offset),
        sum(
            (
                decimal(currency, line.price_total)
                for line in note.invoice_line_ids
                if line.sync_credit_kind == "goodwill"
            ),
            Decimal(0),
        ),
        tuple(lines),
        note.sync_action_uuid or "",
    )

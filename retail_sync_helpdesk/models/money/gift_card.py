"""A refund as a gift card: a card with points and their history, and an entry that pays the credit note with it."""

from __future__ import annotations

import logging
from typing import Any

import psycopg2

from odoo import Command, fields

__all__ = ["give_card", "program_for"]

_logger = logging.getLogger(__name__)


def program_for(note: Any) -> Any:
    """Return the programme of gift cards in the currency of a credit note, with an account that owes them; or none."""
    programs = note.env["loyalty.program"].search(
        [
            ("program_type", "=", "gift_card"),
            ("company_id", "in", (False, note.company_id.id)),
            ("currency_id", "=", note.currency_id.id),
        ],
        order="company_id, id",
    )
    return programs.filtered(lambda program: _account(program, note))[:1]


def give_card(refund: Any) -> None:
    """Give the customer a card with the amount of a refund, and pay the credit note with it.

    The sale of a gift card is booked on the income account of its product; so is this one.
    """
    refund = refund.with_company(refund.company_id)
    note, program = refund.note_id, program_for(refund.note_id)
    card = (
        refund.env["loyalty.card"]
        .with_context(loyalty_no_mail=True)
        .create({"program_id": program.id, "partner_id": note.partner_id.id, "points": refund.amount})
    )
    refund.env["loyalty.history"].create(
        {
            "card_id": card.id,
            "description": refund.env._("Refund %s", refund.name),
            "issued": refund.amount,
            "order_model": refund.order_id._name,
            "order_id": refund.order_id.id,
        }
    )
    refund.write({"card_id": card.id, "state": "paid", "closed_at": fields.Datetime.now()})
    _pay_note(refund, _account(program, note))
    _send(card.with_context(loyalty_no_mail=False))


def _account(program: Any, note: Any) -> Any:
    product = program.with_company(note.company_id).trigger_product_ids[:1]
    return product.product_tmpl_id.get_product_accounts(note.fiscal_position_id)["income"] if product else None


def _pay_note(refund: Any, account: Any) -> None:
    note = refund.note_id
    receivable = note.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)[:1]
    today = fields.Date.context_today(refund)
    company_amount = refund.currency_id._convert(
        refund.amount, refund.company_id.currency_id, refund.company_id, note.invoice_date or today
    )
    common = {"partner_id": receivable.partner_id.id, "currency_id": refund.currency_id.id, "name": refund.name}
    entry = refund.env["account.move"].create(
        {
            "move_type": "entry",
            "date": today,
            "ref": refund.name,
            "journal_id": refund.env["account.journal"]
            .search([("type", "=", "general"), ("company_id", "=", refund.company_id.id)], limit=1)
            .id,
            "line_ids": [
                Command.create(
                    {
                        **common,
                        "account_id": receivable.account_id.id,
                        "amount_currency": refund.amount,
                        "balance": company_amount,
                    }
                ),
                Command.create(
                    {
                        **common,
                        "account_id": account.id,
                        "amount_currency": -refund.amount,
                        "balance": -company_amount,
                    }
                ),
            ],
        }
    )
    entry._post(soft=False)
    paid = entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)
    (paid + receivable).reconcile()


def _send(card: Any) -> None:
    """Let the programme mail the card; a mail that cannot be made is no reason to take the card back."""
    try:
        with card.env.cr.savepoint():
            card._send_creation_communication()
    except psycopg2.OperationalError:
        raise
    except Exception:
        _logger.exception("The mail of gift card %s could not be made", card.id)
        card.message_post(body=card.env._("The mail with this card could not be made. Send it to the customer."))

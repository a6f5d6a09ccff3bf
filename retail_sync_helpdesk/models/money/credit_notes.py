"""Credit notes that say exactly what an offer promised.

A note is the copy that Odoo makes of the invoice, so it has its taxes, accounts, journal and currency. Its lines are
cut down to the offer. Odoo calculates it; what its total then lacks is a line of rounding without taxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from odoo import Command
from odoo.exceptions import UserError

from ...domain.service.claims import Offer
from ...domain.service.note_plan import LineKind, NotePlan, PlannedLine, correction, plan_notes
from . import billed_again
from .note_lines import by_price, by_quantity, by_taxes, rounding
from .tax_price import currency_of, decimal

__all__ = ["write_credit_notes"]


def write_credit_notes(
    env: Any, order: Any, offer: Offer, *, reason: str, action: Any, cut_ordered: bool = True
) -> Any:
    """Return one posted credit note for each invoice of an offer, reconciled with it as far as it is open.

    :param reason: what the credit note says as its reason
    :param action: ``retail.sync.action`` that asked for it; empty: none
    :param cut_ordered: of the policy: lower what was ordered by what is credited, so that it is not billed again
    :raises UserError: Odoo calculates another total than the offer has
    """
    order = order.with_env(env).sudo()
    unbilled = billed_again.not_billed(order, offer.quantities)
    notes = env["account.move"].sudo()
    for plan in plan_notes(offer.parts):
        notes |= _write(env["account.move"].sudo().browse(plan.invoice_id), order, plan, reason, action)
    billed_again.after_credit(order, offer.quantities, unbilled, cut=cut_ordered)
    return notes


def _write(invoice: Any, order: Any, plan: NotePlan, reason: str, action: Any) -> Any:
    invoice = invoice.with_company(invoice.company_id).with_context(lang=invoice.partner_id.lang or invoice.env.lang)
    note = _copy(invoice, reason)
    copies = {line.sync_billed_line_id.id: line for line in note.invoice_line_ids if line.display_type == "product"}
    commands = []
    used = set()
    for planned in plan.lines:
        if planned.kind is LineKind.goodwill:
            commands += [Command.create(values) for values in by_taxes(invoice, planned)]
        elif planned.kind is LineKind.quantity:
            used.add(planned.billed_id)
            commands.append(
                Command.update(copies[planned.billed_id].id, by_quantity(copies[planned.billed_id], planned))
            )
        else:
            commands.append(Command.create(by_price(invoice, planned)))
    commands += [Command.delete(line.id) for line in note.invoice_line_ids if line.sync_billed_line_id.id not in used]
    note.write(
        {
            "invoice_line_ids": commands,
            # Cash is rounded when it is paid; a note gives back what was billed.
            "invoice_cash_rounding_id": False,
            "invoice_origin": order.name,
            "sync_action_uuid": action.uuid if action else False,
        }
    )
    _correct(note, invoice, plan, copies)
    note._post(soft=False)
    return note


def _copy(invoice: Any, reason: str) -> Any:
    wizard = (
        invoice.env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoice.ids, retail_sync_billed_lines=True)
        .create({"reason": reason, "journal_id": invoice.journal_id.id})
    )
    wizard.refund_moves()
    return wizard.new_move_ids


def _correct(note: Any, invoice: Any, plan: NotePlan, copies: Mapping[int, Any]) -> None:
    """Add what the lines lack to the offer, so that the note has its total to the cent."""
    currency = currency_of(note.currency_id)
    missing = []
    for planned in plan.lines:
        if planned.kind is LineKind.quantity:
            total = decimal(note.currency_id, copies[planned.billed_id].price_total)
            if rest := correction(planned, total, currency):
                missing.append(PlannedLine(LineKind.correction, rest, planned.billed_id))
    if missing:
        note.write({"invoice_line_ids": [Command.create(by_price(invoice, planned)) for planned in missing]})
    rest = plan.total - decimal(note.currency_id, note.amount_total)
    if rest:
        note.write({"invoice_line_ids": [Command.create(rounding(invoice, rest))]})
    _check(note, plan.total)


def _check(note: Any, total: Decimal) -> None:
    found = decimal(note.currency_id, note.amount_total)
    if found != total or total < 0:
        raise UserError(
            note.env._(
                "The credit note of %(invoice)s would have the total %(found)s instead of %(total)s. Credit it in "
                "Accounting.",
                invoice=note.reversed_entry_id.name,
                found=found,
                total=total,
            )
        )

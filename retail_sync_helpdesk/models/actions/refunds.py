"""Pay back: all that is left, lines, shipping costs, goodwill. The verdict holds the offer, and its amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...api.schemas.actions import Effect, PreviewLine
from ...domain.service.claims import Offer
from ...domain.service.refunding import REFUND_FULL, REFUND_GOODWILL, REFUND_LINES, REFUND_SHIPPING
from ..money.credit_notes import write_credit_notes
from ..money.refunds import can_go_back_online, make_prepaid_refunds, make_refunds
from .saying import effect, in_words, quantity_text, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["REFUNDS", "amounts_of", "effects_of_offer", "lines_of", "method_of", "pay_back"]


def amounts_of(offer: Offer) -> dict[str, Decimal]:
    """Return the amounts of an offer by the names that previews have."""
    return {"credit": offer.credit, "debt": offer.debt, "money": offer.paid_back, "kept": offer.kept}


def lines_of(work: Work, offer: Offer) -> tuple[PreviewLine, ...]:
    """Return what an offer does with the lines of the order."""
    currency = work.facts.money.currency
    found: dict[int, list[Decimal]] = {}
    for part in offer.parts:
        if part.line_id:
            sums = found.setdefault(part.line_id, [Decimal(0)] * 3)
            sums[0] += part.quantity
            sums[1] += part.total
            sums[2] += part.kept
    return tuple(
        PreviewLine(
            line_id=line_id,
            quantity=quantity_text(quantity),
            amount=currency.text(total),
            kept=currency.text(kept) if kept else None,
        )
        for line_id, (quantity, total, kept) in sorted(found.items())
    )


def method_of(work: Work, offer: Offer) -> str:
    """Return how the money goes back; empty where none does."""
    if not offer.paid_back:
        return ""
    method = work.policy.methods[0] if work.policy else "original"
    # What was never billed has no credit note that a gift card or a credit could stand for.
    return method if offer.money or method == "bank" else "original"


def effects_of_offer(work: Work, offer: Offer) -> list[Effect]:
    """Return what an offer does: credit notes by invoice, debts, money, fees."""
    env, currency = work.env, work.order.currency_id
    credited: dict[int, Decimal] = {}
    for part in offer.parts:
        credited[part.invoice_id] = credited.get(part.invoice_id, Decimal(0)) + part.total
    effects = []
    for invoice in env["account.move"].browse(sorted(credited)):
        text = env._(
            "A credit note of %(amount)s is posted for invoice %(invoice)s.",
            amount=in_words(env, credited[invoice.id], currency),
            invoice=invoice.name,
        )
        effects.append(effect("credit_note", text, invoice))
    if offer.debt:
        text = env._(
            "%s of it lowers what the customer owes. No money moves for that part.",
            in_words(env, offer.debt, currency),
        )
        effects.append(effect("debt_lowered", text))
    if offer.paid_back:
        effects.append(effect("money_back", _money_text(env, method_of(work, offer), offer, currency)))
    if offer.prepaid:
        text = env._(
            "%s was paid and will not be billed. It goes back without a credit note.",
            in_words(env, offer.prepaid, currency),
        )
        effects.append(effect("prepaid_back", text))
        if not _online(work):
            text = env._("Finance pays it by hand: no online payment can give it back.")
            effects.append(effect("paid_by_hand", text))
    if offer.kept:
        text = env._("A restocking fee of %s is kept.", in_words(env, offer.kept, currency))
        effects.append(effect("fee_kept", text))
    return effects


def _online(work: Work) -> bool:
    return can_go_back_online(work.order, work.verdict.offer.prepaid, method_of(work, work.verdict.offer))


def pay_back(work: Work, offer: Offer, cut_ordered: bool) -> tuple[Any, Any]:
    """Return (posted credit notes, refunds whose money leaves after the commit) of an offer."""
    notes = write_credit_notes(
        work.env,
        work.order,
        offer,
        reason=_reason(work),
        action=work.action,
        cut_ordered=cut_ordered,
    )
    refunds = work.env["retail.sync.refund"].sudo()
    method = method_of(work, offer)
    if offer.money:
        refunds |= make_refunds(work.env, work.order, notes, offer, action=work.action, method=method)
    if offer.prepaid:
        refunds |= make_prepaid_refunds(work.env, work.order, offer.prepaid, action=work.action, method=method)
    return notes, refunds


def _show(work: Work) -> Shown:
    offer = _offer(work)
    effects = effects_of_offer(work, offer)
    if offer.quantities and _cuts(work):
        text = work.env._("The ordered quantity is lowered by what is credited, so that it is not billed again.")
        effects.append(effect("ordered_lowered", text, work.order))
    return Shown(
        amounts=amounts_of(offer),
        given_away=offer.given_back,
        lines=lines_of(work, offer),
        effects=tuple(effects),
        method=method_of(work, offer),
    )


def _carry_out(work: Work) -> Done:
    offer = _offer(work)
    notes, refunds = pay_back(work, offer, _cuts(work))
    return Done(references_of(notes), amounts_of(offer), refunds, _note(work, offer))


def _offer(work: Work) -> Offer:
    if work.verdict.offer is None:
        raise ValueError("A refund is carried out by the offer of its verdict.")
    return work.verdict.offer


def _cuts(work: Work) -> bool:
    return work.policy.cut_ordered if work.policy else True


def _reason(work: Work) -> str:
    found = work.env["retail.sync.reason"].search([("code", "=", work.request.reason)], limit=1)
    return found.display_name or work.request.reason


def _note(work: Work, offer: Offer) -> str:
    env, currency = work.env, work.order.currency_id
    credit, money = in_words(env, offer.credit, currency), in_words(env, offer.paid_back, currency)
    if offer.paid_back:
        return env._("Credited: %(credit)s. To be paid back: %(money)s.", credit=credit, money=money)
    return env._("Credited: %s. No money moves.", credit)


def _money_text(env: Any, method: str, offer: Offer, currency: Any) -> str:
    amount = in_words(env, offer.paid_back, currency)
    return {
        "original": env._("%s goes back the way it was paid.", amount),
        "bank": env._("%s goes back by bank transfer, which finance makes.", amount),
        "gift_card": env._("%s goes back as a gift card.", amount),
        "credit": env._("%s is kept as a credit for the next order.", amount),
    }[method]


REFUNDS = tuple(
    Executor(action, _show, _carry_out, moves_money=True)
    for action in (REFUND_FULL, REFUND_LINES, REFUND_SHIPPING, REFUND_GOODWILL)
)

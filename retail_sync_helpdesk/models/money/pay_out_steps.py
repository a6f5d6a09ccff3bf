"""The steps of a refund that need only the database; each is taken in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from odoo import fields
from odoo.tools import SQL

from ...domain.service.money_out import Answer, Step
from . import closing
from .booking import book, pay_note, unbook
from .pay_out_queue import enqueue
from .providers import Outcome, declared
from .tax_price import decimal

__all__ = ["MOST_LOOKS", "STEPS", "later", "to_a_person"]

# How often a provider is asked before a person is.
MOST_LOOKS = 60
_LONGEST_WAIT = 6 * 3600
_AGAIN_SECONDS = 600
_BOOK_SECONDS = 3600


def later(refund: Any) -> None:
    """Look again later what became of a call; the waits double, from one minute to six hours."""
    refund.looks += 1
    enqueue(refund, min(60 * 2 ** min(refund.looks - 1, 10), _LONGEST_WAIT))


def _create(refund: Any, outcome: Outcome) -> Step | None:
    source, note = refund.source_transaction_id, refund.note_id
    if note and (
        note.state != "posted"
        or decimal(note.currency_id, note.amount_residual) < decimal(refund.currency_id, refund.amount)
    ):
        return to_a_person(refund, outcome, "note_not_open")
    # Two refunds of one payment, ours or by Odoo's button, meet here: the second one begins anew and sees the first.
    refund.env.execute_query(
        SQL(
            "UPDATE payment_transaction SET last_state_change = last_state_change WHERE id = %s RETURNING id", source.id
        )
    )
    child = source._create_child_transaction(
        refund.amount, is_refund=True, reference=refund._key(), invoice_ids=[(6, 0, note.ids)]
    )
    child._log_sent_message()
    refund.write(
        {
            "child_transaction_id": child.id,
            "state": "sent",
            "sent_at": fields.Datetime.now(),
            "cause": False,
            "answered": False,
            "retryable": False,
            "looks": 0,
        }
    )
    return None


def _store(refund: Any, outcome: Outcome) -> Step | None:
    child = refund.child_transaction_id
    if outcome.reference:
        child.provider_reference = outcome.reference
    if outcome.data is not None:
        child._process(child.provider_code, outcome.data)
    if outcome.answer is Answer.done and child.state != "done":
        child._set_done()
    elif outcome.answer is Answer.failed and child.state not in ("error", "cancel"):
        child._set_error(outcome.message or refund.env._("The payment provider refused the refund."))
    refund.write({"answered": True, "retryable": outcome.retryable, "message": outcome.message or child.state_message})
    return None


def _wait(refund: Any, outcome: Outcome) -> Step | None:
    child = refund.child_transaction_id
    if outcome.answer is Answer.pending:
        refund.answered = True
        if outcome.reference:
            child.provider_reference = outcome.reference
        if outcome.data is not None and child.state == "draft":
            child._process(child.provider_code, outcome.data)
        if child.state == "draft":
            child._set_pending()
        if child.state not in ("draft", "pending"):
            # The answer was of another amount than ours: what is stored now decides.
            enqueue(refund)
            return None
    if refund.looks >= MOST_LOOKS:
        return to_a_person(refund, outcome, "no_answer")
    later(refund)
    return None


def _post_process(refund: Any, _outcome: Outcome) -> Step | None:
    if problem := book(refund):
        refund.write({"cause": "not_booked", "message": problem})
        enqueue(refund, _BOOK_SECONDS)
        return Step.wait
    return None


def _reconcile(refund: Any, outcome: Outcome) -> Step | None:
    pay_note(refund)
    return _finish(refund, outcome)


def _again(refund: Any, _outcome: Outcome) -> Step | None:
    refund.write(
        {
            "attempt": refund.attempt + 1,
            "child_transaction_id": False,
            "state": "waiting",
            "retryable": False,
            "answered": False,
            "looks": 0,
        }
    )
    enqueue(refund, _AGAIN_SECONDS)
    return None


def to_a_person(refund: Any, _outcome: Outcome, cause: str = "") -> Step:
    """Hand the refund to finance; the state says what is known of the money."""
    child = refund.child_transaction_id
    if not child:
        state, why = "by_hand", cause or _why_by_hand(refund)
    elif child.state in ("error", "cancel"):
        state, why = "failed", "failed_later" if refund.state == "paid" else "refused"
    else:
        state, why = "in_doubt", cause or ("no_answer" if refund.answered else "lost_answer")
    if (refund.state, refund.cause) != (state, why):
        if why == "failed_later":
            unbook(refund)
        message = (child.state_message if child else "") or refund.message
        refund.write({"state": state, "cause": why, "next_try_at": False, "message": message, "closed_at": False})
        closing.announce(refund)
    return Step.manual


def _why_by_hand(refund: Any) -> str:
    if refund.cause:
        return str(refund.cause)
    source = refund.source_transaction_id
    if not source:
        return "no_transaction"
    return {"none": "provider_cannot", "full": "partial_not_possible"}.get(declared(source).refunds, "no_transaction")


def _finish(refund: Any, _outcome: Outcome) -> Step:
    if refund.state != "paid":
        refund.write(
            {
                "state": "paid",
                "cause": False,
                "payment_id": refund.child_transaction_id.payment_id.id or refund.payment_id.id,
                "closed_at": fields.Datetime.now(),
                "next_try_at": False,
            }
        )
        closing.announce(refund)
    return Step.finish


def _nothing(_refund: Any, _outcome: Outcome) -> Step | None:
    return None


STEPS: Mapping[Step, Callable[[Any, Outcome], Step | None]] = {
    Step.create: _create,
    Step.send: _nothing,
    Step.look_up: _nothing,
    Step.wait: _wait,
    Step.store_done: _store,
    Step.store_failed: _store,
    Step.post_process: _post_process,
    Step.reconcile: _reconcile,
    Step.again: _again,
    Step.manual: to_a_person,
    Step.finish: _finish,
}

"""The second phase of a refund: money leaves under our own key, step by step, each committed before the next.

``domain/service/money_out.py`` decides on each step from what is stored. Whatever is killed, the next job begins with
what is stored, and asks the provider before it calls a second time.
"""

from __future__ import annotations

import logging
from typing import Any

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...domain.currency import ZERO
from ...domain.service.money_out import Answer, Attempt, Intent, Provider, Step, next_step
from .booking import is_booked
from .pay_out_steps import MOST_LOOKS, STEPS, later, to_a_person
from .providers import Outcome, declared, refunder_of
from .refunds import given_back
from .tax_price import decimal

__all__ = ["pay_out"]

_logger = logging.getLogger(__name__)

_LOCK = 727_411
_NOTHING = Outcome()
_ENDS = frozenset({Step.wait, Step.again, Step.manual, Step.finish})
# A run ends long before: each step leads on.
_MOST_STEPS = 30
# Calls without an answer, before a person is asked.
_MOST_UNKNOWN = 12


def between(step: str) -> None:
    """Do nothing. Called after each commit: tests end the worker here."""


def pay_out(env: Any, refund_id: int) -> None:
    """Take the steps of a refund until it is paid, waits for the provider, or for a person.

    :raises RetryableJobError: another worker has it
    """
    # Held by the job's own transaction: it is free again when the worker dies.
    [[alone]] = env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", _LOCK, refund_id))
    if not alone:
        raise RetryableJobError(f"refund {refund_id} is under way", seconds=10, ignore_retry=True)
    fresh, outcome = False, _NOTHING
    for _ in range(_MOST_STEPS):
        step = run_separately(env, _advance, refund_id, fresh, outcome)
        between(step.value)
        if step in _ENDS:
            return
        fresh, outcome = step is Step.create, _NOTHING
        if step in (Step.send, Step.look_up):
            outcome = _ask(env, refund_id, step)
            between(f"{step.value} answered")
            if outcome.answer is None:
                run_separately(env, _unknown, refund_id, outcome)
                return
    raise AssertionError("a refund goes round in circles")


def _ask(env: Any, refund_id: int, step: Step) -> Outcome:
    """Return what the provider says. Its transaction is not repeated: the call would be."""
    try:
        found: Outcome = run_separately(env, _call, refund_id, step, retry=False)
        return found
    except UserError as error:
        return Outcome(None, message=str(error))
    except Exception as error:
        # Whatever went wrong, the call may have been made.
        _logger.exception("The answer to refund %s was lost", refund_id)
        return Outcome(None, message=type(error).__name__)


def _call(tx: Any, refund_id: int, step: Step) -> Outcome:
    refund = tx["retail.sync.refund"].browse(refund_id)
    child = refund.child_transaction_id.with_company(refund.company_id)
    refunder = refunder_of(child.provider_id)
    if step is Step.look_up:
        return refunder.look_up(child)
    child._ensure_provider_is_not_disabled()
    outcome = refunder.send(child)
    if outcome.stored:
        refund.write({"answered": outcome.answer is not None, "message": outcome.message or child.state_message})
    return outcome


def _advance(tx: Any, refund_id: int, fresh: bool, outcome: Outcome) -> Step:
    """Decide on the next step, take it where it needs only the database, and return it."""
    # In the order in which actions lock: the order first.
    tx.execute_query(
        SQL(
            "SELECT id FROM sale_order WHERE id = (SELECT order_id FROM retail_sync_refund WHERE id = %s) FOR UPDATE",
            refund_id,
        )
    )
    tx.execute_query(SQL("SELECT id FROM retail_sync_refund WHERE id = %s FOR UPDATE", refund_id))
    refund = tx["retail.sync.refund"].with_context(retail_sync_pays_out=True).browse(refund_id)
    refund = refund.with_company(refund.company_id)
    child = refund.child_transaction_id
    if child:
        tx.execute_query(SQL("SELECT id FROM payment_transaction WHERE id = %s FOR UPDATE", child.id))
    if refund.state == "paid" and not _is_undone(refund):
        return Step.finish
    source = refund.source_transaction_id
    provider = declared(source) if source else Provider("none")
    if refund.state == "paid" and child.state == "done":
        return to_a_person(refund, outcome, "paid_twice")
    step = next_step(_intent(refund), _attempt(refund, fresh), provider, _answer(refund, outcome, provider))
    return STEPS[step](refund, outcome) or step


def _is_undone(refund: Any) -> bool:
    """Return whether a refund that was closed as paid is to be looked at again."""
    child = refund.child_transaction_id
    if refund.cause == "closed_by_hand":
        return bool(child) and child.state == "done" and refund.payment_id != child.payment_id
    return bool(child) and child.state in ("error", "cancel")


def _intent(refund: Any) -> Intent:
    source = refund.source_transaction_id
    return Intent(
        refund.uuid,
        decimal(refund.currency_id, refund.amount),
        refund.attempt,
        paid=decimal(source.currency_id, source.amount) if source else None,
        refunded_before=given_back(source, but=refund) if source and not refund.child_transaction_id else ZERO,
        manual=refund.state in ("by_hand", "failed", "in_doubt", "paid"),
    )


def _attempt(refund: Any, fresh: bool) -> Attempt | None:
    child = refund.child_transaction_id
    if not child:
        return None
    state = "pending" if child.state == "authorized" else child.state
    retryable = refund.retryable and refund.state != "paid"
    return Attempt(state, fresh, retryable, child.is_post_processed, is_booked(refund))


def _answer(refund: Any, outcome: Outcome, provider: Provider) -> Answer:
    if outcome.answer is None or outcome.answer is not Answer.not_asked:
        return outcome.answer or Answer.not_asked
    if refund.answered and not provider.can_be_asked and refund.looks < MOST_LOOKS:
        # It took the request, and tells by a webhook what became of it.
        return Answer.pending
    return Answer.not_asked


def _unknown(tx: Any, refund_id: int, outcome: Outcome) -> None:
    """Ask again later what became of a call, where the provider can be asked; else it is for a person."""
    refund = tx["retail.sync.refund"].browse(refund_id)
    refund.message = outcome.message
    provider = declared(refund.source_transaction_id)
    known = refund.child_transaction_id.state not in ("draft", "pending")
    if known or ((provider.can_be_asked or provider.keeps_keys) and refund.looks < _MOST_UNKNOWN):
        later(refund)
    elif not refund.answered:
        to_a_person(refund, outcome, "no_answer" if provider.can_be_asked else "lost_answer")

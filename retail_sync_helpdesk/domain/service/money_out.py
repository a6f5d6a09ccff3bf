"""The second phase of a refund: money leaves under our own key, once, whatever is killed in between.

The first phase has committed the credit note and the intent to pay it. A job then takes one step after another; each
step is committed before the next one. After a crash the job asks ``next_step`` again, which trusts only what is stored
and what the provider says.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from ..currency import ZERO

__all__ = ["Answer", "Attempt", "Intent", "Provider", "Step", "key_of", "next_step"]

_MOST_ATTEMPTS = 3


class Step(str, Enum):
    """What the job does next."""

    create = "create"  # a child transaction with our key, and commit it before anything is called
    send = "send"  # call the provider with our key
    look_up = "look_up"  # ask the provider by our key what became of the call
    wait = "wait"  # the provider works on it: ask again later
    store_done = "store_done"  # write what the provider says to the transaction
    store_failed = "store_failed"
    post_process = "post_process"  # let Odoo make the payment
    reconcile = "reconcile"  # the payment with the credit note
    again = "again"  # a new attempt with a new key: the provider would repeat its refusal under the old one
    manual = "manual"  # finance pays, or finds out what happened
    finish = "finish"


class Answer(str, Enum):
    """What the provider says of a key, when it is asked."""

    not_asked = "not_asked"
    not_found = "not_found"
    pending = "pending"
    done = "done"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider can do.

    :param refunds: none, full or partial
    :param keeps_keys: whether the same key never pays twice
    :param can_be_asked: whether it finds a refund by our key
    """

    refunds: str = "partial"
    keeps_keys: bool = True
    can_be_asked: bool = True


@dataclass(frozen=True, slots=True)
class Intent:
    """A refund that is to be paid.

    :param attempt: counts from 1
    :param paid: amount of the payment whose money goes back; None: no payment of a provider
    :param refunded_before: of that payment
    :param manual: whether it was handed to finance, which has not closed it
    """

    uuid: str
    amount: Decimal
    attempt: int = 1
    paid: Decimal | None = None
    refunded_before: Decimal = ZERO
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """The child transaction of the present attempt.

    :param state: draft, pending, done, cancel or error
    :param fresh: whether this worker has just created it, so that no call was made yet
    :param retryable: of a failed one: whether the provider's reason may pass
    :param reconciled: whether the payment pays the credit note
    """

    state: str = "draft"
    fresh: bool = False
    retryable: bool = False
    post_processed: bool = False
    reconciled: bool = False


def key_of(intent: Intent) -> str:
    """Return the idempotency key of the present attempt, which is the reference of its transaction too."""
    return f"{intent.uuid}-{intent.attempt}"


def next_step(intent: Intent, attempt: Attempt | None, provider: Provider, answer: Answer = Answer.not_asked) -> Step:
    """Return what the job does next.

    :param attempt: None while the present attempt has no transaction
    :param answer: what the provider has just said of the key
    """
    if attempt is None:
        return Step.create if not intent.manual and _can_refund(intent, provider) else Step.manual
    if attempt.state == "done":
        if not attempt.post_processed:
            return Step.post_process
        return Step.finish if attempt.reconciled else Step.reconcile
    if attempt.state in ("error", "cancel"):
        return Step.again if attempt.retryable and intent.attempt < _MOST_ATTEMPTS else Step.manual
    if attempt.fresh:
        return Step.send
    return _after_crash(attempt, provider, answer)


def _can_refund(intent: Intent, provider: Provider) -> bool:
    if intent.paid is None or provider.refunds == "none":
        return False
    if intent.refunded_before + intent.amount > intent.paid:
        return False
    return provider.refunds == "partial" or (intent.amount == intent.paid and not intent.refunded_before)


def _after_crash(attempt: Attempt, provider: Provider, answer: Answer) -> Step:
    """Return the step of an attempt that was perhaps sent: only a provider that keeps keys is called a second time."""
    if answer is Answer.done:
        return Step.store_done
    if answer is Answer.failed:
        return Step.store_failed
    if answer is Answer.pending:
        return Step.wait
    if provider.can_be_asked and answer is Answer.not_asked:
        return Step.look_up
    if provider.keeps_keys:
        return Step.send
    # It may have been paid and not be found yet: paying again would be the worse mistake.
    return Step.manual

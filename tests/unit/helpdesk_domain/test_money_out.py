"""What the job of a refund does next follows from what is stored and what the provider says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from retail_sync_helpdesk.domain.service.money_out import (
    Answer,
    Attempt,
    Intent,
    Provider,
    Step,
    key_of,
    next_step,
)

D = Decimal
INTENT = Intent("u", D(60), paid=D(100))
ABLE = Provider()
SENT = Attempt()


@pytest.mark.parametrize(
    ("intent", "provider", "step"),
    [
        (INTENT, ABLE, Step.create),
        (replace(INTENT, refunded_before=D(40)), ABLE, Step.create),
        (replace(INTENT, refunded_before=D("40.01")), ABLE, Step.manual),
        (replace(INTENT, paid=None), ABLE, Step.manual),
        (replace(INTENT, manual=True), ABLE, Step.manual),
        (INTENT, Provider("none"), Step.manual),
        (INTENT, Provider("full"), Step.manual),
        (replace(INTENT, amount=D(100)), Provider("full"), Step.create),
    ],
)
def test_a_provider_that_cannot_pay_leaves_it_to_finance(intent, provider, step):
    assert next_step(intent, None, provider) is step


@pytest.mark.parametrize(
    ("attempt", "answer", "provider", "step"),
    [
        (Attempt(fresh=True), Answer.not_asked, ABLE, Step.send),
        (Attempt(fresh=True), Answer.not_asked, Provider("partial", False, False), Step.send),
        # After a crash it is not known whether the call was made.
        (SENT, Answer.not_asked, ABLE, Step.look_up),
        (SENT, Answer.not_found, ABLE, Step.send),
        (SENT, Answer.pending, ABLE, Step.wait),
        (SENT, Answer.done, ABLE, Step.store_done),
        (SENT, Answer.failed, ABLE, Step.store_failed),
        (SENT, Answer.not_asked, Provider(can_be_asked=False), Step.send),
        (SENT, Answer.not_found, Provider(keeps_keys=False), Step.manual),
        (SENT, Answer.not_asked, Provider("partial", False, False), Step.manual),
        (replace(SENT, state="pending"), Answer.not_asked, ABLE, Step.look_up),
        # What is done is done, whatever else is not known.
        (Attempt("done"), Answer.not_asked, ABLE, Step.post_process),
        (Attempt("done", post_processed=True), Answer.not_asked, ABLE, Step.reconcile),
        (Attempt("done", post_processed=True, reconciled=True), Answer.not_asked, ABLE, Step.finish),
        (Attempt("error"), Answer.not_asked, ABLE, Step.manual),
        (Attempt("cancel", retryable=True), Answer.not_asked, ABLE, Step.again),
    ],
)
def test_the_next_step(attempt, answer, provider, step):
    assert next_step(INTENT, attempt, provider, answer) is step


def test_a_new_attempt_has_a_new_key_and_attempts_end():
    assert key_of(INTENT) != key_of(replace(INTENT, attempt=2))
    failed = Attempt("error", retryable=True)
    assert next_step(replace(INTENT, attempt=2), failed, ABLE) is Step.again
    assert next_step(replace(INTENT, attempt=3), failed, ABLE) is Step.manual


def test_what_a_crash_left_is_paid_though_finance_has_it_by_now():
    """A manual mark stops new attempts; what the provider has done is stored all the same."""
    assert next_step(replace(INTENT, manual=True), SENT, ABLE, Answer.done) is Step.store_done

"""A payment provider whose ledger counts the money that left."""

from contextlib import contextmanager
from unittest.mock import patch

from ...domain.service.money_out import Answer
from ...models.money import providers
from ...models.money.providers import Outcome


class FakeProvider:
    """Pays what it is asked for, once for each key where it keeps keys.

    `script`: what the next calls do instead: "lost" pays and loses the answer, "away" does not pay, "pending",
    "failed", "retryable".
    """

    def __init__(self, keeps_keys=True, can_be_asked=True, refunds="partial"):
        self.keeps_keys, self.can_be_asked, self._refunds = keeps_keys, can_be_asked, refunds
        self.ledger = []
        self.answers = {}
        self.script = []
        self.calls = []

    def refunds(self, _source):
        return self._refunds

    @property
    def paid(self):
        return round(sum(amount for _key, amount in self.ledger), 2)

    def send(self, child):
        step = self.script.pop(0) if self.script else "done"
        key = child.reference
        self.calls.append(("send", key))
        if step == "away":
            return Outcome(None, message="timeout")
        if step in ("failed", "retryable"):
            self.answers[key] = Answer.failed
            return Outcome(Answer.failed, message="Card closed", retryable=step == "retryable")
        if not (self.keeps_keys and key in self.answers):
            self.ledger.append((key, -child.amount))
        self.answers[key] = Answer.pending if step == "pending" else Answer.done
        if step == "lost":
            return Outcome(None, message="timeout")
        return Outcome(self.answers[key], reference=f"re-{key[-6:]}")

    def look_up(self, child):
        self.calls.append(("look_up", child.reference))
        return Outcome(self.answers.get(child.reference, Answer.not_found), reference=f"re-{child.reference[-6:]}")


@contextmanager
def provider_is(fake):
    """Let providers without a code of their own be a fake one."""
    with patch.dict(providers._REFUNDERS, {"none": fake}):
        yield fake

"""What payment providers can do with a refund under our key, and how they are called.

A provider that Odoo knows and this file does not is called by Odoo's own refund request, once: it may not know our key
and cannot be asked what became of it, so a lost answer is for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from odoo.exceptions import ValidationError

from ...domain.service.money_out import Answer, Provider

__all__ = ["Outcome", "OwnRequest", "Refunder", "declared", "is_unknown", "refunder_of", "refunds_with"]

_SUPPORT = {"partial": "partial", "full_only": "full", "none": "none"}
# What a provider answers when it has not looked at the request, or still works on it.
_PASSING_STATUS = frozenset({409, 425, 429})


@dataclass(frozen=True)
class Outcome:
    """What a call found out.

    :param answer: None: the provider could not be reached, or its answer was lost: the money may have left or not
    :param data: what ``payment.transaction._process`` takes; None: the state is stored as the answer says
    :param message: of the provider, for people
    :param reference: the provider's own number of the refund
    :param retryable: of a failed one: whether the reason may pass
    :param stored: whether the call has stored the answer already
    """

    answer: Answer | None = Answer.not_asked
    data: dict[str, Any] | None = None
    message: str = ""
    reference: str = ""
    retryable: bool = False
    stored: bool = False


class Refunder(Protocol):
    """A provider that pays back. Methods get the child transaction, whose reference is our key."""

    keeps_keys: bool
    can_be_asked: bool

    def refunds(self, source: Any) -> str:
        """Return none, full or partial: what can be paid back of a payment."""

    def send(self, child: Any) -> Outcome:
        """Ask for the refund. Called in a transaction of its own, after the child was committed."""

    def look_up(self, child: Any) -> Outcome:
        """Ask what became of the key."""


_REFUNDERS: dict[str, Refunder] = {}


def refunds_with(code: str) -> Callable[[type], type]:
    """Return a decorator that makes a class the refunder of the providers with a code."""

    def register(found: type) -> type:
        _REFUNDERS[code] = found()
        return found

    return register


def refunder_of(provider: Any) -> Refunder:
    """Return how a ``payment.provider`` pays back."""
    return _REFUNDERS.get(provider.code) or OwnRequest()


def declared(source: Any) -> Provider:
    """Return what the provider of a payment can do."""
    found = refunder_of(source.provider_id)
    refunds = "none" if source.provider_id.state == "disabled" else found.refunds(source)
    return Provider(refunds, found.keeps_keys, found.can_be_asked)


def is_unknown(error: ValidationError) -> bool:
    """Return whether Odoo's error of a request leaves open if the provider acted on it.

    Odoo raises the same class for a refusal and for a lost connection; the error that it stands for tells them apart.
    """
    cause = error.__cause__ or error.__context__
    if isinstance(cause, requests.exceptions.HTTPError) and cause.response is not None:
        status = cause.response.status_code
        return status >= 500 or status in _PASSING_STATUS
    return isinstance(cause, requests.exceptions.RequestException)


class OwnRequest:
    """A provider by Odoo's own refund request, which sends no key."""

    keeps_keys = False
    can_be_asked = False

    def refunds(self, source: Any) -> str:
        """Return what Odoo says of the provider and of the payment method, whichever is less."""
        method = source.payment_method_id.primary_payment_method_id or source.payment_method_id
        found = {
            _SUPPORT.get(source.provider_id.support_refund or "none", "none"),
            _SUPPORT.get(method.support_refund or "none", "none"),
        }
        return next(kind for kind in ("none", "full", "partial") if kind in found)

    def send(self, child: Any) -> Outcome:
        """Let Odoo send and store; a lost connection leaves it open whether the money has left."""
        try:
            child._send_refund_request()
        except ValidationError as error:
            if is_unknown(error):
                return Outcome(None, message=str(error))
            return Outcome(Answer.failed, message=str(error))
        answers = {"done": Answer.done, "error": Answer.failed, "cancel": Answer.failed}
        return Outcome(answers.get(child.state, Answer.pending), stored=True)

    def look_up(self, child: Any) -> Outcome:
        """Return that nothing is known."""
        return Outcome(Answer.not_asked)


@refunds_with("demo")
class Demo(OwnRequest):
    """Odoo's provider for trying out: it acts in Odoo's own transaction, so what is not stored did not happen."""

    keeps_keys = True
    can_be_asked = True

    def look_up(self, child: Any) -> Outcome:
        """Return that there is no refund: a stored one is not looked up."""
        return Outcome(Answer.not_found)

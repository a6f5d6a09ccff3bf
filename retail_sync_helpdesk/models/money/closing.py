"""Says what became of a refund to whoever shows it: the ticket, the screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["announce", "listens", "sentence"]

_listeners: list[Callable[[Any], None]] = []


def listens(function: Callable[[Any], None]) -> Callable[[Any], None]:
    """Register function(refund) to be called in the transaction that pays a refund, or gives it to a person."""
    _listeners[:] = [known for known in _listeners if known.__qualname__ != function.__qualname__]
    _listeners.append(function)
    return function


def announce(refund: Any) -> None:
    """Call what listens."""
    for listener in _listeners:
        listener(refund)


def sentence(refund: Any) -> str:
    """Return what became of a refund, for a note on the ticket."""
    env = refund.env
    amount = refund.currency_id.format(refund.amount)
    texts = {
        "paid": env._("Refund %(name)s: %(amount)s was paid back."),
        "by_hand": env._("Refund %(name)s: finance pays %(amount)s back by hand."),
        "failed": env._("Refund %(name)s: the payment provider did not pay %(amount)s back. Finance has the task."),
        "in_doubt": env._(
            "Refund %(name)s: it is not known whether %(amount)s was paid back. Finance finds out. Do not refund again."
        ),
    }
    return texts.get(refund.state, "") % {"name": refund.name, "amount": amount}

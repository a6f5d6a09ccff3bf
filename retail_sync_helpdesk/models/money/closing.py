"""Says on the ticket what became of a refund."""

from __future__ import annotations

from typing import Any

from ..ticket.notes import note

__all__ = ["announce", "sentence"]


def announce(refund: Any) -> None:
    """Write an internal note into the ticket of the action that asked for a refund, if it has one."""
    ticket = refund.action_id.ticket_id
    text = sentence(refund)
    if ticket and text:
        note(refund.env, ticket.id, text)


def sentence(refund: Any) -> str:
    """Return what became of a refund; empty where nothing did yet."""
    env = refund.env
    values = {"name": refund.name, "amount": refund.currency_id.format(refund.amount)}
    if refund.state == "paid" and refund.method == "credit":
        return env._("Refund %(name)s: %(amount)s is kept as a credit of the customer.", **values)
    if refund.state == "paid":
        return env._("Refund %(name)s: %(amount)s was paid back.", **values)
    if refund.state == "by_hand":
        return env._("Refund %(name)s: finance pays %(amount)s back by hand.", **values)
    if refund.state == "failed":
        return env._("Refund %(name)s: the payment provider did not pay %(amount)s back. Finance has it.", **values)
    if refund.state == "in_doubt":
        return env._(
            "Refund %(name)s: it is not known whether %(amount)s was paid back. Do not refund it again.",
            **values,
        )
    return ""

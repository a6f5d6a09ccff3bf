"""Values of a request that are checked against the database, whatever its action is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..policy.store import reasons
from .asked import invalid

__all__ = ["check_request"]


def check_request(env: Any, order: Any, request: Any) -> None:
    """Check the reason, the quantities and the ticket of a request.

    :raises ApiProblem: the reason does not exist for this action, a quantity is finer than Odoo counts, or the ticket
        is of another company
    """
    _check_quantities(env, request)
    known = {row.code: row.actions for row in reasons(env)}
    if request.reason not in known or (known[request.reason] and request.action not in known[request.reason]):
        raise invalid("/body/request/reason", "There is no such reason for this action: GET /reasons lists them.")
    if request.ticket is not None:
        ticket = env["helpdesk.ticket"].sudo().browse(request.ticket).exists()
        if not ticket or ticket.company_id not in (ticket.company_id.browse(), order.sudo().company_id):
            raise invalid("/body/request/ticket", "There is no such ticket in the company of the order.")


def _check_quantities(env: Any, request: Any) -> None:
    """Check that Odoo keeps the quantities as they are: what it rounds to nothing could be asked for again."""
    digits = env["decimal.precision"].precision_get("Product Unit")
    for name in ("lines", "wanted"):
        for number, line in enumerate(getattr(request, name, ())):
            if line.quantity is not None and -Decimal(line.quantity).normalize().as_tuple().exponent > digits:
                pointer = f"/body/request/{name}/{number}/quantity"
                raise invalid(pointer, f"A quantity has {digits} decimals at most.")

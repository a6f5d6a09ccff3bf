"""A request of the API, read into what the decisions ask for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ...api.errors import ApiProblem
from ...domain.currency import ZERO
from ...domain.service.claims import LineClaim, RefundClaim
from ...domain.service.eligibility import ActionRequest
from ...domain.service.order_facts import Address

__all__ = ["asked_of", "invalid"]

_BY_QUANTITY = frozenset(("cancel_rest", "return", "replace", "exchange"))


def asked_of(request: Any, address: Address | None = None) -> ActionRequest:
    """Return what a request asks for.

    :param request: a document of ``api/schemas/requests.py``
    :param address: of a change of address, as the decisions compare it
    :raises ApiProblem: a line stands twice, or is claimed by quantity and by amount
    """
    lines = {}
    if request.action in _BY_QUANTITY:
        _once(line.line_id for line in request.lines)
        lines = {line.line_id: Decimal(line.quantity) for line in request.lines}
    return ActionRequest(request.action, request.reason, lines, _claim(request), address)


def invalid(pointer: str, detail: str) -> ApiProblem:
    """Return the problem of one value of a request. ``pointer``: its place in the body."""
    return ApiProblem("invalid_values", errors=[{"pointer": pointer, "detail": detail}])


def _claim(request: Any) -> RefundClaim:
    if request.action == "refund_full":
        return RefundClaim(full=True, waive_fee=request.waive_fee)
    if request.action == "refund_shipping":
        return RefundClaim(shipping=Decimal(request.amount))
    if request.action == "refund_goodwill":
        return RefundClaim(goodwill=Decimal(request.amount))
    if request.action != "refund_lines":
        return RefundClaim()
    _once(line.line_id for line in request.lines)
    claims = tuple(_line(line, number) for number, line in enumerate(request.lines))
    return RefundClaim(lines=claims, restocking=request.restocking, waive_fee=request.waive_fee)


def _line(line: Any, number: int) -> LineClaim:
    if (line.quantity is None) == (line.amount is None):
        raise invalid(f"/body/request/lines/{number}", "A line is claimed by quantity or by amount.")
    if line.quantity is not None:
        return LineClaim(line.line_id, quantity=Decimal(line.quantity))
    amount = Decimal(line.amount)
    if amount <= ZERO:
        raise invalid(f"/body/request/lines/{number}/amount", "An amount is positive.")
    return LineClaim(line.line_id, amount=amount)


def _once(line_ids: Iterable[int]) -> None:
    seen: set[int] = set()
    for number, line_id in enumerate(line_ids):
        if line_id in seen:
            raise invalid(f"/body/request/lines/{number}/line_id", "The line stands twice.")
        seen.add(line_id)

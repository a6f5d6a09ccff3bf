"""The operations of the API and what each of them needs: one table that guards, documentation and tests read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = ["OPERATIONS", "SCOPES", "Operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation.

    :param id: stable; the ``operationId`` of the published document
    :param scope: that the key needs; empty: any valid key
    :param looks_up: whether it counts among the look-ups that may run at the same time
    :param tagged: whether its answers have an ETag
    :param finance: whether it shows money, so that the policy may demand a verified customer
    :param acts: whether it changes something: keys that may look up only are refused
    :param problems: codes of errors that it may answer, beside those that all share
    :param deprecated_at, sunset_at: naive UTC; None: it stays
    """

    id: str
    scope: str = ""
    looks_up: bool = True
    tagged: bool = True
    finance: bool = False
    acts: bool = False
    problems: tuple[str, ...] = ()
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None


# What a key may be given, beside the actions themselves: each action is a scope of its own.
SCOPES: Mapping[str, str] = {
    "customers.read": "Customers: who they are, blocks and credit holds",
    "contact.read": "E-mail addresses, phone numbers and postal addresses, which are masked otherwise",
    "orders.read": "Orders, lines, shipments, returns, timeline, and what may be done with them",
    "finance.read": "Invoices, payments, credit notes, amounts due",
    "stock.read": "Stock by warehouse, and alternatives",
    "tickets.read": "Tickets of a customer",
    "loyalty.read": "Loyalty cards",
    "actions.read": "Actions that were done or wait, of the own key",
}

_LIST = ("invalid_cursor",)
_RECORD = ("not_found", "company_not_allowed")
_SUBMIT = (
    "not_found",
    "company_not_allowed",
    "verification_required",
    "cap_reached",
    "idempotency_key_missing",
    "idempotency_key_reused",
    "idempotency_key_expired",
    "request_in_progress",
    "preview_invalid",
    "preview_expired",
    "preview_stale",
    "not_eligible",
    "approval_refused",
    "override_reason_missing",
    "conflict",
)

OPERATIONS: Mapping[str, Operation] = {
    operation.id: operation
    for operation in (
        Operation("get_me", looks_up=False, tagged=False),
        Operation("list_reasons", "orders.read", looks_up=False),
        Operation("find_customers", "customers.read"),
        Operation("get_customer", "customers.read", problems=_RECORD),
        Operation("get_overview", "customers.read", problems=_RECORD),
        Operation("list_customer_orders", "orders.read", problems=(*_RECORD, *_LIST)),
        Operation("list_customer_tickets", "tickets.read", problems=(*_RECORD, *_LIST)),
        Operation("find_orders", "orders.read"),
        Operation("get_order", "orders.read", problems=_RECORD),
        Operation("get_timeline", "orders.read", problems=_RECORD),
        Operation("get_money", "finance.read", finance=True, problems=(*_RECORD, "verification_required")),
        Operation("get_eligibility", "orders.read", problems=_RECORD),
        Operation("get_stock", "stock.read"),
        Operation("preview_action", "orders.read", tagged=False, problems=(*_RECORD, "verification_required")),
        Operation("submit_action", "orders.read", looks_up=False, tagged=False, acts=True, problems=_SUBMIT),
        Operation("list_actions", "actions.read", problems=(*_RECORD, *_LIST)),
        Operation("get_action", "actions.read", problems=("not_found",)),
        Operation("get_problem", looks_up=False, tagged=False, problems=("not_found",)),
    )
}

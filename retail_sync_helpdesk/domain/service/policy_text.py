"""A policy as one JSON text: what a version of it stores, and is read from again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .policy import Demand, Policy, ShippingRefund

__all__ = ["changes_between", "policy_of", "text_of"]

_SETS = ("no_return", "defect_reasons", "refund_at_once", "machine_actions")
_PLAIN = (
    "name",
    "priority",
    "company_id",
    "brand",
    "return_days",
    "warranty_days",
    "customer_days",
    "customer_refunds",
    "refuse_printed",
    "refuse_picked",
    "cut_ordered",
)
_NUMBERS = (
    "restocking_percent",
    "shipping_percent",
    "shipping_most",
    "goodwill_percent",
    "goodwill_most",
    "customer_amount",
)


def text_of(policy: Policy) -> str:
    """Return the canonical text of a policy, without its id and version."""
    values: dict[str, Any] = {name: getattr(policy, name) for name in _PLAIN}
    values.update({name: _text(getattr(policy, name)) for name in _NUMBERS})
    values.update({name: sorted(getattr(policy, name)) for name in _SETS})
    values["starts"] = policy.starts.isoformat() if policy.starts else None
    values["ends"] = policy.ends.isoformat() if policy.ends else None
    values["category_return_days"] = {str(key): days for key, days in policy.category_return_days.items()}
    values["category_warranty_days"] = {str(key): days for key, days in policy.category_warranty_days.items()}
    values["methods"] = list(policy.methods)
    values["shipping_refund"] = policy.shipping_refund.value
    values["demands"] = {
        action: {"methods": sorted(demand.methods), "minutes": int(demand.within.total_seconds() // 60)}
        for action, demand in policy.demands.items()
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def policy_of(policy_id: int, version: int, text: str) -> Policy:
    """Return the policy that a text stands for.

    :raises ValueError: the text is no JSON, or a percentage in it is out of range
    """
    values = json.loads(text)
    fields: dict[str, Any] = {name: values[name] for name in _PLAIN}
    fields.update({name: _number(values[name]) for name in _NUMBERS})
    fields.update({name: frozenset(values[name]) for name in _SETS})
    return Policy(
        policy_id,
        version,
        **fields,
        starts=_day(values["starts"]),
        ends=_day(values["ends"]),
        category_return_days=_by_category(values["category_return_days"]),
        category_warranty_days=_by_category(values["category_warranty_days"]),
        methods=tuple(values["methods"]),
        shipping_refund=ShippingRefund(values["shipping_refund"]),
        demands={
            action: Demand(frozenset(found["methods"]), timedelta(minutes=int(found["minutes"])))
            for action, found in values["demands"].items()
        },
    )


def changes_between(before: str | None, after: str) -> list[tuple[str, Any, Any]]:
    """Return (name, old value, new value) of what differs between two texts; of a first text nothing."""
    if before is None:
        return []
    old, new = json.loads(before), json.loads(after)
    return [(name, old.get(name), new.get(name)) for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _text(number: Decimal | None) -> str | None:
    """Return a number that equal numbers share, without zeros at the end."""
    return None if number is None else f"{number.normalize():f}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _by_category(found: Mapping[str, Any]) -> dict[int, Any]:
    return {int(key): days for key, days in found.items()}

"""A policy record as the value that decisions take."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from ...domain.control.words import words_of
from ...domain.service.policy import Demand, Policy, ShippingRefund

__all__ = ["policy_from"]


def policy_from(record: Any) -> Policy:
    """Return what a ``retail.sync.policy`` says now.

    :raises ValueError: a percentage is out of range, or no way of paying back is named
    """
    categories = record.category_ids
    ways = record.method_ids.sorted(lambda line: (line.sequence, line.id))
    return Policy(
        record.id,
        record.version or 1,
        name=record.name,
        priority=record.priority,
        company_id=record.company_id.id or 0,
        brand=(record.brand or "").strip(),
        starts=record.starts or None,
        ends=record.ends or None,
        return_days=record.return_days if record.takes_returns else None,
        category_return_days={
            line.category_id.id: line.return_days if line.returns == "days" else None
            for line in categories
            if line.returns != "policy"
        },
        warranty_days=record.warranty_days,
        category_warranty_days={
            line.category_id.id: line.warranty_days for line in categories if line.warranty == "days"
        },
        no_return=frozenset(record.no_return_category_ids.ids),
        restocking_percent=_number(record.restocking_percent),
        defect_reasons=_codes(record.defect_reason_ids),
        refund_at_once=_codes(record.at_once_reason_ids),
        methods=tuple(ways.mapped("method")),
        shipping_refund=ShippingRefund(record.shipping_refund),
        shipping_percent=_number(record.shipping_percent),
        shipping_most=_number(record.shipping_most) if record.shipping_limited else None,
        goodwill_percent=_number(record.goodwill_percent),
        goodwill_most=_number(record.goodwill_most) if record.goodwill_limited else None,
        machine_actions=_codes(record.machine_action_ids),
        customer_days=record.customer_days,
        customer_refunds=record.customer_refunds if record.limit_refunds else None,
        customer_amount=_number(record.customer_amount) if record.limit_amount else None,
        demands={
            line.kind_id.code: Demand(frozenset(words_of(line.methods)), timedelta(minutes=line.minutes))
            for line in record.demand_ids
        },
        refuse_printed=record.refuse_printed,
        refuse_picked=record.refuse_picked,
        cut_ordered=record.cut_ordered,
    )


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _codes(records: Any) -> frozenset[str]:
    return frozenset(records.with_context(active_test=False).mapped("code"))

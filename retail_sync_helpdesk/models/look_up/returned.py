"""What comes back of an order: returns of ours, and transfers back that staff made without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ...api.schemas.order import Return, ReturnLine
from ...domain.currency import Currency
from .looking import Looking, aware, money, number, text
from .order_parts import Row
from .order_rows import Standing

__all__ = ["of_order"]

_MIXED = "mixed"
_STATES = {"done": "received", "cancel": "cancelled"}


def of_order(
    look: Looking, parts: Mapping[str, list[Row]], standing: Standing, currency: Currency
) -> tuple[Return, ...]:
    """Return the returns of an order, ours first. One without a header has the id and number of its transfer."""
    skus = {line.id: line.sku for line in standing.facts.lines}
    return (*_headers(look, parts, skus, currency), *_transfers(parts["returns"], standing, skus))


def _headers(
    look: Looking, parts: Mapping[str, list[Row]], skus: Mapping[int, str], currency: Currency
) -> Iterator[Return]:
    lines: dict[int, list[ReturnLine]] = defaultdict(list)
    for row in parts["return_lines"]:
        results = row["results"]
        lines[row["return_id"]].append(
            ReturnLine(
                line_id=row["order_line_id"],
                sku=skus.get(row["order_line_id"], ""),
                quantity=number(row["quantity"]),
                reason=text(row["reason"]),
                result=(results[0] if len(results) == 1 else _MIXED) if results else "",
            )
        )
    for row in parts["returns"]:
        yield Return(
            id=row["id"],
            number=row["name"],
            state=row["state"],
            reason=text(row["reason"]),
            requested_at=_moment(row["requested_at"]),
            received_at=_moment(row["received_at"]),
            lines=tuple(lines[row["id"]]),
            refund=money(row["refund"], currency) if row["refund"] is not None else None,
            label_url=_label(look, row["label_id"]),
        )


def _transfers(headers: list[Row], standing: Standing, skus: Mapping[int, str]) -> Iterator[Return]:
    of_headers = {picking_id for row in headers for picking_id in row["pickings"]}
    results = {
        origin: transfer.result
        for transfer in standing.facts.transfers
        if transfer.role == "inspection" and transfer.done
        for origin in transfer.return_of
    }
    for transfer in standing.facts.transfers:
        if transfer.role != "return" or transfer.id in of_headers:
            continue
        quantities = transfer.quantities if transfer.done else transfer.demand
        yield Return(
            id=transfer.id,
            number=transfer.name,
            state=_STATES.get(transfer.state, "expected"),
            requested_at=aware(transfer.created_at),
            received_at=aware(transfer.done_at) if transfer.done else None,
            lines=tuple(
                ReturnLine(
                    line_id=line_id or None,
                    sku=skus.get(line_id, ""),
                    quantity=number(quantity),
                    result=results.get(transfer.id, ""),
                )
                for line_id, quantity in sorted(quantities.items())
            ),
        )


def _moment(stored: str | None) -> Any:
    return aware(datetime.fromisoformat(stored)) if stored else None


def _label(look: Looking, attachment_id: int | None) -> str:
    """Return the address of a label for staff; it shows where the customer lives."""
    if not attachment_id or not look.sees("contact.read"):
        return ""
    base = look.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
    return f"{base.rstrip('/')}/web/content/{attachment_id}?download=true"

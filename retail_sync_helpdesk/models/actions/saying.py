"""Sentences and documents that previews and notes of all actions share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from odoo.tools import format_amount

from ...api.schemas.actions import Effect
from ...api.schemas.base import Reference

__all__ = ["KINDS", "effect", "in_words", "listed", "quantity_text", "reference_of", "references_of"]

# Model -> kind of document of the API.
KINDS = {
    "sale.order": "order",
    "stock.picking": "shipment",
    "retail.sync.return": "return",
    "payment.transaction": "payment",
    "helpdesk.ticket": "ticket",
    "loyalty.card": "loyalty_card",
}


def effect(code: str, text: str, document: Any = None) -> Effect:
    """Return one thing that an action does. ``document``: the record that it concerns."""
    return Effect(code=code, text=text, document=reference_of(document) if document else None)


def reference_of(record: Any) -> Reference:
    """Return a record as a document of the API."""
    if record._name == "account.move":
        kind = "credit_note" if record.move_type == "out_refund" else "invoice"
    else:
        kind = KINDS[record._name]
    return Reference(kind=kind, id=record.id, number=_number(record))


def references_of(records: Iterable[Any]) -> tuple[Reference, ...]:
    """Return records as documents of the API."""
    return tuple(reference_of(record) for record in records)


def in_words(env: Any, amount: Decimal, currency: Any) -> str:
    """Return an amount as people read it, in the language of env."""
    return str(format_amount(env, float(amount), currency)).replace("\N{NO-BREAK SPACE}", " ")


def listed(records: Any) -> str:
    """Return the numbers of records, separated by commas."""
    return ", ".join(_number(record) for record in records)


def quantity_text(quantity: Decimal) -> str:
    """Return a quantity as documents of the API have it."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(record: Any) -> str:
    if record._name == "loyalty.card":
        return record.program_id.name or ""
    if record._name == "payment.transaction":
        return record.reference or ""
    if record._name == "helpdesk.ticket":
        return record.number or ""
    return record.display_name or "" if record._name == "retail.sync.return" else record.name or ""

"""The milestones of an order in words."""

from __future__ import annotations

from ...api.schemas.base import Reference
from ...api.schemas.order import Timeline, TimelineEntry
from .looking import Looking, aware, text
from .reach import reach_order
from .verified import as_verified

__all__ = ["answer"]

_KINDS = {
    "sale.order": "order",
    "stock.picking": "shipment",
    "retail.sync.return": "return",
    "account.move": "invoice",
    "account.payment": "payment",
    "payment.transaction": "payment",
}
_FINANCE = frozenset({"account.move", "account.payment", "payment.transaction"})
_FIELDS = (
    "kind",
    "ordinal",
    "at",
    "seen_at",
    "cause",
    "reversal",
    "quantities",
    "document_model",
    "document_id",
    "document_name",
)


def answer(look: Looking, order_id: int) -> Timeline:
    """Return all milestones of an order, the oldest first; those that take others back are entries of their own.

    Who may not see finance data learns that a credit note was issued, and not which, nor what is written on it.

    :raises ApiProblem: not_found
    """
    reach_order(look.env, look.caller, order_id)
    look = as_verified(look, order_id)
    finance = look.sees("finance.read")
    milestones = look.env["retail.sync.milestone"].with_context(prefetch_fields=False)
    rows = milestones.search_fetch(
        [("res_model", "=", "sale.order"), ("res_id", "=", order_id)], _FIELDS, order="at, rank, id"
    )
    words = rows._in_words(documents=finance)
    return Timeline(
        as_of=look.at,
        order_id=order_id,
        entries=tuple(
            TimelineEntry(
                kind=row.kind,
                ordinal=row.ordinal,
                at=aware(row.at),
                seen_at=aware(row.seen_at),
                text=_sentence(words[row.id]),
                cause=text(words[row.id][1]),
                document=_document(row, finance),
                reverses=row.reversal,
            )
            for row in rows
        ),
    )


def _sentence(words: tuple[str, str, str]) -> str:
    title, _cause, quantity = words
    return text(f"{title}: {quantity}" if quantity else title)


def _document(row: object, finance: bool) -> Reference | None:
    model = row.document_model
    if model not in _KINDS or (model in _FINANCE and not finance):
        return None
    kind = "credit_note" if model == "account.move" and row.kind.startswith("refund") else _KINDS[model]
    return Reference(kind=kind, id=row.document_id, number=text(row.document_name))

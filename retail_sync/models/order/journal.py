"""The journal of milestones as orders carry it: what happened, in the order in which it happened."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from odoo.api import Environment

from .document_values import moment, text


def timelines_of(env: Environment, order_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return {order id: timeline}: all entries of the journal, those that were taken back included, in order."""
    rows = (
        env["retail.sync.milestone"]
        .sudo()
        .search([("res_model", "=", "sale.order"), ("res_id", "in", list(order_ids))], order="at, rank, id")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.res_id].append(
            {
                "key": str(row.id),
                "kind": row.kind,
                "at": moment(row.at),
                "seen_at": moment(row.seen_at),
                "reversal": row.reversal,
                "assumed": row.assumed,
                "document": text(row.document_name),
                "cause": text(row.cause_text),
                "quantities": text(row.quantity_text),
            }
        )
    return dict(found)

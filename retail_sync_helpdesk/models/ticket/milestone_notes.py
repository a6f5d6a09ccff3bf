"""What became of the orders of a ticket, as notes on it: only what customers ask for."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from odoo import api, models
from odoo.api import Environment
from odoo.tools import SQL

from . import notes
from .document import COUNTING

MODEL = "sale.order"
KINDS = ("return_received", "inspected", "refund_paid", "refund_failed", "delivered", "delivery_exception", "cancelled")
# Of documents that an action on the ticket has made, such as the order of a replacement.
KINDS_OF_MADE = ("shipped",)
# A return writes these on its own ticket.
OF_RETURN = ("return_received", "inspected")


class RetailSyncMilestoneKeeper(models.AbstractModel):
    """Tell tickets in the transaction in which the journal of their orders is brought up to date."""

    _inherit = "retail.sync.milestone.keeper"

    @api.model
    def _note_changes(self, model: str, changes: Mapping[int, set[str]]) -> None:
        result = super()._note_changes(model, changes)
        if model == MODEL:
            follow(self.env(su=True), changes)
        return result


def follow(env: Environment, order_ids: Collection[int]) -> int:
    """Note new milestones of orders on the tickets that are linked to them; return how many notes that were.

    A milestone is noted once on a ticket, whichever of its documents are of the order. One query where there is
    nothing to note.
    """
    env["retail.sync.ticket.document"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT document.ticket_id, document.order_id, row.id FROM (SELECT ticket_id, order_id,"
            " max(noted_milestone) AS noted, bool_or(made) AS made FROM retail_sync_ticket_document"
            " WHERE order_id = ANY(%(orders)s) AND state = ANY(%(states)s) GROUP BY ticket_id, order_id) document"
            " JOIN retail_sync_milestone row ON row.res_model = %(model)s AND row.res_id = document.order_id"
            " AND row.id > COALESCE(document.noted, 0)"
            " WHERE (row.kind = ANY(%(kinds)s) OR (document.made AND row.kind = ANY(%(made)s)))"
            " AND NOT (row.kind = ANY(%(returns)s) AND EXISTS (SELECT FROM retail_sync_return back"
            " WHERE back.order_id = document.order_id AND back.ticket_id = document.ticket_id))"
            " ORDER BY row.id",
            orders=sorted(order_ids),
            states=list(COUNTING),
            model=MODEL,
            kinds=list(KINDS),
            made=list(KINDS_OF_MADE),
            returns=list(OF_RETURN),
        )
    )
    if not rows:
        return 0
    by_ticket: dict[int, list[int]] = defaultdict(list)
    for ticket_id, _order_id, row_id in rows:
        by_ticket[ticket_id].append(row_id)
    notes.notes(env, _texts(env, by_ticket))
    env.cr.execute(
        SQL(
            "UPDATE retail_sync_ticket_document document SET noted_milestone = done.id FROM"
            " (SELECT * FROM unnest(%s::int[], %s::int[], %s::int[]) AS noted(ticket, sale, id)) done"
            " WHERE document.ticket_id = done.ticket AND document.order_id = done.sale"
            " AND COALESCE(document.noted_milestone, 0) < done.id",
            *map(list, zip(*_last(rows), strict=True)),
        )
    )
    env["retail.sync.ticket.document"].invalidate_model(["noted_milestone"])
    return len(by_ticket)


def _last(rows: Collection[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return (ticket, order, id of the last milestone), each ticket and order once."""
    last = {(ticket_id, order_id): row_id for ticket_id, order_id, row_id in rows}
    return [(*key, row_id) for key, row_id in last.items()]


def _texts(env: Environment, by_ticket: Mapping[int, list[int]]) -> list[tuple[int, str]]:
    """Return (ticket id, text) in the language of the ticket's company, the milestones of a ticket in one note."""
    tickets = env["helpdesk.ticket"].browse(by_ticket)
    found = []
    for company, group in tickets.grouped("company_id").items():
        ids = {row_id for ticket in group for row_id in by_ticket[ticket.id]}
        rows = env["retail.sync.milestone"].with_context(lang=company.partner_id.lang or env.lang).browse(ids)
        words = rows._in_words(documents=False)
        for ticket in group:
            lines = []
            for row in rows.browse(by_ticket[ticket.id]):
                title, cause, _quantity = words[row.id]
                about = ", ".join(dict.fromkeys(filter(None, (row.order_name, row.document_name))))
                lines.append(f"{title}: {about}{f'. {cause}' if cause else ''}")
            found.append((ticket.id, "\n".join(lines)))
    return found

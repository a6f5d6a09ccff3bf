"""Tickets of a customer, with the documents that they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from odoo.tools import SQL

from ...api.schemas.base import Reference
from ...api.schemas.ticket import TicketPage, TicketRow
from ...api.service import PageAsked
from .lists import Rows, rows_of_page
from .looking import Looking, aware, text
from .reach import order_sql, reach_customer

__all__ = ["ids_of_page", "page_of", "rows_of"]

_PRIORITIES = {"0": "low", "1": "medium", "2": "high", "3": "very_high"}


def page_of(look: Looking, customer_id: int, only_open: bool, page: PageAsked) -> TicketPage:
    """Return a page of the tickets of a customer's company and all its contacts, the newest first."""
    reach_customer(look.env, look.caller, customer_id)
    found = ids_of_page(look, customer_id, only_open, page)
    return TicketPage(as_of=look.at, items=rows_of(look, found.ids), next_cursor=found.next_cursor)


def ids_of_page(look: Looking, customer_id: int, only_open: bool, page: PageAsked) -> Rows:
    """Return the ids of a page of a customer's tickets that the caller may see."""
    rows = SQL(
        "FROM res_partner customer"
        " JOIN helpdesk_ticket ticket ON ticket.commercial_partner_id = customer.commercial_partner_id"
        " LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id"
        " WHERE customer.id = %s AND ticket.active AND %s AND %s",
        customer_id,
        _reach(look),
        SQL("stage.closed IS NOT TRUE") if only_open else SQL("TRUE"),
    )
    query = {"list": "tickets", "customer": customer_id, "open": only_open}
    return rows_of_page(look, query, page, rows, SQL("ticket.create_date"), SQL("ticket.id"))


def _reach(look: Looking) -> SQL:
    """Return the condition of a ticket that the caller may see: with brands, one of them, or about an order of them."""
    conditions = [SQL("ticket.company_id = ANY(%s)", list(look.companies))]
    if look.caller.brands:
        conditions.append(
            SQL(
                "(ticket.sync_brand = ANY(%s) OR EXISTS (SELECT FROM retail_sync_ticket_document about"
                " JOIN sale_order sale ON sale.id = about.order_id"
                " WHERE about.ticket_id = ticket.id AND about.state IN ('linked', 'confirmed') AND %s))",
                sorted(look.caller.brands),
                order_sql(look.caller, "sale"),
            )
        )
    return SQL("(%s)", SQL(" AND ").join(conditions))


def rows_of(look: Looking, ticket_ids: Sequence[int]) -> tuple[TicketRow, ...]:
    """Return tickets as rows of a list, in the given order. They are in the caller's reach already; two queries."""
    if not ticket_ids:
        return ()
    found = {
        row["id"]: row
        for row in look.env.execute_query_dict(
            SQL(
                "SELECT ticket.id, ticket.number, ticket.name, ticket.priority,"
                " COALESCE(ticket.sync_updated_at, ticket.write_date) AS updated_at,"
                " COALESCE(stage.name ->> %(lang)s, stage.name ->> 'en_US', '') AS stage, stage.closed,"
                " (SELECT link.external_id FROM retail_sync_link link"
                " JOIN retail_sync_connection connection ON connection.id = link.connection_id"
                " WHERE link.res_model = 'helpdesk.ticket' AND link.res_id = ticket.id AND link.is_primary"
                " AND (connection.company_id IS NULL OR connection.company_id = ANY(%(companies)s))"
                " ORDER BY link.id LIMIT 1) AS external_id"
                " FROM helpdesk_ticket ticket LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id"
                " WHERE ticket.id = ANY(%(ids)s)",
                lang=look.lang,
                companies=list(look.companies),
                ids=list(ticket_ids),
            )
        )
    }
    about = _about(look, ticket_ids)
    return tuple(
        TicketRow(
            id=row["id"],
            number=row["number"] or "",
            subject=text(row["name"]),
            stage=row["stage"],
            open=not row["closed"],
            priority=_PRIORITIES.get(row["priority"] or "", ""),
            updated_at=aware(row["updated_at"]),
            external_id=row["external_id"] or "",
            about=tuple(about[row["id"]]),
            url=look.url("helpdesk.ticket", row["id"]),
        )
        for row in (found[ticket_id] for ticket_id in ticket_ids if ticket_id in found)
    )


def _about(look: Looking, ticket_ids: Sequence[int]) -> dict[int, list[Reference]]:
    """Return {ticket id: documents}, without those of orders that the caller may not see."""
    kinds = ["order", "shipment", "return", *(["invoice"] if look.sees("finance.read") else [])]
    rows = look.env.execute_query(
        SQL(
            "SELECT about.ticket_id, about.kind, COALESCE(part.sync_return_id, about.res_id), about.name"
            " FROM retail_sync_ticket_document about JOIN sale_order sale ON sale.id = about.order_id"
            " LEFT JOIN rma part ON about.res_model = 'rma' AND part.id = about.res_id"
            " WHERE about.ticket_id = ANY(%s) AND about.state IN ('linked', 'confirmed') AND about.kind = ANY(%s)"
            " AND (about.res_model <> 'rma' OR part.sync_return_id IS NOT NULL) AND %s ORDER BY about.id",
            list(ticket_ids),
            kinds,
            order_sql(look.caller, "sale"),
        )
    )
    found: dict[int, list[Reference]] = defaultdict(list)
    for ticket_id, kind, record_id, name in rows:
        found[ticket_id].append(Reference(kind=kind, id=record_id, number=text(name)))
    return found

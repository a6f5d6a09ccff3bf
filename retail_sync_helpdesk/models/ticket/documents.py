"""Links tickets to the documents that they are about: calculated when a ticket or its messages change."""

import logging
from collections import defaultdict
from collections.abc import Collection
from typing import Any

import psycopg2

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.retail_sync.runtime import error_texts

from ...domain.tickets.mentions import Mention, find_mentions
from ...domain.tickets.quoted_text import split_message
from ...domain.tickets.ticket_links import LinkCandidate, Requester, link
from . import number_forms
from .document_search import Asked, Found, search

_logger = logging.getLogger(__name__)
# Messages of a ticket that are read, the newest first.
MOST_MESSAGES = 20


def propose(env: Environment, ticket_ids: Collection[int]) -> None:
    """Bring the links of tickets to documents up to date; what persons said stays.

    Trouble with it is no reason to refuse a ticket: links are calculated anew with its next change.
    """
    if not ticket_ids:
        return
    env = env(su=True)
    try:
        with env.cr.savepoint():
            _propose(env, env["helpdesk.ticket"].with_context(active_test=False).browse(ticket_ids).exists())
    except psycopg2.OperationalError:
        raise
    except Exception as error:
        error_texts.log(_logger, logging.ERROR, error, "Documents of tickets %s were not found", sorted(ticket_ids))


def _propose(env: Environment, tickets: models.BaseModel) -> None:
    requesters = {ticket.id: _requester(ticket) for ticket in tickets}
    forms = number_forms.of_companies(env, tickets.company_id.ids)
    references = _references(env, tickets)
    texts = _texts(env, tickets)
    mentions: dict[int, tuple[Mention, ...]] = {}
    asked: dict[int, Asked] = defaultdict(Asked)
    for ticket in tickets:
        company = ticket.company_id.id
        found = find_mentions(texts[ticket.id], forms.get(company, ()), references[ticket.id])
        mentions[ticket.id] = found
        asked[company].add(found, forms.get(company, ()))
        if ticket.partner_id:
            asked[company].customers.add(ticket.commercial_partner_id.id)
    documents = search(env, asked)
    wanted = {}
    for ticket in tickets:
        near = {(entry.document.kind, entry.document.id): entry for entry in documents.get(ticket.company_id.id, ())}
        links = link(mentions[ticket.id], [entry.document for entry in near.values()], requesters[ticket.id])
        wanted[ticket.id] = [
            (near[candidate.document.kind, candidate.document.id], candidate, state)
            for state, candidates in (("linked", links.linked), ("suggested", links.suggested))
            for candidate in candidates
        ]
    _store(env, wanted)


def _requester(ticket: models.BaseModel) -> Requester:
    customer = ticket.partner_id
    email = customer.email_normalized or (ticket.partner_email or "").strip().lower()
    return Requester(frozenset((customer | customer.commercial_partner_id).ids), email)


def _references(env: Environment, tickets: models.BaseModel) -> dict[int, set[str]]:
    """Return {ticket id: the requester's own numbers of their orders}, in one query."""
    customers = tickets.commercial_partner_id
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    if customers:
        orders = env["sale.order"].search_fetch(
            [
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("company_id", "in", tickets.company_id.ids),
                ("client_order_ref", "!=", False),
            ],
            ["client_order_ref", "partner_id", "company_id"],
            order="id desc",
            limit=2000,
        )
        for order in orders:
            found[order.company_id.id, order.partner_id.commercial_partner_id.id].add(order.client_order_ref)
    return {ticket.id: found[ticket.company_id.id, ticket.commercial_partner_id.id] for ticket in tickets}


def _texts(env: Environment, tickets: models.BaseModel) -> dict[int, list[tuple[str, str]]]:
    """Return {ticket id: [(place, text)]} of subject, description and what people wrote; one query for all messages."""
    found: dict[int, list[tuple[str, str]]] = {}
    for ticket in tickets:
        found[ticket.id] = [("subject", ticket.name or ""), *_split(ticket.description or "")]
    env["mail.message"].flush_model(["body", "model", "res_id", "message_type"])
    rows = env.execute_query(
        SQL(
            "SELECT latest.res_id, latest.body FROM unnest(%s::int[]) AS asked(id) CROSS JOIN LATERAL ("
            "SELECT message.res_id, message.body FROM mail_message message WHERE message.model = 'helpdesk.ticket'"
            " AND message.res_id = asked.id AND message.message_type IN ('comment', 'email')"
            " ORDER BY message.id DESC LIMIT %s) latest",
            tickets.ids,
            MOST_MESSAGES,
        )
    )
    for ticket_id, body in rows:
        found[ticket_id] += _split(body or "")
    return found


def _split(html: str) -> list[tuple[str, str]]:
    message = split_message(html, is_html=True)
    return [("body", message.written), ("quoted", message.quoted)]


def _store(env: Environment, wanted: dict[int, list[tuple[Found, LinkCandidate, str]]]) -> None:
    """Create, change and take away links, so that they are those that were calculated and those of persons."""
    model = env["retail.sync.ticket.document"]
    standing: dict[tuple[int, str, int], Any] = {
        (row.ticket_id.id, row.res_model, row.res_id): row for row in model.search([("ticket_id", "in", list(wanted))])
    }
    latest = _latest_milestones(env, {entry.order_id for links in wanted.values() for entry, _c, _s in links})
    new = []
    for ticket_id, links in wanted.items():
        for entry, candidate, state in links:
            values = {"confidence": candidate.confidence, "reasons": list(candidate.reasons)}
            row = standing.pop((ticket_id, entry.record._name, entry.record.id), None)
            if row is None:
                new.append(
                    {
                        **values,
                        "state": state,
                        "ticket_id": ticket_id,
                        "kind": entry.document.kind,
                        "res_model": entry.record._name,
                        "res_id": entry.record.id,
                        "name": entry.document.name,
                        "order_id": entry.order_id,
                        "noted_milestone": latest.get(entry.order_id or 0, 0),
                    }
                )
                continue
            if not row.by_hand:
                values["state"] = state
            changed = {name: value for name, value in values.items() if row[name] != value}
            if changed:
                row.write(changed)
    model.browse(row.id for row in standing.values() if not row.by_hand).unlink()
    model.create(new)


def _latest_milestones(env: Environment, order_ids: Collection[int | None]) -> dict[int, int]:
    """Return {order id: id of its latest milestone}: what happened before a link is not noted on the ticket."""
    wanted = sorted(filter(None, order_ids))
    if not wanted:
        return {}
    return dict(
        env.execute_query(
            SQL(
                "SELECT res_id, max(id) FROM retail_sync_milestone WHERE res_model = 'sale.order' AND res_id = ANY(%s)"
                " GROUP BY res_id",
                wanted,
            )
        )
    )


def link_made(env: Environment, ticket_id: int, records: models.BaseModel) -> None:
    """Link a ticket with documents that an action on it has made, such as the order of a replacement.

    Nothing else is so sure; what happens to them is noted on the ticket.
    """
    add(env, ticket_id, records, by_hand=False)


def add(env: Environment, ticket_id: int, records: models.BaseModel, by_hand: bool = True) -> models.BaseModel:
    """Link a ticket with documents for good, rejected ones included; return the links."""
    su = env(su=True)
    model = su["retail.sync.ticket.document"]
    kinds = {name: kind for kind, name in model._models().items()}
    domain = [("ticket_id", "=", ticket_id), ("res_model", "=", records._name), ("res_id", "in", records.ids)]
    standing = {row.res_id: row for row in model.search(domain)}
    values = {"state": "confirmed", "by_hand": True, "user_id": env.uid if by_hand else False}
    orders = {record.id: order_of(record) for record in records.sudo()}
    latest = _latest_milestones(env, {order.id for order in orders.values()})
    rows = model.browse(row.id for row in standing.values())
    rows.write(values)
    return rows | model.create(
        [
            {
                **values,
                "made": not by_hand,
                "ticket_id": ticket_id,
                "kind": kinds[records._name],
                "res_model": record._name,
                "res_id": record.id,
                "name": record.name,
                "order_id": orders[record.id].id,
                "confidence": 100,
                "noted_milestone": latest.get(orders[record.id].id, 0),
            }
            for record in records.sudo()
            if record.id not in standing
        ]
    )


def order_of(record: models.BaseModel) -> models.BaseModel:
    """Return the order that a document belongs to; none, or the first of several."""
    if record._name == "sale.order":
        return record
    if record._name == "stock.picking":
        return record.sale_id
    if record._name == "account.move":
        return record.invoice_line_ids.sale_line_ids.order_id[:1]
    return record.order_id

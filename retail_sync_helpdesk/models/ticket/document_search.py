"""The documents that texts of tickets name, and the orders of their requesters: read for many tickets at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from odoo import fields, models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.tickets.mentions import INVOICE, ORDER, TRACKING, Mention, NumberForm
from ...domain.tickets.ticket_links import Document
from .number_forms import RETURN, SHIPMENT

# Orders of a requester that are looked at, the newest first.
MOST_ORDERS = 30
# Days after which an order is no longer one that a ticket without a number may be about.
RECENT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A document with the record it stands for. order_id: the order that it belongs to, None for none."""

    document: Document
    record: models.BaseModel
    company_id: int
    order_id: int | None


@dataclass(slots=True)
class Asked:
    """What is looked for in one company. numbers: {kind: values}; customers: ids of commercial partners."""

    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    customers: set[int] = field(default_factory=set)

    def add(self, mentions: Iterable[Mention], forms: Collection[NumberForm]) -> None:
        """Ask for what a text names. A bare number is written as the orders of the company are."""
        for mention in mentions:
            self.numbers[mention.kind].add(mention.value)
            if mention.kind == ORDER and mention.value.isdigit():
                for form in forms:
                    if form.kind == ORDER:
                        digits = mention.value.lstrip("0") or "0"
                        self.numbers[ORDER] |= {f"{form.prefix}{digits.zfill(width)}" for width in range(3, 8)}


def search(env: Environment, asked: Mapping[int, Asked]) -> dict[int, list[Found]]:
    """Return {company id: documents}, with a fixed number of queries for any number of tickets and companies."""
    env = env(su=True)
    found: dict[int, list[Found]] = defaultdict(list)
    for entry in (*_orders(env, asked), *_shipments(env, asked), *_invoices(env, asked), *_returns(env, asked)):
        found[entry.company_id].append(entry)
    return found


def _named(asked: Mapping[int, Asked], kind: str, column: str) -> Domain:
    """Return the domain of records with one of the values, in the company in which they are asked for."""
    return Domain.OR(
        Domain("company_id", "=", company) & Domain(column, "in", sorted(wanted.numbers[kind]))
        for company, wanted in asked.items()
        if wanted.numbers.get(kind)
    )


def _people(*partners: models.BaseModel) -> tuple[frozenset[int], frozenset[str]]:
    """Return (ids of partners and their companies, their e-mail addresses in lower case)."""
    every = partners[0].union(*partners)
    every |= every.commercial_partner_id
    emails = {partner.email_normalized for partner in every if partner.email_normalized}
    return frozenset(every.ids), frozenset(emails)


def _orders(env: Environment, asked: Mapping[int, Asked]) -> Iterable[Found]:
    # Customers' numbers have no index: only those of the requesters are looked for.
    own_numbers = Domain.OR(
        Domain("company_id", "=", company)
        & Domain("partner_id.commercial_partner_id", "in", sorted(wanted.customers))
        & Domain("client_order_ref", "in", sorted(wanted.numbers[ORDER]))
        for company, wanted in asked.items()
        if wanted.customers and wanted.numbers.get(ORDER)
    )
    orders = _orders_of_requesters(env, asked)
    for domain in (_named(asked, ORDER, "name"), own_numbers):
        if not domain.is_false():
            orders |= env["sale.order"].search(domain)
    since = fields.Datetime.subtract(fields.Datetime.now(), days=RECENT_DAYS)
    for order in orders:
        customers, emails = _people(order.partner_id, order.partner_invoice_id, order.partner_shipping_id)
        numbers = frozenset(filter(None, (order.name, order.client_order_ref)))
        open_ = order.state == "sale" and bool(order.date_order and order.date_order >= since)
        yield Found(
            Document(ORDER, order.id, order.name, customers, numbers, emails, open_),
            order,
            order.company_id.id,
            order.id,
        )


def _orders_of_requesters(env: Environment, asked: Mapping[int, Asked]) -> models.BaseModel:
    """Return the latest orders of each requester, in one query."""
    pairs = [(company, customer) for company, wanted in asked.items() for customer in sorted(wanted.customers)]
    if not pairs:
        return env["sale.order"]
    env["sale.order"].flush_model(["partner_id", "company_id", "date_order", "state"])
    env["res.partner"].flush_model(["commercial_partner_id"])
    companies, customers = zip(*pairs, strict=True)
    rows = env.execute_query(
        SQL(
            "SELECT latest.id FROM unnest(%s::int[], %s::int[]) AS asked(company, customer)"
            " CROSS JOIN LATERAL (SELECT sale.id FROM res_partner partner JOIN sale_order sale"
            " ON sale.partner_id = partner.id WHERE partner.commercial_partner_id = asked.customer"
            " AND sale.company_id = asked.company ORDER BY sale.date_order DESC, sale.id DESC LIMIT %s) latest",
            list(companies),
            list(customers),
            MOST_ORDERS,
        )
    )
    return env["sale.order"].browse(order_id for (order_id,) in rows)


def _shipments(env: Environment, asked: Mapping[int, Asked]) -> Iterable[Found]:
    domain = _named(asked, SHIPMENT, "name")
    pickings = _tracked(env, asked)
    if not domain.is_false():
        pickings |= env["stock.picking"].search(domain)
    for picking in pickings:
        order = picking.sale_id
        customers, emails = _people(picking.partner_id, order.partner_id, order.partner_invoice_id)
        numbers = frozenset(filter(None, (picking.name, *(picking.carrier_tracking_ref or "").split(","))))
        yield Found(
            Document(SHIPMENT, picking.id, picking.name, customers, numbers, emails),
            picking,
            picking.company_id.id,
            order.id or None,
        )


def _tracked(env: Environment, asked: Mapping[int, Asked]) -> models.BaseModel:
    """Return the transfers with one of the tracking numbers, each of which may have several; by the index for it."""
    wanted = [(company, found.numbers[TRACKING]) for company, found in asked.items() if found.numbers.get(TRACKING)]
    if not wanted:
        return env["stock.picking"]
    env["stock.picking"].flush_model(["carrier_tracking_ref", "company_id"])
    rows = env.execute_query(
        SQL(" UNION ").join(
            SQL(
                "SELECT id FROM stock_picking WHERE carrier_tracking_ref IS NOT NULL"
                " AND string_to_array(replace(carrier_tracking_ref, ' ', ''), ',') && %s::text[] AND company_id = %s",
                sorted(numbers),
                company,
            )
            for company, numbers in wanted
        )
    )
    return env["stock.picking"].browse(picking_id for (picking_id,) in rows)


def _invoices(env: Environment, asked: Mapping[int, Asked]) -> Iterable[Found]:
    domain = _named(asked, INVOICE, "name")
    if domain.is_false():
        return
    moves = env["account.move"].search(domain & Domain("move_type", "in", ("out_invoice", "out_refund")))
    for move in moves:
        orders = move.invoice_line_ids.sale_line_ids.order_id
        customers, emails = _people(move.partner_id, move.partner_shipping_id, orders.partner_id)
        yield Found(
            Document(INVOICE, move.id, move.name, customers, frozenset((move.name,)), emails),
            move,
            move.company_id.id,
            orders.id if len(orders) == 1 else None,
        )


def _returns(env: Environment, asked: Mapping[int, Asked]) -> Iterable[Found]:
    domain = _named(asked, RETURN, "name")
    if domain.is_false():
        return
    for record in env["retail.sync.return"].search(domain):
        customers, emails = _people(record.partner_id, record.order_id.partner_id)
        yield Found(
            Document(RETURN, record.id, record.name, customers, frozenset((record.name,)), emails),
            record,
            record.company_id.id,
            record.order_id.id,
        )

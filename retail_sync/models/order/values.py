"""The canonical values of orders."""

from collections.abc import Collection
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain

from ..milestone import evaluation, fact_reader
from . import fact_values, journal, lines
from .document_values import day, link_to, moment, money, named, printed_address, text

# States of transfers that are still to be done.
OPEN = ("draft", "waiting", "confirmed", "assigned")
# What a stream sends beside confirmed orders -> states of orders.
STATES = {"confirmed": ("sale",), "sent": ("sale", "sent"), "all": ("sale", "sent", "draft")}


def export_states(order_states: str) -> Domain:
    """Return the domain of orders that a stream may create on its platform.

    A cancelled order belongs to it where goods or invoices went out before: those documents refer to it.
    """
    gone_out = Domain("order_line.qty_delivered", "!=", 0) | Domain("order_line.qty_invoiced", "!=", 0)
    return Domain("state", "in", STATES[order_states]) | (Domain("state", "=", "cancel") & gone_out)


def of_orders(env: Environment, orders: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
    """Return {order id: canonical values}. Queries do not grow with the number of orders."""
    facts = fact_reader.read(env, orders.ids)
    entries = evaluation.journal_of(env, orders.ids)
    timelines = journal.timelines_of(env, orders.ids) if "timeline" in wanted else {}
    shares = fact_values.shares_of(env, orders.ids)
    found = {}
    for order in orders:
        found[order.id] = _values(env, order, wanted)
        of_order = facts.get(order.id)
        if of_order is not None:
            found[order.id].update(
                fact_values.of_facts(env, of_order, entries.get(order.id, ()), shares.get(order.id, {}))
            )
            found[order.id]["timeline"] = timelines.get(order.id)
            # Chosen on the order, before any transfer has one.
            found[order.id]["carrier"] = found[order.id]["carrier"] or text(order.carrier_id.name)
            if "lines" in wanted:
                found[order.id]["lines"] = lines.of_order(order, of_order)
    return found


def _values(env: Environment, order: models.BaseModel, wanted: Collection[str]) -> dict[str, Any]:
    currency, company = order.currency_id, order.company_id
    found = {
        "number": text(order.name),
        "customer": named(order.partner_id.commercial_partner_id),
        "contact": _contact(order.partner_id),
        "customer_reference": text(order.client_order_ref),
        "origin": text(order.origin),
        "sales_team": text(order.team_id.name),
        "salesperson": text(order.user_id.email_normalized or order.user_id.email),
        "company": text(company.name),
        "warehouse": text(order.warehouse_id.name),
        "ordered_at": moment(order.date_order),
        "valid_until": day(order.validity_date),
        "payment_terms": text(order.payment_term_id.name),
        "currency": currency.name,
        "untaxed": money(order.amount_untaxed, currency),
        "tax": money(order.amount_tax, currency),
        "total": money(order.amount_total, currency),
        "total_company": money(
            company.currency_id.round(order.amount_total / (order.currency_rate or 1.0)), company.currency_id
        ),
        "url": link_to(env, order),
    }
    if "delivery_address" in wanted:
        found["delivery_address"] = printed_address(order.partner_shipping_id)
    return found


def _contact(partner: models.BaseModel) -> str | None:
    """Return the person of a company who ordered; None where the customer ordered itself."""
    return named(partner) if partner != partner.commercial_partner_id and not partner.is_company else None

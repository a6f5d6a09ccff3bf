"""What rules look at: facts and journals of orders, and what surrounds them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.commerce.conditions import watches_of
from ...domain.commerce.entries import Entry
from ...domain.commerce.expectations import Rule, Surroundings, Watch, reached_of
from ...domain.commerce.facts import OrderFacts
from ...domain.commerce.stage import stage_of
from ...domain.commerce.working_time import WorkingDays
from ..milestone import evaluation

Found = dict[tuple[int, int], list[Watch]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule and the orders that it is for. ``rule.id`` names it in what is found."""

    rule: Rule
    domain: Domain


def watches(env: Environment, order_ids: Sequence[int], asked: Iterable[Asked]) -> Found:
    """Return {(order id, rule id): watches} of rules, met or not; what expects nothing is left out.

    The number of queries depends on the rules, not on the orders.
    """
    asked = list(asked)
    if not order_ids or not asked:
        return {}
    facts = evaluation.read_facts(env, order_ids)
    entries = evaluation.journal_of(env, order_ids)
    around = _surroundings(env, facts, entries, asked)
    reached = {order_id: reached_of(entries.get(order_id, ())) for order_id in facts}
    found: Found = {}
    for check in asked:
        for order_id in _in_domain(env, facts, check.domain):
            seen = watches_of(check.rule, facts[order_id], reached[order_id], around[order_id])
            if seen:
                found[order_id, check.rule.id] = seen
    return found


def _in_domain(env: Environment, facts: Mapping[int, OrderFacts], domain: Domain) -> Iterable[int]:
    if domain.is_true():
        return facts
    return env["sale.order"].sudo().search(domain & Domain("id", "in", list(facts))).ids


def _surroundings(
    env: Environment, facts: Mapping[int, OrderFacts], entries: Mapping[int, Sequence[Entry]], asked: Iterable[Asked]
) -> dict[int, Surroundings]:
    """Return {order id: what rules look at beside its facts}; what no rule looks at is not read."""
    conditions = {check.rule.condition for check in asked}
    order_ids = list(facts)
    gaps = _address_gaps(env, order_ids) if "address" in conditions else {}
    half_done, stages = {}, {}
    if "contradiction" in conditions:
        half_done = _half_done(env, order_ids)
        stages = _stages_there(env, facts, entries)
    days: dict[int, WorkingDays] = {}
    if any(check.rule.working_days for check in asked):
        companies = env["res.company"].sudo().browse({order.company_id for order in facts.values() if order.company_id})
        days = {company.id: working_days(company) for company in companies}
    return {
        order_id: Surroundings(
            tuple(gaps.get(order_id, ())),
            tuple(half_done.get(order_id, ())),
            stages.get(order_id, {}),
            days.get(order.company_id),
        )
        for order_id, order in facts.items()
    }


def _address_gaps(env: Environment, order_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return {order id: names of what is missing in its delivery address}; complete addresses are left out."""
    env["sale.order"].flush_model(["partner_shipping_id"])
    env["res.partner"].flush_model(["street", "street2", "city", "zip", "state_id", "country_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT sale.id,
                   btrim(concat(partner.street, partner.street2)) = '',
                   btrim(coalesce(partner.city, '')) = '',
                   partner.country_id IS NULL,
                   coalesce(country.zip_required, TRUE) AND btrim(coalesce(partner.zip, '')) = '',
                   coalesce(country.state_required, FALSE) AND partner.state_id IS NULL
              FROM sale_order sale
              JOIN res_partner partner ON partner.id = sale.partner_shipping_id
              LEFT JOIN res_country country ON country.id = partner.country_id
             WHERE sale.id = ANY(%s)
            """,
            list(order_ids),
        )
    )
    names = ("street", "city", "country", "zip", "state")
    found = {order_id: [name for name, gap in zip(names, gaps, strict=True) if gap] for order_id, *gaps in rows}
    return {order_id: gaps for order_id, gaps in found.items() if gaps}


def _half_done(env: Environment, order_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return {order id: transfers that are done while a move of theirs is open}."""
    env["stock.picking"].flush_model(["sale_id", "state"])
    env["stock.move"].flush_model(["picking_id", "state"])
    rows = env.execute_query(
        SQL(
            """
            SELECT picking.sale_id, picking.id
              FROM stock_picking picking
             WHERE picking.sale_id = ANY(%s) AND picking.state = 'done'
               AND EXISTS (
                   SELECT FROM stock_move move
                    WHERE move.picking_id = picking.id AND move.state NOT IN ('done', 'cancel')
               )
             ORDER BY picking.id
            """,
            list(order_ids),
        )
    )
    found: dict[int, list[int]] = defaultdict(list)
    for order_id, picking_id in rows:
        found[order_id].append(picking_id)
    return found


def _stages_there(
    env: Environment, facts: Mapping[int, OrderFacts], entries: Mapping[int, Sequence[Entry]]
) -> dict[int, dict[str, datetime]]:
    """Return {order id: {connection: since when}} where a platform was last given another stage than the order has."""
    env["retail.sync.link"].flush_model(["res_model", "res_id", "role", "base", "synced_at", "state", "is_primary"])
    rows = env.execute_query(
        SQL(
            """
            SELECT link.res_id, connection.name, link.base ->> 'stage', coalesce(link.synced_at, link.linked_at)
              FROM retail_sync_link link
              JOIN retail_sync_connection connection ON connection.id = link.connection_id
             WHERE link.res_model = 'sale.order' AND link.res_id = ANY(%s) AND link.is_primary
               AND link.state NOT IN ('excluded', 'merged') AND link.base ->> 'stage' IS NOT NULL
            """,
            list(facts),
        )
    )
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for order_id, name, stage, synced_at in rows:
        journal = entries.get(order_id, ())
        if stage == stage_of(facts[order_id], journal):
            continue
        since = max(filter(None, (synced_at, *(entry.at for entry in journal))), default=None)
        if since:
            found[order_id][name] = since
    return found


def working_days(company: models.BaseModel) -> WorkingDays:
    """Return the working days of a company: those of its calendar, without its days off."""
    calendar = company.resource_calendar_id
    weekdays = {int(line.dayofweek) for line in calendar.attendance_ids if not line.display_type}
    off = set()
    horizon = datetime.now() - timedelta(days=400)
    zone = calendar.tz or "UTC"
    for leave in calendar.global_leave_ids.filtered(lambda leave: leave.date_to >= horizon):
        day: Any = leave.date_from.date()
        while day <= leave.date_to.date():
            off.add(day)
            day += timedelta(days=1)

    def works(day: date) -> bool:
        return (not weekdays or day.weekday() in weekdays) and day not in off

    return WorkingDays(works, zone)

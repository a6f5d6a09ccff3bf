"""Reads policies, approval rules and reasons for decisions. Nothing is kept between calls: a version may be new."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.control.approvals import ApprovalRule
from ...domain.control.words import words_of
from ...domain.service.policy import Choice, Demand, Policy, Scope, choose
from ...domain.service.policy_text import policy_of

__all__ = ["ReasonRow", "approval_rules", "brand_of", "choices_for", "choose_for", "demand_of", "reasons", "region_of"]


class ReasonRow(NamedTuple):
    """A reason that is offered. ``actions``: codes; empty: all."""

    code: str
    text: str
    actions: tuple[str, ...]


def choose_for(env: Any, orders: Any) -> dict[int, Policy | None]:
    """Return {order id: the policy that applies, None where there is none}."""
    return {order_id: choice.policy for order_id, choice in choices_for(env, orders).items()}


def choices_for(env: Any, orders: Any) -> dict[int, Choice]:
    """Return {order id: which policy applies, and why the others do not}."""
    policies = _policies(env)
    brands = brand_of(orders)
    return {
        order.id: choose(policies, Scope(order.company_id.id, _ordered_on(order), brands[order.id]))
        for order in orders.sudo()
    }


def demand_of(env: Any, order: Any, action: str) -> Demand | None:
    """Return which verification the policy of an order demands for an action or a look-up; one query if none does."""
    if not any(action in policy.demands for policy in _policies(env)):
        return None
    policy = choose_for(env, order.exists()).get(order.id)
    return policy.demands.get(action) if policy else None


def approval_rules(env: Any, company: Any) -> list[ApprovalRule]:
    """Return the rules by which actions in a company wait, in their order."""
    domain = Domain("company_id", "in", [False, company.id])
    rules = env["retail.sync.approval.rule"].sudo().with_context(active_test=True, lang="en_US").search(domain)
    groups = rules.group_id.get_external_id()
    archived = rules.with_context(active_test=False)
    return [
        ApprovalRule(
            rule.code,
            groups[rule.group_id.id],
            above=_amount(rule.above) if rule.by_amount else None,
            actions=frozenset(rule.action_ids.mapped("code")),
            reasons=frozenset(rule.reason_ids.mapped("code")),
            brands=frozenset(words_of(rule.brands)),
            customer_tags=frozenset(rule.tag_ids.mapped("name")),
            company_id=rule.company_id.id or 0,
            machines={"machines": True, "persons": False}.get(rule.actor),
        )
        for rule in archived
    ]


def reasons(env: Any, lang: str = "") -> list[ReasonRow]:
    """Return the reasons that are offered, in their order.

    :param lang: language of the texts; empty: that of the environment
    """
    model = env["retail.sync.reason"].sudo().with_context(active_test=True, lang=_language(env, lang))
    return [ReasonRow(row.code, row.name, tuple(row.action_ids.mapped("code"))) for row in model.search([])]


def brand_of(orders: Any) -> dict[int, str]:
    """Return {order id: its brand}: the name of its sales team in English, as reach and keys compare it."""
    return {order.id: order.team_id.name or "" for order in orders.sudo().with_context(lang="en_US")}


def region_of(orders: Any) -> dict[int, str]:
    """Return {order id: ISO code of the country that it is delivered to}; empty where the address has none."""
    return {order.id: order.partner_shipping_id.country_id.code or "" for order in orders.sudo()}


def _policies(env: Any) -> list[Policy]:
    """Return the present version of every policy that is not archived, as it is stored: decisions name it."""
    env["retail.sync.policy"].flush_model(["active"])
    env["retail.sync.policy.version"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT ON (said.policy_id) said.policy_id, said.number, said.content"
            " FROM retail_sync_policy_version said JOIN retail_sync_policy policy ON policy.id = said.policy_id"
            " WHERE policy.active ORDER BY said.policy_id, said.number DESC"
        )
    )
    return [policy_of(policy_id, number, content) for policy_id, number, content in rows]


def _ordered_on(order: Any) -> date:
    zone = ZoneInfo(order.company_id.partner_id.tz or "UTC")
    at = order.date_order or order.create_date
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()


def _amount(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _language(env: Any, lang: str) -> str:
    return lang or env.lang or "en_US"

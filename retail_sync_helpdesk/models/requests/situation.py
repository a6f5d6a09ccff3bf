"""One request on one order, as it stands now: facts, policy, verdict, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from odoo import fields

from ...domain.api.canonical_json import digest
from ...domain.api.preview_token import Preview as TokenPreview
from ...domain.control.approvals import Matter, Need, needs
from ...domain.control.caller import Caller
from ...domain.currency import ZERO
from ...domain.service.before_shipping import CANCEL_REST
from ...domain.service.eligibility import Surroundings, judge
from ...domain.service.order_facts import OrderFacts
from ...domain.service.policy import Policy
from ...domain.service.set_aside import judge_without_policy
from ...domain.service.side_actions import ADJUST_LOYALTY, RESEND_INVOICE, may_adjust_loyalty, may_resend_invoice
from ...domain.service.verdicts import Verdict
from ..actions.adjust_loyalty import card_of
from ..actions.change_address import address_of
from ..actions.executors import EXECUTORS
from ..actions.resend_invoice import recipient_of
from ..actions.work import Executor, Shown, Work
from ..policy.store import approval_rules, brand_of, choose_for
from ..service_facts.read import order_facts
from ..service_facts.to_bill import can_be_left_over, still_to_bill
from .asked import asked_of

__all__ = ["FALLBACK_GROUP", "Prepared", "Situation", "around_of", "for_company", "prepare", "read_situation"]

# Decides on what a policy forbids where no approval rule names another group.
FALLBACK_GROUP = "retail_sync_helpdesk.group_supervisor"


@dataclass(frozen=True)
class Situation:
    """What was read and judged.

    :param order: with the right of the system, in its company and in the language of the caller
    :param verdict: by the policy
    :param lifted: by facts and rights alone
    """

    order: Any
    request: Any
    caller: Caller
    policy: Policy | None
    facts: OrderFacts
    verdict: Verdict
    lifted: Verdict
    now: datetime

    @property
    def effective(self) -> Verdict | None:
        """Return the verdict that is carried out, at once or after an approval; None where none ever is."""
        if self.verdict.allowed:
            return self.verdict
        return self.lifted if self.lifted.allowed else None

    @property
    def executor(self) -> Executor:
        """Return the executor of the action."""
        return EXECUTORS[self.request.action]

    @property
    def reference(self) -> str:
        """Return the id and version of the policy; empty where none applies."""
        return self.policy.reference if self.policy else ""

    def work(self, action: Any) -> Work:
        """Return what the executor is given. ``action``: the record of the audit; empty in a preview."""
        verdict = self.effective or self.verdict
        order = self.order
        return Work(order.env, order, self.request, self.facts, verdict, self.caller, self.policy, action, self.now)


@dataclass(frozen=True)
class Prepared:
    """A situation with what the action would do, and who has to agree.

    :param given_away: in the currency of the company
    """

    situation: Situation
    shown: Shown
    needs: tuple[Need, ...]
    given_away: Decimal

    def token_preview(self, money_version: int) -> TokenPreview:
        """Return what a preview token proves.

        :param money_version: of the order, before a lock has raised it
        """
        found, shown = self.situation, self.shown
        options = {
            "request": digest(found.request.model_dump(mode="json")),
            "refusals": sorted(refused.code for refused in found.verdict.refusals),
            "approvals": [need.group for need in self.needs],
            "given_away": shown.given_away,
            "method": shown.method,
            "shown": dict(shown.options),
        }
        return TokenPreview(
            actor=found.caller.reference,
            action=found.request.action,
            order_id=found.order.id,
            lines={line.line_id: Decimal(line.quantity) for line in shown.lines},
            amounts=shown.amounts,
            currency=found.facts.money.currency.code,
            policy=found.reference,
            money_version=money_version,
            options=options,
        )

    def amounts(self) -> dict[str, str]:
        """Return the amounts as documents have them; those that are zero are left out."""
        return amount_texts(self.situation, self.shown.amounts)


def amount_texts(situation: Situation, amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """Return {name: amount} as documents have it, without what is zero."""
    currency = situation.facts.money.currency
    return {name: currency.text(amount) for name, amount in amounts.items() if amount}


def for_company(env: Any, order: Any, language: str = "") -> Any:
    """Return an order with the right of the system, in its own company and a language; the user stays the same."""
    company = order.sudo().company_id
    lang = env["res.lang"]._get_code(language or company.partner_id.lang or "en_US") or "en_US"
    context = {**env.context, "allowed_company_ids": company.ids, "lang": lang}
    return order.with_env(env(su=True, context=context)).with_company(company)


def around_of(caller: Caller, policy: Policy | None, company: Any, now: datetime) -> Surroundings:
    """Return who asks and when. ``now``: naive UTC."""
    return Surroundings(caller.actor, policy, now, _today(company, now))


def read_situation(
    env: Any, caller: Caller, order: Any, request: Any, now: datetime, asked_at: datetime | None = None
) -> Situation:
    """Return the situation of a request.

    :param order: that the caller may reach
    :param asked_at: when the request was submitted, for what is decided later: how long ago the customer was verified
    :raises ApiProblem: a value of the request does not fit the order
    """
    order = for_company(env, order, caller.language)
    policy = choose_for(order.env, order)[order.id]
    facts = order_facts(order.env, order, {order.id: policy})[order.id]
    around = around_of(caller, policy, order.company_id, now)
    if asked_at:
        around = replace(around, now=asked_at)
    facts = _with_rest(order, request, facts)
    verdict, lifted = _judge(order, request, facts, around)
    return Situation(order, request, caller, policy, facts, verdict, lifted, now)


def prepare(situation: Situation) -> Prepared:
    """Return what the action would do, and who has to agree. Nothing is written."""
    order = situation.order
    if situation.effective is None:
        return Prepared(situation, Shown(), (), ZERO)
    shown = situation.executor.show(situation.work(order.env["retail.sync.action"]))
    given_away = _in_company_currency(order, shown.given_away, situation.now)
    matter = Matter(
        action=situation.request.action,
        amount=given_away,
        reason=situation.request.reason,
        brand=brand_of(order).get(order.id, ""),
        company_id=order.company_id.id,
        customer_tags=_tags(order),
        machine=situation.caller.machine,
    )
    rules = approval_rules(order.env, order.company_id)
    found = needs(matter, rules, situation.verdict.refusals, FALLBACK_GROUP)
    return Prepared(situation, shown, tuple(found), given_away)


def _with_rest(order: Any, request: Any, facts: OrderFacts) -> OrderFacts:
    """Return facts that know what will still be billed of an order of which some lines are given up."""
    if request.action != CANCEL_REST or not request.lines or not can_be_left_over(facts.money):
        return facts
    given_up = {line.line_id: Decimal(line.quantity) for line in request.lines}
    return replace(facts, to_bill=still_to_bill(order, facts.lines, facts.money, given_up))


def _judge(order: Any, request: Any, facts: OrderFacts, around: Surroundings) -> tuple[Verdict, Verdict]:
    if request.action == ADJUST_LOYALTY:
        balance = Decimal(str(round(card_of(order, request).points, 6)))
        verdict = may_adjust_loyalty(facts, around, Decimal(request.points), balance)
        return verdict, verdict
    if request.action == RESEND_INVOICE:
        recipient_of(order, request)
        verdict = may_resend_invoice(facts, around)
        return verdict, verdict
    address = address_of(order, request) if request.action == "change_address" else None
    asked = asked_of(request, address)
    verdict = judge(asked, facts, around)
    return verdict, verdict if verdict.allowed else judge_without_policy(asked, facts, around)


def _tags(order: Any) -> frozenset[str]:
    partner = order.partner_id
    tags = (partner | partner.commercial_partner_id).category_id
    return frozenset(tags.with_context(lang="en_US").mapped("name"))


def _in_company_currency(order: Any, amount: Decimal, now: datetime) -> Decimal:
    currency, company = order.currency_id, order.company_id
    if currency == company.currency_id:
        return amount
    found = currency._convert(float(amount), company.currency_id, company, fields.Date.to_date(now))
    return Decimal(str(company.currency_id.round(found)))


def _today(company: Any, now: datetime) -> date:
    zone = ZoneInfo(company.partner_id.tz or "UTC")
    return now.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

"""Verdicts and previews as documents of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ...api.schemas.actions import ActionVerdict, LineVerdict, Preview
from ...api.schemas.base import Rule
from ...domain.api.preview_token import LIFETIME, issue_token
from ...domain.control.approvals import Need
from ...domain.control.caller import Caller
from ...domain.currency import Currency
from ...domain.rules import Refusal
from ...domain.service.verdicts import Verdict
from ..access.signing import signing_keys
from ..access.texts import rule_document
from .situation import Prepared

__all__ = ["approval_text", "aware", "because_text", "preview_document", "verdict_document"]

# Rules whose sentences name what was paid, paid back or owed.
_OF_MONEY = frozenset(
    (
        "nothing_left_to_credit",
        "nothing_left_to_pay_back",
        "amount_too_large",
        "goodwill_above_cap",
        "refunds_of_customer",
        "refund_amount_of_customer",
        "price_lowered",
        "payment_released",
        "undelivered_credited",
        "no_money_moves",
        "prepaid_back",
        "down_payment_stays",
        "fee_waived",
        "payment_not_booked",
        "shared_invoice_open",
    )
)
_MONEY = frozenset(("cancel_order", "cancel_rest", "refund_full", "refund_lines", "refund_shipping", "refund_goodwill"))


def aware(moment: datetime | None) -> datetime | None:
    """Return a naive moment in UTC as documents have it."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


def verdict_document(env: Any, caller: Caller, verdict: Verdict, approvable: bool, currency: Currency) -> ActionVerdict:
    """Return a verdict as a document, without money that the caller may neither see nor give back.

    :param env: its language is that of the sentences
    """
    sees_money = "finance.read" in caller.scopes or verdict.action in caller.scopes

    def shown(rules: Sequence[Refusal]) -> tuple[Rule, ...]:
        return tuple(rule_document(env, rule) for rule in rules if sees_money or rule.code not in _OF_MONEY)

    return ActionVerdict(
        action=verdict.action,
        allowed=verdict.allowed,
        approvable=approvable,
        amount=currency.text(verdict.amount) if sees_money and verdict.action in _MONEY else None,
        refusals=shown(verdict.refusals),
        notices=shown(verdict.notices),
        lines=tuple(
            LineVerdict(
                line_id=line.line_id,
                most=_quantity(line.most),
                refusals=shown(line.refusals),
                owed=currency.text(line.owed) if sees_money and line.owed else None,
            )
            for line in verdict.lines
        ),
    )


def preview_document(prepared: Prepared, money_version: int) -> Preview:
    """Return a preview with its token.

    :param money_version: of the order, before a lock has raised it
    """
    found, shown = prepared.situation, prepared.shown
    env, currency = found.order.env, found.facts.money.currency
    approvable = not found.verdict.allowed and found.effective is not None
    verdict = found.effective if found.effective and found.verdict.allowed else found.verdict
    return Preview(
        as_of=aware(found.now),
        token=issue_token(prepared.token_preview(money_version), found.now, signing_keys(env)),
        valid_until=aware(found.now + LIFETIME),
        order_id=found.order.id,
        verdict=verdict_document(env, found.caller, verdict, approvable, currency),
        needs_approval=bool(prepared.needs),
        approval="\n".join(approval_text(env, need, found.verdict.refusals) for need in prepared.needs),
        currency=currency.code,
        amounts=prepared.amounts(),
        lines=shown.lines,
        effects=shown.effects,
        method=shown.method,
        policy=found.reference,
    )


def approval_text(env: Any, need: Need, refusals: Sequence[Refusal]) -> str:
    """Return who has to agree, and why, as a sentence. ``refusals``: of the policy, with their values."""
    group = env.ref(need.group).sudo().name
    return env._("%(group)s has to agree: %(reasons)s", group=group, reasons=because_text(env, need, refusals))


def because_text(env: Any, need: Need, refusals: Sequence[Refusal]) -> str:
    """Return why an approval is needed: names of approval rules, and what the policy says."""
    rules = env["retail.sync.approval.rule"].sudo().search([("code", "in", need.because)])
    names = [rules.filtered(lambda rule, code=code: rule.code == code).name or "" for code in need.because]
    texts = [rule_document(env, refused).text for refused in refusals if refused.code in need.because]
    return " ".join([*(f"{name}." for name in names if name), *texts]) or ", ".join(need.because)


def _quantity(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

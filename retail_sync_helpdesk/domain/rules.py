"""The rules that say no: stable codes for programs, with the values that a sentence about them needs.

Sentences are written where they can be translated, from the code and the values that are declared here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["RULES", "Force", "Refusal", "Rule", "is_lifted", "refusal"]


class Force(str, Enum):
    """What can set a rule aside."""

    fact = "fact"  # nothing: the goods have left, the money is spent
    policy = "policy"  # an approval, or a person with the right of an override and a reason
    right = "right"  # another actor: one with the scope, the company or the verification
    notice = "notice"  # it says nothing against the action: what the agent should know before


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. ``values``: names of what its sentence needs."""

    code: str
    force: Force
    values: tuple[str, ...] = ()


def _rules(force: Force, **rules: str) -> dict[str, Rule]:
    return {code: Rule(code, force, tuple(names.split())) for code, names in rules.items()}


RULES: Mapping[str, Rule] = {
    **_rules(
        Force.fact,
        # The order
        action_unknown="action",
        order_not_confirmed="state",
        order_cancelled="",
        nothing_chosen="",
        line_unknown="line",
        quantity_not_positive="line",
        quantity_too_large="line asked most",
        # Cancelling
        goods_left="shipment",
        goods_all_left="",
        invoice_posted="invoice",
        nothing_open="",
        address_not_served="carrier",
        label_made="shipment tracking",
        # Returns, replacements
        not_goods="line",
        not_delivered="line",
        all_returned="line",
        return_expected="line quantity",
        all_replaced="line",
        already_refunded="line",
        out_of_stock="line available",
        # Money
        nothing_invoiced="",
        line_not_invoiced="line",
        line_all_credited="line",
        nothing_left_to_credit="invoiced credited",
        nothing_left_to_pay_back="paid refunded pending",
        amount_not_positive="",
        amount_not_exact="amount unit",
        amount_too_large="asked most",
        no_shipping_paid="",
        shipping_all_credited="",
        refund_in_doubt="refund",
        payment_not_booked="invoice open",
        shared_invoice_open="invoice open",
        points_too_few="balance points",
    ),
    **_rules(
        Force.policy,
        no_policy="",
        goods_not_back="line most",
        window_over="line days ended",
        warranty_over="line days ended",
        delivery_date_unknown="line",
        category_not_returnable="line category",
        shipping_not_refunded="",
        shipping_above_cap="asked most",
        goodwill_not_allowed="",
        goodwill_above_cap="asked most given",
        refunds_of_customer="count most days",
        refund_amount_of_customer="amount most days",
        order_printed="shipment",
        order_picked="shipment",
        tax_changes="before after",
        country_changes="before after",
        customer_held="hold",
        price_lowered="line amount",
        fee_waived="amount",
        approval_needed="approval",
    ),
    **_rules(
        Force.notice,
        purchase_orders_stay="purchases",
        payment_released="amount",
        undelivered_credited="amount",
        prepaid_back="amount",
        down_payment_stays="amount",
        no_money_moves="debt",
        billed_again="",
        sent_before="shipments",
    ),
    **_rules(
        Force.right,
        order_locked="",
        company_not_allowed="company",
        scope_missing="scope",
        read_only="",
        verification_missing="methods",
        verification_too_old="minutes",
        machine_not_allowed="action",
        machine_cap_single="cap most amount",
        machine_cap_count="cap most until",
        machine_cap_amount="cap most spent amount",
        # Approvals
        own_request="",
        not_in_group="group",
        machines_do_not_approve="",
        request_not_waiting="state",
        request_expired="",
        facts_changed="",
        override_not_allowed="",
        override_without_reason="",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that says no here. ``facts``: (name, value as a text), as the rule declares them."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def rule(self) -> Rule:
        """Return the rule."""
        return RULES[self.code]

    @property
    def force(self) -> Force:
        """Return what can set it aside."""
        return self.rule.force

    def values(self) -> dict[str, Any]:
        """Return the refusal as a member of a problem document."""
        return {"rule": self.code, "force": self.force.value, **dict(self.facts)}


def refusal(code: str, **values: object) -> Refusal:
    """Return a refusal with the values that its rule declares.

    :raises KeyError: there is no such rule
    :raises ValueError: other values than the rule declares
    """
    rule = RULES[code]
    if set(values) != set(rule.values):
        raise ValueError(f"The rule {code} needs {', '.join(rule.values) or 'no values'}.")
    return Refusal(code, tuple((name, _text(values[name])) for name in rule.values))


def is_lifted(refused: Refusal, approved: bool) -> bool:
    """Return whether an approval, or an override, sets a rule aside. Facts and missing rights stay as they are."""
    return approved and refused.force is Force.policy


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)

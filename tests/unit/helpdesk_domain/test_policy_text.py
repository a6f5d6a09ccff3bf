"""A policy, its text, and the policy again."""

from datetime import date, timedelta
from decimal import Decimal

from retail_sync_helpdesk.domain.service.policy import Demand, Policy, ShippingRefund
from retail_sync_helpdesk.domain.service.policy_text import changes_between, policy_of, text_of

FULL = Policy(
    7,
    3,
    name="Größe & Co",
    priority=2,
    company_id=4,
    brand="Nord",
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    return_days=None,
    category_return_days={5: None, 6: 14},
    warranty_days=365,
    category_warranty_days={5: 90},
    no_return=frozenset({8, 9}),
    restocking_percent=Decimal("12.50"),
    defect_reasons=frozenset({"defective"}),
    refund_at_once=frozenset({"lost", "damaged"}),
    methods=("bank", "original"),
    shipping_refund=ShippingRefund.always,
    shipping_percent=Decimal(50),
    shipping_most=Decimal("4.90"),
    goodwill_percent=Decimal(100),
    goodwill_most=Decimal(0),
    machine_actions=frozenset({"return"}),
    customer_days=60,
    customer_refunds=0,
    customer_amount=Decimal("99.99"),
    demands={"return": Demand(frozenset({"phone_pin", "mail_code"}), timedelta(minutes=15))},
    refuse_printed=False,
    refuse_picked=False,
    cut_ordered=False,
)


def test_every_field_survives_the_text():
    assert policy_of(7, 3, text_of(FULL)) == FULL
    assert policy_of(1, 1, text_of(Policy(1))) == Policy(1)


def test_equal_policies_have_one_text_and_others_another():
    again = policy_of(1, 9, text_of(FULL))
    assert text_of(again) == text_of(FULL)
    assert text_of(Policy(1, restocking_percent=Decimal("5.0"))) == text_of(Policy(2, restocking_percent=Decimal(5)))
    assert text_of(Policy(1, customer_refunds=0)) != text_of(Policy(1))


def test_what_differs_is_named_and_nothing_of_a_first_text():
    before, after = text_of(Policy(1)), text_of(Policy(1, return_days=14))
    assert changes_between(before, after) == [("return_days", 30, 14)]
    assert changes_between(None, after) == []

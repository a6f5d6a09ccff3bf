"""Policies of returns and refunds: what a shop promises, for which company and time, and which of them applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

__all__ = ["Choice", "Demand", "Policy", "Scope", "ShippingRefund", "choose"]


class ShippingRefund(str, Enum):
    """When the customer gets shipping costs back."""

    never = "never"
    full_only = "full_only"  # with the last goods of the order
    always = "always"


@dataclass(frozen=True, slots=True)
class Demand:
    """How a customer must have been verified before an action.

    :param methods: any of them will do, such as phone_pin, mail_code, signed_in
    :param within: how long ago at most
    """

    methods: frozenset[str]
    within: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as it is stored; a change makes a new version.

    :param priority: the lower, the earlier it is asked
    :param company_id: 0: every company
    :param brand: empty: every brand
    :param starts, ends: by the date of the order; None: open; both days count
    :param return_days: after hand-over; None: no return without a defect
    :param category_return_days: {product category: days}; the nearest category of a product counts; None: no return
    :param warranty_days: for defects, after hand-over
    :param category_warranty_days: {product category: days}
    :param no_return: categories whose goods do not come back, but for a defect
    :param restocking_percent: of the price of goods that come back without a defect
    :param defect_reasons: reasons that make it the shop's fault: warranty instead of the window, no restocking fee
    :param refund_at_once: reasons for which money goes back before the goods have come back
    :param methods: how money goes back, the first is preferred: original, bank, gift_card, credit
    :param shipping_percent, shipping_most: how much of paid shipping goes back at most; None: no limit by amount
    :param goodwill_percent, goodwill_most: of the order's total, and by amount; None for ``most``: no limit by amount
    :param machine_actions: what a machine may do on its own
    :param customer_days, customer_refunds, customer_amount: within so many days a customer gets so many refunds and so
        much money without an approval; None: no limit
    :param demands: {action: verification}
    :param refuse_printed, refuse_picked: whether goods on a printed or picked transfer count as on their way
    :param cut_ordered: whether a refund of ordered goods lowers the ordered quantity, so that they are not billed again
    :param replace_lowered: whether goods are replaced of whose price a part was paid back; no policy says so unasked
    """

    id: int
    version: int = 1
    name: str = ""
    priority: int = 10
    company_id: int = 0
    brand: str = ""
    starts: date | None = None
    ends: date | None = None
    return_days: int | None = 30
    category_return_days: Mapping[int, int | None] = field(default_factory=dict)
    warranty_days: int = 730
    category_warranty_days: Mapping[int, int] = field(default_factory=dict)
    no_return: frozenset[int] = frozenset()
    restocking_percent: Decimal = Decimal(0)
    defect_reasons: frozenset[str] = frozenset(("defective", "damaged", "wrong_item"))
    refund_at_once: frozenset[str] = frozenset(("defective", "damaged", "wrong_item", "lost"))
    methods: tuple[str, ...] = ("original",)
    shipping_refund: ShippingRefund = ShippingRefund.full_only
    shipping_percent: Decimal = Decimal(100)
    shipping_most: Decimal | None = None
    goodwill_percent: Decimal = Decimal(0)
    goodwill_most: Decimal | None = None
    machine_actions: frozenset[str] = frozenset()
    customer_days: int = 30
    customer_refunds: int | None = None
    customer_amount: Decimal | None = None
    demands: Mapping[str, Demand] = field(default_factory=dict)
    refuse_printed: bool = True
    refuse_picked: bool = True
    cut_ordered: bool = True
    replace_lowered: bool = False

    def __post_init__(self) -> None:
        percents = (self.restocking_percent, self.shipping_percent, self.goodwill_percent)
        if not all(0 <= percent <= 100 for percent in percents):
            raise ValueError("A percentage of a policy lies between 0 and 100.")
        if not self.methods:
            raise ValueError("A policy names a way in which money goes back.")

    @property
    def reference(self) -> str:
        """Return "id/version", as decisions and preview tokens keep it."""
        return f"{self.id}/{self.version}"

    def days_to_return(self, categories: Iterable[int]) -> int | None:
        """Return the days in which goods of these categories, the nearest first, may come back; None: not at all."""
        for category in categories:
            if category in self.category_return_days:
                return self.category_return_days[category]
        return self.return_days

    def days_of_warranty(self, categories: Iterable[int]) -> int:
        """Return the days of warranty of goods of these categories, the nearest first."""
        return next(
            (self.category_warranty_days[c] for c in categories if c in self.category_warranty_days), self.warranty_days
        )

    def is_defect(self, reason: str) -> bool:
        """Return whether a reason makes it the shop's fault."""
        return reason in self.defect_reasons


@dataclass(frozen=True, slots=True)
class Scope:
    """What an order is judged by. ``ordered_on``: in the time zone of the company."""

    company_id: int
    ordered_on: date
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy that applies, None where there is none, and why the others do not.

    :param skipped: (policy reference, code): company, brand, not_yet, ended, or lower for those that come after it
    """

    policy: Policy | None
    skipped: tuple[tuple[str, str], ...] = ()


def choose(policies: Iterable[Policy], scope: Scope) -> Choice:
    """Return the first policy that fits; the order in which they are given is irrelevant.

    By priority; at equal priority the one of a company before one of all, then the one of a brand, then the one that
    starts last, then the higher id. Of several versions of a policy, the highest that fits.
    """
    ordered = sorted(policies, key=_rank)
    found: Policy | None = None
    skipped = []
    for policy in ordered:
        code = "lower" if found else _misfit(policy, scope)
        if code:
            skipped.append((policy.reference, code))
        else:
            found = policy
    return Choice(found, tuple(skipped))


def _rank(policy: Policy) -> tuple[int, bool, bool, int, int, int]:
    start = policy.starts.toordinal() if policy.starts else 0
    return policy.priority, not policy.company_id, not policy.brand, -start, -policy.id, -policy.version


def _misfit(policy: Policy, scope: Scope) -> str:
    if policy.company_id and policy.company_id != scope.company_id:
        return "company"
    if policy.brand and policy.brand != scope.brand:
        return "brand"
    if policy.starts and scope.ordered_on < policy.starts:
        return "not_yet"
    return "ended" if policy.ends and scope.ordered_on > policy.ends else ""

"""Which actions wait for an approval, who may give it, and when a rule may be set aside by a person alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..currency import ZERO
from ..rules import Force, Refusal, refusal

__all__ = [
    "ApprovalRule",
    "Approver",
    "Matter",
    "Need",
    "Waiting",
    "may_approve",
    "may_override",
    "needs",
    "without_policies",
]


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """When an action waits. Every condition that is given must hold; a rule without any holds always.

    :param above: amounts beyond this wait, in the currency of the company; None: whatever the amount
    :param actions, reasons, brands, customer_tags: any of them; empty: all
    :param machines: True: of machines only; False: of people only; None: of both
    :param group: who decides
    """

    code: str
    group: str
    above: Decimal | None = None
    actions: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    customer_tags: frozenset[str] = frozenset()
    company_id: int = 0
    machines: bool | None = None

    def holds(self, matter: Matter) -> bool:
        """Return whether the action waits by this rule."""
        return (
            (self.above is None or matter.amount > self.above)
            and (not self.actions or matter.action in self.actions)
            and (not self.reasons or matter.reason in self.reasons)
            and (not self.brands or matter.brand in self.brands)
            and (not self.customer_tags or bool(self.customer_tags & matter.customer_tags))
            and (not self.company_id or self.company_id == matter.company_id)
            and (self.machines is None or self.machines is matter.machine)
        )


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be agreed to. ``amount``: what the shop gives away, in the currency of the company."""

    action: str
    amount: Decimal = ZERO
    reason: str = ""
    brand: str = ""
    company_id: int = 0
    customer_tags: frozenset[str] = frozenset()
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A group that must agree, with the codes of the rules that ask for it, or of those that said no."""

    group: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits.

    :param requested_by: user that stands behind the actor: the owner of the key, of a machine too
    :param state: waiting, approved, refused, withdrawn, done
    :param money_version: of the order when it was asked for
    """

    group: str
    requested_by: int
    company_id: int = 0
    state: str = "waiting"
    expires_at: datetime | None = None
    money_version: int = 0


@dataclass(frozen=True, slots=True)
class Approver:
    """Who decides. How much a group may agree to is said by the rules, each with its amount and its group."""

    user_id: int
    groups: frozenset[str] = frozenset()
    companies: frozenset[int] = frozenset()
    machine: bool = False


def needs(
    matter: Matter, rules: Iterable[ApprovalRule], refused: Sequence[Refusal] = (), fallback: str = ""
) -> list[Need]:
    """Return the groups that must agree, by name; none: the action goes on at once.

    :param refused: policies that said no: an approval sets them aside
    :param fallback: group that decides on those
    """
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.holds(matter):
            found.setdefault(rule.group, []).append(rule.code)
    for reason in refused:
        if reason.force is Force.policy:
            found.setdefault(fallback, []).append(reason.code)
    return [Need(group, tuple(dict.fromkeys(codes))) for group, codes in sorted(found.items())]


def without_policies(needed: Iterable[Need], set_aside: Collection[str]) -> tuple[Need, ...]:
    """Return who has to agree to an action whose policies a person set aside: whom other rules ask for.

    :param set_aside: codes of these policies
    """
    found = []
    for need in needed:
        because = tuple(code for code in need.because if code not in set_aside)
        if because:
            found.append(Need(need.group, because))
    return tuple(found)


def may_approve(waiting: Waiting, approver: Approver, money_version: int, now: datetime) -> tuple[Refusal, ...]:
    """Return why a person may not decide on a request; nothing where they may.

    :param money_version: of the order now: another one means that the preview is no longer what would be done
    """
    found = []
    if waiting.state != "waiting":
        found.append(refusal("request_not_waiting", state=waiting.state))
    if waiting.expires_at is not None and now >= waiting.expires_at:
        found.append(refusal("request_expired"))
    if waiting.money_version != money_version:
        found.append(refusal("facts_changed"))
    if approver.machine:
        found.append(refusal("machines_do_not_approve"))
    if approver.user_id == waiting.requested_by:
        found.append(refusal("own_request"))
    if waiting.group not in approver.groups:
        found.append(refusal("not_in_group", group=waiting.group))
    if waiting.company_id not in approver.companies:
        found.append(refusal("company_not_allowed", company=waiting.company_id))
    return tuple(found)


def may_override(refused: Sequence[Refusal], may: bool, machine: bool, reason: str) -> tuple[Refusal, ...]:
    """Return what still says no when a person sets rules aside.

    :param may: whether the person has the right of an override
    :param reason: why; it is kept with the action
    """
    left = [found for found in refused if found.force is not Force.policy]
    if len(left) == len(refused):
        return tuple(refused)
    if not may or machine:
        return (*refused, refusal("override_not_allowed"))
    if not reason.strip():
        return (*refused, refusal("override_without_reason"))
    return tuple(left)

"""How much a refund gives back: by line, by quantity or by price, shipping, goodwill, and all that is left.

Amounts are taken from the invoices as they stand there, and shared out; they are never calculated anew from prices and
taxes. So discounts, prices with and without taxes and both rules of rounding give the amounts that were billed. What a
document's total has beyond the sum of its lines goes back with its last line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from ..currency import ZERO, Currency
from ..rules import Refusal, refusal
from .balance import Balance, Left, balance_of
from .claims import LineClaim, Offer, Part, RefundClaim
from .limits import fit
from .money_facts import GOODS, SHIPPING, BilledLine, MoneyFacts
from .policy import Policy, ShippingRefund

__all__ = ["goodwill_most", "offer", "shipping_most"]

_FOLLOWING = frozenset({"reward"})


def offer(facts: MoneyFacts, claim: RefundClaim, policy: Policy, most: Mapping[int, Decimal] | None = None) -> Offer:
    """Return what a claim gives back, or the rules that say no.

    :param most: {order line id: quantity} that may go back; lines that are not named have no such limit
    """
    work = _Work(facts, claim, policy, most or {})
    work.lines()
    work.shipping()
    work.goodwill()
    if not work.refusals and not work.parts:
        work.refusals.append(work.nothing())
    if work.refusals:
        return Offer(refusals=tuple(work.refusals))
    return fit(work.parts, work.balance, facts.currency, not claim.by_amount, facts.invoices)


def shipping_most(facts: MoneyFacts, policy: Policy) -> Decimal:
    """Return how much of paid shipping may go back now, without regard to what else is left of the order."""
    return _Work(facts, RefundClaim(), policy, {}).shipping_most()


def goodwill_most(facts: MoneyFacts, policy: Policy) -> Decimal:
    """Return how much may be given as goodwill now, without regard to what else is left of the order."""
    work = _Work(facts, RefundClaim(), policy, {})
    return min(max(work.goodwill_cap() - work.goodwill_given(), ZERO), work.balance.to_credit)


class _Work:
    """One claim in the making: parts and refusals are added step by step."""

    def __init__(self, facts: MoneyFacts, claim: RefundClaim, policy: Policy, most: Mapping[int, Decimal]) -> None:
        self.facts, self.claim, self.policy, self.most = facts, claim, policy, most
        self.currency: Currency = facts.currency
        self.balance: Balance = balance_of(facts)
        self.left: dict[int, Left] = dict(self.balance.lines)
        self.parts: list[Part] = []
        self.refusals: list[Refusal] = []
        self.fees: dict[int, Decimal] = dict(claim.fees)

    def lines(self) -> None:
        if self.claim.full:
            for line in self._billed(lambda line: line.kind != SHIPPING):
                self._take(line, self.left[line.id].quantity)
        # Lines are claimed in one order, whatever order they come in.
        for claimed in sorted(self.claim.lines, key=lambda found: found.line_id):
            self._line(claimed)
        touched = {part.invoice_id for part in self.parts}
        for invoice_id in sorted(touched):
            self._follow(invoice_id)

    def _line(self, claimed: LineClaim) -> None:
        billed = self._billed(lambda line: line.line_id == claimed.line_id and line.kind != SHIPPING)
        if not billed:
            self.refusals.append(refusal("line_not_invoiced", line=claimed.line_id))
            return
        quantity = sum((self.left[line.id].quantity for line in billed), ZERO)
        total = sum((self.left[line.id].total for line in billed), ZERO)
        if quantity <= 0 or total <= 0:
            self.refusals.append(refusal("line_all_credited", line=claimed.line_id))
        elif claimed.quantity is not None:
            self._by_quantity(claimed.line_id, claimed.quantity, quantity, billed)
        elif claimed.amount is not None and self._is_amount(claimed.amount, total):
            self._by_price(billed, claimed.amount, "line")

    def _by_quantity(self, line_id: int, asked: Decimal, left: Decimal, billed: list[BilledLine]) -> None:
        most = min(left, self.most.get(line_id, left))
        if asked <= 0:
            self.refusals.append(refusal("quantity_not_positive", line=line_id))
        elif asked > most:
            self.refusals.append(refusal("quantity_too_large", line=line_id, asked=asked, most=max(most, ZERO)))
        else:
            rest = asked
            for line in billed:
                quantity = min(rest, self.left[line.id].quantity)
                rest -= quantity
                if quantity > 0:
                    self._take(line, quantity)

    def _take(self, line: BilledLine, quantity: Decimal) -> None:
        """Credit a quantity of a billed line; with its last piece goes all that is left of its amount."""
        left = self.left[line.id]
        if not left.total or quantity <= 0:
            return
        if quantity >= left.quantity:
            total = left.total
        else:
            share = self.currency.round(line.total * quantity / line.quantity)
            total = min(share, left.total) if left.total > 0 else max(share, left.total)
        fee = self._fee(line, quantity, total)
        # The fee of the whole is taken off the price: what is kept stays on the line, which has no quantity left.
        self._add(line, "line", quantity, total, fee)

    def _fee(self, line: BilledLine, quantity: Decimal, total: Decimal) -> Decimal:
        """Return the fee that is kept of goods. The first ones of a line are those that came back."""
        if line.kind not in GOODS or total <= 0:
            return ZERO
        back = min(quantity, self.fees.get(line.line_id, ZERO))
        self.fees[line.line_id] = self.fees.get(line.line_id, ZERO) - back
        if self.claim.restocking:
            back = quantity
        if self.claim.waive_fee or back <= 0:
            return ZERO
        return self.currency.round(total * back / quantity * self.policy.restocking_percent / 100)

    def _by_price(self, billed: Iterable[BilledLine], amount: Decimal, kind: str) -> None:
        rest = amount
        for line in billed:
            part = min(rest, self.left[line.id].total)
            rest -= part
            if part > 0:
                self._add(line, kind, ZERO, part, ZERO)

    def _follow(self, invoice_id: int) -> None:
        """Take back the share of rewards that the credited lines had earned, and what rounding left over at the end."""
        lines = [line for line in self.facts.billed if line.invoice_id == invoice_id]
        earning = [line for line in lines if line.total > 0 and line.kind != SHIPPING]
        earned = sum((line.total for line in earning), ZERO)
        finished = all(self.left[line.id].quantity <= 0 for line in earning)
        credited = sum((part.total + part.kept for part in self.parts if part.invoice_id == invoice_id), ZERO)
        for line in [] if self.claim.full or self.claim.net else [line for line in lines if line.kind in _FOLLOWING]:
            left = self.left[line.id]
            total = left.total if finished else self.currency.round(line.total * credited / earned)
            if max(total, left.total):
                self._add(line, "line", left.quantity if finished else ZERO, max(total, left.total), ZERO)
        rest = self._rounding(invoice_id, lines)
        if finished and rest:
            self.parts.append(Part(invoice_id, "rounding", rest, untaxed=ZERO))

    def _rounding(self, invoice_id: int, lines: list[BilledLine]) -> Decimal:
        """Return what the total of an invoice has beyond its lines, less what earlier credit notes gave of it."""
        total = next((invoice.total for invoice in self.facts.invoices if invoice.id == invoice_id), ZERO)
        rest = total - sum((line.total for line in lines), ZERO)
        for note in self.facts.committed():
            if note.invoice_id == invoice_id:
                rest -= note.total - note.goodwill - sum((line.total for line in note.lines), ZERO)
        return rest

    def shipping(self) -> None:
        billed = self._billed(lambda line: line.kind == SHIPPING)
        paid = sum((line.total for line in billed), ZERO)
        left = sum((self.left[line.id].total for line in billed), ZERO)
        allowed = self._shipping_allowed(paid, paid - left)
        if self.claim.full:
            self._by_price(billed, min(allowed, left), "shipping")
            return
        asked = self.claim.shipping
        if not asked:
            return
        if not billed or paid <= 0:
            self.refusals.append(refusal("no_shipping_paid"))
        elif left <= 0:
            self.refusals.append(refusal("shipping_all_credited"))
        elif not allowed and not self._shipping_follows():
            self.refusals.append(refusal("shipping_not_refunded"))
        elif self._is_amount(asked, left):
            if asked > allowed:
                self.refusals.append(refusal("shipping_above_cap", asked=asked, most=allowed))
            else:
                self._by_price(billed, asked, "shipping")

    def shipping_most(self) -> Decimal:
        billed = self._billed(lambda line: line.kind == SHIPPING)
        paid = sum((line.total for line in billed), ZERO)
        left = sum((self.left[line.id].total for line in billed), ZERO)
        return min(self._shipping_allowed(paid, paid - left), left)

    def _shipping_follows(self) -> bool:
        """Return whether the policy gives shipping back with what is credited now."""
        if self.policy.shipping_refund is ShippingRefund.full_only:
            return all(self.left[line.id].quantity <= 0 for line in self.facts.billed if line.kind in GOODS)
        return self.policy.shipping_refund is ShippingRefund.always

    def _shipping_allowed(self, paid: Decimal, credited: Decimal) -> Decimal:
        if not self._shipping_follows():
            return ZERO
        cap = self.currency.floor(paid * self.policy.shipping_percent / 100)
        if self.policy.shipping_most is not None:
            cap = min(cap, self.policy.shipping_most)
        return max(cap - credited, ZERO)

    def goodwill(self) -> None:
        asked = self.claim.goodwill
        if not asked:
            return
        cap, given = self.goodwill_cap(), self.goodwill_given()
        if cap <= 0:
            self.refusals.append(refusal("goodwill_not_allowed"))
        elif self._is_amount(asked, self.balance.to_credit):
            if given + asked > cap:
                self.refusals.append(refusal("goodwill_above_cap", asked=asked, most=cap, given=given))
            else:
                self._share_goodwill(asked)

    def goodwill_cap(self) -> Decimal:
        cap = self.currency.floor(self.facts.total * self.policy.goodwill_percent / 100)
        most = self.policy.goodwill_most
        if most is None:
            return cap
        return min(cap, most) if self.policy.goodwill_percent else most

    def goodwill_given(self) -> Decimal:
        return sum((note.goodwill for note in self.facts.committed()), ZERO)

    def _share_goodwill(self, asked: Decimal) -> None:
        """Lower open debts first; the rest belongs to the invoice that came last."""
        rest = asked
        for invoice in self.facts.invoices:
            used = sum((part.total for part in self.parts if part.invoice_id == invoice.id), ZERO)
            part = min(rest, max(self.balance.debts[invoice.id] - used, ZERO))
            rest -= part
            if part:
                self.parts.append(Part(invoice.id, "goodwill", part))
        if rest:
            self.parts.append(Part(max(invoice.id for invoice in self.facts.invoices), "goodwill", rest))

    def nothing(self) -> Refusal:
        if not self.facts.invoices:
            return refusal("nothing_invoiced")
        return refusal("nothing_left_to_credit", invoiced=self.balance.invoiced, credited=self.balance.credited)

    def _is_amount(self, asked: Decimal, most: Decimal) -> bool:
        if not asked.is_finite() or asked <= 0:
            self.refusals.append(refusal("amount_not_positive"))
        elif not self.currency.is_exact(asked):
            self.refusals.append(refusal("amount_not_exact", amount=asked, unit=self.currency.unit))
        elif asked > most:
            self.refusals.append(refusal("amount_too_large", asked=asked, most=most))
        else:
            return True
        return False

    def _billed(self, suits: Callable[[BilledLine], bool]) -> list[BilledLine]:
        return sorted((line for line in self.facts.billed if suits(line)), key=lambda line: (line.invoice_id, line.id))

    def _add(self, line: BilledLine, kind: str, quantity: Decimal, total: Decimal, fee: Decimal) -> None:
        left = self.left[line.id]
        self.left[line.id] = Left(left.quantity - quantity, left.total - total)
        credited = total - fee
        untaxed = self.currency.round(credited * line.untaxed / line.total)
        self.parts.append(Part(line.invoice_id, kind, credited, line.id, line.line_id, quantity, untaxed, fee))

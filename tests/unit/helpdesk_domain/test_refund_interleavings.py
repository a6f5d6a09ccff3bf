"""Whatever comes in between, no order gives back more than was billed and paid, and every refund is paid once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retail_sync_helpdesk.domain.currency import ZERO
from retail_sync_helpdesk.domain.service.amounts import offer
from retail_sync_helpdesk.domain.service.balance import balance_of
from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.money_facts import Credit
from retail_sync_helpdesk.domain.service.money_out import Answer, Provider, Step

from .shop import BILLED, POLICY, TOTAL, Shop

D = Decimal
cents = st.integers(1, 6000).map(lambda number: D(number) / 100)
lines = st.lists(
    st.one_of(
        st.builds(
            lambda line, number: LineClaim(line, quantity=D(number)), st.sampled_from([11, 12]), st.integers(1, 5)
        ),
        st.builds(lambda line, amount: LineClaim(line, amount=amount), st.sampled_from([11, 12]), cents),
    ),
    max_size=2,
    unique_by=lambda claim: claim.line_id,
).map(tuple)
claims = st.one_of(
    st.just(RefundClaim(full=True)),
    st.builds(
        RefundClaim,
        st.just(False),
        lines,
        st.sampled_from([ZERO, D("4.90"), D("2.45")]),
        st.sampled_from([ZERO, D("5.00"), D("12.34")]),
        st.booleans(),
    ),
)
providers = st.builds(Provider, st.sampled_from(["partial", "full", "none"]), st.booleans(), st.booleans())


class Refunds(RuleBasedStateMachine):
    """Two agents, approvals, drafts of a third person and jobs at work on one order."""

    def __init__(self):
        super().__init__()
        self.shop = None
        self.snapshots = {}

    @initialize(paid=st.sampled_from([TOTAL, D("60.00"), D("44.90"), ZERO]), provider=providers)
    def open(self, paid, provider):
        self.shop = Shop(paid, provider)

    @rule(agent=st.sampled_from("AB"))
    def read(self, agent):
        self.snapshots[agent] = self.shop.now()

    @rule(agent=st.sampled_from("AB"), claim=claims)
    @precondition(lambda self: self.snapshots)
    def submit(self, agent, claim):
        """A snapshot that is old is refused by the version; the retry reads anew."""
        seen = self.snapshots.get(agent) or self.shop.now()
        found = offer(seen, claim, POLICY)
        if not found.refusals and not self.shop.commit(found, seen.version):
            seen = self.shop.now()
            found = offer(seen, claim, POLICY)
            assert bool(found.refusals) or self.shop.commit(found, seen.version)

    @rule(claim=claims)
    def approve(self, claim):
        seen = self.shop.now()
        found = offer(seen, claim, POLICY)
        if not found.refusals:
            self.shop.approve(found, seen.version)

    @rule()
    def carry_out(self):
        """What was approved is posted: its own amounts do not stand in its way."""
        waiting = [request for request in self.shop.facts.requests if request.state == "approved"]
        if waiting:
            request, before = waiting[0], self.shop.facts
            others = tuple(found for found in before.requests if found is not request)
            self.shop.facts = replace(before, requests=(*others, replace(request, state="done")))
            notes = request.credits
            debts = {invoice.id: invoice.residual for invoice in before.invoices}
            parts = [replace(note, offset=min(note.total, debts[note.invoice_id])) for note in notes]
            self.shop.post([replace(note, id=self.shop.new_id(), state="posted") for note in parts])

    @rule(invoice=st.sampled_from([1, 2]), amount=cents)
    def draft_by_hand(self, invoice, amount):
        balance = balance_of(self.shop.now())
        if amount <= min(balance.to_credit, balance.to_pay_back):
            note = Credit(self.shop.new_id(), "draft", invoice, amount)
            facts = self.shop.facts
            self.shop.facts = replace(facts, credits=(*facts.credits, note), version=facts.version + 1)

    @rule(fails=st.booleans(), killed=st.booleans(), number=st.integers(0, 5))
    def work(self, fails, killed, number):
        uuids = sorted(self.shop.intents)
        if uuids:
            self.shop.step(uuids[number % len(uuids)], fails, killed)

    @rule()
    def kill_all(self):
        self.shop.forget_who_is_fresh()

    @invariant()
    def never_beyond_what_was_billed_and_paid(self):
        if self.shop is None:
            return
        facts = self.shop.now()
        balance = balance_of(facts)
        assert sum((amount for _uuid, amount in self.shop.payouts), ZERO) <= balance.returned <= self.shop.paid
        assert balance.credited <= TOTAL
        for line in BILLED:
            parts = [part for note in facts.committed() for part in note.lines if part.billed_id == line.id]
            assert sum((part.quantity for part in parts), ZERO) <= line.quantity
            assert abs(sum((part.total for part in parts), ZERO)) <= abs(line.total)

    @invariant()
    def no_refund_is_paid_twice(self):
        if self.shop is not None:
            paid = [uuid for uuid, _amount in self.shop.payouts]
            assert len(paid) == len(set(paid))

    def teardown(self):
        """Left alone, the jobs end: every refund is paid, or lies with finance."""
        if self.shop is None:
            return
        for uuid in self.shop.intents:
            for _step in range(12):
                step = self.shop.step(uuid, fails=False, killed=False)
                if step in (Step.finish, Step.manual):
                    break
            paid = uuid in dict(self.shop.payouts)
            intent = self.shop.intents[uuid]
            assert paid or intent.manual
            if paid and not intent.manual:
                assert self.shop.attempts[uuid, intent.attempt].reconciled
            if self.shop.provider == Provider() and not intent.manual:
                assert paid
        self.never_beyond_what_was_billed_and_paid()
        self.no_refund_is_paid_twice()


Refunds.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestRefunds = Refunds.TestCase


@pytest.mark.parametrize("killed_at", range(8))
def test_a_worker_that_is_killed_after_any_step_pays_once(killed_at):
    shop = Shop(TOTAL, Provider())
    found = offer(shop.now(), RefundClaim(lines=(LineClaim(11, quantity=D(1)),)), POLICY)
    shop.commit(found, 0)
    (uuid,) = shop.intents
    for number in range(20):
        if number == killed_at:
            shop.forget_who_is_fresh()
        if shop.step(uuid, False, killed=number == killed_at) is Step.finish:
            break
    # A unit of 20.00, less the share of the discount that it had earned.
    assert shop.payouts == [(uuid, D("18.35"))]
    assert shop.known == {f"{uuid}-1": Answer.done}

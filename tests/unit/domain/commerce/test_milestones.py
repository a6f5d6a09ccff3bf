"""Whatever happens to an order, and whenever it is looked at: said once, in order, and true."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.order import STAGES
from retail_sync.domain.commerce.claims_goods import kept
from retail_sync.domain.commerce.entries import KINDS, MilestoneRules, NewEntry, in_force
from retail_sync.domain.commerce.milestones import claims_of, due_entries
from retail_sync.domain.commerce.promise import is_late
from retail_sync.domain.commerce.stage import delay_of, hold_of, late_since, next_look, stage_of

from .order_histories import LINE, STEPS, History

RULES = MilestoneRules(assume_days=2)
# They keep a time of their own whatever comes later, so that it does not matter when the order is looked at.
DATED = {"quoted", "confirmed", "shipped", "return_received", "return_requested", "invoiced", "refund_issued"}

steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 12), st.booleans()), max_size=40)


class Journal:
    """The journal of one order, evaluated as the engine does."""

    def __init__(self):
        self.entries = []

    def look(self, facts, now, rules=RULES):
        found = due_entries(facts, self.entries, now, rules)
        assert found == sorted(found, key=NewEntry.sort_key)
        self.entries += [entry.written(len(self.entries) + 1 + number) for number, entry in enumerate(found)]
        assert due_entries(facts, self.entries, now, rules) == []
        return found

    def kinds(self):
        return [(entry.kind, entry.reversal) for entry in self.entries]

    def standing(self):
        return in_force(self.entries)

    def check(self, facts, now, rules=RULES):
        keys = Counter((*entry.key, entry.reversal) for entry in self.entries)
        assert max(keys.values(), default=1) == 1, "said twice"
        seen = set()
        for entry in self.entries:
            if entry.reversal:
                assert entry.key in seen, "taken back before it was said"
            else:
                seen.add(entry.key)
        standing = self.standing()
        claims = {claim.topic: claim for claim in claims_of(facts, standing, now, rules)}
        stays = set(kept(facts, standing, rules))
        for topic, entry in standing.items():
            if KINDS[entry.kind].reversible and topic not in stays:
                assert claims[topic].kind == entry.kind, "in force, and not true"
        assert claims.keys() <= standing.keys(), "true, and not said"


def run(history, moves, journal, always=False):
    for name, number, look in moves:
        history.step(name, number)
        if look or always:
            journal.look(history.facts, history.now)
            journal.check(history.facts, history.now)
    journal.look(history.facts, history.now)
    journal.check(history.facts, history.now)


@given(steps)
def test_every_entry_is_said_once_in_order_and_is_true_while_it_is_in_force(moves):
    run(History(), moves, Journal())


def test_what_was_cut_before_a_second_confirmation_is_no_cut_of_it():
    history, journal = History(), Journal()
    for name, look in (("confirm", True), ("cut", False), ("cancel", False), ("redraft", False), ("confirm", True)):
        history.step(name, 0)
        if look:
            journal.look(history.facts, history.now)
    assert "partly_cancelled" not in {kind for kind, _reversal in journal.kinds()}
    assert journal.kinds()[-2:] == [("confirmed", True), ("confirmed", False)]


@given(steps)
def test_facts_that_keep_their_date_are_the_same_whenever_the_order_is_looked_at(moves):
    history, often = History(), Journal()
    run(history, moves, often, always=True)
    once = Journal()
    once.look(history.facts, history.now)
    # Said again after it was taken back, it comes after that in time: only who looked in between took it back.
    again = {entry.topic for entry in often.entries if entry.reversal}

    def dated(journal):
        standing = journal.standing().items()
        return {(e.kind, e.document, None if topic in again else e.at) for topic, e in standing if e.kind in DATED}

    # A quotation that was confirmed before is one again: only who looked in between knows.
    assert dated(once) - dated(often) == set()
    assert {kind for kind, _document, _at in dated(often) - dated(once)} <= {"confirmed"}


@given(steps)
def test_what_is_in_force_does_not_depend_on_when_the_order_was_looked_at(moves):
    history, several, often = History(), Journal(), Journal()
    for name, number, look in moves:
        history.step(name, number)
        often.look(history.facts, history.now)
        if look:
            several.look(history.facts, history.now)
    several.look(history.facts, history.now)
    often.look(history.facts, history.now)
    reversible = {"held", "tracking", "delivery_exception", "invoiced", "payment", "refund_paid", "payment_failed"}

    def state(journal):
        return {topic: (e.kind, e.signature) for topic, e in journal.standing().items() if topic.group in reversible}

    assert state(several) == state(often)


@given(steps)
def test_a_stage_is_always_one_of_the_declared_ones_and_a_hold_has_a_reason(moves):
    history, journal = History(), Journal()
    run(history, moves, journal)
    assert stage_of(history.facts, journal.entries) in STAGES
    held = [topic for topic in journal.standing() if topic.group == "held"]
    assert bool(hold_of(history.facts, journal.entries)) == bool(held)


@given(steps, st.integers(1, 400))
def test_time_alone_adds_nothing_before_the_next_look(moves, hours):
    history, journal = History(), Journal()
    run(history, moves, journal)
    due = next_look(history.facts, journal.entries, history.now, RULES)
    later = history.now + timedelta(hours=hours)
    if due is None or later < due:
        assert due_entries(history.facts, journal.entries, later, RULES) == []


@given(steps)
def test_looking_when_time_is_due_goes_on_to_an_end(moves):
    history, journal = History(), Journal()
    run(history, moves, journal)
    now = history.now
    for _number in range(60):
        due = next_look(history.facts, journal.entries, now, RULES)
        if due is None:
            return
        now = due + timedelta(seconds=1)
        journal.look(history.facts, now)
    raise AssertionError("An order is looked at without end")


def played(*moves):
    history, journal = History(), Journal()
    for name, number in moves:
        history.step(name, number)
        journal.look(history.facts, history.now)
    return history, journal


def test_a_partial_shipment_is_reported_with_its_quantities_and_leaves_a_backorder():
    _history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 2))
    shipped = next(e for e in journal.entries if e.kind == "shipped")
    assert shipped.quantities == {LINE: (Decimal(3), Decimal(5))}
    assert [e.quantities[LINE][0] for e in journal.entries if e.kind == "backordered"] == [Decimal(2)]


def test_tracking_that_comes_after_the_shipment_says_nothing_else_again():
    history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 4))
    before = len(journal.entries)
    history.step("track", 1)
    assert [e.kind for e in journal.look(history.facts, history.now)] == ["tracking"]
    assert len(journal.entries) == before + 1


def test_stock_that_another_order_takes_is_taken_back():
    _history, journal = played(("confirm", 0), ("reserve", 5), ("reserve", 0))
    kinds = [pair for pair in journal.kinds() if pair[0] == "allocated"]
    assert kinds == [("allocated", False), ("allocated", True)]


def test_an_order_that_is_cancelled_and_confirmed_again_is_confirmed_twice():
    history, journal = played(("confirm", 0), ("cancel", 0), ("redraft", 0), ("confirm", 0))
    confirmed = [(e.ordinal, e.reversal) for e in journal.entries if e.kind == "confirmed"]
    assert confirmed == [(1, False), (1, True), (2, False)]
    assert ("cancelled", True) in journal.kinds()
    assert stage_of(history.facts, journal.entries) == "confirmed"


def test_a_second_confirmation_is_noticed_though_nobody_looked_in_between():
    history, journal = played(("confirm", 0))
    for name in ("cancel", "redraft", "confirm"):
        history.step(name, 0)
    journal.look(history.facts, history.now)
    confirmed = [(e.ordinal, e.reversal) for e in journal.entries if e.kind == "confirmed"]
    assert confirmed == [(1, False), (1, True), (2, False)]


def test_an_invoice_reset_edited_and_posted_again_is_taken_back_and_reported_anew():
    _history, journal = played(("confirm", 0), ("bill", 1), ("reset", 1), ("reset", 0))
    written = [(e.ordinal, e.reversal, e.amount) for e in journal.entries if e.kind == "invoiced"]
    assert written == [(1, False, Decimal(20)), (1, True, Decimal(20)), (2, False, Decimal(21))]


def by_time(journal, *kinds):
    """Return [(kind, takes back)] as readers see it: by business time, then in the order of writing."""
    found = sorted(journal.entries, key=lambda entry: (entry.at, entry.id))
    return [(entry.kind, entry.reversal) for entry in found if entry.kind in kinds]


@pytest.mark.parametrize(("variant", "kind"), [(1, "invoiced"), (0, "refund_issued")])
@pytest.mark.parametrize("edited", [0, 1])
def test_a_document_that_is_reset_and_posted_again_is_not_taken_back_by_the_last_word(variant, kind, edited):
    """Its date is that of the draft: said again at that date, the entry came before the one that takes it back."""
    _history, journal = played(("confirm", 0), ("bill", variant), ("reset", edited), ("reset", 0))
    assert by_time(journal, kind) == [(kind, False), (kind, True), (kind, False)]


def test_an_invoice_that_gets_an_earlier_date_is_not_taken_back_by_the_last_word():
    history, journal = played(("confirm", 0), ("bill", 1))
    [invoice] = history.facts.invoices
    moved = replace(invoice, created_at=invoice.created_at - timedelta(days=3), invoiced_on=None, total=Decimal(19))
    history.put("invoices", moved)
    journal.look(history.facts, history.now + timedelta(hours=1))
    assert by_time(journal, "invoiced") == [("invoiced", False), ("invoiced", True), ("invoiced", False)]


def test_a_delay_that_comes_back_with_its_old_promise_is_not_taken_back_by_the_last_word():
    history, journal = played(("confirm", 4), ("wait", 3))
    promise = history.facts.promised_at
    for promised_at in (promise + timedelta(days=3), promise):
        history.now += timedelta(hours=1)
        history.set(promised_at=promised_at)
        journal.look(history.facts, history.now)
    assert by_time(journal, "delayed") == [("delayed", False), ("delayed", True), ("delayed", False)]


def test_what_was_cut_is_not_restored_by_the_cancellation_of_the_order():
    """The timeline ended with "Cancelled quantity restored", of an order of which nothing is left."""
    _history, journal = played(("confirm", 0), ("cut", 3), ("cancel", 0))
    assert by_time(journal, "partly_cancelled") == [("partly_cancelled", False)]
    _history, journal = played(("confirm", 0), ("cut", 3), ("cancel", 0), ("redraft", 0))
    assert by_time(journal, "partly_cancelled")[-1] == ("partly_cancelled", True), "a quotation has no cuts"


def test_a_payment_that_is_undone_and_made_again_is_reported_each_time():
    _history, journal = played(("confirm", 0), ("bill", 1), ("pay", 1), ("pay", 2), ("pay", 0), ("pay", 2))
    written = [(e.kind, e.ordinal, e.reversal) for e in journal.entries if e.kind in ("paid", "partly_paid")]
    assert written == [("partly_paid", 1, False), ("paid", 1, False), ("paid", 1, True), ("paid", 2, False)]


def test_a_rest_that_is_cancelled_leaves_the_order_shipped_and_partly_cancelled():
    history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 2), ("drop_rest", 0))
    cut = next(e for e in journal.entries if e.kind == "partly_cancelled")
    assert cut.quantities == {LINE: (Decimal(2), Decimal(5))}
    assert stage_of(history.facts, journal.entries) == "shipped"


def test_a_delivery_is_assumed_and_the_carriers_report_counts_afterwards():
    history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 4), ("wait", 12))
    delivered = [e for e in journal.entries if e.kind == "delivered"]
    assert [(e.assumed, e.cause) for e in delivered] == [(True, "assumed")]
    history.step("report", 1)
    journal.look(history.facts, history.now)
    delivered = [e for e in journal.entries if e.kind == "delivered"]
    assert [(e.assumed, e.reversal) for e in delivered] == [(True, False), (False, False)]
    assert stage_of(history.facts, journal.entries) == "delivered"


def test_a_promise_that_passes_is_a_delay_by_time_alone_and_a_new_promise_takes_it_back():
    history, journal = played(("confirm", 4))
    due = next_look(history.facts, journal.entries, history.now, RULES)
    assert due == history.facts.promised_at
    assert [e.kind for e in journal.look(history.facts, due + timedelta(seconds=1))] == ["delayed"]
    history.now = due
    history.step("promise", 9)
    found = [(e.kind, e.reversal) for e in journal.look(history.facts, history.now)]
    assert sorted(found) == [("delayed", True), ("repromised", False)]


def test_the_promise_of_a_shipment_is_looked_at_by_itself_and_makes_it_late_once():
    history, journal = played(("confirm", 4))
    [transfer] = history.facts.outgoing
    earlier = history.now + timedelta(hours=2)
    facts = replace(history.facts, transfers=(replace(transfer, promised_at=earlier),))
    assert next_look(facts, journal.entries, history.now, RULES) == earlier
    after = earlier + timedelta(seconds=1)
    assert late_since(facts, earlier, after) == (transfer.id,)
    assert late_since(facts, earlier, earlier) == (), "the promised moment itself is in time"
    assert late_since(facts, after, after + timedelta(days=1)) == (), "it was late at the last look already"
    assert late_since(facts, None, after) == ()
    done = replace(facts, transfers=(replace(transfer, promised_at=earlier, state="done"),))
    assert late_since(done, earlier, after) == ()


def test_a_shipment_without_a_promise_has_the_whole_day_of_its_deadline():
    """Odoo's deadline is the moment of the order where lead times are 0: each shipment was late a second after it."""
    history, journal = played(("confirm", 4))
    [transfer] = history.facts.outgoing
    deadline = history.now.replace(hour=9)
    facts = replace(history.facts, promised_at=None, transfers=(replace(transfer, promised_at=deadline),))
    evening = (deadline + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert facts.transfer_due_at(facts.transfers[0]) == evening
    assert late_since(facts, deadline, deadline + timedelta(seconds=1)) == ()
    assert late_since(facts, evening, evening + timedelta(seconds=1)) == (transfer.id,)


@pytest.mark.parametrize(
    ("planned", "done", "now", "expected"),
    [
        (None, None, 0, False),
        (None, None, 1, True),
        (1, None, -5, True),
        (0, None, -5, False),
        (9, -1, 9, False),
        (None, 1, 9, True),
    ],
)
def test_goods_are_late_that_left_or_are_planned_or_are_open_after_they_were_due(planned, done, now, expected):
    due = datetime(2026, 12, 1, 10)

    def at(hours):
        return None if hours is None else due + timedelta(hours=hours)

    assert is_late(due, now=at(now), planned=at(planned), done=at(done)) is expected
    assert is_late(None, now=at(now), planned=at(planned), done=at(done)) is False


def test_a_return_that_covers_everything_makes_the_order_returned():
    history, journal = played(("confirm", 0), ("cut", 1), ("ship", 0), ("ask_return", 0), ("end_return", 1))
    assert stage_of(history.facts, journal.entries) == "returned"
    assert ("return_requested", False) in journal.kinds() and ("return_received", False) in journal.kinds()


def test_two_holds_are_reported_and_released_one_by_one():
    history, journal = played(("hold", 0), ("hold", 1), ("hold", 0))
    written = [(e.cause, e.ordinal, e.reversal) for e in journal.entries if e.kind == "held"]
    assert written == [("account_block", 1, False), ("credit_hold", 2, False), ("account_block", 1, True)]
    assert hold_of(history.facts, journal.entries).key == "credit_hold"


def test_a_carrier_that_reports_an_incident_takes_an_assumed_delivery_back():
    history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 4), ("wait", 12))
    transfer = next(item for item in history.facts.transfers if item.done)
    history.put("transfers", replace(transfer, delivery="incident"))
    found = [(e.kind, e.reversal) for e in journal.look(history.facts, history.now + timedelta(hours=1))]
    assert sorted(found) == [("delivered", True), ("delivery_exception", False)]


def test_entries_of_the_same_time_come_by_rank():
    at = datetime(2026, 3, 2, 9)
    history, _journal = played(("confirm", 0))
    found = due_entries(replace(history.facts, created_at=at, ordered_at=at), [], at)
    assert [entry.kind for entry in found] == ["quoted", "confirmed"]


def test_shipping_takes_no_allocation_and_no_delay_back():
    history, journal = played(("confirm", 4), ("reserve", 5), ("wait", 3), ("ship", 4))
    kinds = journal.kinds()
    assert ("delayed", False) in kinds and ("allocated", False) in kinds
    assert not any(reversal for kind, reversal in kinds if kind in ("allocated", "delayed"))
    assert history.facts.shipped_all


def test_a_delay_that_was_only_planned_is_taken_back_when_the_goods_leave_in_time():
    history, journal = played(("confirm", 10), ("reserve", 5))
    transfer = history.open_transfer()
    history.put("transfers", replace(transfer, planned_at=history.facts.promised_at + timedelta(days=1)))
    assert [e.cause for e in journal.look(history.facts, history.now)] == ["planned_late"]
    history.step("ship", 4)
    assert ("delayed", True) in [(e.kind, e.reversal) for e in journal.look(history.facts, history.now)]


def delivered_in_time_and_exchanged():
    """Return an order that was shipped before its promise, and whose exchange waits after it."""
    history, journal = played(("confirm", 10), ("reserve", 5), ("ship", 4), ("report", 1), ("ask_return", 0))
    for name, number in (("end_return", 1), ("wait", 3), ("exchange", 0)):
        history.step(name, number)
        journal.look(history.facts, history.now)
    assert history.facts.due_at < history.now
    return history, journal


def test_an_exchange_after_a_punctual_delivery_makes_the_order_not_late():
    """The order became delayed since a promise that was kept, and stayed it for good."""
    history, journal = delivered_in_time_and_exchanged()
    assert delay_of(history.facts, history.now) is None
    assert next_look(history.facts, journal.entries, history.now, RULES) is None
    history.step("end_exchange", 1)
    journal.look(history.facts, history.now)
    assert "delayed" not in {kind for kind, _reversal in journal.kinds()}
    assert history.facts.shipped_last_at == history.now, "it is the last shipment all the same"
    assert history.facts.expected_at < history.facts.due_at


def test_an_exchange_that_waits_does_not_make_a_shipped_order_partly_shipped():
    history, journal = delivered_in_time_and_exchanged()
    assert stage_of(history.facts, journal.entries) == "delivered"


def test_a_late_order_stays_late_after_it_is_shipped_and_exchanged():
    history, journal = played(("confirm", 4), ("reserve", 5), ("wait", 3), ("ship", 4), ("ask_return", 0))
    for name in ("exchange", "end_exchange"):
        history.step(name, 1)
        journal.look(history.facts, history.now)
    assert [reversal for kind, reversal in journal.kinds() if kind == "delayed"] == [False]


def test_the_promise_of_an_exchange_is_no_promise_of_the_order():
    history, _journal = delivered_in_time_and_exchanged()
    exchange = history.open_transfer("exchange")
    shipped = next(item for item in history.facts.transfers if item.role == "out")
    history.put("transfers", replace(shipped, promised_at=history.now))
    history.put("transfers", replace(exchange, promised_at=history.now - timedelta(days=3)))
    history.set(promised_at=None)
    assert history.facts.due_at > history.now


def test_an_order_on_hold_holds_its_exchange():
    history, journal = delivered_in_time_and_exchanged()
    history.step("hold", 0)
    journal.look(history.facts, history.now)
    assert hold_of(history.facts, journal.entries)


def test_a_rest_that_is_cancelled_while_others_are_replaced_is_partly_cancelled():
    """Three of five left and two of them were replaced: the rest of two counted as shipped."""
    history, journal = played(("confirm", 0), ("reserve", 5), ("ship", 2), ("ask_return", 0), ("end_return", 1))
    for name, number in (("exchange", 0), ("end_exchange", 1), ("exchange", 0), ("end_exchange", 1)):
        history.step(name, number)
        journal.look(history.facts, history.now)
    assert (history.line.shipped, history.line.open) == (5, 2)
    assert not history.facts.shipped_all
    history.step("drop_rest", 0)
    journal.look(history.facts, history.now)
    cut = next(e for e in journal.entries if e.kind == "partly_cancelled")
    assert cut.quantities == {LINE: (Decimal(2), Decimal(5))}


def test_an_exchange_that_is_cancelled_cuts_nothing():
    history, journal = delivered_in_time_and_exchanged()
    history.step("end_exchange", 0)
    journal.look(history.facts, history.now)
    assert "partly_cancelled" not in {kind for kind, _reversal in journal.kinds()}
    assert stage_of(history.facts, journal.entries) == "delivered"

"""Credit notes are shared out among returns: nothing is counted twice, and the earliest return is paid for first."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.returns import RETURN_STATES
from retail_sync.domain.commerce.facts import InvoiceFacts, OrderFacts, TransactionFacts, TransferFacts
from retail_sync.domain.commerce.refunds import notes_by_return, notes_of_returns, refund_state

D = Decimal
quantities = st.dictionaries(st.integers(1, 3), st.integers(1, 5).map(Decimal), max_size=3)


def numbered(lists):
    return list(enumerate(lists, 1))


@given(st.lists(quantities, max_size=4), st.lists(quantities, max_size=4))
def test_a_note_belongs_to_returns_of_its_lines_alone(returns, notes):
    found = notes_of_returns(numbered(returns), numbered(notes))
    assert set(found) == set(range(1, len(returns) + 1))
    for return_id, note_ids in found.items():
        assert len(set(note_ids)) == len(note_ids)
        for note_id in note_ids:
            assert returns[return_id - 1].keys() & notes[note_id - 1].keys()


@given(st.lists(quantities, min_size=1, max_size=4))
def test_notes_that_credit_each_return_belong_to_it_one_by_one(returns):
    wanted = {number: [number] if of_return else [] for number, of_return in numbered(returns)}
    assert notes_of_returns(numbered(returns), numbered(returns)) == wanted


@given(st.lists(quantities, max_size=4), st.lists(quantities, max_size=4))
def test_a_later_note_changes_nothing_about_earlier_ones(returns, notes):
    before = notes_of_returns(numbered(returns), numbered(notes))
    after = notes_of_returns(numbered(returns), numbered([*notes, {1: D(9)}]))
    last = len(notes) + 1
    assert {key: [note for note in found if note != last] for key, found in after.items()} == before


def test_the_earliest_return_is_paid_for_first_and_the_rest_of_a_note_by_the_next():
    returns = [(1, {7: D(1)}), (2, {7: D(2)})]
    assert notes_of_returns(returns, [(10, {7: D(1)})]) == {1: [10], 2: []}
    assert notes_of_returns(returns, [(10, {7: D(2)})]) == {1: [10], 2: [10]}
    assert notes_of_returns(returns, [(10, {7: D(1)}), (11, {7: D(2)})]) == {1: [10], 2: [11]}
    assert notes_of_returns(returns, [(10, {8: D(1)})]) == {1: [], 2: []}


BACK = TransferFacts(5, role="return", state="assigned", demand={7: D(1)})
DONE = replace(BACK, state="done", quantities={7: D(1)}, done_at=datetime(2026, 1, 1))
NOTE = InvoiceFacts(9, kind="out_refund", state="posted", total=D(20), residual=D(20), quantities={7: D(1)})
FAILED = TransactionFacts(3, state="error", refund=True)
CHECKED = TransferFacts(6, role="inspection", state="done", return_of=(5,))


@pytest.mark.parametrize(
    ("transfer", "notes", "others", "transactions", "state"),
    [
        (BACK, (), (), (), "requested"),
        (replace(BACK, state="cancel"), (), (), (), "cancelled"),
        (DONE, (), (), (), "received"),
        (DONE, (), (CHECKED,), (), "inspected"),
        (DONE, (NOTE,), (CHECKED,), (), "refund_approved"),
        (DONE, (NOTE,), (), (FAILED,), "refund_failed"),
        (DONE, (replace(NOTE, residual=D(0)),), (), (FAILED,), "refunded"),
        (DONE, (replace(NOTE, state="draft"),), (), (), "received"),
    ],
)
def test_where_a_return_stands(transfer, notes, others, transactions, state):
    facts = OrderFacts(1, transfers=(transfer, *others), invoices=notes, transactions=transactions)
    found = notes_by_return(facts).get(transfer.id, [])
    assert refund_state(facts, transfer, found) == state
    assert state in RETURN_STATES

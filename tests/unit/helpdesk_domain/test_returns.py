"""Where a return stands, and which goods of which delivery it takes back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.returns.share_out import Delivered, Taken, complete_sets, paid_parts, share_out
from retail_sync_helpdesk.domain.returns.state import OPEN, STATES, Part, Stage, stage_of, state_of
from retail_sync_helpdesk.domain.service.exchanging import exchange_of

D = Decimal
UNPLANNED, EXPECTED = Part(Stage.unplanned, False), Part(Stage.expected, False)
BACK, PAID, GONE = Part(Stage.received, True), Part(Stage.finished, True), Part(Stage.cancelled, False)


@pytest.mark.parametrize(
    ("parts", "to_inspect", "state"),
    [
        ([], 0, "cancelled"),
        ([GONE], 0, "cancelled"),
        ([UNPLANNED], 0, "announced"),
        ([UNPLANNED, EXPECTED], 0, "expected"),
        ([EXPECTED], 0, "expected"),
        ([BACK, EXPECTED], 1, "partly_received"),
        ([BACK, UNPLANNED], 0, "partly_received"),
        ([BACK, GONE], 1, "received"),
        ([PAID], 1, "received"),
        ([BACK, PAID], 0, "inspected"),
        ([PAID, GONE], 0, "closed"),
    ],
)
def test_the_parts_decide_where_a_return_stands(parts, to_inspect, state):
    assert state_of(parts, D(to_inspect)) == state


def test_money_that_went_back_first_makes_no_goods_arrive():
    assert state_of([Part(Stage.finished, False)], D(0)) == "expected"


@given(st.lists(st.builds(Part, st.sampled_from(Stage), st.booleans())), st.integers(0, 3))
def test_every_return_has_a_state_and_ends_only_with_all_of_its_parts(parts, to_inspect):
    found = state_of(parts, D(to_inspect))
    assert found in STATES
    if found == "closed":
        assert to_inspect == 0
        assert {part.stage for part in parts} <= {Stage.finished, Stage.cancelled}
    if any(part.stage is Stage.expected for part in parts):
        assert found in OPEN


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("draft", Stage.unplanned),
        ("confirmed", Stage.expected),
        ("received", Stage.received),
        ("locked", Stage.received),
        ("refunded", Stage.finished),
        ("cancelled", Stage.cancelled),
    ],
)
def test_states_of_rma(state, stage):
    assert stage_of(state) is stage


def test_the_oldest_delivery_is_taken_first():
    deliveries = [Delivered(1, 7, D(2)), Delivered(2, 8, D(9)), Delivered(3, 7, D(4))]
    assert share_out({7: D(3)}, deliveries) == (Taken(1, 7, D(2)), Taken(3, 7, D(1)))
    assert share_out({7: D(7)}, deliveries) is None


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 9)), max_size=6),
    st.dictionaries(st.integers(1, 2), st.integers(1, 12)),
)
def test_what_is_taken_is_what_is_wanted_and_never_more_than_is_left(rows, wanted):
    deliveries = [Delivered(number, product, D(left)) for number, (product, left) in enumerate(rows)]
    found = share_out({product: D(quantity) for product, quantity in wanted.items()}, deliveries)
    left = {product: sum(d.left for d in deliveries if d.product_id == product) for product in wanted}
    if found is None:
        assert any(left[product] < quantity for product, quantity in wanted.items())
        return
    for product, quantity in wanted.items():
        assert sum(taken.quantity for taken in found if taken.product_id == product) == quantity
    by_id = {delivered.move_id: delivered.left for delivered in deliveries}
    assert all(0 < taken.quantity <= by_id[taken.move_id] for taken in found)


def test_a_kit_is_there_with_all_of_its_components():
    planned = {1: D(8), 2: D(2)}
    assert complete_sets(planned, {1: D(5), 2: D(2)}, D(2)) == 1
    assert complete_sets(planned, {1: D(8)}, D(2)) == 0
    assert complete_sets(planned, {1: D(8), 2: D(2)}, D(2)) == 2
    assert complete_sets({1: D(24)}, {1: D(6)}, D(2)) == D("0.5")


def test_credit_notes_pay_for_what_came_first():
    parts = [(1, D(2), True), (2, D(1), False), (3, D(2), False)]
    assert paid_parts(D(2), parts) == []
    assert paid_parts(D(3), parts) == [2]
    assert paid_parts(D(4), parts) == [2]
    assert paid_parts(D(5), parts) == [2, 3]


@pytest.mark.parametrize(
    ("wanted", "back", "charge", "left", "advanced"), [(35, 20, 15, 0, 20), (12, 20, 0, 8, 12), (20, 20, 0, 0, 20)]
)
def test_an_exchange_charges_what_is_more_and_keeps_what_is_less(wanted, back, charge, left, advanced):
    found = exchange_of(D(wanted), D(back))
    assert (found.charge, found.left, found.advanced) == (charge, left, advanced)


def test_goods_worth_nothing_take_nothing_off():
    assert exchange_of(D(35), D(-3)).charge == 35

"""The lines of credit notes follow from the parts of an offer, and add up to it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.currency import ZERO, Currency
from retail_sync_helpdesk.domain.service.claims import Part
from retail_sync_helpdesk.domain.service.note_plan import LineKind, PlannedLine, correction, plan_notes

D = Decimal
EUR = Currency("EUR")


def test_a_quantity_keeps_its_price_and_the_fee_is_a_line_of_its_own():
    [plan] = plan_notes([Part(7, "line", D("85"), 1, 11, D(2), kept=D("15"))])
    assert plan.lines == (
        PlannedLine(LineKind.quantity, D(100), 1, D(2), D(15)),
        PlannedLine(LineKind.kept, D(-15), 1),
    )
    assert plan.total == 85


def test_two_claims_of_one_billed_line_are_one_line_by_quantity():
    [plan] = plan_notes([Part(7, "line", D(10), 1, 11, D(1)), Part(7, "line", D(20), 1, 11, D(2))])
    assert plan.lines == (PlannedLine(LineKind.quantity, D(30), 1, D(3)),)


def test_prices_shipping_goodwill_and_rounding_are_lines_of_their_own():
    [plan] = plan_notes(
        [
            Part(7, "line", D(3), 1, 11),
            Part(7, "shipping", D(4), 2, 12),
            Part(7, "goodwill", D(5)),
            Part(7, "rounding", D("0.01")),
        ]
    )
    assert [line.kind for line in plan.lines] == [LineKind.price, LineKind.shipping, LineKind.goodwill]
    assert (plan.rounding, plan.total) == (D("0.01"), D("12.01"))


def test_each_invoice_has_a_note_of_its_own():
    plans = plan_notes([Part(9, "goodwill", D(1)), Part(7, "goodwill", D(2)), Part(9, "goodwill", D(3))])
    assert [(plan.invoice_id, plan.total) for plan in plans] == [(7, 2), (9, 4)]


def test_cents_are_rounding_and_more_is_a_lower_price():
    planned = PlannedLine(LineKind.quantity, D("10.00"), 1, D(1))
    assert correction(planned, D("10.02"), EUR) == 0
    assert correction(planned, D("9.98"), EUR) == 0
    assert correction(planned, D("10.03"), EUR) == D("-0.03")
    assert correction(planned, D("12.00"), EUR) == D(-2)


parts = st.builds(
    Part,
    st.integers(1, 3),
    st.sampled_from(["line", "shipping", "goodwill", "rounding"]),
    st.integers(-500, 5000).filter(bool).map(lambda cents: D(cents) / 100),
    st.integers(1, 4),
    st.just(1),
    st.integers(0, 3).map(D),
    st.just(ZERO),
    st.integers(0, 300).map(lambda cents: D(cents) / 100),
)


@given(st.lists(parts, min_size=1, max_size=8))
def test_the_lines_add_up_to_the_offer(found):
    found = [
        part if part.kind == "line" else Part(part.invoice_id, part.kind, part.total, part.billed_id) for part in found
    ]
    found = [part if part.quantity else Part(part.invoice_id, part.kind, part.total, part.billed_id) for part in found]
    for plan in plan_notes(found):
        of_invoice = [part for part in found if part.invoice_id == plan.invoice_id]
        assert plan.total == sum(part.total for part in of_invoice)
        assert sum(line.total for line in plan.lines) + plan.rounding == plan.total
        assert sum(line.kept for line in plan.lines) == sum(part.kept for part in of_invoice)

"""Money goes back by the payments that brought it; what none of them can give is for a person."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.service.refund_sources import Share, Source, share_out

D = Decimal


def source(number, amount, left=None, refunds="partial"):
    return Source(number, D(amount), D(amount if left is None else left), refunds)


@pytest.mark.parametrize(
    ("amount", "sources", "shares"),
    [
        ("60", [source(2, 40), source(1, 100)], [("60", 1, "")]),
        ("60", [source(2, 100), source(1, 100)], [("60", 2, "")]),
        ("120", [source(2, 40), source(1, 100)], [("40", 2, ""), ("80", 1, "")]),
        ("60", [source(2, 100, 50), source(1, 20)], [("50", 2, ""), ("10", 1, "")]),
        ("60", [], [("60", 0, "no_transaction")]),
        ("60", [source(1, 40)], [("40", 1, ""), ("20", 0, "no_transaction")]),
        ("60", [source(1, 100, refunds="none")], [("60", 1, "provider_cannot")]),
        ("60", [source(1, 100, refunds="full")], [("60", 1, "partial_not_possible")]),
        ("100", [source(1, 100, refunds="full")], [("100", 1, "")]),
        # All of the second payment, and a part of the first.
        ("130", [source(2, 100, refunds="full"), source(1, 80)], [("100", 2, ""), ("30", 1, "")]),
        # Of a payment that is refunded only as a whole, nothing goes back once a part did.
        ("60", [source(1, 100, 60, "full")], [("60", 1, "partial_not_possible")]),
        ("70", [source(2, 30, 0), source(1, 100, refunds="none")], [("70", 1, "provider_cannot")]),
    ],
)
def test_shares(amount, sources, shares):
    assert share_out(D(amount), sources) == [Share(D(part), number, cause) for part, number, cause in shares]


amounts = st.integers(0, 20000).map(lambda cents: D(cents) / 100)
sources_of_orders = st.lists(
    st.builds(
        lambda amount, share, refunds: (amount, share, refunds),
        amounts,
        amounts,
        st.sampled_from(["none", "full", "partial"]),
    ),
    max_size=5,
).map(
    lambda rows: [
        Source(number, amount, min(amount, left), refunds) for number, (amount, left, refunds) in enumerate(rows, 1)
    ]
)


@given(amounts.filter(bool), sources_of_orders)
def test_every_cent_has_one_way_and_no_payment_gives_more_than_it_has(amount, sources):
    shares = share_out(amount, sources)
    assert sum(share.amount for share in shares) == amount
    assert all(share.amount > 0 for share in shares)
    by_id = {found.id: found for found in sources}
    used = [share.source_id for share in shares if share.source_id]
    assert len(used) == len(set(used))
    for share in shares:
        if share.source_id:
            assert share.amount <= by_id[share.source_id].left
            assert bool(share.cause) != by_id[share.source_id].can_give(share.amount)

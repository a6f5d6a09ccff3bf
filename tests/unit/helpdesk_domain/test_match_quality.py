"""Which customer a look-up means, by the engine's own normal forms, and how sure that is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.identity.normalise.contacts import PERSONAL, read_email, read_phone
from retail_sync_helpdesk.domain.tickets.match_quality import Customer, Lookup, Quality, match


class EngineForms:
    """The normal forms that identity decisions compare."""

    def email(self, text):
        found = read_email(text)
        return (found.address, found.kind == PERSONAL) if found else None

    def phone(self, text, country):
        found = read_phone(text, country)
        return found.number if found else None


ANNA = Customer(7, ("anna.berg@mail.test.de",), ("030 901820",), ("S00042",), ("0011A",), "DE")
IDA = Customer(8, ("ida.holm@mail.test.de",), ("030 901821",), ("S00043",), ("0011B",), "DE")


def found(lookup, *customers):
    return match(lookup, customers or (ANNA, IDA), EngineForms())


def quality(lookup, *customers):
    chosen = found(lookup, *customers).chosen
    return chosen and (chosen.customer_id, chosen.quality.value)


@pytest.mark.parametrize(
    ("lookup", "expected"),
    [
        (Lookup(external_id="0011A"), (7, "certain")),
        (Lookup(email=" Anna.Berg@MAIL.test.de "), (7, "strong")),
        (Lookup(phone="+49 30 901820"), (7, "strong")),
        (Lookup(phone="030/901820", country="DE"), (7, "strong")),
        (Lookup(order_number="#s00042"), (7, "strong")),
        (Lookup(email="anna.berg@mail.test.de", order_number="S00042"), (7, "certain")),
        (Lookup(email="anna.berg@mail.test.de", phone="+4930555555"), None),
        (Lookup(external_id="0011A", email="ida.holm@mail.test.de"), (7, "certain")),
        (Lookup(email="unknown@mail.test.de"), None),
        (Lookup(), None),
        (Lookup(email="no address", phone="?"), None),
    ],
)
def test_how_sure_a_look_up_is(lookup, expected):
    assert quality(lookup) == expected


def test_an_address_that_a_function_reads_identifies_no_person():
    office = Customer(9, ("info@berg.test.de",))
    result = found(Lookup(email="info@berg.test.de"), office)
    assert (result.chosen, result.matches[0].quality, result.matches[0].shared) == (None, Quality.weak, ("email",))


def test_a_value_that_two_customers_share_chooses_none_of_them():
    partner = replace(IDA, phones=ANNA.phones)
    result = found(Lookup(phone="+4930901820"), ANNA, partner)
    assert result.chosen is None
    assert [entry.customer_id for entry in result.matches] == [7, 8]
    assert quality(Lookup(phone="+4930901820", order_number="S00043"), ANNA, partner) == (8, "strong")


def test_values_that_point_to_two_customers_choose_none():
    result = found(Lookup(email="anna.berg@mail.test.de", order_number="S00043"))
    assert result.chosen is None
    assert [(entry.customer_id, entry.differs) for entry in result.matches] == [(7, ("order_number",)), (8, ("email",))]


def test_what_agrees_and_what_does_not_is_named():
    (entry,) = found(Lookup("anna.berg@mail.test.de", "+49301111119", "S00042"), ANNA).matches
    assert (entry.quality, entry.agrees, entry.differs) == (Quality.strong, ("order_number", "email"), ("phone",))


lookups = st.builds(
    Lookup,
    st.sampled_from(["", "anna.berg@mail.test.de", "ida.holm@mail.test.de", "info@berg.test.de", "x"]),
    st.sampled_from(["", "+4930901820", "+4930901821", "12"]),
    st.sampled_from(["", "S00042", "S00043"]),
    st.sampled_from(["", "0011A", "0011C"]),
)
customers = st.lists(
    st.builds(
        Customer,
        st.integers(1, 5),
        st.lists(st.sampled_from(["anna.berg@mail.test.de", "info@berg.test.de"]), max_size=2).map(tuple),
        st.lists(st.sampled_from(["+4930901820", "+4930901821"]), max_size=2).map(tuple),
        st.lists(st.sampled_from(["S00042", "S00043"]), max_size=2).map(tuple),
        st.lists(st.sampled_from(["0011A", "0011B"]), max_size=1).map(tuple),
    ),
    max_size=4,
    unique_by=lambda customer: customer.id,
)


@given(lookups, customers, st.randoms())
def test_at_most_one_customer_is_chosen_whatever_the_order(lookup, among, random):
    result = match(lookup, among, EngineForms())
    shuffled = list(among)
    random.shuffle(shuffled)
    assert match(lookup, shuffled, EngineForms()) == result
    if result.chosen:
        assert result.chosen.quality in (Quality.certain, Quality.strong)
        assert set(result.chosen.agrees) - set(result.chosen.shared)
    for entry in result.matches:
        assert entry.agrees and not set(entry.agrees) & set(entry.differs)


@given(lookups, customers)
def test_another_customer_with_the_same_values_makes_it_no_surer(lookup, among):
    order = [Quality.certain, Quality.strong, Quality.weak]
    for customer in among:
        copy = replace(customer, id=99)
        before = {entry.customer_id: entry.quality for entry in match(lookup, among, EngineForms()).matches}
        after = match(lookup, [*among, copy], EngineForms())
        for entry in after.matches:
            if entry.customer_id in before:
                assert order.index(entry.quality) >= order.index(before[entry.customer_id])
        assert after.chosen is None or after.chosen.customer_id not in (customer.id, 99)

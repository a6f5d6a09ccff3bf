"""Which documents a ticket is linked to, which are suggested, and why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.tickets.mentions import NumberForm, find_mentions
from retail_sync_helpdesk.domain.tickets.quoted_text import split_message
from retail_sync_helpdesk.domain.tickets.ticket_links import LINK_FROM, SUGGEST_FROM, Document, Requester, link

FORMS = (NumberForm("order", "S", 5), NumberForm("invoice", "INV/", 5))
HERS = Document("order", 42, "S00042", frozenset({7}), frozenset({"PO-9/2026"}), frozenset({"anna@example.com"}))
OTHER = Document("order", 43, "S00043", frozenset({8}), emails=frozenset({"ida@example.com"}))
BILL = Document("invoice", 5, "INV/2026/00005", frozenset({7}))
PARCEL = Document("shipment", 6, "WH/OUT/00006", frozenset({7}), frozenset({"1Z999AA10123456784"}))
ANNA = Requester(frozenset({7}), "anna@example.com")
NOBODY_KNOWN = Requester(email="new@example.com")


def mentions(subject="", body="", quoted=""):
    return find_mentions([("subject", subject), ("body", body), ("quoted", quoted)], FORMS)


def values(**texts):
    return [(found.kind, found.value, found.place, found.sure) for found in mentions(**texts)]


def names(candidates):
    return [candidate.document.name for candidate in candidates]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is S00042?", [("order", "S00042", "body", True)]),
        ("(s00042), please", [("order", "S00042", "body", True)]),
        ("see INV/2026/00005.", [("invoice", "INV/2026/00005", "body", True)]),
        ("parcel 1Z999AA10123456784", [("tracking", "1Z999AA10123456784", "body", False)]),
        ("parcel 0034 0434 1612 3456 7890", [("tracking", "00340434161234567890", "body", False)]),
        ("Order #42", [("order", "42", "body", False)]),
        ("Bestellung Nr. 42 kam nicht", [("order", "42", "body", False)]),
        ("commande n° 42", [("order", "42", "body", False)]),
        ("write to Anna.B@Example.com now", [("email", "anna.b@example.com", "body", True)]),
        ("S0042 S00042x SOS 42 2026-11-30", []),
        ("s00042@example.com", [("email", "s00042@example.com", "body", True)]),
    ],
)
def test_what_a_text_names(text, found):
    assert values(body=text) == found


def test_a_value_is_named_once_where_it_says_most():
    assert values(subject="S00042", body="S00042 and S00043", quoted="S00043") == [
        ("order", "S00042", "subject", True),
        ("order", "S00043", "body", True),
    ]


@pytest.mark.parametrize(
    ("texts", "linked", "suggested"),
    [
        ({"subject": "S00042"}, ["S00042"], []),
        ({"body": "S00042"}, ["S00042"], []),
        ({"subject": "order 42"}, ["S00042"], []),
        ({"body": "order 42"}, [], ["S00042"]),
        ({"quoted": "S00042"}, [], ["S00042"]),
        ({"body": "PO-9/2026"}, [], []),
        ({"body": "S00042, INV/2026/00005 and 1Z999AA10123456784"}, ["INV/2026/00005", "S00042", "WH/OUT/00006"], []),
        ({"body": "nothing"}, [], []),
    ],
)
def test_a_document_of_the_requester_is_linked_where_it_is_named_plainly(texts, linked, suggested):
    found = link(mentions(**texts), [HERS, BILL, PARCEL], ANNA)
    assert (names(found.linked), names(found.suggested)) == (linked, suggested)


def test_the_number_that_a_customer_gave_to_the_order_is_known_from_their_orders():
    texts = [("body", "our PO-9/2026 is late, 12 pieces")]
    found = link(find_mentions(texts, FORMS, HERS.numbers), [HERS], ANNA)
    assert names(found.linked) == ["S00042"]
    short = replace(HERS, numbers=frozenset({"12"}))
    assert link(find_mentions(texts, FORMS, short.numbers), [short], ANNA).linked == ()


def test_a_document_of_another_customer_is_suggested_and_never_linked():
    found = link(mentions(subject="S00043", body="S00043"), [HERS, OTHER], ANNA)
    assert names(found.linked) == [] and names(found.suggested) == ["S00043"]
    assert "of_another_customer" in found.suggested[0].reasons
    assert found.suggested[0].confidence == 45, "however plainly it is named"


def test_a_sender_who_is_not_known_gets_suggestions_only():
    known_address = link(mentions(subject="S00042", body="I am anna@example.com"), [HERS], NOBODY_KNOWN)
    unknown = link(mentions(subject="S00042"), [HERS], NOBODY_KNOWN)
    assert names(known_address.linked) == names(unknown.linked) == []
    assert LINK_FROM > known_address.suggested[0].confidence > unknown.suggested[0].confidence >= SUGGEST_FROM


def test_the_address_of_the_sender_makes_a_document_theirs():
    assert names(link(mentions(body="S00042"), [HERS], Requester(email="anna@example.com")).linked) == ["S00042"]


def test_two_orders_with_the_same_number_are_for_a_person_to_tell():
    twice = replace(HERS, id=50, name="S00050", numbers=frozenset({"S00042"}))
    found = link(mentions(subject="S00042"), [HERS, twice], ANNA)
    assert names(found.linked) == [] and names(found.suggested) == ["S00042", "S00050"]


def test_the_only_open_order_of_the_requester_is_suggested():
    found = link(mentions(body="where is it?"), [replace(HERS, open=True), replace(OTHER, open=True)], ANNA)
    assert [(entry.document.name, entry.reasons) for entry in found.suggested] == [("S00042", ("only_open_order",))]
    several = [replace(HERS, open=True), replace(HERS, id=44, name="S00044", open=True)]
    assert link(mentions(body="where is it?"), several, ANNA) == link((), (), ANNA)


def test_the_reasons_are_named_the_weightiest_first():
    (found,) = link(mentions(subject="order 42", body="PO S00042"), [HERS], ANNA).linked
    assert found.reasons == ("order_in_subject", "of_requester", "number_without_prefix", "named_twice")


def test_the_answer_to_our_own_mail_names_the_order_of_the_quote_no_more_than_that():
    body = "It is about S00043.\n\nOn Monday, Ada wrote:\n> your order S00042 was shipped"
    message = split_message(body)
    hers_too = replace(OTHER, customers=frozenset({7}))
    found = link(mentions(body=message.written, quoted=message.quoted), [HERS, hers_too], ANNA)
    assert (names(found.linked), names(found.suggested)) == (["S00043"], ["S00042"])


NAMED = ["S00042", "S00043", "order 42", "INV/2026/00005", "1Z999AA10123456784", "late", "ida@example.com"]
texts = st.lists(st.sampled_from(NAMED), max_size=3).map(" and ".join)
requesters = st.sampled_from([ANNA, NOBODY_KNOWN, Requester(), Requester(frozenset({8}))])
KNOWN = [HERS, OTHER, BILL, PARCEL, replace(HERS, id=44, name="S00044", open=True)]
documents = st.lists(st.sampled_from(KNOWN), max_size=5)


@given(texts, texts, texts, documents, requesters, st.randoms())
def test_only_documents_of_the_requester_are_linked_whatever_is_named(subject, body, quoted, found, requester, random):
    named = mentions(subject, body, quoted)
    links = link(named, found, requester)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert link(named, shuffled, requester) == links
    for candidate in links.linked:
        is_of_requester = (
            candidate.document.customers & requester.customers or requester.email in candidate.document.emails
        )
        assert is_of_requester and candidate.confidence >= LINK_FROM
    both = [*links.linked, *links.suggested]
    assert len({(entry.document.kind, entry.document.id) for entry in both}) == len(both)
    assert all(SUGGEST_FROM <= entry.confidence <= 100 and entry.reasons for entry in both)


@given(texts, documents, requesters)
def test_what_is_quoted_alone_is_never_linked(quoted, found, requester):
    assert link(mentions(quoted=quoted), found, requester).linked == ()


@given(st.text(alphabet="S0123456789/-_@.# \n", max_size=60))
def test_no_text_breaks_it(text):
    assert len(mentions(text, text, text)) <= 50


@given(st.integers(0, 99999), st.text(alphabet=" ,.;:()!?\n", max_size=3), st.text(alphabet=" ,.;:()!?\n", max_size=3))
def test_a_number_is_found_whatever_marks_stand_around_it(number, before, after):
    name = f"S{number:05d}"
    assert ("order", name, "body", True) in values(body=f"about{before or ' '}{name}{after}")

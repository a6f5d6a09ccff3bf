"""Remote fields that several mapping rows feed."""

import pytest

from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.encoding import compile_encoder


def row(field, path, transform="", **more):
    return MapRow(field, path, transform, **{"direction": "both", **more})


def encode(rows, main, changed=None):
    return compile_encoder(rows, "customer").encode({"main": main}, None if changed is None else {"main": changed})


STREET = [row("street", "S", "street_line1", sequence=20), row("street2", "S", "street_rest", sequence=10)]


@pytest.mark.parametrize(
    ("street", "street2", "sent"),
    [("a", "b", "a\nb"), ("a", None, "a"), (None, "b", "b"), (None, None, None), ("a\nx", "b", "a x\nb")],
)
def test_the_lines_of_a_street_in_their_order(street, street2, sent):
    main = {"street": street, "street2": street2}
    for changed in (None, {"street"}, {"street2"}, {"street", "street2"}):
        assert encode(STREET, main, changed).fields == {"S": sent}


def test_a_street_of_which_only_a_part_is_known_overwrites_nothing():
    encoded = encode(STREET, {"street": "a"}, {"street"})
    assert encoded.fields == {}
    assert encoded.warnings == ["Street: only a part of S is known; it was not sent."]
    assert encode(STREET, {"street": "a"}).fields == {"S": "a"}


def test_a_failed_part_keeps_the_whole_back():
    rows = [row("street", "S", "street_line1"), row("street2", "S", "value_map", options={"join": " / "})]
    for changed in (None, {"street"}, {"street2"}):
        encoded = encode(rows, {"street": "a", "street2": "b"}, changed)
        assert encoded.fields == {} and [error.field for error in encoded.errors] == ["street2"]
        assert encoded.warnings == []


def test_rows_may_ask_to_be_joined():
    rows = [row("city", "C", "line", options={"join": ", "}), row("zip", "C", "line", options={"join": ", "})]
    assert encode(rows, {"city": "Milano", "zip": "20121"}, {"zip"}).fields == {"C": "Milano, 20121"}


def test_of_rows_that_disagree_about_a_field_the_one_that_changed_is_sent():
    rows = [row("email", "E", "email", sequence=1), row("owner", "E", "email", sequence=2)]
    main = {"email": "a@example.org", "owner": "b@example.org"}
    assert encode(rows, main, {"email"}).fields == {"E": "a@example.org"}
    assert encode(rows, main, {"owner"}).fields == {"E": "b@example.org"}
    assert encode(rows, {**main, "email": None}, {"email"}).fields == {"E": None}
    both = encode(rows, main)
    assert both.fields == {"E": "b@example.org"}
    assert both.warnings == ["Salesperson: several rows write E, and their values differ; the last one was sent."]
    assert encode(rows, {**main, "owner": None}).fields == {"E": "a@example.org"}
    agreed = encode(rows, dict.fromkeys(main, "a@example.org"))
    assert agreed.fields == {"E": "a@example.org"} and agreed.warnings == []


def test_a_change_without_a_value_does_not_send_another_row_s_value():
    rows = [row("parent", "P", "ref", options={"object": "A"}), row("owner", "P")]
    encoded = encode(rows, {"parent": "odoo/1", "owner": "x"}, {"parent"})
    assert encoded.fields == {}
    assert encoded.warnings == [
        "Parent: The record it refers to is not on the other side yet; the reference was not sent."
    ]


def test_one_field_may_feed_several_remote_fields():
    rows = [row("customer_number", "A", "line"), row("customer_number", "B", "line")]
    assert encode(rows, {"customer_number": "7"}, {"customer_number"}).fields == {"A": "7", "B": "7"}

"""Tickets of a Freshdesk account: their form, look-ups, creation and changes."""

import time

import pytest

from retail_sync_helpdesk.client import errors, times
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.freshdesk import tickets
from retail_sync_helpdesk.client.freshdesk.account import FreshdeskDesk
from retail_sync_helpdesk.client.freshdesk.session import KeyFields
from retail_sync_helpdesk.client.freshdesk.ticket_form import change_body, ticket_of
from retail_sync_helpdesk.client.records import NewComment, Priority, Status, TicketChange

from .fakes import STAMP, Answer
from .freshdesk_fakes import FIELDS, NO_ROWS, NOTHING_FOUND, freshdesk, ticket_row, validation

KEY = "odoo:helpdesk:4014"


def new(**values):
    comment = NewComment("a < b\nand more", public=True)
    return TicketChange({"external_key": KEY, "subject": "Late parcel", **values}, comment=comment)


def test_a_ticket_is_read_in_the_words_of_all_desks():
    ticket = ticket_of(ticket_row(status=4, priority=4, responder_id=62), FIELDS)
    assert (ticket.key, ticket.external_key, ticket.status, ticket.priority) == (
        "4014",
        KEY,
        Status.solved,
        Priority.urgent,
    )
    assert (ticket.requester, ticket.organization, ticket.assignee, ticket.group, ticket.brand) == (
        "61",
        "63",
        "62",
        "",
        "65",
    )
    assert (ticket.custom, ticket.tags, ticket.channel, ticket.version) == (
        {"cf_order": "S00042"},
        ("vip",),
        "portal",
        STAMP,
    )


@pytest.mark.parametrize("status", [6, None, "open", True])
def test_a_status_that_is_not_known_is_none(status):
    assert ticket_of(ticket_row(status=status), FIELDS).status is None


def test_without_a_field_for_keys_no_field_is_taken_for_it():
    ticket = ticket_of(ticket_row(), KeyFields())
    assert (ticket.external_key, ticket.custom["cf_odoo_key"]) == ("", KEY)


def test_a_change_is_written_in_the_services_numbers_and_names():
    change = TicketChange(
        {
            "status": Status.closed,
            "priority": "high",
            "external_key": "k",
            "assignee": "62",
            "group": None,
            "type": "x",
        },
        {"cf_order": None},
        remove_tags=("late",),
    )
    assert change_body(change, FIELDS, ("vip", "late")) == {
        "status": 5,
        "priority": 3,
        "responder_id": 62,
        "group_id": None,
        "type": "x",
        "custom_fields": {"cf_order": None, "cf_odoo_key": "k"},
        "tags": ["vip"],
    }


def test_the_number_of_an_accounts_own_status_is_written_as_it_is():
    assert change_body(TicketChange({"status": "7"}), FIELDS) == {"status": 7}


@pytest.mark.parametrize("values", [{"status": "hold"}, {"status": Status.new}, {"priority": "²"}])
def test_a_word_that_the_service_does_not_have_is_refused_before_the_call(values):
    with pytest.raises(ClientError) as error:
        change_body(TicketChange(values), FIELDS)
    assert (error.value.kind, error.value.fields) == (errors.BUSINESS, tuple(values))


def test_a_ticket_in_the_trash_is_gone():
    session, _calls = freshdesk(Answer(ticket_row(deleted=True)))
    with pytest.raises(ClientError) as error:
        tickets.get(session, "4014")
    assert error.value.kind == errors.GONE


def test_an_id_that_is_none_never_stands_in_a_path():
    session, calls = freshdesk()
    with pytest.raises(ValueError):
        tickets.get(session, "5/../6")
    assert calls.requests == []


def test_many_tickets_are_asked_for_one_by_one_and_other_faults_pass_through():
    session, calls = freshdesk(Answer(ticket_row(1)), Answer(None, 404), Answer(None, 503))
    assert tickets.get_many(session, ["1", "2", "1"]).keys() == {"1"}
    with pytest.raises(ClientError):
        tickets.get_many(session, ["3"])


def test_a_key_is_searched_for_and_the_newest_tickets_are_looked_through():
    now = time.time()
    rows = [
        ticket_row(9, custom_fields={"cf_odoo_key": KEY}, created_at=times.iso(now - 30)),
        ticket_row(8, created_at=times.iso(now - 60)),
        ticket_row(7, custom_fields={"cf_odoo_key": KEY}, created_at=times.iso(now - 3600)),
    ]
    session, calls = freshdesk(Answer({"results": [ticket_row(4014), ticket_row(5)], "total": 2}), Answer(rows))
    assert [ticket.key for ticket in tickets.find(session, KEY)] == ["9", "4014"]
    assert calls.calls() == ["GET /search/tickets", "GET /tickets"]
    assert calls.query(0) == {"query": f"\"cf_odoo_key:'{KEY}'\""}


@pytest.mark.parametrize("key", ["", "a'b", 'a"b', "a\\b"])
def test_a_key_that_would_end_the_search_text_is_refused(key):
    session, calls = freshdesk()
    with pytest.raises(ValueError):
        tickets.find(session, key)
    assert calls.requests == []


def test_a_ticket_is_created_only_after_it_was_looked_for():
    session, calls = freshdesk(NOTHING_FOUND, NO_ROWS, Answer(ticket_row(), 201))
    saved = tickets.create(session, new(priority="high", group=None), {"name": "Ada", "email": "ada@x", "phone": "1"})
    assert (saved.key, saved.created, saved.version) == ("4014", True, STAMP)
    assert calls.json() == {
        "subject": "Late parcel",
        "status": 2,
        "priority": 3,
        "name": "Ada",
        "email": "ada@x",
        "description": "a &lt; b<br>and more",
        "custom_fields": {"cf_odoo_key": KEY},
    }


def test_a_ticket_that_is_there_is_not_created_again():
    session, calls = freshdesk(Answer({"results": [ticket_row()], "total": 1}), NO_ROWS)
    saved = tickets.create(session, new())
    assert (saved.key, saved.created) == ("4014", False)


def test_the_outcome_of_a_lost_creation_is_not_known():
    session, _calls = freshdesk(NOTHING_FOUND, NO_ROWS, Answer(None, 502))
    with pytest.raises(ClientError) as error:
        tickets.create(session, new())
    assert (error.value.kind, error.value.remedy) == (errors.UNKNOWN, errors.Remedy.look_up)


def test_a_ticket_without_a_key_or_a_comment_is_not_created():
    session, calls = freshdesk()
    for change in (TicketChange({"external_key": KEY}), TicketChange(comment=NewComment("x", public=True))):
        with pytest.raises(ValueError):
            tickets.create(session, change)
    assert calls.requests == []


def test_a_change_without_a_version_or_tags_is_one_call():
    session, calls = freshdesk(Answer(ticket_row(updated_at="2026-05-20T10:00:00Z")))
    saved = tickets.update(session, "4014", TicketChange({"status": "pending"}))
    assert (calls.calls(), calls.json(), saved.version) == (
        ["PUT /tickets/4014"],
        {"status": 3},
        "2026-05-20T10:00:00Z",
    )


def test_a_version_is_compared_before_the_write():
    session, calls = freshdesk(Answer(ticket_row()), Answer(ticket_row()), Answer(ticket_row()))
    tickets.update(session, "4014", TicketChange({"status": "pending"}, version=STAMP))
    with pytest.raises(ClientError) as error:
        tickets.update(session, "4014", TicketChange({"status": "pending"}, version="2020-01-01T00:00:00Z"))
    assert error.value.kind == errors.CONFLICT
    assert calls.calls() == ["GET /tickets/4014", "PUT /tickets/4014", "GET /tickets/4014"]


def test_a_comment_with_a_version_is_not_written_to_a_ticket_that_changed():
    session, calls = freshdesk(Answer(ticket_row()))
    change = TicketChange(comment=NewComment("x"), version="2020-01-01T00:00:00Z")
    [result] = FreshdeskDesk(session).change("4014", [change])
    assert (result.ok, result.error.kind) == (False, errors.CONFLICT)
    assert calls.calls() == ["GET /tickets/4014"]


def test_values_and_comment_of_a_change_are_two_calls_and_a_refusal_ends_them():
    session, calls = freshdesk(
        Answer(ticket_row()), Answer({"id": 7}, 201), validation(("body", "missing_field")), Answer({"id": 8}, 201)
    )
    changes = [
        TicketChange({"priority": "low"}, comment=NewComment("one")),
        TicketChange(comment=NewComment("two", public=True)),
        TicketChange(comment=NewComment("three")),
    ]
    results = FreshdeskDesk(session).change("4014", changes)
    assert [saved.ok for saved in results] == [True, True, False]
    assert results[2].error.fields == ("body",)
    assert calls.calls() == ["PUT /tickets/4014", "POST /tickets/4014/notes", "POST /tickets/4014/reply"]


def test_a_ticket_that_is_gone_already_is_deleted():
    session, _calls = freshdesk(Answer(None, 204), Answer(None, 405), Answer(None, 503))
    tickets.delete(session, "5")
    tickets.delete(session, "5")
    with pytest.raises(ClientError):
        tickets.delete(session, "5")


def test_the_desk_promises_only_what_the_service_has():
    session, _calls = freshdesk()
    found = FreshdeskDesk(session).capabilities
    assert found.external_key
    assert not FreshdeskDesk(freshdesk(key_fields=KeyFields())[0]).capabilities.external_key
    assert not (found.idempotent_create or found.guarded_change or found.change_cursor or found.signed_webhooks)
    assert (found.bulk, found.hold, found.comments_per_change) == (0, False, 0)

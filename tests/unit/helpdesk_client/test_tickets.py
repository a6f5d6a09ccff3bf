"""Tickets: read, created once, changed under guard, in as few calls as possible."""

import json

import pytest
import requests

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError, Remedy
from retail_sync_helpdesk.client.records import NewComment, Priority, Status, TicketChange
from retail_sync_helpdesk.client.zendesk import jobs, tickets
from retail_sync_helpdesk.client.zendesk.ticket_form import change_body, ticket_of

from .fakes import STAMP, Answer, new_session, ticket_answer, ticket_row

NEW = TicketChange(
    {"external_key": "odoo:helpdesk:77", "subject": "Late parcel", "priority": Priority.high},
    comment=NewComment("Where is my parcel?", public=True, marker="evt-1"),
)
CONFLICT = Answer({"error": "UpdateConflict", "description": "Safe Update prevented the update"}, 409)


def none_found():
    return Answer({"tickets": [], "count": 0})


def queued(key="V3-a7c"):
    return Answer({"job_status": {"id": key, "status": "queued", "results": None}})


def test_a_ticket_is_read_into_the_words_of_all_desks():
    session, _ = new_session(Answer({"ticket": ticket_row(priority="HIGH", status="Pending", assignee_id=0)}))
    ticket = tickets.get(session, "4014")
    assert (ticket.key, ticket.external_key, ticket.subject) == ("4014", "odoo:helpdesk:4014", "Late parcel")
    assert (ticket.status, ticket.priority, ticket.assignee) == (Status.pending, Priority.high, "")
    assert (ticket.requester, ticket.form, ticket.brand, ticket.channel) == ("61", "66", "65", "api")
    assert (ticket.custom, ticket.tags, ticket.version) == ({"27642": "745"}, ("vip",), STAMP)


@pytest.mark.parametrize("row", [{}, {"id": None, "tags": None, "custom_fields": "x", "via": "api", "status": "odd"}])
def test_a_ticket_of_any_shape_is_read(row):
    ticket = ticket_of(row)
    assert (ticket.key, ticket.status, ticket.tags, ticket.custom) == ("", None, (), {})


def test_many_tickets_are_read_a_hundred_a_call_and_missing_ones_left_out():
    session, desk = new_session(
        Answer({"tickets": [ticket_row(key) for key in range(1, 100)]}), Answer({"tickets": [ticket_row(101)]})
    )
    found = tickets.show_many(session, [str(key) for key in range(1, 102)] + ["1"])
    assert sorted(found, key=int) == [str(key) for key in [*range(1, 100), 101]]
    assert [len(desk.query(index)["ids"].split(",")) for index in (0, 1)] == [100, 1]


def test_a_look_up_by_our_key_gives_the_oldest_first_and_no_stranger():
    rows = [ticket_row(9, external_id="k"), ticket_row(5, external_id="k"), ticket_row(1, external_id="other")]
    session, desk = new_session(Answer({"tickets": rows}))
    assert [ticket.key for ticket in tickets.find(session, "k")] == ["5", "9"]
    assert desk.query() == {"external_id": "k"}


def test_an_empty_key_finds_nothing_by_mistake():
    session, desk = new_session()
    with pytest.raises(ValueError):
        tickets.find(session, "")
    assert desk.requests == []


def test_a_ticket_is_created_with_an_idempotency_key_after_a_look_up():
    session, desk = new_session(none_found(), ticket_answer(4015, 201))
    saved = tickets.create(session, NEW, {"name": "Ada", "email": "ada@example.com", "role": "admin"})
    assert (saved.ok, saved.key, saved.created, saved.version) == (True, "4015", True, STAMP)
    assert desk.calls() == ["GET /tickets", "POST /tickets"]
    assert desk.json()["ticket"] == {
        "external_id": "odoo:helpdesk:77",
        "subject": "Late parcel",
        "priority": "high",
        "comment": {"body": "Where is my parcel?", "public": True},
        "metadata": {"odoo": "evt-1"},
        "requester": {"name": "Ada", "email": "ada@example.com"},
    }
    assert 0 < len(desk.last.headers["Idempotency-Key"]) <= 255


def test_a_ticket_that_an_earlier_try_created_is_found_and_not_created_again():
    session, desk = new_session(Answer({"tickets": [ticket_row(7, external_id="odoo:helpdesk:77")]}))
    saved = tickets.create(session, NEW)
    assert (saved.key, saved.created) == ("7", False)
    assert desk.calls() == ["GET /tickets"]


def test_a_stored_answer_is_not_taken_for_a_new_ticket():
    answer = ticket_answer(7, 201)
    answer.headers["x-idempotency-lookup"] = "hit"
    session, _ = new_session(answer)
    saved = tickets.create(session, NEW, look_first=False)
    assert (saved.ok, saved.created) == (True, False)


def test_a_creation_whose_answer_was_lost_may_be_repeated_with_the_same_key():
    session, desk = new_session(requests.exceptions.ReadTimeout(), ticket_answer(7, 201))
    with pytest.raises(ClientError) as caught:
        tickets.create(session, NEW, look_first=False)
    assert caught.value.kind == errors.TRANSIENT
    tickets.create(session, NEW, look_first=False)
    assert len({request.headers["Idempotency-Key"] for request in desk.requests}) == 1


def test_another_content_has_another_idempotency_key():
    body = change_body(NEW)
    first = tickets.idempotency_key("k", body)
    assert tickets.idempotency_key("k", json.loads(json.dumps(body))) == first
    assert tickets.idempotency_key("k", {**body, "subject": "x"}) != first
    assert tickets.idempotency_key("other", body) != first
    assert len(tickets.idempotency_key("k" * 1000, body)) <= tickets.IDEMPOTENCY_LENGTH


@pytest.mark.parametrize("new", [TicketChange({"external_key": "k"}), TicketChange(comment=NewComment("x"))])
def test_a_ticket_without_key_or_comment_is_not_created(new):
    session, desk = new_session()
    with pytest.raises(ValueError):
        tickets.create(session, new)
    assert desk.requests == []


def test_a_closed_ticket_is_continued_in_a_new_one():
    session, desk = new_session(ticket_answer(9, 201))
    tickets.create(session, NEW, follow_up_of="4014", look_first=False)
    assert desk.json()["ticket"]["via_followup_source_id"] == 4014


def test_a_change_names_what_changes_and_its_version():
    session, desk = new_session(ticket_answer())
    change = TicketChange(
        {"status": Status.solved, "assignee": "62", "organization": None},
        custom={"27642": "746"},
        tags=("a",),
        version=STAMP,
    )
    saved = tickets.update(session, "4014", change)
    assert desk.calls() == ["PUT /tickets/4014"]
    assert desk.json() == {
        "ticket": {
            "status": "solved",
            "assignee_id": 62,
            "organization_id": None,
            "custom_fields": [{"id": 27642, "value": "746"}],
            "tags": ["a"],
            "safe_update": True,
            "updated_stamp": STAMP,
        }
    }
    assert saved.version == STAMP


def test_a_ticket_that_changed_meanwhile_is_to_be_read_again():
    session, _ = new_session(CONFLICT)
    with pytest.raises(ClientError) as caught:
        tickets.update(session, "4014", TicketChange({"status": "open"}, version=STAMP))
    assert (caught.value.kind, caught.value.remedy) == (errors.CONFLICT, Remedy.reread)


def test_added_tags_join_those_of_the_ticket_under_guard():
    session, desk = new_session(ticket_answer(tags=["vip", "old"]), ticket_answer())
    tickets.update(session, "4014", TicketChange(add_tags=("odoo", "vip"), remove_tags=("old",)))
    assert desk.calls() == ["GET /tickets/4014", "PUT /tickets/4014"]
    assert desk.json()["ticket"] == {"tags": ["vip", "odoo"], "safe_update": True, "updated_stamp": STAMP}


def test_tags_of_a_ticket_that_was_just_read_need_no_further_look():
    session, desk = new_session(ticket_answer())
    known = ticket_of(ticket_row())
    tickets.update(session, "4014", TicketChange(add_tags=("odoo",), version=known.version), known)
    assert desk.calls() == ["PUT /tickets/4014"]
    assert desk.json()["ticket"]["tags"] == ["vip", "odoo"]


def test_tags_known_from_an_older_version_are_read_again():
    session, desk = new_session(ticket_answer(tags=["new"]), ticket_answer())
    tickets.update(session, "4014", TicketChange(add_tags=("odoo",), version="later"), ticket_of(ticket_row()))
    assert desk.json()["ticket"]["tags"] == ["new", "odoo"]


@pytest.mark.parametrize(
    "change, kind",
    [
        (TicketChange({"status": "open"}), errors.TRANSIENT),
        (TicketChange(comment=NewComment("x"), version=STAMP), errors.TRANSIENT),
        (TicketChange(comment=NewComment("x")), errors.UNKNOWN),
    ],
)
def test_a_lost_answer_to_a_change_is_unknown_only_where_a_repetition_would_say_something_twice(change, kind):
    session, _ = new_session(requests.exceptions.ReadTimeout())
    with pytest.raises(ClientError) as caught:
        tickets.update(session, "4014", change)
    assert caught.value.kind == kind


def test_several_changes_go_out_in_a_call_for_each_comment_each_guarded_by_the_answer_before():
    later = "2026-05-20T09:45:00Z"
    session, desk = new_session(ticket_answer(updated_at=later), ticket_answer())
    results = tickets.change(
        session,
        "4014",
        [
            TicketChange({"status": "open"}, version=STAMP),
            TicketChange(comment=NewComment("first"), version=STAMP),
            TicketChange({"priority": "high"}),
            TicketChange({"status": "solved"}, comment=NewComment("second")),
        ],
    )
    assert [saved.ok for saved in results] == [True, True]
    first, second = (desk.json(index)["ticket"] for index in (0, 1))
    assert (first["comment"]["body"], first["priority"], "status" in first) == ("first", "high", False)
    assert (second["comment"]["body"], second["status"]) == ("second", "solved")
    assert [first["updated_stamp"], second["updated_stamp"]] == [STAMP, later]


def test_the_first_refusal_ends_a_series_and_is_its_last_result():
    session, desk = new_session(ticket_answer(), CONFLICT)
    results = tickets.change(session, "4014", [TicketChange(comment=NewComment(text)) for text in "abc"])
    assert [saved.ok for saved in results] == [True, False]
    assert results[-1].error.kind == errors.CONFLICT
    assert len(desk.requests) == 2


def test_nothing_to_write_makes_no_call():
    session, desk = new_session()
    assert tickets.change(session, "4014", [TicketChange()]) == []
    assert desk.requests == []


def test_many_changes_are_one_job_whose_items_are_guarded_each():
    session, desk = new_session(queued())
    job = tickets.update_many(
        session, {"1": TicketChange({"status": "open"}, version=STAMP), "2": TicketChange({"priority": "low"})}
    )
    assert (job.key, job.done, job.keys) == ("V3-a7c", False, ("1", "2"))
    assert desk.json()["tickets"] == [
        {"id": 1, "status": "open", "safe_update": True, "updated_stamp": STAMP},
        {"id": 2, "priority": "low"},
    ]


def test_many_new_tickets_are_one_job_known_by_their_keys():
    session, desk = new_session(queued())
    assert tickets.create_many(session, [NEW]).keys == ("odoo:helpdesk:77",)
    assert desk.calls() == ["POST /tickets/create_many"]


@pytest.mark.parametrize("count", [0, 101])
def test_a_job_holds_one_to_a_hundred_tickets(count):
    session, _ = new_session()
    with pytest.raises(ValueError):
        tickets.update_many(session, {str(key + 1): TicketChange({"status": "open"}) for key in range(count)})
    with pytest.raises(ValueError):
        tickets.create_many(session, [NEW] * count)


def test_a_job_takes_no_change_that_would_replace_unknown_tags():
    session, _ = new_session()
    with pytest.raises(ValueError):
        tickets.update_many(session, {"1": TicketChange(add_tags=("x",))})


def test_a_job_whose_answer_was_lost_is_not_started_again_blindly():
    session, _ = new_session(requests.exceptions.ReadTimeout())
    with pytest.raises(ClientError) as caught:
        tickets.create_many(session, [NEW])
    assert (caught.value.kind, caught.value.remedy) == (errors.UNKNOWN, Remedy.look_up)


def test_a_ticket_that_is_gone_already_counts_as_deleted():
    session, _ = new_session(Answer(None, 204), Answer({"error": "RecordNotFound"}, 404), CONFLICT)
    tickets.delete(session, "1")
    tickets.delete(session, "1")
    with pytest.raises(ClientError):
        tickets.delete(session, "1")


def ended(results, status="completed", message=None):
    return {"job_status": {"id": "J", "status": status, "message": message, "results": results}}


def test_a_completed_job_tells_of_each_record_whatever_their_order():
    results = [
        {
            "index": 1,
            "error": "TicketUpdateFailed",
            "details": "Status: closed prevents ticket update",
            "success": False,
        },
        {"id": 380, "index": 0, "action": "update", "status": "Updated", "success": True},
    ]
    job = jobs.job_of(ended(results), ["380", "381"])
    assert job.done
    assert job.error is None
    assert [saved.ok for saved in job.results] == [True, False]
    assert job.results[1].error.remedy is Remedy.follow_up


def test_results_without_an_index_are_known_by_their_keys():
    results = [
        {
            "error": "UserUpdateError",
            "details": "Email: x is not properly formatted",
            "status": "Failed",
            "email": "B@x",
        },
        {"id": 1, "status": "Created", "email": "a@x", "external_id": "k-a"},
    ]
    job = jobs.job_of(ended(results), ["k-a", "b@x"])
    assert [(saved.ok, saved.created) for saved in job.results] == [(True, True), (False, False)]


def test_results_that_name_nothing_are_taken_in_their_order_only_when_there_is_one_for_each():
    results = [{"status": "Created", "id": 8}, {"status": "Failed", "error": "UserUpdateError"}]
    assert [saved.ok for saved in jobs.job_of(ended(results), ["a", "b"]).results] == [True, False]
    assert [saved.ok for saved in jobs.job_of(ended(results[:1]), ["a", "b"]).results] == [False, False]


def test_a_record_that_a_completed_job_leaves_out_has_an_unknown_outcome():
    job = jobs.job_of(ended([{"index": 0, "id": 1, "success": True}]), ["1", "2"])
    assert job.results[1].error.kind == errors.UNKNOWN


@pytest.mark.parametrize("status", ["failed", "killed"])
def test_a_failed_job_keeps_what_it_did_and_leaves_the_rest_unknown(status):
    job = jobs.job_of(ended([{"index": 0, "id": 1, "success": True}], status, "out of memory"), ["1", "2"])
    assert job.done
    assert job.error.kind == errors.UNKNOWN
    assert [saved.ok for saved in job.results] == [True, False]


def test_a_job_is_followed_by_its_key():
    session, desk = new_session(queued(), Answer(ended([{"index": 0, "id": 1, "success": True}])))
    job = tickets.update_many(session, {"1": TicketChange({"status": "open"})})
    assert jobs.read(session, job).results[0].ok
    assert desk.calls()[-1] == "GET /job_statuses/V3-a7c"


@pytest.mark.parametrize("key", ["", "../tickets", "a?b"])
def test_only_the_key_of_a_job_stands_in_its_path(key):
    session, _ = new_session()
    with pytest.raises(ValueError):
        jobs.read(session, jobs.Job(key))

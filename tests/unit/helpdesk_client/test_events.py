"""What happened to tickets: each comment with its author, its time, its readers and its files."""

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.budget import MemoryBudgetStore
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.zendesk import events
from retail_sync_helpdesk.client.zendesk.limits import EVENTS, EXPORTS, Limits

from .fakes import Answer, new_session

NOW = 1_790_000_000.0
DATE = {"Date": "Mon, 21 Sep 2026 14:13:20 GMT"}  # NOW
FILE = {"id": 498, "file_name": "a.pdf", "content_type": "application/pdf", "size": 12, "content_url": "https://x/1"}


def comment(key=1274, **values):
    return {
        "id": key,
        "event_type": "Comment",
        "type": "Comment",
        "author_id": 5,
        "public": False,
        "body": "Lost",
        "html_body": "<p>Lost</p>",
        "attachments": [FILE],
        **values,
    }


def event(ticket=4014, *children, at=NOW - 500, **values):
    return {"id": 9, "ticket_id": ticket, "timestamp": int(at), "child_events": list(children), **values}


def answer(*rows, end=int(NOW - 500), last=True):
    return Answer({"ticket_events": list(rows), "end_time": end, "end_of_stream": last, "count": len(rows)}, 200, DATE)


def read(*rows, **values):
    session, _desk = new_session(answer(*rows, **values), clock=lambda: NOW)
    return events.page(session, 0)


def test_a_comment_is_reported_with_all_that_a_list_of_comments_says_of_it():
    marked = event(4014, comment(created_at="2026-09-21T14:05:00Z"), metadata={"custom": {"odoo": "evt-1"}})
    [found] = read(marked).events
    [reported] = found.comments
    assert (reported.key, reported.author, reported.public, reported.html, reported.text) == (
        "1274",
        "5",
        False,
        "<p>Lost</p>",
        "Lost",
    )
    assert (reported.at, reported.marker) == ("2026-09-21T14:05:00Z", "evt-1")
    assert [(file.key, file.name, file.size) for file in reported.attachments] == [("498", "a.pdf", 12)]
    assert (found.ticket, found.at, found.created, found.whole) == ("4014", NOW - 500, False, True)


def test_a_comment_without_a_time_has_that_of_its_event():
    [found] = read(event(4014, comment())).events
    assert found.comments[0].at == "2026-09-21T14:05:00Z"


def test_the_creation_of_a_ticket_is_reported():
    [found] = read(event(4014, {"event_type": "Create", "status": "new"}, comment())).events
    assert found.created


@pytest.mark.parametrize("missing", ["author_id", "public", "attachments", "id"])
def test_a_comment_that_is_not_reported_whole_is_said_to_be_so(missing):
    row = comment()
    del row[missing]
    assert not read(event(4014, row)).events[0].whole


def test_a_call_recorded_as_a_comment_is_read_singly():
    row = {"id": 7, "event_type": "VoiceComment", "author_id": 5, "public": True}
    assert not read(event(4014, row)).events[0].whole


def test_other_events_and_rows_of_no_ticket_bring_no_comments():
    page = read(
        event(4014, {"event_type": "Change", "status": "open"}, "odd"), event(None), event(5, child_events=None)
    )
    assert [(found.ticket, found.comments, found.whole) for found in page.events] == [
        ("4014", (), True),
        ("5", (), True),
    ]


def test_a_page_goes_on_where_the_one_before_ended():
    session, desk = new_session(answer(end=1000, last=False), answer(end=2000), clock=lambda: NOW)
    first = events.page(session, 10)
    second = events.page(session, first.after)
    assert [first.more, second.more, second.covered_until] == [True, False, NOW - 60]
    assert [desk.query(0)["start_time"], desk.query(1)["start_time"]] == ["10", "1000"]
    assert desk.query()["include"] == "comment_events"


def test_an_export_that_does_not_move_on_is_a_fault_and_no_endless_loop():
    session, _desk = new_session(answer(end=10, last=False), clock=lambda: NOW)
    with pytest.raises(ClientError) as caught:
        events.page(session, 10)
    assert caught.value.kind == errors.CONTRACT


def test_an_account_that_calls_the_beginning_too_recent_has_nothing_yet():
    refusal = Answer({"error": "InvalidValue", "description": "Too recent start_time."}, 422)
    session, _desk = new_session(refusal, clock=lambda: NOW)
    assert events.page(session, 10) == events.EventPage((), 10, False)


def test_events_leave_a_part_of_the_exports_to_what_changed():
    path = "/api/v2/incremental/ticket_events.json"
    windows = {window.name: window.limit for window in Limits().of_call("GET", path)}
    assert (windows[EXPORTS], windows[EVENTS]) == (10, 7)
    assert EVENTS not in {window.name for window in Limits().of_call("GET", "/api/v2/incremental/tickets/cursor")}


def test_the_eighth_call_within_a_minute_is_not_made():
    session, desk = new_session(*[answer()] * 7, budget=MemoryBudgetStore(), clock=lambda: NOW)
    for _number in range(7):
        events.page(session, 10)
    with pytest.raises(ClientError) as caught:
        events.page(session, 10)
    assert (caught.value.kind, len(desk.requests)) == (errors.THROTTLED, 7)

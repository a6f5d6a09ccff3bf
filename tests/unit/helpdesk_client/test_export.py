"""The export: nothing missed, nothing given twice, and a cursor that can be stored at any time."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.client import dedupe, errors
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.zendesk import export

from .fakes import Answer, new_session, ticket_row

NOW = 1_790_000_000.0
DATE = {"Date": "Mon, 21 Sep 2026 14:13:20 GMT"}  # NOW


def page(rows, after="c1", end=True):
    body = {"tickets": rows, "after_cursor": after, "end_of_stream": end, "before_cursor": None}
    return Answer(body, headers=DATE)


def test_an_export_begins_at_a_time_and_goes_on_by_cursor():
    session, desk = new_session(page([ticket_row(1)], "c1", False), page([ticket_row(2)], "c2"), clock=lambda: NOW)
    first = export.tickets(session, {"since": 1_789_000_000})
    second = export.tickets(session, json.loads(json.dumps(first.cursor)))
    assert [ticket.key for ticket in (*first.tickets, *second.tickets)] == ["1", "2"]
    assert (first.more, second.more) == (True, False)
    assert [desk.query(0), desk.query(1)] == [
        {"start_time": "1789000000", "per_page": "1000"},
        {"cursor": "c1", "per_page": "1000"},
    ]


def test_at_its_end_the_same_cursor_is_asked_again():
    session, desk = new_session(page([], "c1"), page([ticket_row(3)], "c2"))
    page_one = export.tickets(session, {"after": "c1"})
    page_two = export.tickets(session, page_one.cursor)
    assert [desk.query(index)["cursor"] for index in (0, 1)] == ["c1", "c1"]
    assert [ticket.key for ticket in page_two.tickets] == ["3"]


def test_the_last_minute_is_not_covered_by_the_remote_clock():
    session, _ = new_session(page([]), page([], end=False, after="c9"), clock=lambda: NOW + 5000)
    assert export.tickets(session, {"after": "c0"}).covered_until == NOW - 60
    assert export.tickets(session, {"after": "c0"}).covered_until is None


def test_an_export_never_begins_within_the_last_minute():
    session, desk = new_session(page([]), clock=lambda: NOW)
    export.tickets(session, {"since": NOW})
    assert int(desk.query()["start_time"]) == NOW - export.SAFE_SECONDS


def test_an_account_that_calls_the_beginning_too_recent_has_nothing_yet():
    answer = Answer({"error": "InvalidValue", "description": "Too recent start_time."}, 422)
    session, _ = new_session(answer)
    found = export.tickets(session, {"since": 5.0})
    assert (found.tickets, found.more, found.cursor, found.covered_until) == ((), False, {"since": 5.0}, None)


def test_an_empty_first_page_without_a_cursor_keeps_the_beginning():
    session, _ = new_session(page([], after=None))
    assert export.tickets(session, {"since": 5.0}).cursor["since"] == 5.0


@pytest.mark.parametrize("cursor", [{}, {"since": None}, {"since": "x"}, {"after": ""}])
def test_a_cursor_without_a_beginning_is_an_error(cursor):
    session, _ = new_session()
    with pytest.raises(ValueError):
        export.tickets(session, cursor)


def test_an_export_that_does_not_move_on_is_a_fault_and_no_endless_loop():
    session, _ = new_session(page([ticket_row(1)], "c1", False))
    with pytest.raises(ClientError) as caught:
        export.tickets(session, {"after": "c1"})
    assert caught.value.kind == errors.CONTRACT


def test_an_answer_that_does_not_say_so_is_not_the_end():
    session, _ = new_session(Answer({"tickets": [], "after_cursor": "c1"}))
    found = export.tickets(session, {"after": "c0"})
    assert (found.more, found.covered_until) == (True, None)


def test_a_row_that_comes_again_is_given_once_and_a_further_change_of_it_is_given():
    changed = ticket_row(1, updated_at="2026-05-20T10:00:00Z")
    touched = ticket_row(1, generated_timestamp=5)
    session, _ = new_session(page([ticket_row(1)], "c1"), page([ticket_row(1), changed, touched], "c2"))
    first = export.tickets(session, {"after": "c0"})
    second = export.tickets(session, first.cursor)
    assert [ticket.updated_at for ticket in second.tickets] == [changed["updated_at"], touched["updated_at"]]


def test_a_deleted_ticket_is_given_as_such():
    session, _ = new_session(page([ticket_row(1, status="deleted")]))
    assert export.tickets(session, {"after": "c0"}).tickets[0].status == "deleted"


def test_users_are_exported_the_same_way():
    body = {"users": [{"id": 61, "name": "Ada"}], "after_cursor": "u1", "end_of_stream": False}
    session, desk = new_session(Answer(body))
    found, cursor, more = export.people(session, {"after": "u0"})
    assert ([person.name for person in found], cursor["after"], more) == (["Ada"], "u1", True)
    assert desk.calls() == ["GET /incremental/users/cursor"]


HISTORY = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=30)


@given(HISTORY, st.lists(st.integers(1, 5), min_size=1, max_size=40), st.integers(0, 3), st.sets(st.integers(0, 20)))
def test_every_change_is_given_once_however_pages_are_cut_repeated_or_tried_again(history, sizes, overlap, deaths):
    """A desk that repeats rows at the boundaries, and a worker that dies before it stores some of its cursors."""
    rows = [ticket_row(key, generated_timestamp=index) for index, (key, _) in enumerate(history)]

    def serve(request):
        asked = parse_qs(urlsplit(request.url).query)
        at = int(asked.get("cursor", ["0"])[0])
        size = sizes[at % len(sizes)]
        end = min(len(rows), at + size)
        shown = rows[max(0, at - overlap) : end]
        return Answer({"tickets": shown, "after_cursor": str(end), "end_of_stream": end == len(rows)})

    session, _ = new_session(*[serve] * 200)
    session.limits = type(session.limits)(exports=10_000, account=10_000)
    cursor, given_rows = {"after": "0"}, []
    for attempt in range(60):
        found = export.tickets(session, cursor)
        if attempt in deaths:
            continue  # the worker dies: neither effects nor cursor are stored
        cursor = json.loads(json.dumps(found.cursor))
        given_rows += [ticket.raw["generated_timestamp"] for ticket in found.tickets]
        if not found.more:
            break
    assert given_rows == list(range(len(rows)))


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), max_size=8))
def test_of_rows_with_one_mark_the_first_is_given(pages):
    seen: list[str] = []
    found = []
    for rows in pages:
        fresh, seen = dedupe.new_rows([(mark, mark) for mark in rows], seen)
        found += fresh
    assert found == list(dict.fromkeys(mark for rows in pages for mark in rows))


def test_a_cursor_does_not_grow_without_end():
    _fresh, seen = dedupe.new_rows([(str(mark), mark) for mark in range(5000)], ["old"])
    assert len(seen) == dedupe.REMEMBERED
    assert seen[-1] == "4999"

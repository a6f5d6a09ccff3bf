"""Changed tickets of a Freshdesk account: pages by time, and the ways in which one could be missed."""

import json
from email.utils import formatdate

import pytest

from retail_sync_helpdesk.client import times
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.freshdesk import export

from .fakes import Answer
from .freshdesk_fakes import HOST, freshdesk, ticket_row

NOW = 1_790_000_000
NEXT = {"Link": f'<{HOST}/api/v2/tickets?page=2>; rel="next"'}


def page(*ages, first=1, more=False, now=NOW):
    """Tickets that changed so many seconds before NOW."""
    rows = [ticket_row(first + index, updated_at=times.iso(NOW - age)) for index, age in enumerate(ages)]
    return Answer(rows, headers={"Date": formatdate(now, usegmt=True), **(NEXT if more else {})})


def keys(found):
    return [ticket.key for ticket in found.tickets]


def stored(found):
    return json.loads(json.dumps(found.cursor))


def test_the_list_is_asked_for_in_the_order_of_changes():
    session, calls = freshdesk(page(500, 400))
    found = export.tickets(session, {"since": NOW - 3600.7})
    assert calls.query() == {
        "updated_since": times.iso(NOW - 3601),
        "order_by": "updated_at",
        "order_type": "asc",
        "per_page": "100",
        "page": "1",
    }
    assert (keys(found), found.more, found.covered_until) == (["1", "2"], False, NOW - export.OVERLAP_SECONDS)
    assert stored(found)["since"] == NOW - export.OVERLAP_SECONDS


def test_the_next_page_begins_one_second_before_the_last_row_and_repeats_none():
    session, calls = freshdesk(page(500, 400, more=True), page(400, 300, first=2))
    first = export.tickets(session, {"since": NOW - 3600})
    assert (first.more, first.covered_until) == (True, None)
    second = export.tickets(session, stored(first))
    assert (calls.query()["updated_since"], calls.query()["page"]) == (times.iso(NOW - 401), "1")
    assert (keys(first), keys(second), second.more) == (["1", "2"], ["3"], False)


def test_tickets_of_one_second_are_counted_by_pages_and_looked_at_twice():
    begin = {"since": NOW - 401}
    session, calls = freshdesk(
        page(400, 400, more=True),
        page(400, 400, first=3, more=True),
        page(300, first=6),
        # a row of the first page has changed: number 5 has moved up to a page that was read already
        page(400, 400, first=2, more=True),
        page(400, 400, first=4, more=True),
        page(300, first=6),
    )
    found, cursor = [], begin
    for number in range(6):
        result = export.tickets(session, cursor)
        assert result.more is (number < 5)
        found += keys(result)
        cursor = stored(result)
    assert found == ["1", "2", "3", "4", "6", "5"]
    assert [calls.query(index)["page"] for index in range(6)] == ["1", "2", "3", "1", "2", "3"]
    assert (result.more, "page" in cursor, "again" in cursor) == (False, False, False)


def test_after_a_long_reading_the_next_look_goes_back_to_before_its_begin():
    session, _calls = freshdesk(page(500, 400, more=True), page(300, first=3, now=NOW + 3000))
    first = export.tickets(session, {"since": NOW - 3600})
    second = export.tickets(session, stored(first))
    assert second.covered_until == stored(second)["since"] == NOW - export.OVERLAP_SECONDS
    assert "began" not in second.cursor


def test_what_changed_just_now_is_left_to_the_next_look():
    session, _calls = freshdesk(page(500, 9, more=True), page(500, 9, now=NOW + 60))
    first = export.tickets(session, {"since": NOW - 3600})
    assert (keys(first), first.more) == (["1"], False)
    assert keys(export.tickets(session, stored(first))) == ["2"]


def test_a_ticket_that_changes_again_is_given_again():
    session, _calls = freshdesk(page(50), page(40))
    first = export.tickets(session, {"since": NOW - 3600})
    assert keys(first) == keys(export.tickets(session, stored(first))) == ["1"]


def test_a_full_page_without_a_link_is_not_taken_for_the_last():
    session, _calls = freshdesk(page(*range(500, 400, -1)))
    assert export.tickets(session, {"since": 0}).more


def test_a_list_in_another_order_is_a_fault_and_not_a_loss():
    session, _calls = freshdesk(page(400, 500))
    with pytest.raises(ClientError) as error:
        export.tickets(session, {"since": 0})
    assert error.value.code == "ODD_ANSWER"


def test_a_row_without_a_time_is_a_fault():
    session, _calls = freshdesk(Answer([ticket_row(updated_at=None)]))
    with pytest.raises(ClientError) as error:
        export.tickets(session, {"since": 0})
    assert error.value.code == "ODD_ANSWER"


def test_more_tickets_in_one_second_than_the_service_lists_are_a_fault():
    session, _calls = freshdesk(page(400, more=True))
    with pytest.raises(ClientError) as error:
        export.tickets(session, {"since": NOW - 401, "page": 300})
    assert error.value.code == "TOO_MANY_AT_ONCE"


def test_a_cursor_says_since_when():
    session, calls = freshdesk()
    with pytest.raises(ValueError):
        export.tickets(session, {})
    assert calls.requests == []

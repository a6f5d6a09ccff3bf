"""Checklist items 25-30 and 45: search, pages, incremental exports, the clock."""

import pytest
from zenpy.lib.api_objects import Ticket

from .zendesk_support import EPOCH, FROZEN, check, refused


def test_zendesk_25_search_lags_behind_and_finds_by_many_terms(zd, zen, api):
    for i in range(3):
        api.ticket(external_id=f"odoo:{i}", tags=["odoo", f"t{i}"], priority="high" if i else "low")
    assert api.get("search?query=type:ticket external_id:odoo:1")["count"] == 0
    zd.advance(31)
    [found] = api.get("search?query=type:ticket external_id:odoo:1")["results"]
    assert (found["external_id"], found["result_type"]) == ("odoo:1", "ticket")
    assert {each.external_id for each in zen.search(type="ticket", priority="high")} == {"odoo:1", "odoo:2"}
    for query, count in (
        ("type:ticket tags:odoo -tags:t1", 2), ("type:ticket priority>low", 2), ("type:ticket status<solved", 3),
        ('type:ticket "late parcel"', 3), ("type:ticket created>2100-01-01", 0), ("type:ticket tags:t0 tags:t2", 2),
        ("type:user role:admin", 2), ("type:ticket requester:me", 3), ("type:ticket external_id:odoo*", 3),
    ):  # fmt: skip
        assert api("GET", "search", params={"query": query}).json()["count"] == count, query
    assert api.get("search/count?query=type:ticket")["count"] == 3


def test_zendesk_25_search_ends_at_a_thousand_and_the_export_goes_on(zd, zen, api):
    zd.seed("ticket", [{"subject": f"s{i}"} for i in range(1050)])
    zd.refresh_index()
    page = api.get("search?query=type:ticket&per_page=100&page=10")
    assert (len(page["results"]), page["count"]) == (100, 1050)
    check(api("GET", page["next_page"]), 422, "invalid")
    assert len(list(zen.search(type="ticket"))) == 1000
    assert len(list(zen.search_export(type="ticket"))) == 1050


def test_zendesk_26_cursor_pages_give_every_row_once_while_rows_come(zd, zen, api):
    numbers = zd.seed("ticket", [{"subject": f"s{i}"} for i in range(250)])
    page = api.get("tickets?page[size]=100")
    assert set(page["meta"]) == {"has_more", "after_cursor", "before_cursor"}
    found = [row["id"] for row in page["tickets"]]
    zd.delete("ticket", numbers[3])
    while page["meta"]["has_more"]:
        page = api("GET", page["links"]["next"]).json()
        found += [row["id"] for row in page["tickets"]]
    assert found == numbers
    back = api("GET", page["links"]["prev"]).json()
    assert [row["id"] for row in back["tickets"]] == numbers[100:200]
    assert len(list(zen.tickets())) == 249
    check(api("GET", "tickets?page[size]=101"), 400, "InvalidPaginationParameter")
    check(api("GET", "tickets?page[size]=5&page[after]=x"), 400, "InvalidPaginationParameter")
    newest = api.get("tickets?page[size]=2&sort=-id")
    assert [row["id"] for row in newest["tickets"]] == numbers[:-3:-1]
    assert [row["id"] for row in api("GET", newest["links"]["next"]).json()["tickets"]] == numbers[-3:-5:-1]


def test_zendesk_26_page_numbers_end_at_ten_thousand_rows(zd, zen, api):
    zd.seed("ticket", [{"subject": f"s{i}"} for i in range(230)])
    page = api.get("tickets?per_page=500&page=2")
    assert (len(page["tickets"]), page["count"]) == (100, 230)
    assert page["previous_page"] and len(api("GET", page["next_page"]).json()["tickets"]) == 30
    assert api("GET", page["next_page"]).json()["next_page"] is None
    check(api("GET", "tickets?page=101"), 400)
    assert len(list(zen.tickets(cursor_pagination=False))) == 230


def test_zendesk_27_the_export_hides_the_last_minute_and_goes_on_from_its_cursor(zd, api):
    zd.freeze(FROZEN)
    api.login(expires_in=172799)
    first, second = api.ticket()["id"], api.ticket()["id"]
    zd.advance(30)
    check(api("GET", f"incremental/tickets/cursor?start_time={EPOCH}"), 422, match="Too recent start_time")
    zd.advance(31)
    page = api.get(f"incremental/tickets/cursor?start_time={EPOCH}")
    assert [row["id"] for row in page["tickets"]] == [first, second] and page["end_of_stream"] is True
    assert page["after_url"].endswith(f"cursor.json?cursor={page['after_cursor']}")
    assert api("GET", page["after_url"]).json()["tickets"] == []
    api.update(first, subject="x")
    zd.advance(61)
    again = api("GET", page["after_url"]).json()
    assert [row["id"] for row in again["tickets"]] == [first]
    assert again["after_cursor"] != page["after_cursor"]
    check(api("GET", "incremental/tickets/cursor?cursor=bad"), 400)


def test_zendesk_27_the_export_is_read_in_pages_and_by_zenpy(zd, zen, api):
    zd.config(export_page_rows=100, rate_limit_incremental=0)
    numbers = zd.seed("ticket", [{"subject": f"s{i}"} for i in range(250)])
    zd.advance(61)
    page = api.get("incremental/tickets/cursor?start_time=0")
    assert len(page["tickets"]) == 100 and page["end_of_stream"] is False
    assert [each.id for each in zen.tickets.incremental(start_time=1)] == numbers
    users = list(zen.users.incremental(start_time=1))
    assert {each.id for each in users} == set(zd.users.values())


def test_zendesk_28_a_system_update_is_exported_although_updated_at_stays(zd, api):
    zd.freeze(FROZEN)
    api.login(expires_in=172799)
    ticket = api.ticket()
    zd.advance(3600)
    zd.touch([ticket["id"]])
    zd.advance(61)
    [row] = api.get(f"incremental/tickets/cursor?start_time={EPOCH + 3600}")["tickets"]
    assert (row["updated_at"], row["generated_timestamp"]) == (ticket["updated_at"], EPOCH + 3600)


def test_zendesk_29_the_older_export_repeats_the_rows_of_the_last_second(zd, zen, api):
    zd.freeze(FROZEN)
    zd.config(export_page_rows=2, rate_limit_incremental=0)
    api.login(expires_in=172799)
    numbers = []
    for pause in (1, 0, 0, 1):
        numbers.append(api.ticket()["id"])
        zd.advance(pause)
    zd.advance(120)
    page = api.get(f"incremental/tickets?start_time={EPOCH}")
    assert [row["id"] for row in page["tickets"]] == numbers and page["count"] == 4
    zd.edit("ticket", numbers[0], subject="later")
    zd.advance(61)
    page = api.get(f"incremental/tickets?start_time={EPOCH}")
    assert [row["id"] for row in page["tickets"]] == numbers[1:] and page["end_of_stream"] is False
    last = api("GET", page["next_page"]).json()
    assert [row["id"] for row in last["tickets"]] == [*numbers[1:]]
    rest = api("GET", last["next_page"]).json()
    assert [row["id"] for row in rest["tickets"]] == [numbers[0]] and rest["end_of_stream"] is True


def test_zendesk_29_ticket_events_hold_changes_and_comments(zd, zen, api):
    number = api.ticket()["id"]
    api.update(number, status="open", comment={"body": "a note", "public": False})
    zd.advance(61)
    events = api.get("incremental/ticket_events?start_time=0&include=comment_events")["ticket_events"]
    children = events[-1]["child_events"]
    change = next(each for each in children if "status" in each)
    assert (change["event_type"], change["previous_value"], change["status"]) == ("Change", "new", "open")
    comment = next(each for each in children if each["event_type"] == "Comment")
    assert (comment["body"], comment["public"]) == ("a note", False)
    assert [each.ticket_id for each in zen.tickets.events(start_time=1)] == [number] * 2
    plain = api.get("incremental/ticket_events?start_time=0")["ticket_events"][-1]["child_events"]
    assert not any("body" in each for each in plain if each["event_type"] == "Comment")


def test_zendesk_29_a_comment_event_says_what_the_list_of_comments_says(zd, zen, api):
    number = api.ticket()["id"]
    token = api("POST", "uploads?filename=a.txt", data=b"proof").json()["upload"]["token"]
    api.update(number, comment={"body": "a note", "public": False, "uploads": [token]})
    zd.advance(61)
    events = list(zen.tickets.events(start_time=1, include=["comment_events"]))
    reported = [child for event in events for child in event.child_events if child["event_type"] == "Comment"]
    listed = api.get(f"tickets/{number}/comments")["comments"]
    names = ("id", "author_id", "public", "html_body", "plain_body", "created_at", "audit_id", "attachments")
    assert [{name: row[name] for name in names} for row in reported] == [
        {name: row[name] for name in names} for row in listed
    ]
    assert reported[1]["attachments"][0]["file_name"] == "a.txt"


def test_zendesk_30_events_of_tickets_share_the_limit_of_the_other_exports(zd, api):
    zd.freeze("2026-05-20T09:44:10Z")
    api.login(expires_in=172799)
    paths = ["tickets/cursor", "users/cursor", "organizations", "ticket_events"] * 3
    statuses = [api("GET", f"incremental/{path}?start_time=0").status_code for path in paths]
    assert statuses == [200] * 10 + [429] * 2
    assert zd.counters()["limits"]["refused"] == {"incremental-exports": 2}


def test_zendesk_30_exports_are_limited_to_ten_a_minute(zd, api):
    zd.freeze("2026-05-20T09:44:10Z")
    api.login(expires_in=172799)
    statuses = [api("GET", "incremental/tickets/cursor?start_time=0") for _ in range(11)]
    assert [each.status_code for each in statuses] == [200] * 10 + [429]
    assert statuses[-1].headers["Retry-After"] == "50"
    assert int(statuses[-1].headers["x-rate-limit-remaining"]) > 600
    assert statuses[9].headers["zendesk-ratelimit-incremental-exports"] == "total=10; remaining=0; resets=50"
    assert api("GET", "tickets").status_code == 200
    zd.advance(50)
    assert api("GET", "incremental/tickets/cursor?start_time=0").status_code == 200


@pytest.mark.parametrize("moment", [FROZEN, "2026-12-31T23:59:59Z"])
def test_zendesk_45_times_are_utc_with_whole_seconds_of_the_accounts_clock(zd, api, moment):
    zd.freeze(moment)
    api.login()
    ticket = api.ticket()
    assert ticket["created_at"] == ticket["updated_at"] == moment
    response = api("GET", "users/me")
    assert response.headers["Date"].endswith(f"{moment[11:19]} GMT")


def test_zendesk_45_imported_tickets_keep_their_past_and_mail_nobody(zd, zen, api):
    past = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-02-01T00:00:00Z"}
    comments = [{"body": "first", "created_at": "2020-01-01T00:00:00Z"}, {"body": "second", "public": False}]
    body = {"subject": "old", "requester": {"name": "Ada", "email": "ada@example.com"}, "status": "closed"}
    made = api("POST", "imports/tickets", {"ticket": {**body, **past, "comments": comments}})
    ticket = made.json()["ticket"]
    assert made.status_code == 201 and ticket["status"] == "closed"
    assert {name: ticket[name] for name in past} == past
    found = api.get(f"tickets/{ticket['id']}/comments")["comments"]
    assert [each["body"] for each in found] == ["first", "second"] and found[0]["created_at"] == past["created_at"]
    assert zd.mails() == []
    with refused(422, "RecordInvalid"):
        zen.tickets.update(Ticket(id=ticket["id"], subject="x"))

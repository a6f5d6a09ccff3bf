"""Checklist items 5-15 and 18: tickets, their fields, statuses and rules."""

import pytest
from zenpy.lib.api_objects import CustomField, Ticket, User

from .zendesk_support import FROZEN, STAMP, check, refused


def test_zendesk_05_create_answers_the_ticket_its_audit_and_its_place(zd, zen, api):
    made = zen.tickets.create(Ticket(subject="Late parcel", description="Where is it?", external_id="odoo:1"))
    assert (made.ticket.status, made.ticket.via.channel, made.ticket.is_public) == ("new", "api", True)
    assert {event["type"] for event in made.audit.events} >= {"Comment", "Create"}
    response = api("POST", "tickets", {"ticket": {"comment": {"body": "x"}}})
    second = response.json()["ticket"]
    assert response.headers["Location"] == second["url"] == f"{zd.base_url}/api/v2/tickets/{second['id']}.json"
    assert second["id"] > made.ticket.id and STAMP.match(second["created_at"])
    zd.config(ticket_id_gap=3)
    assert api.ticket()["id"] == second["id"] + 4


def test_zendesk_06_a_requester_is_made_once_and_found_again(zen, zd):
    people = User(name="Ada", email="ada@example.com")
    first = zen.tickets.create(Ticket(description="a", requester=people)).ticket
    second = zen.tickets.create(Ticket(description="b", requester=User(name="A.", email="ADA@example.com"))).ticket
    assert first.requester_id == second.requester_id != zd.users["integration"]
    assert first.requester.name == "Ada"
    assert first.submitter_id == zd.users["integration"]


@pytest.mark.parametrize("values", [{}, {"comment": {"body": "  "}}, {"subject": "only"}])
def test_zendesk_07_a_ticket_without_a_comment_is_refused(api, values):
    check(api("POST", "tickets", {"ticket": values}), 422, "RecordInvalid", "BlankValue")


def test_zendesk_08_an_update_keeps_what_it_does_not_mention_and_replaces_tags(zen, api):
    ticket = zen.tickets.create(Ticket(subject="s", description="d", priority="high", tags=["a", "b"])).ticket
    ticket.subject = "t"
    after = zen.tickets.update(ticket).ticket
    assert (after.subject, after.priority, after.tags) == ("t", "high", ["a", "b"])
    assert api.update(ticket.id, tags=["C d"]).json()["ticket"]["tags"] == ["c", "d"]
    assert api.update(ticket.id, additional_tags=["x"]).json()["ticket"]["tags"] == ["c", "d", "x"]
    assert api.get(f"tickets/{ticket.id}/tags")["tags"] == ["c", "d", "x"]
    assert api("PUT", f"tickets/{ticket.id}/tags", {"tags": ["z"]}).json()["tags"] == ["z"]
    assert api("POST", f"tickets/{ticket.id}/tags", {"tags": ["y"]}).json()["tags"] == ["y", "z"]
    assert api("DELETE", f"tickets/{ticket.id}/tags", {"tags": ["z"]}).json()["tags"] == ["y"]


def test_zendesk_09_custom_fields_are_merged_by_id(zd, zen, api):
    text = zd.create("ticket_field", type="text", title="Order")
    options = [{"name": "Gold", "value": "gold"}, {"name": "Iron", "value": "iron"}]
    choice = zd.create("ticket_field", type="tagger", title="Level", custom_field_options=options)
    ticket = zen.tickets.create(
        Ticket(description="d", custom_fields=[CustomField(id=text, value="745"), CustomField(id=choice, value="gold")])
    ).ticket
    assert ticket.tags == ["gold"]
    after = api.update(ticket.id, custom_fields=[{"id": choice, "value": "iron"}]).json()["ticket"]
    assert {each["id"]: each["value"] for each in after["custom_fields"]} == {text: "745", choice: "iron"}
    assert after["fields"] == after["custom_fields"] and after["tags"] == ["iron"]
    after = api.update(ticket.id, tags=["gold"]).json()["ticket"]
    assert {"id": choice, "value": "gold"} in after["custom_fields"]
    check(api.update(ticket.id, custom_fields=[{"id": choice, "value": "lead"}]), 422, "RecordInvalid")


@pytest.mark.parametrize(("field", "value"), [("status", "done"), ("priority", "huge"), ("type", "bug")])
def test_zendesk_10_unknown_values_are_refused_with_details(zen, api, field, value):
    number = api.ticket()["id"]
    with refused(422, "RecordInvalid"):
        zen.tickets.update(Ticket(id=number, **{field: value}))
    details = api.update(number, **{field: value}).json()["details"]
    assert details[field][0]["error"] == "InvalidValue" and details[field][0]["description"]


def test_zendesk_10_on_hold_has_to_be_activated(zd, api):
    number = api.ticket()["id"]
    check(api.update(number, status="hold"), 422, "RecordInvalid")
    zd.config(hold_status=True)
    assert api.update(number, status="hold").json()["ticket"]["status"] == "hold"


def test_zendesk_11_the_custom_status_follows_the_status(zen, api):
    statuses = {each["status_category"]: each["id"] for each in api.get("custom_statuses")["custom_statuses"]}
    ticket = api.ticket()
    assert ticket["custom_status_id"] == statuses["new"]
    after = api.update(ticket["id"], status="pending").json()["ticket"]
    assert after["custom_status_id"] == statuses["pending"]
    after = api.update(ticket["id"], custom_status_id=statuses["open"]).json()["ticket"]
    assert after["status"] == "open"
    assert len(list(zen.custom_statuses())) == 5


def test_zendesk_12_a_closed_ticket_takes_no_update_but_a_follow_up(zen, api):
    ticket = api.ticket(tags=["vip"])
    body = {"ticket": {"comment": {"body": "again"}, "via_followup_source_id": ticket["id"]}}
    check(api("POST", "tickets", body), 422, "RecordInvalid")
    api.update(ticket["id"], status="closed")
    with refused(422, "RecordInvalid", "closed prevents ticket update"):
        zen.tickets.update(Ticket(id=ticket["id"], subject="x"))
    follow_up = api("POST", "tickets", body).json()["ticket"]
    assert follow_up["tags"] == ["vip"] and follow_up["via"]["source"]["from"]["ticket_id"] == ticket["id"]
    assert api.get(f"tickets/{ticket['id']}")["ticket"]["followup_ids"] == [follow_up["id"]]


def test_zendesk_13_solved_closes_after_four_days_and_reopens_by_the_requester(zd, api):
    zd.freeze(FROZEN)
    api.login(expires_in=172799)
    first, second = (api.ticket(requester={"name": "Ada", "email": "ada@example.com"})["id"] for _ in range(2))
    for number in (first, second):
        assert api.update(number, status="solved").json()["ticket"]["assignee_id"] == zd.users["integration"]
    zd.comment(second, "not solved at all", user="ada@example.com")
    assert api.get(f"tickets/{second}")["ticket"]["status"] == "open"
    zd.advance(3 * 86400)
    api.login()
    assert api.get(f"tickets/{first}")["ticket"]["status"] == "solved"
    zd.advance(86400 + 3600)
    api.login()
    assert [api.get(f"tickets/{number}")["ticket"]["status"] for number in (first, second)] == ["closed", "open"]


def test_zendesk_13_solving_asks_for_required_fields_and_an_assignee(zd, api):
    field = zd.create("ticket_field", type="text", title="Cause", required=True)
    number = api.ticket()["id"]
    check(api.update(number, status="solved"), 422, "RecordInvalid", "Cause")
    zd.config(assign_on_solve=False)
    check(api.update(number, status="solved"), 422, "RecordInvalid", "Assignee")
    values = {"status": "solved", "assignee_id": zd.users["agent"], "custom_fields": [{"id": field, "value": "x"}]}
    assert api.update(number, **values).json()["ticket"]["status"] == "solved"


def test_zendesk_14_deleted_tickets_are_gone_but_exported(zd, zen, api):
    zd.config(export_delay_seconds=0)
    number = api.ticket()["id"]
    assert zen.tickets.delete(Ticket(id=number)).status_code == 204
    check(api("GET", f"tickets/{number}"), 404, "RecordNotFound")
    check(api("DELETE", f"tickets/{number}"), 404, "RecordNotFound")
    rows = api.get("incremental/tickets/cursor?start_time=0")["tickets"]
    assert [(row["id"], row["status"]) for row in rows] == [(number, "deleted")]
    assert api.get("incremental/tickets/cursor?start_time=0&exclude_deleted=true")["tickets"] == []
    assert [each.id for each in zen.tickets.deleted()] == [number]
    api("PUT", f"deleted_tickets/{number}/restore")
    assert api.get(f"tickets/{number}")["ticket"]["status"] == "new"


def test_zendesk_15_several_tickets_may_share_an_external_id(api):
    numbers = [api.ticket(external_id="odoo:7")["id"] for _ in range(2)]
    api.ticket(external_id="odoo:8")
    assert [row["id"] for row in api.get("tickets?external_id=odoo:7")["tickets"]] == numbers
    assert api.get("tickets?external_id=odoo:9")["tickets"] == []


def test_zendesk_18_a_safe_update_with_an_old_stamp_changes_nothing(zd, zen, api):
    zd.freeze(FROZEN)
    ticket = api.ticket()
    zd.advance(5)
    after = api.update(ticket["id"], subject="mine", safe_update=True, updated_stamp=ticket["updated_at"])
    assert after.status_code == 200
    with refused(409, "UpdateConflict"):
        stale = Ticket(id=ticket["id"], subject="theirs", safe_update=True, updated_stamp=ticket["updated_at"])
        zen.tickets.update(stale)
    tags = {"tags": ["x"], "safe_update": "true", "updated_stamp": ticket["updated_at"]}
    check(api("PUT", f"tickets/{ticket['id']}/tags", tags), 409, "UpdateConflict")
    now = api.get(f"tickets/{ticket['id']}")["ticket"]
    assert (now["subject"], now["tags"]) == ("mine", [])
    tags["updated_stamp"] = now["updated_at"]
    assert api("PUT", f"tickets/{ticket['id']}/tags", tags).status_code == 200


def test_zendesk_43_merging_tickets_closes_the_others_with_a_note(zen, api):
    target, source = api.ticket()["id"], api.ticket()["id"]
    job = zen.tickets.merge(target, source, target_comment="merged here", source_comment="merged away")
    done = api.job(api("GET", f"job_statuses/{job.id}"))
    assert done["status"] == "completed"
    closed = api.get(f"tickets/{source}")["ticket"]
    assert closed["status"] == "closed" and "closed_by_merge" in closed["tags"]
    for number, text in ((target, "merged here"), (source, "merged away")):
        comment = api.get(f"tickets/{number}/comments")["comments"][-1]
        assert (comment["body"], comment["public"]) == (text, False)

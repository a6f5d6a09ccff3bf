"""Checklist items 16, 17 and 42: comments, attachments, audits, who is mailed."""

import pytest
import requests
from zenpy.lib.api_objects import Comment, Ticket, User

from .zendesk_support import check


@pytest.fixture
def ticket(zen):
    values = Ticket(subject="Late", description="Where is it?", requester=User(name="Ada", email="ada@example.com"))
    return zen.tickets.create(values).ticket


def test_zendesk_16_comments_come_by_updates_and_stay(zen, api, ticket, zd):
    for public in (True, False):
        zen.tickets.update(Ticket(id=ticket.id, comment=Comment(body=f"public {public}", public=public)))
    comments = list(zen.tickets.comments(ticket.id))
    assert [(each.body, each.public) for each in comments] == [
        ("Where is it?", True), ("public True", True), ("public False", False)
    ]  # fmt: skip
    assert {each.author_id for each in comments} == {zd.users["integration"]}
    check(api("POST", f"tickets/{ticket.id}/comments", {"comment": {"body": "no"}}), 404, "InvalidEndpoint")
    path = f"tickets/{ticket.id}/comments/{comments[1].id}/make_private"
    assert api("PUT", path, {}).status_code == 200
    assert [each.public for each in zen.tickets.comments(ticket.id)] == [True, False, False]


def test_zendesk_16_only_private_comments_make_a_private_ticket(api):
    number = api.ticket(comment={"body": "note", "public": False})["id"]
    assert api.get(f"tickets/{number}")["ticket"]["is_public"] is False
    assert api.update(number, comment={"body": "hello"}).json()["ticket"]["is_public"] is True


def test_zendesk_16_a_comment_may_name_its_author_and_end_users_write_no_notes(api, ticket):
    api.update(ticket.id, comment={"body": "I", "author_id": ticket.requester_id, "public": False})
    last = api.get(f"tickets/{ticket.id}/comments")["comments"][-1]
    assert (last["author_id"], last["public"]) == (ticket.requester_id, True)
    check(api.update(ticket.id, comment={"body": "x", "author_id": 5}), 422, "RecordInvalid", "Author")


def test_zendesk_17_comments_are_paged_and_the_first_is_the_description(api, ticket):
    for i in range(4):
        api.update(ticket.id, comment={"html_body": f"<p>number <b>{i}</b></p>"})
    page = api.get(f"tickets/{ticket.id}/comments?page[size]=2&sort=created_at")
    found = page["comments"]
    while page["meta"]["has_more"]:
        page = api("GET", page["links"]["next"]).json()
        found += page["comments"]
    assert [each["body"] for each in found] == ["Where is it?", "number 0", "number 1", "number 2", "number 3"]
    assert api.get(f"tickets/{ticket.id}")["ticket"]["description"] == found[0]["body"]
    newest = api.get(f"tickets/{ticket.id}/comments?page[size]=1&sort=-created_at")["comments"]
    assert newest[0]["id"] == found[-1]["id"]


def test_zendesk_17_files_are_uploaded_first_and_read_by_their_url(zen, api, ticket, zd, tmp_path):
    path = tmp_path / "label.pdf"
    path.write_bytes(b"%PDF-1.4 label")
    upload = zen.attachments.upload(path)
    zen.tickets.update(Ticket(id=ticket.id, comment=Comment(body="see file", uploads=[upload.token])))
    [attachment] = api.get(f"tickets/{ticket.id}/comments")["comments"][-1]["attachments"]
    assert (attachment["file_name"], attachment["size"]) == ("label.pdf", 14)
    content = requests.get(attachment["content_url"], verify=zd.ca, timeout=20)
    assert content.content == b"%PDF-1.4 label" and content.headers["Content-Type"] == "application/pdf"
    again = Ticket(id=ticket.id, comment=Comment(body="twice", uploads=[upload.token]))
    check(api.update(ticket.id, comment={"body": "twice", "uploads": [again.comment.uploads[0]]}), 422, "RecordInvalid")


def test_zendesk_42_the_audit_holds_the_callers_metadata_and_what_changed(zen, api, ticket, zd):
    body = {"status": "open", "comment": {"body": "hi"}, "metadata": {"odoo": "evt-1"}}
    audit = api.update(ticket.id, **body).json()["audit"]
    assert audit["metadata"]["custom"] == {"odoo": "evt-1"} and audit["author_id"] == zd.users["integration"]
    change = next(each for each in audit["events"] if each.get("field_name") == "status")
    assert (change["type"], change["previous_value"], change["value"]) == ("Change", "new", "open")
    assert [each.id for each in zen.tickets.audits(ticket=ticket.id)][-1] == audit["id"]


def test_zendesk_42_a_change_of_nothing_leaves_no_trace(api, ticket, zd):
    zd.advance(10)
    reply = api.update(ticket.id, subject="Late").json()
    assert reply["ticket"]["updated_at"] == ticket.updated_at and reply["audit"]["events"] == []
    assert len(api.get(f"tickets/{ticket.id}/audits")["audits"]) == 1


def test_zendesk_42_stock_triggers_mail_the_requester_once_for_each_public_comment(api, ticket, zd):
    assert [mail["reason"] for mail in zd.mails(email="ada@example.com")] == [
        "Notify requester of new proactive ticket"
    ]
    seen = len(zd.mails())
    api.update(ticket.id, comment={"body": "a note", "public": False})
    assert zd.mails(since=seen) == []
    api.update(ticket.id, comment={"body": "an answer"})
    [mail] = zd.mails(since=seen)
    assert (mail["email"], mail["ticket_id"]) == ("ada@example.com", ticket.id)
    assert "an answer" in mail["body"]
    seen = len(zd.mails())
    zd.comment(ticket.id, "thanks", user="ada@example.com")
    assert [mail for mail in zd.mails(since=seen) if mail["email"] == "ada@example.com"] == []

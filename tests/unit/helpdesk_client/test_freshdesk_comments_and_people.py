"""Comments, files, people and settings of a Freshdesk account."""

import io

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.freshdesk import attachments, comments, describe, multipart, people
from retail_sync_helpdesk.client.freshdesk.account import FreshdeskDesk
from retail_sync_helpdesk.client.records import Attachment, Comment, NewComment

from .fakes import Answer
from .freshdesk_fakes import HOST, NO_ROWS, NOTHING_FOUND, freshdesk, ticket_row, validation

PDF = b"%PDF-1.7\n\x00"
ME = Answer({"id": 62, "contact": {"name": "Integration", "email": "sync@acme.example"}})


def row(key, at, **values):
    return {"id": key, "user_id": 62, "private": True, "body_text": f"text {key}", "created_at": at, **values}


# -- comments


def test_the_description_comes_first_and_the_others_by_their_age():
    listed = [row(3, "2026-05-20T10:00:03Z"), row(2, "2026-05-20T10:00:02Z", private=False)]
    session, calls = freshdesk(Answer(listed), Answer(ticket_row()))
    found = list(comments.listed(session, "4014"))
    assert [comment.key for comment in found] == ["description", "2", "3"]
    assert [comment.public for comment in found] == [True, True, False]
    assert (found[0].text, found[0].author) == ("Where is my parcel?", "61")


@pytest.mark.parametrize("since, keys, calls", [("2", ["3"], 1), ("description", ["2", "3"], 1), ("9", None, 2)])
def test_comments_after_one_that_is_known_need_no_look_at_the_ticket(since, keys, calls):
    listed = [row(2, "2026-05-20T10:00:02Z"), row(3, "2026-05-20T10:00:03Z")]
    session, desk = freshdesk(Answer(listed), Answer(ticket_row()))
    found = [comment.key for comment in comments.listed(session, "4014", since)]
    assert found == (["description", "2", "3"] if keys is None else keys)
    assert len(desk.requests) == calls


def test_a_conversation_that_does_not_say_so_is_not_public():
    session, _calls = freshdesk(Answer([row(2, "x", private=None)]))
    assert [comment.public for comment in comments.listed(session, "4014", "description")] == [False]


def test_an_answer_and_a_note_go_different_ways():
    session, calls = freshdesk(Answer({"id": 7}, 201), Answer({"id": 8}, 201))
    assert comments.add(session, "5", NewComment("a & b", public=True)).ok
    assert comments.add(session, "5", NewComment("x", html="<b>x</b>")).ok
    assert calls.calls() == ["POST /tickets/5/reply", "POST /tickets/5/notes"]
    assert (calls.json(0), calls.json(1)) == ({"body": "a &amp; b"}, {"body": "<b>x</b>", "private": True})


def test_a_comment_of_the_calling_agent_is_an_echo():
    session, calls = freshdesk(ME)
    desk = FreshdeskDesk(session)
    assert desk.is_echo(Comment("1", author="62"))
    assert not desk.is_echo(Comment("1", author="61"))
    assert not comments.is_echo(Comment("1"), "")
    assert len(calls.requests) == 1


def test_a_comment_in_another_agents_name_is_refused_because_its_echo_would_not_be_known():
    session, calls = freshdesk(ME, Answer({"id": 7}, 201))
    desk = FreshdeskDesk(session)
    with pytest.raises(ClientError) as error:
        desk.add_comment("5", NewComment("x", author="61"))
    assert error.value.code == "COMMENT_AUTHOR"
    assert desk.add_comment("5", NewComment("x", author="62")).ok


# -- files


def test_files_go_out_with_their_comment():
    session, calls = freshdesk(Answer({"id": 7}, 201))
    desk = FreshdeskDesk(session)
    upload = desk.upload('März "1".pdf', io.BytesIO(PDF))
    desk.add_comment("5", NewComment("see file", uploads=(upload,)))
    assert calls.last.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    body = calls.bodies[-1]
    assert 'name="attachments[]"; filename="März _1_.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode() in body
    assert b'name="private"\r\n\r\ntrue\r\n' in body
    assert PDF in body


def test_a_file_that_another_process_holds_is_handed_over_again():
    session, calls = freshdesk()
    with pytest.raises(ClientError) as error:
        FreshdeskDesk(session).add_comment("5", NewComment("x", uploads=("f00",)))
    assert error.value.code == "UPLOAD_UNKNOWN"
    assert calls.requests == []


def test_files_that_are_too_large_together_are_refused(monkeypatch):
    monkeypatch.setattr(attachments, "MOST_BYTES", 15)
    held = attachments.HeldFiles()
    first = held.add("a.pdf", io.BytesIO(PDF))
    with pytest.raises(ClientError) as error:
        held.add("b.pdf", io.BytesIO(PDF))
    assert (error.value.kind, error.value.code) == (errors.BUSINESS, "FILE_TOO_LARGE")
    held.drop([first])
    assert held.add("b.pdf", io.BytesIO(PDF))


def test_a_form_names_what_is_inside_of_lists_and_objects_and_breaks_no_line():
    body, content_type = multipart.encode({"custom_fields": {'cf"\r\nx': "1"}, "tags": ["a", "b"], "n": None}, [])
    boundary = content_type.partition("boundary=")[2]
    parts = body.read().decode().split(f"--{boundary}\r\n")[1:]
    assert parts[0] == 'Content-Disposition: form-data; name="custom_fields[cf%22%0D%0Ax]"\r\n\r\n1\r\n'
    assert parts[1:3] == [f'Content-Disposition: form-data; name="tags[]"\r\n\r\n{tag}\r\n' for tag in "ab"]
    assert parts[3] == f'Content-Disposition: form-data; name="n"\r\n\r\n\r\n--{boundary}--\r\n'


@pytest.mark.parametrize(
    "url, signed",
    [(f"{HOST}/helpdesk/attachments/1", True), ("https://s3.amazonaws.com/cdn.freshdesk.com/1", False)],
)
def test_the_key_goes_to_the_account_only(url, signed):
    session, calls = freshdesk(Answer(PDF))
    sink = io.BytesIO()
    assert FreshdeskDesk(session).download(Attachment("1", url=url), sink, 100) == len(PDF)
    assert ("Authorization" in calls.last.headers) is signed


@pytest.mark.parametrize(
    "url", ["https://example.com/1", "https://freshdesk.com.example/1", "http://s3.amazonaws.com/1"]
)
def test_other_hosts_are_not_called(url):
    session, calls = freshdesk()
    with pytest.raises(ClientError):
        FreshdeskDesk(session).download(Attachment("1", url=url), io.BytesIO(), 100)
    assert calls.requests == []


# -- people


def test_the_calling_agent_is_asked_for_once_and_must_be_one():
    session, calls = freshdesk(ME, Answer({"code": "?"}))
    desk = FreshdeskDesk(session)
    assert desk.whoami().key == desk.whoami().key == "62"
    assert (desk.whoami().email, desk.whoami().role) == ("sync@acme.example", "agent")
    assert calls.calls() == ["GET /agents/me"]
    with pytest.raises(ClientError) as error:
        FreshdeskDesk(session).whoami()
    assert error.value.kind == errors.AUTH


def test_a_customer_is_looked_for_by_key_then_by_address_and_others_are_left_alone():
    everybody = Answer([{"id": 1, "email": "other@x", "unique_external_id": None}])
    session, calls = freshdesk(everybody, Answer([{"id": 5, "email": "Ada@x"}]), Answer({"id": 5, "email": "ada@x"}))
    person, is_new = people.save_person(session, {"external_key": "k1", "email": "ada@x", "organization": "63"})
    assert (person.key, is_new) == ("5", False)
    assert calls.calls() == ["GET /contacts", "GET /contacts", "PUT /contacts/5"]
    assert (calls.query(0)["unique_external_id"], calls.query(1)["email"]) == ("k1", "ada@x")
    assert calls.json() == {"unique_external_id": "k1", "email": "ada@x", "company_id": 63}


def test_a_customer_that_two_calls_create_is_a_duplicate():
    session, _calls = freshdesk(NO_ROWS, validation(("email", "duplicate_value"), status=409))
    with pytest.raises(ClientError) as error:
        people.save_person(session, {"email": "ada@x", "name": "Ada"})
    assert error.value.kind == errors.DUPLICATE


@pytest.mark.parametrize("values", [{"name": "Ada"}, {"email": "a@x", "colour": "red"}])
def test_a_customer_is_known_by_key_or_address_and_by_fields_that_there_are(values):
    session, calls = freshdesk()
    with pytest.raises(ValueError):
        people.save_person(session, values)
    assert calls.requests == []


def test_a_company_keeps_our_key_in_its_field():
    found = {"id": 63, "name": "Rossi", "custom_fields": {"odoo_key": "k1", "tier": "A"}, "domains": ["rossi.example"]}
    session, calls = freshdesk(NOTHING_FOUND, Answer(found, 201))
    organization, is_new = people.save_organization(
        session, {"external_key": "k1", "name": "Rossi", "custom": {"t": 1}}
    )
    assert calls.json() == {"name": "Rossi", "custom_fields": {"t": 1, "odoo_key": "k1"}}
    assert (organization.external_key, organization.custom, organization.domains, is_new) == (
        "k1",
        {"tier": "A"},
        ("rossi.example",),
        True,
    )


def test_a_company_with_our_name_and_another_key_is_a_duplicate():
    refusal = validation(("name", "duplicate_value"), status=409)
    listed = Answer({"companies": [{"id": 62, "name": "Rossi & Figli"}, {"id": 63, "name": "Rossi"}]})
    other = Answer({"id": 63, "name": "Rossi", "custom_fields": {"odoo_key": "k9"}})
    session, calls = freshdesk(NOTHING_FOUND, refusal, listed, other)
    with pytest.raises(ClientError) as error:
        people.save_organization(session, {"external_key": "k1", "name": "Rossi"})
    assert error.value.kind == errors.DUPLICATE
    assert calls.calls()[-1] == "GET /companies/63"


# -- settings


def test_fields_are_described_with_the_values_that_are_written():
    fields = [
        {
            "name": "status",
            "type": "default_status",
            "label": "Status",
            "default": True,
            "choices": {"2": ["Open", "x"]},
        },
        {"name": "priority", "type": "default_priority", "label": "Priority", "default": True, "choices": {"Low": 1}},
        {"name": "cf_a", "type": "custom_dropdown", "label": "A", "choices": ["x", "y"], "required_for_closure": True},
        {"name": "cf_b", "type": "nested_field", "label": "B", "choices": {"x": {"y": []}}},
        {"name": "cf_c", "type": "custom_new", "label": "C"},
    ]
    session, _calls = freshdesk(
        Answer(fields), Answer([{"id": 66, "name": "Support"}]), Answer([{"id": 65, "name": "A"}])
    )
    found = describe.describe(session)
    assert [(field.key, field.kind, field.options, field.system) for field in found.fields] == [
        ("status", "enum", {"2": "Open"}, True),
        ("priority", "enum", {"1": "Low"}, True),
        ("cf_a", "enum", {"x": "x", "y": "y"}, False),
        ("cf_b", "enum", {"x": "x"}, False),
        ("cf_c", "other", {}, False),
    ]
    assert [field.required for field in found.fields] == [False, False, True, False, False]
    assert (found.groups[0].key, found.brands[0].key, found.forms) == ("66", "65", ())


def test_a_right_that_is_missing_is_not_taken_for_an_empty_list():
    session, _calls = freshdesk(NO_ROWS, NO_ROWS, Answer({"code": "access_denied", "message": "no"}, 403))
    with pytest.raises(ClientError):
        describe.describe(session)

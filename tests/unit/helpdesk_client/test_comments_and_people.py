"""Comments, customers and organisations."""

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.records import Comment, NewComment
from retail_sync_helpdesk.client.zendesk import comments, describe, paging, people

from .fakes import STAMP, Answer, new_session, ticket_answer


def row(key, **values):
    return {"id": key, "author_id": 61, "public": True, "plain_body": f"text {key}", "created_at": STAMP, **values}


def page(rows, after=None, name="comments"):
    return Answer({name: rows, "meta": {"has_more": bool(after), "after_cursor": after}, "links": {}})


def test_comments_are_read_to_the_last_page():
    session, desk = new_session(page([row(1), row(2)], "c1"), page([row(3)]))
    assert [comment.key for comment in comments.listed(session, "4014")] == ["1", "2", "3"]
    assert desk.query(0) == {"sort": "created_at", "page[size]": "100"}
    assert desk.query(1) == {"sort": "created_at", "page[size]": "100", "page[after]": "c1"}


def test_only_comments_after_a_known_one_are_given():
    session, _ = new_session(page([row(1), row(2)], "c1"), page([row(3)]))
    assert [comment.key for comment in comments.listed(session, "4014", since="2")] == ["3"]


def test_all_comments_are_given_when_the_known_one_is_not_among_them():
    session, _ = new_session(page([row(1), row(2)]))
    assert [comment.key for comment in comments.listed(session, "4014", since="99")] == ["1", "2"]


def test_a_comment_is_read_with_its_files_and_marker():
    file = {"id": 5, "file_name": "a.pdf", "content_type": "application/pdf", "size": 3, "content_url": "https://x/t"}
    listed = [row(1, public=False, html_body="<p>x</p>", attachments=[file], metadata={"custom": {"odoo": "evt-1"}})]
    session, _ = new_session(page(listed))
    [comment] = comments.listed(session, "4014")
    assert (comment.text, comment.html, comment.public, comment.marker) == ("text 1", "<p>x</p>", False, "evt-1")
    assert [(found.name, found.size) for found in comment.attachments] == [("a.pdf", 3)]
    assert "https" not in repr(comment)


def test_an_internal_note_is_never_written_as_public():
    session, desk = new_session(ticket_answer())
    comments.add(session, "4014", NewComment(html="<b>x</b>", author="62", uploads=("u1",), marker="evt-2"))
    assert desk.json()["ticket"] == {
        "comment": {"html_body": "<b>x</b>", "public": False, "author_id": 62, "uploads": ["u1"]},
        "metadata": {"odoo": "evt-2"},
    }


@pytest.mark.parametrize(
    "comment, known, echo",
    [
        (Comment("1", author="62", marker="evt-1"), None, True),
        (Comment("1", author="62", marker="evt-1"), {"evt-1"}, True),
        (Comment("1", author="9", marker="evt-1"), {"evt-1"}, True),
        (Comment("1", author="62", marker="theirs"), {"evt-1"}, False),
        (Comment("1", author="62"), {"evt-1"}, True),
        (Comment("1", author="9"), None, False),
        (Comment("1", author=""), None, False),
    ],
)
def test_what_we_wrote_is_known_by_its_marker_or_else_by_its_author(comment, known, echo):
    assert comments.is_echo(comment, "62", known) is echo


def test_without_a_known_user_a_comment_without_author_is_no_echo():
    assert not comments.is_echo(Comment("1"), "")


def test_a_comment_whose_answer_was_lost_is_found_by_its_marker_among_the_audits():
    audits = [
        {"id": 8, "metadata": {"custom": {}}, "events": [{"id": 1, "type": "Comment"}]},
        {
            "id": 9,
            "metadata": {"custom": {"odoo": "evt-9"}},
            "events": [{"id": 2, "type": "Change"}, {"id": 3, "type": "Comment"}],
        },
        {"id": 10, "metadata": None, "events": None},
    ]
    session, desk = new_session(page(audits, name="audits"), page(audits, name="audits"))
    assert comments.find_marker(session, "4014", "evt-9") == "3"
    assert comments.find_marker(session, "4014", "evt-8") == ""
    assert desk.calls()[0] == "GET /tickets/4014/audits"
    with pytest.raises(ValueError):
        comments.find_marker(session, "4014", "")


def test_a_list_that_knows_no_cursors_is_read_by_its_next_page_or_at_once():
    follow = {"groups": [{"id": 1}], "next_page": "https://acme.zendesk.com/api/v2/groups.json?page=2"}
    session, desk = new_session(Answer(follow), Answer({"groups": [{"id": 2}], "next_page": None}))
    assert [found["id"] for found in paging.each(session, "/groups", "groups")] == [1, 2]
    assert desk.query(1) == {"page": "2"}


def test_a_next_page_on_another_host_is_not_followed():
    session, desk = new_session(Answer({"groups": [], "next_page": "https://evil.example/api/v2/groups"}))
    with pytest.raises(ClientError) as caught:
        list(paging.each(session, "/groups", "groups"))
    assert caught.value.code == "FOREIGN_HOST"
    assert len(desk.requests) == 1


@pytest.mark.parametrize("body", [{}, {"comments": None}, {"comments": {}}])
def test_a_list_that_is_none_is_a_fault(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError):
        list(comments.listed(session, "1"))


USER = {"id": 61, "name": "Ada", "email": "ada@example.com", "external_id": "odoo:partner:55", "role": "end-user"}


@pytest.mark.parametrize("status, created", [(201, True), (200, False)])
def test_a_customer_is_created_or_updated_and_gets_no_mail(status, created):
    session, desk = new_session(Answer({"user": USER}, status))
    values = {"external_key": "odoo:partner:55", "name": "Ada", "organization": "63", "custom": {"loyalty": "gold"}}
    person, is_new = people.save_person(session, values)
    assert (person.key, person.external_key, is_new) == ("61", "odoo:partner:55", created)
    assert desk.json() == {
        "user": {
            "external_id": "odoo:partner:55",
            "name": "Ada",
            "organization_id": 63,
            "user_fields": {"loyalty": "gold"},
            "skip_verify_email": True,
        }
    }


@pytest.mark.parametrize("values", [{}, {"name": "Ada"}, {"email": "ada@example.com", "role": "admin"}])
def test_a_customer_without_key_or_with_a_foreign_field_is_an_error(values):
    session, desk = new_session()
    with pytest.raises(ValueError):
        people.save_person(session, values)
    assert desk.requests == []


def test_many_customers_are_one_job_and_each_is_kept_from_mail():
    session, desk = new_session(Answer({"job_status": {"id": "J", "status": "queued"}}))
    job = people.save_people(session, [{"external_key": "k"}, {"email": "ada@example.com"}])
    assert job.keys == ("k", "ada@example.com")
    assert all(user["skip_verify_email"] is True for user in desk.json()["users"])


def test_customers_are_found_by_key_or_address():
    session, desk = new_session(*[Answer({"users": [USER]})] * 2)
    people.find_people(session, external_key="k")
    people.find_people(session, email="ada@example.com")
    assert [desk.query(0), desk.query(1)] == [{"external_id": "k"}, {"query": "email:ada@example.com"}]
    with pytest.raises(ValueError):
        people.find_people(session)


def test_several_customers_are_read_in_one_call():
    session, desk = new_session(Answer({"users": [USER]}))
    assert list(people.people(session, ["61", "62", "61"])) == ["61"]
    assert desk.query() == {"ids": "61,62"}


def test_an_organisation_is_created_or_updated_by_its_key():
    answer = {"organization": {"id": 63, "name": "Rossi Srl", "external_id": "odoo:partner:54"}}
    session, desk = new_session(Answer(answer, 201))
    found, is_new = people.save_organization(
        session, {"external_key": "odoo:partner:54", "name": "Rossi Srl", "domains": ("rossi.it",)}
    )
    assert (found.key, found.name, is_new) == ("63", "Rossi Srl", True)
    assert desk.json()["organization"]["domain_names"] == ["rossi.it"]
    with pytest.raises(ValueError):
        people.save_organization(session, {"name": "Rossi Srl"})


def test_an_organisation_with_the_name_of_another_is_a_duplicate():
    details = {"name": [{"description": "Name: has already been taken", "error": "DuplicateValue"}]}
    session, _ = new_session(Answer({"error": "RecordInvalid", "details": details}, 422))
    with pytest.raises(ClientError) as caught:
        people.save_organization(session, {"external_key": "k", "name": "Rossi Srl"})
    assert caught.value.kind == errors.DUPLICATE


def test_an_account_is_described_in_the_kinds_of_all_desks():
    status = {
        "id": 1,
        "type": "status",
        "title": "Status",
        "system_field_options": [{"value": word, "name": word.title()} for word in ("new", "open", "hold", "solved")],
    }
    tagger = {
        "id": 2,
        "type": "tagger",
        "title": "Reason",
        "required": True,
        "custom_field_options": [{"value": "late", "name": "Late"}],
    }
    session, _ = new_session(
        page([status, tagger, {"id": 3, "type": "new_invention"}], name="ticket_fields"),
        page([{"id": 4, "name": "Default", "default": True, "ticket_field_ids": [1, 2]}], name="ticket_forms"),
        page([{"id": 5, "name": "Support"}, {"id": 6, "name": "Old", "deleted": True}], name="groups"),
        page([{"id": 7, "name": "Acme", "active": False}], name="brands"),
    )
    found = describe.describe(session)
    assert [(field.key, field.kind, field.system) for field in found.fields] == [
        ("1", "enum", True),
        ("2", "enum", False),
        ("3", "other", False),
    ]
    assert (found.fields[1].options, found.fields[1].required) == ({"late": "Late"}, True)
    assert [status.value for status in found.statuses] == ["new", "open", "hold", "solved"]
    assert (found.forms[0].fields, found.forms[0].default) == (("1", "2"), True)
    assert [group.name for group in found.groups] == ["Support"]
    assert not found.brands[0].active

"""The account without its server: seeds, journal, switches whose other side the contract tests leave alone."""

import pytest

from tests.simulators.zendesk.errors import ApiError
from tests.simulators.zendesk.journal import Actor
from tests.simulators.zendesk.organization_writer import OrganizationWriter
from tests.simulators.zendesk.people import UserWriter
from tests.simulators.zendesk.seed import seed
from tests.simulators.zendesk.ticket_writer import TicketWriter


def test_a_seed_keeps_its_dates_and_refers_to_what_came_before(account):
    [ada] = seed(account, {"object": "user", "records": [{"name": "Ada", "email": "ada@example.com", "_ref": "ada"}]})
    record = {
        "subject": "old", "requester_id": "@ada", "comments": ["first", {"body": "note", "public": False}],
        "status": "closed", "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z", "id": 500,
    }  # fmt: skip
    [number] = seed(account, {"object": "ticket", "records": [record]})
    row = account.records.tickets.rows[number]
    assert (number, row["requester_id"], row["status"]) == (500, ada, "closed")
    assert (row["created_at"], row["updated_at"]) == (record["created_at"], record["updated_at"])
    assert [each["body"] for each in account.records.comments.find("ticket", number)] == ["first", "note"]
    assert account.mails == []
    assert account.records.logs["ticket"].page((0, -1), 1_577_923_200, 9)[0] == [500]
    assert seed(account, {"object": "ticket", "records": [{"subject": "next"}]}) == [501]


def test_the_journal_holds_what_differs_and_who_wrote_it(account, writer):
    number = writer.create({"comment": "x", "subject": "a"})[0]["id"]
    seen = account.journal.seq
    writer.update(number, {"subject": "b"})
    writer.update(number, {"subject": "b"})
    [entry] = account.journal.select(seen, object="ticket")
    assert (entry["op"], entry["fields"]) == ("update", ["subject"])
    assert entry["before"]["subject"] == "a" and entry["after"]["subject"] == "b"


def test_the_journal_drops_its_oldest_entries_and_keeps_counting(account, writer):
    account.config.update({"journal_limit": 20})
    for i in range(30):
        writer.create({"comment": f"{i}"})
    entries = account.journal.entries
    assert len(entries) <= 20 and entries[-1]["seq"] == account.journal.seq
    since = entries[-3]["seq"]
    assert [each["seq"] for each in account.journal.select(since)] == [since + 1, since + 2]


def test_a_new_ticket_that_is_assigned_is_open(account, writer):
    row, _ = writer.create({"comment": "x", "assignee_id": account.users["agent"]})
    assert row["status"] == "open" and row["group_id"] is not None
    assert writer.update(row["id"], {"status": "new"})[0]["status"] == "open"
    account.config.update({"new_after_assignment": "refuse"})
    with pytest.raises(ApiError):
        writer.update(row["id"], {"status": "new"})


def test_due_dates_are_for_tasks_and_problems_for_incidents(account, writer):
    problem, _ = writer.create({"comment": "x", "type": "problem"})
    values = {"comment": "x", "problem_id": problem["id"], "due_at": "2026-06-01"}
    incident, _ = writer.create({**values, "type": "incident"})
    assert (incident["problem_id"], incident["due_at"]) == (problem["id"], None)
    task, _ = writer.create({**values, "type": "task"})
    assert (task["problem_id"], task["due_at"]) == (None, "2026-06-01T00:00:00Z")


def test_a_group_without_the_assignee_takes_the_ticket_from_them(account, writer):
    [group] = seed(account, {"object": "group", "records": [{"name": "Returns"}]})
    row, _ = writer.create({"comment": "x", "assignee_id": account.users["agent"]})
    assert writer.update(row["id"], {"group_id": group})[0]["assignee_id"] is None
    with pytest.raises(ApiError):
        writer.update(row["id"], {"group_id": group, "assignee_id": account.users["agent"]})


def test_people_in_copy_are_mailed_with_the_requester_and_once(account, writer):
    values = {"comment": "x", "requester": {"name": "Ada", "email": "ada@example.com"},
              "email_ccs": [{"user_email": "bo@example.com", "action": "put"},
                            {"user_email": "ada@example.com", "action": "put"}]}  # fmt: skip
    row, _ = writer.create(values)
    assert sorted(mail["email"] for mail in account.mails) == ["ada@example.com", "bo@example.com"]
    account.mails.clear()
    bo = account.owner("email", "bo@example.com")
    writer.update(row["id"], {"email_ccs": [{"user_id": bo, "action": "delete"}], "comment": "again"})
    assert [mail["email"] for mail in account.mails] == ["ada@example.com"]


def test_a_trigger_may_change_the_ticket_and_starts_no_other(account, writer):
    always = {"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []}
    action = [{"field": "priority", "value": "urgent"}, {"field": "current_tags", "value": "seen"}]
    seed(account, {"object": "trigger", "records": [{"title": "t", "conditions": always, "actions": action}]})
    row, _ = writer.create({"comment": "x"})
    assert (row["priority"], row["tags"]) == ("urgent", ["seen"])
    assert [each["origin"] for each in account.journal.select(object="ticket")] == ["rest", "trigger"]


def test_external_ids_differ_by_case_when_the_account_says_so(account):
    people = UserWriter(account, Actor(account.users["admin"]))
    first = people.create({"name": "a", "external_id": "X1"})
    assert people.create_or_update({"name": "b", "external_id": "x1"})[0]["id"] == first["id"]
    account.config.update({"external_id_ignores_case": False})
    assert people.create_or_update({"name": "c", "external_id": "X1"})[1] is True


def test_organizations_match_by_name_when_the_account_says_so(account):
    writer = OrganizationWriter(account, Actor(account.users["admin"]))
    first = writer.create({"name": "Rossi"})
    with pytest.raises(ApiError):
        writer.create_or_update({"name": "rossi"})
    account.config.update({"organizations_match_by_name": True})
    assert writer.create_or_update({"name": "rossi", "notes": "n"})[0]["id"] == first["id"]


def test_an_agent_cannot_make_agents(account):
    agent = UserWriter(account, Actor(account.users["agent"]))
    with pytest.raises(ApiError) as info:
        agent.create({"name": "x", "role": "admin"})
    assert info.value.status == 403


def test_an_untouched_tagger_follows_the_tags(account):
    options = [{"name": "Gold", "value": "gold"}]
    [field] = seed(account, {"object": "ticket_field", "records": [
        {"type": "tagger", "title": "Level", "custom_field_options": options}]})  # fmt: skip
    writer = TicketWriter(account, Actor(account.users["agent"]))
    row, _ = writer.create({"comment": "x", "custom_fields": [{"id": field, "value": "gold"}]})
    assert writer.update(row["id"], {"tags": ["other"]})[0]["custom_fields"] == {field: None}


def test_a_reset_account_gives_the_same_ids_again(account, writer):
    first = writer.create({"comment": "x"})[0], dict(account.users)
    account.reset()
    again = TicketWriter(account, Actor(account.users["integration"])).create({"comment": "x"})[0]
    assert (again["id"], account.users) == (first[0]["id"], first[1])

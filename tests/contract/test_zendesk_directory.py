"""Everybody of a simulated Zendesk account: what keeps people and organisations in sync, over HTTPS."""

import json

import pytest

from retail_sync_helpdesk.client import rows
from retail_sync_helpdesk.client.directory import ORGANIZATIONS, PEOPLE, TICKETS
from retail_sync_helpdesk.client.records import NewComment
from retail_sync_helpdesk.client.zendesk.directory import ZendeskDirectory

from .desk_world import ADA, created, refused
from .test_desk_client import Connection


@pytest.fixture
def desk(zd):
    zd.config(export_delay_seconds=0, rate_limit_incremental=0)
    return ZendeskDirectory(Connection(zd, exports=1000).session())


def walked(read, cursor, page=2):
    """(keys in the order in which they were given, cursor after them)."""
    found = []
    for _number in range(50):
        part = read(cursor, page)
        found += [record.key for record in part.records]
        cursor = json.loads(json.dumps(part.cursor))
        if not part.more:
            return found, cursor
    raise AssertionError("the export does not end")


def test_all_people_are_walked_through_once_and_then_what_changed(zd, desk):
    made = [str(number) for number in zd.seed("user", [{"name": f"User {n}"} for n in range(5)])]
    found, cursor = walked(desk.changed_people, {"since": 0})
    assert sorted(found) == sorted({*made, *map(str, zd.users.values())})
    zd.advance(5)
    zd.edit("user", int(made[1]), name="Renamed")
    assert walked(desk.changed_people, cursor)[0] == [made[1]]


def test_all_organizations_are_walked_through_once_and_then_what_changed(zd, desk):
    made = []
    for number in range(5):
        made += map(str, zd.seed("organization", [{"name": f"Firm {number}"}]))
        zd.advance(60)
    found, cursor = walked(desk.changed_organizations, {"since": 0})
    assert sorted(found) == sorted(made)
    zd.advance(120)
    zd.edit("organization", int(made[1]), name="Renamed")
    assert walked(desk.changed_organizations, cursor)[0] == [made[1]]


def test_a_new_address_becomes_the_first_one_and_no_mail_goes_out(zd, desk):
    person, _new = desk.save_person({"external_key": "odoo:1", "name": "Ada", "email": "ada@example.com"})
    changed = desk.change_person(person.key, {"name": "Ada Rossi", "email": "ada@new.example"})
    assert (changed.name, changed.email) == ("Ada Rossi", "ada@new.example")
    assert desk.change_person(person.key, {"email": "ada@example.com"}).email == "ada@example.com"
    zd.refresh_index()
    assert desk.person_at("ada@example.com").key == person.key
    assert zd.mails(reason="welcome") == []


def test_people_and_organizations_are_found_by_our_keys(desk):
    ada, _new = desk.save_person({"external_key": "db:res.partner:1", "name": "Ada", "email": "ada@example.com"})
    firm, _new = desk.save_organization({"external_key": "db:res.partner:2", "name": "Rossi"})
    assert [row.key for row in desk.people_by_key(["db:res.partner:1", "db:res.partner:9"])] == [ada.key]
    assert [row.key for row in desk.organizations_by_key(["db:res.partner:2"])] == [firm.key]
    assert desk.organizations([firm.key])[firm.key].name == "Rossi"
    assert desk.change_organization(firm.key, {"name": "Rossi Srl"}).name == "Rossi Srl"
    refused(lambda: desk.change_organization("99", {"name": "x"}), "gone")


def test_a_deleted_person_is_known_as_deleted_and_an_unknown_one_is_not(zd, desk):
    ada, _new = desk.save_person({"name": "Ada", "email": "ada@example.com"})
    zd.delete("user", int(ada.key))
    assert desk.person(ada.key).active is False
    assert desk.person("999999") is None
    assert ada.key not in desk.people([ada.key])


def test_the_bin_names_deleted_tickets_and_no_others(desk):
    kept, gone = created(desk, "odoo:1"), created(desk, "odoo:2")
    desk.delete_ticket(gone)
    assert desk.deleted_tickets([kept, gone, "999999"]) == {gone}


def test_counts_leave_agents_out(zd, desk):
    created(desk)
    zd.seed("organization", [{"name": "Rossi"}])
    assert (desk.count(TICKETS), desk.count(ORGANIZATIONS)) == (1, 1)
    assert desk.count(PEOPLE) >= 1


def test_agents_are_listed_with_their_addresses(zd, desk):
    assert set(desk.agents()) == {str(zd.users[name]) for name in ("admin", "integration", "agent", "agent2")}


def test_a_comment_is_found_by_its_marker_and_its_key_is_that_of_the_answer(desk):
    key = created(desk)
    saved = desk.add_comment(key, NewComment("Hello", public=True, marker="m-1"))
    assert saved.comment
    assert desk.find_comment(key, "m-1") == saved.comment
    assert desk.find_comment(key, "m-2") == ""


def test_what_a_row_writes_is_what_it_reads(desk):
    key = created(desk)
    row = rows.ticket_row(desk.ticket(key), "https://acme.zendesk.com/agent/tickets/1")
    assert json.loads(json.dumps(row)) == row
    fields = {"priority": "high", "tags": ["odoo", "vip"], "requester": row["requester"]}
    [saved] = desk.change(key, [rows.ticket_change(fields, row["updated_at"])])
    assert saved.ok
    after = rows.ticket_row(desk.ticket(key))
    assert {name: after[name] for name in fields} == fields
    assert rows.version_of(after) >= rows.version_of(row) > 0
    [late] = desk.change(key, [rows.ticket_change({"priority": "low"}, "2020-01-01T00:00:00Z")])
    assert late.error.kind == "conflict"
    assert ADA["email"] == desk.people([row["requester"]])[row["requester"]].email

"""What every ticket desk does, over HTTPS against its simulated account.

A desk's own test module gives the fixture `world`, a `DeskWorld`.
"""

import io
import time

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import Remedy
from retail_sync_helpdesk.client.records import NewComment, Priority, Status, TicketChange
from retail_sync_helpdesk.client.session import BUDGET_USED_UP

from .desk_world import ADA, KEY, PDF, created, exported, new, refused


class DeskSuite:
    """The behaviour that all desks share."""

    @pytest.fixture
    def desk(self, world):
        return world.desk()

    # -- tickets
    def test_a_ticket_is_created_with_a_key_and_found_by_it(self, desk):
        saved = desk.create(new(priority=Priority.high), ADA)
        assert (saved.ok, saved.created) == (True, True)
        ticket = desk.ticket(saved.key)
        assert (ticket.subject, ticket.priority, ticket.external_key) == ("Late parcel", Priority.high, KEY)
        assert ticket.status in (Status.new, Status.open)
        assert [found.key for found in desk.find(KEY)] == [saved.key]
        assert desk.find("odoo:helpdesk:7") == []

    def test_a_creation_whose_answer_was_lost_makes_one_ticket(self, world, desk):
        world.sim.fault("drop_after_commit", {"method": "POST", "path": r"/tickets(\.json)?$"})
        refused(lambda: desk.create(new(), ADA), errors.TRANSIENT, errors.UNKNOWN)
        again = desk.create(new(), ADA)
        assert (again.ok, again.created) == (True, False)
        assert [found.key for found in desk.find(KEY)] == [again.key]

    def test_values_are_changed(self, desk):
        key = created(desk)
        version = desk.ticket(key).version
        changes = [TicketChange({"status": Status.pending, "subject": "x"}, version=version)]
        assert [saved.ok for saved in desk.change(key, changes)] == [True]
        ticket = desk.ticket(key)
        assert (ticket.status, ticket.subject, ticket.external_key) == (Status.pending, "x", KEY)

    def test_a_ticket_that_changed_since_it_was_read_is_not_overwritten(self, world, desk):
        key = created(desk)
        version = desk.ticket(key).version
        world.sim.advance(5)
        world.edit(key, priority=4)
        [result] = desk.change(key, [TicketChange({"priority": Priority.low}, version=version)])
        assert (result.ok, result.error.kind, result.error.remedy) == (False, errors.CONFLICT, Remedy.reread)
        assert desk.ticket(key).priority == Priority.urgent

    def test_added_tags_keep_those_of_the_agents(self, world, desk):
        key = created(desk)
        world.edit(key, tags=["vip"])
        assert [saved.ok for saved in desk.change(key, [TicketChange(add_tags=("odoo",))])] == [True]
        assert set(desk.ticket(key).tags) >= {"vip", "odoo"}

    def test_a_refused_value_names_its_field(self, desk):
        key = created(desk)
        [result] = desk.change(key, [TicketChange({"priority": "high-ish"})])
        assert (result.ok, result.error.kind, result.error.remedy) == (False, errors.BUSINESS, Remedy.record)
        assert "priority" in result.error.fields

    def test_the_first_refusal_ends_a_row_of_changes(self, desk):
        key = created(desk)
        notes = [
            TicketChange({"priority": "high-ish"}, comment=NewComment("one")),
            TicketChange(comment=NewComment("two")),
        ]
        assert [saved.ok for saved in desk.change(key, notes)] == [False]
        assert len(list(desk.comments(key))) == 1

    def test_a_deleted_ticket_is_gone(self, world, desk):
        key, other = created(desk), created(desk, "odoo:helpdesk:78")
        world.delete(desk, key)
        assert refused(lambda: desk.ticket(key), errors.GONE).remedy is Remedy.drop
        [result] = desk.change(key, [TicketChange({"subject": "x"})])
        assert result.error.kind == errors.GONE
        assert desk.tickets([key, other, "999999999"]).keys() == {other}

    # -- comments and files
    def test_comments_are_public_or_internal_and_listed_oldest_first(self, world, desk):
        key = created(desk)
        assert desk.add_comment(key, NewComment("a <note>\nof two lines")).ok
        world.sim.advance(2)
        assert desk.add_comment(key, NewComment("an answer", public=True)).ok
        world.sim.advance(2)
        world.comment(key, "an agent's note", public=False)
        listed = list(desk.comments(key))
        assert [comment.text for comment in listed] == [
            "Where is my parcel?",
            "a <note>\nof two lines",
            "an answer",
            "an agent's note",
        ]
        assert [comment.public for comment in listed] == [True, False, True, False]
        for number, comment in enumerate(listed):
            later = [found.key for found in desk.comments(key, since=comment.key)]
            assert later == [found.key for found in listed[number + 1 :]]
        assert len(list(desk.comments(key, since="1"))) == 4

    def test_a_change_writes_its_values_and_its_comments_in_their_order(self, world, desk):
        key = created(desk)
        results = desk.change(
            key,
            [
                TicketChange({"priority": "low"}),
                TicketChange({"priority": "high"}, comment=NewComment("first")),
                TicketChange({"status": "pending"}, comment=NewComment("second", public=True)),
            ],
        )
        assert all(saved.ok for saved in results)
        ticket = desk.ticket(key)
        assert (ticket.priority, ticket.status) == (Priority.high, Status.pending)
        assert [comment.text for comment in desk.comments(key)][1:] == ["first", "second"]

    def test_our_own_comments_are_known_when_they_come_back(self, world, desk):
        key = created(desk)
        desk.add_comment(key, NewComment("a note", marker="evt-1"))
        world.comment(key, "an agent's answer")
        assert [desk.is_echo(comment) for comment in list(desk.comments(key))[1:]] == [True, False]

    def test_a_comment_whose_answer_was_lost_is_looked_up_before_the_next_try(self, world, desk):
        key = created(desk)
        world.sim.fault("drop_after_commit", world.lost_comment)
        error = refused(lambda: desk.add_comment(key, NewComment("x", marker="evt-5")), errors.UNKNOWN)
        assert error.remedy is Remedy.look_up
        assert [comment.text for comment in desk.comments(key)][1:] == ["x"]

    def test_a_long_talk_is_read_page_by_page(self, world, desk):
        key = created(desk)
        for number in range(105):
            world.comment(key, f"text {number}", public=False)
        assert [comment.text for comment in desk.comments(key)][1:] == [f"text {number}" for number in range(105)]

    def test_a_file_goes_up_with_a_comment_and_comes_down_again(self, desk):
        key = created(desk)
        token = desk.upload("../Quittung für März.pdf", io.BytesIO(PDF))
        desk.add_comment(key, NewComment("see file", public=True, uploads=(token,)))
        comment = list(desk.comments(key))[-1]
        [attachment] = comment.attachments
        assert (comment.text, comment.public) == ("see file", True)
        assert (attachment.name, attachment.content_type) == ("Quittung für März.pdf", "application/pdf")
        assert attachment.size == len(PDF)
        sink = io.BytesIO()
        assert desk.download(attachment, sink, 10_000) == len(PDF)
        assert sink.getvalue() == PDF
        assert refused(lambda: desk.download(attachment, io.BytesIO(), 10), errors.BUSINESS).code == "FILE_TOO_LARGE"

    def test_a_file_that_breaks_the_rules_does_not_leave(self, desk):
        for name, content in (("a.pdf", b""), ("a.pdf", b"MZ\x00"), ("a.png", PDF)):
            refused(lambda name=name, content=content: desk.upload(name, io.BytesIO(content)), errors.BUSINESS)

    # -- people and settings
    def test_a_customer_and_an_organisation_are_saved_once(self, desk):
        company = {"external_key": "odoo:partner:54", "name": "Rossi Srl"}
        organization, first = desk.save_organization(company)
        same, second = desk.save_organization(company)
        values = {"external_key": "odoo:partner:55", "name": "Ada", "email": ADA["email"]}
        person, third = desk.save_person({**values, "organization": organization.key})
        changed, fourth = desk.save_person({**values, "phone": "+390612345678"})
        assert (first, second, third, fourth) == (True, False, True, False)
        assert (same.key, changed.key) == (organization.key, person.key)
        assert (organization.external_key, organization.name) == ("odoo:partner:54", "Rossi Srl")
        assert (changed.external_key, changed.phone, changed.organization) == (
            "odoo:partner:55",
            "+390612345678",
            organization.key,
        )

    def test_an_organisation_with_the_name_of_another_is_a_duplicate(self, desk):
        desk.save_organization({"external_key": "k1", "name": "Rossi Srl"})
        refused(lambda: desk.save_organization({"external_key": "k2", "name": "Rossi Srl"}), errors.DUPLICATE)

    def test_the_account_describes_itself(self, desk):
        found = desk.describe()
        assert {Status.open, Status.pending, Status.solved} <= set(found.statuses)
        assert {"enum", "text"} <= {field.kind for field in found.fields}
        assert found.groups

    # -- changes
    def test_the_list_of_changes_misses_nothing_over_pages(self, world, desk):
        since = time.time() - 3600
        world.small_pages(desk, 7)
        keys = world.seed(40)
        world.sim.advance(200)
        found, cursor, covered = exported(desk, {"since": since})
        assert sorted(set(found) & set(keys)) == sorted(keys)
        assert len(found) == len(set(found))
        assert covered is not None
        assert exported(desk, cursor)[0] == []
        world.edit(keys[3], priority=4)
        world.sim.advance(200)
        later, cursor, again = exported(desk, cursor)
        assert (later, again > covered) == ([keys[3]], True)

    def test_a_beginning_at_this_moment_is_accepted(self, desk):
        page = desk.changed({"since": time.time()})
        assert not page.more
        assert page.cursor

    # -- limits and trouble
    def test_a_refused_secret_is_left_to_a_person_and_named_nowhere(self, world):
        error = refused(world.desk("canary-wrong").whoami, errors.AUTH)
        assert error.remedy is Remedy.renew
        assert "canary" not in f"{error} {error!r} {error.body_excerpt}"

    def test_a_limit_is_a_fault_with_a_time_to_wait(self, world, desk):
        key = created(desk)
        made = world.sim.fault("rate_limit")
        error = refused(lambda: desk.ticket(key), errors.THROTTLED)
        assert (made > 0, error.http_status) == (True, 429)
        assert 0 < error.retry_after <= 60
        held = refused(lambda: desk.ticket(key), errors.THROTTLED)
        assert held.code == BUDGET_USED_UP
        desk.session.clock = lambda: time.time() + held.retry_after + 0.1
        assert desk.ticket(key).key == key

    @pytest.mark.parametrize(
        "fault, kind",
        [
            ({"kind": "status", "status": 503}, errors.TRANSIENT),
            ({"kind": "html", "status": 502}, errors.TRANSIENT),
            ({"kind": "truncate"}, errors.TRANSIENT),
            ({"kind": "drop"}, errors.TRANSIENT),
        ],
    )
    def test_trouble_of_the_service_passes(self, world, desk, fault, kind):
        key = created(desk)
        values = dict(fault)
        world.sim.fault(values.pop("kind"), {"method": "GET"}, **values)
        assert refused(lambda: desk.ticket(key), kind).remedy is Remedy.wait
        assert desk.ticket(key).key == key

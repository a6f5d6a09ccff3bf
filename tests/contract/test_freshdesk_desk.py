"""The client of the service desk against the simulated Freshdesk account, over HTTPS."""

import io
import time
from pathlib import Path

import pytest

from retail_sync_helpdesk.client import errors, times
from retail_sync_helpdesk.client.freshdesk import tickets
from retail_sync_helpdesk.client.freshdesk.account import FreshdeskDesk
from retail_sync_helpdesk.client.freshdesk.limits import Limits
from retail_sync_helpdesk.client.freshdesk.session import FreshdeskSession, KeyFields
from retail_sync_helpdesk.client.freshdesk.sign_in import ApiKey
from retail_sync_helpdesk.client.records import Job, NewComment, Status, TicketChange
from retail_sync_helpdesk.client.tokens import MemoryTokenStore
from retail_sync_helpdesk.client.transport import Transport
from tests.simulators.freshdesk.account import COMPANY_FIELD, KEY_FIELD
from tests.simulators.freshdesk.client import start_simulator

from .desk_suite import DeskSuite
from .desk_world import ADA, KEY, PDF, DeskWorld, created, exported, new, refused


class FreshdeskWorld(DeskWorld):
    lost_comment = {"method": "POST", "path": "/notes$"}

    def desk(self, key=None, key_fields=None, limits=None):
        session = FreshdeskSession(
            self.sim.base_url,
            Transport(Path(self.sim.ca).read_text()),
            ApiKey(key or self.sim.client_secret),
            MemoryTokenStore(),
            key_fields=key_fields or KeyFields(KEY_FIELD, COMPANY_FIELD),
            limits=limits or Limits(account=700),
        )
        return FreshdeskDesk(session)

    def comment(self, ticket, text, public=True):
        return self.sim.comment(int(ticket), text, public)

    def edit(self, ticket, **values):
        self.sim.edit(int(ticket), **values)

    def delete(self, desk, ticket):
        tickets.delete(desk.session, ticket)

    def seed(self, count):
        return [str(number) for number in self.sim.seed([{"subject": f"s{number}"} for number in range(count)])]

    def small_pages(self, desk, rows):
        self.sim.config(page_rows=rows)
        desk.session.limits = Limits(account=10_000, ticket_lists=10_000)


@pytest.fixture(scope="module")
def freshdesk_simulator(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("freshdesk")) as running:
        yield running


@pytest.fixture
def fd(freshdesk_simulator):
    """The Freshdesk simulator as a new account."""
    freshdesk_simulator.reset()
    return freshdesk_simulator


@pytest.fixture
def world(fd):
    return FreshdeskWorld(fd)


@pytest.fixture
def desk(world):
    return world.desk()


class TestFreshdesk(DeskSuite):
    """What every desk does."""


# -- keys


def test_a_ticket_that_the_search_does_not_show_yet_is_found_all_the_same(world, desk, fd):
    fd.config(search_lag_seconds=300)
    key = created(desk)
    world.seed(120)
    assert [found.key for found in desk.find(KEY)] == [key]
    assert not desk.create(new(), ADA).created
    fd.advance(700)
    assert [found.key for found in desk.find(KEY)] == [key]


def test_a_company_that_the_search_does_not_show_yet_is_found_by_its_name(desk, fd):
    fd.config(search_lag_seconds=300)
    values = {"external_key": "odoo:partner:54", "name": "Rossi Srl"}
    first, _new = desk.save_organization(values)
    again, is_new = desk.save_organization({**values, "domains": ("rossi.example",)})
    assert (again.key, again.domains, is_new) == (first.key, ("rossi.example",), False)


def test_without_a_field_for_keys_the_refusal_comes_before_anything_is_written(world, fd):
    desk = world.desk(key_fields=KeyFields(""))
    assert not desk.capabilities.external_key
    for call in (
        lambda: desk.find(KEY),
        lambda: desk.create(new(), ADA),
        lambda: desk.save_organization({"external_key": "k1", "name": "Rossi"}),
    ):
        assert refused(call, errors.CONTRACT).code == "NO_KEY_FIELD"
    assert [call for call in fd.calls() if call["method"] == "POST"] == []


def test_a_field_for_keys_that_the_account_does_not_have_is_a_setting(world):
    desk = world.desk(key_fields=KeyFields("cf_other"))
    error = refused(lambda: desk.create(new(), ADA), errors.CONTRACT)
    assert (error.code, error.fields, error.remedy) == ("invalid_field", ("cf_other",), errors.Remedy.settings)


# -- changes


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_more_tickets_than_a_page_holds_may_change_in_one_second(world, desk, fd, rows):
    world.small_pages(desk, rows)
    stamps = [times.iso(time.time() - 600 + offset) for offset in (0, *[1] * 23, 2, 2, 3)]
    keys = [str(number) for number in fd.seed([{"updated_at": stamp} for stamp in stamps])]
    found, cursor, _covered = exported(desk, {"since": time.time() - 3600})
    assert found == keys
    assert exported(desk, cursor)[0] == []


def test_tickets_that_change_while_the_list_is_read_hide_no_others(world, desk, fd):
    world.small_pages(desk, 5)
    start = int(time.time()) - 600
    # of the last ones, more than a page holds in one second
    keys = fd.seed([{"updated_at": times.iso(start + min(number, 10))} for number in range(30)])
    cursor, found, moved = {"since": start - 60}, set(), iter(keys[10:])
    for _number in range(40):
        page = desk.changed(cursor)
        found |= {int(ticket.key) for ticket in page.tickets}
        cursor = page.cursor
        if not page.more:
            break
        if cursor.get("page", 1) > 1 and not cursor.get("again"):
            fd.edit(next(moved), priority=4)
    assert next(moved) > keys[11]
    fd.advance(200)
    changed, _cursor, _covered = exported(desk, cursor)
    assert found | {int(key) for key in changed} == set(keys)


def test_a_change_within_the_last_seconds_is_given_by_a_later_look_and_once(world, desk, fd):
    [key] = world.seed(1)
    first, cursor, _covered = exported(desk, {"since": time.time() - 3600})
    fd.advance(12)
    second, cursor, _covered = exported(desk, cursor)
    fd.advance(12)
    assert (first, second, exported(desk, cursor)[0]) == ([], [key], [])


# -- what it does not have


def test_what_the_desk_does_not_have_is_refused_by_name(desk):
    key = created(desk)
    for call in (lambda: desk.change_many({key: TicketChange()}), lambda: desk.create_many([new()])):
        assert refused(call, errors.CONTRACT).code == "JOBS_NOT_OFFERED"
    assert refused(lambda: desk.job(Job("1")), errors.CONTRACT).code == "JOBS_NOT_OFFERED"
    for status in (Status.new, Status.hold):
        [result] = desk.change(key, [TicketChange({"status": status})])
        assert (result.error.kind, result.error.fields) == (errors.BUSINESS, ("status",))
    [result] = desk.change(key, [TicketChange({"form": "5"})])
    assert (result.error.code, result.error.fields) == ("FIELD_NOT_OFFERED", ("form",))
    private = TicketChange({"external_key": "k", "subject": "x"}, comment=NewComment("x"))
    assert refused(lambda: desk.create(private, ADA), errors.CONTRACT).code == "PRIVATE_DESCRIPTION"
    assert refused(lambda: desk.add_comment(key, NewComment("x", author="5")), errors.CONTRACT).code == "COMMENT_AUTHOR"


def test_a_value_that_the_account_refuses_names_its_field(desk):
    [result] = desk.change(created(desk), [TicketChange({"type": "Return"})])
    assert (result.error.kind, result.error.code, result.error.fields) == (
        errors.BUSINESS,
        "invalid_value",
        ("type",),
    )


def test_a_status_of_the_accounts_own_is_shown_as_it_is(desk, fd):
    key = created(desk)
    fd.edit(int(key), status=7)
    ticket = desk.ticket(key)
    assert (ticket.status, ticket.raw["status"]) == (None, 7)


def test_a_plan_with_one_product_has_no_brands(desk, fd):
    assert [brand.name for brand in desk.describe().brands] == ["Acme"]
    fd.config(products=False)
    assert desk.describe().brands == ()


# -- files


def test_a_ticket_is_created_with_a_file(desk):
    upload = desk.upload("a.pdf", io.BytesIO(PDF))
    change = TicketChange(
        {"external_key": KEY, "subject": "Ünder way"},
        custom={"cf_order": "S00042"},
        tags=("vip", "late"),
        comment=NewComment("see file", public=True, uploads=(upload,)),
    )
    ticket = desk.ticket(desk.create(change, ADA).key)
    assert (ticket.subject, ticket.external_key, ticket.custom) == ("Ünder way", KEY, {"cf_order": "S00042"})
    assert ticket.tags == ("vip", "late")
    [attachment] = next(iter(desk.comments(ticket.key))).attachments
    assert (attachment.name, attachment.size) == ("a.pdf", len(PDF))


def test_a_file_is_kept_for_the_next_try_and_forgotten_after_it(desk, fd):
    key = created(desk)
    comment = NewComment("see file", uploads=(desk.upload("a.pdf", io.BytesIO(PDF)),))
    fd.fault("status", {"path": "/notes$"}, status=503)
    refused(lambda: desk.add_comment(key, comment), errors.UNKNOWN)
    assert desk.add_comment(key, comment).ok
    assert refused(lambda: desk.add_comment(key, comment), errors.CONTRACT).code == "UPLOAD_UNKNOWN"


# -- limits


def test_the_accounts_own_figures_hold_calls_back_before_it_refuses(world, fd):
    desk = world.desk(limits=Limits(account=700))
    key = created(desk)
    fd.config(rate_limit=len(fd.calls()) + 3)
    held = 0
    for _number in range(6):
        try:
            desk.ticket(key)
        except errors.ClientError as error:
            assert error.retry_after > 0
            held += 1
    assert held == 3
    assert 429 not in {call["status"] for call in fd.calls()}

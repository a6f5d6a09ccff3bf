"""The client of the service desk against the simulated Zendesk account, over HTTPS."""

import io
import threading
import time
from pathlib import Path

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.budget import MemoryBudgetStore
from retail_sync_helpdesk.client.errors import ClientError, Remedy
from retail_sync_helpdesk.client.records import NewComment, Priority, Status, TicketChange
from retail_sync_helpdesk.client.replay import MemoryReplayStore
from retail_sync_helpdesk.client.session import BUDGET_USED_UP
from retail_sync_helpdesk.client.tokens import MemoryTokenStore
from retail_sync_helpdesk.client.transport import Transport
from retail_sync_helpdesk.client.zendesk import comments, events, export, people, tickets, webhooks
from retail_sync_helpdesk.client.zendesk.account import ZendeskDesk
from retail_sync_helpdesk.client.zendesk.limits import Limits
from retail_sync_helpdesk.client.zendesk.session import ZendeskSession
from retail_sync_helpdesk.client.zendesk.sign_in import ApiToken, App, AuthorizedUser, ClientCredentials, exchange_code

from .desk_suite import DeskSuite
from .desk_world import ADA, DeskWorld, created, exported, new, refused
from .zendesk_support import wait_for


class Connection:
    """Sessions of one account that share a token and a budget, as its workers do."""

    def __init__(self, sim, way=ClientCredentials, token=None, **limits):
        self.sim = sim
        self.way = way
        self.limits = Limits(**limits)
        self.app = App(sim.base_url, sim.client_id, sim.client_secret)
        self.authorities = Path(sim.ca).read_text()
        self.tokens = MemoryTokenStore(token)
        self.budget = MemoryBudgetStore()
        self.calls = []

    def transport(self):
        return Transport(self.authorities, after_call=self.calls.append)

    def session(self, **options):
        transport = self.transport()
        way = self.way(self.app, transport)
        return ZendeskSession(
            self.sim.base_url, transport, way, self.tokens, self.budget, limits=self.limits, **options
        )


@pytest.fixture
def connection(zd):
    return Connection(zd)


@pytest.fixture
def desk(connection):
    return ZendeskDesk(connection.session())


class ZendeskWorld(DeskWorld):
    lost_comment = {"method": "PUT", "path": "/tickets/"}

    def desk(self, key=None):
        connection = Connection(self.sim)
        if key:
            connection.app = App(self.sim.base_url, self.sim.client_id, key)
        return ZendeskDesk(connection.session())

    def comment(self, ticket, text, public=True):
        return self.sim.comment(int(ticket), text, public=public)

    def edit(self, ticket, **values):
        if "priority" in values:
            values["priority"] = ("low", "normal", "high", "urgent")[values["priority"] - 1]
        self.sim.edit("ticket", int(ticket), **values)

    def delete(self, desk, ticket):
        tickets.delete(desk.session, ticket)

    def seed(self, count):
        rows = [{"subject": f"s{number}"} for number in range(count)]
        return [str(number) for number in self.sim.seed("ticket", rows)]

    def small_pages(self, desk, rows):
        self.sim.config(export_page_rows=rows, rate_limit_incremental=0)
        desk.session.limits = Limits(exports=1000)


@pytest.fixture
def world(zd):
    return ZendeskWorld(zd)


class TestZendesk(DeskSuite):
    """What every desk does."""


# -- signing in


def test_client_credentials_sign_in_and_say_who_calls(desk, zd):
    assert desk.whoami().key == str(zd.users["integration"])


def test_tokens_that_the_account_revokes_are_renewed_once_by_all_workers(zd, connection):
    sessions = [connection.session() for _number in range(4)]
    for session in sessions:
        people.person(session, "me")
    zd.revoke_tokens()
    before = len(connection.calls)
    workers = [threading.Thread(target=people.person, args=(session, "me")) for session in sessions]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    made = connection.calls[before:]
    assert sum(call.path == "/oauth/tokens" for call in made) == 1
    assert sum(call.status == 200 and call.path.endswith("/me") for call in made) == 4


def test_a_refresh_token_rotates_with_each_renewal(zd):
    connection = Connection(zd, AuthorizedUser)
    redirect = "https://odoo.example/agreed"
    zd.client(zd.client_id, zd.client_secret, redirect_uris=[redirect])
    code = zd.consent(zd.client_id, scope=" ".join(connection.app.scopes), redirect_uri=redirect)
    first = exchange_code(connection.app, connection.transport(), code, redirect)
    connection.tokens = MemoryTokenStore(first)
    second = connection.tokens.refresh(first, AuthorizedUser(connection.app, connection.transport()).fetch)
    assert second.refresh_token not in ("", first.refresh_token)
    assert people.person(connection.session(), "me").key
    # the first pair is dead by now
    way = AuthorizedUser(connection.app, connection.transport())
    refused(lambda: way.fetch(first), errors.AUTH)


def test_an_api_token_works_until_the_account_takes_none(zd):
    connection = Connection(zd, lambda app, transport: ApiToken(zd.email, zd.api_token))
    assert people.person(connection.session(), "me").email == zd.email
    zd.config(api_tokens=False)
    refused(lambda: people.person(connection.session(), "me"), errors.AUTH)


@pytest.mark.parametrize("nested", [True, False])
def test_a_scope_that_is_too_small_is_a_setting(zd, nested):
    zd.config(nested_errors=nested)
    connection = Connection(zd)
    connection.app = App(zd.base_url, zd.client_id, zd.client_secret, scopes=("tickets:read",))
    desk = ZendeskDesk(connection.session())
    error = refused(lambda: tickets.create(desk.session, new(), look_first=False), errors.CONTRACT)
    assert (error.http_status, error.remedy) == (403, Remedy.settings)


# -- tickets


def test_a_creation_whose_answer_was_lost_makes_one_ticket(desk, zd):
    zd.fault("drop_after_commit", {"op": "POST tickets"})
    error = refused(lambda: desk.create(new(), ADA), errors.TRANSIENT)
    assert error.remedy is Remedy.wait
    # at once, by the key; later, by the external id
    again = tickets.create(desk.session, new(), ADA, look_first=False)
    zd.advance(3 * 3600)
    later = desk.create(new(), ADA)
    assert (again.key, again.created, later.created) == (later.key, False, False)
    assert len(desk.find("odoo:helpdesk:77")) == 1


def test_several_changes_arrive_as_one_call_for_each_comment(desk, zd, connection):
    key = created(desk)
    version = desk.ticket(key).version
    before = len(connection.calls)
    results = desk.change(
        key,
        [
            TicketChange({"priority": "low"}, version=version),
            TicketChange({"priority": "high"}),
            TicketChange(comment=NewComment("first", marker="evt-1")),
            TicketChange({"status": "pending"}, comment=NewComment("second", public=True, marker="evt-2")),
        ],
    )
    assert [saved.ok for saved in results] == [True, True]
    assert len(connection.calls) - before == 2
    ticket = desk.ticket(key)
    assert (ticket.priority, ticket.status) == (Priority.high, Status.pending)
    assert [comment.text for comment in desk.comments(key)][1:] == ["first", "second"]


def test_a_closed_ticket_is_continued_in_a_new_one(desk, zd):
    key = created(desk)
    zd.edit("ticket", int(key), status="solved")
    zd.advance(10 * 86_400)
    zd.run_automations()
    [result] = desk.change(key, [TicketChange({"priority": "low"})])
    assert result.error.remedy is Remedy.follow_up
    follow_up = tickets.create(desk.session, new("odoo:helpdesk:78"), ADA, follow_up_of=key)
    assert desk.ticket(follow_up.key).channel


def test_a_deleted_ticket_is_gone(desk):
    key = created(desk)
    tickets.delete(desk.session, key)
    tickets.delete(desk.session, key)
    assert refused(lambda: desk.ticket(key), errors.GONE).remedy is Remedy.drop


# -- jobs


def ended(desk, job):
    return wait_for(lambda: (found := desk.job(job)).done and found)


def test_a_job_tells_of_each_ticket_in_the_order_they_were_given(desk, zd):
    zd.config(job_shuffles_results=True)
    job = desk.create_many([new(f"odoo:helpdesk:{number}") for number in range(20)])
    results = ended(desk, job).results
    assert all(saved.ok for saved in results)
    keys = [saved.key for saved in results]
    found = desk.tickets(keys)
    assert [found[key].external_key for key in keys] == [f"odoo:helpdesk:{number}" for number in range(20)]
    stale = {keys[0]: TicketChange({"priority": "high"}, version="2020-01-01T00:00:00Z")}
    changes = {key: TicketChange({"priority": "high"}) for key in reversed(keys[1:])}
    mixed = ended(desk, desk.change_many({**changes, **stale})).results
    assert [saved.ok for saved in mixed] == [True] * 19 + [False]
    assert mixed[-1].error.kind == errors.CONFLICT


def test_a_job_that_was_killed_leaves_the_rest_unknown(desk, zd):
    zd.config(job_queue_seconds=3600)
    job = desk.create_many([new("k1"), new("k2")])
    assert not desk.job(job).done
    zd.kill_job(job.key)
    found = desk.job(job)
    assert found.done
    assert found.error.kind == errors.UNKNOWN
    assert {saved.error.remedy for saved in found.results} == {Remedy.look_up}


def test_too_many_jobs_wait(desk, zd):
    zd.config(job_queue_seconds=3600, max_jobs=1)
    desk.create_many([new("k1")])
    assert refused(lambda: desk.create_many([new("k2")]), errors.THROTTLED).retry_after > 0


def test_customers_of_a_job_are_known_by_their_keys(desk, zd):
    job = people.save_people(
        desk.session, [{"external_key": "p1", "name": "Ada", "email": "ada@x"}, {"external_key": "p2", "name": "Anna"}]
    )
    results = ended(desk, job).results
    assert [saved.ok for saved in results] == [False, True]


# -- comments and files


def test_a_note_mails_no_customer(desk, zd):
    key = created(desk)
    before = len(zd.mails())
    desk.add_comment(key, NewComment("a note"))
    assert [mail for mail in zd.mails(since=before) if mail["email"] == ADA["email"]] == []


# -- people


def test_customers_and_organisations_are_saved_once_and_found_again(desk, zd):
    organization, first = desk.save_organization({"external_key": "odoo:partner:54", "name": "Rossi Srl"})
    _same, second = desk.save_organization({"external_key": "odoo:partner:54", "name": "Rossi Srl"})
    values = {"external_key": "odoo:partner:55", "name": "Ada", "email": ADA["email"], "organization": organization.key}
    person, third = desk.save_person(values)
    _same, fourth = desk.save_person({**values, "phone": "+390612345678"})
    assert (first, second, third, fourth) == (True, False, True, False)
    assert zd.mails() == []
    assert [found.key for found in people.find_people(desk.session, external_key="odoo:partner:55")] == [person.key]
    assert people.find_organizations(desk.session, "odoo:partner:54")[0].key == organization.key
    assert people.people(desk.session, [person.key])[person.key].organization == organization.key


def test_the_account_describes_its_fields(desk, zd):
    number = zd.create("ticket_field", type="text", title="Order")
    found = desk.describe()
    field = next(field for field in found.fields if field.key == str(number))
    assert (field.title, field.kind, field.system) == ("Order", "text", False)
    assert Status.open in found.statuses
    assert found.brands
    assert found.groups


# -- export


def test_an_export_gives_each_change_once_and_none_of_the_last_minute(desk, zd):
    since = time.time() - 3600
    zd.config(export_page_rows=7, rate_limit_incremental=0)
    desk.session.limits = Limits(exports=1000)
    numbers = [str(number) for number in zd.seed("ticket", [{"subject": f"s{i}"} for i in range(30)])]
    first, cursor, _covered = exported(desk, {"since": since})
    assert not set(first) & set(numbers)
    zd.advance(120)
    second, cursor, _covered = exported(desk, cursor if cursor.get("after") else {"since": since})
    assert sorted(set(second) & set(numbers)) == sorted(numbers)
    assert len(second) == len(set(second))
    assert exported(desk, cursor)[0] == []
    zd.touch([int(numbers[3])])
    tickets.delete(desk.session, numbers[4])
    zd.advance(120)
    third, _cursor, _covered = exported(desk, cursor)
    assert sorted(third) == sorted([numbers[3], numbers[4]])


def test_users_are_exported(desk, zd):
    zd.seed("user", [{"name": "Ada", "email": ADA["email"]}])
    zd.advance(300)
    found, cursor, _more = export.people(desk.session, {"since": 0})
    assert ADA["email"] in {person.email for person in found}
    assert cursor["after"]


def test_events_tell_each_comment_as_the_tickets_list_does(desk, zd):
    zd.config(export_page_rows=3, rate_limit_incremental=0)
    desk.session.limits = Limits(exports=1000, events=1000)
    keys = [created(desk, f"odoo:helpdesk:{number}") for number in range(4)]
    for key in keys:
        zd.advance(1)
        desk.add_comment(key, NewComment("ours", marker=f"evt-{key}"))
        file = desk.upload("a.txt", io.BytesIO(b"proof"))
        desk.add_comment(key, NewComment(html="<p>with a <b>file</b></p>", public=True, uploads=(file,)))
    zd.advance(120)
    reported, since, pages = {}, 0, 0
    while True:
        page = events.page(desk.session, since)
        pages, since = pages + 1, page.after
        for event in page.events:
            assert event.whole
            reported.setdefault(event.ticket, {}).update({comment.key: comment for comment in event.comments})
        if not page.more:
            break
    assert pages > 2
    for key in keys:
        listed = list(desk.comments(key))
        found = list(reported[key].values())
        assert [vars_of(comment) for comment in found] == [vars_of(comment) for comment in listed]
        assert [comment.marker for comment in found][1] == f"evt-{key}"
        assert [len(comment.attachments) for comment in found] == [0, 0, 1]


def vars_of(comment):
    """What a comment says; its marker is not in every list."""
    names = ("key", "author", "public", "text", "html", "at", "attachments")
    return [getattr(comment, name) for name in names]


# -- limits and trouble


def test_no_limit_of_the_account_is_ever_met(zd):
    """Our own windows hold every call back that the account would refuse."""
    connection = Connection(zd, account=700)
    desk = ZendeskDesk(connection.session())
    key = created(desk)
    held = 0
    for number in range(40):
        try:
            tickets.update(desk.session, key, TicketChange({"subject": f"s{number}"}))
        except ClientError as error:
            assert error.code == BUDGET_USED_UP
            held += 1
    for _number in range(12):
        try:
            desk.changed({"since": 0})
        except ClientError as error:
            assert error.code == BUDGET_USED_UP
            held += 1
    assert held == 12
    assert zd.counters()["limits"]["refused"] == {}


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_429_holds_all_workers_back_and_says_how_long(zd, form):
    zd.config(rate_limit_body=form)
    others, ours = Connection(zd), Connection(zd)
    workers = [ours.session(), ours.session()]
    workers[0].token()
    people.person(others.session(), "me")
    # another program has used up what the account allows
    zd.config(rate_limit=1)
    error = refused(lambda: people.person(workers[0], "me"), errors.THROTTLED)
    assert error.http_status == 429
    assert 0 < error.retry_after <= 60
    made = len(ours.calls)
    assert refused(lambda: people.person(workers[1], "me"), errors.THROTTLED).code == BUDGET_USED_UP
    assert len(ours.calls) == made


@pytest.mark.parametrize(
    "fault, kind",
    [
        ({"kind": "status", "status": 503}, errors.TRANSIENT),
        ({"kind": "html"}, errors.TRANSIENT),
        ({"kind": "truncate"}, errors.TRANSIENT),
        ({"kind": "conflict"}, errors.CONFLICT),
        ({"kind": "rate_limit"}, errors.THROTTLED),
        ({"kind": "drop"}, errors.TRANSIENT),
    ],
)
def test_trouble_of_the_service_passes(desk, zd, fault, kind):
    people.person(desk.session, "me")
    values = dict(fault)
    zd.fault(values.pop("kind"), {"op": "GET users/me"}, **values)
    error = refused(lambda: people.person(desk.session, "me"), kind)
    desk.session.clock = lambda: time.time() + (error.retry_after or 0)
    assert people.person(desk.session, "me").key


# -- webhooks


def test_events_are_the_accounts_and_a_copy_is_recognised(desk, zd, endpoint):
    number, secret = zd.webhook(endpoint.url, ["ticket.created"])
    key = created(desk)
    [call] = wait_for(lambda: endpoint.calls)
    replays = MemoryReplayStore()
    now = time.time()
    assert webhooks.accept(call.headers, call.body, [secret], now, replays).ok
    assert not webhooks.check_signature(call.headers, call.body, ["other"], now).ok
    event = webhooks.parse(call.headers, call.body)
    assert (event.kind, event.change, event.record, event.external_key) == (
        "ticket",
        "created",
        key,
        "odoo:helpdesk:77",
    )
    assert event.is_echo(desk.whoami().key)
    zd.replay(number)
    copy = wait_for(lambda: endpoint.calls[1:])[0]
    assert webhooks.accept(copy.headers, copy.body, [secret], now, replays).error == webhooks.REPLAYED


@pytest.mark.parametrize("flaw, error", [("wrong_signature", webhooks.MISMATCH), ("stale_timestamp", webhooks.EXPIRED)])
def test_a_flawed_event_is_refused(desk, zd, endpoint, flaw, error):
    number, secret = zd.webhook(endpoint.url, ["ticket.created"])
    zd.set_webhook(number, flaws=[flaw])
    created(desk)
    [call] = wait_for(lambda: endpoint.calls)
    assert webhooks.check_signature(call.headers, call.body, [secret], time.time()).error == error


def test_what_an_agent_does_is_no_echo(desk, zd, endpoint):
    key = created(desk)
    _number, secret = zd.webhook(endpoint.url, ["ticket.status_changed"])
    zd.edit("ticket", int(key), status="pending")
    [call] = wait_for(lambda: endpoint.calls)
    assert webhooks.check_signature(call.headers, call.body, [secret], time.time()).ok
    assert not webhooks.parse(call.headers, call.body).is_echo(desk.whoami().key)


def test_a_comment_whose_answer_was_lost_is_found_by_its_marker(desk, zd):
    key = created(desk)
    zd.fault("drop_after_commit", {"op": "PUT tickets/{id}"})
    error = refused(lambda: desk.add_comment(key, NewComment("x", marker="evt-5")), errors.UNKNOWN)
    assert error.remedy is Remedy.look_up
    desk.add_comment(key, NewComment("y", marker="evt-6"))
    found = comments.find_marker(desk.session, key, "evt-5")
    assert [comment.text for comment in desk.comments(key) if comment.key == found] == ["x"]
    assert comments.find_marker(desk.session, key, "evt-7") == ""

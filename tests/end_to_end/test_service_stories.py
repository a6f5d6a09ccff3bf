"""Three service stories from ticket to closed, as an outside desk plays them: it has its tickets and the agent API.

A customer's mail begins them at the desk, or a colleague begins them in Odoo; the shortest is played both ways.
Webhooks announce what happens at the desk, and Odoo sends what happens there: no poll is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from setup.lib.nginx import Nginx
from tests.simulators.common.tls import make_certificates
from tests.simulators.zendesk.client import Simulator, start_simulator
from tests.stack import Stack

from .desk import DeskConnection
from .service_desk import AgentApi, People, Till

EMAIL = "ottavia@service-stories.example"
EVENTS = ["ticket.created", "ticket.status_changed", "ticket.comment_added"]
# The stock automation of the desk, days after a ticket was solved; here it is run when a story is over.
CLOSE_AFTER_DAYS = 0.000001


@dataclass(frozen=True)
class Outside:
    """What the stories share: both sides, the agent API, and Odoo's people."""

    desk: DeskConnection
    api: AgentApi
    people: People
    till: Till
    requester: int

    @property
    def simulator(self) -> Simulator:
        return self.desk.simulator

    def begin(self, origin: str, subject: str, text: str) -> Story:
        """A ticket that has arrived on both sides and is linked with its order."""
        if origin == "desk":
            comment = {"body": text, "public": True}
            fields = {"subject": subject, "requester_id": self.requester, "comment": comment}
            number = self.simulator.create("ticket", user=EMAIL, channel="email", **fields)
        else:
            values = {"name": subject, "description": f"<p>{text}</p>", "partner_id": self.till.partner}
            self.desk.stack.rpc("helpdesk.ticket", "create", [[values]])
            number = self.until(lambda: self._number(subject))
        ticket = self.until(lambda: self._linked(number))
        return Story(self, number, int(ticket["id"]), int(self.api.order_of(ticket) or 0))

    def _number(self, subject: str) -> int | None:
        found = [row["id"] for row in self.simulator.records("ticket") if row["subject"] == subject]
        return int(found[0]) if found else None

    def _linked(self, number: int) -> dict[str, Any] | None:
        ticket = self.api.ticket(EMAIL, number)
        return ticket if ticket and self.api.order_of(ticket) else None

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition is true, without any poll or scheduled action."""
        return self.desk.stack.wait_for(condition)


@dataclass(frozen=True)
class Story:
    """One ticket. number: at the desk; ticket: id in Odoo; order: id of the order that it is about."""

    outside: Outside
    number: int
    ticket: int
    order: int

    def act(self, action: str, reason: str, **values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """(preview, answer) of an action on the order, which the ticket gets a note of."""
        request = {"action": action, "reason": reason, "ticket": self.ticket, **values}
        return self.outside.api.act(self.order, f"desk-{self.number}-{action}", request)

    def noted(self, *words: str) -> None:
        """Wait until an internal note at the desk has all the words, and check that there is one such note."""
        found = self.outside.until(lambda: [row for row in self._comments(public=False) if _has(row, words)])
        assert len(found) == 1, found

    def answered(self, text: str) -> None:
        """Answer the customer at the desk, solve the ticket, and wait until Odoo has both."""
        self.outside.simulator.comment(self.number, text, user="agent", status="solved")
        self.outside.until(lambda: not self._row()["open"])

    def solved_in_odoo(self, text: str) -> None:
        """Answer the customer in Odoo, move the ticket to Done, and wait until the desk has both."""
        desk = self.outside.desk
        desk.say(self.ticket, text)
        domain = [("sync_status", "=", "solved")]
        [stage, *_rest] = desk.stack.rpc("helpdesk.ticket.stage", "search", [domain])
        desk.stack.rpc("helpdesk.ticket", "write", [[self.ticket], {"stage_id": stage}])
        self.outside.until(lambda: desk.desk_ticket(self.number)["status"] == "solved")
        self.outside.until(lambda: any(_has(row, (text,)) for row in self._comments(public=True)))

    def end(self, origin: str, text: str) -> None:
        """Answer and solve where the story began, let the desk close the ticket, and find it closed on both sides."""
        if origin == "desk":
            self.answered(text)
        else:
            self.solved_in_odoo(text)
        outside = self.outside
        outside.desk.wait_idle()
        outside.simulator.advance(2)
        outside.simulator.run_automations()
        assert outside.desk.desk_ticket(self.number)["status"] == "closed"
        outside.desk.poll()
        assert not self._row()["open"]
        assert outside.desk.texts(self.ticket).count(text) == 1
        assert [row["plain_body"].strip() for row in self._comments(public=True)].count(text) == 1
        assert outside.desk.exceptions() == []

    def _row(self) -> dict[str, Any]:
        row = self.outside.api.ticket(EMAIL, self.number)
        assert row is not None
        return row

    def _comments(self, public: bool) -> list[dict[str, Any]]:
        rows = self.outside.simulator.records("comment", ticket=self.number)
        return [row for row in rows if row["public"] is public]


def _has(row: dict[str, Any], words: tuple[str, ...]) -> bool:
    return all(word in row["plain_body"] for word in words)


def _document(answer: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [document for document in answer["documents"] if document["kind"] == kind]
    return dict(found)


@pytest.fixture(scope="module")
def outside(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A loaded desk with webhooks, a proxy for HTTPS, a customer, and people in Odoo."""
    folder = tmp_path_factory.mktemp("service")
    authority = str(make_certificates(folder))
    odoo = urlsplit(stack.url).port
    assert odoo is not None
    options = {"export_delay_seconds": 0, "rate_limit_incremental": 0, "close_after_days": CLOSE_AFTER_DAYS}
    with (
        start_simulator(folder / "zendesk", **options) as simulator,
        Nginx(folder / "nginx", odoo, folder / "server.pem") as nginx,
    ):
        [requester] = simulator.seed("user", [{"name": "Ottavia Brunelleschi", "email": EMAIL}])
        desk = DeskConnection(stack, simulator, "Desk of the stories")
        desk.load()
        _hook, secret = simulator.webhook(desk.event_url("zendesk"), EVENTS)
        stack.rpc("retail.sync.connection", "write", [[desk.id], {"new_desk_webhook_secret": secret}])
        api = AgentApi(stack, f"https://localhost:{nginx.port}", authority)
        till = Till(desk, desk.partner(str(requester))["id"])
        yield Outside(desk, api, People(stack), till, requester)
        desk.retire()


@pytest.mark.parametrize("origin", ["desk"])
def test_a_late_parcel_is_looked_up_and_replaced(outside: Outside, origin: str) -> None:
    order, name, _invoice = outside.till.sell(1, 60)
    story = outside.begin(origin, f"Late parcel {origin}", f"Where is my order {name}? It was to be here last week.")
    assert story.order == order

    assert outside.api.call(f"/orders/{order}/timeline")["entries"]
    assert outside.api.verdict(order, "replace", "lost")["allowed"]
    lines = [{"line_id": outside.api.line(order), "quantity": "1"}]
    shown, done = story.act("replace", "lost", lines=lines)
    assert (shown["needs_approval"], shown["amounts"], done["state"]) == (False, {"value": "60.00"}, "done")

    replacement = _document(done, "order")
    story.noted(name, replacement["number"], "done by")
    outside.till.ship(replacement["id"])
    story.end(origin, "A new parcel is on its way.")


@pytest.mark.parametrize("origin", ["odoo"])
def test_a_damaged_item_comes_back_and_a_part_is_refunded_after_approval(outside: Outside, origin: str) -> None:
    order, name, _invoice = outside.till.sell(2, 150)
    story = outside.begin(origin, f"Damaged lamp {origin}", f"One of the two lamps of {name} is broken.")
    lines = [{"line_id": outside.api.line(order), "quantity": "1"}]

    _shown, announced = story.act("return", "damaged", lines=lines)
    back = _document(announced, "return")["number"]
    outside.people.receive(order)
    outside.people.inspect(order, "damaged")
    story.noted(back, "inspected")

    shown, waiting = story.act("refund_lines", "damaged", lines=lines)
    assert (shown["needs_approval"], waiting["state"]) == (True, "waiting")
    assert outside.api.call(f"/orders/{order}/money")["credited"] == "0.00"
    story.noted(name, "waits for approval")
    outside.people.approve(order)
    outside.until(lambda: outside.api.action(waiting["uuid"])["state"] == "done")
    outside.until(lambda: _refunds(outside, waiting["uuid"]) == [("150.00", "by_hand")])
    outside.people.pay_back(order)
    assert _refunds(outside, waiting["uuid"]) == [("150.00", "paid")]
    story.noted("was paid back", "150.00")
    story.end(origin, "The money for the lamp is on its way to you.")


def _refunds(outside: Outside, uuid: str) -> list[tuple[str, str]]:
    return [(refund["amount"], refund["state"]) for refund in outside.api.action(uuid)["refunds"]]


@pytest.mark.parametrize("origin", ["desk", "odoo"])
def test_a_billing_dispute_ends_with_a_credit_note(outside: Outside, origin: str) -> None:
    order, name, bill = outside.till.sell(3, 30, paid=False)
    story = outside.begin(origin, f"Wrong bill {origin}", f"The bill of {name} is too high: I have paid 20 already.")
    # The goods stay with the customer: without a return, a supervisor decides.
    verdict = outside.api.verdict(order, "refund_lines", "billing_error")
    assert (verdict["allowed"], verdict["approvable"]) == (False, True), verdict

    lines = [{"line_id": outside.api.line(order), "amount": "20.00"}]
    shown, waiting = story.act("refund_lines", "billing_error", lines=lines)
    # The customer has not paid: the credit note lowers what is owed, and no money moves.
    assert (shown["amounts"], waiting["state"]) == ({"credit": "20.00", "debt": "20.00"}, "waiting")
    outside.people.approve(order)
    done = outside.api.action(waiting["uuid"])
    assert (done["state"], done["refunds"]) == ("done", [])
    [billed] = outside.desk.stack.rpc("account.move", "read", [[bill], ["amount_residual"]])
    assert billed["amount_residual"] == 70

    story.noted(name, _document(done, "credit_note")["number"])
    story.end(origin, "You owe 70 now, not 90.")

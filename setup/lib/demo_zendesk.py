"""The demo's service desk: a simulated Zendesk with tickets about the shop's orders, connected with Odoo both ways."""

import json
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import paths
from .console import say, warn
from .first_load import CONNECTION
from .process import Process
from .system import SetupError, free_port

if TYPE_CHECKING:
    from tests.simulators.zendesk.client import Simulator as Client

    from .demo_database import DemoDatabase
    from .rpc import OdooRpc

# Subject, what the customer writes, what follows ("internal: " for colleagues, "customer: " for the customer), status.
Story = tuple[str, str, tuple[str, ...], str]
STORIES: tuple[Story, ...] = (
    ("Where is my parcel?", "Order {order} was to be here days ago. When will it come?", (), "new"),
    ("Arrived damaged", "One piece of my order {order} is broken.", ("Can you send us a picture?",), "pending"),
    (
        "Charged twice?",
        "The invoice of {order} is higher than what I ordered. Please check it.",
        ("internal: Looks like the shipping costs.", "We are looking into it.", "customer: Thank you."),
        "open",
    ),
    ("We are moving", "Please send {order} to my new address, it has not left yet.", ("internal: Ask them.",), "hold"),
    ("Wrong colour", "I would like to exchange an article of {order}.", ("Which colour do you want?",), "pending"),
    ("Thank you", "Order {order} came a day early.", ("That is good to hear.",), "solved"),
)
EVENTS = (
    "ticket.created", "ticket.comment_added", "ticket.status_changed", "ticket.priority_changed",
    "ticket.subject_changed", "ticket.agent_assignment_changed",
)  # fmt: skip
TICKETS = 12
_START_SECONDS = 60
_LOAD_SECONDS = 300


class DemoZendesk(Process):
    """One simulated account. It begins empty at each start; the connection of an earlier start is archived."""

    def __init__(self, rpc: "OdooRpc", database: "DemoDatabase") -> None:
        self.rpc, self.database = rpc, database
        self.folder = database.folder / "zendesk"
        port = free_port(database.state.get("zendesk_port"))
        command = [paths.PYTHON, "-m", "tests.simulators.zendesk", "--port", port, "--dir", self.folder]
        # An export of a real account shows what happened a minute ago, which is long for a demo.
        command += ["--config", json.dumps({"export_delay_seconds": 0, "hold_status": True})]
        super().__init__(command, self.folder / "log")
        self.client: Client | None = None
        self.connection_id = 0
        self._last = 0

    def open(self) -> Iterator[None]:
        """Start the account, fill it and connect it, in steps between which others may work.

        Raises SetupError when it does not start or cannot be connected.
        """
        client = yield from self._started()
        orders = self._orders()
        tickets = _fill(client, orders)
        yield
        self._connect(client)
        yield
        yield from self._loaded()
        say(f"Zendesk: {client.base_url}, a simulated account with {len(tickets)} tickets about orders of the shop")
        say(f"  They are in Odoo now: {self._arrived()} of them, with their comments and orders")
        self._last = client.journal()[-1]["seq"]

    def follow(self) -> None:
        """Print what was written at the desk since the last time."""
        if self.client is None or not self._last:
            return
        for entry in self.client.journal(since=self._last):
            self._last = entry["seq"]
            if entry["object"] not in ("ticket", "comment"):
                continue
            who = "Odoo -> Zendesk" if entry["user"] == self.client.users["integration"] else "in Zendesk"
            what = ", ".join(entry["fields"]) if entry["op"] == "update" else "new"
            say(f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())}  {who}  {entry['object']} {entry['id']}: {what}")

    # -- the account
    def _started(self) -> Generator[None, None, "Client"]:
        """Start, and wait until it answers; returns its client."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ready = self.folder / "simulator.json"
        for path in (ready, self.log_path):
            path.unlink(missing_ok=True)
        self.start()
        deadline = time.monotonic() + _START_SECONDS
        while not ready.is_file():
            if self.pid is None or time.monotonic() > deadline:
                raise SetupError(f"the Zendesk simulator did not start; the end of its log:\n{self.log_tail()}")
            yield
        # Imported here: the bootstrap has the standard library only.
        from tests.simulators.zendesk.client import Simulator as Client

        self.client = Client(json.loads(ready.read_text()))
        self.database.state["zendesk_port"] = self.client.facts["port"]
        self.database.save()
        return self.client

    def _orders(self) -> list[dict[str, Any]]:
        """The newest confirmed orders, each of another customer with an address of its own."""
        domain = [("state", "=", "sale"), ("partner_id.email", "!=", False)]
        names = {"order": "id desc", "limit": 10 * TICKETS}
        found = self.rpc("sale.order", "search_read", [domain, ["name", "partner_id"]], names)
        partners = {order["partner_id"][0] for order in found}
        rows = self.rpc("res.partner", "read", [sorted(partners), ["name", "email_normalized"]])
        people = {row["id"]: row for row in rows if row["email_normalized"]}
        chosen: dict[str, dict[str, Any]] = {}
        for order in found:
            if person := people.get(order["partner_id"][0]):
                chosen.setdefault(person["email_normalized"], {"order": order["name"], "person": person["name"]})
        return [{"email": email, **values} for email, values in list(chosen.items())[:TICKETS]]

    # -- the connection
    def _connect(self, client: "Client") -> None:
        former = self.database.state.get("desk_connection")
        if former and self.rpc(CONNECTION, "search_count", [[("id", "=", former)]]):
            self.rpc(CONNECTION, "action_pause", [[former]])
            self.rpc(CONNECTION, "write", [[former], {"active": False}])
        values = {
            "name": "Demo desk",
            "system": "zendesk",
            "environment": "simulator",
            "desk_sign_in": "client_credentials",
            "base_url": client.base_url,
            "client_id": client.client_id,
            "new_client_secret": client.client_secret,
            "ca_bundle": Path(client.ca).read_text(),
        }
        [self.connection_id] = self.rpc(CONNECTION, "create", [[values]])
        self.database.state["desk_connection"] = self.connection_id
        self.database.save()
        result = self._call("action_test_connection")
        if not result["ok"]:
            failed = [f"{check['name']}: {check['detail']}" for check in result["checks"] if not check["ok"]]
            raise SetupError("the connection to the Zendesk simulator failed:\n" + "\n".join(failed))
        domain = [("connection_id", "=", self.connection_id), ("remote_object", "in", ["ticket", "comment"])]
        streams = self.rpc("retail.sync.stream", "search", [domain])
        self.rpc("retail.sync.stream", "write", [streams, {"export_policy": "always"}])
        self._call("go_live")
        self._call("start_first_load")

    def _loaded(self) -> Iterator[None]:
        deadline = time.monotonic() + _LOAD_SECONDS
        while not self._call("get_progress")["done"]:
            if time.monotonic() > deadline:
                warn("Zendesk: the first load of the tickets takes long; see its runs in Odoo")
                return
            yield
        self._listen()

    def _listen(self) -> None:
        """Let the desk announce what happens there, as its administrator would set it up."""
        assert self.client is not None
        [row] = self.rpc(CONNECTION, "read", [[self.connection_id], ["desk_webhook_address"]])
        _number, secret = self.client.webhook(row["desk_webhook_address"], EVENTS)
        self.rpc(CONNECTION, "write", [[self.connection_id], {"new_desk_webhook_secret": secret}])

    def _arrived(self) -> int:
        domain = [("connection_id", "=", self.connection_id), ("remote_object", "=", "ticket")]
        return int(self.rpc("retail.sync.link", "search_count", [domain]))

    def _call(self, method: str) -> Any:
        return self.rpc(CONNECTION, method, [[self.connection_id]])


def _fill(client: "Client", orders: list[dict[str, Any]]) -> list[int]:
    """Write a ticket about each order: one story after the other; ids of the tickets."""
    from tests.simulators.zendesk.client import ControlError

    made: list[int] = []
    for order in orders:
        subject, text, replies, status = STORIES[len(made) % len(STORIES)]
        try:
            [person] = client.seed("user", [{"name": order["person"], "email": order["email"]}])
        except ControlError:
            continue  # customers of the demo have errors on purpose, and a desk refuses such an address
        comments: list[dict[str, Any]] = [{"body": text.format(order=order["order"]), "author_id": person}]
        for reply in replies:
            kind, _, words = reply.rpartition(": ")
            author = {"author_id": person} if kind == "customer" else {}
            comments.append({"body": words, "public": kind != "internal", **author})
        ticket = {"subject": subject, "requester_id": person, "comments": comments, "status": status}
        made += client.seed("ticket", [ticket])
    return made

"""The service desk of the demo: tickets that began in Odoo and at a simulated Zendesk, and a key of the agent API."""

import http.client
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .console import say, warn
from .demo_desk_page import DeskPage
from .demo_zendesk import DemoZendesk
from .rpc import OdooRpc, RpcError
from .system import SetupError, free_port

if TYPE_CHECKING:
    from .demo_database import DemoDatabase

ROOT = "/retail_sync/api/v1"
# What customers tell on the phone; {order} is the number of their order.
STORIES = (
    ("Where is my parcel?", "Order {order} was to be here days ago. When will it come?"),
    ("Arrived damaged", "One piece of my order {order} is broken. I want my money back for it."),
    ("Charged twice?", "The invoice of {order} is higher than what I ordered. Please check it."),
)
TICKETS = 6
_AWAY = (OSError, http.client.HTTPException, RpcError)


class DemoDesk:
    """Tickets and a key beside the demo. Nothing of it holds up the rest: it is opened in steps."""

    def __init__(self, rpc: OdooRpc, database: "DemoDatabase", url: str) -> None:
        self.rpc, self.database, self.url = rpc, database, url
        self._zendesk: DemoZendesk | None = None
        self._page: DeskPage | None = None
        self._steps: Iterator[None] | None = None

    def open(self) -> None:
        """Say how the agent API is called; make tickets in Odoo, once."""
        self._make_tickets()
        self.explain()

    def begin(self) -> None:
        """Start the simulated Zendesk; each call of :meth:`turn` does a step."""
        self.explain()
        self._steps = self._open_zendesk()

    def turn(self) -> None:
        """Do the next step, or print what happened at the desk. A desk that cannot be opened is said once."""
        if self._steps is None:
            if self._page and self._zendesk:
                self._zendesk.follow()
            return
        try:
            next(self._steps)
        except StopIteration:
            self._steps = None
        except (SetupError, *_AWAY) as error:
            self._steps = None
            warn(f"Zendesk: not opened: {error}")

    def stop(self) -> None:
        """End what was started."""
        if self._page:
            self._page.stop()
        if self._zendesk:
            self._zendesk.stop()

    def explain(self) -> None:
        """Say where the agent API is described, with a call that works."""
        domain = [("state", "=", "sale")]
        orders = self.rpc("sale.order", "search_read", [domain, ["name"]], {"limit": 1, "order": "id desc"})
        number = orders[0]["name"] if orders else "S00001"
        say(f"\nService desk: {self.url}/odoo/helpdesk.ticket; the agent API is described at {self.url}{ROOT}/docs")
        say("A call, with a key that may look up and act:")
        say(f"  curl -H 'Authorization: Bearer {self._key()}' '{self.url}{ROOT}/orders?by=number&value={number}'")

    def _open_zendesk(self) -> Iterator[None]:
        zendesk = self._zendesk = DemoZendesk(self.rpc, self.database)
        yield from zendesk.open()
        assert zendesk.client is not None
        # These are made after the desk was connected, so that they go there as new ones do.
        self._make_tickets()
        self._page = DeskPage(zendesk.client, self.url, self._key(), free_port(self.database.state.get("page_port")))
        self.database.state["page_port"] = self._page.port
        self.database.save()
        self._page.start()
        say(f"  {self._page.url} shows them in place of Zendesk's screens, with the app in the sidebar of each ticket.")
        say("  Write a reply there, or in Odoo: it is on the other side within seconds.\n")

    def _make_tickets(self) -> None:
        if not self.database.state.get("desk"):
            self.database.state["desk"] = self._tickets() > 0
            self.database.save()

    def _tickets(self) -> int:
        found = self.rpc(
            "sale.order",
            "search_read",
            [[("state", "=", "sale")], ["name", "partner_id"]],
            {"limit": TICKETS, "order": "id"},
        )
        values: list[dict[str, Any]] = []
        for number, order in enumerate(found):
            subject, text = STORIES[number % len(STORIES)]
            values.append(
                {
                    "name": subject,
                    "description": f"<p>{text.format(order=order['name'])}</p>",
                    "partner_id": order["partner_id"][0],
                }
            )
        if values:
            self.rpc("helpdesk.ticket", "create", [values])
            say(f"Service desk: {len(values)} tickets were made in Odoo, about orders of the shop")
        return len(values)

    def _key(self) -> str:
        if "agent_key" not in self.database.state:
            self.database.state["agent_key"] = self._new_key()
            self.database.save()
        return str(self.database.state["agent_key"])

    def _new_key(self) -> str:
        scopes = self.rpc("retail.sync.api.scope", "search", [[]])
        companies = self.rpc("res.company", "search", [[]])
        values = {
            "name": "Demo",
            "scope_ids": [[6, 0, scopes]],
            "company_ids": [[6, 0, companies]],
            "verification_methods": "phone_pin, mail_code, signed_in, questions",
        }
        [key] = self.rpc("retail.sync.api.key", "create", [[values]])
        return str(self.rpc("retail.sync.api.key", "action_issue", [[key]])["context"]["default_key"])

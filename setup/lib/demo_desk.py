"""The service desk of the demo: tickets about the shop's orders, and a key of the agent API with a call that works."""

from typing import TYPE_CHECKING, Any

from .console import say

if TYPE_CHECKING:
    from .demo_database import DemoDatabase
    from .rpc import OdooRpc

ROOT = "/retail_sync/api/v1"
# What customers write, by what has happened to the order; {order} is its number.
STORIES = (
    ("late", "Where is my parcel?", "Order {order} was to be here days ago. When will it come?"),
    ("damaged", "Arrived damaged", "One piece of my order {order} is broken. I want my money back for it."),
    ("billing", "Charged twice?", "The invoice of {order} is higher than what I ordered. Please check it."),
    ("address", "We are moving", "Please send {order} to my new address, it has not left yet."),
    ("exchange", "Wrong colour", "I would like to exchange an article of {order}."),
)
TICKETS = 15


class DemoDesk:
    """Tickets and a key beside the demo."""

    def __init__(self, rpc: "OdooRpc", database: "DemoDatabase", url: str) -> None:
        self.rpc, self.database, self.url = rpc, database, url

    def open(self) -> None:
        """Make tickets about the orders that are there, once, and say how the agent API is called."""
        if not self.database.state.get("desk"):
            self.database.state["desk"] = self._tickets() > 0
            self.database.save()
        if "agent_key" not in self.database.state:
            self.database.state["agent_key"] = self._key()
            self.database.save()
        secret = self.database.state["agent_key"]
        orders = self.rpc("sale.order", "search_read", [[("state", "=", "sale")], ["name"]], {"limit": 1})
        number = orders[0]["name"] if orders else "S00001"
        say(f"\nService desk: {self.url}/odoo/helpdesk.ticket; the agent API is described at {self.url}{ROOT}/docs")
        say("A call, with a key that may look up and act:")
        say(f"  curl -H 'Authorization: Bearer {secret}' '{self.url}{ROOT}/orders?by=number&value={number}'")

    def _tickets(self) -> int:
        found = self.rpc(
            "sale.order",
            "search_read",
            [[("state", "=", "sale")], ["name", "partner_id"]],
            {"limit": TICKETS, "order": "id desc"},
        )
        values: list[dict[str, Any]] = []
        for number, order in enumerate(found):
            _kind, subject, text = STORIES[number % len(STORIES)]
            values.append(
                {
                    "name": subject,
                    "description": f"<p>{text.format(order=order['name'])}</p>",
                    "partner_id": order["partner_id"][0],
                }
            )
        if values:
            self.rpc("helpdesk.ticket", "create", [values])
            say(f"Service desk: {len(values)} tickets about orders of the shop")
        return len(values)

    def _key(self) -> str:
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

"""The orders of the demo: a shop makes them in Odoo, and the table shows how many of each are in the simulated org."""

import time
from typing import TYPE_CHECKING

from . import demo_shop
from .console import say, table, warn
from .rpc import RpcError

if TYPE_CHECKING:
    from .demo_database import DemoDatabase
    from .first_load import FirstLoad
    from .simulator import Simulator

# What Odoo counts, and the object of the org that shows it.
OBJECTS = {
    "Orders": "ERP_Order__c",
    "Shipments": "ERP_Shipment__c",
    "Invoices and credit notes": "ERP_Invoice__c",
    "Returns": "ERP_Return__c",
    "Products": "Product2",
    "Prices": "PricebookEntry",
    "Stock": "ERP_Stock__c",
}
CUSTOMERS = 120
_PATIENCE = 900  # seconds after which what has not arrived is said to be missing
_STILL = 5  # seconds without a change after which all has arrived


class DemoOrders:
    """A shop beside the demo."""

    def __init__(self, load: "FirstLoad", simulator: "Simulator", database: "DemoDatabase") -> None:
        self.load, self.simulator, self.database = load, simulator, database
        self._shop: demo_shop.Shop | None = None
        self._explained = False

    def open(self, orders: int) -> None:
        """Begin to make so many orders, unless an earlier start has."""
        if not orders or self.database.state.get("shop") or not self._publishes():
            return
        connection_id = self.load.connection_id
        assert connection_id is not None
        partners = demo_shop.linked_partners(self.load.rpc, connection_id, CUSTOMERS)
        if not partners:
            return
        task = {"orders": orders, "products": 40, "lines": 3, "partners": partners, "mixed": True}
        self._shop = demo_shop.Shop(self.database.conf(), self.database.name, self.database.folder / "shop", task)
        self._shop.start()
        self.database.state["shop"] = True
        self.database.save()
        say(f"Shop: {orders:,} orders in all states are being made, from quotation to refund; a table follows")

    def stop(self) -> None:
        """End the shop."""
        if self._shop:
            self._shop.stop()

    def tell(self) -> bool:
        """Say once what the shop has done, as soon as it is done; whether it is."""
        if self._shop is None or self._explained:
            return True
        result = self._shop.result()
        if result is None:
            return False
        self._explained = True
        say(f"Shop: {len(result.orders):,} orders, {result.steps:,} steps")
        for number, text in list(result.failed.items())[:3]:
            warn(f"  order {number} failed: {text.strip().splitlines()[-1]}")
        say(self.table())
        return True

    def wait(self) -> bool:
        """Wait for the shop and for the platform to show its documents; whether all are there."""
        if self._shop is None:
            return True
        while not self.tell():
            time.sleep(1)
        until, seen, since = time.monotonic() + _PATIENCE, "", time.monotonic()
        while time.monotonic() < until:
            rows = self.table()
            if rows != seen:
                seen, since = rows, time.monotonic()
            elif time.monotonic() - since > _STILL and not self._waiting():
                break
            time.sleep(1)
        say(seen)
        return not self._waiting()

    def table(self) -> str:
        """Records by kind: linked in Odoo, and in the org."""
        rows = []
        for name, remote_object in OBJECTS.items():
            domain = [("connection_id", "=", self.load.connection_id), ("remote_object", "=", remote_object)]
            linked = self.load.rpc("retail.sync.link", "search_count", [domain])
            rows.append([name, linked, self.simulator.count(remote_object)])
        return "\n" + table(["Commerce", "Linked in Odoo", "In Salesforce"], rows)

    def _publishes(self) -> bool:
        domain = [("connection_id", "=", self.load.connection_id), ("entity", "=", "order"), ("direction", "=", "out")]
        try:
            return bool(self.load.rpc("retail.sync.stream", "search_count", [domain]))
        except RpcError:
            return False

    def _waiting(self) -> int:
        messages = [("connection_id", "=", self.load.connection_id), ("state", "in", ["pending", "sending"])]
        # Prices and stock are computed in jobs of their own before there is anything to send.
        jobs = [("model_name", "=", "retail.sync.product.jobs"), ("state", "in", ["pending", "enqueued", "started"])]
        waiting = self.load.rpc("retail.sync.message", "search_count", [messages])
        return int(waiting) + int(self.load.rpc("queue.job", "search_count", [jobs]))

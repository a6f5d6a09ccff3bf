"""A shop that lives beside a connection, and what staff do in it by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from setup.lib import odoo_config, paths
from setup.lib.demo_shop import Shop, ShopResult, linked_partners

from .two_way import BothWays

PUBLISHED = (
    "Product2",
    "PricebookEntry",
    "ERP_Stock__c",
    "ERP_Order__c",
    "ERP_Shipment__c",
    "ERP_Invoice__c",
    "ERP_Return__c",
    "Case",
)


@contextmanager
def shops(connection: BothWays, processes: int = 1, **task: Any) -> Iterator[list[Shop]]:
    """Let a shop live in so many processes beside the block; they are ended with it."""
    stack = connection.stack
    running = []
    try:
        for number in range(processes):
            name = f"{stack.name}_shop_{number}"
            conf = odoo_config.write(name, stack.environment.databases.connection, stack.environment.source, stack.db)
            shop = Shop(conf, stack.db, paths.RUN / name / "shop", {**task, "part": [number, processes]})
            shop.start()
            running.append(shop)
        yield running
    finally:
        for shop in running:
            shop.stop()


def live(connection: BothWays, timeout: float = 1800, processes: int = 1, **task: Any) -> list[ShopResult]:
    """Let a shop live to the end of its stories. Raises AssertionError for a story that failed."""
    with shops(connection, processes, **task) as running:
        connection.stack.wait_for(lambda: all(shop.result() for shop in running), timeout)
        found = [result for shop in running if (result := shop.result())]
    failed = {number: text for result in found for number, text in result.failed.items()}
    if failed:
        raise AssertionError(f"{len(failed)} stories failed, the first: {next(iter(failed.items()))}")
    return found


def partners(connection: BothWays, wanted: int = 80) -> list[int]:
    """Ids of linked customers."""
    return linked_partners(connection.stack.rpc, connection.id, wanted)


def begin(connection: BothWays) -> None:
    """Let the streams of documents publish new records, and demand that they write."""
    for name in PUBLISHED:
        connection.tune(name, export_policy="always")
    writing = {row["remote_object"] for row in connection.streams() if row["direction"] == "out"}
    missing = [name for name in PUBLISHED if name not in writing]
    if missing:
        raise AssertionError(f"streams that do not write: {missing}; there are {sorted(writing)}")


def storage(connection: BothWays) -> dict[str, int]:
    """Bytes of the platform's storage that our own objects take, by object."""
    objects = connection.simulator.control("GET", "storage")["objects"]
    return {name: taken["bytes"] for name, taken in objects.items() if name.startswith("ERP_")}


def waiting(connection: BothWays) -> int:
    """Messages that are still to be sent, and changes that are still to be routed."""
    [(count,)] = connection.stack.sql(
        "SELECT (SELECT count(*) FROM retail_sync_change) + (SELECT count(*) FROM retail_sync_message"
        " WHERE direction = 'out' AND state IN ('pending', 'sending', 'parked'))"
    )
    return int(count)


def make_products(connection: BothWays, count: int, batch: int = 1_000) -> None:
    """Make so many products, as an import does."""
    for start in range(0, count, batch):
        values = [
            {"name": f"Bulk product {number}", "default_code": f"BULK-{number:06d}", "list_price": 5 + number % 50}
            for number in range(start, min(count, start + batch))
        ]
        connection.stack.rpc("product.product", "create", [values], {"context": {"tracking_disable": True}})


def ship(connection: BothWays, pickings: list[int]) -> None:
    """Validate transfers with the quantities that they have. Raises AssertionError where Odoo asks something."""
    context = {"context": {"skip_backorder": True, "skip_sms": True}}
    if isinstance(asked := connection.stack.rpc("stock.picking", "button_validate", [pickings], context), dict):
        raise AssertionError(f"transfers were not validated: {asked}")


def invoice(connection: BothWays, order: int) -> int:
    """Invoice an order as staff do, and post the invoice; its id."""
    rpc = connection.stack.rpc
    context = {"active_model": "sale.order", "active_ids": [order], "active_id": order}
    wizard = rpc("sale.advance.payment.inv", "create", [[{}]], {"context": context})
    rpc("sale.advance.payment.inv", "create_invoices", [wizard], {"context": context})
    [found] = rpc("sale.order", "read", [[order], ["invoice_ids"]])
    rpc("account.move", "action_post", [found["invoice_ids"]])
    return int(found["invoice_ids"][-1])


def shows(connection: BothWays, remote_object: str, res_model: str, res_id: int, **fields: Any) -> bool:
    """Whether the platform shows a record with these values."""
    links = connection.query(
        "SELECT external_id FROM retail_sync_link WHERE connection_id = %s AND remote_object = %s AND res_model = %s"
        " AND res_id = %s", connection.id, remote_object, res_model, res_id,
    )  # fmt: skip
    if not links:
        return False
    record = connection.simulator.records(remote_object, [links[0]["external_id"]])[0]
    return all(record.get(name) == value for name, value in fields.items())


def publish_stock(connection: BothWays, count: int) -> list[int]:
    """Publish the stock of so many products that are in stock; their ids."""
    rpc = connection.stack.rpc
    domain = [("is_storable", "=", True), ("default_code", "like", "SHOP-0")]
    found = rpc("product.product", "search_read", [domain, ["product_tmpl_id"]], {"limit": count, "order": "id"})
    rpc("product.template", "write", [[row["product_tmpl_id"][0] for row in found], {"stock_published": True}])
    return [row["id"] for row in found]


def take_stock(connection: BothWays, product: int, number: int) -> None:
    """Count a product's stock anew, as staff do in the inventory."""
    rpc = connection.stack.rpc
    domain = [("product_id", "=", product), ("location_id.usage", "=", "internal")]
    quants = rpc("stock.quant", "search", [domain], {"limit": 1})
    context = {"context": {"inventory_mode": True}}
    rpc("stock.quant", "write", [quants, {"inventory_quantity": 5_000 + number}], context)
    rpc("stock.quant", "action_apply_inventory", [quants], context)


def writes_since(connection: BothWays, entry: int, remote_object: str) -> Counter[str]:
    """How often each record of an object was written since an entry of the platform's own journal."""
    entries = connection.simulator.journal(since=entry)
    return Counter(found["id"] for found in entries if found["object"] == remote_object)

"""Orders and what they need, from Odoo's documents to the records of the org."""

from __future__ import annotations

import json

import pytest

from . import commerce
from .two_way import BothWays

KEY = "Odoo_External_Id__c"


@pytest.fixture(scope="module")
def trade(stack):
    """A connection whose streams all write, and a customer that both sides know."""
    stack.simulator.reset()
    made = BothWays(stack, stack.simulator, name="Commerce", export="always")
    made.load()
    made.until(lambda: not made.outbox("pending"), timeout=120)
    yield made
    made.retire()


def ours(trade, name, model, number):
    """The record of one of ours over there."""
    found = [row for row in trade.simulator.records(name) if (row.get(KEY) or "").endswith(f":{model}:{number}")]
    assert len(found) < 2, found
    return found[0] if found else None


def appears(trade, name, model, number, **fields):
    def there():
        row = ours(trade, name, model, number)
        return row if row and all(row.get(path) == value for path, value in fields.items()) else None

    return trade.until(there, timeout=90)


def test_streams_are_live_after_the_consent(trade):
    streams = {stream["remote_object"]: stream for stream in trade.streams() if stream["active"]}
    assert {name: streams[name]["unavailable_reason"] for name in streams} == dict.fromkeys(streams)
    published = {"Product2", "PricebookEntry", "ERP_Order__c", "ERP_Shipment__c", "ERP_Invoice__c", "Case"}
    assert published <= streams.keys()
    assert {(streams[name]["state"], streams[name]["direction"]) for name in published} == {("live", "out")}


def product_of(trade, sku, price, stock=0):
    """A product with a price, and so many of it in stock; its id."""
    rpc = trade.stack.rpc
    values = {"name": f"Lamp {sku}", "default_code": sku, "list_price": price, "is_storable": bool(stock)}
    [product] = rpc("product.product", "create", [[values]])
    if stock:
        [place] = trade.query("SELECT lot_stock_id AS id FROM stock_warehouse ORDER BY id LIMIT 1")
        quant = rpc(
            "stock.quant",
            "create",
            [[{"product_id": product, "location_id": place["id"], "inventory_quantity": stock}]],
            {"context": {"inventory_mode": True}},
        )
        rpc("stock.quant", "action_apply_inventory", [quant])
    return product


def confirmed(trade, product, quantity, **values):
    """A confirmed order of a new customer: (order, customer)."""
    rpc = trade.stack.rpc
    partner = trade.make(name=f"Lumi {product} S.r.l.", is_company=True)
    line = [0, 0, {"product_id": product, "product_uom_qty": quantity}]
    [order] = rpc("sale.order", "create", [[{"partner_id": partner, "order_line": [line], **values}]])
    rpc("sale.order", "action_confirm", [[order]])
    return order, partner


def test_an_order_from_confirmation_to_invoice(trade):
    rpc = trade.stack.rpc
    product = product_of(trade, "LAMP-1", 30.0, stock=10)
    order, partner = confirmed(trade, product, 3)
    there = appears(trade, "ERP_Order__c", "sale.order", order, Stage__c="Allocated")
    assert (there["Account__c"], there["Amount_Untaxed__c"]) == (trade.external_id(partner), 90)
    assert json.loads(there["Lines__c"])["lines"][0]["sku"] == "LAMP-1"
    lamp = appears(trade, "Product2", "product.product", product, ProductCode="LAMP-1")
    prices = trade.until(
        lambda: [row for row in trade.simulator.records("PricebookEntry") if row["Product2Id"] == lamp["Id"]]
    )
    assert [row["UnitPrice"] for row in prices] == [30]
    [picking] = trade.query("SELECT id FROM stock_picking WHERE sale_id = %s", order)
    appears(trade, "ERP_Shipment__c", "stock.picking", picking["id"], ERP_Order__c=there["Id"], State__c="Ready")
    commerce.ship(trade, [picking["id"]])
    appears(trade, "ERP_Shipment__c", "stock.picking", picking["id"], State__c="Shipped")
    appears(trade, "ERP_Order__c", "sale.order", order, Stage__c="Shipped")
    context = {"context": {"active_model": "sale.order", "active_ids": [order], "active_id": order}}
    wizard = rpc("sale.advance.payment.inv", "create", [[{"advance_payment_method": "delivered"}]], context)
    rpc("sale.advance.payment.inv", "create_invoices", [wizard], context)
    [invoice] = trade.query("SELECT id FROM account_move WHERE move_type = 'out_invoice' ORDER BY id DESC LIMIT 1")
    rpc("account.move", "action_post", [[invoice["id"]]])
    billed = appears(trade, "ERP_Invoice__c", "account.move", invoice["id"], State__c="Posted")
    assert (billed["ERP_Order__c"], billed["Account__c"]) == (there["Id"], there["Account__c"])
    appears(trade, "ERP_Order__c", "sale.order", order, Invoicing__c="Invoiced")


def test_products_that_the_org_has_are_taken_over(trade):
    [lamp] = trade.simulator.seed("Product2", [{"Name": "Old lamp", "ProductCode": "LAMP-2", "IsActive": True}])
    [product] = trade.stack.rpc(
        "product.product", "create", [[{"name": "Lamp 2", "default_code": "LAMP-2", "list_price": 12.0}]]
    )
    there = appears(trade, "Product2", "product.product", product, Name="Lamp 2")
    assert there["Id"] == lamp
    trade.until(lambda: [row for row in trade.simulator.records("PricebookEntry") if row["Product2Id"] == lamp])


def test_lines_as_records_by_choice(trade):
    trade.tune("ERP_Order__c", sf_lines_as_records=True)
    order, _partner = confirmed(trade, product_of(trade, "LAMP-3", 5.0), 2)
    header = appears(trade, "ERP_Order__c", "sale.order", order)
    [line] = trade.until(
        lambda: [row for row in trade.simulator.records("ERP_Order_Line__c") if row["ERP_Order__c"] == header["Id"]]
    )
    assert (line["SKU__c"], line["Ordered__c"], line["Subtotal__c"]) == ("LAMP-3", 2, 10)
    trade.tune("ERP_Order__c", sf_lines_as_records=False)


def test_a_late_order_is_a_case_until_it_is_promised_anew(trade):
    order, partner = confirmed(
        trade, product_of(trade, "LAMP-4", 7.0, stock=1), 1, commitment_date="2026-01-05 10:00:00"
    )
    appears(trade, "ERP_Order__c", "sale.order", order)

    def case():
        trade.run_cron("look")
        rows = [row for row in trade.simulator.records("Case") if row.get("Odoo_Cause__c") == "late"]
        return rows[0] if rows else None

    found = trade.until(case)
    assert (found["Origin"], found["IsClosed"]) == ("ERP", False)
    assert found["AccountId"] == trade.external_id(partner)
    trade.stack.rpc("sale.order", "write", [[order], {"commitment_date": "2030-01-05 10:00:00"}])

    def closed():
        row = case()
        return row["IsClosed"] and row

    assert trade.until(closed)["Odoo_Cause_Gone__c"] is True
    comments = [row for row in trade.simulator.records("CaseComment") if row["ParentId"] == found["Id"]]
    assert len(comments) == 1

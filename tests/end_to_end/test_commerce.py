"""A shop in Odoo beside the simulated org: after its life, both sides tell the same story, to the cent."""

import pytest

from . import commerce, commerce_clerks
from .customers import Customers
from .two_way import BothWays

ORDERS = 48


@pytest.fixture(scope="module")
def shop(stack):
    """A connection whose documents are published, and a shop that has lived to its end."""
    stack.simulator.reset()
    connection = BothWays(stack, stack.simulator, name="Shop")
    customers = Customers(9_100)
    accounts = stack.simulator.seed("Account", [customers.account() for _ in range(12)])
    stack.simulator.seed("Contact", [customers.contact(AccountId=account) for account in accounts])
    connection.load()
    commerce.begin(connection)
    commerce.live(
        connection, orders=ORDERS, products=20, lines=3, partners=commerce.partners(connection, 20), mixed=True
    )
    connection.quiet(rounds=40)
    yield connection
    connection.retire()


def test_documents_and_their_amounts_are_the_same_on_both_sides(shop):
    assert commerce_clerks.differences(shop) == []
    assert len(commerce_clerks.there(shop, "ERP_Order__c", "sale.order")) >= ORDERS // 2


def test_nobody_has_to_see_to_anything(shop):
    assert [(found["kind"], found["fault_message"]) for found in shop.exceptions()] == []


def test_each_product_has_one_standard_price(shop):
    prices = [record for record in shop.simulator.records("PricebookEntry") if record.get(commerce_clerks.KEY)]
    products = commerce_clerks.there(shop, "Product2", "product.product")
    assert products
    assert {record["Product2Id"] for record in prices} == {record["Id"] for record in products.values()}
    assert len(prices) == len(products)


def test_published_stock_is_what_is_free(shop):
    assert commerce_clerks.stock_differences(shop) == []


def test_late_orders_are_cases_that_close_when_the_goods_leave(shop):
    shop.run_cron("look")
    shop.quiet(rounds=30)
    late = shop.query(
        "SELECT e.id, e.order_id FROM retail_sync_order_exception e JOIN retail_sync_order_rule r ON r.id = e.rule_id"
        " WHERE r.code = 'late' AND e.state = 'open' ORDER BY e.id"
    )
    assert late, "stories of the shop leave orders late"
    cases = commerce_clerks.there(shop, "Case", "retail.sync.order.exception")
    orders = commerce_clerks.there(shop, "ERP_Order__c", "sale.order")
    shown = {cases[row["id"]]["ERP_Order__c"] for row in late}
    assert shown == {orders[row["order_id"]]["Id"] for row in late}
    assert not any(cases[row["id"]]["IsClosed"] for row in late)
    [order] = shop.stack.rpc("sale.order", "read", [[late[0]["order_id"]], ["picking_ids"]])
    rpc = shop.stack.rpc
    moves = rpc("stock.move", "search_read", [[("picking_id", "in", order["picking_ids"])], ["product_uom_qty"]])
    for move in moves:
        rpc("stock.move", "write", [[move["id"]], {"quantity": move["product_uom_qty"], "picked": True}])
    commerce.ship(shop, order["picking_ids"])
    shop.quiet(rounds=30)
    case = commerce_clerks.there(shop, "Case", "retail.sync.order.exception")[late[0]["id"]]
    assert case["IsClosed"], case

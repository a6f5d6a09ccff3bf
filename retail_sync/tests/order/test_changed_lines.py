from odoo import Command
from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestChangedLines(CommerceCase):
    """Lines that change while the totals of their order stay."""

    entities = ("order",)

    def setUp(self):
        super().setUp()
        self.first, self.second = self.make_product(), self.make_product("SKU-2")

    def sent_order(self, **values):
        """Return a confirmed order of two lines at 90.00 that the platform has."""
        order = self.make_order([(self.first, 1, 90.0), (self.second, 1, 90.0)], **values)
        self.deliver()
        self.total = order.amount_total
        return order

    def shown(self, order, name):
        """Deliver; return a value of each line as the platform has it. The total is what it was."""
        self.deliver()
        self.assertEqual(order.amount_total, self.total)
        return [line[name]["amount"] if "price" in name else line[name] for line in self.row_of(order)["lines"]]

    def test_a_corrected_text_of_a_confirmed_order_reaches_the_platform(self):
        order = self.sent_order()
        order.order_line[0].name = "Shirt, blue"
        self.assertEqual(self.shown(order, "name")[0], "Shirt, blue")

    def test_a_price_with_a_discount_that_makes_the_same_total_reaches_the_platform(self):
        order = self.sent_order()
        order.order_line[0].write({"price_unit": 100.0, "discount": 10.0})
        self.assertEqual(self.shown(order, "unit_price"), ["100.0000", "90.0000"])
        self.assertEqual(self.shown(order, "discount"), [10.0, 0.0])

    def test_an_amount_that_moves_from_one_line_to_another_reaches_the_platform(self):
        order = self.sent_order()
        first, second = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(first.id, {"price_unit": 80.0}),
                    Command.update(second.id, {"price_unit": 100.0}),
                ]
            }
        )
        self.assertEqual(self.shown(order, "unit_price"), ["80.0000", "100.0000"])

    def test_lines_that_change_places_reach_the_platform(self):
        order = self.sent_order()
        order.order_line[1].sequence = order.order_line[0].sequence - 1
        self.assertEqual(self.shown(order, "sku"), ["SKU-2", "SKU-1"])

    def test_a_tax_that_moves_from_one_line_to_another_reaches_the_platform(self):
        """The taxes of a line are rows of a relation; its own row has what they come to."""
        tax = self.make_tax()
        self.first.taxes_id = tax
        order = self.sent_order()
        first, second = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(first.id, {"tax_ids": [Command.clear()]}),
                    Command.update(second.id, {"tax_ids": [Command.set(tax.ids)]}),
                ]
            }
        )
        self.assertEqual([tax["amount"] for tax in self.shown(order, "tax")], ["0.00", "18.90"])

    def test_a_line_that_its_route_takes_to_another_warehouse_reaches_the_platform(self):
        order = self.sent_order()
        order.order_line[0].warehouse_id = self.env["stock.warehouse"].create({"name": "North", "code": "NORTH"})
        self.assertEqual(self.shown(order, "warehouse"), ["North", self.warehouse.name])

    def test_a_quotation_in_another_currency_with_the_same_figures_reaches_the_platform(self):
        self.streams["order"].order_states = "all"
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        currency.active = True
        order = self.sent_order(confirm=False)
        order.pricelist_id = self.env["product.pricelist"].create({"name": "Swiss", "currency_id": currency.id})
        self.assertEqual(self.shown(order, "unit_price"), ["90.0000", "90.0000"])
        row = self.row_of(order)
        self.assertEqual((row["currency"], row["total"]), ("CHF", self.money(180.0, currency)))
        self.assertEqual(row["lines"][0]["unit_price"]["currency"], "CHF")
        self.assertEqual(row["due"]["currency"], "CHF")

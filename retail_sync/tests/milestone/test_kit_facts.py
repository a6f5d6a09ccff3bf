from odoo.tests import tagged

from ...domain.commerce.expectations import to_ship
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestKitFacts(JournalCase):
    """A kit counts in complete sets, though its parts leave, come back and are replaced one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat, cls.leg = cls.goods("SEAT", 40), cls.goods("LEG", 3)
        cls.set = cls.kit("SET", (cls.seat, 2), (cls.leg, 1))

    def ship_of(self, order, product, quantity):
        """Ship of one product alone; the rest waits."""
        picking = self.open_picking(order)
        for move in picking.move_ids:
            move.quantity = quantity if move.product_id == product else 0
            move.picked = move.product_id == product
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def transfer(self, order, picking):
        return next(item for item in self.facts(order).transfers if item.id == picking.id)

    def test_a_kit_whose_parts_leave_at_different_times_is_still_to_be_shipped(self):
        """Ten seats left, five legs wait for stock: the kit counted as nothing to ship, and as late nowhere."""
        order = self.confirmed((self.set, 5))
        shipped = self.ship_of(order, self.seat, 10)
        facts = self.facts(order)
        [line] = facts.lines
        self.assertEqual((line.shipped, line.open, line.demand), (0, 5, 5))
        self.assertEqual((line.reserved, line.short), (3, 2))
        self.assertTrue(to_ship(facts))
        rest = self.open_picking(order)
        self.assertEqual(self.transfer(order, shipped).quantities, {})
        self.assertEqual(self.transfer(order, rest).demand, {line.id: 5})
        self.assertEqual(self.transfer(order, rest).quantities, {line.id: 3})
        self.route()
        self.assertEqual(self.row(order, "partly_allocated").quantity_text, "3 of 5 Units")
        self.stock(self.leg, 2)
        self.ship(order)
        facts = self.facts(order)
        self.assertEqual((facts.lines[0].shipped, facts.lines[0].open, facts.lines[0].demand), (5, 0, 0))
        self.assertEqual(self.transfer(order, rest).quantities, {line.id: 5}, "the sets that it completes")
        self.assertFalse(to_ship(facts))

    def test_a_cancelled_rest_of_a_kit_is_partly_cancelled(self):
        order = self.confirmed((self.set, 5))
        self.ship_of(order, self.seat, 10)
        self.ship_of(order, self.leg, 3)
        self.open_picking(order).action_cancel()
        line = self.line_of(order)
        self.assertEqual((line.shipped, line.open, line.demand), (3, 2, 0))
        self.route()
        self.assertEqual(self.row(order, "partly_cancelled").quantity_text, "2 of 5 Units")

    def test_a_part_that_comes_back_and_is_replaced_leaves_the_kit_shipped(self):
        order = self.confirmed((self.set, 3))
        shipped = self.ship(order)
        self.stock(self.leg, 5)
        back, again = self.exchange(shipped, {self.leg: 1})
        self.do(back)
        [line] = self.facts(order).lines
        self.assertEqual((line.shipped, line.returned, line.demand), (3, 1, 0))
        self.assertEqual(self.transfer(order, back).quantities, {line.id: 1}, "the set that it breaks")
        self.assertEqual(self.transfer(order, again).role, "exchange")
        self.do(again)
        [line] = self.facts(order).lines
        self.assertEqual((line.shipped, line.replaced, line.returned, line.open), (4, 1, 1, 0))

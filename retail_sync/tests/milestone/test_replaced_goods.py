from odoo.tests import tagged

from ...domain.commerce import conditions, stage
from ...domain.commerce.expectations import Rule, Surroundings, to_ship
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestReplacedGoods(JournalCase):
    """Goods that come back, that are replaced, or that are sent out again fulfil nothing that was ordered."""

    def roles(self, order):
        return {item.id: item.role for item in self.facts(order).transfers}

    def contradictions(self, order):
        rule = Rule(1, "contradiction", "condition", condition="contradiction")
        return conditions.watches_of(rule, self.facts(order), [], Surroundings())

    def test_replaced_goods_are_no_shipment_of_the_open_rest(self):
        """Three of five left, two of them are exchanged: the order counted as shipped while its rest still waits."""
        lamp = self.goods("LAMP", 3)
        order = self.confirmed((lamp, 5))
        self.route()
        shipped = self.ship(order, 3)
        rest = self.open_picking(order)
        # As a person makes it: Odoo would add the goods to the rest that is open.
        rest.printed = True
        back, again = self.exchange(shipped, 2)
        self.assertEqual(self.roles(order)[again.id], "exchange")
        self.do(back)
        self.do(again)
        facts = self.facts(order)
        [line] = facts.lines
        self.assertEqual((line.shipped, line.replaced, line.returned), (5, 2, 2))
        self.assertEqual((line.open, line.demand), (2, 2))
        self.assertTrue(to_ship(facts))
        self.assertFalse(facts.shipped_all)
        self.assertEqual(self.contradictions(order), [])
        self.route()
        self.assertNotIn("allocated", self.kinds(order))
        rest.action_cancel()
        self.env.flush_all()
        # In a test, everything is written at the same time.
        self.env.cr.execute(
            "UPDATE stock_picking SET create_date = create_date - interval '1 hour' WHERE id = %s", again.ids
        )
        self.env.invalidate_all()
        self.assertEqual(self.roles(order)[again.id], "exchange", "it was one while the rest was open")
        self.route()
        self.assertEqual(self.row(order, "partly_cancelled").quantity_text, "2 of 5 Units")

    def test_an_exchange_that_is_added_to_the_open_rest_is_no_contradiction(self):
        lamp = self.goods("LAMP", 3)
        order = self.confirmed((lamp, 5))
        shipped = self.ship(order, 3)
        back, again = self.exchange(shipped, 2)
        self.assertFalse(again, "Odoo adds them to the rest")
        self.stock(lamp, 2)
        self.ship(order, 2)
        self.assertTrue(self.open_picking(order))
        self.assertEqual(self.contradictions(order), [])

    def test_an_exchange_in_two_steps_fulfils_nothing_from_its_first_step_on(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirmed((self.chair, 2))
        self.do(order.picking_ids)
        shipped = self.ship(order)
        back, again = self.exchange(shipped, 1)
        self.do(back)
        facts = self.facts(order)
        first = next(item for item in facts.transfers if item.id == again.id)
        self.assertEqual((first.role, first.fulfils), ("pick", False))
        self.assertEqual((facts.lines[0].demand, facts.lines[0].reserved), (0, 0))
        self.do(again)
        facts = self.facts(order)
        self.assertEqual(sorted(item.role for item in facts.transfers if item.replaces), ["exchange", "pick"])
        self.ship(order)
        line = self.line_of(order)
        self.assertEqual((line.shipped, line.replaced, line.returned, line.open), (3, 1, 1, 0))

    def test_a_rest_in_two_steps_before_the_last_one_is_no_exchange(self):
        """Of a warehouse whose goods pass two places, both steps were added up, and the rest counted as replaced."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        between = self.warehouse.pack_type_id
        order = self.confirmed((self.chair, 4))
        # The step between is then no packing of this warehouse, but another one on the way.
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_warehouse SET pack_type_id = int_type_id WHERE id = %s", self.warehouse.ids)
        self.env.invalidate_all()
        self.do(order.picking_ids, 2)
        self.do(order.picking_ids.filtered(lambda item: item.picking_type_id == between))
        shipped = self.ship(order)
        self.give_back(shipped, 1)
        self.do(order.picking_ids.filtered("backorder_id"))
        facts = self.facts(order)
        self.assertFalse([item.name for item in facts.transfers if item.replaces])
        self.assertEqual((facts.lines[0].demand, facts.lines[0].open), (2, 2))

    def test_the_return_of_a_return_is_a_shipment(self):
        """The customer gets the goods again: it was written as an inspection, and the order stayed returned."""
        order = self.confirmed((self.chair, 2))
        shipped = self.ship(order)
        back = self.do(self.give_back(shipped, 2))
        self.route()
        again = self.do(self.give_back(back, 2))
        self.assertEqual(self.roles(order)[again.id], "exchange")
        self.route()
        rows = self.env["retail.sync.milestone"].search([("res_id", "=", order.id)], order="id")
        shipments = rows.filtered(lambda row: row.kind == "shipped")
        self.assertEqual(shipments.mapped("document_id"), [shipped.id, again.id])
        self.assertNotIn("inspected", self.kinds(order))
        facts = self.facts(order)
        [line] = facts.lines
        self.assertEqual((line.shipped, line.returned, line.open), (4, 2, 0))
        self.assertEqual(stage.stage_of(facts, ()), "shipped")
        self.do(self.give_back(again, 2))
        self.assertEqual(stage.stage_of(self.facts(order), ()), "returned")

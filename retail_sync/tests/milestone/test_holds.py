from odoo import Command
from odoo.tests import tagged

from ...models.milestone import fact_holds, looks, scheduled
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestHolds(JournalCase):
    """What holds an order is said reason by reason, and of whatever order it may hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.goods("FIT", type="service", is_storable=False)

    def stop_orders(self, on=True):
        self.env["res.config.settings"].create({"retail_sync_stops_orders": on}).execute()

    def over_limit(self):
        """Let the customer owe more than its limit, for another order."""
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 1
        invoice = self.invoice(self.confirmed((self.table, 1)))
        self.route()
        return invoice

    def look(self):
        self.env["retail.sync.milestone.look"].invalidate_model()
        while looks.due(self.env):
            scheduled.look(self.env)
        self.route()

    def standing(self, order):
        """Return the reasons for which an order is said to be on hold."""
        rows = self.env["retail.sync.milestone"].search([("res_id", "=", order.id), ("kind", "=", "held")])
        return sorted(rows.filtered(lambda row: not row.reversal and not row.taken_back).mapped("cause"))

    def test_a_block_that_is_lifted_leaves_the_credit_hold_alone(self):
        """Blocked and over the limit, the block lifted: the order kept the reason that had gone."""
        self.stop_orders()
        order = self.order((self.chair, 1))
        self.over_limit()
        self.customer._block_account("Unpaid")
        self.route()
        self.assertEqual(self.standing(order), ["account_block"])
        self.customer._lift_account_block("Paid")
        self.route()
        self.assertEqual(self.standing(order), ["credit_hold"])

    def assert_held_and_released(self, order):
        """The block of the customer stops the order, and the end of the block releases it."""
        self.route()
        self.customer._block_account("Unpaid")
        self.route()
        self.assertEqual(self.standing(order), ["account_block"])
        self.customer._lift_account_block("Paid")
        self.route()
        self.assertEqual(self.standing(order), [])

    def test_a_service_order_is_held_and_released(self):
        order = self.confirmed((self.service, 1))
        self.assert_held_and_released(order)

    def test_a_drop_shipment_without_a_transfer_is_held_and_released(self):
        supplier = self.env["res.partner"].create({"name": "Maker"})
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        sofa = self.goods(
            "SOFA", route_ids=[Command.link(route.id)], seller_ids=[Command.create({"partner_id": supplier.id})]
        )
        order = self.confirmed((sofa, 2))
        self.assertFalse(order.picking_ids)
        self.assert_held_and_released(order)

    def test_a_hold_that_was_waived_is_not_looked_at_again(self):
        order = self.order((self.chair, 1))
        self.route()
        self.customer._block_account("Unpaid")
        self.env["retail.sync.block.override"].sudo()._record(fact_stops(order), "Agreed")
        self.route()
        self.assertEqual(self.standing(order), [])
        self.assertEqual(self.env["retail.sync.milestone.keeper"]._orders_of(self.customer.ids), [])

    def test_switching_the_stop_of_orders_holds_and_releases_them(self):
        order, done = self.order((self.chair, 1)), self.confirmed((self.table, 1))
        self.ship(done)
        self.over_limit()
        self.assertEqual(self.standing(order), [])
        self.stop_orders()
        self.look()
        self.assertEqual(self.standing(order), ["credit_hold"])
        self.assertEqual(self.standing(done), [])
        self.stop_orders(on=False)
        self.look()
        self.assertEqual(self.standing(order), [])

    def test_a_rule_of_the_credit_state_holds_orders_of_customers_without_a_link(self):
        self.stop_orders()
        order = self.order((self.chair, 1))
        invoice = self.over_limit()
        self.pay(invoice)
        self.route()
        self.assertEqual(self.standing(order), [])
        late = self.invoice(self.confirmed((self.table, 1)))
        self.customer.credit_limit = 10000
        self.env["res.config.settings"].create({"retail_sync_overdue_hold": False}).execute()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = date_maturity - 90 WHERE move_id = %s", late.ids
        )
        self.env.invalidate_all()
        self.route()
        self.assertEqual(self.standing(order), [])
        self.env["res.config.settings"].create({"retail_sync_overdue_hold": True}).execute()
        self.look()
        self.assertEqual(self.standing(order), ["credit_hold"])

    def test_the_number_of_queries_does_not_depend_on_the_number_of_orders_of_a_customer(self):
        keeper = self.env["retail.sync.milestone.keeper"]

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            keeper._orders_of(self.customer.ids)
            return self.env.cr.sql_log_count - before

        self.order((self.chair, 1))
        queries()
        single = queries()
        for _number in range(5):
            self.confirmed((self.service, 1))
            self.order((self.chair, 1))
        self.assertEqual(queries(), single)


def fact_stops(order):
    """Return {order: what stops it}, as an override is recorded."""
    found = fact_holds.stops(order.env, order.ids)
    return {order.sudo(): found[order.id]}

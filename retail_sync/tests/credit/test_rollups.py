from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...models.credit import rollups
from ...models.credit.constants import GATHER_SECONDS, ROLLUP_NAMES
from ..commerce_case import CommerceCase
from ..fake_mapping import field_mapping


class RollupCase(CommerceCase):
    """Customers whose orders, goods and invoices are summed up; no stream of documents."""

    entities = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        transforms = {"last_order_at": "datetime"}
        cls.env["retail.sync.field.map"].create(
            [
                dict(
                    field_mapping(name, name, transforms.get(name, "number"), direction="both"),
                    stream_id=stream.id,
                    sequence=300,
                )
                for stream in (cls.firms, cls.persons)
                for name in sorted(ROLLUP_NAMES)
            ]
        )

    def setUp(self):
        super().setUp()
        # A platform names its empty fields too.
        self.remote("F1").update(dict.fromkeys(ROLLUP_NAMES))
        self.shirt = self.make_product()

    def value(self, name, partner=None):
        self.env.flush_all()
        partner = partner or self.customer
        return rollups.values(self.env, partner, {name})[partner.id][name]


@tagged("post_install", "-at_install")
class TestRollups(RollupCase):
    """What a customer's orders come to, by real documents."""

    def test_a_customer_without_orders(self):
        found = rollups.values(self.env, self.customer, ROLLUP_NAMES)[self.customer.id]
        self.assertEqual(
            found,
            {"open_orders": 0, "last_order_at": None, "returns_rate": 0, "lifetime_value": 0, "loyalty_points": 0},
        )

    def test_an_order_is_open_until_its_goods_have_left(self):
        self.make_order([(self.shirt, 2)], confirm=False)
        self.assertEqual((self.value("open_orders"), self.value("last_order_at")), (0, None))
        order = self.make_order([(self.shirt, 5)])
        self.assertEqual(self.value("open_orders"), 1)
        self.assertEqual(self.value("last_order_at"), order.date_order.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.ship(order, {self.shirt: 3})
        self.assertEqual(self.value("open_orders"), 1)
        self.ship(order)
        self.assertEqual(self.value("open_orders"), 0)

    def test_a_cancelled_rest_and_a_cancelled_order_are_not_open(self):
        cut, dropped = self.make_order([(self.shirt, 5)]), self.make_order([(self.shirt, 1)])
        self.assertEqual(self.value("open_orders"), 2)
        self.ship(cut, {self.shirt: 3}, backorder=False)
        dropped._action_cancel()
        self.assertEqual(self.value("open_orders"), 0)

    def test_a_return_opens_no_order(self):
        order = self.make_order([(self.shirt, 4)])
        picking = self.ship(order)
        self.return_(picking, {self.shirt: 1})
        self.assertEqual(self.value("open_orders"), 0)
        self.ship(order)
        self.assertEqual(self.value("open_orders"), 0, "nor one that was received")

    def test_services_are_not_shipped(self):
        service = self.env["product.product"].create({"name": "Gift wrap", "type": "service"})
        self.make_order([(service, 1)])
        self.assertEqual(self.value("open_orders"), 0)
        self.assertTrue(self.value("last_order_at"))

    def test_several_steps_of_delivery_are_open_until_the_last(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.make_order([(self.shirt, 1)])
        self.transfer(self.open_pickings(order))
        self.assertEqual(self.value("open_orders"), 1, "picked, not shipped")
        self.ship(order)
        self.assertEqual(self.value("open_orders"), 0)

    def test_returns_rate_is_a_share_of_pieces(self):
        picking = self.ship(self.make_order([(self.shirt, 8)]))
        self.assertEqual(self.value("returns_rate"), 0)
        self.return_(picking, {self.shirt: 1}, done=True)
        self.assertEqual(self.value("returns_rate"), 12.5)

    def test_old_shipments_and_returns_do_not_count(self):
        picking = self.ship(self.make_order([(self.shirt, 4)]))
        returned = self.return_(picking, {self.shirt: 2}, done=True)
        self.ship(self.make_order([(self.shirt, 10)]))
        self.assertEqual(self.value("returns_rate"), 14.3)
        (picking | returned).move_ids.date = fields.Datetime.now() - relativedelta(months=13)
        self.assertEqual(self.value("returns_rate"), 0)

    def test_a_new_day_tells_whose_rate_it_changes(self):
        picking = self.ship(self.make_order([(self.shirt, 4)]))
        today = self.env.company._retail_sync_today()
        self.assertFalse(rollups.left_by_time(self.env, today - relativedelta(days=1), today))
        picking.move_ids.date = fields.Datetime.to_datetime(today - relativedelta(months=12, days=1))
        self.assertFalse(rollups.left_by_time(self.env, today - relativedelta(days=1), today), "nothing came back")
        returned = self.return_(picking, {self.shirt: 1}, done=True)
        self.assertEqual(rollups.left_by_time(self.env, today - relativedelta(days=1), today), self.customer.ids)
        (picking.move_ids.date, returned.move_ids.date) = (fields.Datetime.now(), picking.move_ids.date)
        self.assertEqual(rollups.left_by_time(self.env, today - relativedelta(days=1), today), self.customer.ids)
        self.assertFalse(rollups.left_by_time(self.env, today, today))

    def test_lifetime_value_is_invoices_less_credit_notes_without_tax(self):
        taxed = self.make_product("SKU-2", price=100, taxes=self.make_tax(20))
        order = self.make_order([(taxed, 3)])
        draft = self.invoice(order, post=False)
        self.assertEqual(self.value("lifetime_value"), 0)
        draft.action_post()
        self.assertEqual(self.value("lifetime_value"), 300)
        self.credit(draft, {taxed: 1})
        self.assertEqual(self.value("lifetime_value"), 200)

    def test_lifetime_value_is_in_the_currency_of_the_company(self):
        other = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        other.active = True
        self.env["res.currency.rate"].create({"name": "2020-01-01", "rate": 0.5, "currency_id": other.id})
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "currency_id": other.id,
                "invoice_line_ids": [Command.create({"product_id": self.shirt.id, "price_unit": 10, "tax_ids": []})],
            }
        )
        invoice.action_post()
        self.assertEqual(self.value("lifetime_value"), 20)

    def test_loyalty_points_are_those_of_loyalty_programs(self):
        programs = self.env["loyalty.program"].create(
            [{"name": kind, "program_type": kind} for kind in ("loyalty", "ewallet")]
        )
        self.env["loyalty.card"].create(
            [
                {"program_id": programs[0].id, "partner_id": self.customer.id, "points": 30},
                {"program_id": programs[0].id, "partner_id": self.customer.id, "points": 12.5},
                {"program_id": programs[1].id, "partner_id": self.customer.id, "points": 99},
                {
                    "program_id": programs[0].id,
                    "partner_id": self.customer.id,
                    "points": 7,
                    "expiration_date": "2020-01-01",
                },
            ]
        )
        self.assertEqual(self.value("loyalty_points"), 42.5)

    def test_a_company_and_its_people_share_them(self):
        buyer = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id})
        self.make_order([(self.shirt, 1)], partner=buyer)
        self.make_order([(self.shirt, 1)])
        self.assertEqual((self.value("open_orders"), self.value("open_orders", buyer)), (2, 2))

    def test_queries_do_not_grow_with_the_customers(self):
        others = self.env["res.partner"].create([{"name": f"Firm {number}"} for number in range(20)])
        self.env.flush_all()
        rollups.values(self.env, others, ROLLUP_NAMES)
        with self.assertQueryCount(5):
            rollups.values(self.env, others, ROLLUP_NAMES)


@tagged("post_install", "-at_install")
class TestRollupsOut(RollupCase):
    """Changes of roll-ups are gathered, and go with whatever else goes."""

    def waiting(self):
        self.route()
        return self.messages_of(self.customer, "pending")

    def due(self):
        """Let gathered changes be due."""
        self.env.cr.execute("UPDATE retail_sync_message SET next_try_at = NULL WHERE state = 'pending'")
        self.env.invalidate_all()

    def test_what_an_order_comes_to_is_sent_in_one_message(self):
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        self.invoice(order)
        message = self.waiting()
        self.assertEqual(len(message), 1)
        self.assertLessEqual({"open_orders", "last_order_at", "lifetime_value"}, message.changes.keys())
        self.due()
        self.send()
        row = self.remote("F1")
        self.assertEqual((row["open_orders"] or 0, row["lifetime_value"], row["returns_rate"] or 0), (0, 40.0, 0))
        self.assertEqual(row["last_order_at"], order.date_order.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def test_an_order_alone_makes_no_call_at_once(self):
        self.make_order([(self.shirt, 2)])
        message = self.waiting()
        self.assertEqual((message.lane, set(message.changes)), ("standard", {"open_orders", "last_order_at"}))
        wait = (message.next_try_at - fields.Datetime.now()).total_seconds()
        self.assertGreaterEqual(wait, 0)
        self.assertLessEqual(wait, GATHER_SECONDS + 1)
        self.assertEqual(int(message.next_try_at.timestamp()) % GATHER_SECONDS, 1, "all of them go at one time")
        self.forget_writes()
        self.send()
        self.assertFalse(self.platform.writes)

    def test_another_change_takes_them_along_at_once(self):
        self.make_order([(self.shirt, 2)])
        self.waiting()
        self.customer.phone = "+390110000000"
        self.send()
        row = self.remote("F1")
        self.assertEqual((row["phone"], row["open_orders"]), ("+390110000000", 1))

    def test_each_document_reports_what_it_changes(self):
        order = self.make_order([(self.shirt, 2)])
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        picking = self.ship(order)
        self.assertEqual(self.reported(), {"open_orders", "last_order_at", "returns_rate"})
        invoice = self.invoice(order)
        self.assertIn("lifetime_value", self.reported())
        self.return_(picking, done=True)
        self.assertIn("returns_rate", self.reported())
        self.credit(invoice)
        self.assertIn("lifetime_value", self.reported())

    def shipped_order(self):
        """Return an order whose goods have all left, and of whom nothing is to be reported any more."""
        order = self.make_order([(self.shirt, 2)])
        self.ship(order)
        self.assertEqual(self.value("open_orders"), 0)
        self.reported()
        return order

    def test_a_quantity_that_is_raised_after_all_was_shipped_opens_the_order_of_its_customer(self):
        order = self.shipped_order()
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.value("open_orders"), 1)
        self.assertIn("open_orders", self.reported())

    def test_an_exchange_that_goes_out_reports_the_open_orders_of_the_customer(self):
        order = self.shipped_order()
        self.exchange(order.picking_ids, {self.shirt: 1})
        self.assertIn("open_orders", self.reported())

    def test_a_reservation_reports_nothing_of_the_customer(self):
        order = self.make_order([(self.make_product("LAMP", stock=0), 2)])
        self.env.flush_all()
        self.reported()
        self.put_in_stock(order.order_line.product_id, 2)
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertFalse(self.reported())

    def reported(self):
        """Return the roll-ups of the customer that sources reported since the last call."""
        found = set()
        for model, res_id, op, names, _origin in self.changes():
            if (model, res_id, op) == ("res.partner", self.customer.id, "C"):
                found |= set(names.split(",")) & ROLLUP_NAMES
        self.env.cr.execute("DELETE FROM retail_sync_change")
        return found

    def test_a_value_that_the_platform_changed_is_taken_back(self):
        self.make_order([(self.shirt, 2)])
        self.route()
        self.due()
        self.send()
        self.firm("F1", open_orders=99)
        self.take("Firm")
        self.send()
        self.assertEqual(self.remote("F1")["open_orders"], 1)

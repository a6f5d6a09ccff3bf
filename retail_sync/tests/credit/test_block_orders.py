import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import html2plaintext, mute_logger

from ..block_case import BlockCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestBlockOrders(BlockCase):
    """What a block stops: quotations of the whole entity, whoever confirms them, and the money for them."""

    def test_order_is_stopped_and_says_all(self):
        order = self.order(self.contact)
        self.block(until=self.days(9))
        with self.assertRaises(UserError) as raised:
            self.as_user("seller", order).action_confirm()
        text = str(raised.exception)
        for part in (order.name, "Rossi Srl", "blocker", "Unpaid invoices", "until ", "lift the block", "Override"):
            self.assertIn(part, text)
        self.assertEqual(order.state, "draft")
        self.as_user("blocker", self.firm)._lift_account_block("Paid")
        self.as_user("seller", order).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_every_way_is_stopped(self):
        self.block()
        order = self.order()
        ways = {
            "superuser": lambda: order.sudo().action_confirm(),
            "eCommerce": lambda: order._validate_order(),
            "context": lambda: order.with_context(retail_sync_waived=True, override=True).action_confirm(),
            "state": lambda: order.write({"state": "sale"}),
            "create": lambda: self.order(state="sale"),
            "boss": lambda: self.as_user("boss", order).action_confirm(),
        }
        for name, way in ways.items():
            with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                way()
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def test_who_pays_counts(self):
        self.block(self.other)
        order = self.order(partner_invoice_id=self.other.id)
        with self.assertRaisesRegex(UserError, "Bianchi Spa"):
            order.action_confirm()

    def test_confirmed_orders_go_on(self):
        order = self.order()
        order.action_confirm()
        self.block()
        order.write({"note": "still open"})
        order.action_lock()
        order._action_cancel()
        self.assertFalse(order.account_block_note)

    def test_customers_read_a_polite_text(self):
        self.block(reason="Cheats")
        order = self.order(user_id=self.users["seller"].id)
        for way in (self.as_user("portal", order).sudo(), order.with_user(self.env.ref("base.public_user")).sudo()):
            with self.assertRaises(UserError) as raised:
                way.action_confirm()
            text = str(raised.exception)
            self.assertIn("seller", text)
            self.assertNotIn("Cheats", text)
            self.assertNotIn("block", text.lower())

    def test_several_orders(self):
        self.block()
        orders = self.order() | self.order(self.contact) | self.order(self.other)
        with self.assertRaises(UserError) as raised:
            orders.action_confirm()
        self.assertIn("These orders", str(raised.exception))
        self.assertIn(orders[1].name, str(raised.exception))
        self.assertNotIn(orders[2].name, str(raised.exception))
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_check_is_set_based(self):
        def made(number):
            partners = self.env["res.partner"].create([{"name": f"Firm {index}"} for index in range(number)])
            return self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])

        single, fifty = made(1), made(50)
        self.assertLessEqual(self.queries(fifty._check_stops), self.queries(single._check_stops))
        self.assertLess(self.queries(fifty._check_stops), 12)

    def test_banner(self):
        order = self.order()
        self.assertFalse(order.account_block_note or order.is_stopped)
        self.block()
        order.invalidate_recordset()
        for name in ("seller", "boss"):
            with Form(self.as_user(name, order)) as form:
                self.assertIn("Unpaid invoices", form.account_block_note)
        with Form(self.as_user("seller", self.env["sale.order"])) as form:
            form.partner_id = self.contact
            self.assertIn("Unpaid invoices", form.account_block_note)
            form.partner_id = self.other
            self.assertFalse(form.account_block_note)

    # -- payment

    def transaction(self, order, state="draft"):
        method = self.env["payment.method"].search([], limit=1) or self.env["payment.method"].create(
            {"name": "Test", "code": "test_block"}
        )
        provider = self.env["payment.provider"].search([], limit=1) or self.env["payment.provider"].create(
            {"name": "Test"}
        )
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": f"{order.name}-{state}",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "state": state,
                }
            )
        )

    def test_no_money_for_orders_that_will_not_be_confirmed(self):
        order, confirmed = self.order(), self.order()
        confirmed.action_confirm()
        self.block()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.transaction(order)
        self.assertTrue(self.transaction(confirmed), "what was confirmed is to be paid")

    def test_money_that_arrives_after_the_block_counts(self):
        order, free = self.order(user_id=self.users["seller"].id), self.order(self.other)
        paid = self.transaction(order, "done") | self.transaction(free, "done")
        self.block()
        confirmed = paid._check_amount_and_confirm_order()
        self.assertEqual(confirmed, free)
        self.assertEqual((order.state, free.state), ("draft", "sale"))
        self.assertEqual(order.activity_ids.user_id, self.users["seller"])
        self.assertIn("paid online", order.activity_ids.summary)

    def test_name_of_a_customer_is_text_in_the_activity(self):
        """A customer may be called anything, here and on the platform: a link of theirs must not stand in our words."""
        name = 'Rossi <a href="https://evil.example/login">Sign in</a>'
        self.firm.name = name
        order = self.order(user_id=self.users["seller"].id)
        paid = self.transaction(order, "done")
        self.block()
        paid._check_amount_and_confirm_order()
        self.assertNotIn("<a", order.activity_ids.note)
        self.assertIn(name, html2plaintext(order.activity_ids.note))


@tagged("post_install", "-at_install")
class TestBlockPortal(BlockCase, HttpCase):
    """A blocked customer at our counter on the web."""

    def page(self, order):
        return self.url_open(order.get_portal_url()).text

    def test_page_of_a_quotation(self):
        order = self.order(require_signature=True, user_id=self.users["seller"].id)
        self.assertNotIn("cannot confirm this order online", self.page(order))
        self.block(reason="Cheats")
        page = self.page(order)
        self.assertIn("cannot confirm this order online", page)
        self.assertNotIn("Cheats", page)
        url = f"/my/orders/{order.id}/accept"
        params = {"access_token": order.access_token, "name": "Ada", "signature": PIXEL}
        with mute_logger("odoo.http"):
            answer = self.url_open(
                url, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
            ).json()
        self.assertIn("cannot confirm this order online", answer["error"]["data"]["message"])
        self.assertNotIn("Cheats", json.dumps(answer))
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

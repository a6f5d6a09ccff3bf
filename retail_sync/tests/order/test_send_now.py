from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..commerce_case import CommerceCase

MODELS = ("sale.order", "stock.picking", "account.move", "account.payment")


@tagged("post_install", "-at_install")
class TestSendNow(CommerceCase):
    """People see whether a document is in sync, and send it again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk = ("sales_team.group_sale_salesman_all_leads", "stock.group_stock_user", "account.group_account_invoice")
        cls.operator = cls.make_user("op", "group_operator", *clerk)
        cls.seller = cls.make_user("seller", *clerk)

    def setUp(self):
        super().setUp()
        self.order = self.make_order([(self.make_product(), 2)])

    def test_an_operator_sends_a_document_again_with_all_its_values(self):
        self.deliver()
        self.forget_writes()
        picking = self.order.picking_ids
        self.platform.put("Shipment", self.link_of(picking).external_id, carrier="Changed over there", number="?")
        action = picking.with_user(self.operator).action_sync_send()
        self.assertIn("1 record", action["params"]["message"])
        self.assertEqual(self.messages_of(picking, "pending").lane, "standard")
        self.deliver()
        self.assertEqual((self.row_of(picking)["number"], self.row_of(picking)["carrier"]), (picking.name, None))

    def test_what_the_platform_does_not_know_is_created(self):
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.order.with_user(self.operator).action_sync_send()
        self.run_jobs()
        self.assertEqual(self.row_of(self.order)["number"], self.order.name)

    def test_a_draft_says_why_it_is_not_sent(self):
        draft = self.make_order([(self.make_product("SKU-2"), 1)], confirm=False)
        with self.assertRaisesRegex(UserError, "drafts"):
            draft.with_user(self.operator).action_sync_send()

    def test_without_a_live_stream_it_says_so(self):
        self.streams["order"].state = "paused"
        with self.assertRaisesRegex(UserError, "live stream"):
            self.order.with_user(self.operator).action_sync_send()

    def test_customers_are_not_sent_unread(self):
        with self.assertRaisesRegex(UserError, "live stream"):
            self.customer.with_user(self.operator).action_sync_send()

    def test_only_an_operator_sends(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.seller).action_sync_send()

    def test_a_document_shows_its_state_its_id_and_its_failure(self):
        self.deliver()
        order = self.order.with_user(self.operator)
        self.assertEqual(order.sync_state, "in_sync")
        self.assertEqual(order.sync_external_ids, self.link_of(self.order).external_id)
        self.assertEqual(order.search([("sync_external_ids", "=", order.sync_external_ids)]), order)
        self.assertEqual(self.order.with_user(self.seller).sync_state, "in_sync")
        with self.assertRaises(AccessError):
            self.order.with_user(self.seller).read(["sync_external_ids"])

    def test_forms_and_lists_open_for_everyone(self):
        self.deliver()
        invoice = self.invoice(self.order)
        self.pay(invoice)
        for user in (self.operator, self.seller):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    views = (
                        self.env[model].with_user(user).get_views([(False, "list"), (False, "form"), (False, "search")])
                    )
                    arch = views["views"]["form"]["arch"]
                    self.assertEqual("retail_sync" in arch and "sync_link_ids" in arch, user == self.operator)
        with Form(self.order.with_user(self.operator)) as form:
            form.client_order_ref = "PO 9"

    def test_native_lists_cost_no_query_more(self):
        for model in MODELS:
            records = self.env[model].with_user(self.seller)
            records.web_search_read([], {"display_name": {}}, limit=10)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_search_read([], {"display_name": {}}, limit=10)
            with self.subTest(model=model):
                self.assertLessEqual(self.env.cr.sql_log_count - before, 8)

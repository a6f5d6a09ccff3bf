from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .intake_case import SALE, IntakeCase


@tagged("post_install", "-at_install")
class TestFailedChecks(IntakeCase):
    """One failed check or many: one exception for the whole order, both values, a next step, and nothing created."""

    def refused(self, code, *lines, external_id="S1", **values):
        """Take a sale; check that it became the exception of a code, with a next step, and no order or product."""
        products = self.env["product.product"].with_context(active_test=False).search_count([])
        counters = self.take_sale(external_id, *lines, **values)

        self.assertEqual(counters, {"failed": 1})
        message = self.exception(external_id)
        self.assertEqual((message.fault_code, message.kind, message.state), (code, "record", "open"))
        self.assertTrue(message.rule_id.code_pattern != "*" and message.next_step)
        self.assertEqual((message.fault_class, message.team), ("business", "business"))
        self.assertFalse(self.order(external_id))
        self.assertEqual(
            self.env["product.product"].with_context(active_test=False).search_count([]), products, "a placeholder"
        )
        return message

    def test_no_customer(self):
        self.refused("ORDER_NO_CUSTOMER", customer=None)

    def test_a_blocked_customer(self):
        self.customer.write({"account_block": True, "account_block_reason": "Fraud"})
        self.refused("ORDER_CUSTOMER_BLOCKED")

    def hold(self):
        self.patch(
            type(self.env["res.partner"]),
            "_retail_sync_commercial",
            lambda partners: {
                partner.id: {"credit_state": "hold", "account_block": False, "credit_reason": "over_limit"}
                for partner in partners
            },
        )

    def test_a_credit_hold_stops_the_order_where_the_stream_says_so(self):
        self.hold()
        self.stream_of_sales.intake_credit_hold = "refuse"
        self.refused("ORDER_CREDIT_HOLD")

    def test_a_credit_hold_leaves_a_quotation_otherwise(self):
        self.hold()
        self.stream_of_sales.intake_policy = "confirm"
        self.take_sale()

        self.assertEqual(self.order().state, "draft")
        self.assertIn("credit hold", self.order().message_ids[:1].body)

    def test_no_lines(self):
        self.refused("ORDER_NO_LINES", lines=None, total=None)

    def test_a_line_without_a_sku(self):
        self.refused("ORDER_SKU_MISSING", self.line(sku=""))

    def test_an_unknown_sku_is_fixed_and_retried(self):
        message = self.refused("ORDER_SKU_UNKNOWN", self.line(), self.line("L2", sku="BELL", price=5.0))
        self.assertIn("BELL", message.fault_message)

        self.make_product("BELL", 5.0)
        self.retry(message)

        self.assertEqual(self.order().order_line.mapped("product_id.default_code"), ["BIKE", "BELL"])
        self.assertEqual(message.state, "done")

    def test_a_sku_that_two_products_have(self):
        self.make_product("BIKE")
        self.refused("ORDER_SKU_AMBIGUOUS")

    def test_a_discontinued_product(self):
        self.bike.active = False
        self.refused("ORDER_SKU_DISCONTINUED")

    def test_a_product_of_another_company_is_unknown(self):
        self.bike.company_id = self.env["res.company"].create({"name": "Other Ltd"})
        self.refused("ORDER_SKU_UNKNOWN")

    def test_a_product_that_is_not_sold(self):
        self.bike.sale_ok = False
        self.refused("ORDER_SKU_NOT_SOLD")

    def test_a_quantity_of_nothing(self):
        self.refused("ORDER_QUANTITY", self.line(quantity="0"))

    def test_a_quantity_that_the_unit_cannot_hold(self):
        self.refused("ORDER_QUANTITY", self.line(quantity="1.12345"), total=None)

    def test_another_unit(self):
        line = self.line()
        line["quantity"]["unit"] = "pallet"
        self.refused("ORDER_UNIT", line)

    def test_a_price_out_of_tolerance_shows_both(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))

        self.assertIn("90.00", message.fault_message)
        self.assertIn("100.00", message.fault_message)
        self.assertIn("90.00", message.intake_table)
        self.assertIn("100.00", message.intake_table)
        self.assertIn("BIKE", message.intake_table)

    def test_a_price_is_that_of_the_customers_pricelist(self):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": price,
                            "min_quantity": quantity,
                            "applied_on": "3_global",
                        }
                    )
                    for price, quantity in ((90.0, 0), (80.0, 10))
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        self.take_sale("S1", self.line(price=90.0), self.line("L2", quantity="10", price=80.0))
        self.assertEqual(self.order().pricelist_id, pricelist, self.exception().fault_message)

        self.refused("ORDER_PRICE", self.line(price=100.0), external_id="S2")

    def test_a_missing_tax(self):
        self.bike.taxes_id = False
        self.refused("ORDER_TAX_MISSING")

        self.stream_of_sales.intake_taxed = False
        self.retry(self.exception())
        self.assertTrue(self.order())

    def test_a_currency_without_a_pricelist(self):
        yen = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        yen.active = True
        line = self.line()
        line["unit_price"]["currency"] = "JPY"
        self.refused("ORDER_CURRENCY", line, currency="JPY", total=None)

    def test_a_total_that_is_not_that_of_the_lines(self):
        self.refused("ORDER_TOTAL", total=self.money(250.0))

    def test_an_incomplete_address_names_what_is_missing(self):
        self.customer.write({"city": False, "zip": False})
        message = self.refused("ORDER_ADDRESS")

        self.assertIn("City", message.fault_message)
        self.assertNotIn("Street", message.fault_message)

    def test_a_service_needs_no_address(self):
        self.customer.write({"city": False})
        self.make_product("HELP", 10.0, type="service")
        self.take_sale("S1", self.line(sku="HELP", price=10.0))

        self.assertTrue(self.order())

    def test_a_date_too_far_ahead(self):
        self.refused("ORDER_DATE", closed_on="2099-01-01")

    def test_a_reference_that_another_order_has(self):
        first = self.env["sale.order"].create({"partner_id": self.customer.id, "client_order_ref": "PO 1"})
        message = self.refused("ORDER_DUPLICATE", customer_reference="PO 1")

        self.assertIn(first.name, message.fault_message)
        self.stream_of_sales.intake_duplicate = "note"
        self.retry(message)
        self.assertIn(first.name, self.order().message_ids[:1].body)

    def test_two_sales_of_one_page_with_one_reference(self):
        self.sale("S1", customer_reference="PO 1")
        self.sale("S2", customer_reference="PO 1")

        self.assertEqual(self.take(SALE), {"created": 1, "failed": 1})

    def test_a_company_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        route = self.env["retail.sync.order.route"].create({"name": "All", "company_id": other.id})
        route.connection_id = self.connection
        self.take_sale()

        self.assertIn("ORDER_ROUTE", self.findings())
        self.assertIn("Other Ltd", self.exception().fault_message)
        self.assertFalse(self.order())

    def test_several_failed_checks_are_one_exception(self):
        self.customer.write({"account_block": True, "account_block_reason": "Fraud"})
        message = self.refused(
            "ORDER_CHECKS", self.line(price=1.0), self.line("L2", sku="NONE"), total=self.money(999.0)
        )

        self.assertEqual(self.findings(), ["ORDER_CUSTOMER_BLOCKED", "ORDER_PRICE", "ORDER_SKU_UNKNOWN", "ORDER_TOTAL"])
        self.assertEqual(len(self.exception()), 1)
        self.assertEqual(message.fault_message.count("\n"), 4)

    def test_one_bad_order_holds_no_other_back(self):
        self.sale("S1", self.line(sku="NONE"))
        self.sale("S2")
        self.sale("S3", self.line(price=1.0))

        self.assertEqual(self.take(SALE), {"created": 1, "failed": 2})
        self.assertTrue(self.order("S2"))

    def test_a_corrected_sale_closes_its_exception(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        self.take_sale("S1", self.line())

        self.assertEqual(message.state, "done")
        self.assertFalse(message.may_accept)

    # -- what a person decides

    def user(self, *groups):
        return self.env["res.users"].create(
            {
                "name": "Someone",
                "login": f"someone-{len(groups)}-{groups[-1]}",
                "group_ids": [Command.set([self.env.ref(group).id for group in ("base.group_user", *groups)])],
            }
        )

    def answer(self, message, action, reason="Agreed on the phone", user=None):
        user = user or self.user("retail_sync.group_steward")
        dialog = getattr(message.with_user(user), action)()
        wizard = self.env[dialog["res_model"]].with_user(user).browse(dialog["res_id"])
        self.assertTrue(wizard.explanation)
        wizard.reason = reason
        wizard.action_apply()
        self.run_jobs()

    def test_a_steward_accepts_a_price_with_a_reason(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        self.assertTrue(message.may_accept)
        self.answer(message, "action_ask_accept")

        self.assertEqual(self.order().order_line.price_unit, 90.0)
        self.assertEqual(message.state, "done")
        self.assertEqual(len(self.env["retail.sync.order.decision"].search([("external_id", "=", "S1")])), 1)

    def test_another_price_fails_the_check_again(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        self.platform.put(SALE, "S1", lines=[self.line(price=50.0)], total=self.money(100.0))
        self.answer(message, "action_ask_accept")

        self.assertFalse(self.order())
        self.assertIn("50.00", self.exception().fault_message)

    def test_a_discontinued_product_is_replaced_by_its_successor(self):
        self.bike.successor_id = self.make_product("BIKE-2", 100.0)
        self.bike.active = False
        message = self.refused("ORDER_SKU_DISCONTINUED")
        self.assertIn("BIKE-2", message.fault_message)
        self.assertTrue(message.may_use_successor)
        self.answer(message, "action_ask_successor")

        self.assertEqual(self.order().order_line.product_id.default_code, "BIKE-2")

    def test_a_successor_has_its_own_price(self):
        self.bike.successor_id = self.make_product("BIKE-2", 150.0)
        self.bike.active = False
        self.answer(self.refused("ORDER_SKU_DISCONTINUED"), "action_ask_successor")

        self.assertEqual(self.findings(), ["ORDER_PRICE"])
        self.assertIn("BIKE → BIKE-2", self.exception().intake_table)

    def test_an_operator_accepts_nothing(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        with self.assertRaises(AccessError):
            self.answer(message, "action_ask_accept", user=self.user("retail_sync.group_operator"))

    def test_a_decision_needs_a_reason(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        with self.assertRaises(UserError):
            self.answer(message, "action_ask_accept", reason=" ")

    def test_an_unknown_sku_cannot_be_accepted(self):
        message = self.refused("ORDER_SKU_UNKNOWN", self.line(sku="NONE"))
        self.assertFalse(message.may_accept or message.may_use_successor or message.may_mark_done)
        with self.assertRaises(UserError):
            message.with_user(self.user("retail_sync.group_steward")).action_ask_accept()

    def test_the_exception_is_read_by_an_operator(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0)).with_user(self.user("retail_sync.group_operator"))
        found = message.web_read({"intake_table": {}, "may_accept": {}})
        self.assertIn("BIKE", found[0]["intake_table"])
        message.get_views([(False, "form"), (False, "list")])

    def test_an_ignored_sale_stays_out_until_it_changes(self):
        message = self.refused("ORDER_PRICE", self.line(price=90.0))
        message.with_user(self.user("retail_sync.group_operator")).action_ignore("Test order")
        self.take(SALE, rows=list(self.platform.rows[SALE].values()))
        self.assertFalse(self.exception())

        self.take_sale()
        self.assertTrue(self.order())

    def test_the_screens_open(self):
        self.env["retail.sync.order.route"].get_views([(False, "list"), (False, "form"), (False, "search")])
        self.stream_of_sales.get_views([(False, "form")])
        self.assertTrue(fields.Date.today())

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .intake_case import SALE, IntakeCase


@tagged("post_install", "-at_install")
class TestIntake(IntakeCase):
    """A sale of the platform becomes a quotation or an order, as one."""

    def test_a_sale_becomes_a_quotation(self):
        counters = self.take_sale("S1", self.line(), customer_reference="PO 7", requested_on="2030-05-01")
        self.assertEqual(counters, {"created": 1}, self.exception().fault_message)

        order = self.order()
        self.assertEqual((order.state, order.partner_id), ("draft", self.customer))
        self.assertEqual((order.client_order_ref, order.origin), ("PO 7", "Sale S1"))
        self.assertEqual(fields.Date.to_string(order.commitment_date), "2030-05-01")
        self.assertEqual(order.order_line.product_id, self.bike)
        self.assertEqual(order.order_line.tax_ids, self.tax)
        self.assertEqual((order.amount_untaxed, order.amount_total), (200.0, 242.0))
        self.assertFalse(self.exception())

    def test_quantity_and_price_are_for_the_unit_in_which_the_product_is_sold(self):
        """Lines of the platform have no unit, whatever unit another addon has lines begin with."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["ir.default"].set("sale.order.line", "product_uom_id", dozen.id)
        self.take_sale("S1", self.line())
        self.assertEqual(self.order().order_line.product_uom_id, self.bike.uom_id)
        self.assertEqual(self.order().order_line.product_uom_qty, 2)

    def test_a_stream_that_confirms_makes_an_order(self):
        self.stream_of_sales.intake_policy = "confirm"
        self.take_sale()

        self.assertEqual(self.order().state, "sale")

    # -- orders that Odoo refuses to confirm

    def refused(self):
        """Take a sale that Odoo does not confirm; return its exception."""
        self.stream_of_sales.intake_policy = "confirm"
        self.refusal = "The analytic account is missing."
        confirm = type(self.env["sale.order"]).action_confirm

        def refusing(orders):
            if self.refusal:
                raise UserError(self.refusal)
            return confirm(orders)

        self.patch(type(self.env["sale.order"]), "action_confirm", refusing)
        self.assertEqual(self.take_sale(), {"created": 1})
        message = self.exception()
        self.assertEqual((message.fault_code, message.state), ("ORDER_NOT_CONFIRMED", "open"))
        return message

    def test_an_order_that_odoo_refuses_to_confirm_has_an_exception_that_stays(self):
        message = self.refused()
        self.assertIn("analytic account", message.fault_message)
        self.assertTrue(message.rule_id.code_pattern == "ORDER_NOT_CONFIRMED" and message.next_step)
        self.assertEqual((message.res_id, self.order().state), (self.order().id, "draft"))

        # Its number goes back all the same, and no later read ends it.
        self.send()
        self.assertEqual(self.remote("S1", SALE)["quote_number"], self.order().name)
        self.take(SALE)
        self.take(SALE, rows=list(self.platform.rows[SALE].values()), force=True)
        self.take_sale(title="Another title")
        self.assertEqual(self.exception(), message)
        self.assertEqual((message.state, len(self.orders())), ("open", 1))

    def test_a_retry_confirms_an_order_that_odoo_had_refused(self):
        message = self.refused()
        self.refusal = "The warehouse is closed."
        self.retry(message)
        self.assertIn("warehouse", message.fault_message)

        self.refusal = ""
        self.retry(message)
        self.assertEqual((message.state, self.order().state, len(self.orders())), ("done", "sale", 1))

    def test_a_retry_confirms_a_quotation_that_staff_corrected_and_keeps_their_edit(self):
        message = self.refused()
        self.order().order_line.product_uom_qty = 3
        self.refusal = ""
        self.retry(message)
        self.assertEqual((self.order().state, self.order().order_line.product_uom_qty), ("sale", 3.0))

    def test_a_refused_order_that_a_person_decides_about_has_no_exception(self):
        for number, decide in enumerate(("action_confirm", "_action_cancel")):
            with self.subTest(decide):
                self.platform.rows[SALE] = {}
                message = self.refused() if not number else self.refused_again()
                self.refusal = ""
                getattr(self.order(message.external_id), decide)()
                self.run_jobs()
                self.assertEqual(message.state, "done")

    def refused_again(self):
        self.refusal = "Again"
        self.take_sale("S2")
        return self.exception("S2")

    def test_a_refused_order_that_is_done_in_odoo_stays_a_quotation(self):
        message = self.refused()
        self.assertTrue(message.may_mark_done)
        message._answer_intake("done", "The customer waits")
        self.run_jobs()
        self.assertEqual(message.state, "done")

        self.refusal = ""
        self.take(SALE, rows=list(self.platform.rows[SALE].values()), force=True)
        self.assertEqual(self.order().state, "draft")
        self.assertFalse(self.exception())

    def test_a_refused_order_is_not_confirmed_while_its_customer_is_blocked_or_on_hold(self):
        message = self.refused()
        self.refusal = ""
        self.customer.write({"account_block": True, "account_block_reason": "Fraud"})
        self.retry(message)
        self.assertEqual((self.findings(), self.order().state), (["ORDER_CUSTOMER_BLOCKED"], "draft"))

        self.customer.account_block = False
        hold = {"credit_state": "hold", "account_block": False, "credit_reason": "over_limit"}
        partners = type(self.env["res.partner"])
        self.patch(partners, "_retail_sync_commercial", lambda found: dict.fromkeys(found.ids, hold))
        self.retry(message)
        self.assertEqual((self.findings(), self.order().state), (["ORDER_CREDIT_HOLD"], "draft"))

    def test_one_refused_order_does_not_hold_back_those_of_its_page(self):
        self.stream_of_sales.intake_policy = "confirm"
        confirm = type(self.env["sale.order"]).action_confirm

        def refusing(orders):
            if "Sale S2" in orders.mapped("origin"):
                raise UserError("Set an analytic distribution.")  # pylint: disable=translation-required
            return confirm(orders)

        self.patch(type(self.env["sale.order"]), "action_confirm", refusing)
        for number in range(4):
            self.sale(f"S{number}")
        self.assertEqual(self.take(SALE), {"created": 4})
        self.assertEqual([self.order(f"S{n}").state for n in range(4)], ["sale", "sale", "draft", "sale"])
        self.assertEqual([bool(self.exception(f"S{n}")) for n in range(4)], [False, False, True, False])

    def test_a_price_within_the_tolerance_is_used(self):
        self.stream_of_sales.intake_price_percent = 5
        self.take_sale("S1", self.line(price=96.0))

        self.assertEqual(self.order().order_line.price_unit, 96.0)

    def test_a_discount_is_kept(self):
        self.bike.list_price = 80.0
        self.take_sale("S1", self.line(price=100.0, discount=20))

        line = self.order().order_line
        self.assertEqual((line.price_unit, line.discount, line.price_subtotal), (100.0, 20.0, 160.0))

    def test_a_replay_creates_nothing_twice(self):
        self.take_sale()
        self.take(SALE, rows=list(self.platform.rows[SALE].values()), force=True)
        self.take(SALE, rows=list(self.platform.rows[SALE].values()))

        self.assertEqual(len(self.orders()), 1)

    def test_a_sale_that_is_not_won_makes_nothing(self):
        self.assertEqual(self.take_sale(ready=False), {"excluded": 1})
        self.assertFalse(self.order())
        self.assertFalse(self.exception())

    def test_a_sale_waits_for_its_customer(self):
        self.take_sale(customer="F9")
        self.assertEqual(self.exception().fault_code, "REFERENCE_MISSING")
        self.assertFalse(self.order())

        self.firm("F9", name="Verdi Srl", street="Via 2", city="Roma", zip="00100", country="IT")
        self.take("Firm")
        self.run_jobs()

        self.assertEqual(self.order().partner_id, self.partner("F9"))
        self.assertFalse(self.exception())

    def test_the_number_goes_back_once(self):
        self.take_sale()
        self.send()

        row, order = self.remote("S1", SALE), self.order()
        self.assertEqual((row["quote_number"], row["quote_state"]), (order.name, "Quotation"))
        self.assertEqual(row["quote_total"], self.money(242.0))
        self.assertIn(f"/{order.id}", row["quote_url"])

        self.platform.writes.clear()
        self.take(SALE)
        self.send()
        self.assertFalse(self.platform.writes)

    def test_the_confirmation_in_odoo_goes_back(self):
        self.take_sale()
        self.send()
        self.platform.writes.clear()
        self.order().action_confirm()
        self.send()

        self.assertEqual(self.remote("S1", SALE)["quote_state"], "Order")
        self.assertEqual(
            [fields for external_id, fields in self.platform.writes if external_id == "S1"], [{"quote_state": "Order"}]
        )

    def test_a_sale_stands_in_for_no_other_record_of_the_order(self):
        """What follows the order, such as its shipment, waits for the order's own record over there."""
        self.take_sale()
        entity, order = self.env["retail.sync.entity"], self.order()

        for name, known in (("order", {}), ("incoming_order", {order.id: f"{SALE}/S1"})):
            self.assertEqual(entity._refs(self.stream_of_sales, name, order.ids), known)
            self.assertEqual(entity._known_references(self.stream_of_sales, name, order.ids)[0], known)

    def test_an_order_made_in_odoo_becomes_no_sale(self):
        self.env["sale.order"].create({"partner_id": self.customer.id})
        self.send()

        self.assertFalse(self.platform.rows[SALE])

    def test_a_deleted_sale_leaves_the_order(self):
        self.take_sale()
        self.report_deletions(SALE, "S1")

        self.assertEqual(self.order().state, "draft")

    def test_a_page_asks_for_prices_once(self):
        for number in range(6):
            self.sale(f"S{number}", self.line(), self.line("L2", sku="BIKE", quantity="1"))
        model = type(self.env["product.pricelist"])
        asked = []
        original = model._compute_price_rule

        def counted(pricelist, products, *args, **kwargs):
            if not self.env.context.get("unused"):
                asked.append(len(products))
            return original(pricelist, products, *args, **kwargs)

        from ...models.order_intake import prices as steps

        found = steps.net_prices
        self.patch(model, "_compute_price_rule", counted)

        def measured(*args):
            before = len(asked)
            result = found(*args)
            self.price_calls = len(asked) - before
            return result

        self.patch(steps, "net_prices", measured)
        self.take(SALE)

        self.assertEqual(self.price_calls, 1)
        self.assertEqual(len(self.orders()), 6)

    def test_a_dry_run_counts_and_creates_nothing(self):
        self.sale("S1")
        self.sale("S2", self.line(sku="NONE"))
        run_ids = self.connection.start_dry_run()
        self.run_jobs()

        run = self.env["retail.sync.run"].browse(run_ids).filtered(lambda run: run.stream_id == self.stream_of_sales)
        self.assertEqual((run.n_created, run.n_failed), (1, 1))
        self.assertFalse(self.orders())

    def test_the_brand_decides_about_company_and_warehouse(self):
        warehouse = self.env["stock.warehouse"].create({"name": "South", "code": "SOU"})
        team = self.env["crm.team"].create({"name": "Alpha"})
        routes = self.env["retail.sync.order.route"]
        routes.create(
            [
                {
                    "name": "Alpha, IT",
                    "sequence": 1,
                    "brand": "Alpha",
                    "country_id": self.env.ref("base.it").id,
                    "warehouse_id": warehouse.id,
                    "team_id": team.id,
                },
                {"name": "Others", "sequence": 2},
            ]
        )
        self.take_sale("S1", brand="ALPHA")
        self.take_sale("S2", brand="Beta")

        self.assertEqual((self.order("S1").warehouse_id, self.order("S1").team_id), (warehouse, team))
        self.assertNotEqual(self.order("S2").warehouse_id, warehouse)

    def test_a_company_that_the_connection_serves_gets_the_order(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        self.connection.user_id.company_ids |= other
        self.connection.company_id = False
        tax = (
            self.env["account.tax"]
            .with_company(other)
            .create(
                {
                    "name": "20 %",
                    "amount": 20.0,
                    "type_tax_use": "sale",
                    "company_id": other.id,
                    "country_id": other.account_fiscal_country_id.id or self.env.ref("base.it").id,
                    "tax_group_id": self.env["account.tax.group"]
                    .with_company(other)
                    .create({"name": "20", "company_id": other.id, "country_id": self.env.ref("base.it").id})
                    .id,
                }
            )
        )
        self.bike.taxes_id = [Command.link(tax.id)]
        self.env["retail.sync.order.route"].create({"name": "All", "company_id": other.id})
        self.take_sale("S1", currency=other.currency_id.name)

        order = self.order()
        self.assertEqual(order.company_id, other, self.exception().fault_message)
        self.assertEqual(order.order_line.tax_ids, tax)
        self.assertEqual(order.warehouse_id.company_id, other)

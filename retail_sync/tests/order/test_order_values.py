from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestOrderValues(CommerceCase):
    """Orders on their way to the platform: what Odoo knows of them, to the cent."""

    entities = ("order", "invoice", "payment")

    def assertAmounts(self, order):
        """Check header and line amounts of an order against Odoo's own."""
        row, currency = self.row_of(order), order.currency_id
        self.assertEqual(row["untaxed"], self.money(order.amount_untaxed, currency))
        self.assertEqual(row["tax"], self.money(order.amount_tax, currency))
        self.assertEqual(row["total"], self.money(order.amount_total, currency))
        lines = {line["key"]: line for line in row["lines"]}
        for line in order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment):
            shown = lines[str(line.id)]
            self.assertEqual(shown["subtotal"], self.money(line.price_subtotal, currency))
            self.assertEqual(shown["tax"], self.money(line.price_tax, currency))
            self.assertEqual(shown["total"], self.money(line.price_total, currency))

    def line(self, order, number=0):
        """Return the quantities of a line as numbers."""
        names = ("ordered", "reserved", "shipped", "returned", "invoiced", "credited")
        line = self.row_of(order)["lines"][number]
        return {name: float(line[name]["quantity"]) for name in names if float(line[name]["quantity"])}

    def test_a_confirmed_order_with_its_lines(self):
        ada = self.env["res.partner"].create({"name": "Ada", "parent_id": self.customer.id, "email": "ada@rossi.it"})
        product, service = self.make_product(taxes=self.make_tax()), self.make_product("CARE", 5.0, type="service")
        promised = fields.Datetime.now().replace(microsecond=0) + timedelta(days=5)
        order = self.make_order(
            [(product, 3), (service, 1)], partner=ada, client_order_ref="PO 7", commitment_date=promised
        )
        order.write({"order_line": [Command.create({"display_type": "line_note", "name": "Thanks"})]})
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["number"], row["stage"], row["customer_reference"]), (order.name, "allocated", "PO 7"))
        self.assertEqual(row["customer"], "Firm/F1")
        self.assertEqual(row["contact"], f"Person/{self.link_of(ada).external_id}")
        self.assertEqual(row["promised_at"], promised.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertEqual((row["skus"], row["line_count"]), ("SKU-1, CARE", 2))
        self.assertEqual([line["kind"] for line in row["lines"]], ["goods", "service"])
        self.assertEqual(self.line(order), {"ordered": 3, "reserved": 3})
        self.assertEqual(
            (row["invoicing"], row["payment"], row["hold"], row["delayed"]), ("none", "none", False, False)
        )
        self.assertIn("Ada", row["delivery_address"])
        self.assertTrue(row["url"].endswith(f"/odoo/sale.order/{order.id}"))
        self.assertAmounts(order)

    def test_quotations_go_only_where_the_stream_says_so(self):
        order = self.make_order([(self.make_product(), 1)], confirm=False)
        self.deliver()
        self.assertIsNone(self.row_of(order))
        self.streams["order"].order_states = "all"
        later = self.make_order([(self.make_product("SKU-2"), 1)], confirm=False)
        self.deliver()
        self.assertEqual(self.row_of(later)["stage"], "quoted")
        order.action_confirm()
        self.deliver()
        self.assertEqual(self.row_of(order)["stage"], "allocated")

    def test_each_connection_gets_what_its_own_stream_says(self):
        other = self.make_connection(name="Second shop")
        other.write({"state": "running", "connected_at": fields.Datetime.now()})
        quotations = self.make_stream("order", connection_id=other.id, order_states="all", remote_object="Quote")
        self.addCleanup(quotations.unlink)
        self.platform.rows["Quote"] = {}
        order = self.make_order([(self.make_product(), 1)], confirm=False)
        self.route()
        self.assertEqual(self.messages_of(order).stream_id, quotations)

    def test_an_order_that_was_never_confirmed_and_is_cancelled_stays_in_odoo(self):
        order = self.make_order([(self.make_product(), 1)], confirm=False)
        order._action_cancel()
        self.deliver()
        self.assertIsNone(self.row_of(order))

    def test_ship_a_part_cancel_the_rest(self):
        product = self.make_product()
        order = self.make_order([(product, 5)])
        self.deliver()
        self.ship(order, {product: 3})
        self.deliver()
        self.assertEqual(self.row_of(order)["stage"], "partly_shipped")
        self.assertEqual(self.line(order), {"ordered": 5, "reserved": 2, "shipped": 3})
        self.open_pickings(order).action_cancel()
        self.deliver()
        self.assertEqual(self.row_of(order)["stage"], "shipped")
        self.assertEqual(order.delivery_status, "full", "what Odoo says is the same as for an order shipped in full")
        self.assertEqual(self.line(order), {"ordered": 5, "shipped": 3})

    def test_cancelled_after_a_part_was_shipped_then_confirmed_again(self):
        product = self.make_product()
        order = self.make_order([(product, 4)])
        self.ship(order, {product: 1})
        self.invoice(order)
        self.deliver()
        order._action_cancel()
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["stage"], row["invoiced"], row["due"]), ("cancelled", self.money(80), self.money(80)))
        self.assertEqual(self.line(order)["shipped"], 1)
        order.action_draft()
        order.action_confirm()
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["stage"], self.line(order)["reserved"]), ("partly_shipped", 3))

    def test_an_order_whose_lines_change_after_confirmation(self):
        product, other = self.make_product(), self.make_product("SKU-2", 7.33, taxes=self.make_tax())
        order = self.make_order([(product, 3)])
        self.deliver()
        order.write(
            {
                "order_line": [
                    Command.update(order.order_line.id, {"product_uom_qty": 2}),
                    Command.create({"product_id": other.id, "product_uom_qty": 3}),
                ]
            }
        )
        self.deliver()
        self.assertEqual([line["sku"] for line in self.row_of(order)["lines"]], ["SKU-1", "SKU-2"])
        self.assertEqual(self.line(order), {"ordered": 2, "reserved": 2})
        self.assertAmounts(order)

    def test_both_rounding_rules_go_out_as_odoo_has_them(self):
        tax = self.make_tax()
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                order = self.make_order([(self.make_product(f"{method}-{n}", 0.07, taxes=tax), 1) for n in range(9)])
                self.deliver()
                self.assertAmounts(order)
                total = self.row_of(order)["total"]["amount"]
                self.assertEqual(total, "0.76" if method == "round_globally" else "0.72")

    def test_prices_that_include_the_tax_with_a_discount(self):
        order = self.make_order([(self.make_product(price=9.99, taxes=self.make_tax(included=True)), 3)])
        order.order_line.discount = 10
        self.deliver()
        self.assertAmounts(order)
        line = self.row_of(order)["lines"][0]
        self.assertEqual((line["unit_price"]["amount"], line["discount"]), ("9.9900", 10.0))

    def test_currencies_with_none_and_three_decimals(self):
        for code, rate in (("JPY", 160.0), ("KWD", 0.31)):
            with self.subTest(currency=code):
                currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
                currency.active = True
                self.env["res.currency.rate"].create({"currency_id": currency.id, "rate": rate, "name": "2020-01-01"})
                pricelist = self.env["product.pricelist"].create({"name": code, "currency_id": currency.id})
                product = self.make_product(f"SKU-{code}", 10.1, taxes=self.make_tax(name=f"Tax {code}"))
                order = self.make_order([(product, 3)], pricelist_id=pricelist.id)
                self.pay(self.invoice(order))
                self.deliver()
                row = self.row_of(order)
                self.assertAmounts(order)
                self.assertEqual(row["currency"], code)
                company = self.company.currency_id.round(order.amount_total / order.currency_rate)
                self.assertEqual(row["total_company"], self.money(company))
                self.assertEqual((row["payment"], row["paid"]), ("paid", self.money(order.amount_total, currency)))

    def test_down_payment_payment_return_and_refund(self):
        product = self.make_product(taxes=self.make_tax())
        order = self.make_order([(product, 3, 33.33)])
        first = self.down_payment(order)
        self.pay(first)
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["payment"], row["paid"]), ("paid", self.money(first.amount_total)))
        self.assertEqual((row["invoicing"], row["line_count"]), ("partly", 1))
        final = self.invoice(order)
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["invoicing"], row["payment"]), ("full", "partly"))
        self.assertEqual(row["invoiced"], self.money(first.amount_total + final.amount_total))
        self.assertEqual(row["due"], self.money(final.amount_residual))
        self.pay(final)
        self.return_(self.ship(order)[0], {product: 1}, done=True)
        note = self.credit(final, {product: 1})
        self.pay(note)
        self.deliver()
        row = self.row_of(order)
        self.assertEqual((row["payment"], row["refunded"]), ("paid", self.money(note.amount_total)))
        self.assertEqual(row["invoicing"], "full", "what was credited was billed all the same")
        self.assertEqual(self.line(order), {"ordered": 3, "shipped": 3, "returned": 1, "invoiced": 3, "credited": 1})

    def test_one_invoice_of_two_orders_is_shared_out(self):
        product = self.make_product()
        orders = self.make_order([(product, 1)]) | self.make_order([(product, 3)])
        invoice = self.invoice(orders)
        self.pay(invoice)
        self.deliver()
        self.assertEqual([self.row_of(order)["invoiced"] for order in orders], [self.money(20), self.money(60)])
        self.assertEqual([self.row_of(order)["paid"] for order in orders], [self.money(20), self.money(60)])

    def test_a_credit_note_of_one_order_is_not_charged_to_the_others_of_its_invoice(self):
        product, other = self.make_product(), self.make_product("SKU-2", 180.0)
        orders = self.make_order([(product, 1)]) | self.make_order([(other, 1)])
        invoice = self.invoice(orders)
        self.pay(invoice)
        self.deliver()
        self.pay(self.credit(invoice, {product: 1}))
        self.deliver()
        rows = [self.row_of(order) for order in orders]
        self.assertEqual([row["invoiced"] for row in rows], [self.money(0), self.money(180)])
        self.assertEqual([row["refunded"] for row in rows], [self.money(20), self.money(0)])
        kinds = [[entry["kind"] for entry in row["timeline"]] for row in rows]
        self.assertLessEqual({"refund_issued", "refund_paid"}, set(kinds[0]))
        self.assertFalse({"refund_issued", "refund_paid"} & set(kinds[1]))

    def test_a_goodwill_note_on_a_shared_invoice_is_shared_out_among_its_orders(self):
        product = self.make_product()
        orders = self.make_order([(product, 1)]) | self.make_order([(product, 3)])
        invoice = self.invoice(orders)
        self.pay(invoice)
        self.deliver()
        goodwill = {"name": "Goodwill", "quantity": 1, "price_unit": 8, "tax_ids": False}
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [Command.create(goodwill)],
            }
        )
        note.action_post()
        self.pay(note)
        self.deliver()
        rows = [self.row_of(order) for order in orders]
        self.assertEqual([row["invoiced"] for row in rows], [self.money(18), self.money(54)])
        self.assertEqual([row["refunded"] for row in rows], [self.money(2), self.money(6)])

    def test_a_credit_hold_reaches_the_order(self):
        order = self.make_order([(self.make_product(), 1)])
        self.deliver()
        self.assertFalse(self.row_of(order)["hold"])
        self.customer.write({"account_block": True, "account_block_reason": "Unpaid"})
        order.client_order_ref = "PO 8"
        self.deliver()
        self.assertTrue(self.row_of(order)["hold"])

    def test_a_kit_a_reward_and_a_delivery_charge(self):
        part, screw = self.make_product("PART"), self.make_product("SCREW")
        kit = self.make_product("KIT", 50, stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 2}),
                    Command.create({"product_id": screw.id, "product_qty": 1}),
                ],
            }
        )
        order = self.make_order([(kit, 4)])
        self.ship(order, {part: 7, screw: 3})
        self.deliver()
        self.assertEqual(self.row_of(order)["lines"][0]["kind"], "kit")
        self.assertEqual(self.line(order)["shipped"], 3)

    def test_merged_customers_and_copies(self):
        order = self.make_order([(self.make_product(), 1)])
        self.deliver()
        other = self.linked_firm("F2", name="Verdi Srl")
        order.partner_id = other
        copy = order.copy()
        self.deliver()
        self.assertEqual(self.row_of(order)["customer"], "Firm/F2")
        self.assertIsNone(self.row_of(copy))
        copy.action_confirm()
        self.deliver()
        self.assertNotEqual(self.link_of(copy).external_id, self.link_of(order).external_id)

    def test_an_order_of_a_customer_that_is_not_there_yet_waits_for_it(self):
        self.firms.export_policy = "always"
        order = self.make_order([(self.make_product(), 1)], partner=self.make_customer())
        self.deliver()
        self.assertEqual(self.row_of(order)["customer"], f"Firm/{self.link_of(order.partner_id).external_id}")

    def test_an_order_of_a_customer_that_nobody_sends_or_reads_goes_without(self):
        self.connection.stream_ids.filtered(lambda stream: stream.entity == "customer").write(
            {"direction": "out", "export_policy": "never"}
        )
        order = self.make_order([(self.make_product(), 1)], partner=self.make_customer())
        self.deliver()
        self.assertIsNone(self.row_of(order).get("customer"))
        self.assertFalse(self.messages_of(order, "parked", "pending", "open"))

    def test_reading_many_costs_no_more_queries_than_reading_one(self):
        product = self.make_product(stock=1000, taxes=self.make_tax())
        orders = self.env["sale.order"].union(*(self.make_order([(product, 2)]) for _turn in range(6)))
        self.invoice(orders[:1])
        entity = self.env["retail.sync.entity.order"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            entity._local_values(records.browse(records.ids), {}, {})
            return self.env.cr.sql_log_count - before

        for_one = queries(orders[:1])
        self.assertLessEqual(queries(orders), for_one + 2)

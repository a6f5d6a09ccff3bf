from odoo import Command
from odoo.tests import tagged

from .intake_case import SALE, IntakeCase


@tagged("post_install", "-at_install")
class TestChangedSales(IntakeCase):
    """A sale that changes on the platform: an untouched quotation follows, everything else is for a person."""

    def setUp(self):
        super().setUp()
        self.bell = self.make_product("BELL", 5.0)
        self.take_sale("S1", self.line(), self.line("L2", sku="BELL", price=5.0))
        self.send()
        self.take(SALE)
        self.platform.writes.clear()
        # A test is one transaction, and what it creates would be news.
        self.env.cr.execute("UPDATE sale_order SET create_date = create_date - interval '1 day'")
        self.env.invalidate_all()
        self.later_than_odoo()

    def change(self, *lines, **values):
        return self.take_sale("S1", *(lines or [self.line(), self.line("L2", sku="BELL", price=5.0)]), **values)

    def content(self):
        return [
            (line.product_id.default_code, line.product_uom_qty, line.price_unit)
            for line in self.order().order_line.sorted("id")
        ]

    def test_an_untouched_quotation_follows_line_by_line(self):
        kept = self.order().order_line.filtered(lambda line: line.intake_key == "L1")
        counters = self.change(self.line(quantity="3"), self.line("L3", sku="BELL", quantity="4", price=5.0))

        self.assertEqual(counters, {"updated": 1}, self.exception().fault_message)
        self.assertEqual(self.content(), [("BIKE", 3.0, 100.0), ("BELL", 4.0, 5.0)])
        self.assertIn(kept, self.order().order_line)
        self.assertEqual(self.order().amount_untaxed, 320.0)

        # It is still untouched, and what goes back is the new total alone.
        self.assertEqual(self.order()._intake_standing(), "untouched")
        self.send()
        self.assertEqual(
            [fields for key, fields in self.platform.writes if key == "S1"], [{"quote_total": self.money(387.2)}]
        )

    def test_a_new_customer_moves_the_quotation(self):
        self.firm("F2", name="Verdi Srl", street="Via 2", city="Roma", zip="00100", country="IT")
        self.take("Firm")
        self.change(customer="F2")

        self.assertEqual(self.order().partner_id, self.partner("F2"))
        self.assertEqual(self.order().partner_shipping_id, self.partner("F2"))

    def test_a_new_customer_in_another_country_has_the_taxes_of_that_country_on_all_lines(self):
        france = self.env.ref("base.fr")
        position = self.env["account.fiscal.position"].create(
            {"name": "France", "auto_apply": True, "country_id": france.id}
        )
        export = self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0.0,
                "type_tax_use": "sale",
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.firm("F2", name="Dupont SA", street="Rue 2", city="Paris", zip="75001", country="FR")
        self.take("Firm")
        self.change(
            self.line(), self.line("L2", sku="BELL", price=5.0), self.line("L3", sku="BELL", price=5.0), customer="F2"
        )

        order = self.order()
        self.assertEqual(order.fiscal_position_id, position, self.exception().fault_message)
        self.assertEqual([line.tax_ids for line in order.order_line], [export] * 3)
        self.assertEqual((order.amount_untaxed, order.amount_total), (220.0, 220.0))
        self.assertEqual([price for _sku, _quantity, price in self.content()], [100.0, 5.0, 5.0])
        self.assertFalse(order.show_update_fpos)
        self.assertEqual(order._intake_standing(), "untouched")

    def test_a_new_customer_leaves_the_pricelist_of_the_route_and_the_salesperson(self):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        prices = self.env["product.pricelist"].create(
            [{"name": name, "currency_id": self.company.currency_id.id} for name in ("Route", "Own")]
        )
        self.env["retail.sync.order.route"].create({"name": "All", "pricelist_id": prices[0].id})
        lines = [self.line(quantity="3"), self.line("L2", sku="BELL", price=5.0)]
        self.change(*lines)
        self.assertEqual(self.order().pricelist_id, prices[0], self.exception().fault_message)
        salesperson = self.order().user_id

        self.firm("F2", name="Verdi Srl", street="Via 2", city="Roma", zip="00100", country="IT")
        self.take("Firm")
        self.partner("F2").property_product_pricelist = prices[1]
        self.change(*lines, customer="F2")

        self.assertEqual(self.order().partner_id, self.partner("F2"))
        self.assertEqual(self.order().pricelist_id, prices[0])
        self.assertEqual(self.order().user_id, salesperson)

    def test_a_new_customer_that_is_not_here_yet_is_waited_for(self):
        self.change(customer="F3")
        self.assertEqual(self.exception().fault_code, "REFERENCE_MISSING")
        self.assertEqual(self.order().partner_id, self.customer)

        self.firm("F3", name="Neri Srl", street="Via 3", city="Roma", zip="00100", country="IT")
        self.take("Firm")
        self.run_jobs()

        self.assertEqual(self.order().partner_id, self.partner("F3"))
        self.assertFalse(self.exception())

    def test_a_change_that_fails_a_check_changes_nothing(self):
        before = self.content()
        self.change(self.line(price=10.0), self.line("L2", sku="NONE"))

        self.assertEqual(self.findings(), ["ORDER_PRICE", "ORDER_SKU_UNKNOWN"])
        self.assertIn("2 checks failed. Nothing was changed", self.exception().fault_message)
        self.assertEqual(self.content(), before)
        self.assertEqual(self.exception().res_id, self.order().id)

    def test_a_title_changes_nothing_here(self):
        self.order().action_confirm()
        self.change(title="Another title", notes="Call first")

        self.assertFalse(self.exception())
        self.assertEqual(len(self.orders()), 1)

    def test_a_confirmed_order_never_changes_silently(self):
        self.order().action_confirm()
        before = self.content()
        self.change(self.line(quantity="5"), self.line("L2", sku="BELL", price=5.0))

        message = self.exception()
        self.assertEqual(message.fault_code, "ORDER_CHANGED")
        self.assertIn("was 2, and is 5", message.fault_message)
        self.assertEqual(self.content(), before)
        self.assertEqual(self.order().state, "sale")
        self.assertTrue(message.next_step)

    def test_a_reopened_sale_is_for_a_person(self):
        self.order().action_confirm()
        self.change(ready=False)

        self.assertEqual(self.exception().fault_code, "ORDER_REOPENED")
        self.assertEqual(self.order().state, "sale")

        self.change(ready=True)
        self.assertFalse(self.exception())

    def test_a_reopened_sale_of_a_quotation_too(self):
        self.change(ready=False)
        self.assertEqual(self.exception().fault_code, "ORDER_REOPENED")
        self.assertEqual(self.order().state, "draft")

    def test_a_quotation_that_staff_edited_is_theirs(self):
        self.order().order_line[:1].product_uom_qty = 9
        before = self.content()
        self.change(self.line(quantity="5"), self.line("L2", sku="BELL", price=5.0))

        self.assertEqual(self.exception().fault_code, "ORDER_EDITED_HERE")
        self.assertEqual(self.content(), before)

    def test_what_is_done_in_odoo_is_agreed_on(self):
        self.order().action_confirm()
        self.change(self.line(quantity="5"), self.line("L2", sku="BELL", price=5.0))
        message = self.exception()
        self.assertTrue(message.may_mark_done)
        message._answer_intake("done", "The customer called: changed by hand")
        self.run_jobs()

        self.assertEqual(message.state, "done")
        self.assertEqual(self.order().order_line[:1].product_uom_qty, 2.0)

        # The next change is compared with what was agreed on.
        self.change(self.line(quantity="5"), self.line("L2", sku="BELL", quantity="3", price=5.0))
        self.assertEqual(len(self.exception()._intake_findings()), 2)  # the line, and the total

    def test_what_was_done_once_is_asked_again_when_it_comes_again(self):
        self.order().action_confirm()
        bell = self.line("L2", sku="BELL", price=5.0)
        for quantity in ("7", "2", "7", "2"):
            self.change(self.line(quantity=quantity), bell)
            message = self.exception()
            self.assertEqual(message.fault_code, "ORDER_CHANGED", quantity)
            message._answer_intake("done", "Agreed with the customer")
            self.run_jobs()
            self.assertFalse(self.exception(), quantity)

    def test_a_second_reopening_is_for_a_person_too(self):
        self.order().action_confirm()
        for _time in range(2):
            self.change(ready=False)
            message = self.exception()
            self.assertEqual(message.fault_code, "ORDER_REOPENED")
            message._answer_intake("done", "It goes on")
            self.run_jobs()
            self.assertFalse(self.exception())
            self.change(ready=True)
            self.assertFalse(self.exception())

    def test_a_price_that_was_accepted_stays_accepted(self):
        self.take_sale("S2", self.line(price=90.0))
        self.exception("S2")._answer_intake("accept", "Agreed")
        self.run_jobs()
        for title in ("One", "Two"):
            self.take_sale("S2", self.line(price=90.0, quantity=str(len(title))), title=title)
        self.assertFalse(self.exception("S2"))
        self.assertEqual(self.order("S2").order_line.price_unit, 90.0)

    def test_a_sale_that_is_won_again_after_its_order_was_cancelled_is_not_lost(self):
        self.order().action_confirm()
        self.change(ready=False)
        self.order()._action_cancel()
        self.retry(self.exception())
        self.assertFalse(self.exception())

        self.change(ready=True)
        message = self.exception()
        self.assertEqual(message.fault_code, "ORDER_WON_AGAIN")
        self.assertIn("cancelled", message.fault_message)
        self.assertTrue(message.rule_id.code_pattern == "ORDER_WON_AGAIN" and message.next_step)

        # Another order stands for it: what is done stays done.
        self.assertTrue(message.may_mark_done)
        message._answer_intake("done", "It is order S00099")
        self.run_jobs()
        self.take(SALE, rows=list(self.platform.rows[SALE].values()), force=True)
        self.assertFalse(self.exception())
        self.assertEqual(self.order().state, "cancel")

    def test_a_cancelled_order_that_is_set_to_quotation_ends_the_exception(self):
        self.change(ready=False)
        self.order()._action_cancel()
        self.retry(self.exception())
        self.change(ready=True)
        message = self.exception()
        self.order().action_draft()
        self.retry(message)

        self.assertEqual(message.state, "done")
        self.assertFalse(self.exception())

    def routes(self, *vals):
        return self.env["retail.sync.order.route"].create([{"name": "Route", **found} for found in vals])

    def test_a_corrected_brand_takes_the_quotation_to_the_warehouse_and_team_of_its_route(self):
        usual = self.order().warehouse_id, self.order().team_id
        warehouse = self.env["stock.warehouse"].create({"name": "South", "code": "SOU"})
        team = self.env["crm.team"].create({"name": "Alpha"})
        self.routes({"brand": "Alpha", "warehouse_id": warehouse.id, "team_id": team.id})
        self.take_sale("S2", brand="Beta", region="North")
        order = self.order("S2")
        self.assertEqual((order.warehouse_id, order.team_id), usual)

        self.take_sale("S2", brand="Alpha", region="North")
        self.assertEqual((order.warehouse_id, order.team_id), (warehouse, team), self.exception("S2").fault_message)
        self.assertEqual(order._intake_standing(), "untouched")

        self.take_sale("S2", brand="Beta", region="North")
        self.assertEqual(order.warehouse_id, usual[0])
        self.assertNotEqual(order.team_id, team)

    def test_a_route_to_another_company_is_for_a_person(self):
        other = self.env["res.company"].create({"name": "Other Ltd"})
        self.connection.user_id.company_ids |= other
        self.connection.company_id = False
        self.routes({"country_id": self.env.ref("base.fr").id, "company_id": other.id})
        self.take_sale("S2", delivery_country="IT")
        order, warehouse = self.order("S2"), self.order("S2").warehouse_id
        self.take_sale("S2", self.line(quantity="3"), delivery_country="FR")

        message = self.exception("S2")
        self.assertEqual(self.findings("S2"), ["ORDER_OTHER_COMPANY"])
        self.assertIn("Other Ltd", message.fault_message)
        self.assertTrue(message.rule_id.code_pattern == "ORDER_OTHER_COMPANY" and message.next_step)
        message._answer_intake("done", "It stays here")
        self.run_jobs()
        self.assertFalse(self.exception("S2"))
        self.assertEqual((order.company_id, order.warehouse_id), (self.company, warehouse))
        self.assertEqual(order.order_line.product_uom_qty, 2.0)

    def test_a_brand_that_changes_after_the_confirmation_is_for_a_person(self):
        self.take_sale("S2", brand="Alpha")
        self.order("S2").action_confirm()
        self.take_sale("S2", brand="Beta")
        self.assertEqual(self.exception("S2").fault_code, "ORDER_CHANGED")
        self.assertIn("Alpha", self.exception("S2").fault_message)

    def test_an_unrelated_read_fails_no_check(self):
        self.order().action_confirm()
        self.take(SALE, rows=list(self.platform.rows[SALE].values()), force=True)

        self.assertFalse(self.exception())
        self.assertEqual(self.order().state, "sale")

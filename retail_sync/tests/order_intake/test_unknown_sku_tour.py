from odoo.tests import tagged

from ..tour_case import TourCase
from .intake_case import SALE, IntakeCase


@tagged("post_install", "-at_install", "browser")
class TestUnknownSkuTour(IntakeCase, TourCase):
    """In a real browser: a steward sees why a sale made no order, gives a product its SKU, and retries."""

    def setUp(self):
        super().setUp()
        self.make_user(
            "steward",
            "group_steward",
            "sales_team.group_sale_salesman_all_leads",
            "product.group_product_manager",
            lang="en_US",
        )

    def test_an_unknown_sku_is_fixed_and_retried(self):
        bell = self.make_product(False, 5.0, name="Brass bell")
        self.take_sale("S1", self.line(), self.line("L2", sku="BELL", price=5.0))
        message = self.exception()
        self.assertEqual((message.state, message.fault_code), ("open", "ORDER_SKU_UNKNOWN"))
        self.assertFalse(self.order())

        self.tour("/odoo/retail-sync-exceptions", "retail_sync_unknown_sku", "steward")
        self.assertEqual(message.state, "open", "looking changes nothing")
        self.tour(f"/odoo/product.template/{bell.product_tmpl_id.id}", "retail_sync_give_sku", "steward")
        self.assertEqual(bell.default_code, "BELL")
        self.tour("/odoo/retail-sync-exceptions", "retail_sync_retry_sale", "steward")
        self.assertFalse(self.order(), "the jobs have not run yet")
        self.run_jobs()
        order = self.order()
        self.assertEqual((order.state, order.partner_id), ("draft", self.customer))
        self.assertEqual(order.order_line.product_id, self.bike | bell)
        self.assertEqual(message.state, "done")
        self.assertEqual(self.take(SALE, rows=list(self.platform.rows[SALE].values())), {"unchanged": 1})

        self.tour(f"/odoo/retail-sync-exceptions/{message.id}", "retail_sync_sale_taken", "steward")
        self.tour(f"/odoo/sale.order/{order.id}", "retail_sync_quotation_of_sale", "steward")

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...api.schemas.requests import Replace
from .goods_case import GoodsCase


@tagged("post_install", "-at_install")
class TestGoodsCases(GoodsCase):
    """Agents of the platform read in the case what was done about its order."""

    entities = ("order", "case")

    def test_a_case_says_what_was_done_about_its_order(self):
        self.platform.rows["case"] = {}
        self.platform.deleted["case"] = []
        self.seen["case"] = 0
        self.shirt = self.make_product()
        order = self.make_order([(self.shirt, 3)])
        self.ship(order, {self.shirt: 2})
        self.before()
        order.commitment_date = fields.Datetime.now() - timedelta(hours=1)
        self.before()
        self.assertTrue(self.described())
        self.assertNotIn("order S", self.described())
        _shown, done = self.carry_out(order, self.request(Replace, order, 1))
        header = self.returned(order, 1)
        self.before()
        self.assertIn(self.documents(done, "order").name, self.described())
        self.assertIn(f"{header.name}: Expected", self.described())
        self.receive(header)
        self.before()
        self.assertIn(f"{header.name}: Received", self.described())

    def described(self):
        return " ".join(case["description"] for case in self.platform.rows["case"].values() if case["cause"] == "late")

    def before(self):
        self.deliver()
        self.deliver()
        self.env.cr.execute("UPDATE retail_sync_order_exception SET create_date = create_date - interval '1 day'")
        self.env.invalidate_all()

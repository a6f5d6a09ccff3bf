from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..commerce_case import CommerceCase
from ..tour_case import STAFF, TourCase


@tagged("post_install", "-at_install", "browser")
class TestLateParcelTour(CommerceCase, TourCase):
    """In a real browser: an order that is late becomes a case, and is delivered, which closes the case."""

    entities = ("order", "shipment", "case")

    def setUp(self):
        super().setUp()
        self.no_messages_to_customers()
        self.platform.rows["case"] = {}
        self.platform.deleted["case"] = []
        self.seen["case"] = 0
        self.make_user("expediter", *STAFF, lang="en_US")
        self.customer.write(
            {
                "street": "Via Roma 1",
                "city": "Roma",
                "zip": "00100",
                "state_id": self.env.ref("base.state_it_rm").id,
                "country_id": self.env.ref("base.it").id,
            }
        )

    def deliver_all(self):
        # Twice: what is opened or ended while changes are routed is a change of its own.
        self.deliver()
        self.env.cr.execute("UPDATE retail_sync_order_exception SET create_date = create_date - interval '1 day'")
        self.deliver()

    def cases(self):
        return [case for case in self.platform.rows["case"].values() if case["cause"] == "late"]

    def test_a_late_parcel_is_a_case_until_it_is_shipped(self):
        order = self.make_order([(self.make_product(), 3)], name="TOUR-LATE")
        self.deliver_all()
        self.assertFalse(self.cases())
        order.commitment_date = fields.Datetime.now() - timedelta(hours=1)
        self.deliver_all()
        [case] = self.cases()
        self.assertEqual(case["state"], "open")
        self.assertEqual(self.row_of(order, "order")["exceptions"], "Late against the promise")

        self.tour("/odoo/retail-sync-order-exceptions", "retail_sync_late_parcel", "expediter")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(self.cases()[0]["state"], "open", "the jobs have not run yet")
        self.deliver_all()
        [case] = self.cases()
        self.assertEqual((case["state"], case["closing_note"]), ("solved", "The cause is gone."))
        self.assertFalse(self.row_of(order, "order")["exceptions"])
        self.assertTrue(self.row_of(order.picking_ids, "shipment")["shipped_at"])

        self.tour("/odoo/retail-sync-order-exceptions", "retail_sync_late_parcel_closed", "expediter")

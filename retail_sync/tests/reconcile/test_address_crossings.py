from odoo.tests import tagged

from ..fake_platform import FIRM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestAddressCrossings(OutboundCase):
    """Both sides edit one address at once, and one of them only fills in what both had left blank.

    The later edit won as a whole: its blank emptied what the other side had just filled in, without a remark.
    """

    def setUp(self):
        super().setUp()
        self.customer = self.linked_firm("F1", street="Via A 1", city="Milano", country="IT", state=None)
        self.milan = self.env.ref("base.state_it_mi")

    def assertBothHaveAll(self):
        self.send()
        self.take(FIRM)
        self.env.invalidate_all()
        remote = self.remote("F1")
        self.assertEqual((remote["street"], remote["zip"], remote["state"]), ("Via A 1", "20121", "MI"))
        customer = self.customer
        self.assertEqual((customer.street, customer.zip, customer.state_id), ("Via A 1", "20121", self.milan))
        self.assertEqual(self.link("F1").state, "in_sync")

    def test_what_the_platform_filled_in_survives_a_later_edit_in_odoo(self):
        self.firm("F1", zip="20121")
        self.customer.state_id = self.milan
        self.assertBothHaveAll()

    def test_what_odoo_filled_in_survives_a_later_edit_on_the_platform(self):
        self.customer.zip = "20121"
        self.later_than_odoo()
        self.firm("F1", state="MI")
        self.assertBothHaveAll()

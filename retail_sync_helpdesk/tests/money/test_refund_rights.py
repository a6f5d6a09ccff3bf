from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

GROUP = "retail_sync_helpdesk.group_"


@tagged("post_install", "-at_install")
class TestRefundRights(TransactionCase):
    """Refunds are read by those who serve and pay, and written by the engine alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        partner = cls.env["res.partner"].create({"name": "Rossi Srl"})
        cls.order = cls.env["sale.order"].create({"partner_id": partner.id})
        cls.note = cls.env["account.move"].create({"move_type": "entry"})
        cls.refund = cls.make()
        cls.users = {
            name: new_test_user(cls.env, f"refund_{name}", groups=f"{GROUP}{name},base.group_user")
            for name in ("agent", "refund_finance", "service_manager")
        }

    @classmethod
    def make(cls, **values):
        return cls.env["retail.sync.refund"].create(
            {
                "order_id": cls.order.id,
                "note_id": cls.note.id,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "amount": 12.5,
                **values,
            }
        )

    def test_a_refund_has_a_number_and_a_key_of_its_own(self):
        other = self.make()
        self.assertNotEqual(self.refund.name, other.name)
        self.assertNotEqual(self.refund._key(), other._key())
        self.assertEqual(self.refund._key(), f"{self.refund.uuid}-1")

    def test_people_write_and_delete_nothing(self):
        for user in self.users.values():
            refund = self.refund.with_user(user)
            self.assertEqual(refund.state, "waiting")
            for forbidden in (
                lambda refund=refund: refund.write({"state": "paid"}),
                lambda refund=refund: refund.write({"amount": 1}),
                refund.unlink,
                lambda refund=refund: refund.create({"name": "x"}),
            ):
                with self.assertRaises(AccessError):
                    forbidden()

    def test_refunds_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.make(company_id=other.id)
        for user in self.users.values():
            found = self.env["retail.sync.refund"].with_user(user).search([("id", "in", (hidden + self.refund).ids)])
            self.assertEqual(found.ids, self.refund.ids)

    def test_a_customer_reads_no_refund(self):
        guest = new_test_user(self.env, "refund_guest", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.refund.with_user(guest).read(["amount"])

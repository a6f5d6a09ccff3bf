from unittest.mock import patch

from odoo.tests import tagged

from ...models.goods_back import announce, label
from .return_case import ReturnCase


@tagged("post_install", "-at_install")
class TestReturnNews(ReturnCase):
    """Whom a return speaks to: the ticket, colleagues, and the customer once."""

    def mails(self, since):
        return self.env["mail.mail"].sudo().search([("id", ">", since), ("recipient_ids", "in", self.buyer.ids)])

    def last_mail(self):
        return self.env["mail.mail"].sudo().search([], order="id desc", limit=1).id or 0

    def test_the_customer_gets_one_mail_for_all_parts(self):
        self.buyer.email = "rossi@example.com"
        self.company.write({"send_rma_confirmation": True, "send_rma_receipt_confirmation": True})
        order = self.sold()
        before = self.last_mail()
        header = self.returned(order, 2)
        self.assertEqual(len(self.mails(before)), 1)
        self.assertIn(header.name, self.mails(before).body_html)
        self.receive(header, 1)
        self.receive(header)
        self.assertEqual(len(self.mails(before)), 2)
        self.assertFalse(header.rma_ids.message_partner_ids & self.buyer)

    def test_a_company_that_does_not_mail_sends_none(self):
        self.buyer.email = "rossi@example.com"
        self.company.write({"send_rma_confirmation": False, "send_rma_receipt_confirmation": False})
        order = self.sold()
        before = self.last_mail()
        self.receive(self.returned(order, 2))
        self.assertFalse(self.mails(before))

    def test_the_ticket_reads_what_became_of_the_goods(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Too small", "description": "x"})
        header = self.returned(self.sold(), 2, ticket=ticket)
        with patch.object(announce, "note_on_ticket") as note:
            self.receive(header, 1)
            self.receive(header)
            self.inspect(header, ("as_new", 1, "stock"), ("damaged", 1, "scrap"))
        texts = [call.args[2] for call in note.call_args_list]
        self.assertEqual(len(texts), 3)
        self.assertTrue(all(header.name in text for text in texts))
        self.assertIn("Damaged", texts[2])
        self.assertEqual({call.args[1] for call in note.call_args_list}, {ticket.id})

    def test_cancelling_says_one_thing(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Too small", "description": "x"})
        header = self.returned(self.sold(), 2, ticket=ticket)
        with patch.object(announce, "note_on_ticket") as note:
            header.action_cancel()
        self.assertEqual(len(note.call_args_list), 1)

    # -- labels

    def carrier(self, order, fails=False):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Parcel service",
                "delivery_type": "fixed",
                "product_id": self.make_product("SHIP", type="service").id,
            }
        )
        order.carrier_id = carrier

        def compute(carriers):
            carriers.can_generate_return = True

        def make(found, pickings, tracking_number=None, origin_date=None):
            if fails:
                raise ValueError("out of paper")
            found.env["ir.attachment"].create(
                {
                    "name": f"{found.get_return_label_prefix()}-1.pdf",
                    "raw": b"%PDF-1.4",
                    "res_model": "stock.picking",
                    "res_id": pickings.id,
                }
            )

        for patched in (
            patch.object(type(carrier), "_compute_can_generate_return", compute),
            patch.object(type(carrier), "fixed_get_return_label", make, create=True),
        ):
            patched.start()
            self.addCleanup(patched.stop)
        self.env.invalidate_all()
        return carrier

    def test_the_carrier_makes_the_label_after_the_commit(self):
        order = self.sold()
        carrier = self.carrier(order)
        self.assertEqual(label.carrier_of(order), carrier)
        header = self.returned(order, 2)
        self.assertEqual(header.label_state, "waiting")
        self.assertFalse(header.label_id)
        self.env["retail.sync.goods_back.jobs"]._job_label(header.id)
        self.assertEqual(header.label_state, "ready")
        self.assertEqual((header.label_id.res_model, header.label_id.res_id), (header._name, header.id))
        self.assertIn(str(header.label_id.id), header.label_url)
        made = self.receipt(header).return_label_ids
        self.env["retail.sync.goods_back.jobs"]._job_label(header.id)
        self.assertEqual(self.receipt(header).return_label_ids, made)

    def test_a_carrier_that_fails_leaves_the_number(self):
        order = self.sold()
        self.carrier(order, fails=True)
        header = self.returned(order, 2)
        with self.assertLogs("odoo.addons.retail_sync_helpdesk.models.goods_back.jobs", "ERROR"):
            self.env["retail.sync.goods_back.jobs"]._job_label(header.id)
        self.assertEqual(header.label_state, "failed")
        self.assertTrue(header.label_note)
        header.action_label()
        self.assertEqual(header.label_state, "waiting")

from unittest.mock import patch

from odoo.tests import tagged

from ..requests_case import RequestsCase


@tagged("post_install", "-at_install")
class TestPointsAndDocuments(RequestsCase):
    """Loyalty points are adjusted with an entry in the history; invoices are mailed again by a job."""

    @classmethod
    def make_documents(cls, shop):
        cls.order = shop.delivered(paid=False)
        program = cls.env["loyalty.program"].create({"name": "Club", "program_type": "loyalty"})
        cls.card = cls.env["loyalty.card"].create({"program_id": program.id, "partner_id": cls.buyer.id, "points": 10})

    def points(self, points, **values):
        return self.asked("adjust_loyalty", card=self.card.id, points=points, **values)

    def test_points_are_given_with_an_entry_in_the_history(self):
        action = self.done(self.order, self.points("5"))
        self.assertEqual(self.card.points, 15)
        [entry] = self.card.history_ids
        self.assertEqual((entry.issued, entry.used, entry.order_id), (5, 0, self.order.id))
        self.assertEqual([document["kind"] for document in action.documents], ["loyalty_card"])

    def test_points_are_taken_as_far_as_there_are_some(self):
        self.done(self.order, self.points("-10"))
        self.assertEqual((self.card.points, self.card.history_ids.used), (0, 10))
        self.refused(self.submit(self.order, self.points("-1"), key="again"), "points_too_few")
        self.assertEqual(self.card.points, 0)

    def test_points_that_changed_since_the_preview_are_shown_anew(self):
        token = self.preview(self.order, self.points("5")).token
        self.card.points = 12
        with self.problem("preview_stale"):
            self.submit(self.order, self.points("5"), token=token)

    def test_given_points_count_with_what_they_are_worth(self):
        gift = self.env["loyalty.program"].create({"name": "Vouchers", "program_type": "gift_card"})
        card = self.env["loyalty.card"].create({"program_id": gift.id, "partner_id": self.buyer.id, "points": 0})
        shown = self.preview(self.order, self.asked("adjust_loyalty", card=card.id, points="30"))
        self.assertEqual(shown.amounts, {"value": "30.00"})

    def test_points_for_free_goods_and_for_percents_are_worth_something(self):
        for reward, value in (
            ({"reward_type": "product", "reward_product_id": self.lamp.id, "reward_product_qty": 2}, "15.00"),
            ({"reward_type": "discount", "discount_mode": "percent", "discount": 20}, "6.00"),
            ({"reward_type": "discount", "discount_mode": "percent", "discount": 20, "discount_max_amount": 5}, "1.50"),
        ):
            self.lamp.lst_price = 25
            self.card.program_id.reward_ids = [(5,), (0, 0, {**reward, "required_points": 10})]
            self.assertEqual(self.preview(self.order, self.points("3")).amounts, {"value": value})

    def test_a_card_of_another_customer_does_not_exist(self):
        self.card.partner_id = self.customer
        with self.problem("invalid_values"):
            self.preview(self.order, self.points("5"))

    # -- documents

    def resend(self, **values):
        return self.asked("resend_invoice", invoice=self.order.invoice_ids.id, **values)

    def printing(self, state):
        return patch.object(type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", lambda _self: state)

    def test_an_invoice_is_mailed_by_a_job_to_the_chosen_contact(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounting", "email": "accounts@example.com", "parent_id": self.buyer.id}
        )
        with self.printing("ok"):
            self.done(self.order, self.resend(contact=contact.id))
        job = self.env["queue.job"].search([("method_name", "=", "_job_mail_invoice")])
        self.assertEqual(job.args, [self.order.invoice_ids.id, contact.id])
        attachment = self.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "account.move",
                "res_id": self.order.invoice_ids.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.order.invoice_ids.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        self.assertEqual(self.order.invoice_ids.invoice_pdf_report_id, attachment)
        before = self.order.invoice_ids.message_ids
        self.env["retail.sync.actions.jobs"]._job_mail_invoice(*job.args)
        message = self.order.invoice_ids.message_ids - before
        self.assertEqual(message.notified_partner_ids, contact)

    def test_without_a_printer_of_pdf_the_problem_says_so(self):
        with self.printing("install"), self.problem("unavailable") as found:
            self.submit(self.order, self.resend())
        self.assertIn("wkhtmltopdf", found[0].detail)

    def test_a_stranger_or_a_contact_without_an_address_gets_no_invoice(self):
        mute = self.env["res.partner"].create({"name": "No mail", "parent_id": self.buyer.id})
        for contact in (self.customer, mute):
            with self.problem("invalid_values"):
                self.preview(self.order, self.resend(contact=contact.id))

    def test_an_invoice_of_another_order_is_not_mailed(self):
        other = self.delivered(quantity=1, paid=False)
        with self.problem("invalid_values"):
            self.preview(other, self.resend())

from odoo.tests import tagged

from ..fake_platform import FIRM, PERSON
from ..takeover_case import TakeoverCase


@tagged("post_install", "-at_install")
class TestClaims(TakeoverCase):
    """An Odoo id that a record carries is a claim: whoever edits the record may write any id into it."""

    def claiming(self, partner, remote_object=PERSON, external_id="X1", **values):
        put = self.firm if remote_object == FIRM else self.person
        put(
            external_id,
            **{"name": "Claimant", "email": "claimant@elsewhere.example", **values},
            odoo_id=self.key(partner),
        )

    def key(self, partner):
        return f"db:res.partner:{partner.id}"

    def assertDoubted(self, text, external_id="X1"):
        message = self.message(external_id)
        self.assertEqual((message.state, message.fault_code, message.asked_rule), ("review", "CLAIMED_ID", "claim"))
        self.assertIn(text, message.fault_message)
        self.assertFalse(self.link(external_id))
        return message

    def test_a_customer_of_the_same_kind_is_linked(self):
        partner = self.customer()
        self.claiming(partner)
        self.assertEqual(self.take(PERSON), {"linked": 1})
        self.assertEqual((self.partner("X1"), self.link("X1").rule), (partner, "external_id"))

    def test_an_address_is_no_customer(self):
        firm = self.customer(True)
        for kind in ("invoice", "delivery"):
            with self.alone(kind=kind):
                address = self.customer(parent_id=firm.id, type=kind)
                self.claiming(address)
                with self.untouched(address):
                    self.assertEqual(self.take(PERSON), {"review": 1})
                self.assertFalse(self.assertDoubted("address").candidates)

    def test_a_company_is_no_person_and_a_person_no_company(self):
        for is_company, remote_object in ((True, PERSON), (False, FIRM)):
            with self.alone(is_company=is_company):
                partner = self.customer(is_company)
                self.claiming(partner, remote_object)
                with self.untouched(partner):
                    self.assertEqual(self.take(remote_object), {"review": 1})
                message = self.assertDoubted("person")
                self.assertEqual([found["id"] for found in message.candidates], partner.ids)

    def test_another_companys_customer_is_not_named(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.connection.user_id.company_ids |= company
        self.connection.company_id = self.env.company
        partner = self.customer(company_id=company.id)
        self.claiming(partner)
        with self.untouched(partner):
            self.assertEqual(self.take(PERSON), {"review": 1})
        self.assertFalse(self.assertDoubted("another company").candidates)

    def test_a_customer_of_another_record_is_not_taken_over(self):
        partner = self.customer()
        self.link_to("X0", partner, PERSON)
        self.claiming(partner)
        with self.untouched(partner):
            self.assertEqual(self.take(PERSON), {"created": 1})
        self.assertNotEqual(self.partner("X1"), partner)

    def test_what_a_person_has_ruled_out_is_claimed_no_more(self):
        partner = self.customer(True)
        self.claiming(partner)
        self.take(PERSON)
        message = self.assertDoubted("person")
        message.action_not_same(partner.id)
        self.run_jobs()
        self.assertTrue(self.partner("X1"))
        self.assertNotEqual(self.partner("X1"), partner)

    def test_a_link_by_a_claim_that_was_undone_does_not_come_back(self):
        partner = self.customer()
        self.claiming(partner)
        self.take(PERSON)
        self.link("X1").action_undo()
        self.run_jobs()
        self.assertFalse(self.link("X1"))
        self.assertEqual((self.message("X1").state, self.message("X1").fault_code), ("review", "UNDONE"))

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...api.service import LookUp
from .look_up_case import LookUpCase


@tagged("post_install", "-at_install")
class TestCustomerLookUp(LookUpCase):
    """A customer as an agent reads it, and as far as the scopes reach."""

    def setUp(self):
        super().setUp()
        self.customer.write(
            {
                "email": "orders@rossi.example",
                "phone": "+39 06 5555 0101",
                "street": "Via Roma 1",
                "city": "Roma",
                "zip": "00100",
                "country_id": self.env.ref("base.it").id,
                "vat": "IT12345670017",
            }
        )
        self.contact = self.env["res.partner"].create(
            {"name": "Ada Rossi", "parent_id": self.customer.id, "email": "ada@rossi.example", "phone_opt_out": True}
        )

    def look_at(self, partner=None, *without, **values):
        return self.look_ups(*without, **values).customer((partner or self.customer).id).customer

    def test_what_a_customer_is_worth_and_owes(self):
        product = self.make_product()
        order = self.make_order([(product, 5)], self.contact)
        self.make_order([(product, 1)])
        picking = self.ship(order)
        invoice = self.invoice(order)
        self.pay(invoice, 40)
        self.return_(picking, {product: 1}, done=True)
        shown = self.look_at()
        self.assertEqual((shown.amount_due, shown.lifetime_value), ("60.00", "100.00"))
        self.assertEqual((shown.open_orders, shown.returns_rate), (1, "20"))
        self.assertEqual((shown.tax_profile.tax_id, shown.tax_profile.tax_id_state), ("IT12345670017", "valid"))
        self.assertEqual(shown.external_ids, {"Fake shop": "F1"})
        of_contact = self.look_at(self.contact)
        self.assertEqual((of_contact.company, of_contact.amount_due), ("Rossi Srl", "60.00"), "the company's")
        self.assertTrue(of_contact.preferences.do_not_call)

    def test_block_and_credit_hold(self):
        self.assertEqual((self.look_at().account_blocked, self.look_at().credit_state), (False, "ok"))
        self.customer._block_account("Chargebacks")
        shown = self.look_at(self.contact)
        self.assertTrue(shown.account_blocked)
        self.assertEqual((shown.block_reason, shown.credit_state), ("Chargebacks", "hold"))

    def test_credit_hold_in_any_company_of_the_caller_shows(self):
        company = self.other_company()
        product = self.make_product()
        order = self.order_of_company(company, [(product, 5)])
        invoice = order.with_company(company)._create_invoices()
        invoice.invoice_date = fields.Date.today() - timedelta(days=90)
        invoice.invoice_date_due = fields.Date.today() - timedelta(days=60)
        invoice.action_post()
        self.assertEqual(self.look_at().credit_state, "ok")
        both = self.look_at(None, companies=frozenset((self.company | company).ids))
        self.assertEqual((both.credit_state, both.amount_due), ("hold", "0.00"))

    def test_addresses(self):
        self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.customer.id, "street": "Hafen 2", "city": "Genova"}
        )
        main, delivery = self.look_at().addresses
        self.assertEqual((main.kind, main.street, main.country), ("main", "Via Roma 1", "IT"))
        self.assertEqual((delivery.kind, delivery.city), ("delivery", "Genova"))

    def test_contact_data_need_their_scope(self):
        shown = self.look_at(None, "contact.read")
        self.assertEqual((shown.email, shown.phone, shown.addresses), (None, None, None))
        self.assertLessEqual({"email", "phone", "addresses"}, set(shown.masked))
        for ask in (
            lambda looks: looks.customer(self.contact.id),
            lambda looks: looks.overview(self.customer.id),
        ):
            self.assertNoContactData(self.queries_of(ask, "contact.read"))
        self.assertTrue(
            [query for query in self.queries_of(lambda looks: looks.customer(self.contact.id)) if "street" in query]
        )

    def test_finance_and_loyalty_need_their_scopes(self):
        program = self.env["loyalty.program"].create({"name": "Club", "program_type": "loyalty"})
        program.portal_point_name = "Points"
        card = self.env["loyalty.card"].create({"program_id": program.id, "partner_id": self.contact.id, "points": 120})
        [shown] = self.look_at().loyalty
        self.assertEqual((shown.program, shown.points, shown.unit), ("Club", "120", "Points"))
        self.assertEqual(shown.code, card.code[-4:])
        self.assertLess(len(shown.code), len(card.code))
        masked = self.look_at(None, "finance.read", "loyalty.read")
        self.assertEqual((masked.amount_due, masked.overdue_amount, masked.lifetime_value), (None, None, None))
        self.assertIsNone(masked.tax_profile)
        self.assertEqual(masked.loyalty, ())
        self.assertLessEqual({"amount_due", "lifetime_value", "loyalty"}, set(masked.masked))
        sent = self.queries_of(lambda looks: looks.customer(self.customer.id), "finance.read", "loyalty.read")
        self.assertFalse([query for query in sent if "loyalty_card" in query or "amount_untaxed_signed" in query])

    def test_overview_in_few_queries(self):
        product = self.make_product()
        for number in range(22):
            self.make_order([(product, 1)], date_order=fields.Datetime.now() - timedelta(days=number))
            self.make_ticket(f"Ticket {number}")
        shown = self.look_ups().overview(self.customer.id)
        self.assertEqual((len(shown.orders), len(shown.tickets)), (20, 20))
        self.assertTrue(shown.more_orders and shown.more_tickets)
        sent = self.queries_of(lambda looks: looks.overview(self.customer.id))
        self.assertLessEqual(len(sent), 25)
        alone = self.make_customer("Alone", country_id=self.env.ref("base.it").id)
        self.make_order([(product, 1)], alone)
        self.make_ticket(partner=alone)
        self.assertEqual(len(self.queries_of(lambda looks: looks.overview(alone.id))), len(sent))
        few = self.look_ups("orders.read", "tickets.read").overview(self.customer.id)
        self.assertFalse(few.orders or few.tickets)

    # -- who is meant

    def find(self, *without, **known):
        return self.look_ups(*without).find_customers(LookUp(**known))

    def test_by_email_whatever_its_spelling(self):
        [match] = self.find(email=" Ada@Rossi.example ").items
        self.assertEqual((match.id, match.quality, match.agree), (self.contact.id, "strong", ("email",)))
        self.contact.email = "a.d.a.rossi@gmail.com"
        self.index()
        [match] = self.find(email="adarossi+shop@gmail.com").items
        self.assertEqual(match.id, self.contact.id)

    def index(self):
        """Bring the engine's index of customers up to date, as each of its look-ups does."""
        from odoo.addons.retail_sync.models.identity import index

        self.env.flush_all()
        index._refresh(self.env)

    def test_by_phone_however_it_is_written(self):
        self.company.partner_id.country_id = self.env.ref("base.it")
        for phone in ("06 5555 0101", "+39 0655550101", "0039 06 5555 0101"):
            self.assertEqual([match.id for match in self.find(phone=phone).items], self.customer.ids, phone)
        self.assertFalse(self.find(phone="+39 06 5555 0102").items)

    def test_by_order_number_and_external_id(self):
        order = self.make_order([(self.make_product(), 1)], self.contact)
        [match] = self.find(order_number=f"#{order.name.lower()}").items
        self.assertEqual((match.id, match.agree), (self.contact.id, ("order_number",)))
        [match] = self.find(external_id="F1").items
        self.assertEqual((match.id, match.quality), (self.customer.id, "certain"))
        match = self.find(order_number=order.name, email="ada@rossi.example").items[0]
        self.assertEqual((match.id, match.quality), (self.contact.id, "certain"))

    def test_shared_and_other_values(self):
        other = self.make_customer("Neri", email="ada@rossi.example", is_company=False)
        found = self.find(email="ada@rossi.example").items
        self.assertEqual({match.id for match in found}, {self.contact.id, other.id})
        self.assertEqual({(match.quality, match.shared) for match in found}, {("weak", ("email",))})
        [match] = [
            item for item in self.find(email="ada@rossi.example", external_id="F1").items if item.id == self.customer.id
        ]
        self.assertEqual((match.agree, match.disagree), (("external_id",), ("email",)))

    def test_an_address_of_a_customer_means_the_customer(self):
        self.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": self.customer.id, "email": "lager@rossi.example"}
        )
        self.assertEqual([match.id for match in self.find(email="lager@rossi.example").items], self.customer.ids)

    def test_matches_tell_blocks_and_only_twenty(self):
        self.env["res.partner"].create(
            [{"name": f"Copy {number}", "email": "copy@many.example"} for number in range(25)]
        )
        found = self.find(email="copy@many.example")
        self.assertEqual((len(found.items), found.more), (20, True))
        self.customer._block_account("Chargebacks")
        [match] = self.find(external_id="F1").items
        self.assertTrue(match.account_blocked)
        self.assertEqual(match.credit_state, "hold")

    def test_only_what_was_asked_for_is_compared(self):
        order = self.make_order([(self.make_product(), 1)])
        sent = self.queries_of(lambda looks: looks.find_customers(LookUp(order_number=order.name)), "contact.read")
        self.assertNoContactData(sent)
        self.assertEqual(self.find(), self.find().model_copy(update={"items": (), "more": False}))

    def test_an_archived_customer_is_not_offered(self):
        lone = self.make_customer("Gone", email="gone@away.example")
        self.assertEqual([match.id for match in self.find(email="gone@away.example").items], lone.ids)
        lone.active = False
        self.assertFalse(self.find(email="gone@away.example").items)

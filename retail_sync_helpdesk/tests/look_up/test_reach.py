from odoo.tests import tagged

from ...api.service import LookUp, PageAsked
from ...models.look_up import reach
from ...models.policy import store
from .look_up_case import LookUpCase

PAGE = PageAsked(50)


@tagged("post_install", "-at_install")
class TestReach(LookUpCase):
    """What is out of reach answers like what does not exist."""

    def assertOutOfReach(self, looks, order, customer=None):
        """Check every look-up that could name the order, or the customer."""
        for ask in (looks.order, looks.timeline, looks.money):
            self.assertProblem("not_found", ask, order.id)
        self.assertFalse(looks.find_orders("number", order.name).items)
        self.assertFalse(looks.find_customers(LookUp(order_number=order.name)).items)
        if customer:
            for ask in (looks.customer, looks.overview):
                self.assertProblem("not_found", ask, customer.id)
            self.assertProblem("not_found", looks.orders_of, customer.id, PAGE)
            self.assertProblem("not_found", looks.tickets_of, customer.id, True, PAGE)

    def test_a_missing_record(self):
        looks = self.look_ups()
        self.assertProblem("not_found", looks.order, 2_000_000_000)
        self.assertProblem("not_found", looks.customer, 2_000_000_000)

    def test_another_company(self):
        company = self.other_company()
        product = self.make_product()
        foreign = self.make_customer("Verdi Srl", company_id=company.id)
        order = self.order_of_company(company, [(product, 1)], foreign)
        self.assertOutOfReach(self.look_ups(), order, foreign)
        looks = self.look_ups(companies=frozenset(company.ids))
        self.assertEqual(looks.order(order.id).order.company, company.name)
        self.assertEqual(looks.customer(foreign.id).customer.currency, "EUR")

    def test_a_customer_of_every_company_shows_the_orders_of_the_callers(self):
        company = self.other_company()
        product = self.make_product()
        own_order, foreign = self.make_order([(product, 1)]), self.order_of_company(company, [(product, 1)])
        tickets = self.make_ticket("Mine"), self.make_ticket("Theirs", company_id=company.id)
        for companies, order, ticket in ((self.company, own_order, tickets[0]), (company, foreign, tickets[1])):
            shown = self.look_ups(companies=frozenset(companies.ids)).overview(self.customer.id)
            self.assertEqual([row.id for row in shown.orders], order.ids)
            self.assertEqual([row.id for row in shown.tickets], ticket.ids)
        both = self.look_ups(companies=frozenset((self.company | company).ids)).overview(self.customer.id)
        self.assertEqual({row.id for row in both.orders}, {own_order.id, foreign.id})

    def test_no_company_at_all(self):
        order = self.make_order([(self.make_product(), 1)])
        self.assertOutOfReach(self.look_ups(companies=frozenset()), order, self.customer)

    def test_another_brand(self):
        order = self.make_order([(self.make_product(), 1)])
        self.brand(order, "Alpine")
        self.assertOutOfReach(self.look_ups(brands=frozenset(["Coast"])), order, self.customer)
        looks = self.look_ups(brands=frozenset(["Alpine", "Coast"]))
        self.assertEqual(looks.order(order.id).order.brand, "Alpine")
        self.assertEqual(store.brand_of(order), {order.id: "Alpine"}, "policies and look-ups mean the same brand")
        self.assertEqual([row.id for row in looks.orders_of(self.customer.id, PAGE).items], order.ids)
        other = self.make_order([(self.make_product("SKU-2"), 1)])
        self.brand(other, "Dunes")
        self.assertEqual([row.id for row in looks.orders_of(self.customer.id, PAGE).items], order.ids)

    def brand(self, order, name):
        order.team_id = self.env["crm.team"].create({"name": name})

    def test_another_region(self):
        order = self.make_order([(self.make_product(), 1)])
        self.customer.country_id = self.env.ref("base.it")
        self.assertOutOfReach(self.look_ups(regions=frozenset(["DE"])), order, self.customer)
        self.assertEqual(self.look_ups(regions=frozenset(["IT"])).order(order.id).order.id, order.id)
        order.partner_shipping_id = self.env["res.partner"].create(
            {
                "name": "Lager",
                "type": "delivery",
                "parent_id": self.customer.id,
                "country_id": self.env.ref("base.de").id,
            }
        )
        looks = self.look_ups(regions=frozenset(["DE"]))
        self.assertEqual(looks.order(order.id).order.id, order.id, "where it is delivered counts")
        self.assertEqual(store.region_of(order), {order.id: "DE"})
        self.assertEqual(looks.customer(self.customer.id).customer.id, self.customer.id)

    def test_employees_and_own_companies_are_no_customers(self):
        employee = self.make_user("clerk").partner_id
        employee.email = "clerk@shop.example"
        looks = self.look_ups()
        for partner in (employee, self.company.partner_id):
            self.assertProblem("not_found", looks.customer, partner.id)
        self.assertFalse(looks.find_customers(LookUp(email="clerk@shop.example")).items)

    def test_domains_find_what_the_look_ups_find(self):
        company = self.other_company()
        product = self.make_product()
        own_order, foreign = self.make_order([(product, 1)]), self.order_of_company(company, [(product, 1)])
        found = self.env["sale.order"].search(reach.order_domain(self.caller()))
        self.assertIn(own_order, found)
        self.assertNotIn(foreign, found)
        customers = self.env["res.partner"].search(reach.customer_domain(self.caller()))
        self.assertIn(self.customer, customers)
        self.assertNotIn(self.company.partner_id, customers)
        self.assertEqual(reach.reach_order(self.env, self.caller(), own_order.id), own_order)

    def test_look_ups_write_nothing(self):
        order = self.make_order([(self.make_product(), 1)])
        self.pay(self.invoice(order))
        ticket = self.make_ticket()
        looks = self.look_ups()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            self.assertEqual(looks.order(order.id).order.id, order.id)
            self.assertTrue(looks.overview(self.customer.id).orders)
            self.assertTrue(looks.money(order.id).payments)
            looks.timeline(order.id)
            self.assertEqual(looks.tickets_of(self.customer.id, True, PAGE).items[0].id, ticket.id)
            self.assertTrue(looks.find_customers(LookUp(order_number=order.name, email="a@b.example")).items)
            self.assertTrue(looks.stock(["SKU-1"], True).items[0].kept)
            savepoint.rollback()

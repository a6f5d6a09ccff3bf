from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import FaultError

from ..commerce_case import DATABASE, CommerceCase, money

KEY = "Odoo_External_Id__c"


class PriceCase(CommerceCase):
    def setUp(self):
        super().setUp()
        self.env.company.currency_id = self.env.ref("base.EUR")
        self.product = self.org.put("Product2", Name="Shirt", ProductCode="S1")

    def price(self, number, amount=10, key="base", name=None, currency="EUR", product=None, **values):
        return self.new(
            "price",
            number,
            product=f"Product2/{product or self.product}",
            pricelist_key=key,
            pricelist=name,
            currency=currency,
            amount=money(amount, currency),
            active=True,
            **values,
        )

    def entries(self):
        return self.org.of("PricebookEntry")

    def book(self, key):
        return next(row for row in self.org.of("Pricebook2") if row.get(KEY) == f"{DATABASE}:product.pricelist:{key}")


@tagged("post_install", "-at_install")
class TestPrices(PriceCase):
    """Base prices are standard prices, and each pricelist is a price book."""

    def test_the_base_price_is_the_standard_price(self):
        row = self.made("price", self.price(1, 12.5))
        self.assertEqual((row["Pricebook2Id"], row["Product2Id"]), (self.org.standard, self.product))
        self.assertEqual((row["UnitPrice"], row["IsActive"]), (12.5, True))
        self.assertEqual(row[KEY], f"{DATABASE}:retail.sync.price:1")
        self.assertNotIn("UseStandardPrice", row)

    def test_a_list_is_a_price_book_made_once_and_standard_prices_go_first(self):
        answers = self.push("price", self.price(2, 9, "7", "Dealers"), self.price(1), self.price(3, 8, "7", "Dealers",
                            product=self.org.put("Product2", Name="Other")))  # fmt: skip
        self.assertEqual([answer.ok for answer in answers], [True, True, False])
        # The other product has no base price: its price waits, and does not fail.
        self.assertEqual(answers[2].fault.fault_class, "dependency")
        self.assertEqual(self.book("7")["Name"], "Dealers")
        row = self.org.row(answers[0].external_id)
        self.assertEqual((row["Pricebook2Id"], row["UnitPrice"]), (self.book("7")["Id"], 9))
        self.assertIs(row["UseStandardPrice"], False)
        self.assertEqual(len(self.org.of("Pricebook2")), 2)
        self.made("price", self.price(4, 7, "7", "Dealers and shops", product=self.with_base(9)))
        self.assertEqual((len(self.org.of("Pricebook2")), self.book("7")["Name"]), (2, "Dealers and shops"))

    def with_base(self, number):
        product = self.org.put("Product2", Name=f"P{number}")
        self.made("price", self.price(number, product=product))
        return product

    def test_what_the_org_has_already_is_taken_over(self):
        there = self.org.put("PricebookEntry", Product2Id=self.product, Pricebook2Id=self.org.standard, UnitPrice=1,
                              IsActive=True)  # fmt: skip
        row = self.made("price", self.price(1, 12))
        self.assertEqual((row["Id"], row["UnitPrice"], len(self.entries())), (there, 12, 1))
        self.assertEqual(row[KEY], f"{DATABASE}:retail.sync.price:1")

    def test_one_that_follows_the_standard_price_is_made_its_own_first(self):
        self.made("price", self.price(1))
        self.made("price", self.price(2, 9, "7", "Dealers"))
        ours = next(row for row in self.entries() if row["Pricebook2Id"] == self.book("7")["Id"])
        ours.update({KEY: None, "UseStandardPrice": True})
        row = self.made("price", self.price(2, 8, "7", "Dealers"))
        self.assertEqual((row["Id"], row["UnitPrice"], row["UseStandardPrice"]), (ours["Id"], 8, False))
        # A person lets it follow again: the next change is written all the same.
        row["UseStandardPrice"] = True
        self.made("price", self.changed("price", 2, ours["Id"], "amount", amount=money(6), pricelist_key="7"))
        self.assertEqual((row["UnitPrice"], row["UseStandardPrice"]), (6, False))

    def test_a_change_sends_no_immutable_field_and_costs_one_call(self):
        row = self.made("price", self.price(1))
        record = self.price(1, 20)
        record.external_id, record.changed, record.ack = row["Id"], {"main": {"product", "amount", "currency"}}, False
        encoded = self.encode("price", record)
        self.assertEqual(encoded[0].fields, {"UnitPrice": 20})
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["price"], encoded), 1)
        self.assertEqual(row["UnitPrice"], 20)

    def test_a_hundred_new_prices_cost_two_calls(self):
        self.made("price", self.price(1))
        prices = [self.price(n, product=self.org.put("Product2", Name=f"P{n}")) for n in range(2, 102)]
        encoded = self.encode("price", *prices)
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["price"], encoded), 2)
        self.assertEqual(len(self.entries()), 101)

    def test_a_price_that_ends_is_switched_off(self):
        row = self.made("price", self.price(1))
        self.made("price", self.changed("price", 1, row["Id"], "active", active=False, pricelist_key="base"))
        self.assertIs(row["IsActive"], False)

    def test_without_an_active_standard_book_the_fault_says_what_to_do(self):
        self.org.row(self.org.standard)["IsActive"] = False
        encoded = self.encode("price", self.price(1))
        fault = self.fault(self.adapter.push, self.streams["price"], encoded)
        self.assertEqual((fault.fault_class, fault.code), ("contract", "STANDARD_BOOK_INACTIVE"))
        self.assertIn("Activate it", fault.message)
        self.assertFalse(self.entries())

    def test_a_price_in_a_currency_that_the_org_lacks_is_refused_and_not_converted(self):
        [encoded] = self.encode("price", self.price(1, currency="USD", key="8"))
        self.assertIsInstance(encoded.fault, FaultError)
        self.assertEqual((encoded.fault.fault_class, encoded.fault.code), ("business", "CURRENCY_NOT_IN_ORG"))

    def test_a_list_without_published_base_prices_goes_with_a_standard_price_of_its_own(self):
        """It waited for the base price for ever."""
        self.streams["price"].publish_base_price = False
        row = self.made("price", self.price(2, 9, "7", "Dealers"))
        self.assertEqual((row["Pricebook2Id"], row["UnitPrice"]), (self.book("7")["Id"], 9))
        [standard] = [row for row in self.entries() if row["Pricebook2Id"] == self.org.standard]
        self.assertEqual((standard["UnitPrice"], standard["IsActive"]), (9, True))
        self.assertNotIn("CurrencyIsoCode", standard)
        # A base price that is published later takes its place.
        self.streams["price"].publish_base_price = True
        self.assertEqual(self.made("price", self.price(1, 12))["Id"], standard["Id"])


@tagged("post_install", "-at_install")
class TestPricesInCurrencies(PriceCase):
    several_currencies = True

    def test_each_currency_has_a_standard_price_of_its_own(self):
        answers = self.push("price", self.price(1, 10), self.price(2, 12, "8", "Export", "USD"))
        self.assertTrue(all(answer.ok for answer in answers), [answer.fault for answer in answers])
        rows = {(row["Pricebook2Id"], row["CurrencyIsoCode"]): row["UnitPrice"] for row in self.entries()}
        export = self.book("8")["Id"]
        self.assertEqual(rows, {(self.org.standard, "EUR"): 10, (self.org.standard, "USD"): 12, (export, "USD"): 12})
        # Known from now on: a second list in that currency adds no standard price.
        self.made("price", self.price(3, 11, "9", "Export 2", "USD"))
        self.assertEqual(len(self.entries()), 4)

    def test_a_list_in_the_companys_currency_waits_for_the_base_price(self):
        [answer] = self.push("price", self.price(2, 9, "7", "Dealers"))
        self.assertEqual((answer.ok, answer.fault.fault_class), (False, "dependency"))
        self.assertTrue(all(found.ok for found in self.push("price", self.price(2, 9, "7", "Dealers"), self.price(1))))

    def test_a_list_in_the_companys_currency_without_published_base_prices_does_not_wait(self):
        self.streams["price"].publish_base_price = False
        self.made("price", self.price(2, 9, "7", "Dealers"))
        found = {(row["Pricebook2Id"], row["CurrencyIsoCode"], row["UnitPrice"]) for row in self.entries()}
        self.assertEqual(found, {(self.org.standard, "EUR", 9), (self.book("7")["Id"], "EUR", 9)})

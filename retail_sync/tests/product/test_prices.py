from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ...models.product import price_pages, price_scope, stale
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestPrices(CommerceCase):
    """Published prices are those of Odoo for one piece today; only what differs is written and sent."""

    entities = ("product", "price")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retail = cls.env["product.pricelist"].create({"name": "Retail", "currency_id": cls.company.currency_id.id})
        cls.price_stream = cls.streams["price"]
        cls.price_stream.price_pricelist_ids = cls.retail

    def deliver(self):
        """Route, compute, route what has changed, and send."""
        for _round in range(3):
            self.send()
        # A test is one transaction, and what is created in it is news as a whole.
        for table in ("retail_sync_price", "product_product", "product_template"):
            self.env.cr.execute(f"UPDATE {table} SET create_date = create_date - interval '1 day'")
        self.env.invalidate_all()

    def rule(self, pricelist=None, **values):
        return self.env["product.pricelist.item"].create({"pricelist_id": (pricelist or self.retail).id, **values})

    def price(self, product, pricelist=None):
        domain = [("product_id", "=", product.id), ("pricelist_id", "=", pricelist.id if pricelist else False)]
        return self.env["retail.sync.price"].with_context(active_test=False).search(domain)

    def shown(self, product, pricelist=None):
        """Return the amount that the platform shows."""
        return float(self.row_of(self.price(product, pricelist))["amount"]["amount"])

    def sent(self):
        """Deliver; return {external id: fields} of the prices that were sent."""
        self.forget_writes()
        self.deliver()
        return self.written("price")

    def test_base_price_and_pricelists_are_published(self):
        product = self.make_product(stock=None, price=20.0)
        self.rule(applied_on="3_global", compute_price="percentage", percent_price=10)
        self.deliver()
        self.assertEqual((self.shown(product), self.shown(product, self.retail)), (20.0, 18.0))
        row = self.row_of(self.price(product, self.retail))
        self.assertEqual(
            (row["pricelist"], row["pricelist_key"], row["currency"], row["active"]),
            ("Retail", str(self.retail.id), self.company.currency_id.name, True),
        )
        self.assertEqual(self.row_of(self.price(product))["pricelist_key"], "base")
        self.assertEqual(row["product"], f"Product/{self.link_of(product).external_id}")

    def test_changed_sales_price_sends_the_prices_that_follow_from_it(self):
        product, other = self.make_product(stock=None), self.make_product("SKU-2", stock=None)
        self.rule(applied_on="0_product_variant", product_id=product.id, compute_price="fixed", fixed_price=9.0)
        self.deliver()
        product.list_price = 30.0
        sent = self.sent()
        self.assertEqual(list(sent), [self.link_of(self.price(product)).external_id])
        self.assertEqual((self.shown(product), self.shown(product, self.retail)), (30.0, 9.0))
        self.assertEqual(self.shown(other), 20.0)

    def test_rules_of_each_kind_reach_their_products(self):
        category = self.env["product.category"].create({"name": "Linen"})
        product = self.make_product(stock=None, categ_id=category.id)
        other = self.make_product("SKU-2", stock=None)
        self.deliver()
        for values, amounts in (
            ({"applied_on": "3_global", "compute_price": "percentage", "percent_price": 5}, (19.0, 19.0)),
            (
                {
                    "applied_on": "2_product_category",
                    "categ_id": category.id,
                    "compute_price": "fixed",
                    "fixed_price": 15,
                },
                (15.0, 19.0),
            ),
            (
                {
                    "applied_on": "1_product",
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "compute_price": "fixed",
                    "fixed_price": 14,
                },
                (14.0, 19.0),
            ),
            (
                {
                    "applied_on": "0_product_variant",
                    "product_id": product.id,
                    "compute_price": "fixed",
                    "fixed_price": 13,
                },
                (13.0, 19.0),
            ),
        ):
            with self.subTest(values["applied_on"]):
                self.rule(**values)
                self.deliver()
                self.assertEqual((self.shown(product, self.retail), self.shown(other, self.retail)), amounts)
        for rule in self.retail.item_ids.sorted("applied_on"):
            rule.unlink()
            self.deliver()
        self.assertEqual((self.shown(product, self.retail), self.shown(other, self.retail)), (20.0, 20.0))

    def test_rule_that_moves_to_another_pricelist_changes_the_prices_of_both(self):
        dealers = self.env["product.pricelist"].create({"name": "Dealers", "currency_id": self.company.currency_id.id})
        self.price_stream.price_pricelist_ids |= dealers
        product = self.make_product(stock=None)
        for about in (
            {"applied_on": "0_product_variant", "product_id": product.id},
            {"applied_on": "1_product", "product_tmpl_id": product.product_tmpl_id.id},
            {"applied_on": "3_global"},
        ):
            with self.subTest(about["applied_on"]):
                rule = self.rule(**about, compute_price="fixed", fixed_price=9.0)
                self.deliver()
                self.assertEqual((self.shown(product, self.retail), self.shown(product, dealers)), (9.0, 20.0))
                rule.pricelist_id = dealers
                self.deliver()
                self.assertEqual((self.shown(product, self.retail), self.shown(product, dealers)), (20.0, 9.0))
                rule.unlink()

    def test_category_that_moves_takes_the_products_of_all_categories_below_to_other_rules(self):
        linen, moved = self.env["product.category"].create([{"name": "Linen"}, {"name": "Summer"}])
        below = self.env["product.category"].create({"name": "Shirts", "parent_id": moved.id})
        product, other = self.make_product(stock=None, categ_id=below.id), self.make_product("SKU-2", stock=None)
        self.rule(applied_on="2_product_category", categ_id=linen.id, compute_price="fixed", fixed_price=15)
        self.deliver()
        self.assertEqual(self.shown(product, self.retail), 20.0)
        moved.parent_id = linen
        self.deliver()
        self.assertEqual((self.shown(product, self.retail), self.shown(other, self.retail)), (15.0, 20.0))

    def test_pricelist_that_starts_from_another_follows_it(self):
        base = self.env["product.pricelist"].create({"name": "Base", "currency_id": self.company.currency_id.id})
        product = self.make_product(stock=None)
        rule = self.rule(base, applied_on="3_global", compute_price="percentage", percent_price=50)
        self.rule(
            applied_on="3_global",
            compute_price="formula",
            base="pricelist",
            base_pricelist_id=base.id,
            price_discount=10,
        )
        self.deliver()
        self.assertEqual(self.shown(product, self.retail), 9.0)
        rule.percent_price = 20
        self.deliver()
        self.assertEqual(self.shown(product, self.retail), 14.4)

    def test_cost_and_extra_price_of_attributes_count(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": "S"}), Command.create({"name": "M"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 20,
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                ],
            }
        )
        first, second = template.product_variant_ids
        first.default_code, second.default_code = "SH-1", "SH-2"
        self.rule(
            applied_on="0_product_variant",
            product_id=first.id,
            compute_price="formula",
            base="standard_price",
            price_markup=50,
        )
        first.standard_price = 10
        self.deliver()
        self.assertEqual((self.shown(first, self.retail), self.shown(second)), (15.0, 20.0))
        second.product_template_attribute_value_ids.price_extra = 3
        first.standard_price = 12
        self.deliver()
        self.assertEqual((self.shown(first, self.retail), self.shown(second)), (18.0, 23.0))

    def test_price_in_another_currency_follows_the_rate_and_others_do_not(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        currency.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        rate = self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2.0, "name": "2020-01-01", "company_id": self.company.id}
        )
        swiss = self.env["product.pricelist"].create({"name": "Swiss", "currency_id": currency.id})
        self.price_stream.price_pricelist_ids |= swiss
        product = self.make_product(stock=None)
        self.deliver()
        self.assertEqual(self.shown(product, swiss), 40.0)
        rate.rate = 3.0
        sent = self.sent()
        self.assertEqual(list(sent), [self.link_of(self.price(product, swiss)).external_id])
        self.assertEqual(self.shown(product, swiss), 60.0)

    def test_pricelist_with_another_currency_gets_new_prices_and_the_old_ones_end(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        currency.active = True
        product = self.make_product(stock=None)
        self.deliver()
        old = self.price(product, self.retail)
        self.retail.currency_id = currency
        self.deliver()
        new = self.price(product, self.retail) - old
        self.assertEqual((new.currency_id, new.active, old.active), (currency, True, False))
        self.assertFalse(self.row_of(old)["active"])
        self.assertTrue(self.row_of(new)["active"])

    def test_dated_rule_begins_and_ends_without_a_write(self):
        product = self.make_product(stock=None)
        now = fields.Datetime.now()
        self.rule(
            applied_on="3_global",
            compute_price="fixed",
            fixed_price=10,
            date_start=now + timedelta(hours=2),
            date_end=now + timedelta(hours=4),
        )
        self.deliver()
        self.assertEqual(self.shown(product, self.retail), 20.0)
        for hours, amount in ((3, 10.0), (5, 20.0)):
            with patch.object(fields.Datetime, "now", lambda hours=hours: now + timedelta(hours=hours)):
                self.env["retail.sync.stale"]._cron_prices()
                self.deliver()
            self.assertEqual(self.shown(product, self.retail), amount)

    def test_product_that_is_not_sold_any_more_ends_and_comes_back(self):
        product = self.make_product(stock=None)
        self.deliver()
        for stop, again in (({"active": False}, {"active": True}), ({"sale_ok": False}, {"sale_ok": True})):
            product.write(stop)
            self.deliver()
            self.assertFalse(self.row_of(self.price(product))["active"])
            product.write(again)
            self.deliver()
            self.assertTrue(self.row_of(self.price(product))["active"])

    def test_pricelist_that_is_published_no_more_ends_and_comes_back(self):
        product = self.make_product(stock=None)
        self.deliver()
        self.price_stream.price_pricelist_ids = False
        self.deliver()
        self.assertFalse(self.row_of(self.price(product, self.retail))["active"])
        self.assertTrue(self.row_of(self.price(product))["active"])
        self.price_stream.write({"price_pricelist_ids": [Command.set(self.retail.ids)], "publish_base_price": False})
        self.deliver()
        self.assertTrue(self.row_of(self.price(product, self.retail))["active"])
        self.assertFalse(self.row_of(self.price(product))["active"])

    def test_deleted_pricelist_ends_its_prices_on_the_platform(self):
        product = self.make_product(stock=None)
        self.deliver()
        external_id = self.link_of(self.price(product, self.retail)).external_id
        self.price_stream.price_pricelist_ids = False
        self.retail.unlink()
        self.deliver()
        self.assertFalse(self.platform.rows["Price"][external_id]["active"])

    def test_renamed_pricelist_reaches_its_prices(self):
        product = self.make_product(stock=None)
        self.deliver()
        self.retail.name = "Shops"
        sent = self.sent()
        self.assertEqual(sent, {self.link_of(self.price(product, self.retail)).external_id: [{"pricelist": "Shops"}]})

    def test_new_computation_of_all_prices_sends_nothing_where_nothing_differs(self):
        for number in range(5):
            self.make_product(f"SKU-{number}", stock=None, price=19.99)
        self.deliver()
        stale.add(self.env, {(stale.PRICE_ALL, 0)})
        self.assertFalse(self.sent())

    def test_two_percent_change_sends_two_percent(self):
        products = self.env["product.product"].concat(
            *(self.make_product(f"SKU-{number}", stock=None) for number in range(50))
        )
        self.deliver()
        changed = products[7]
        changed.list_price = 21.0
        sent = self.sent()
        prices = self.price(changed) | self.price(changed, self.retail)
        self.assertEqual(sent.keys(), set(self.link_of(price).external_id for price in prices))

    def test_page_of_products_costs_no_query_per_product(self):
        base = self.env["product.pricelist"].create({"name": "Base", "currency_id": self.company.currency_id.id})
        self.rule(applied_on="3_global", compute_price="formula", base="pricelist", base_pricelist_id=base.id)
        products = self.env["product.product"].concat(
            *(self.make_product(f"SKU-{number}", stock=None) for number in range(20))
        )
        for product in products[:10]:
            self.rule(base, applied_on="0_product_variant", product_id=product.id, compute_price="fixed", fixed_price=5)
        env = self.env(su=True)
        targets = price_scope.targets(env)

        def queries(found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            price_pages.Refresh(env, targets, ()).store(found.ids)
            return self.env.cr.sql_log_count - before

        queries(products)
        self.assertEqual(queries(products), queries(products[:2]))

    def test_prices_of_a_page_are_those_that_odoo_computes_one_by_one(self):
        base = self.env["product.pricelist"].create({"name": "Base", "currency_id": self.company.currency_id.id})
        category = self.env["product.category"].create({"name": "Linen"})
        products = self.env["product.product"].concat(
            *(
                self.make_product(f"SKU-{number}", stock=None, price=10 + number / 7, categ_id=category.id)
                for number in range(12)
            )
        )
        for number, product in enumerate(products[:6]):
            self.rule(
                base,
                applied_on="1_product",
                product_tmpl_id=product.product_tmpl_id.id,
                compute_price="percentage",
                percent_price=number,
            )
            self.rule(
                base,
                applied_on="0_product_variant",
                product_id=product.id,
                compute_price="fixed",
                fixed_price=number,
                min_quantity=number % 3,
            )
        self.rule(
            base,
            applied_on="2_product_category",
            categ_id=category.id,
            compute_price="formula",
            price_discount=3,
            price_round=0.05,
        )
        self.rule(
            applied_on="3_global",
            compute_price="formula",
            base="pricelist",
            base_pricelist_id=base.id,
            price_surcharge=1,
        )
        self.rule(applied_on="0_product_variant", product_id=products[8].id, compute_price="fixed", fixed_price=77)
        self.deliver()
        for product in products:
            expected = self.retail._get_product_price(product, 1.0)
            self.assertAlmostEqual(self.price(product, self.retail).amount, expected, 2)

from odoo import Command
from odoo.tests import tagged

from ..commerce_case import CommerceCase


class ProductCase(CommerceCase):
    """A shop whose products go to a platform."""

    entities = ("product",)

    def setUp(self):
        super().setUp()
        self.of_yesterday()

    def of_yesterday(self):
        """Let all products be of an earlier day: what a transaction creates is news as a whole."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE product_product SET create_date = create_date - interval '1 day'")
        self.env.cr.execute("UPDATE product_template SET create_date = create_date - interval '1 day'")
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def published(self, sku="SKU-1", **values):
        """Return a product that the platform has, and forget how it came there."""
        product = self.make_product(sku, stock=None, **values)
        self.deliver()
        self.assertTrue(self.row_of(product))
        self.of_yesterday()
        self.forget_writes()
        return product

    def sent(self, product):
        """Deliver; return the fields that were sent of a product since."""
        self.forget_writes()
        self.deliver()
        writes = self.written("product").get(self.link_of(product).external_id, [])
        return {name for fields in writes for name in fields}

    def make_shirt(self):
        """Return a template with two variants that have a SKU."""
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": "S"}), Command.create({"name": "M"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                ],
            }
        )
        for variant, sku in zip(template.product_variant_ids, ("SH-S", "SH-M"), strict=True):
            variant.default_code = sku
        return template


@tagged("post_install", "-at_install")
class TestProducts(ProductCase):
    """What Odoo says of a product is what the platform shows."""

    def test_product_is_published_with_all_its_values(self):
        category = self.env["product.category"].create({"name": "Linen", "parent_id": False})
        below = self.env["product.category"].create({"name": "Summer", "parent_id": category.id})
        successor = self.make_product("SKU-2", stock=None)
        product = self.make_product(
            categ_id=below.id,
            barcode="4006381333931",
            weight=0.25,
            description_sale="Light.",
            stock=None,
            successor_id=successor.id,
        )
        self.deliver()
        row = self.row_of(product)
        self.assertEqual(
            {name: row[name] for name in ("sku", "name", "description", "category", "barcode", "unit", "successor")},
            {
                "sku": "SKU-1",
                "name": "Shirt SKU-1",
                "description": "Light.",
                "category": "Linen / Summer",
                "barcode": "4006381333931",
                "unit": "Units",
                "successor": "SKU-2",
            },
        )
        self.assertEqual((row["active"], row["storable"], row["weight"]), (True, True, 0.25))

    def test_weight_that_odoo_counts_in_pounds_is_published_in_kilograms(self):
        self.env["ir.config_parameter"].sudo().set_param("product.weight_in_lbs", "1")
        product = self.make_product(weight=10, stock=None)
        self.deliver()
        self.assertEqual(self.row_of(product)["weight"], 4.536)

    def test_variant_is_named_with_the_attributes_that_distinguish_it(self):
        template = self.make_shirt()
        self.deliver()
        names = {self.row_of(variant)["name"] for variant in template.product_variant_ids}
        self.assertEqual(names, {"Shirt (S)", "Shirt (M)"})

    def test_change_of_a_template_reaches_all_its_variants(self):
        template = self.make_shirt()
        self.deliver()
        self.of_yesterday()
        for values, name in (
            ({"name": "Blouse"}, "name"),
            ({"description_sale": "Cool."}, "description"),
            ({"is_storable": True}, "storable"),
            ({"sale_ok": False}, "active"),
        ):
            with self.subTest(name=name):
                template.write(values)
                self.forget_writes()
                self.deliver()
                written = self.written("product")
                self.assertEqual(len(written), 2)
                self.assertEqual({field for fields in written.values() for sent in fields for field in sent}, {name})

    def test_renamed_category_reaches_the_products_of_all_categories_below_it(self):
        category = self.env["product.category"].create({"name": "Linen"})
        below = self.env["product.category"].create({"name": "Summer", "parent_id": category.id})
        product, other = self.published(categ_id=below.id), self.published("SKU-2")
        category.name = "Flax"
        self.assertEqual(self.sent(product), {"category"})
        self.assertEqual(self.row_of(product)["category"], "Flax / Summer")
        self.assertNotIn(self.link_of(other).external_id, self.written("product"))

    def test_renamed_attribute_value_reaches_the_variants_that_have_it(self):
        small, medium = self.make_shirt().product_variant_ids.sorted("display_name", reverse=True)
        self.deliver()
        self.of_yesterday()
        small.product_template_attribute_value_ids.product_attribute_value_id.name = "Small"
        self.assertEqual(self.sent(small), {"name"})
        self.assertEqual(self.row_of(small)["name"], "Shirt (Small)")
        self.assertEqual(self.row_of(medium)["name"], "Shirt (M)")

    def test_renamed_unit_reaches_its_products(self):
        unit = self.env["uom.uom"].create({"name": "Bale", "relative_factor": 1.0})
        product = self.published(uom_id=unit.id)
        unit.name = "Ballot"
        self.assertEqual(self.sent(product), {"unit"})

    def test_product_that_is_not_sold_any_more_is_deactivated_and_comes_back(self):
        for name, stop, again in (
            ("archived", {"active": False}, {"active": True}),
            ("not sold", {"sale_ok": False}, {"sale_ok": True}),
        ):
            with self.subTest(name):
                product = self.published(f"SKU-{name}")
                product.write(stop)
                self.assertEqual(self.sent(product), {"active"})
                self.assertFalse(self.row_of(product)["active"])
                product.write(again)
                self.assertEqual(self.sent(product), {"active"})
                self.assertTrue(self.row_of(product)["active"])

    def test_deleted_product_is_deactivated(self):
        product = self.published()
        external_id = self.link_of(product).external_id
        product.unlink()
        self.deliver()
        self.assertEqual(self.platform.writes, [(external_id, {"active": False})])

    def test_product_without_a_sku_is_not_created_until_it_has_one(self):
        product = self.make_product(False, stock=None)
        self.deliver()
        self.assertFalse(self.link_of(product))
        self.of_yesterday()
        product.default_code = "SKU-9"
        self.deliver()
        self.assertEqual(self.row_of(product)["sku"], "SKU-9")

    def test_combo_is_not_published(self):
        part = self.make_product("PART", stock=None)
        combo = self.env["product.combo"].create(
            {"name": "Drinks", "combo_item_ids": [Command.create({"product_id": part.id})]}
        )
        product = self.make_product("MENU", stock=None, type="combo", combo_ids=[Command.set(combo.ids)])
        self.deliver()
        self.assertFalse(self.link_of(product))
        self.assertTrue(self.link_of(part))

    def test_two_products_with_one_sku_are_both_refused_by_name(self):
        first, second = self.make_product(name="Shirt", stock=None), self.make_product(name="Blouse", stock=None)
        self.deliver()
        for product in (first, second):
            self.assertFalse(self.link_of(product))
            [message] = self.messages_of(product, "open")
            self.assertEqual(message.fault_code, "SKU_NOT_UNIQUE")
            self.assertIn("SKU-1", message.fault_message)
            self.assertIn(f"Shirt (#{first.id})", message.fault_message)
            self.assertIn(f"Blouse (#{second.id})", message.fault_message)
        self.of_yesterday()
        second.default_code = "SKU-2"
        self.messages_of(first, "open")._retry_out(None)
        self.deliver()
        self.assertEqual((self.row_of(first)["sku"], self.row_of(second)["sku"]), ("SKU-1", "SKU-2"))

    def test_product_that_the_platform_has_is_not_kept_back_by_a_later_one_with_its_sku(self):
        first = self.published()
        second = self.make_product(stock=None)
        first.name = "Linen shirt"
        self.deliver()
        self.assertEqual(self.row_of(first)["name"], "Linen shirt")
        self.assertFalse(self.link_of(second))

    def test_known_product_does_not_take_the_sku_of_another(self):
        first, second = self.published(), self.published("SKU-2")
        second.default_code = "SKU-1"
        self.deliver()
        self.assertEqual(self.row_of(second)["sku"], "SKU-2")
        self.assertEqual(self.messages_of(second, "open").fault_code, "SKU_NOT_UNIQUE")
        self.assertEqual(self.row_of(first)["sku"], "SKU-1")

    def test_sku_of_the_successor_follows(self):
        successor = self.published("NEW-1")
        product = self.published(successor_id=successor.id)
        successor.default_code = "NEW-2"
        self.deliver()
        self.assertEqual(self.row_of(product)["successor"], "NEW-2")

    def test_successor_is_set_on_the_product_form_where_there_is_one_variant(self):
        successor = self.make_product("NEW-1", stock=None)
        template = self.env["product.template"].create({"name": "Old shirt", "successor_id": successor.id})
        self.assertEqual(template.product_variant_id.successor_id, successor)
        template.successor_id = False
        self.assertFalse(template.product_variant_id.successor_id)

    def test_template_says_what_needs_attention_first_and_is_found_by_what_it_says(self):
        template, empty = self.make_shirt(), self.env["product.template"].create({"name": "Belt"})
        small, medium = template.product_variant_ids
        for states, expected in (
            ((), "none"),
            (("deleted", "missing"), "missing"),
            (("deleted", "deleted"), "deleted"),
            (("in_sync", "missing"), "in_sync"),
            (("in_sync", "attention"), "attention"),
        ):
            with self.subTest(states=states):
                if states and not self.link_of(small):
                    self.deliver()
                for variant, state in zip(small | medium, states, strict=False):
                    self.link_of(variant).state = state
                self.env.invalidate_all()
                self.assertEqual((template.sync_state, empty.sync_state), (expected, "none"))
                for state, _label in template._fields["sync_state"].selection:
                    domain = [("id", "in", (template | empty).ids), ("sync_state", "=", state)]
                    found = self.env["product.template"].search(domain)
                    self.assertEqual(
                        found, (template | empty).filtered(lambda each, state=state: each.sync_state == state), state
                    )
                    others = self.env["product.template"].search([domain[0], ("sync_state", "!=", state)])
                    self.assertEqual(others, (template | empty) - found)

from unittest.mock import patch

from odoo.tests import tagged

from .declarations import PRODUCT_OBJECT, ProductEntity
from .entity_case import EntityCase


@tagged("post_install", "-at_install")
class TestProductsIn(EntityCase):
    """Products, which Odoo alone writes, found by their SKU."""

    def setUp(self):
        super().setUp()
        self.bike = self.env["product.product"].create({"name": "Bike", "default_code": "SKU-P1", "list_price": 10})

    def test_a_product_of_the_same_sku_is_linked_and_keeps_its_values(self):
        self.product("P1", title="Other bike", price=99)

        self.assertEqual(self.take(PRODUCT_OBJECT), {"linked": 1})

        self.assertEqual(self.linked("P1", PRODUCT_OBJECT), self.bike)
        self.assertEqual((self.bike.name, self.bike.list_price), ("Bike", 10))

    def test_a_record_that_its_entity_protects_is_linked_by_neither_key_nor_id(self):
        protected = {self.bike.id}
        internal = patch.object(
            ProductEntity, "_internal", lambda _entity, res_ids: protected & set(res_ids), create=True
        )
        with internal:
            self.product("P1")
            self.product("P2", odoo_id=f"db:product.product:{self.bike.id}")

            self.assertEqual(self.take(PRODUCT_OBJECT), {"failed": 2})

        self.assertEqual({self.message(key).fault_code for key in ("P1", "P2")}, {"INTERNAL_PARTNER"})
        self.assertFalse(self.link("P1") | self.link("P2"))

    def test_an_unknown_product_is_not_created(self):
        self.product("P2", title="Bell")

        self.assertEqual(self.take(PRODUCT_OBJECT), {"excluded": 1})

        self.assertFalse(self.env["product.product"].search([("default_code", "=", "SKU-P2")]))
        self.assertFalse(self.link("P2"))

    def test_a_change_on_the_platform_is_not_taken_in(self):
        self.product("P1", title="Bike")
        self.take(PRODUCT_OBJECT)
        self.later_than_odoo()
        self.product("P1", title="Bicycle")

        self.assertEqual(self.take(PRODUCT_OBJECT), {"unchanged": 1})

        self.assertEqual(self.bike.name, "Bike")

    def test_a_product_called_like_a_customer_is_no_customer(self):
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.take("Firm")
        self.product("P1", title="Rossi Srl", email="info@rossi.example")

        self.take(PRODUCT_OBJECT)

        self.assertEqual(self.link("P1").res_model, "product.product")
        self.assertFalse(self.env["retail.sync.match.decision"].search([("external_id", "=", "P1")]))

    def test_polls_leave_products_alone(self):
        self.product("P1")

        self.poll()

        self.assertFalse(self.link("P1"))

    def test_a_deleted_product_leaves_the_customer_of_the_same_number(self):
        self.product("P1")
        self.take(PRODUCT_OBJECT)
        partner = self.env["res.partner"].browse(self.bike.id).exists() or self.env["res.partner"].create(
            {"id": self.bike.id, "name": "Namesake"}
        )
        self.env["res.partner"].flush_model()

        self.report_deletions(PRODUCT_OBJECT, "P1")

        self.assertTrue(partner.active)
        self.assertTrue(self.bike.active)
        self.assertEqual(self.link("P1").state, "deleted")

    def test_the_title_of_a_product_is_its_sku(self):
        self.assertEqual(self.env["retail.sync.entity.article"]._title_of({"sku": "A-1", "title": "Bell"}), "A-1")
        self.assertEqual(
            self.env["retail.sync.entity.article"]._titles([self.bike.id]), {self.bike.id: self.bike.display_name}
        )

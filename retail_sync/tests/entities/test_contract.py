from unittest.mock import patch

from odoo.tests import tagged

from ...domain.canonical import registry
from ...domain.canonical.entity_spec import Effect, FieldSpec, declare
from ...models.mapping.entity import EntityContractError
from .declarations import PRODUCT_OBJECT
from .entity_case import EntityCase


@tagged("post_install", "-at_install")
class TestContract(EntityCase):
    """What an entity must define, and what follows from its declaration."""

    def products(self):
        return self.env["retail.sync.entity.article"]

    def same_number(self):
        """Return a product and a customer that have the same id."""
        partner = self.env["res.partner"].create({"name": "Same number"})
        product = self.env["product.product"].browse(partner.id).exists()
        if not product:
            self.env.cr.execute("SELECT setval('product_product_id_seq', %s, false)", [partner.id])
            product = self.env["product.product"].create({"name": "Bike"})
        self.assertEqual(product.id, partner.id)
        return product, partner

    def test_a_deleted_product_leaves_the_customer_of_the_same_number(self):
        product, partner = self.same_number()
        product.default_code = "SKU-P7"
        self.product("P7")
        self.take(PRODUCT_OBJECT)
        self.assertEqual(self.linked("P7", PRODUCT_OBJECT), product)

        with patch.object(type(self.products()), "_deletion_effect", lambda _entity, _stream: Effect.deactivate):
            self.report_deletions(PRODUCT_OBJECT, "P7")

        self.assertEqual((product.active, partner.active), (False, True))
        self.assertTrue(self.link("P7").archived_by_sync)

    def test_an_end_that_the_entity_does_not_define_is_an_exception(self):
        self.env["product.product"].create({"name": "Bike", "default_code": "SKU-P1"})
        self.product("P1")
        self.take(PRODUCT_OBJECT)

        with self.assertRaisesRegex(EntityContractError, "_end_records"):
            self.products()._end_records(self.linked("P1", PRODUCT_OBJECT), Effect.close)

    def test_a_declared_refusal_becomes_an_exception(self):
        self.env["product.product"].create({"name": "Bike", "default_code": "SKU-P1"})
        self.product("P1")
        self.take(PRODUCT_OBJECT)

        with patch.object(type(self.products()), "_deletion_effect", lambda _entity, _stream: Effect.refuse):
            self.report_deletions(PRODUCT_OBJECT, "P1")

        message = self.env["retail.sync.message"].search([("external_id", "=", "P1")])
        self.assertEqual((message.fault_code, message.res_model), ("DELETE_REFUSED", "product.product"))
        self.assertTrue(self.linked("P1", PRODUCT_OBJECT).active)

    def test_a_sample_is_masked_by_the_entity_of_its_stream(self):
        """Another entity whose field of that name is public must not show a customer's name."""
        brand = declare("brand", 1, (FieldSpec("name", "text", "public", label="Name"),))
        line = self.firms.map_ids.filtered(lambda line: line.canonical_field == "name" and line.part == "main")
        with registry.registered(brand):
            line._keep_samples([{"name": "Rossi Srl"}])
        self.assertTrue(line.sample_value)
        self.assertNotIn("Rossi", line.sample_value)

    def test_an_entity_without_a_declaration_is_named(self):
        with self.assertRaisesRegex(EntityContractError, "retail.sync.entity must define _entity"):
            self.env["retail.sync.entity"]._spec()

    def test_a_message_and_a_link_show_only_to_who_may_read_their_record(self):
        self.env["product.product"].create({"name": "Bike", "default_code": "SKU-P1"})
        self.product("P1")
        self.take(PRODUCT_OBJECT)
        link = self.link("P1")
        operator = self.make_user("op", "group_operator")
        links = self.env["retail.sync.link"].with_user(operator)
        rule = self.env["ir.rule"].create(
            {
                "name": "Bikes are hidden",
                "model_id": self.env["ir.model"]._get_id("product.product"),
                "domain_force": "[('default_code', '!=', 'SKU-P1')]",
            }
        )
        self.assertFalse(links.search([("id", "=", link.id)]), "the user may not read the product")

        rule.unlink()
        self.assertEqual(links.search([("id", "=", link.id)]), link)

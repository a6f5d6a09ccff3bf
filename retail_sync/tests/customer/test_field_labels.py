from odoo.tests import TransactionCase, tagged

from ...domain.canonical.customer import CUSTOMER
from ...domain.canonical.registry import all as all_entities
from ...models.mapping import field_labels


@tagged("post_install", "-at_install")
class TestFieldLabels(TransactionCase):
    def test_every_canonical_field_of_the_addon_has_a_label_that_can_be_translated(self):
        self.assertIn(CUSTOMER, all_entities())
        own_labels = self.env["retail.sync.entity.customer"]._field_labels()
        names = {*CUSTOMER.fields, *CUSTOMER.composites}
        names |= {name for part in CUSTOMER.parts.values() for name in part.fields}
        self.assertEqual(set(own_labels), names)

    def test_lists_of_fields_show_the_labels(self):
        labels = field_labels.labels(self.env)
        self.assertEqual(labels["customer_number"], "Customer number")
        lines = dict(self.env["retail.sync.field.map"]._selection_canonical_field())
        self.assertEqual(lines["zip"], "Postal code")
        self.assertNotIn("address", lines)

    def test_a_rule_is_about_an_address_as_a_whole(self):
        rules = dict(self.env["retail.sync.ownership.rule"]._selection_canonical_field())
        self.assertEqual(rules["address"], "Address")
        self.assertEqual(set(rules) & set(CUSTOMER.composites["address"].fields), set())

from odoo.tests import tagged

from ...models.mapping import field_labels
from ..engine_case import EngineCase
from ..operations.test_languages import activate


@tagged("post_install", "-at_install")
class TestLabelsOfDifferences(EngineCase):
    """People read the names of fields and of parts, in their language, never the codes of either."""

    def difference(self, names, values=None):
        comparison = self.env["retail.sync.comparison"].create({"stream_id": self.firms.id})
        return self.env["retail.sync.difference"].create(
            {
                "comparison_id": comparison.id,
                "stream_id": self.firms.id,
                "kind": "conflict",
                "cause": "both",
                "subject": "F1",
                "names": names,
                "values": values,
            }
        )

    def sides(self, *paths):
        return {path: {"odoo": "Torino", "remote": "Alba"} for path in paths}

    def test_a_field_of_a_part_is_named_after_its_part(self):
        """'invoice: city' was shown."""
        found = self.difference("city,phone", self.sides("invoice: city", "phone"))
        self.assertEqual(found.field_labels, "Invoice address: City, Phone")
        self.assertIn("Invoice address: City: Odoo has Torino", found.values_text)
        self.assertNotIn("invoice:", found.values_text)

    def test_a_field_that_differs_in_two_places_is_named_twice(self):
        found = self.difference("city", self.sides("city", "delivery: city"))
        self.assertEqual(found.field_labels, "City, Delivery address: City")

    def test_a_part_that_was_gained_or_lost_is_named(self):
        self.assertEqual(self.difference("invoice").field_labels, "Invoice address")

    def test_a_composite_has_its_label(self):
        found = self.difference("address", self.sides("invoice: address"))
        self.assertEqual(found.field_labels, "Invoice address: Address")

    def test_labels_speak_the_language_of_the_reader(self):
        found = self.difference("city", self.sides("invoice: city"))
        for lang, label in (("de_DE", "Rechnungsadresse: Ort"), ("fr_FR", "Adresse de facturation : Ville")):
            activate(self.env, lang)
            with self.subTest(lang=lang):
                self.assertEqual(found.with_context(lang=lang).field_labels, label)

    def test_each_part_of_each_entity_has_a_label(self):
        labels = field_labels.part_labels(self.env)
        self.assertGreaterEqual(labels.keys(), {"invoice", "delivery", "other"})
        own_labels = self.env["retail.sync.entity.customer"]._part_labels()
        self.assertEqual(own_labels.keys(), self.env["retail.sync.entity.customer"]._spec().parts.keys())

    def test_a_repeated_part_keeps_its_key(self):
        shown = field_labels.with_part(self.env, "Quantity", "line:7", {"line": "Line"})
        self.assertEqual(shown, "Line 7: Quantity")
        self.assertEqual(field_labels.with_part(self.env, "Quantity", "main", {}), "Quantity")

    def test_a_conflict_and_an_edit_taken_back_name_the_part_too(self):
        conflict = {"part": "delivery", "field": "city", "odoo": "Torino", "remote": "Alba"}
        common = {"connection_id": self.connection.id, "stream_id": self.firms.id}
        message = self.env["retail.sync.message"].create(
            {**common, "kind": "record", "external_id": "F1", "conflicts": [conflict]}
        )
        self.assertTrue(message.conflict_text.startswith("Delivery address: City: Odoo has Torino"))
        edit = self.env["retail.sync.taken.back"].create(
            {
                **common,
                "res_model": "res.partner",
                "res_id": 1,
                "part": "invoice",
                "canonical_field": "city",
                "reason": "remote_owns",
            }
        )
        self.assertEqual(edit.field_label, "Invoice address: City")

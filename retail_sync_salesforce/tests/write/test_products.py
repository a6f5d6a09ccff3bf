from odoo.tests import tagged

from ..commerce_case import DATABASE, CommerceCase

KEY = "Odoo_External_Id__c"


@tagged("post_install", "-at_install")
class TestProducts(CommerceCase):
    """No product is twice in the org because of us."""

    def product(self, number, sku="S1", **values):
        return self.new("product", number, sku=sku, name=f"Shirt {number}", active=True, **values)

    def test_a_new_one_is_created_with_its_sku_in_both_fields(self):
        row = self.made("product", self.product(1, description="Soft"))
        self.assertEqual((row["ProductCode"], row["StockKeepingUnit"], row["Name"]), ("S1", "S1", "Shirt 1"))
        self.assertEqual(row[KEY], f"{DATABASE}:product.product:1")

    def test_one_that_has_the_sku_is_taken_over_whatever_its_case(self):
        for field in ("ProductCode", "StockKeepingUnit"):
            there = self.org.put("Product2", **{field: f"s-{field}".upper(), "Name": "Old"})
            row = self.made("product", self.product(field, f"S-{field}"))
            self.assertEqual((row["Id"], row["Name"]), (there, f"Shirt {field}"))
        self.assertEqual(len(self.org.of("Product2")), 2)

    def test_several_of_one_sku_wait_for_a_person(self):
        both = {self.org.put("Product2", ProductCode="S1"), self.org.put("Product2", StockKeepingUnit="S1")}
        [answer] = self.push("product", self.product(1))
        self.assertEqual((answer.ok, answer.fault.fault_class), (False, "duplicate"))
        self.assertEqual(set(answer.candidates), both)
        self.assertEqual(len(self.org.of("Product2")), 2)

    def test_the_sku_of_another_product_of_odoo_makes_no_second_one(self):
        first, second = self.push("product", self.product(1), self.product(2))
        self.assertEqual((first.ok, second.ok), (True, False))
        [third] = self.push("product", self.product(3))
        self.assertEqual((third.ok, third.fault.code), (False, "SKU_NOT_UNIQUE"))
        self.assertEqual(len(self.org.of("Product2")), 1)

    def test_one_of_a_former_database_is_taken_over(self):
        there = self.org.put("Product2", ProductCode="S1", **{KEY: "ffff0000:product.product:9"})
        self.assertEqual(self.made("product", self.product(1))["Id"], there)

    def test_a_lost_answer_repeated_makes_no_second_one(self):
        row = self.made("product", self.product(1))
        self.assertEqual(self.made("product", self.product(1))["Id"], row["Id"])

    def test_new_ones_cost_a_look_for_the_page_and_known_ones_none(self):
        row = self.made("product", self.product(1))
        new = self.encode("product", *(self.product(n, f"N{n}") for n in range(2, 80)))
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["product"], new), 2)
        known = self.encode("product", self.changed("product", 1, row["Id"], "name", name="New name"))
        self.assertEqual(known[0].fields, {"Name": "New name"})
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["product"], known), 1)

    def test_in_bulk_too_they_are_taken_over(self):
        there = self.org.put("Product2", ProductCode="S1")
        for _number in range(2):
            self.org.put("Product2", ProductCode="S2")
        encoded = self.encode("product", self.product(1), self.product(2, "S2"), self.product(3, "S3"))
        stream = self.streams["product"]
        cursor = self.adapter.bulk_push_begin(stream, encoded)
        for _turn in range(5):
            done, cursor = self.adapter.bulk_push_ready(stream, cursor)
            if done:
                break
        answers = self.adapter.bulk_push_results(stream, cursor)
        found = [answers[record.record.key] for record in encoded]
        self.assertEqual([answer.ok for answer in found], [True, False, True])
        self.assertEqual((found[0].external_id, found[1].fault.code), (there, "SKU_NOT_UNIQUE"))
        self.assertEqual(len(self.org.of("Product2")), 4)

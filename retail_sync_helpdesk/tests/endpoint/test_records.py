from odoo import Command
from odoo.tests import tagged

from ...api.operations import OPERATIONS
from .api_case import CALLS, ApiCase

NOWHERE = "2147483647"
# Operations about one record, whose key decides whether it exists.
OF_RECORDS = [name for name, (_method, path, _body) in CALLS.items() if NOWHERE in path]


@tagged("post_install", "-at_install")
class TestRecords(ApiCase):
    """What a key sees of records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Ada Example",
                "company_id": cls.env.company.id,
                "email": "ada@example.com",
                "phone": "+39 02 1234567",
                "street": "Via Roma 1",
                "country_id": cls.env.ref("base.it").id,
            }
        )
        product = cls.env["product.product"].create({"name": "Lamp", "type": "consu", "list_price": 10})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        cls.order.action_confirm()
        cls.other = cls.env["res.company"].create({"name": "Other shop"})

    def call_about(self, operation_id, **values):
        """Return the answer to an operation about the order or its customer."""
        method, path, body = CALLS[operation_id]
        record = self.customer if path.startswith("/customers") else self.order
        headers = {"Idempotency_Key": f"key-{operation_id}"} if OPERATIONS[operation_id].acts else {}
        return self.call(path.replace(NOWHERE, str(record.id)), method, body=body, **headers, **values)

    def test_records_of_another_company_are_none(self):
        secret = self.secret_of(self.make_key(company_ids=[Command.set(self.other.ids)], burst=100))
        for operation_id in OF_RECORDS:
            with self.subTest(operation_id):
                self.assertProblem(self.call_about(operation_id, secret=secret), 404, "not_found")

    def test_records_of_another_country_are_none(self):
        france = self.env.ref("base.fr")
        secret = self.secret_of(self.make_key(region_ids=[Command.set(france.ids)], burst=100))

        self.assertProblem(self.call_about("get_order", secret=secret), 404, "not_found")

    def test_records_that_are_missing_are_none(self):
        for operation_id in OF_RECORDS:
            with self.subTest(operation_id):
                self.assertProblem(self.call_operation(operation_id), 404, "not_found")

    def test_contact_data_is_left_out_without_its_scope(self):
        secret = self.secret_of(self.make_key("customers.read", "orders.read"))

        hidden = self.call_about("get_customer", secret=secret)
        shown = self.call_about("get_customer")

        self.assertEqual((hidden.status_code, shown.status_code), (200, 200), hidden.text)
        self.assertIn("email", hidden.json()["customer"]["masked"])
        for value in ("ada@example.com", "1234567", "Via Roma"):
            self.assertIn(value, shown.text.replace(" ", "").replace("ViaRoma", "Via Roma"))
            self.assertNotIn(value, hidden.text.replace(" ", "").replace("ViaRoma", "Via Roma"))

    def test_amounts_are_left_out_without_their_scope(self):
        secret = self.secret_of(self.make_key("customers.read", "orders.read"))

        customer = self.call_about("get_customer", secret=secret).json()["customer"]

        self.assertTrue(set(customer["masked"]) - {"email", "phone", "addresses"}, customer)

    def test_a_look_up_that_has_not_changed_is_not_sent_again(self):
        first = self.call_about("get_order")
        tag = first.headers["ETag"]

        again = self.call_about("get_order", If_None_Match=tag)

        self.assertEqual((first.status_code, again.status_code, again.content), (200, 304, b""))
        self.assertEqual(again.headers["ETag"], tag)
        self.order.client_order_ref = "another"
        self.assertEqual(self.call_about("get_order", If_None_Match=tag).status_code, 200)

    def test_keys_with_other_scopes_have_other_versions(self):
        secret = self.secret_of(self.make_key("customers.read"))

        tags = {self.call_about("get_customer", secret=found).headers["ETag"] for found in (self.secret, secret)}

        self.assertEqual(len(tags), 2)

    def test_every_tagged_operation_has_a_tag(self):
        for operation_id in OF_RECORDS:
            if OPERATIONS[operation_id].tagged:
                with self.subTest(operation_id):
                    answer = self.call_about(operation_id)
                    self.assertEqual((answer.status_code, "ETag" in answer.headers), (200, True), answer.text[:300])

from odoo.tests import tagged

from ..commerce_case import CommerceCase
from ..commerce_org import commerce_fields

PACKAGED = [name for name in commerce_fields() if name.startswith("ERP_")]


@tagged("post_install", "-at_install")
class TestPublication(CommerceCase):
    """The connection test says what the org lacks for what Odoo alone writes, and what to do."""

    def setUp(self):
        super().setUp()
        for name in self.org.fields:
            self.org.facts[name, "Odoo_External_Id__c"] = {"externalId": True, "unique": True}
        self.customers_only()

    def customers_only(self):
        streams = self.connection.stream_ids.filtered("publishes")
        streams.sudo().write({"direction": "in", "live_at": False, "state": "draft"})

    def checks(self):
        return {check["name"]: check for check in self.connection.action_test_connection()["checks"]}

    def level(self, name):
        return self.checks()[name]["level"]

    def without_package(self):
        for name in PACKAGED:
            self.org.fields.pop(name)
        for name in ("Product2", "PricebookEntry", "Pricebook2", "Case"):
            self.org.hidden[name].add("Odoo_External_Id__c")

    def test_without_the_package_the_streams_stay_off_and_the_test_does_not_fail(self):
        self.without_package()
        result = self.connection.action_test_connection()
        self.assertTrue(result["ok"], [check for check in result["checks"] if check["level"] == "error"])
        self.assertEqual(len(self.connection.stream_ids.filtered("unavailable_reason")), 9)
        [found] = [check for check in result["checks"] if check["name"] == "Orders and what follows them"]
        self.assertEqual(found["level"], "ok")
        self.assertIn("Deploy", found["next_step"])
        self.assertIn("ERP_Order__c", self.streams["order"].unavailable_reason)
        self.assertFalse(self.connection._waiting_streams().filtered("publishes"))

    def test_once_it_is_deployed_the_streams_wait_for_the_consent(self):
        self.without_package()
        self.checks()
        self.org.fields |= {name: {*fields, "Id"} for name, fields in commerce_fields().items() if name in PACKAGED}
        self.org.hidden = {name: set() for name in self.org.fields}
        self.assertNotIn("Orders and what follows them", self.checks())
        self.assertFalse(self.connection.stream_ids.filtered("unavailable_reason"))
        self.assertEqual(len(self.connection._waiting_streams().filtered("publishes")), 9)

    def test_a_stream_that_writes_and_lost_its_object_is_an_error(self):
        self.streams["order"].sudo().write({"direction": "out", "history": "none"})
        self.without_package()
        self.assertEqual(self.level("Orders"), "error")

    def test_a_field_that_is_missing_is_named_with_what_to_do(self):
        self.org.fields["ERP_Order__c"].discard("Delay_Reason__c")
        checks = self.checks()
        self.assertIn("ERP_Order__c.Delay_Reason__c", checks["Fields of Retail Sync"]["detail"])
        self.assertEqual(checks["Orders: Reason of the delay"]["level"], "warning")

    def test_what_fields_take_is_compared_with_what_is_sent(self):
        stages = [{"value": "Confirmed", "label": "Confirmed", "active": True}]
        self.org.facts["ERP_Order__c", "Stage__c"] = {"restrictedPicklist": True, "picklistValues": stages}
        self.org.facts["ERP_Shipment__c", "Odoo_External_Id__c"] = {"externalId": False}
        checks = self.checks()
        self.assertIn("Shipped", checks["Orders: Stage__c"]["detail"])
        self.assertNotIn("Confirmed,", checks["Orders: Stage__c"]["detail"])
        self.assertIn("131,072", checks["Orders: Lines__c"]["next_step"])
        self.assertEqual(checks["Shipments: our id"]["level"], "error")

    def test_price_books_cases_and_queues(self):
        self.assertEqual(self.level("Prices: standard price book"), "ok")
        self.assertIn("Done", self.checks()["Cases: closing"]["detail"])
        self.org.row(self.org.standard)["IsActive"] = False
        self.org.rows["CaseStatus"] = []
        self.org.rows["QueueSobject"] = []
        checks = self.checks()
        self.assertIn("Activate it", checks["Prices: standard price book"]["detail"])
        self.assertEqual((checks["Cases: closing"]["level"], checks["Cases: queues"]["level"]), ("warning", "warning"))

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import Capacity

from ..common import SalesforceCase


@tagged("post_install", "-at_install")
class TestEstimates(SalesforceCase):
    """What a history needs of the org, shown before it is sent."""

    def stream(self, remote_object):
        return self.accounts.copy({"remote_object": remote_object, "bulk_write_threshold": 10000})

    def test_a_record_takes_two_kilobytes_and_products_take_nothing(self):
        self.assertEqual(self.adapter.storage_estimate(self.stream("ERP_Order__c"), 1000), 2048000)
        self.assertEqual(self.adapter.storage_estimate(self.stream("Product2"), 1000), 0)
        self.assertEqual(self.adapter.storage_estimate(self.stream("PricebookEntry"), 1000), 0)

    def test_lines_as_records_take_storage_too(self):
        stream = self.stream("ERP_Order__c")
        stream.sf_lines_as_records = True
        self.assertEqual(self.adapter.storage_estimate(stream, 1000), 5 * 2048000)

    def test_many_records_go_by_bulk_jobs(self):
        stream = self.stream("ERP_Order__c")
        self.assertEqual(self.adapter.call_estimate(stream, 0), 0)
        self.assertEqual(self.adapter.call_estimate(stream, 2001), 3)
        self.assertEqual(self.adapter.call_estimate(stream, 100000), 40)
        stream.bulk_write_threshold = 0
        self.assertEqual(self.adapter.call_estimate(stream, 100000), 100)

    def test_the_org_says_what_it_has_left(self):
        self.assertEqual(self.adapter.capacity(self.connection), Capacity(calls=900, calls_max=1000))
        self.org.limits["DataStorageMB"] = {"Max": 1024, "Remaining": 2}
        found = self.adapter.capacity(self.connection)
        self.assertEqual((found.storage, found.storage_max), (2 << 20, 1024 << 20))

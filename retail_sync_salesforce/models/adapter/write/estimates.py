from odoo import api, models

from odoo.addons.retail_sync.adapter import Capacity
from odoo.addons.retail_sync.adapter.contract import Connection, Stream

from ....client import limits
from .records import BULK_RECORDS

# Salesforce counts about 2 KB a record, whatever it holds; products, price books and their entries count nothing.
BYTES_A_RECORD = 2048
FREE_OBJECTS = ("Product2", "Pricebook2", "PricebookEntry", "OrderItem")
# Lines of an order, about: each is a record where a stream keeps lines as records.
LINES_OF_AN_ORDER = 4
# Of a bulk job: create, upload, close, a few looks at its state, three lists of results.
CALLS_A_BULK_JOB = 8
MEGABYTE = 1 << 20


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """What a history needs of the org, and what the org has left."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def storage_estimate(self, stream: Stream, count: int) -> int:
        if stream.remote_object in FREE_OBJECTS:
            return 0
        return count * BYTES_A_RECORD * (1 + LINES_OF_AN_ORDER * self._keeps_lines(stream))

    @api.model
    def call_estimate(self, stream: Stream, count: int) -> int:
        threshold = self.bulk_write_threshold(stream)
        if not threshold or count < threshold:
            return super().call_estimate(stream, count)
        # No more than twice the threshold waits at a time, so no bulk job is larger.
        return -(-count // min(BULK_RECORDS, 2 * threshold)) * CALLS_A_BULK_JOB

    @api.model
    def capacity(self, connection: Connection) -> Capacity:
        with self._session(connection, "standard") as session:
            found = limits.limits(session)
        storage, calls = found.get(limits.DATA_STORAGE), found.get(limits.DAILY_CALLS)
        return Capacity(
            storage=storage and storage.remaining * MEGABYTE,
            storage_max=storage and storage.max * MEGABYTE,
            calls=calls and calls.remaining,
            calls_max=calls and calls.max,
        )

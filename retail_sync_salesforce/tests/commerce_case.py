"""Documents on their way to Salesforce, made by hand: what the adapter does with them is under test."""

from odoo.addons.retail_sync.adapter import OutboundRecord
from odoo.addons.retail_sync.domain.canonical import case, invoice, order, product, returns, shipment

from .commerce_org import CommerceOrg, commerce_fields
from .common import SalesforceCase

# Each declares its entities.
DECLARED = (case, invoice, order, product, returns, shipment)
DATABASE = "0123abcd"
MODELS = {
    "product": "product.product",
    "price": "retail.sync.price",
    "stock": "retail.sync.stock.level",
    "order": "sale.order",
    "shipment": "stock.picking",
    "invoice": "account.move",
    "payment": "account.payment",
    "return": "stock.picking",
    "case": "retail.sync.order.exception",
}


class CommerceCase(SalesforceCase):
    entities = ("customer", *MODELS)
    several_currencies = False

    @classmethod
    def keep_streams(cls):
        cls.env["ir.config_parameter"].sudo().set_param("database.uuid", DATABASE)
        cls.connection._ensure_streams()
        result = super().keep_streams()
        streams = cls.connection.with_context(active_test=False).stream_ids
        streams.write({"active": True, "history": "none"})
        cls.streams = {stream.entity: stream for stream in streams}
        cls.fields |= commerce_fields()
        return result

    def make_org(self):
        return CommerceOrg(self.fields, self.several_currencies)

    def new(self, entity, res_id, /, **values):
        """Return an OutboundRecord of a document that the org does not have."""
        return self._record(entity, res_id, None, None, values)

    def changed(self, entity, res_id, external_id, names, /, **values):
        """Return an OutboundRecord of a known document, of which the values of these names have changed."""
        return self._record(entity, res_id, external_id, {"main": set(names.split())}, values)

    def _record(self, entity, number, external_id, changed, values):
        return OutboundRecord(
            key=f"{DATABASE}:{MODELS[entity]}:{number}",
            res_id=number,
            external_id=external_id,
            parts={"main": values},
            changed=changed,
            ack=external_id is None,
            sent={"main": dict(values)},
            local={"main": number},
        )

    def encode(self, entity, *records):
        return self.adapter.encode(self.streams[entity], list(records))

    def push(self, entity, *records):
        """Send records; return the answers in order."""
        encoded = self.encode(entity, *records)
        self.assertFalse([found.fault for found in encoded if found.fault])
        self.outgoing = encoded
        return self.adapter.push(self.streams[entity], encoded)

    def made(self, entity, record):
        """Send one record that has to be accepted; return its row."""
        [answer] = self.push(entity, record)
        self.assertTrue(answer.ok, answer.fault)
        return self.org.row(answer.external_id)

    def calls_of(self, action, *args):
        """Return how many calls of the org an action costs, after all describes are known."""
        before = len(self.org.calls)
        action(*args)
        return len(self.org.calls) - before


def money(amount, currency="EUR"):
    return {"amount": f"{amount:.2f}", "currency": currency}

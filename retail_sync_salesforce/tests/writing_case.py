from odoo.addons.retail_sync.adapter import OutboundRecord

from ..models.adapter.read.decode import EXTERNAL_ID_FIELD
from .common import SalesforceCase

PREFIX = "0123abcd:res.partner:"


class WritingCase(SalesforceCase):
    """Records on their way out, made by hand: what the adapter does with them is under test, not who made them."""

    def setUp(self):
        super().setUp()
        for name in ("Account", "Contact"):
            self.org.facts[name, "SystemModstamp"] = {"createable": False, "updateable": False}
            for field in ("Odoo_Account_Blocked__c", "HasOptedOutOfEmail", "DoNotCall"):
                self.org.facts[name, field] = {"type": "boolean", "nillable": False, "defaultedOnCreate": True}
            for field in ("Odoo_Credit_Limit__c", "Odoo_Amount_Due__c", "Odoo_Overdue_Amount__c"):
                self.org.facts[name, field] = {"type": "currency"}
        self.org.facts["Account", "Name"] = {"nillable": False, "length": 255, "label": "Account Name"}
        self.org.facts["Contact", "LastName"] = {"nillable": False, "length": 80, "label": "Last Name"}
        self.org.fields["Contact"] |= {"FirstName", "LastName"}

    def out(self, number, external_id=None, changed=None, **options):
        """Return an OutboundRecord; keyword arguments that are no fields of it are values of the main part."""
        known = {name: options.pop(name) for name in list(options) if name in OutboundRecord.__dataclass_fields__}
        main = {"kind": "company", **options}
        return OutboundRecord(
            **{
                "key": f"{PREFIX}{number}",
                "res_id": number,
                "external_id": external_id,
                "parts": {"main": main},
                "changed": None if external_id is None or changed is None else {"main": set(changed)},
                "ack": external_id is None,
                "sent": {"main": dict(main)},
                "local": {"main": number},
                "attributes": {"kind": main["kind"]},
                **known,
            }
        )

    def known(self, number, external_id, **values):
        """Return an OutboundRecord of a linked record of which just these values have changed."""
        options = {name: values.pop(name) for name in list(values) if name in OutboundRecord.__dataclass_fields__}
        kind = {"kind": values.pop("kind")} if "kind" in values else {}
        return self.out(number, external_id, changed=list(values), **options, **kind, **values)

    def encode(self, stream, *records):
        return self.adapter.encode(stream, list(records))

    def fields_of(self, stream, record):
        """Return the platform's fields of one record that nothing is said against."""
        [outgoing] = self.encode(stream, record)
        self.assertFalse(outgoing.fault, outgoing.fault)
        return outgoing.fields

    def refusal_of(self, stream, record):
        """Return the fault of one record that is not sent."""
        [outgoing] = self.encode(stream, record)
        self.assertTrue(outgoing.fault)
        self.assertEqual(outgoing.fields, {})
        return outgoing.fault

    def left_out_of(self, stream, record):
        """Return the fault of the one field that is not sent with the rest of a record."""
        [outgoing] = self.encode(stream, record)
        self.assertFalse(outgoing.fault, outgoing.fault)
        [refused] = outgoing.refused
        self.assertNotIn(refused.name, outgoing.record.sent.get(refused.part) or {})
        return refused.fault

    def push(self, stream, *records):
        outgoing = self.encode(stream, *records)
        self.assertFalse([record.fault for record in outgoing if record.fault])
        return self.adapter.push(stream, outgoing)

    def key(self, number):
        return {EXTERNAL_ID_FIELD: f"{PREFIX}{number}"}

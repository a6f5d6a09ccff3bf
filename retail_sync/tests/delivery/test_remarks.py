from unittest.mock import patch

from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

REMARK = "Website: the field can't be written; it was not sent."


@tagged("post_install", "-at_install")
class TestRemarks(OutboundCase):
    """What an adapter leaves out of a record stands on the link and in the delivery, whatever else was sent."""

    def remarking(self, *remarks):
        """Let the adapter say the same of each record that it encodes."""
        adapter = type(self.firms._adapter())
        encode = adapter.encode

        def remarked(model, stream, records):
            outgoing = encode(model, stream, records)
            for encoded in outgoing:
                encoded.warnings += remarks
            return outgoing

        return patch.object(adapter, "encode", remarked)

    def text(self, external_id="F1"):
        return self.link(external_id).warning_text or ""

    def test_beside_values_that_were_sent(self):
        """They were in the delivery alone, and there only where nothing was sent."""
        partner = self.linked_firm()
        partner.phone = "+390432222222"
        with self.remarking(REMARK, REMARK):
            self.send()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        self.assertEqual(self.text(), REMARK)
        self.assertTrue(self.link("F1").has_warnings)
        self.assertIn(REMARK, self.outbox("done")[-1:].resolution)

    def test_beside_a_field_that_was_refused(self):
        self.platform.refuses["website"] = FaultError("business", "BAD", "Not so", fields=["website"])
        partner = self.linked_firm()
        partner.write({"phone": "+390432222222", "website": "http://new.example"})
        with self.remarking(REMARK):
            self.send()
        done = self.outbox("done")[-1:]
        self.assertIn("Not sent, and shown as exceptions: Website", done.resolution)
        self.assertIn(REMARK, done.resolution)

    def test_on_a_record_that_was_created(self):
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        with self.remarking(REMARK):
            self.send()
        link = self.env["retail.sync.link"].search([("res_model", "=", "res.partner"), ("res_id", "=", partner.id)])
        self.assertEqual(link.warning_text, REMARK)

    def test_after_a_bulk_delivery(self):
        partner = self.linked_firm()
        partner.phone = "+390432222222"
        self.route()
        self.outbox("pending").lane = "standard"
        self.platform.bulk_from = 1
        with self.remarking(REMARK):
            self.send()
        self.assertEqual((self.remote("F1")["phone"], self.text()), ("+390432222222", REMARK))
        self.assertIn(REMARK, self.outbox("done")[-1:].resolution)

    def test_beside_the_remarks_of_the_read_and_only_once(self):
        partner = self.linked_firm(country="XX")
        [before] = self.link("F1").warnings
        for phone in ("+390432222222", "+390432222223"):
            partner.phone = phone
            with self.remarking(REMARK):
                self.send()
        self.assertEqual(self.link("F1").warnings, [before, REMARK])

    def test_a_delivery_without_remarks_ends_them(self):
        partner = self.linked_firm()
        for phone, remarks in (("+390432222222", [REMARK]), ("+390432222223", [])):
            partner.phone = phone
            with self.remarking(*remarks):
                self.send()
        self.assertFalse(self.link("F1").has_warnings)
        self.assertEqual(self.text(), "")

    def test_nothing_to_send_and_nothing_to_say_is_said_as_such(self):
        partner = self.linked_firm()
        partner.phone = "+390432222222"
        adapter = type(self.firms._adapter())
        encode = adapter.encode

        def emptied(model, stream, records):
            outgoing = encode(model, stream, records)
            for encoded in outgoing:
                encoded.fields.clear()
            return outgoing

        with patch.object(adapter, "encode", emptied):
            self.send()
        self.assertEqual(self.outbox("done")[-1:].resolution, "Nothing to send: both sides have the same values.")
        self.assertNotIn("phone", {name for name in self.platform.rows[FIRM]["F1"] if self.remote("F1")[name]})

from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

TOO_LONG = FaultError("business", "STRING_TOO_LONG", "Website takes 20 characters", fields=["website"])
NOT_LISTED = FaultError("business", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Not on the list", fields=["email"])
RULE = FaultError("business", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule of the platform says no")


@tagged("post_install", "-at_install")
class TestRefusedFields(OutboundCase):
    """A field that the platform refuses waits for a person; the rest of its record is sent at once."""

    def refused(self, *states):
        return self.env["retail.sync.message"].search(
            [("kind", "=", "field"), ("state", "in", states or ("open", "parked", "retrying"))], order="id"
        )

    def brakes(self, state="open"):
        return self.env["retail.sync.message"].search([("kind", "=", "brake"), ("state", "=", state)])

    def test_the_rest_is_sent(self):
        partner = self.linked_firm(website=None)
        self.platform.refuses["website"] = TOO_LONG
        partner.write({"website": "http://long.example/much-too-long", "phone": "+390432222222"})
        self.send()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        [message] = self.refused("open")
        self.assertEqual(
            (message.res_id, message.refused_field, message.fault_code), (partner.id, "main.website", "STRING_TOO_LONG")
        )
        self.assertIn("Website", message.title)
        self.assertIn("http://long.example/much-too-long", message.sudo().conflict_text)
        self.assertNotIn("long.example", message.fault_message)
        self.assertFalse(self.outbox("open").filtered(lambda found: found.kind == "delivery"))
        self.assertEqual(self.link("F1").sudo().base["phone"], "+390432222222")
        self.assertFalse(self.link("F1").sudo().base.get("website"))

    def test_it_is_not_tried_again_until_it_changes(self):
        partner = self.linked_firm(website=None)
        self.platform.refuses["website"] = TOO_LONG
        partner.write({"website": "http://long.example/much-too-long"})
        self.send()
        for _turn in range(3):
            self.poll()
            self.send()
        self.platform.calls.clear()
        partner.write({"phone": "+390432222223"})
        self.send()
        self.assertEqual(self.platform.calls.count("push"), 1, "the refused field is not sent along")
        self.assertEqual(self.remote("F1")["phone"], "+390432222223")
        self.assertEqual(len(self.refused("open")), 1)
        self.assertFalse(self.outbox("pending", "sending"))
        partner.write({"website": "http://s.example"})
        del self.platform.refuses["website"]
        self.send()
        self.assertEqual(self.remote("F1")["website"], "http://s.example")
        self.assertFalse(self.refused())

    def test_retry_sends_the_field(self):
        partner = self.linked_firm(website=None)
        self.platform.refuses["website"] = TOO_LONG
        partner.write({"website": "http://long.example/much-too-long"})
        self.send()
        [message] = self.refused("open")
        message.action_retry()
        self.run_jobs()
        self.assertEqual((message.state, message.attempts), ("open", 2), "it is refused again")
        self.platform.refuses.clear()
        message.action_retry()
        self.run_jobs()
        self.assertEqual(message.state, "done")
        self.assertEqual(self.remote("F1")["website"], "http://long.example/much-too-long")

    def test_it_closes_when_both_sides_agree(self):
        partner = self.linked_firm(website=None)
        self.platform.refuses["website"] = TOO_LONG
        partner.write({"website": "http://long.example/much-too-long"})
        self.send()
        self.firm("F1", website="http://long.example/much-too-long")
        self.poll()
        self.assertFalse(self.refused())

    def test_an_urgent_change_passes_a_refused_field(self):
        """The whole record was an exception, and the block joined it."""
        self.firms.map_ids.create(
            {
                "stream_id": self.firms.id,
                "canonical_field": "account_block",
                "remote_path": "blocked",
                "direction": "both",
            }
        )
        partner = self.linked_firm(website=None, blocked=False)
        self.platform.refuses["website"] = TOO_LONG
        partner.write({"website": "http://long.example/much-too-long"})
        self.send()
        partner.write({"account_block": True, "account_block_reason": "Fraud suspected"})
        self.send()
        self.assertTrue(self.remote("F1")["blocked"])
        self.assertEqual(len(self.refused("open")), 1)

    def test_an_urgent_change_passes_a_rule_about_other_values(self):
        """A refusal that names no field: the urgent values are sent alone, the rest is an exception."""
        self.firms.map_ids.create(
            {
                "stream_id": self.firms.id,
                "canonical_field": "account_block",
                "remote_path": "blocked",
                "direction": "both",
            }
        )
        partner = self.linked_firm(blocked=False)
        self.platform.refuses_record = lambda record, fields: RULE if "phone" in fields else None
        partner.write({"phone": "+390432222222", "account_block": True, "account_block_reason": "Fraud suspected"})
        self.send()
        self.assertTrue(self.remote("F1")["blocked"])
        [message] = self.outbox("open")
        self.assertEqual((message.kind, message.fault_code), ("delivery", RULE.code))
        self.platform.refuses_record = None
        message.action_retry()
        self.run_jobs()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")

    def test_an_urgent_change_passes_a_rule_about_duplicates(self):
        """Seen: a new e-mail address that another customer has held back the block that was set with it."""
        self.firms.map_ids.create(
            {
                "stream_id": self.firms.id,
                "canonical_field": "account_block",
                "remote_path": "blocked",
                "direction": "both",
            }
        )
        partner = self.linked_firm(blocked=False)
        duplicate = FaultError("duplicate", "DUPLICATES_DETECTED", "Another record has this phone number")
        self.platform.refuses_record = lambda record, fields: duplicate if "phone" in fields else None
        partner.write({"phone": "+390432222222", "account_block": True, "account_block_reason": "Fraud suspected"})
        self.send()
        self.assertTrue(self.remote("F1")["blocked"])
        self.assertNotEqual(self.remote("F1").get("phone"), "+390432222222")
        [message] = self.outbox("open", "pending")
        self.assertEqual(message.kind, "delivery")

    def test_a_new_customer_is_created_without_it(self):
        self.platform.refuses["website"] = TOO_LONG
        partner = self.env["res.partner"].create(
            {"name": "Bottega", "is_company": True, "website": "http://long.example/much-too-long"}
        )
        self.send()
        link = self.env["retail.sync.link"].search([("res_id", "=", partner.id)])
        self.assertEqual(self.remote(link.external_id)["name"], "Bottega")
        [message] = self.refused("open")
        self.assertEqual((message.res_id, message.external_id), (partner.id, link.external_id))

    def test_a_field_that_a_new_record_needs_is_the_whole_record(self):
        self.platform.refuses["name"] = FaultError("business", "STRING_TOO_LONG", "Too long", fields=["name"])
        self.env["res.partner"].create({"name": "Bottega", "is_company": True})
        self.send()
        self.assertFalse(self.platform.rows[FIRM])
        self.assertEqual(self.outbox("open").mapped("kind"), ["delivery"])

    def test_part_of_an_address(self):
        partner = self.linked_firm(street="Via Uno 1", city="Udine", zip="33100", country="IT")
        self.platform.refuses["zip"] = FaultError("business", "STRING_TOO_LONG", "Zip is too long", fields=["zip"])
        partner.write({"city": "Gorizia", "zip": "34170-too-long"})
        self.send()
        self.assertEqual((self.remote("F1")["city"], self.remote("F1")["zip"]), ("Gorizia", "33100"))
        [message] = self.refused("open")
        self.assertEqual(message.refused_field, "main.zip")
        for _turn in range(3):
            self.poll()
            self.send()
        self.assertEqual(partner.zip, "34170-too-long", "what people typed stays")
        self.assertFalse(self.outbox("pending", "sending"))
        self.platform.refuses.clear()
        message.action_retry()
        self.run_jobs()
        self.assertEqual(self.remote("F1")["zip"], "34170-too-long")
        self.assertEqual(message.state, "done")

    def test_our_id_that_is_refused_is_no_task(self):
        self.platform.refuses["odoo_id"] = FaultError("contract", "INVALID_FIELD", "No such field", fields=["odoo_id"])
        self.firm("F1", phone=None)
        self.take(FIRM)
        self.send()
        self.assertEqual(self.link("F1").id_refusal, "INVALID_FIELD")
        self.assertFalse(self.outbox("open"))
        self.partner("F1").write({"phone": "+390432222222"})
        self.platform.calls.clear()
        self.send()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        self.assertEqual(self.platform.calls.count("push"), 1)

    def test_an_acknowledgement_that_a_rule_refuses_is_no_task(self):
        self.platform.refuses_record = lambda record, fields: RULE
        self.firm("F1")
        self.take(FIRM)
        self.send()
        self.assertEqual(self.link("F1").id_refusal, RULE.code)
        self.assertFalse(self.outbox("open"))

    # -- many at once

    def many(self, count):
        partners = [self.linked_firm(f"F{number}", website=None) for number in range(count)]
        for number, partner in enumerate(partners):
            partner.write({"website": f"http://{number}.example", "phone": f"+3904322222{number:02}"})
        return partners

    def test_equal_refusals_are_one_exception(self):
        self.platform.refuses["website"] = TOO_LONG
        partners = self.many(30)
        self.send()
        self.assertEqual([self.remote(f"F{number}")["phone"][-2:] for number in (0, 29)], ["00", "29"])
        [brake] = self.brakes()
        self.assertEqual((brake.refusal_count, brake.refused_field), (30, "main.website"))
        self.assertEqual(brake.rule_id, self.env.ref("retail_sync.fault_rule_mass_refusal"))
        self.assertEqual(self.env["retail.sync.message"].search_count([("is_exception", "=", True)]), 1)
        # The field is left out of what follows, without another call.
        other = self.linked_firm("G1", website=None)
        other.write({"website": "http://other.example", "phone": "+390432333333"})
        self.platform.calls.clear()
        self.send()
        self.assertEqual((self.remote("G1")["phone"], self.platform.calls.count("push")), ("+390432333333", 1))
        self.assertEqual(brake.refusal_count, 31)
        self.platform.refuses.clear()
        brake.action_retry()
        self.run_jobs()
        self.assertEqual(self.remote("F7")["website"], "http://7.example")
        self.assertEqual(self.remote("G1")["website"], "http://other.example")
        self.assertFalse(self.refused())
        self.assertEqual(brake.state, "done")
        self.assertTrue(partners)

    def test_few_among_many_are_single_exceptions(self):
        """Single bad values add up in any database: they are single exceptions."""
        self.platform.refuses_record = lambda record, fields: (
            TOO_LONG if "bad" in (fields.get("website") or "") else None
        )
        self.env["ir.config_parameter"].set_param("retail_sync.refusal_limit", 3)
        partners = [self.linked_firm(f"F{number}", website=None) for number in range(20)]
        for number, partner in enumerate(partners):
            partner.website = f"http://{'bad' if number < 3 else 'good'}{number}.example"
        self.send()
        self.assertFalse(self.brakes())
        self.assertEqual(len(self.refused("open")), 3)

    def test_mass_refusal_of_whole_records_stops_the_bulk_lane_only(self):
        self.env["ir.config_parameter"].set_param("retail_sync.refusal_limit", 5)
        self.platform.refuses_record = lambda record, fields: RULE if record.external_id != "F9" else None
        partners = [self.linked_firm(f"F{number}") for number in range(10)]
        for partner in partners[:8]:
            partner.phone = "+390432222222"
        self.send()
        [brake] = self.brakes()
        self.assertEqual((brake.refusal_count, brake.refused_field), (8, False))
        self.assertFalse(self.firms._delivers("bulk"))
        partners[9].phone = "+390432444444"
        self.send()
        self.assertEqual(self.remote("F9")["phone"], "+390432444444")
        self.platform.refuses_record = None
        brake.action_retry()
        self.run_jobs()
        self.assertTrue(self.firms._delivers("bulk"))
        self.assertEqual(self.remote("F3")["phone"], "+390432222222")
        self.assertFalse(self.outbox("open", "parked", "pending"))

    def test_ignoring_a_mass_refusal_leaves_the_field_out(self):
        self.platform.refuses["website"] = TOO_LONG
        self.many(30)
        self.send()
        brake = self.brakes()
        brake.action_ignore("We do not keep it there")
        self.assertFalse(self.refused())
        for _turn in range(2):
            self.poll()
            self.send()
        self.assertFalse(self.env["retail.sync.message"].search_count([("is_exception", "=", True)]))

    def test_bulk_takes_the_field_out(self):
        self.platform.bulk_from = 10
        self.platform.refuses["website"] = TOO_LONG
        self.many(12)
        self.send()
        self.assertEqual([self.remote(f"F{number}")["phone"][-2:] for number in (0, 11)], ["00", "11"])
        self.assertEqual(len(self.refused("open")), 12)
        self.assertFalse(self.outbox("pending", "sending"))

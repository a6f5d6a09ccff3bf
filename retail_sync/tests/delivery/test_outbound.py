from unittest.mock import patch

from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ...models.delivery import verdicts
from ...models.operations import sweeper
from ...models.outbox import outbox
from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestOutbound(OutboundCase):
    """What changes in Odoo reaches the platform, once."""

    def test_edit_arrives_and_only_what_changed_is_sent(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": "+390432222222"})
        self.send()
        self.assertEqual(self.platform.writes, [("F1", {"phone": "+390432222222"})])
        self.assertEqual(self.link("F1").sudo().base["phone"], "+390432222222")
        self.assertEqual(self.outbox("done").mapped("res_id")[-1:], [partner.id])

    def test_what_odoo_fills_in_by_default_is_not_sent(self):
        """Each customer of a load was written twice: for our id, and for the language that had not been chosen."""
        partner = self.linked_firm(language=None)
        self.assertTrue(partner.lang)
        self.poll()
        self.send()
        self.assertEqual(self.platform.writes, [])
        self.env["res.lang"]._activate_lang("it_IT")
        partner.write({"lang": "it_IT"})
        self.send()
        self.assertEqual(self.remote("F1")["language"], "it_IT")

    def test_our_own_write_does_not_come_back(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": "+390432222222"})
        self.send()
        self.poll()
        self.platform.writes.clear()
        self.send()
        self.assertEqual(self.platform.writes, [])
        self.assertFalse(self.outbox("pending", "open", "sending"))

    def test_what_came_in_is_not_sent_back(self):
        partner = self.linked_firm(phone="+390432111111")
        self.firm("F1", phone="+390432333333")
        self.poll()
        self.assertEqual(partner.phone, "+390432333333")
        self.send()
        self.assertEqual(self.platform.writes, [])

    def test_first_load_is_acknowledged(self):
        self.firm("F1")
        self.take(FIRM)
        self.send()
        self.assertTrue(self.remote("F1")["odoo_id"].endswith(f":res.partner:{self.partner('F1').id}"))
        self.assertTrue(self.link("F1").carries_our_id)
        self.poll()
        self.assertTrue(self.link("F1").carries_our_id)

    def test_acknowledgement_brings_what_odoo_alone_decides(self):
        """A customer on hold showed none on the platform until another value of it changed."""
        self.firms.map_ids.create(
            {
                "stream_id": self.firms.id,
                "canonical_field": "credit_state",
                "remote_path": "credit",
                "direction": "both",
            }
        )
        self.firm("F1", credit=None)
        self.firm("F2", credit=None)
        self.take(FIRM)
        self.partner("F1").sudo()._block_account("Unpaid", False)
        self.env.flush_all()
        # No change is sent: only the acknowledgement.
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.send()
        self.assertEqual(self.remote("F1")["credit"], "hold")
        self.assertEqual(self.link("F1").sudo().base["credit_state"], "hold")
        # A value that says no more than a blank is not written to records that never had one.
        self.assertTrue(self.link("F2").carries_our_id)
        self.assertIsNone(self.remote("F2")["credit"])

    def test_what_is_typed_over_a_blank_that_odoo_alone_decides_is_put_right(self):
        """Nothing else of the record had been compared by then; what was there before the load stays."""
        vals = {"canonical_field": "block_reason", "remote_path": "reason", "direction": "both"}
        self.firms.map_ids.create({"stream_id": self.firms.id, **vals})
        self.firm("F1", reason=None)
        self.firm("F2", reason="From before")
        self.take(FIRM)
        self.firm("F1", reason="Typed")
        self.firm("F2", reason="From before", phone="+390432444444")
        self.poll()
        self.send()
        self.assertIsNone(self.remote("F1")["reason"])
        self.assertEqual(self.remote("F2")["reason"], "From before")

    def test_new_customer_is_created_once(self):
        partner = self.env["res.partner"].create(
            {
                "name": "Bottega",
                "is_company": True,
                "email": "info@bottega.example",
                "street": "Via Roma 1",
                "city": "Udine",
            }
        )
        self.send()
        link = self.env["retail.sync.link"].search([("res_id", "=", partner.id)])
        self.assertEqual((link.remote_object, link.rule, link.carries_our_id), (FIRM, "exported", True))
        row = self.remote(link.external_id)
        self.assertEqual((row["name"], row["email"], row["city"]), ("Bottega", "info@bottega.example", "Udine"))
        self.poll()
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Bottega")]), 1)

    def test_lost_answer_makes_no_second_record(self):
        self.env["res.partner"].create({"name": "Once", "is_company": True})
        self.platform.answer_lost = True
        self.send()
        self.assertEqual(len(self.platform.rows[FIRM]), 1)
        message = self.outbox()[-1:]
        message.next_try_at = False
        self.send()
        self.assertEqual((len(self.platform.rows[FIRM]), message.state), (1, "done"))

    def test_child_waits_for_its_parent(self):
        parent = self.env["res.partner"].create({"name": "Parent", "is_company": True})
        child = self.env["res.partner"].create({"name": "Child Person", "parent_id": parent.id})
        self.route()
        # The child's stream goes first: it finds no parent.
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.persons.id, "critical")
        parked = self.outbox("parked")
        self.assertEqual((parked.res_id, parked.waits_for), (child.id, f"res.partner/{parent.id}"))
        self.send()
        links = self.env["retail.sync.link"].search([("res_id", "in", [parent.id, child.id])])
        self.assertEqual(len(links), 2)
        row = self.remote(links.filtered(lambda link: link.res_id == child.id).external_id, PERSON)
        self.assertEqual(row["firm"], links.filtered(lambda link: link.res_id == parent.id).external_id)

    def test_export_policy(self):
        self.firms.export_policy = "never"
        self.env["res.partner"].create({"name": "Stays", "is_company": True})
        self.send()
        self.assertFalse(self.platform.rows[FIRM])

    def test_changes_of_one_record_are_one_message(self):
        partner = self.linked_firm()
        for number in range(5):
            partner.write({"phone": f"+39043200000{number}"})
            self.route()
        [message] = self.outbox("pending")
        self.assertEqual((message.coalesced, message.change_text), (4, "Phone"))
        self.send()
        self.assertEqual(len(self.platform.writes), 1)
        self.assertEqual(self.remote("F1")["phone"], "+390432000004")

    def test_one_bad_record_fails_alone(self):
        partners = [self.linked_firm(f"F{number}") for number in range(5)]
        self.platform.refusals["F3"] = FaultError("business", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone is odd")
        for partner in partners:
            partner.write({"phone": "+390432222222"})
        self.send()
        self.assertEqual(sorted(key for key, _fields in self.platform.writes), ["F0", "F1", "F2", "F4"])
        [message] = self.outbox("open")
        self.assertEqual((message.res_id, message.fault_code), (partners[3].id, "FIELD_CUSTOM_VALIDATION_EXCEPTION"))
        self.assertTrue(message.next_step and message.is_exception)
        message.action_retry()
        self.run_jobs()
        self.assertEqual((message.state, self.remote("F3")["phone"]), ("done", "+390432222222"))

    def test_a_later_change_heals_an_open_exception(self):
        partner = self.linked_firm()
        self.platform.refusals["F1"] = FaultError("business", "BAD", "No")
        partner.write({"phone": "+390432222222"})
        self.send()
        self.assertEqual(self.outbox("open").res_id, partner.id)
        partner.write({"phone": "+390432222223"})
        self.send()
        self.assertFalse(self.outbox("open"))
        self.assertEqual(self.remote("F1")["phone"], "+390432222223")

    def test_passing_trouble_is_tried_again_by_itself(self):
        partner = self.linked_firm()
        self.platform.refusals["F1"] = FaultError("transient", "UNABLE_TO_LOCK_ROW", "Locked")
        partner.write({"phone": "+390432222222"})
        self.route()
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "standard")
        [message] = self.outbox("pending")
        self.assertTrue(message.next_try_at)
        self.assertTrue(self.jobs("_job_drain").filtered("eta"))
        message.next_try_at = False
        self.send()
        self.assertEqual(message.state, "done")

    def test_send_now_does_not_wait_for_the_next_try(self):
        """The button of the outbox refused the very messages that it shows."""
        partner = self.linked_firm()
        self.platform.refusals["F1"] = FaultError("transient", "UNABLE_TO_LOCK_ROW", "Locked")
        partner.write({"phone": "+390432222222"})
        self.route()
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "standard")
        [message] = self.outbox("pending")
        message.action_retry()
        self.assertEqual((message.state, message.next_try_at, message.lane), ("pending", False, "critical"))
        self.run_jobs()
        self.assertEqual((message.state, self.remote("F1")["phone"]), ("done", "+390432222222"))

    def test_the_trigger_of_a_message_that_waits_is_not_a_moment_too_early(self):
        """It found nothing due in the last fraction of a second, and was the last one: the message stayed."""
        partner = self.linked_firm()
        self.platform.fault = FaultError("throttled", "BUDGET_EXHAUSTED", "Wait", retry_after=2)
        partner.write({"phone": "+390432222222"})
        self.route()
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "standard")
        [message] = self.outbox("pending")
        self.env.cr.execute("SELECT next_try_at FROM retail_sync_message WHERE id = %s", [message.id])
        [(due,)] = self.env.cr.fetchall()
        # A job's time is in whole seconds, cut off.
        self.assertEqual(due.microsecond, 0)
        self.assertGreaterEqual(min(self.jobs("_job_drain").filtered("eta").mapped("eta")), due)

    def test_address_child_goes_with_its_customer(self):
        partner = self.linked_firm(ship_street="Via Uno 1", ship_city="Udine", ship_country="IT")
        child = self.partners.browse(self.link("F1", "delivery").res_id)
        child.write({"street": "Via Due 2"})
        self.send()
        [(key, fields)] = self.platform.writes
        self.assertEqual((key, fields["ship_street"]), ("F1", "Via Due 2"))
        self.assertNotIn("ship_city", fields, "only what was edited is sent")
        self.assertEqual(self.outbox("done")[-1:].res_id, partner.id)

    def test_new_address_child_is_sent_and_linked(self):
        partner = self.linked_firm()
        child = self.env["res.partner"].create(
            {"parent_id": partner.id, "type": "delivery", "name": "Depot", "street": "Via Tre 3", "city": "Gorizia"}
        )
        self.send()
        self.assertEqual(self.remote("F1")["ship_street"], "Via Tre 3")
        self.assertEqual(self.link("F1", "delivery").res_id, child.id)
        self.poll()
        self.assertEqual(len(partner.child_ids), 1)

    def test_cleared_value_is_cleared_there(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": False})
        self.send()
        self.assertIsNone(self.remote("F1")["phone"])

    def test_platform_that_keeps_its_own_form_is_not_asked_for_ever(self):
        partner = self.linked_firm(phone="+390432111111")
        self.ownership_rule("website", "odoo")
        self.platform.forms["website"] = lambda value: f"{value}?ref=crm" if value else value
        partner.write({"website": "http://one.example"})
        for _turn in range(4):
            self.send()
            self.poll()
        self.assertLessEqual(len(self.platform.writes), 3)
        self.assertFalse(self.outbox("pending", "sending"))
        self.assertEqual(self.message("F1").fault_code, "CONFLICT", "an exception is opened")

    def test_value_typed_over_there_is_put_right_each_time(self):
        """What Odoo owns and had given before was not given a second time: the first gift looked like insistence."""
        self.ownership_rule("website", "odoo")
        partner = self.linked_firm()
        partner.write({"website": "http://one.example"})
        self.send()
        for _turn in range(4):
            self.firm("F1", website=None)
            self.poll()
            self.send()
            self.assertEqual(self.remote("F1")["website"], "http://one.example")
            self.poll()

    def test_messages_wait_while_the_connection_is_paused(self):
        partner = self.linked_firm()
        self.connection.action_pause()
        partner.write({"phone": "+390432222222"})
        self.send()
        self.assertEqual((self.platform.writes, self.outbox("pending").res_id), ([], partner.id))
        self.connection.action_resume()
        self.run_jobs()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")

    def test_worker_that_died_leaves_its_messages_to_the_next(self):
        partner = self.linked_firm()
        partner.write({"phone": "+390432222222"})
        self.route()
        outbox.claim(self.env(su=True), self.firms, "standard", "a-job-that-died", 10)
        self.env.cr.execute("UPDATE retail_sync_message SET claimed_at = claimed_at - interval '1 minute'")
        self.assertFalse(outbox.claim(self.env(su=True), self.firms, "standard", "another", 10))
        sweeper.sweep_out(self.env(su=True))
        self.run_jobs()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")

    def test_change_while_it_is_being_sent_goes_after(self):
        partner = self.linked_firm()
        partner.write({"phone": "+390432222222"})
        self.route()
        su_env = self.env(su=True)
        [first] = outbox.claim(su_env, self.firms, "standard", "busy", 10)
        partner.write({"email": "later@example.com"})
        self.route()
        self.assertEqual(len(self.outbox("pending")), 1)
        self.assertFalse(outbox.claim(su_env, self.firms, "standard", "other", 10), "its changes go in order")
        outbox.give_back(su_env, [first.id])
        [message] = self.outbox("pending")
        self.assertEqual(set(message.sudo().changes), {"phone", "email"})
        self.assertEqual(self.outbox("superseded").id, first.id)

    def test_bulk_import_takes_the_bulk_interface(self):
        self.platform.bulk_from = 10
        partners = [self.linked_firm(f"F{number}") for number in range(12)]
        for number, partner in enumerate(partners):
            partner.write({"phone": f"+3904321111{number:02}"})
        self.send()
        self.assertIn("bulk_push_begin", self.platform.calls)
        self.assertNotIn("push", self.platform.calls)
        self.assertEqual(self.remote("F7")["phone"], "+390432111107")
        self.assertFalse(self.outbox("pending", "sending"))
        self.assertEqual(self.link("F7").sudo().base["phone"], "+390432111107")

    def test_deleted_customer_stays_there_unless_the_stream_says_otherwise(self):
        self.linked_firm("F1").unlink()
        self.send()
        self.assertIn("F1", self.platform.rows[FIRM])
        self.firms.unlink_policy = "delete"
        self.linked_firm("F2").unlink()
        self.send()
        self.assertNotIn("F2", self.platform.rows[FIRM])

    def test_deletion_is_tried_again_after_passing_trouble(self):
        """It became an exception at once, although the platform was only busy."""
        self.firms.unlink_policy = "delete"
        self.linked_firm("F1").unlink()
        self.platform.refusals["F1"] = FaultError("transient", "UNABLE_TO_LOCK_ROW", "The record is locked")
        self.send()
        message = self.outbox()[-1:]
        self.assertEqual((message.state, message.op, message.attempts), ("pending", "delete", 1))
        message.next_try_at = False
        self.send()
        self.assertEqual(message.state, "done")
        self.assertNotIn("F1", self.platform.rows[FIRM])

    def test_deletion_that_the_platform_forbids_is_an_exception(self):
        self.firms.unlink_policy = "delete"
        self.linked_firm("F1").unlink()
        self.platform.refusals["F1"] = FaultError("business", "DELETE_FAILED", "It has open orders")
        self.send()
        self.assertEqual(self.outbox()[-1:].state, "open")

    def test_sent_records_are_counted_whatever_the_sentence_about_them(self):
        """A translation that said "Created" as it said "Nothing to send" would have changed the figures."""
        partner = self.linked_firm()
        partner.write({"phone": "+390432222222"})
        with patch.object(verdicts, "sentence", return_value="…"):
            self.send()
        run = self.outbox()[-1:].run_id
        self.assertEqual((run.n_sent, run.n_same), (1, 0))

    def test_a_delivery_counts_its_calls(self):
        """The list of runs showed 0 calls for all deliveries, while the connection's budget was used up."""
        partner = self.linked_firm()
        partner.write({"phone": "+390432222222"})
        self.send()
        run = self.outbox()[-1:].run_id
        self.assertEqual(run.api_calls, len(self.platform.calls))
        self.assertGreaterEqual(run.api_calls, 2, "a look at the record, and the write")

    def test_a_bulk_delivery_counts_its_calls(self):
        self.platform.bulk_from = 10
        partners = [self.linked_firm(f"F{number}") for number in range(12)]
        for number, partner in enumerate(partners):
            partner.write({"phone": f"+3904321111{number:02}"})
        self.send()
        run = self.outbox()[-1:].run_id
        self.assertEqual(run.kind, "ingest")
        self.assertEqual(run.api_calls, len(self.platform.calls))

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...domain.resilience.faults import FaultError
from ...models.delivery import bulk, deliver
from ...models.outbox import outbox
from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase

VERDICTS = "odoo.addons.retail_sync.models.delivery.verdicts"
APPLY = "odoo.addons.retail_sync.models.reconcile.apply"
ROUTER = "odoo.addons.retail_sync.models.outbox.router"


@tagged("post_install", "-at_install")
class TestPoison(OutboundCase):
    """A record over which Odoo itself fails stands alone, in each path of a delivery."""

    def poisoned_values(self, partner):
        """Let reading the values of one customer fail."""
        entity = type(self.env["retail.sync.entity"]._of_name("customer"))
        original = entity._local_values

        def local_values(model, records, *args, **kwargs):
            if partner in records:
                raise ValueError("Secret Name cannot be read")
            return original(model, records, *args, **kwargs)

        return patch.object(entity, "_local_values", local_values)

    def alone(self, partner):
        [message] = self.outbox("open")
        self.assertEqual((message.res_id, message.fault_code), (partner.id, "PREPARE_FAILED"))
        self.assertNotIn("Secret", message.fault_message)
        self.assertFalse(self.outbox("pending", "sending"))
        return message

    @mute_logger(VERDICTS)
    def test_new_records(self):
        partners = [self.env["res.partner"].create({"name": f"N{number}", "is_company": True}) for number in range(5)]
        with self.poisoned_values(partners[2]):
            self.send()
        self.assertEqual(sorted(row["name"] for row in self.platform.rows[FIRM].values()), ["N0", "N1", "N3", "N4"])
        message = self.alone(partners[2])
        message.action_retry()
        self.run_jobs()
        self.assertEqual(message.state, "done")

    @mute_logger(VERDICTS)
    def test_acknowledgements(self):
        self.ownership_rule("website", "odoo")
        for number in range(5):
            self.firm(f"F{number}")
        self.take(FIRM)
        bad = self.partner("F3")
        with self.poisoned_values(bad):
            self.send()
        self.assertEqual(
            [bool(self.link(f"F{number}").carries_our_id) for number in range(5)], [True, True, True, False, True]
        )
        self.alone(bad)

    @mute_logger(VERDICTS, APPLY)
    def test_known_records(self):
        partners = [self.linked_firm(f"F{number}") for number in range(5)]
        for partner in partners:
            partner.phone = "+390432222222"
        with self.poisoned_values(partners[1]):
            self.send()
        self.assertEqual([self.remote(f"F{number}")["phone"] for number in (0, 2, 3, 4)], ["+390432222222"] * 4)
        self.assertFalse(self.outbox("pending", "sending").filtered(lambda found: found.res_id != partners[1].id))

    @mute_logger(VERDICTS)
    def test_encoding(self):
        partners = [self.linked_firm(f"F{number}") for number in range(6)]
        self.platform.poison = {partners[4].id}
        for partner in partners:
            partner.phone = "+390432222222"
        self.send()
        self.assertEqual(sorted(key for key, _fields in self.platform.writes), ["F0", "F1", "F2", "F3", "F5"])
        self.alone(partners[4])


@tagged("post_install", "-at_install")
class TestParked(OutboundCase):
    """What waits for another record is planned again when there is news about either."""

    def family(self):
        """A new contact whose new firm the platform refuses."""
        parent = self.env["res.partner"].create({"name": "Parent", "is_company": True})
        child = self.env["res.partner"].create({"name": "Child Person", "parent_id": parent.id})
        self.platform.refuses_record = lambda record, fields: (
            FaultError("business", "NO", "No") if record.res_id == parent.id else None
        )
        self.send()
        self.assertEqual(self.outbox("parked").res_id, child.id)
        self.assertEqual(self.outbox("open").res_id, parent.id)
        self.made_before()
        return parent, child

    def test_the_user_takes_the_reference_away(self):
        _parent, child = self.family()
        child.parent_id = False
        self.send()
        self.assertEqual([row["name"] for row in self.platform.rows[PERSON].values()], ["Child Person"])
        self.assertFalse(self.outbox("parked", "pending"))

    def test_the_reference_is_deleted(self):
        parent, child = self.family()
        child.flush_recordset()
        # As a foreign key does: no trigger of a user's edit names the child.
        parent.with_context(active_test=False).child_ids.write({"parent_id": False})
        parent.unlink()
        self.send()
        self.assertFalse(self.outbox("parked"))
        self.assertEqual([row["name"] for row in self.platform.rows[PERSON].values()], ["Child Person"])

    def test_the_reference_is_solved(self):
        parent, _child = self.family()
        self.platform.refuses_record = None
        self.outbox("open").action_retry()
        self.run_jobs()
        self.assertEqual(len(self.platform.rows[PERSON]), 1)
        self.assertTrue(parent)

    def test_a_child_does_not_send_its_refused_parent_again(self):
        _parent, child = self.family()
        self.platform.calls.clear()
        child.phone = "+390432222222"
        self.send()
        self.assertNotIn("push", self.platform.calls)
        self.assertEqual((self.outbox("open").state, self.outbox("parked").res_id), ("open", child.id))

    def test_retry_says_what_happens(self):
        _parent, child = self.family()
        answer = self.outbox("parked").action_retry()
        self.assertIn("wait", answer["params"]["message"])
        self.run_jobs()
        self.assertEqual(self.outbox("parked").res_id, child.id)

    @mute_logger(ROUTER)
    def test_retry_of_a_record_that_could_not_be_routed_keeps_its_change(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        entity = type(self.env["retail.sync.entity"]._of_name("customer"))
        with patch.object(entity, "_subjects", side_effect=ValueError("broken")):
            self.send()
        messages = self.outbox("open")
        self.assertEqual(set(messages.mapped("fault_code")), {"ROUTE_FAILED"})
        self.assertEqual(self.remote("F1")["phone"], "+390432111111")
        self.assertNotIn("broken", messages[0].fault_message)
        messages.action_retry()
        self.run_jobs()
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        self.assertFalse(self.outbox("open", "pending"))

    @mute_logger(ROUTER)
    def test_retry_keeps_the_delivery_that_waited_when_a_later_change_could_not_be_routed(self):
        """The retry closed the delivery with the exception: what it was to send, such as a deletion, was lost."""
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        self.route()
        waiting = self.outbox("pending")
        partner.email = "new@firm.example"
        entity = type(self.env["retail.sync.entity"]._of_name("customer"))
        with patch.object(entity, "_subjects", side_effect=ValueError("broken")):
            self.route()
        self.assertEqual((waiting.state, waiting.fault_code), ("open", "ROUTE_FAILED"))
        waiting.action_retry()
        self.route()
        self.assertEqual(self.outbox("pending"), waiting)
        self.assertLessEqual({"phone", "email"}, set(waiting.changes))
        self.run_jobs()
        self.assertEqual(waiting.state, "done")
        remote = self.remote("F1")
        self.assertEqual((remote["phone"], remote["email"]), ("+390432222222", "new@firm.example"))


@tagged("post_install", "-at_install")
class TestClaims(OutboundCase):
    """A worker that has lost its claim does nothing more; urgent changes overtake bulk deliveries."""

    def claimed(self, partner, claim="a-job"):
        self.route()
        [message] = outbox.claim(self.env(su=True), self.firms, "standard", claim, 10)
        self.assertEqual(message.res_id, partner.id)
        return message

    def test_a_worker_taken_for_dead_sends_nothing(self):
        partner = self.linked_firm()
        partner.phone = "+390432222222"
        first = self.claimed(partner)
        outbox.give_back(self.env(su=True), [first.id])
        # The same job again, with the same name: the number of the claim tells the two apart.
        [second] = outbox.claim(self.env(su=True), self.firms, "standard", first.claim, 10)
        self.assertNotEqual(first.fence, second.fence)
        deliver._deliver(self.env, self.firms, "standard", [first])
        self.assertFalse(self.platform.writes)
        self.assertEqual(self.outbox("sending").id, second.id, "the claim of the other worker is untouched")
        deliver._deliver(self.env, self.firms, "standard", [second])
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        self.assertEqual(self.outbox()[-1:].state, "done")

    def test_what_was_sent_late_is_put_right(self):
        """A worker loses its claim while its call is on the way: the later value counts in the end."""
        partner = self.linked_firm()
        partner.phone = "+390432222221"
        first = self.claimed(partner)
        adapter = type(self.firms._adapter())
        push = adapter.push

        def late(model, stream, outgoing):
            with patch.object(adapter, "push", push):
                outbox.give_back(self.env(su=True), [first.id])
                partner.phone = "+390432222222"
                self.send()
            self.assertEqual(self.remote("F1")["phone"], "+390432222222")
            return push(model, stream, outgoing)

        with patch.object(adapter, "push", late):
            deliver._deliver(self.env, self.firms, "standard", [first])
        self.assertEqual(self.remote("F1")["phone"], "+390432222221", "the late call has landed")
        self.poll()
        self.send()
        self.assertEqual((partner.phone, self.remote("F1")["phone"]), ("+390432222222", "+390432222222"))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_a_failed_worker_gives_back_only_what_it_still_has(self):
        partner = self.linked_firm()
        partner.phone = "+390432222222"
        first = self.claimed(partner)
        outbox.give_back(self.env(su=True), [first.id])
        outbox.claim(self.env(su=True), self.firms, "standard", "another", 10)
        deliver.after_crash(self.env, self.firms, [first], deliver.open_run(self.env, self.firms, "push"))
        self.assertEqual(self.outbox("sending").claim, "another")

    def test_an_urgent_change_overtakes_a_bulk_delivery(self):
        self.firms.map_ids.create(
            {
                "stream_id": self.firms.id,
                "canonical_field": "account_block",
                "remote_path": "blocked",
                "direction": "both",
            }
        )
        partners = [self.linked_firm(f"F{number}", blocked=False) for number in range(12)]
        for partner in partners:
            partner.write({"account_block": True, "account_block_reason": "Late"})
        self.send()
        self.assertTrue(self.remote("F3")["blocked"])
        for partner in partners:
            partner.write({"account_block": False, "phone": "+390432222222"})
        self.route()
        self.outbox("pending").write({"lane": "standard"})
        self.env.flush_all()
        self.platform.bulk_from, self.platform.bulk_is_late = 10, True
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "standard")
        self.assertEqual(len(self.platform.bulk_waits), 12)
        partners[3].write({"account_block": True, "account_block_reason": "Fraud suspected"})
        self.route()
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "critical")
        self.assertEqual((self.remote("F3")["blocked"], self.remote("F3")["phone"]), (True, "+390432222222"))
        # The bulk job is late, and takes the block away again.
        self.platform.run_bulk(self.firms._adapter())
        self.assertFalse(self.remote("F3")["blocked"])
        self.poll()
        self.assertTrue(partners[3].account_block, "what our own job wrote is no edit over there")
        self.run_jobs()
        self.send()
        self.poll()
        self.send()
        self.assertTrue(self.remote("F3")["blocked"])
        self.assertTrue(partners[3].account_block)
        self.assertFalse(self.remote("F4")["blocked"])
        self.assertFalse(self.outbox("pending", "sending", "open"))
        self.assertFalse(self.env["retail.sync.write.intent"].sudo().search([("held_by", "!=", False)]))

    def test_an_urgent_change_overtakes_a_delivery_whose_call_hangs(self):
        """A call of the standard lane may take a minute: a hold of one of its thousand records does not wait for it."""
        partner = self.linked_firm()
        partner.phone = "+390432222221"
        first = self.claimed(partner)
        adapter = type(self.firms._adapter())
        push = adapter.push

        def urgent():
            partner.phone = "+390432222222"
            self.route()
            self.outbox("pending").lane = "critical"
            self.env.flush_all()
            self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "critical")

        def hangs(model, stream, outgoing):
            with patch.object(adapter, "push", push):
                urgent()
                self.assertNotEqual(self.remote("F1").get("phone"), "+390432222222", "it waits for a moment")
                self.outbox("sending").claimed_at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
                self.env.flush_all()
                self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "critical")
            self.assertEqual(self.remote("F1")["phone"], "+390432222222")
            return push(model, stream, outgoing)

        with patch.object(adapter, "push", hangs):
            deliver._deliver(self.env, self.firms, "standard", [first])
        self.assertEqual(self.remote("F1")["phone"], "+390432222221", "the late call has landed")
        self.poll()
        self.send()
        self.assertEqual((partner.phone, self.remote("F1")["phone"]), ("+390432222222", "+390432222222"))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_a_bulk_delivery_that_was_overtaken_before_the_upload_leaves_the_record_out(self):
        partners = [self.linked_firm(f"F{number}") for number in range(12)]
        for partner in partners:
            partner.phone = "+390432222222"
        self.route()
        self.platform.bulk_from, self.platform.bulk_is_late = 10, True
        prepare = deliver.prepare

        def overtaken(env, *args):
            found = prepare(env, *args)
            message = self.outbox("sending").filtered(lambda sent: sent.res_id == partners[5].id)
            message.write({"state": "superseded", "claim": False})
            self.env.flush_all()
            return found

        with patch.object(deliver, "prepare", overtaken):
            bulk.start(self.env(su=True), self.firms, "standard")
        self.assertEqual(len(self.platform.bulk_waits), 11)

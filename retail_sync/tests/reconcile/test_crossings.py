from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ...domain.security.event_notice import Notice
from ...models.delivery import results
from ...models.outbox import outbox, router
from ...runtime.transactions import clock, separate_transaction
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

OLD, NEW, NEWER = "+390432111111", "+390432222222", "+390432333333"


class Killed(BaseException):
    """The end of a worker: no handler of ours sees it."""


@tagged("post_install", "-at_install")
class TestCrossings(OutboundCase):
    """Reads that cross our own writes, and workers that die between the platform's answer and our note of it.

    An edit in Odoo was lost that way: what the platform still showed, or showed already, was taken for an edit on
    the platform, and its clock was ahead.
    """

    def setUp(self):
        super().setUp()
        self.numbers = iter(range(1000))
        self.customer = self.linked_firm("F1", phone=OLD, website="http://old.example")
        # The platform's clock is ahead, as it may be: its edits look later than ours.
        self.later_than_odoo()

    def sides(self, name="phone"):
        self.env.invalidate_all()
        return self.customer[name], self.remote("F1")[name]

    def sync_both_ways(self):
        for _turn in range(2):
            self.send()
            self.poll()

    def poll(self):
        self.env["retail.sync.inbound.jobs"]._job_poll(self.connection.id)
        self.env.flush_all()
        self.env.invalidate_all()

    def notes(self):
        return self.env["retail.sync.write.intent"].sudo().search([])

    @contextmanager
    def reading(self, step):
        """Let step happen between the next read of records by id and what is done with them."""
        adapter = type(self.connection._adapter())
        original, reads = adapter.read_by_ids, []

        def read(adapter_self, stream, external_ids):
            found = original(adapter_self, stream, external_ids)
            if not reads:
                reads.append(1)
                step()
            return found

        with patch.object(adapter, "read_by_ids", read):
            yield
        self.assertTrue(reads)

    def event_while(self, step):
        """Let an event of F1 be read, and taken in only after step."""
        self.env["retail.sync.event"]._store(
            self.connection, "json", [Notice(f"event-{next(self.numbers)}", FIRM, "F1")]
        )
        with self.reading(step):
            self.env["retail.sync.inbound.jobs"]._job_events(self.connection.id, "standard")
        self.env.flush_all()
        self.env.invalidate_all()

    @contextmanager
    def dying(self):
        """Workers die as soon as the platform has answered; what they had in hand waits again."""
        with patch.object(results, "apply_results", side_effect=Killed):
            yield
        with separate_transaction(self.env, read_committed=True) as tx:
            outbox.give_back(tx, self.outbox("sending").ids)
        self.env.invalidate_all()

    def deliver_and_die(self):
        self.route()
        with self.dying(), suppress(Killed):
            self.env["retail.sync.delivery.jobs"]._job_drain(self.firms.id, "standard")
            self.fail("nothing was sent")

    def create_and_die(self):
        """Return a new customer and the platform's record of it, of which no note says that it was created."""
        partner = self.env["res.partner"].create({"name": "Nuova Srl", "is_company": True, "phone": NEW})
        self.route()
        message = self.outbox("pending")
        self.assertEqual(message.res_id, partner.id)
        message.lane = "standard"
        self.deliver_and_die()
        row = next(row for row in self.platform.rows[FIRM].values() if row["name"] == "Nuova Srl")
        self.assertEqual(row["phone"], NEW)
        return partner, row

    # -- reads that cross a write

    def test_an_event_read_before_a_delivery_does_not_undo_it(self):
        self.customer.phone = NEW
        self.event_while(self.send)
        self.assertEqual(self.sides(), (NEW, NEW))
        self.assertEqual(len(self.jobs("_job_refresh")), 1, "it is read again")
        self.run_jobs()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEW, NEW))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_an_edit_that_follows_survives(self):
        """Seen: the old value was taken in, and made the next edit a clash, which the platform's clock won."""
        self.customer.phone = NEW

        def meanwhile():
            self.send()
            self.customer.phone = NEWER
            self.env.flush_all()

        self.event_while(meanwhile)
        self.run_jobs()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))

    def test_an_edit_over_there_that_such_a_read_shows_is_not_lost(self):
        self.customer.phone = NEW

        def meanwhile():
            self.send()

        self.firm("F1", website="http://new.example")
        self.event_while(meanwhile)
        self.run_jobs()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEW, NEW))
        self.assertEqual(self.sides("website"), ("http://new.example", "http://new.example"))

    def test_a_read_that_shows_what_was_agreed_is_taken_in_at_once(self):
        """The echo of our own writes is most of what a platform tells: it costs no second read."""
        self.customer.phone = NEW
        self.send()
        row = self.remote("F1")
        self.take(FIRM, [dict(row)], read_at=self.env.cr.now())
        self.assertFalse(self.jobs("_job_refresh"))
        self.assertEqual(self.sides(), (NEW, NEW))

    def test_a_page_stored_before_a_delivery_does_not_undo_it(self):
        run = self.make_run(FIRM, "initial")
        row = dict(self.firm("F1", phone=OLD))
        page = self.env["retail.sync.page"]._store(run, [row], 10, clock(self.env))
        self.customer.phone = NEW
        self.send()
        self.env["retail.sync.inbound.jobs"]._job_page(run.id, page.id)
        self.assertEqual(self.sides(), (NEW, NEW))
        self.run_jobs()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEW, NEW))

    def test_a_delivery_that_read_before_a_poll_does_not_undo_what_that_brought(self):
        """The poll's watermark is past it by then: only luck would read it again. No user may see the old value."""
        self.customer.email = "new@example.com"

        def meanwhile():
            self.firm("F1", phone=NEWER)
            self.poll()
            self.assertEqual(self.sides(), (NEWER, NEWER))

        partners = type(self.customer)
        with (
            self.reading(meanwhile),
            patch.object(partners, "write", autospec=True, side_effect=partners.write) as write,
        ):
            self.send()
        self.assertIn(NEWER, [call.args[1].get("phone") for call in write.call_args_list])
        self.assertNotIn(OLD, [call.args[1].get("phone") for call in write.call_args_list])
        self.assertEqual(self.sides(), (NEWER, NEWER))
        self.env.cr.execute("UPDATE retail_sync_message SET next_try_at = NULL WHERE state = 'pending'")
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))
        self.assertEqual(self.sides("email"), ("new@example.com", "new@example.com"))

    def test_a_review_stays_open_until_the_record_is_read_again(self):
        """What is out of date says nothing about an exception either."""
        self.customer.phone = NEW
        self.send()
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "external_id": "F1",
                "state": "open",
                "direction": "in",
                "fault_code": "CONFLICT",
            }
        )
        row = dict(self.remote("F1"), phone=OLD)
        self.assertEqual(self.take(FIRM, [row], read_at=self.env.cr.now()), {"unchanged": 1})
        self.assertEqual(message.state, "open")

    def test_an_edit_of_a_record_that_is_being_sent_is_looked_for_again_shortly(self):
        """Seen in the demo: an edit during the acknowledgement of its record waited a minute, for the sweeper."""
        self.customer.phone = NEW
        self.route()
        self.outbox("pending").write({"state": "sending", "claim": "another job", "lane": "bulk"})
        self.customer.phone = NEWER
        self.route()
        self.env["queue.job"].search([]).unlink()
        self.env["retail.sync.delivery.jobs"]._job_drain(self.firms.id, self.outbox("pending").lane)
        self.assertEqual(len(self.jobs("_job_drain")), 1)

    # -- workers that die

    def test_a_value_that_was_accepted_is_ours_even_if_the_answer_was_lost(self):
        self.customer.phone = NEW
        self.deliver_and_die()
        self.assertEqual(self.remote("F1")["phone"], NEW)
        self.assertEqual(self.notes().mapped("sent"), [{"phone": NEW}])
        self.customer.phone = NEWER
        self.env.flush_all()
        self.later_than_odoo()
        self.firm("F1", website="http://new.example")
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))
        self.assertEqual(self.sides("website"), ("http://new.example", "http://new.example"))

    def test_so_it_is_when_a_poll_comes_first(self):
        self.customer.phone = NEW
        self.deliver_and_die()
        self.customer.phone = NEWER
        self.env.flush_all()
        self.later_than_odoo()
        self.firm("F1", website="http://new.example")
        self.poll()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))

    def test_an_edit_over_there_after_it_counts(self):
        self.customer.phone = NEW
        self.deliver_and_die()
        self.later_than_odoo()
        self.firm("F1", phone=NEWER)
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))

    def test_a_new_record_whose_worker_died_keeps_later_edits(self):
        partner, row = self.create_and_die()
        partner.phone = NEWER
        self.env.flush_all()
        self.later_than_odoo()
        self.firm(row["id"], website="http://new.example")
        self.poll()
        self.sync_both_ways()
        self.assertEqual((partner.phone, self.remote(row["id"])["phone"]), (NEWER, NEWER))
        self.assertEqual(len(self.platform.rows[FIRM]), 2)

    def test_an_edit_of_a_new_record_whose_worker_died_is_not_overwritten(self):
        """It had not been read by then: it was sent once more as a new one, with all its fields."""
        partner, row = self.create_and_die()
        self.later_than_odoo()
        self.firm(row["id"], phone=NEWER, website="http://new.example")
        self.made_before()
        partner.email = "new@example.com"
        self.platform.calls.clear()
        self.send()
        self.assertEqual(self.platform.calls.count("read_by_keys"), 1)
        self.assertEqual(self.partner(row["id"]), partner)
        self.env.cr.execute("UPDATE retail_sync_message SET next_try_at = NULL WHERE state = 'pending'")
        self.sync_both_ways()
        self.env.invalidate_all()
        self.assertEqual((partner.phone, self.remote(row["id"])["phone"]), (NEWER, NEWER))
        self.assertEqual((partner.email, self.remote(row["id"])["email"]), ("new@example.com", "new@example.com"))
        self.assertEqual(partner.website, "http://new.example")
        self.assertEqual(len(self.platform.rows[FIRM]), 2)

    # -- what is noted, and for how long

    def test_nothing_is_left_after_an_answer(self):
        self.customer.phone = NEW
        self.send()
        self.assertFalse(self.notes())

    def test_nothing_is_left_after_a_refusal(self):
        self.platform.refusals["F1"] = FaultError("business", "RULE", "No.")
        self.customer.phone = NEW
        self.send()
        self.assertEqual(len(self.outbox("open")), 1)
        self.assertFalse(self.notes())

    def test_trying_again_and_again_adds_no_note(self):
        self.customer.phone = NEW
        for _try in range(3):
            self.platform.refusals["F1"] = FaultError("transient", "BUSY", "Later.")
            self.outbox("pending").next_try_at = False
            self.send()
        self.assertEqual(len(self.notes()), 1)

    def test_a_note_is_forgotten_some_time_after_the_next_read(self):
        self.customer.phone = NEW
        self.deliver_and_die()
        self.assertFalse(self.notes().forget_at)
        self.send()
        # What was sent before is what the platform shows: agreed, and nothing was sent again.
        self.assertTrue(self.notes().forget_at)
        self.env.cr.execute("UPDATE retail_sync_write_intent SET forget_at = now() - interval '1 hour'")
        self.customer.phone = NEWER
        self.send()
        self.later_than_odoo()
        self.firm("F1", phone=NEW)
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEW, NEW), "by now this is an edit over there")
        self.env["retail.sync.write.intent"]._sweep()
        self.assertFalse(self.notes())

    # -- when edits were made

    def test_what_a_page_notes_makes_no_edit_older(self):
        """The platform's version was noted in the place of the edit's own time."""
        self.customer.phone = NEW
        self.route()
        message = self.outbox("pending")
        made = message.sudo().changes["phone"]
        router.enqueue(self.env, self.firms, [(self.customer.id, "write", {"phone": 5, "email": 7}, 1)])
        message.invalidate_recordset()
        self.assertEqual(message.sudo().changes, {"phone": made, "email": 7})

    def test_an_edit_by_plain_sql_has_its_time_before_it_is_routed(self):
        """It leaves write_date as it was: against that, any edit over there was the later one."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01' WHERE id = %s", [self.customer.id])
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.platform.now = 1_700_000_000_000
        self.firm("F1", phone=NEW)
        self.env.cr.execute("UPDATE res_partner SET phone = %s WHERE id = %s", [NEWER, self.customer.id])
        self.env.invalidate_all()
        self.poll()
        self.sync_both_ways()
        self.assertEqual(self.sides(), (NEWER, NEWER))

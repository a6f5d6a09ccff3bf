from unittest.mock import patch

from odoo.tests import tagged

from ...models.inbound import event, event_store
from ..fake_platform import FIRM, PERSON
from ..inbox_case import InboxCase


@tagged("post_install", "-at_install")
class TestInbox(InboxCase):
    """From a stored event to the record in Odoo."""

    # -- storing

    def test_an_event_brings_its_record(self):
        self.firm("F1", name="Rossi", phone="0432 1")
        self.assertEqual(self.tell(FIRM, "F1"), 1)
        self.assertEqual(len(self.triggers()), 1)
        self.assertFalse(self.triggers().eta, "an idle connection does not wait")
        self.run_jobs()
        self.assertEqual(self.partner("F1").name, "Rossi")
        reported = self.events()
        self.assertEqual((reported.state, reported.attempts, reported.claim), ("done", 1, False))
        self.assertTrue(reported.done_at >= reported.received_at.replace(microsecond=0))
        run = self.env["retail.sync.run"].search([("kind", "=", "events")])
        self.assertEqual((run.state, run.n_read, run.n_created), ("done", 1, 1))
        self.assertEqual(reported.correlation_id, run.correlation_id)
        self.assertFalse(self.triggers())

    def test_one_that_comes_twice_is_stored_once(self):
        self.firm("F1")
        self.assertEqual(self.tell(FIRM, "F1", key="same"), 1)
        self.assertEqual(self.tell(FIRM, "F1", key="same"), 0)
        self.assertEqual(len(self.events()), 1)
        self.assertEqual(len(self.triggers()), 1, "an event that is known triggers no job")

    def test_one_statement_stores_a_request(self):
        ids = [f"F{number}" for number in range(100)]
        self.tell(FIRM, *ids)
        self.env.flush_all()
        # Besides the INSERT, which goes past the counter: how many came lately, whether the jobs' user exists, a wake.
        with self.assertQueryCount(3), patch.object(event, "execute_values", wraps=event.execute_values) as insert:
            self.tell(FIRM, *ids)
        self.assertEqual(insert.call_count, 1)
        self.assertGreaterEqual(insert.call_args.kwargs["page_size"], 100)

    def test_names_of_objects_in_any_case(self):
        self.firm("F1")
        self.tell(FIRM.upper(), "F1")
        self.run_jobs()
        self.assertEqual(self.partner("F1").name, "Firm F1")

    def test_objects_that_no_stream_reads(self):
        self.tell("Opportunity", "O1")
        self.assertEqual((self.events().state, self.events().stream_id.id), ("ignored", False))
        self.assertFalse(self.triggers())

    def test_connections_have_their_own_keys(self):
        other = self.make_connection(name="Second")
        self.tell(FIRM, "F1", key="same")
        self.assertEqual(self.tell(FIRM, "F1", key="same", connection=other), 1)

    # -- taking in

    def test_events_of_a_record_are_one_read(self):
        for number in range(3):
            self.firm(f"F{number}")
        self.tell(FIRM, *["F0", "F1", "F2"] * 4)
        self.platform.calls.clear()
        self.run_events()
        self.assertEqual(self.platform.calls, ["read_by_ids"])
        self.assertEqual(len(self.events(state="done")), 12)

    def test_parents_are_read_before_children(self):
        self.person("P1", firm="F1")
        self.firm("F1")
        self.tell(PERSON, "P1")
        self.tell(FIRM, "F1")
        self.run_events()
        self.assertEqual(self.partner("P1").parent_id, self.partner("F1"))

    def test_an_event_that_is_older_than_what_is_known(self):
        self.firm("F1", phone="0432 1")
        self.take(FIRM)
        partner = self.partner("F1")
        with patch.object(type(partner), "write", side_effect=AssertionError("nothing is to be written")):
            self.tell(FIRM, "F1")
            self.run_events()
        self.assertEqual(self.events().state, "done")
        run = self.env["retail.sync.run"].search([("kind", "=", "events")])
        self.assertEqual((run.n_read, run.n_unchanged, run.n_updated), (1, 1, 0))

    def test_a_read_that_was_overtaken_changes_nothing(self):
        """Two jobs read a record; the one that read first comes last."""
        stale = dict(self.firm("F1", phone="0432 1"))
        self.firm("F1", phone="0432 2")
        self.take(FIRM)
        self.tell(FIRM, "F1")
        with patch.object(type(self.connection._adapter()), "read_by_ids", lambda *args: ([stale], [])):
            self.run_events()
        self.assertEqual(self.partner("F1").phone, "0432 2")

    def test_a_deletion_is_believed_of_the_platform_only(self):
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        self.platform.delete(FIRM, "F1")
        del self.platform.rows[FIRM]["F2"]  # hidden: the platform says of it nothing at all
        self.tell(FIRM, "F1", "F2")
        self.run_events()
        self.assertEqual(self.link("F1").state, "deleted")
        self.assertFalse(self.partner("F1").active)
        self.assertEqual(self.link("F2").state, "missing")
        self.assertTrue(self.partner("F2").active)
        self.assertEqual(set(self.events().mapped("state")), {"done"})

    def test_a_merge(self):
        self.connection.remote_merge_handling = "secondary"
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        winner = self.partner("F2")
        self.platform.delete(FIRM, "F1", winner="F2")
        self.tell(FIRM, "F1", "F2")
        self.run_events()
        self.assertEqual(self.link("F1").state, "merged")
        self.assertEqual(self.link("F1").res_id, winner.id)

    def test_events_that_came_in_before_the_read_are_covered_by_it(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        with patch.object(event_store, "CLAIM_SIZE", 1):
            self.tell(FIRM, "F1")
            self.platform.calls.clear()
            self.run_events()
        self.assertEqual(self.platform.calls, ["read_by_ids"])
        self.assertEqual(set(self.events().mapped("state")), {"done"})

    def test_an_event_that_comes_in_during_the_read_is_read_again(self):
        self.firm("F1", phone="0432 1")
        self.tell(FIRM, "F1")
        read = type(self.connection._adapter()).read_by_ids

        def meanwhile(adapter, stream, external_ids):
            rows = read(adapter, stream, external_ids)
            if len(self.platform.calls) == 1:
                self.firm("F1", phone="0432 2")
                self.tell(FIRM, "F1")
            return rows

        self.platform.calls.clear()
        with patch.object(type(self.connection._adapter()), "read_by_ids", meanwhile):
            self.run_events()
        self.assertEqual(self.platform.calls, ["read_by_ids", "read_by_ids"])
        self.assertEqual(self.partner("F1").phone, "0432 2")

    def test_a_record_that_is_an_exception_already(self):
        self.firm("F1", name="")
        self.take(FIRM)
        attempts = self.message("F1").attempts
        self.tell(FIRM, "F1")
        self.run_events()
        self.assertEqual(self.message("F1").attempts, attempts)
        self.firm("F1", name="Rossi")
        self.tell(FIRM, "F1")
        self.run_events()
        self.assertEqual(self.message("F1").state, "done")

    # -- the bar of the storm, small

    def test_a_storm_in_any_order(self):
        ids = [f"F{number}" for number in range(60)]
        for external_id in ids:
            self.firm(external_id, phone="0432 1")
        self.take(FIRM)
        writes = []
        partner = type(self.env["res.partner"])
        for external_id in ids:
            self.firm(external_id, phone="0432 2")
        write = partner.write

        def counted(records, vals):
            if "phone" in vals:
                writes.extend(records.ids)
            return write(records, vals)

        self.platform.calls.clear()
        with patch.object(partner, "write", counted):
            for start in range(0, 600, 100):
                reported = [ids[(number * 37) % 60] for number in range(start, start + 100)]
                self.tell(FIRM, *reported)
            self.run_jobs()
        self.assertEqual(len(writes), 60)
        self.assertEqual(self.platform.calls, ["read_by_ids"])
        self.assertEqual({self.partner(external_id).phone for external_id in ids}, {"0432 2"})
        self.assertFalse(self.events(state="pending"))

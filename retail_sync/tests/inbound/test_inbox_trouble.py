import json
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ...models.inbound import event_jobs, event_store, intake
from ...models.reconcile import remote_deletions
from ..fake_platform import FIRM, PERSON
from ..inbox_case import InboxCase


@tagged("post_install", "-at_install")
class TestInboxTrouble(InboxCase):
    """Events that wait, that fail, and that no job has claimed."""

    # -- waiting

    def test_events_wait_until_their_stream_is_live(self):
        self.firm("F1")
        self.firms.write({"state": "loading", "cursor": False})
        self.tell(FIRM, "F1")
        self.assertFalse(self.triggers())
        self.run_events()
        self.assertEqual(self.events().state, "pending")
        self.firms.state = "live"
        self.env.flush_all()
        self.outlive(61)
        event_store.sweep(self.env, self.connection)
        self.run_jobs()
        self.assertEqual(self.events().state, "done")

    def test_events_of_a_stream_that_is_loaded_again_do_not_wait(self):
        """A reload of hours kept each change of those hours out of Odoo."""
        self.firm("F1")
        self.firms.state = "loading"
        self.tell(FIRM, "F1")
        self.run_jobs()
        self.assertEqual(self.events().state, "done")

    def test_events_of_a_paused_connection_wait(self):
        self.firm("F1")
        self.connection.state = "paused"
        self.tell(FIRM, "F1")
        self.run_events()
        self.assertEqual((self.events().state, len(self.triggers())), ("pending", 0))

    def test_a_storm_is_taken_in_on_a_beat(self):
        self.tell(FIRM, *[f"F{number}" for number in range(event_store.STORM)])
        self.outlive(1)
        before = len(self.triggers())
        self.tell(FIRM, "F0")
        trigger = (self.triggers().sorted("id"))[before:]
        self.assertTrue(trigger.eta)
        self.assertFalse(int(trigger.eta.timestamp()) % event_store.BEAT_SECONDS["standard"])

    def test_critical_streams_have_their_own_job(self):
        self.firm("F1")
        self.person("P1")
        self.firms.lane = "critical"
        self.tell(FIRM, "F1")
        self.tell(PERSON, "P1")
        self.assertEqual(
            sorted(self.triggers().mapped("channel")), ["root.retail_sync.critical", "root.retail_sync.standard"]
        )
        self.run_events("critical")
        self.assertEqual(self.events(state="done").remote_object, FIRM)

    # -- trouble

    def fail_reads(self, fault, times=1):
        """Let the next reads fail; return the patch."""
        read = type(self.connection._adapter()).read_by_ids
        left = iter(range(times))

        def failing(adapter, stream, external_ids):
            if next(left, None) is not None:
                self.platform.calls.append("failed")
                raise fault
            return read(adapter, stream, external_ids)

        return patch.object(type(self.connection._adapter()), "read_by_ids", failing)

    def test_passing_trouble_keeps_events_and_burns_no_attempt(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        self.tell(FIRM, "F1")
        with self.fail_reads(FaultError("throttled", "SLOW", "Later", retry_after=77)):
            retry = self.put_off()
        self.assertEqual((retry.seconds, retry.ignore_retry), (77, True))
        self.assertEqual(
            set(self.events().mapped(lambda event: (event.state, event.attempts, event.claim))), {("pending", 0, False)}
        )
        self.assertFalse(self.triggers(), "the job that was put off finds them all")
        self.run_events()
        self.assertEqual(set(self.events().mapped("state")), {"done"})

    def test_a_stream_that_does_not_fit_any_more_is_stopped_and_its_events_wait(self):
        self.firm("F1")
        self.person("P1")
        self.tell(FIRM, "F1")
        self.tell(PERSON, "P1")
        with self.fail_reads(FaultError("contract", "INVALID_FIELD", "No such field")):
            self.run_events()
        self.assertEqual((self.firms.state, self.persons.state), ("stopped", "live"))
        self.assertEqual(self.events(remote_object=FIRM).state, "pending")
        self.assertEqual(self.events(remote_object=PERSON).state, "done")
        self.firms.action_resume()
        self.run_events()
        self.assertEqual(self.events(remote_object=FIRM).state, "done")

    def test_a_mapping_without_lines_stops_the_stream(self):
        self.firm("F1")
        self.firms.map_ids.unlink()
        self.tell(FIRM, "F1")
        self.run_events()
        self.assertEqual((self.firms.state, self.events().state), ("stopped", "pending"))
        self.assertFalse(self.message("F1"))

    def test_a_record_that_cannot_be_processed_keeps_no_other(self):
        for number in range(5):
            self.firm(f"F{number}")
        self.tell(FIRM, *[f"F{number}" for number in range(5)])
        process = intake.process

        def choking(service, stream, rows, run, **options):
            if any(row["id"] == "F3" for row in rows):
                raise ZeroDivisionError("F3")
            return process(service, stream, rows, run, **options)

        with patch.object(intake, "process", choking), self.assertLogs(level="WARNING"):
            self.run_events()
        self.assertEqual(self.events(state="failed").external_id, "F3")
        self.assertEqual(len(self.events(state="done")), 4)
        message = self.message("F3")
        self.assertEqual((message.state, message.fault_code, message.payload["id"]), ("open", "JOB_CRASHED", "F3"))

    def test_a_deletion_that_cannot_be_followed_keeps_no_other(self):
        ids = [f"F{number}" for number in range(4)]
        for external_id in ids:
            self.firm(external_id)
        self.poll()
        for external_id in ids:
            self.platform.delete(FIRM, external_id)
        self.tell(FIRM, *ids)
        apply_deletions = remote_deletions.apply_deletions

        def choking(env, stream, refs):
            if any(ref.external_id == "F2" for ref in refs):
                raise ZeroDivisionError("F2")
            return apply_deletions(env, stream, refs)

        with patch.object(remote_deletions, "apply_deletions", choking):
            self.run_events()
        self.assertEqual([self.link(key).state for key in ids], ["deleted", "deleted", "in_sync", "deleted"])
        self.assertEqual(self.events(state="failed").external_id, "F2")
        self.assertEqual(self.message("F2").fault_code, "DELETE_REFUSED")

    def test_a_record_that_cannot_be_read_is_found_and_given_up(self):
        ids = [f"F{number}" for number in range(30)]
        for external_id in ids:
            self.firm(external_id)
        self.tell(FIRM, *ids)
        read = type(self.connection._adapter()).read_by_ids

        def choking(adapter, stream, external_ids):
            if "F7" in external_ids:
                raise FaultError("unknown", "UNKNOWN_EXCEPTION", "Something went wrong over there")
            return read(adapter, stream, external_ids)

        with patch.object(type(self.connection._adapter()), "read_by_ids", choking):
            with patch.object(event_jobs, "TARGET_SECONDS", 600):
                for _number in range(len(event_jobs.READ_SIZES) - 1):
                    self.put_off()
                self.assertFalse(self.events(state="failed"))
                self.run_events()
        self.assertEqual(self.events(state="failed").external_id, "F7")
        self.assertEqual(len(self.events(state="done")), 29)
        self.assertEqual(self.message("F7").state, "open")

    def test_events_in_the_hand_of_a_dead_worker(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        event_store.claim(self.env, self.connection, "standard", "dead")
        self.assertFalse(self.triggers())
        self.run_events()
        self.assertEqual(self.events().state, "pending", "it is not another job's to take")
        self.outlive(61)
        event_store.sweep(self.env, self.connection)
        self.assertEqual((self.events().claim, len(self.triggers())), (False, 1))
        event_store.sweep(self.env, self.connection)
        self.assertEqual(len(self.triggers()), 1)
        self.run_jobs()
        self.assertEqual(self.events().state, "done")

    def test_a_record_that_another_worker_has_in_hand_is_left_to_it(self):
        self.firm("F1")
        self.firm("F2")
        self.tell(FIRM, "F1")
        event_store.claim(self.env, self.connection, "standard", "another")
        self.tell(FIRM, "F1", "F2")
        self.run_events()
        self.assertEqual(self.events(state="done").external_id, "F2")
        self.env["retail.sync.inbound.jobs"].with_context(job_uuid="another")._job_events(self.connection.id)
        self.assertFalse(self.events(state="pending"))

    def test_a_job_that_starts_again_takes_what_it_had_in_hand(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        event_store.claim(self.env, self.connection, "standard", "me")
        self.env["retail.sync.inbound.jobs"].with_context(job_uuid="me")._job_events(self.connection.id)
        self.assertEqual(self.events().state, "done")

    def test_fresh_events_are_none_of_the_sweepers_business(self):
        self.tell(FIRM, "F1")
        self.triggers().unlink()
        event_store.sweep(self.env, self.connection)
        self.assertFalse(self.triggers())

    def test_a_job_hands_over_after_a_while(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        with patch.object(event_jobs, "TARGET_SECONDS", -1):
            self.run_events()
        self.assertEqual(self.events().state, "done")
        self.assertEqual(len(self.triggers()), 1)

    # -- people

    def test_reading_again_by_hand(self):
        self.firm("F1")
        self.tell(FIRM, "F1")
        self.run_jobs()
        self.firm("F1", phone="0432 9")
        self.events().with_user(self.make_user("ophelia", "group_operator")).action_again()
        self.run_jobs()
        self.assertEqual(self.partner("F1").phone, "0432 9")

    def test_the_overview_tells_when_the_last_event_came(self):
        self.assertFalse(self.connection.last_event_at)
        self.tell(FIRM, "F1")
        self.connection.invalidate_recordset()
        card = next(
            card
            for card in self.env["retail.sync.connection"].get_overview()["connections"]
            if card["id"] == self.connection.id
        )
        self.assertEqual(card["last_event_at"], fields.Datetime.to_string(self.connection.last_event_at))
        json.dumps(card)

    def test_old_events_are_dropped(self):
        self.tell(FIRM, "F1", "F2")
        self.tell("Opportunity", "O1")
        self.run_events()
        self.outlive(13 * 86400)
        self.tell(FIRM, "F3")
        self.env["retail.sync.event"]._gc_events()
        self.assertEqual(len(self.events()), 4)
        self.outlive(2 * 86400)
        self.env["retail.sync.event"]._gc_events()
        self.assertEqual(self.events().mapped("external_id"), ["F3"])

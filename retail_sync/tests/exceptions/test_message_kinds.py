from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...domain.resilience.faults import FaultError
from ...models.exceptions import exception_queue
from ...models.exceptions.subject import (
    ALARM_SUBJECTS,
    Subject,
    of_alarm,
    of_delivery,
    of_record,
    of_remote_merge,
    of_two_records,
    subject_key,
)
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestMessageKinds(EngineCase):
    """Each message says by its kind and its subject fields what it is about."""

    def open(self, subject, stream=None, run=None):
        return exception_queue.technical(
            self.env, self.connection, "CODE", "It failed", subject, stream=stream, run=run
        )

    def test_a_failed_record_names_the_remote_record(self):
        self.platform.put(FIRM, "F1")
        self.take(FIRM)
        message = self.message("F1")
        self.assertEqual((message.kind, message.external_id, message.direction), ("record", "F1", "in"))
        self.assertTrue(message.url.endswith("/Firm/F1"))

    def test_different_subjects_have_different_keys(self):
        subjects = [of_record("3"), of_two_records("3"), of_delivery("res.partner", 3)]
        subjects += [of_alarm(about) for about, _label in ALARM_SUBJECTS] + [of_alarm("worker", "_job_drain")]
        # An external id may look like anything.
        subjects += [of_record(subject.key()) for subject in subjects]
        self.assertEqual(len({subject.key() for subject in subjects}), len(subjects))

    def test_a_record_its_review_and_its_merge_are_one_open_message(self):
        keys = {of_record("F1").key(), of_remote_merge("F1").key(), Subject("review", external_id="F1").key()}
        self.assertEqual(len(keys), 1)
        message = self.open(of_record("F1"), self.firms)
        again = self.open(of_remote_merge("F1"), self.firms)
        self.assertEqual((again, again.kind, again.merge_task), (message, "merge", "follow"))

    def test_alarms_of_two_loads_are_two(self):
        runs = [self.env["retail.sync.run"].create({"connection_id": self.connection.id, "kind": "dry"}) for _i in "ab"]
        messages = [self.open(of_alarm("load"), run=run) for run in runs]
        self.assertNotEqual(*messages)
        self.assertEqual(self.open(of_alarm("load"), run=runs[0]), messages[0])

    def test_an_alarm_is_renewed_while_it_is_open(self):
        message = self.open(of_alarm("poll"))
        self.assertEqual((self.open(of_alarm("poll")), message.attempts), (message, 1))
        message._resolve("Over")
        self.assertNotEqual(self.open(of_alarm("poll")), message)

    def test_an_alarm_has_a_name_without_an_id(self):
        self.assertEqual(self.open(of_alarm("stream"), self.firms).display_name, f"Stream {self.firms.display_name}")
        self.assertEqual(self.open(of_alarm("poll")).display_name, f"Poll {self.connection.display_name}")

    def test_resuming_a_stream_closes_its_alarm_and_no_other(self):
        self.firms._stop(FaultError("contract", "X", "No permission"))
        alarm, other = self.open(of_alarm("stream"), self.firms), self.open(of_alarm("stream"), self.persons)
        record = self.open(of_record("F1"), self.firms)
        self.firms.action_resume()
        self.assertEqual((alarm.state, other.state, record.state), ("done", "open", "open"))

    def test_a_created_message_gets_the_key_of_its_subject(self):
        vals = {"connection_id": self.connection.id, "stream_id": self.firms.id}
        message = self.env["retail.sync.message"].create(dict(vals, external_id="F1"))
        self.assertEqual((message.kind, message.key), ("record", of_record("F1").key()))
        delivery = {"kind": "delivery", "res_model": "res.partner", "res_id": self.env.user.partner_id.id}
        message = self.env["retail.sync.message"].create(dict(vals, **delivery, state="pending"))
        self.assertEqual(message.direction, "out")

    def test_a_subject_that_names_nothing_is_refused(self):
        for kind in ("record", "review", "merge", "alarm", "delivery"):
            with self.assertRaises(ValueError):
                subject_key(kind)

    @mute_logger("odoo.sql_db")
    def test_only_reviews_are_reviewed_and_only_deliveries_go_out(self):
        message = self.open(of_record("F1"), self.firms)
        for vals in ({"state": "review"}, {"direction": "out"}):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                message.write(vals)
                message.flush_recordset()

    @mute_logger("odoo.sql_db")
    def test_a_connection_has_one_open_alarm_about_a_thing(self):
        message = self.open(of_alarm("poll"))
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            message.copy({"key": message.key})

    def test_every_kind_says_in_every_state_what_happens_next(self):
        """A state says who acts: of a refused field, "Needs attention" alone does not say what becomes of the rest."""
        partner = self.env["res.partner"].create({"name": "Awaited Ltd"})
        messages = self.env["retail.sync.message"]
        subject = {"res_model": "res.partner", "res_id": partner.id}
        common = {"connection_id": self.connection.id, "stream_id": self.firms.id}
        of_kind = {
            kind: messages.create({**common, **subject, "kind": kind, "external_id": "F1", "key": kind, **values})
            for kind, values in (
                ("record", {"state": "open"}),
                ("delivery", {"state": "parked", "waits_for": f"res.partner/{partner.id}"}),
                ("field", {"state": "open"}),
                ("brake", {"state": "open", "refusal_count": 12, "title": "Language is refused"}),
                ("overwritten", {"state": "open"}),
                ("review", {"state": "review"}),
                ("merge", {"state": "open", "merge_task": "follow"}),
                ("alarm", {"state": "open", "alarm_about": "poll"}),
            )
        }
        texts = {kind: message.outlook for kind, message in of_kind.items()}
        self.assertEqual(len(set(texts.values())), len(texts))
        self.assertIn("other fields of the record were sent", texts["field"])
        self.assertIn("12 records wait", texts["brake"])
        self.assertIn("Awaited Ltd", texts["delivery"])
        of_kind["field"].write({"state": "parked", "brake_id": of_kind["brake"].id})
        self.assertIn("Language is refused", of_kind["field"].outlook)
        of_kind["record"].user_id = self.env.user
        self.assertIn(self.env.user.name, of_kind["record"].outlook)
        for state, _label in messages._fields["state"]._description_selection(self.env):
            if state not in ("done", "superseded", "review"):
                of_kind["delivery"].state = state
                self.assertTrue(of_kind["delivery"].outlook, state)

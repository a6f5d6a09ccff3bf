from itertools import count

from odoo.tests import tagged

from ...domain.resilience.faults import FaultClass, FaultError
from ...models.exceptions import exception_queue
from ...models.exceptions.subject import ALARM_SUBJECTS, of_alarm
from ..engine_case import EngineCase
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase
from ..outbox.test_facts import FactCase

NEXT_DELIVERY = "Sent automatically with the next delivery."
REFUSED = FaultError("business", "REFUSED", "Not this one")


@tagged("post_install", "-at_install")
class TestOutlookOfFacts(FactCase):
    """The outlook of a fact says who acts, and what its place in the order of the record's facts means."""

    def outlooks(self):
        return {message.fact_key: message.outlook for message in self.messages()}

    def test_a_failed_fact_names_retry_and_ignore_and_the_facts_that_wait(self):
        self.record(self.first, "a")
        self.platform.refusals["a"] = REFUSED
        self.drain()
        found = self.outlooks()["a"]
        for words in ("presses Retry", "or Ignore", "later facts of the record wait"):
            self.assertIn(words, found)
        self.assertNotIn("A change of the record in Odoo", found, "a fact is sent as it was recorded")

    def test_a_fact_behind_a_failed_one_waits_for_that_one(self):
        """It was announced for the next delivery, which passed it over each time."""
        for key in ("a", "b", "c"):
            self.record(self.first, key)
        self.record(self.second, "d")
        self.assertEqual(self.outlooks()["d"], NEXT_DELIVERY)
        self.platform.refusals["a"] = REFUSED
        self.drain()
        for key in ("b", "c"):
            self.assertIn("Waits for the earlier fact “a”", self.outlooks()[key])
            self.assertIn("needs attention", self.outlooks()[key])
        self.messages()[0].action_ignore("no use")
        self.assertEqual(self.outlooks()["b"], NEXT_DELIVERY)
        self.assertEqual(self.outlooks()["c"], "Sent automatically after the earlier fact “b” of the record.")

    def test_a_retry_that_is_planned_does_not_hide_what_the_fact_waits_for(self):
        for key in ("a", "b"):
            self.record(self.first, key)
        self.platform.refusals["a"] = REFUSED
        self.drain()
        self.messages()[1].next_try_at = "2026-03-01 12:00:00"
        self.assertIn("Waits for the earlier fact “a”", self.outlooks()["b"])

    def test_an_ignored_fact_is_never_sent(self):
        self.record(self.first, "a")
        self.messages().action_ignore("no use")
        self.assertEqual(
            self.outlooks()["a"], "This fact is never sent. Later facts of the record are sent without it."
        )
        self.assertFalse(self.record(self.first, "a"), "recorded again, it is no new fact")

    def test_many_facts_cost_as_many_queries_as_few(self):
        numbers = count()

        def queries(facts):
            for _number in range(facts):
                self.record(self.first, f"fact/{next(numbers)}")
            messages = self.messages()
            messages.mapped("state")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            messages.mapped("outlook")
            return self.env.cr.sql_log_count - before

        few = queries(3)
        self.assertEqual(queries(30), few)


@tagged("post_install", "-at_install")
class TestOutlookOfDeliveries(OutboundCase):
    """The outlook of a delivery that waits says for what: a stream that stands still sends nothing "next"."""

    def pending(self):
        self.linked_firm(phone="+390432111111").phone = "+390432222222"
        self.route()
        return self.outbox("pending")

    def test_a_stream_or_connection_that_stands_still_is_named(self):
        message = self.pending()
        self.assertEqual(message.outlook, NEXT_DELIVERY)
        cases = (
            (self.connection, {"state": "paused"}, f"resumes the connection {self.connection.name}"),
            (self.firms, {"state": "stopped"}, "presses Resume there"),
            (self.firms, {"state": "paused"}, f"resumes the stream {self.firms.name}"),
            (self.firms, {"state": "loading", "cursor": False}, f"after the load of {self.firms.name}"),
            (self.firms, {"state": "draft"}, "is loaded"),
            (self.firms, {"direction": "in"}, "may write to the platform"),
        )
        for record, values, words in cases:
            with self.subTest(words=words):
                before = {name: record[name] for name in values}
                record.write(values)
                self.env.invalidate_all()
                self.assertFalse(self.firms._delivers(message.lane))
                self.assertIn(words, message.outlook)
                record.write(before)
        self.env.invalidate_all()
        self.assertEqual(message.outlook, NEXT_DELIVERY)

    def test_send_now_says_what_is_not_sent(self):
        """It answered that the change is being sent, while the connection was paused."""
        message = self.pending()
        self.connection.state = "paused"
        answer = message.action_retry()["params"]
        self.assertIn("1 of them are not sent yet", answer["message"])
        self.assertEqual(answer["type"], "warning")
        self.connection.state = "running"
        self.assertNotIn("not sent yet", message.action_retry()["params"]["message"])

    def test_bulk_work_waits_for_the_decision_about_a_mass_refusal(self):
        message = self.pending()
        message.lane = "bulk"
        self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "kind": "brake",
                "key": "brake:test",
                "state": "open",
                "fault_code": "REFUSED",
            }
        )
        self.env.invalidate_all()
        self.assertIn("mass refusal of the stream", message.outlook)

    def test_a_delivery_behind_a_failed_record_says_that_the_record_needs_attention(self):
        parent, child = self.env["res.partner"].create(
            [{"name": "Parent Spa", "is_company": True}, {"name": "Child Person"}]
        )
        child.parent_id = parent
        self.platform.refuses_record = lambda record, fields: (
            FaultError(FaultClass.business, "NO", "No") if record.res_id == parent.id else None
        )
        self.send()
        parked = self.outbox("parked")
        self.assertEqual(parked.res_id, child.id)
        self.assertIn("Waits for Parent Spa, whose own delivery needs attention", parked.outlook)
        self.outbox("open").state = "pending"
        self.env.invalidate_all()
        self.assertEqual(parked.outlook, "Sent automatically once Parent Spa is linked.")

    def test_a_deletion_waits_for_no_change_in_odoo(self):
        """Its record is gone, so that no change of it retries anything."""
        message = self.pending()
        message.write({"op": "delete", "state": "open"})
        self.assertNotIn("A change of the record in Odoo", message.outlook)
        self.assertIn("or Ignore", message.outlook)
        message.action_ignore("stays")
        self.assertIn("stays as it is", message.outlook)


@tagged("post_install", "-at_install")
class TestOutlookOfEnds(EngineCase):
    """What was ignored says what stays as it is; an alarm says whether it closes automatically."""

    def alarm(self, about, method="", **values):
        found = exception_queue.technical(self.env, self.connection, "CODE", "It failed", of_alarm(about, method))
        found.write(values)
        return found

    def test_an_alarm_that_nothing_closes_automatically_asks_for_retry(self):
        self.firms.state = "stopped"
        cases = {about: self.alarm(about, stream_id=self.firms.id) for about, _label in ALARM_SUBJECTS}
        cases["events"] = self.alarm("worker", "_job_events")
        tried_again = {about for about, alarm in cases.items() if "closes automatically" in alarm.outlook}
        self.assertEqual(tried_again, {"connection", "poll", "deletions", "events"})
        self.assertIn("starts the load again", cases["load"].outlook)
        self.assertIn("the stream continues", cases["stream"].outlook)
        # A load that starts again closes the alarm about the stop of its stream too.
        for about in ("stream", "worker", "load"):
            self.assertIn("presses Retry", cases[about].outlook)
            cases[about].action_retry()
            self.assertEqual(cases[about].state, "done", about)

    def test_an_ignored_alarm_names_no_record(self):
        """It was left out "until the record changes", and an alarm is about none."""
        self.firms.state = "stopped"
        texts = set()
        for about in ("poll", "load", "stream"):
            alarm = self.alarm(about, stream_id=self.firms.id)
            alarm.action_ignore("known")
            self.assertNotIn("record", alarm.outlook)
            texts.add(alarm.outlook)
        self.assertEqual(len(texts), 3)
        self.assertIn("The stream stays stopped until a person presses Resume there.", texts)

    def test_every_kind_has_an_outlook_of_its_own_when_it_is_ignored(self):
        common = {"connection_id": self.connection.id, "stream_id": self.firms.id, "external_id": "F1"}
        kinds = (
            ("record", {}),
            ("delivery", {"res_model": "res.partner", "res_id": 1}),
            ("delivery", {"res_model": "res.partner", "res_id": 1, "op": "delete"}),
            ("delivery", {"res_model": "res.partner", "res_id": 1, "fact_key": "a"}),
            ("overwritten", {}),
            ("brake", {}),
            ("merge", {"merge_task": "follow"}),
            ("merge", {"merge_task": "two_records"}),
            ("alarm", {"alarm_about": "poll"}),
        )
        messages = self.env["retail.sync.message"].create(
            [
                {**common, "kind": kind, "key": f"key/{number}", "state": "ignored", **values}
                for number, (kind, values) in enumerate(kinds)
            ]
        )
        texts = [message.outlook for message in messages]
        self.assertTrue(all(texts), texts)
        self.assertEqual(len(set(texts)), len(texts), texts)

    def test_an_ignored_merge_comes_up_again_when_it_is_reported_again(self):
        self.connection.remote_merge_handling = "ask"
        for name in ("F1", "F2"):
            self.firm(name, city=f"City of {name}")
        self.take(FIRM)
        self.report_deletions(FIRM, F1="F2")
        first = self.message("F1")
        self.assertEqual((first.kind, first.state), ("merge", "open"))
        first.action_ignore("two customers")
        self.assertIn("stay separate", first.outlook)
        self.assertIn("a new task opens", first.outlook)
        self.report_deletions(FIRM, F1="F2")
        again = self.message("F1")
        self.assertNotEqual(again, first)
        self.assertEqual((again.state, first.state), ("open", "ignored"))

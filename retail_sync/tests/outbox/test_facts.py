from datetime import datetime, timedelta
from itertools import product

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ...models.delivery import facts as delivery
from ...models.outbox import facts, outbox
from ...models.outbox.fact import FactResult, NewFact
from ..outbound_case import OutboundCase

NOON = datetime(2026, 3, 1, 12)


class Killed(BaseException):
    """The worker's process ends here: nothing that follows is carried out."""


class FactCase(OutboundCase):
    """The entity of the stream is declared to send facts."""

    def setUp(self):
        super().setUp()
        self.patch(self.registry["retail.sync.entity.customer"], "_sends_facts", lambda model: True)
        self.connection.state = "running"
        self.firms.state = "live"
        self.first, self.second = self.env["res.partner"].create([{"name": "First"}, {"name": "Second"}])

    def record(self, partner, key, at=NOON, **payload):
        return facts.record(self.env(su=True), self.firms, partner, key, payload, at)

    def messages(self):
        self.env.invalidate_all()
        return self.env["retail.sync.message"].search([("fact_key", "!=", False)], order="id")

    def states(self):
        return {message.fact_key: message.state for message in self.messages()}

    def drain(self, job="job-1"):
        self.no_pauses()
        delivery.job_drain(self.env(context=dict(self.env.context, job_uuid=job)), self.firms.id, self.firms.lane)

    def no_pauses(self):
        """Let time pass: what waits for its next try is due."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE retail_sync_message SET next_try_at = NULL WHERE fact_key IS NOT NULL")
        self.env.invalidate_all()

    def arrived(self):
        return [key for key, _res_id in self.platform.facts]


@tagged("post_install", "-at_install")
class TestFact(FactCase):
    """Facts are appended once, in order per record, and never sent again before the platform was asked."""

    def test_a_fact_is_recorded_once_for_good(self):
        self.assertTrue(self.record(self.first, "confirmed/1", state="sale"))
        self.assertFalse(self.record(self.first, "confirmed/1", state="cancel"))
        self.drain()
        self.assertFalse(self.record(self.first, "confirmed/1"))
        self.drain()
        self.assertEqual(self.platform.facts, [("confirmed/1", self.first.id)])
        self.assertEqual(self.messages().payload, {"state": "sale"})
        self.env["retail.sync.message"]._gc_messages()
        self.assertEqual(self.states(), {"confirmed/1": "done"})

    def test_facts_are_never_merged_and_keep_their_order(self):
        keys = [f"step/{number}" for number in range(4)]
        facts.record_many(
            self.env(su=True),
            self.firms,
            [NewFact(key, self.first.id, {}, NOON + timedelta(hours=number)) for number, key in enumerate(keys)],
        )
        self.drain()
        self.assertEqual(self.arrived(), keys)

    def test_later_fact_waits_for_an_earlier_one_and_other_records_do_not(self):
        for key in ("a", "b"):
            self.record(self.first, key)
        self.record(self.second, "c")
        self.platform.refusals["a"] = FaultError("business", "REFUSED", "Not this one")
        self.drain()
        self.assertEqual(self.states(), {"a": "open", "b": "pending", "c": "done"})
        self.assertTrue(self.messages().filtered(lambda message: message.fact_key == "a").is_exception)
        self.messages().filtered(lambda message: message.fact_key == "a").action_ignore("no use")
        self.drain()
        self.assertEqual(self.arrived(), ["c", "b"])

    def test_clear_refusal_is_sent_again_at_once(self):
        self.record(self.first, "a")
        self.platform.refusals["a"] = FaultError("business", "REFUSED", "Not this one")
        self.drain()
        self.messages().action_retry()
        self.drain()
        self.assertEqual(self.arrived(), ["a"])
        self.assertNotIn("find_effect", self.platform.calls)

    def test_lost_answer_is_asked_for_before_it_is_sent_again(self):
        self.record(self.first, "a")
        self.platform.at = self.raise_once("taken", FaultError("transient", "READ_TIMEOUT", "No answer"))
        self.drain()
        self.assertEqual(self.states(), {"a": "pending"})
        self.drain()
        self.assertEqual(self.arrived(), ["a"])
        self.assertEqual(self.messages().state, "done")
        self.assertEqual(self.messages().external_id, "E1")
        self.assertIn("find_effect", self.platform.calls)

    def raise_once(self, moment, error):
        errors = [error]

        def at(now):
            if now == moment and errors:
                raise errors.pop()

        return at

    def lose_the_answer(self):
        self.record(self.first, "a")
        self.record(self.first, "b")
        self.platform.knows_effects = False
        self.platform.at = self.raise_once("taken", FaultError("transient", "READ_TIMEOUT", "No answer"))
        self.drain()
        self.drain()
        self.assertEqual(self.states(), {"a": "unknown", "b": "pending"})
        message = self.messages()[0]
        self.assertTrue(message.is_exception)
        self.assertEqual(message.fault_code, "EFFECT_UNKNOWN")
        return message

    def test_person_says_that_it_arrived(self):
        self.lose_the_answer().action_fact_arrived()
        self.drain()
        self.assertEqual(self.arrived(), ["a", "b"])
        self.assertEqual(self.states(), {"a": "done", "b": "done"})

    def test_person_sends_it_again(self):
        message = self.lose_the_answer()
        self.platform.facts.clear()
        message.action_fact_send_again()
        self.drain()
        self.assertEqual(self.arrived(), ["a", "b"])

    def test_retrying_an_unknown_fact_asks_again_and_sends_nothing(self):
        message = self.lose_the_answer()
        message.action_retry()
        self.drain()
        self.assertEqual(self.states()["a"], "unknown")
        self.assertEqual(self.arrived(), ["a"])

    def test_answers_are_for_facts_whose_arrival_is_unknown(self):
        self.record(self.first, "a")
        with self.assertRaises(UserError):
            self.messages().action_fact_arrived()

    def test_waiting_for_the_call_guard_counts_no_try_and_proves_no_arrival(self):
        self.record(self.first, "a")
        self.platform.fault = FaultError("throttled", "BREAKER_OPEN", "Wait", retry_after=5)
        self.drain()
        self.assertEqual(self.messages().attempts, 0)
        self.platform.fault = None
        self.drain()
        self.assertEqual(self.arrived(), ["a"])
        self.assertNotIn("find_effect", self.platform.calls)

    def test_worker_that_lost_its_claim_can_neither_send_nor_write(self):
        self.record(self.first, "a")
        env = self.env(su=True)
        [old] = facts.claim(env, self.firms, self.firms.lane, "job-1", 10)
        outbox.left_behind(env, "job-1")
        # The same job again: its uuid alone would not tell the two apart.
        [new] = facts.claim(env, self.firms, self.firms.lane, "job-1", 10)
        self.assertEqual(facts.begin(env, [old]), [])
        self.assertEqual(facts.finish(env, self.firms, 0, [FactResult(old, "done")]), [])
        self.assertEqual(facts.begin(env, [new]), [new])
        self.assertEqual(len(facts.finish(env, self.firms, 0, [FactResult(new, "done")])), 1)

    def test_platform_is_asked_after_the_call_of_a_lost_worker_has_ended(self):
        """Asked at once, it did not show the fact yet: the call went on without its database, and there were two."""
        self.record(self.first, "a")
        env = self.env(su=True)
        [fact] = facts.claim(env, self.firms, self.firms.lane, "job-1", 10)
        facts.begin(env, [fact])
        outbox.left_behind(env, "job-1")
        self.assertEqual(facts.claim(env, self.firms, self.firms.lane, "job-1", 10), [])
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_drain"), ("eta", "!=", False)])
        self.assertGreaterEqual(max(jobs.mapped("eta")), self.messages().next_try_at)
        self.no_pauses()
        [again] = facts.claim(env, self.firms, self.firms.lane, "job-1", 10)
        self.assertTrue(again.may_have_arrived)

    def test_stream_of_states_takes_no_facts(self):
        self.patch(self.registry["retail.sync.entity.customer"], "_sends_facts", lambda model: False)
        with self.assertRaises(facts.FactError):
            self.record(self.first, "a")


# What may happen to a worker at one delivery.
TROUBLE = ("none", "killed before", "killed after", "answer lost", "overtaken", "throttled")


@tagged("post_install", "-at_install")
class TestFactInterleaving(FactCase):
    """For any two troubles in a row, and any answer of the platform about effects: at most once, in order."""

    def setUp(self):
        super().setUp()
        self.real_begin = facts.begin
        self.patch(facts, "begin", self.begin)
        self.trouble = "none"
        self.jobs = 0

    def begin(self, env, claimed):
        trouble = self.trouble
        if trouble == "killed before":
            self.trouble = "none"
            raise Killed
        if trouble == "overtaken":
            self.trouble = "none"
            # Another worker believes this one dead, and delivers in its place.
            outbox.left_behind(env, claimed[0].claim)
            self.drain(self.next_job())
        return self.real_begin(env, claimed)

    def next_job(self):
        self.jobs += 1
        return f"job-{self.jobs}"

    def at(self, moment):
        if moment == "taken" and self.trouble in ("killed after", "answer lost"):
            trouble, self.trouble = self.trouble, "none"
            raise Killed if trouble == "killed after" else FaultError("transient", "READ_TIMEOUT", "No answer")

    def deliver(self, trouble):
        job = self.next_job()
        self.trouble = trouble
        self.platform.fault = FaultError("throttled", "LIMIT", "Wait") if trouble == "throttled" else None
        try:
            self.drain(job)
        except Killed:
            self.no_pauses()
            outbox.left_behind(self.env(su=True), job)
        self.platform.fault = None

    def check(self, troubles, asked):
        self.platform.reset()
        self.platform.at = self.at
        self.platform.knows_effects = asked
        keys = ["-".join([*troubles, str(asked), name]) for name in ("1", "2", "other")]
        for key, partner in zip(keys, (self.first, self.first, self.second), strict=True):
            self.record(partner, key)
        for trouble in (*troubles, "none", "none"):
            self.deliver(trouble)
        arrived = self.arrived()
        self.assertEqual(len(arrived), len(set(arrived)), f"{troubles}: an effect happened twice")
        of_first = [key for key in arrived if key in keys[:2]]
        self.assertEqual(of_first, keys[:2][: len(of_first)], f"{troubles}: out of order")
        states = self.states()
        for key in keys:
            if states[key] == "done":
                self.assertIn(key, arrived, f"{troubles}: done, and never arrived")
        if asked:
            self.assertEqual({states[key] for key in keys}, {"done"}, troubles)
        else:
            self.assertLessEqual({states[key] for key in keys}, {"done", "unknown", "pending"}, troubles)
            # Nothing stands still without a person who knows of it.
            if {states[key] for key in keys} != {"done"}:
                self.assertIn("unknown", {states[key] for key in keys}, troubles)
        self.env.cr.execute("DELETE FROM retail_sync_message WHERE fact_key IS NOT NULL")
        self.env.invalidate_all()

    def test_at_most_once_and_in_order_where_the_platform_can_be_asked(self):
        for troubles in product(TROUBLE, repeat=2):
            self.check(troubles, asked=True)

    def test_at_most_once_and_in_order_where_only_a_person_can_say(self):
        for troubles in product(TROUBLE, repeat=2):
            self.check(troubles, asked=False)

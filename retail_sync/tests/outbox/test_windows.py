import itertools
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...domain.resilience.lanes import BULK_FROM
from ...models.outbox import routing, turn
from ..outbound_case import OutboundCase

WINDOW = 2
NUMBERS = itertools.count()


@tagged("post_install", "-at_install")
class TestWindows(OutboundCase):
    """Changes of a stream with a window are gathered: one message per record and window, with the last values."""

    def setUp(self):
        super().setUp()
        self.firm_record = self.linked_firm(phone="+390200000001")
        self.firms.window_seconds = WINDOW
        self.env["queue.job"].search([]).unlink()

    def pass_time(self, seconds):
        """Let seconds pass: a test is one transaction, whose clock stands still."""
        self.env.flush_all()
        self.cr.execute(
            "UPDATE retail_sync_message SET next_try_at = next_try_at - %s * interval '1 second'"
            " WHERE next_try_at IS NOT NULL",
            [seconds],
        )
        self.env.invalidate_all()

    def change(self, record=None, **values):
        (record or self.firm_record).write(values)
        self.route()

    def drain(self):
        """Send what is due now."""
        for lane in ("critical", "standard", "bulk"):
            self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, lane)
        self.env.invalidate_all()

    def waiting(self):
        return self.outbox("pending")

    def test_change_waits_for_the_window_and_takes_later_ones_along(self):
        self.change(phone="+390200000002")
        first = self.waiting().next_try_at
        self.assertTrue(first)
        self.drain()
        self.assertFalse(self.platform.writes)
        self.pass_time(1)
        self.change(phone="+390200000003")
        self.change(website="https://rossi.example")
        self.drain()
        self.assertFalse(self.platform.writes, "a further change released what waits for the window")
        [message] = self.waiting()
        self.assertEqual((message.attempts, message.coalesced), (0, 2))
        self.pass_time(WINDOW)
        self.drain()
        self.assertEqual(self.platform.writes, [("F1", {"phone": "+390200000003", "website": "https://rossi.example"})])

    def test_further_change_does_not_move_the_end_of_the_window(self):
        self.change(phone="+390200000002")
        self.pass_time(1)
        end = self.waiting().next_try_at
        self.change(phone="+390200000003")
        self.assertEqual(self.waiting().next_try_at, end)

    def test_job_that_sends_comes_when_the_window_ends(self):
        self.change(phone="+390200000002")
        job = self.env["queue.job"].search([("identity_key", "=like", "retail_sync/drain/%")])
        self.assertGreaterEqual(job.eta, self.waiting().next_try_at)

    def test_change_that_comes_while_the_first_is_sent_has_a_window_of_its_own(self):
        self.change(phone="+390200000002")
        first = self.waiting()
        first.write({"state": "sending", "next_try_at": False, "claim": "x"})
        self.change(phone="+390200000003")
        second = self.waiting()
        self.assertNotEqual(second, first)
        self.assertTrue(second.next_try_at)

    def test_urgent_change_does_not_wait_and_takes_along_what_does(self):
        self.env["retail.sync.ownership.rule"].create(
            {
                "entity": "customer",
                "canonical_field": "phone",
                "connection_id": self.connection.id,
                "survivorship": "most_recent",
                "urgent": True,
            }
        )
        self.change(website="https://rossi.example")
        self.drain()
        self.assertFalse(self.platform.writes)
        self.change(phone="+390200000002")
        self.drain()
        self.assertEqual(len(self.platform.writes), 1)
        self.assertEqual(self.platform.writes[0][1].keys(), {"phone", "website"})

    def test_refused_record_that_changes_waits_for_the_window_again(self):
        self.change(phone="+390200000002")
        self.waiting().write({"state": "open", "next_try_at": False, "attempts": 1})
        self.change(phone="+390200000003")
        [message] = self.waiting()
        self.assertTrue(message.next_try_at)
        self.assertEqual(message.attempts, 0)

    def test_message_that_waits_after_a_failed_try_keeps_its_time(self):
        self.change(phone="+390200000002")
        self.pass_time(-300)
        message = self.waiting()
        message.attempts = 1
        later = message.next_try_at
        self.change(phone="+390200000003")
        self.assertEqual((message.next_try_at, message.attempts), (later, 1))

    def test_without_a_window_a_change_goes_at_once(self):
        self.firms.window_seconds = 0
        self.change(phone="+390200000002")
        self.assertFalse(self.waiting().next_try_at)

    def test_window_is_bounded(self):
        for seconds in (-1, 3601):
            with self.subTest(seconds), self.assertRaises(ValidationError):
                self.firms.window_seconds = seconds

    def test_storm_of_changes_makes_one_message_per_record_and_window(self):
        """400 changes in 90 seconds on 50 records, as in a flash sale; the clock of the messages is moved on."""
        firms = self.firm_record
        for number in range(2, 51):
            firms |= self.linked_firm(f"F{number}")
        self.platform.writes.clear()
        dice = random.Random(7)
        moments = sorted(dice.uniform(0, 90) for _change in range(400))
        clock, last, sent_at = 0, {}, {}
        for second in range(90 + WINDOW + 2):
            while moments and moments[0] < second:
                moments.pop(0)
                firm = dice.choice(firms)
                last[firm] = f"+3902{dice.randrange(10**6, 10**7)}"
                firm.phone = last[firm]
            self.route()
            self.pass_time(second - clock)
            clock = second
            before = len(self.platform.writes)
            self.drain()
            for external_id, _fields in self.platform.writes[before:]:
                sent_at.setdefault(external_id, []).append(second)
        for external_id, seconds in sent_at.items():
            gaps = [later - earlier for earlier, later in zip(seconds, seconds[1:], strict=False)]
            self.assertTrue(all(gap >= WINDOW for gap in gaps), f"{external_id} was sent at {seconds}")
        self.assertFalse(self.waiting())
        for firm, phone in last.items():
            self.assertEqual(self.remote(self.link_id(firm))["phone"], phone)
        self.assertLess(len(self.platform.writes), 400)

    def link_id(self, firm):
        return (
            self.env["retail.sync.link"]
            .search([("res_model", "=", "res.partner"), ("res_id", "=", firm.id)])[0]
            .external_id
        )

    @settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(st.just("change"), st.integers(0, 3)), min_size=1, max_size=12))
    def test_a_message_goes_exactly_one_window_after_its_first_change(self, steps):
        """change: the record changes; a number: so many seconds pass, and what is due is sent."""
        self.cr.execute("SAVEPOINT example")
        try:
            self.walk(steps)
        finally:
            self.env.invalidate_all()
            self.cr.execute("ROLLBACK TO SAVEPOINT example")
            self.env.invalidate_all(flush=False)

    def walk(self, steps):
        clock, first = 0, None
        for step in steps:
            if step == "change":
                # The platform's rows outlive an example: what is sent must differ from all that was.
                self.change(website=f"https://rossi{next(NUMBERS)}.example")
                first = clock if first is None else first
                continue
            for _second in range(step):
                clock += 1
                self.pass_time(1)
                before = len(self.platform.writes)
                self.drain()
                went = len(self.platform.writes) > before
                self.assertEqual(went, first is not None and clock == first + WINDOW + 1)
                first = None if went else first


@tagged("post_install", "-at_install")
class TestPrecedence(OutboundCase):
    """Of streams with work of one urgency, the one that goes first sends first."""

    def drains(self):
        """Return {stream: priority of the job that sends its standard lane}."""
        jobs = self.env["queue.job"].search([("identity_key", "=like", "retail_sync/drain/%/standard")])
        return {job.args[0]: job.priority for job in jobs}

    def test_stream_that_goes_first_sends_before_the_others_of_its_lane_and_after_what_is_urgent(self):
        firm, person = self.linked_firm(), self.linked_person()
        self.firms.precedence, self.persons.precedence = "last", "first"
        self.env["queue.job"].search([]).unlink()
        (firm | person).write({"website": "https://rossi.example"})
        person.phone = "+390200000009"
        self.route()
        found = self.drains()
        self.assertLess(found[self.persons.id], found[self.firms.id])
        self.assertGreater(found[self.persons.id], 5)

    def test_mass_change_of_a_stream_that_goes_first_is_routed_before_an_older_one(self):
        self.cr.execute("DELETE FROM retail_sync_change")
        self.connection.stream_ids.precedence = "first"
        for model, txid in (("res.partner.category", 9_000_002), ("res.partner", 9_000_003)):
            self.cr.execute(
                "INSERT INTO retail_sync_change (model, res_id, op, names, txid, at) SELECT %s, 10000000 + n, 'U',"
                " 'phone', %s, now() FROM generate_series(1, %s) AS n",
                [model, txid, BULK_FROM],
            )
        self.assertTrue(routing.route_mass(self.env(su=True), turn.MASS_PER_STEP))
        self.cr.execute("SELECT DISTINCT txid FROM retail_sync_change")
        self.assertEqual(self.cr.fetchall(), [(9_000_002,)])

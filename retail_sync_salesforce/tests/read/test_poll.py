from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import FaultClass, FaultError

from ...client import ids
from ..common import SalesforceCase
from ..fake_org import NOW, Refusal, stamp

RECENT = stamp(NOW + timedelta(minutes=1))


@tagged("post_install", "-at_install")
class TestPoll(SalesforceCase):
    def setUp(self):
        super().setUp()
        self.streams = self.accounts | self.contacts
        self.streams.write({"cursor": {"since": "2026-05-20T12:00:00Z"}, "deleted_until": "2026-05-20T12:00:00Z"})
        self.org.now = NOW + timedelta(minutes=5)

    def poll(self, limit=2000):
        """Poll, keep the cursors as the engine does, and return (accounts' result, contacts' result)."""
        results = self.adapter.poll(self.connection, self.streams, limit)
        for stream in self.streams:
            if results[stream.id].error is None:
                stream.cursor = results[stream.id].cursor
        return results[self.accounts.id], results[self.contacts.id]

    def test_one_call_for_all_streams(self):
        self.account(1, RECENT)
        self.contact(1, RECENT)
        self.poll()
        self.org.calls.clear()
        accounts, contacts = self.poll()
        self.assertEqual([len(accounts.rows), len(contacts.rows)], [1, 1])
        # the list of versions, which tells the time, is not counted by the org
        self.assertEqual(self.org.paths(), ["/services/data/", "/services/data/v62.0/composite"])

    def test_rows_before_the_overlap_stay_out(self):
        self.account(1, stamp(NOW - timedelta(minutes=16)))
        within = self.account(2, stamp(NOW - timedelta(minutes=14)))
        accounts, _contacts = self.poll()
        self.assertEqual([row["Id"] for row in accounts.rows], [within])

    def test_overlap_larger_than_a_page_is_walked_through(self):
        known = [self.account(number, stamp(NOW - timedelta(minutes=2))) for number in range(7)]
        new = self.account(8, RECENT)
        seen = []
        for _page in range(10):
            accounts, _contacts = self.poll(limit=3)
            seen += [row["Id"] for row in accounts.rows]
            if not accounts.more:
                break
        self.assertEqual(seen, [*sorted(known), new])

    def test_deletions_come_with_their_winners(self):
        winner = self.account(1)
        gone, merged = ids.to_18("0015g00000D0001"), ids.to_18("0015g00000D0002")
        self.org.gone["Account"] = [gone, merged]
        self.org.masters = {merged: winner}
        accounts, contacts = self.poll()
        self.assertEqual({ref.external_id: ref.winner for ref in accounts.deleted}, {gone: None, merged: winner})
        self.assertEqual(accounts.deleted_until, "2026-05-20T12:05:00Z")
        self.assertEqual((contacts.deleted, contacts.deleted_until), ([], "2026-05-20T12:05:00Z"))

    def test_a_merge_of_this_minute_is_reported(self):
        winner = self.account(1)
        merged = ids.to_18("0015g00000D0003")
        self.org.masters = {merged: winner}
        self.org.merged_now["Account"] = [merged]
        accounts, contacts = self.poll()
        self.assertEqual([(ref.external_id, ref.winner) for ref in accounts.deleted], [(merged, winner)])
        self.assertEqual((contacts.deleted, accounts.deleted_until), ([], "2026-05-20T12:05:00Z"))
        # Reported by both, it is one.
        self.org.gone["Account"] = [merged]
        accounts, _contacts = self.poll()
        self.assertEqual([ref.external_id for ref in accounts.deleted], [merged])

    def test_deletions_are_asked_for_from_the_start_of_the_load(self):
        self.streams.write({"deleted_until": False})
        asked = []
        deleted = self.org._route
        self.org._route = lambda method, path, query, body: (
            asked.append(query) if "/deleted/" in path else None,
            deleted(method, path, query, body),
        )[1]
        self.poll()
        self.assertEqual(len(asked), 2)
        self.assertIn("start=2026-05-20T12%3A00%3A00%2B00%3A00", asked[0])
        self.assertIn("end=2026-05-20T12%3A05%3A00%2B00%3A00", asked[0])

    def test_fields_that_cannot_be_looked_up_are_the_trouble_of_their_stream(self):
        """The describe of one object failed over there at each poll, and no stream was polled any more."""

        def refuse(method, path):
            if path.endswith("/Account/describe"):
                raise Refusal(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred")

        self.org.refuse = refuse
        self.contact(1, RECENT)
        accounts, contacts = self.poll()
        self.assertEqual((accounts.error.fault_class, accounts.error.code), ("unknown", "UNKNOWN_EXCEPTION"))
        self.assertEqual((len(contacts.rows), contacts.error), (1, None))

    def refuse_deletions(self, *refusal):
        def refuse(method, path):
            if "/Account/deleted" in path:
                raise Refusal(*refusal)

        self.org.refuse = refuse

    def test_rows_go_on_where_deletions_are_refused(self):
        self.refuse_deletions(400, "INVALID_REPLICATION_DATE", "replication is not enabled")
        self.account(1, RECENT)
        self.contact(1, RECENT)
        accounts, contacts = self.poll()
        self.assertEqual((len(accounts.rows), accounts.error), (1, None))
        self.assertEqual(
            (accounts.deletions_error.fault_class, accounts.deletions_error.code),
            ("contract", "INVALID_REPLICATION_DATE"),
        )
        self.assertIsNone(accounts.deleted_until, "asked for again")
        self.assertEqual((len(contacts.rows), contacts.deletions_error), (1, None))
        rule = self.env["retail.sync.fault.rule"]._match("salesforce", accounts.deletions_error.code, "")
        self.assertEqual(rule, self.env.ref("retail_sync_salesforce.fault_rule_deleted_date"))

    def test_forgotten_deletions_ask_for_a_check_and_go_on(self):
        self.streams.write({"deleted_until": "2026-05-01T12:00:00Z"})
        self.refuse_deletions(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
        self.account(1, RECENT)
        accounts, _contacts = self.poll()
        self.assertEqual((len(accounts.rows), accounts.error, accounts.deletions_error), (1, None, None))
        self.assertTrue(accounts.deletions_lost)
        self.assertEqual(accounts.deleted_until, "2026-05-20T12:05:00Z")

    def test_a_purged_log_asks_for_a_check_and_gives_what_it_has(self):
        gone = ids.to_18("0015g00000D0001")
        self.org.gone["Account"] = [gone]
        self.org.purged["Account"] = "2026-05-20T12:04:00.000+0000"
        self.account(2, RECENT)
        accounts, contacts = self.poll()
        self.assertEqual([ref.external_id for ref in accounts.deleted], [gone])
        self.assertEqual((len(accounts.rows), accounts.error), (1, None))
        self.assertEqual((accounts.deletions_lost, contacts.deletions_lost), (True, False))

    def test_deletions_are_asked_for_before_rows(self):
        """What their answer says to be covered must be in the rows, whatever is committed in between."""
        asked, route = [], self.org._route
        self.org._route = lambda method, path, query, body: (asked.append(path), route(method, path, query, body))[1]
        self.poll()
        parts = [path for path in asked if "/deleted/" in path or "/query" in path]
        kinds = ["deleted" if "/deleted/" in path else "merged" if "/queryAll" in path else "rows" for path in parts]
        self.assertEqual(kinds, ["deleted", "deleted", "merged", "merged", "rows", "rows"])

    def test_field_that_went_is_left_out_and_said(self):
        self.account(1, RECENT, Phone="+39 0432 1")
        self.poll()
        self.org.hidden["Account"] = {"Phone"}
        accounts, _contacts = self.poll()
        self.assertIsNone(accounts.error)
        self.assertNotIn("Phone", accounts.rows[0])
        self.assertIn("Phone", self.connection.message_ids[0].body)
        incoming, _errors = self.decode(self.accounts, accounts.rows[0])
        self.assertNotIn("phone", incoming.parts["main"], "what was not received is not cleared")

    def test_required_field_that_went_stops_the_stream(self):
        self.account(1, RECENT)
        self.poll()
        self.org.hidden["Account"] = {"Name"}
        accounts, contacts = self.poll()
        self.assertEqual((accounts.error.fault_class, accounts.error.code), ("contract", "FIELD_MISSING"))
        self.assertIsNone(contacts.error)

    def test_unfinished_mapping_stops_that_stream_only(self):
        self.contact(1, RECENT)
        self.accounts.map_ids.unlink()
        accounts, contacts = self.poll()
        self.assertEqual((accounts.error.fault_class, accounts.error.code), ("contract", "BAD_MAPPING"))
        self.assertEqual(len(contacts.rows), 1)

    def test_outage_is_no_fault_of_the_schema(self):
        self.poll()

        def refuse(method, path):
            if path.endswith("/composite"):
                raise Refusal(503, "SERVER_UNAVAILABLE", "Server Unavailable")

        self.org.refuse = refuse
        with self.assertRaises(FaultError) as caught:
            self.poll()
        self.assertEqual(caught.exception.fault_class, FaultClass.transient)

    def test_clock_that_answers_does_not_hide_an_outage(self):
        self.poll()

        def refuse(method, path):
            if path.endswith("/composite"):
                raise Refusal(503, "SERVER_UNAVAILABLE", "Server Unavailable")

        self.org.refuse = refuse
        for _poll in range(5):
            self.fault(self.poll)
        self.env.invalidate_all()
        self.assertEqual(self.connection.call_guard_ids.shown_state(), "open")

    def test_field_comes_back_after_a_day(self):
        self.org.hidden["Account"] = {"Phone"}
        self.account(1, RECENT, Phone="+39 0432 1")
        self.poll()
        self.org.hidden["Account"] = set()
        self.assertNotIn("Phone", self.poll()[0].rows[0])
        self.accounts.sf_schema = dict(self.accounts.sf_schema, checked_at=0)
        self.assertIn("Phone", self.poll()[0].rows[0])

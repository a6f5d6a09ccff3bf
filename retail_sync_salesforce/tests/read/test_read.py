from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import DeletedRef, FaultError

from ...client import ids, limits, query
from ...client.errors import ClientError
from ..common import OLD, SalesforceCase
from ..fake_org import NOW, Refusal, stamp


@tagged("post_install", "-at_install")
class TestRead(SalesforceCase):
    def _walk(self, limit):
        cursor, seen = self.adapter.begin_cursor(self.accounts), []
        for _page in range(20):
            rows, cursor, more = self.adapter.fetch_page(self.accounts, cursor, limit)
            seen += [row["Id"] for row in rows]
            if not more:
                break
        return seen, cursor

    def test_pages_pass_over_nothing_though_all_have_one_date(self):
        wanted = [self.account(number) for number in range(7)]
        seen, cursor = self._walk(3)
        self.assertEqual(seen, sorted(wanted))
        self.assertEqual(cursor["id"], seen[-1])
        self.assertEqual(cursor["since"], "2026-05-20T12:00:00Z")

    def test_a_full_last_page_ends_the_walk(self):
        wanted = [self.account(number) for number in range(6)]
        self.assertEqual(self._walk(3)[0], sorted(wanted))

    def test_server_may_give_a_page_in_parts(self):
        wanted = [self.account(number) for number in range(7)]
        self.org.part_size = 2
        self.assertEqual(self._walk(5)[0], sorted(wanted))

    def test_lost_locator_costs_nothing(self):
        wanted = [self.account(number) for number in range(7)]
        self.org.part_size = 2
        lost = []

        def refuse(method, path):
            if "/query/x-" in path and not lost:
                lost.append(path)
                raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")

        self.org.refuse = refuse
        self.assertEqual(self._walk(5)[0], sorted(wanted))
        self.assertEqual(len(lost), 1)

    def test_rows_carry_no_attributes(self):
        self.account(1, **{"Owner.Email": "rep@acme.example"})
        rows, _cursor, _more = self.adapter.fetch_page(self.accounts, {}, 10)
        self.assertNotIn("attributes", rows[0])
        self.assertEqual(rows[0]["Owner"], {"Email": "rep@acme.example"})

    def test_scope_filter_is_part_of_every_reading(self):
        self.accounts.filter_text = "Type = 'Customer'"
        statements = []
        select = self.org._select
        self.org._select = lambda text, **options: (statements.append(text), select(text, **options))[1]
        self.adapter.fetch_page(self.accounts, {}, 10)
        cursor = self.adapter.bulk_begin(self.accounts)
        self.adapter.bulk_fetch(self.accounts, cursor, 10)
        for statement in statements:
            self.assertIn("(Type = 'Customer')", statement)
        self.assertEqual(len(statements), 2)

    def test_filter_is_checked_when_it_is_written(self):
        with self.assertRaises(FaultError) as caught:
            self.adapter.check_filter(self.accounts, "Name = 'x' ORDER BY Name")
        self.assertIn("ORDER", caught.exception.message)
        self.adapter.check_filter(self.accounts, "Name = 'Order'")

    def test_bulk(self):
        wanted = [self.account(number, Phone=None, Description='a "quote",\nand a line') for number in range(5)]
        cursor = self.adapter.bulk_begin(self.accounts)
        self.assertEqual(cursor["since"], "2026-05-20T12:00:00Z")
        self.assertEqual(self.adapter.bulk_ready(self.accounts, cursor), (True, cursor))
        rows, cursor = self.adapter.bulk_fetch(self.accounts, cursor, 3)
        rest, end = self.adapter.bulk_fetch(self.accounts, cursor, 3)
        self.assertIsNone(end)
        self.assertEqual(sorted(row["Id"] for row in rows + rest), sorted(wanted))
        self.assertIsNone(rows[0]["Phone"])
        self.assertEqual(rows[0]["Description"], 'a "quote",\nand a line')

    def test_lost_bulk_job_has_the_code_that_makes_a_new_one(self):
        cursor = self.adapter.bulk_begin(self.accounts)

        def refuse(method, path):
            if "/jobs/query/" in path:
                raise Refusal(404, "INVALIDJOB", "Unable to find job")

        self.org.refuse = refuse
        for call in (self.adapter.bulk_ready, lambda stream, job: self.adapter.bulk_fetch(stream, job, 10)):
            with self.assertRaises(FaultError) as caught:
                call(self.accounts, cursor)
            self.assertEqual(caught.exception.code, "BULK_JOB_LOST")
        with self.assertRaises(FaultError) as caught:
            self.adapter.bulk_ready(self.accounts, {})
        self.assertEqual(caught.exception.code, "BULK_JOB_LOST")

    def test_what_takes_too_long_to_count_is_estimated(self):
        """A first load began with a count, and where that took longer than a minute it never began."""

        def too_long(*_args):
            raise ClientError("transient", "READ_TIMEOUT", "did not answer in time")

        def forbidden(*_args):
            raise ClientError("contract", "INSUFFICIENT_ACCESS", "no")

        with patch.object(query, "count", too_long):
            with patch.object(limits, "record_count", lambda _session, name: {"Account": 5_000_000}[name]):
                self.assertEqual(self.adapter.count(self.accounts), 5_000_000)
                tried_out = self.accounts.with_context(retail_sync_scope_text="Type = 'Customer'")
                self.assertEqual(self.fault(self.adapter.count, tried_out).code, "READ_TIMEOUT")
            with patch.object(limits, "record_count", forbidden):
                self.assertEqual(self.adapter.count(self.accounts), self.accounts.bulk_threshold + 1)
        with patch.object(query, "count", forbidden):
            self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "INSUFFICIENT_ACCESS")

    def test_read_by_ids(self):
        here = self.account(1)
        other = ids.to_18("0035g00000A0001")
        missing = ids.to_18("0015g00000A0009")
        rows, gone = self.adapter.read_by_ids(self.accounts, [here[:15], here, missing, other])
        self.assertEqual([row["Id"] for row in rows], [here])
        self.assertEqual(gone, [missing], "an id of another object is no missing account")

    def test_read_by_keys(self):
        here = self.account(1)
        self.org.rows["Account"][0]["Odoo_External_Id__c"] = "abcd:res.partner:7"
        rows = self.adapter.read_by_keys(self.accounts, ["abcd:res.partner:7", "abcd:res.partner:8"])
        self.assertEqual([row["Id"] for row in rows], [here])
        self.assertEqual(self.adapter.read_by_keys(self.accounts, ["abcd:res.partner:8"]), [])

    def test_row_key(self):
        here = self.account(1)
        rows, _gone = self.adapter.read_by_ids(self.accounts, [here])
        version = int((NOW - timedelta(days=30)).timestamp() * 1000)
        self.assertEqual(self.adapter.row_key(self.accounts, rows[0]), (here, version))
        bulk_row = {"Id": here[:15], "SystemModstamp": OLD.replace("+0000", "Z")}
        self.assertEqual(self.adapter.row_key(self.accounts, bulk_row), (here, version))


@tagged("post_install", "-at_install")
class TestDeleted(SalesforceCase):
    def _resolve_missing(self, masters, gone, asked=None):
        self.org.gone["Account"] = gone
        self.org.masters = masters
        refs = [DeletedRef(record_id, stamp(NOW)) for record_id in asked or gone]
        return {ref.external_id: ref.winner for ref in self.adapter.resolve_deleted(self.accounts, refs)}

    def setUp(self):
        super().setUp()
        self.a, self.b, self.c = (ids.to_18(f"0015g00000D000{number}") for number in range(3))

    def test_plain_deletion(self):
        self.assertEqual(self._resolve_missing({}, [self.a]), {self.a: None})

    def test_chain_is_followed_to_its_living_end(self):
        winner = self.account(1)
        outcomes = self._resolve_missing(
            {self.a: self.b, self.b: self.c[:15], self.c: winner}, [self.a, self.b, self.c], [self.a]
        )
        self.assertEqual(outcomes, {self.a: winner})

    def test_chain_that_ends_in_a_deletion(self):
        self.assertEqual(self._resolve_missing({self.a: self.b}, [self.a, self.b], [self.a]), {self.a: None})

    def test_circle_ends(self):
        self.assertEqual(
            self._resolve_missing({self.a: self.b, self.b: self.a}, [self.a, self.b]), {self.a: None, self.b: None}
        )

    def test_record_that_lives_again_is_left_out(self):
        alive = self.account(1)
        self.assertEqual(self._resolve_missing({}, [self.a], [alive, self.a]), {self.a: None})

    def test_record_without_a_trace_is_deleted(self):
        self.assertEqual(self._resolve_missing({}, [], [self.a]), {self.a: None})

    def test_many_at_once(self):
        gone = [ids.to_18(f"0015g00000E{number:04d}") for number in range(1201)]
        winner = self.account(1)
        outcomes = self._resolve_missing(dict.fromkeys(gone[:600], winner), gone)
        self.assertEqual(list(outcomes.values()).count(winner), 600)
        self.assertEqual(list(outcomes.values()).count(None), 601)
        # token, then two calls of up to five queries of 200 ids, one of one query
        self.assertLessEqual(len(self.org.calls), 5)

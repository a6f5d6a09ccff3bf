"""What every adapter keeps to, as tests: an adapter addon runs them against a scripted fake of its platform.

    from ..tests.conformance import AdapterConformance

    class TestMyAdapter(AdapterConformance, MyCase): ...

The case gives the factories below; a method that is not there fails the test that needs it.
"""

import json
import logging
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools.misc import file_open

from ..adapter import (
    AdapterContractError,
    Answer,
    DeletedRef,
    EventRefused,
    EventRequest,
    FaultClass,
    FaultError,
    Notice,
    Polls,
    Window,
)
from ..adapter.contract import RetailSyncAdapter
from ..adapter.events import MAX_BODY, receive
from ..models.connection.call_guard import CallGuard
from ..models.outbox.write_intent import LINGER_SECONDS
from .conformance_bulk import BulkConformance

CORRELATION_ID = "conformance-0123456789"


class AdapterConformance(BulkConformance):
    """A mixin for a TransactionCase. Factories that the case has to give:

    conformance_stream(): a stream whose records the case can make.
    conformance_record(number, at): a remote record of that stream, changed at a moment (a number that rises); its id.
    conformance_delete(external_id): the platform deletes a record.
    conformance_unknown_id(): an id that the platform does not know.
    conformance_outgoing(number, external_id=None, parts=None, remote=None): an EncodedRecord; for a known record where
    an id is given, of given canonical values and the platform's row where those are given.
    conformance_refuse(number): the platform refuses that outgoing record, by a rule of its own.
    conformance_outage(): a context in which the platform fails every call.
    conformance_on_call(hook): call hook(correlation id as sent, or None) at each call that reaches the platform.
    conformance_secrets(): the secrets that no log may hold.
    conformance_events(number, **changes): the signed EventRequests of one notice, one for each door. changes: of
    ``key`` (another key signs), ``at`` (seconds at which it was signed).
    """

    # Odoo runs only the methods of the class itself otherwise.
    allow_inherited_tests_method = True
    signed_doors = ("event",)

    def _adapter(self):
        """Return the adapter as the engine uses it: with lane and correlation id in its context."""
        return self._wire().connection_id._adapter()

    def _able(self, ability):
        return getattr(self._adapter().capabilities(), ability)

    def _wire(self, lane="standard"):
        """Return the stream as the engine hands it over for a call."""
        return self.conformance_stream().with_context(retail_sync_lane=lane, retail_sync_correlation_id=CORRELATION_ID)

    # -- the contract

    def test_contract_is_complete(self):
        self.assertEqual(self._adapter().contract_gaps(), [])
        self.assertLess(self._adapter().capabilities().write_seconds, LINGER_SECONDS)

    def test_what_is_not_declared_is_not_answered_politely(self):
        base, stream = RetailSyncAdapter, self._wire()
        for method in ("count", "begin_cursor"):
            with self.assertRaises(AdapterContractError) as caught:
                getattr(base, method)(self._adapter(), stream)
            self.assertIn(method, str(caught.exception))

    def test_credentials_are_declared(self):
        fields = self._adapter().credential_fields(self.conformance_stream().connection_id)
        names = [field.name for field in fields]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(any(field.secret for field in fields), "a platform without any secret")
        self.assertEqual(self.conformance_stream().connection_id._missing_credentials(), [])

    def test_neutralizing_empties_every_credential(self):
        connection = self.conformance_stream().connection_id.sudo()
        secrets = [
            field.name for field in self._adapter().credential_fields(connection) if field.secret and field.required
        ]
        self.env.flush_all()
        with file_open("retail_sync/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual([name for name in secrets if connection._stored_credential(name)], [])

    def test_budget_windows(self):
        windows = self._adapter().budget_windows(self.conformance_stream().connection_id)
        self.assertTrue(all(isinstance(window, Window) for window in windows))
        self.assertEqual(len({window.name for window in windows}), len(windows))

    # -- reading

    def _rows(self, *numbers):
        ids = [self.conformance_record(number, number) for number in numbers]
        rows, _missing = self._adapter().read_by_ids(self._wire(), ids)
        return ids, rows

    def test_rows_can_be_stored_and_have_keys_in_normal_form(self):
        ids, rows = self._rows(1, 2)
        adapter, stream = self._adapter(), self._wire()
        keys = [adapter.row_key(stream, row) for row in rows]
        self.assertEqual({key for key, _version in keys}, {adapter.normalise_id(external_id) for external_id in ids})
        for key, version in keys:
            self.assertEqual(adapter.normalise_id(key), key, "normalising twice changes nothing")
            self.assertIsInstance(version, int)
        self.assertEqual(json.loads(json.dumps(rows)), rows)

    def test_reading_by_id_names_what_is_missing(self):
        ids, _rows = self._rows(1, 2)
        self.conformance_delete(ids[0])
        for read in (self._adapter().read_by_ids, self._adapter().read_in_scope):
            rows, missing = read(self._wire(), ids)
            self.assertEqual([self._adapter().row_key(self._wire(), row)[0] for row in rows], [ids[1]])
            self.assertEqual(list(missing), [ids[0]])

    def test_a_load_by_pages_reads_each_record_once(self):
        """Records of one moment lie across the edges of pages."""
        ids = {self.conformance_record(number, 1 + number // 3) for number in range(7)}
        adapter, stream = self._adapter(), self._wire("bulk")
        self.assertEqual(adapter.count(stream), 7)
        cursor, seen, more = adapter.begin_cursor(stream), [], True
        for _page in range(20):
            rows, cursor, more = adapter.fetch_page(stream, json.loads(json.dumps(cursor)), 2)
            seen += [adapter.row_key(stream, row)[0] for row in rows]
            if not more:
                break
        self.assertFalse(more, "the load does not end")
        self.assertEqual((len(seen), set(seen)), (7, ids))
        after, _deletions_from = adapter.cursor_after_load(stream, cursor)
        self.assertEqual(json.loads(json.dumps(after)), after)

    def test_versions_are_those_of_the_rows(self):
        """What is listed for a comparison has the ids and versions that the rows have, each record once."""
        if not self._able("versions"):
            return
        ids = {self.conformance_record(number, 1 + number // 2) for number in range(5)}
        adapter, stream = self._adapter(), self._wire("bulk")
        listed, cursor = adapter.list_versions(stream, None, 2)
        while cursor is not None:
            page, cursor = adapter.list_versions(stream, json.loads(json.dumps(cursor)), 2)
            listed += page
        rows, _missing = adapter.read_by_ids(stream, sorted(ids))
        self.assertEqual(sorted(listed), sorted(adapter.row_key(stream, row) for row in rows))

    # -- polls

    def _begin(self):
        """Let polls start where a load would have begun now."""
        stream, adapter = self._wire(), self._adapter()
        cursor, deletions_from = adapter.cursor_after_load(stream, adapter.begin_cursor(stream))
        stream.write({"cursor": cursor, "deleted_until": deletions_from})
        return self._poll()

    def _poll(self, limit=2000):
        """Poll as the engine does; the cursors move on. Return the result."""
        stream, adapter = self._wire(), self._adapter()
        if adapter.capabilities().polls is Polls.batch:
            result = adapter.poll(stream.connection_id, stream, limit)[stream.id]
        else:
            result = adapter.poll_stream(stream, stream.cursor or {}, limit)
        if result.error is not None:
            raise result.error
        stream.cursor = json.loads(json.dumps(result.cursor))
        stream.deleted_until = result.deleted_until or stream.deleted_until
        return result

    def test_polls_lose_nothing_at_equal_moments(self):
        stream, adapter = self._wire(), self._adapter()
        self._begin()
        ids = {self.conformance_record(number, 5) for number in range(5)}
        seen, times = set(), []
        for _page in range(20):
            result = self._poll(limit=2)
            page = [adapter.row_key(stream, row)[0] for row in result.rows]
            self.assertEqual(len(page), len(set(page)), "a record twice in one answer")
            seen |= set(page)
            times.append(str(adapter.cursor_time(stream.cursor) or ""))
            if not result.more:
                break
        self.assertFalse(result.more, "the polls do not end")
        self.assertEqual(seen, ids)
        self.assertEqual(times, sorted(times), "the cursor went back")

    def test_deletions_are_confirmed_by_the_platform_only(self):
        if not self._able("deletions"):
            refs = [DeletedRef("x", "2026-01-01")]
            self.assertFalse(any(ref.confirmed for ref in self._adapter().resolve_deleted(self._wire(), refs)))
            return
        ids, _rows = self._rows(1, 2)
        self._begin()
        self.conformance_delete(ids[0])
        unknown = self.conformance_unknown_id()
        refs = [DeletedRef(external_id, "2026-01-01") for external_id in (ids[0], unknown)]
        found = {ref.external_id: ref.confirmed for ref in self._adapter().resolve_deleted(self._wire(), refs)}
        self.assertTrue(found[ids[0]])
        self.assertFalse(found.get(unknown), "a record that is only hidden counts as deleted")
        self.assertIn(ids[0], [ref.external_id for ref in self._poll().deleted])

    # -- values

    def test_writing_inverts_reading(self):
        """What the shipped field mappings read and write again is what was there."""
        if not self._able("write"):
            return
        stream, adapter = self._wire(), self._adapter()
        _ids, rows = self._rows(1)
        decoder, options = stream._decoder(), adapter.decode_options(stream)
        incoming, errors = adapter.decode(stream, decoder, rows[0], options)
        self.assertEqual(errors, [])
        outgoing = self.conformance_outgoing(1, incoming.external_id, parts=incoming.parts, remote=rows[0])
        self.assertIsNone(outgoing.fault)
        self.assertTrue(outgoing.fields)
        again, errors = adapter.decode(stream, decoder, {**rows[0], **outgoing.fields}, options)
        self.assertEqual((again.parts, errors), (incoming.parts, []))

    # -- writing

    def test_answers_come_one_for_each_record_in_order(self):
        if not self._able("write"):
            return
        known = self.conformance_record(1, 1)
        outgoing = [
            self.conformance_outgoing(2),
            self.conformance_outgoing(3),
            self.conformance_outgoing(1, known),
            self.conformance_outgoing(4),
        ]
        self.conformance_refuse(3)
        answers = self._adapter().push(self._wire(), outgoing)
        self.assertEqual([answer.ok for answer in answers], [True, False, True, True])
        self.assertEqual([answer.created for answer in answers], [True, False, False, True])
        self.assertTrue(all(isinstance(answer, Answer) for answer in answers))
        self.assertEqual(answers[2].external_id, known)
        self.assertEqual(len({answers[index].external_id for index in (0, 2, 3)}), 3)
        self.assertIsInstance(answers[1].fault, FaultError)
        self.assertIsInstance(answers[1].fault.fault_class, FaultClass)

    def test_sending_again_creates_nothing_twice(self):
        if not self._able("write"):
            return
        first, second = (self._adapter().push(self._wire(), [self.conformance_outgoing(2)])[0] for _turn in range(2))
        self.assertEqual((first.external_id, first.created, second.created), (second.external_id, True, False))
        rows = self._adapter().read_by_keys(self._wire(), [self.conformance_outgoing(2).record.key])
        self.assertEqual([self._adapter().row_key(self._wire(), row)[0] for row in rows], [first.external_id])

    # -- calls

    def _calls(self):
        """Return {name: call}: one call of each kind that the adapter makes."""
        adapter, stream = self._adapter(), self._wire()
        known = self.conformance_record(1, 1)
        calls = {
            "count": lambda: adapter.count(stream),
            "fetch_page": lambda: adapter.fetch_page(stream, adapter.begin_cursor(stream), 10),
            "read_by_ids": lambda: adapter.read_by_ids(stream, [known]),
            "poll": self._poll,
        }
        if self._able("write"):
            outgoing = self.conformance_outgoing(2)
            calls["push"] = lambda: adapter.push(stream, [outgoing])
        return calls

    def test_every_call_passes_the_call_guard(self):
        before, passed, sent = CallGuard.before_call, [], []

        def noted(guard, *args, **options):
            passed.append((guard.lane, guard.correlation_id))
            return before(guard, *args, **options)

        calls = self._calls()
        self._adapter().count(self._wire())  # signs in: that call has no id of the job's
        self.conformance_on_call(sent.append)
        with patch.object(CallGuard, "before_call", noted):
            for name, call in calls.items():
                passed.clear()
                sent.clear()
                call()
                self.assertTrue(sent, f"{name} calls nothing")
                self.assertGreaterEqual(len(passed), len(sent), f"{name} calls without asking")
                self.assertEqual(set(passed), {("standard", CORRELATION_ID)}, name)
                self.assertLessEqual(set(sent), {None, CORRELATION_ID}, name)

    def test_a_closed_door_keeps_every_call_in(self):
        calls, sent = self._calls(), []
        self._adapter().count(self._wire())
        self.conformance_on_call(sent.append)
        self.conformance_stream().connection_id._call_guard().force("open")
        for name, call in calls.items():
            with self.assertRaises(FaultError) as caught:
                call()
            self.assertEqual(caught.exception.code, "BREAKER_OPEN", name)
        self.assertEqual(sent, [])

    def test_no_transaction_of_its_own_is_open_during_a_call(self):
        """What an adapter notes beside the job's transaction is committed before it waits for the platform."""
        calls, opened, seen = self._calls(), [], []
        cursor = self.registry.cursor

        @contextmanager
        def counted(*args, **options):
            opened.append(1)
            seen.append(1)
            try:
                with cursor(*args, **options) as cr:
                    yield cr
            finally:
                opened.pop()

        self._adapter().count(self._wire())  # signs in, which holds the guard's row on purpose
        self.conformance_on_call(lambda _id: self.assertEqual(opened, []))
        with patch.object(self.registry, "cursor", counted):
            for call in calls.values():
                call()
        self.assertTrue(seen, "no call asked the guard")

    def test_faults_are_classified_and_hold_no_secret(self):
        calls = self._calls()
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger(__name__).debug("at least one line")
            with self.conformance_outage():
                for name, call in calls.items():
                    with self.assertRaises(FaultError) as caught:
                        call()
                    self.assertIn(caught.exception.fault_class, (FaultClass.transient, FaultClass.throttled), name)
                    self.assertNotSecret(f"{caught.exception} {caught.exception.detail}")
        self.assertNotSecret(" ".join(logs.output))

    def assertNotSecret(self, text):
        for secret in self.conformance_secrets():
            self.assertNotIn(secret, text)

    # -- webhooks

    def _receive(self, request):
        adapter, connection = self._adapter(), self.conformance_stream().connection_id
        return receive(lambda received: adapter.verify_event(connection, received), adapter.normalise_id, request)

    def _requests(self, number=1, **changes):
        if not self._able("events"):
            self.assertEqual(self._adapter().event_doors(self.conformance_stream().connection_id), [])
            return []
        return self.conformance_events(number, **changes)

    def test_each_door_accepts_its_own(self):
        requests = self._requests()
        doors = self._adapter().event_doors(self.conformance_stream().connection_id)
        self.assertEqual([request.door for request in requests], [door.name for door in doors])
        for request in requests:
            [notice] = self._receive(request)
            self.assertIsInstance(notice, Notice)
            self.assertTrue(notice.key and notice.external_id)
            self.assertEqual(self._adapter().normalise_id(notice.external_id), notice.external_id)
            self.assertEqual(self._receive(request), [notice], "the key of an event is the same when it is sent again")
            self.assertTrue(self._adapter().event_reply(self.conformance_stream().connection_id, request.door, 1, 1))

    def assertEventRefused(self, request, *statuses):
        with self.assertRaises(EventRefused) as caught:
            self._receive(request)
        self.assertIn(caught.exception.status, statuses, request.door)
        self.assertNotSecret(str(caught.exception))

    def test_wrong_and_stale_signatures_are_refused(self):
        for changes in ({"key": "another key"}, {"at": time.time() - 4000}, {"at": time.time() + 4000}):
            for request in self._requests(**changes):
                if request.door in self.signed_doors:
                    self.assertEventRefused(request, 401)

    def test_a_changed_body_is_refused(self):
        for request in self._requests():
            if request.door in self.signed_doors:
                self.assertEventRefused(_with_body(request, request.body + b" "), 401)

    def test_bodies_that_are_none_are_refused(self):
        for request in self._requests():
            for body in (b"", b"\xff\xfe", b"{", b"<a/>", b"x" * 1000):
                self.assertEventRefused(_with_body(request, body), 400, 401)

    def test_bodies_that_are_too_long_are_refused(self):
        for request in self._requests():
            self.assertEventRefused(_with_body(request, b" " * (MAX_BODY + 1)), 413)


def _with_body(request, body):
    return EventRequest(request.door, body, request.headers, request.url, request.method, request.at, request.keys)

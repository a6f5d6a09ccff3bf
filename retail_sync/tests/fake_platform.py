"""A platform that lives in this process: what the engine and the screens do with it is under test, not the platform."""

from odoo import api, models
from odoo.fields import Domain

from ..adapter import (
    UNKNOWN,
    Answer,
    ArgumentSpec,
    Capabilities,
    CommandSpec,
    CredentialField,
    CredentialKind,
    DeletedRef,
    EncodedRecord,
    FaultError,
    PollResult,
    Window,
)
from ..domain.mapping.encoding import compile_encoder
from .fake_mapping import FIRM, PERSON, STREAMS, address_lines, drop_team, field_mapping, given_to_team
from .fake_remote import PLATFORM, moved

__all__ = ["FIRM", "PERSON", "PLATFORM", "FakeAdapter", "address_lines", "field_mapping"]


class FakeAdapter(models.AbstractModel):
    _module = None  # part of no addon: registered by the tests that need it
    _name = "retail.sync.adapter.fake"
    _inherit = ["retail.sync.adapter"]
    _description = "Platform of the tests"

    @api.model
    def _called(self, record, name):
        """Make a call about a stream or a connection."""
        if not PLATFORM.guarded:
            calls = record.env.context.get("retail_sync_calls")
            if calls is not None:  # counted by the call guard otherwise
                calls.made += 1
            return PLATFORM.called(name)
        connection = record.connection_id if record._name == "retail.sync.stream" else record
        context = record.env.context
        guard = connection._call_guard(
            context.get("retail_sync_lane", "standard"), context.get("retail_sync_correlation_id")
        )
        guard.before_call()
        try:
            PLATFORM.called(name)
            if PLATFORM.on_call:
                PLATFORM.on_call(guard.correlation_id)
        except FaultError as fault:
            guard.after_call(False, fault.fault_class, fault.code)
            raise
        guard.after_call(True)
        return None

    @api.model
    def capabilities(self):
        return Capabilities(
            polls=PLATFORM.polls,
            deletions=True,
            bulk_read=True,
            bulk_changes=True,
            bulk_ids=True,
            write=True,
            bulk_write=True,
            delete=True,
            retire=True,
            scope_filters=True,
            events=True,
            find_effect=True,
            facts=True,
            versions=True,
        )

    @api.model
    def credential_fields(self, connection):
        return [
            CredentialField("client_id", "Client id"),
            CredentialField("client_secret", "Client secret", secret=True, kind=CredentialKind.password),
        ]

    @api.model
    def platform_hosts(self, connection):
        return ["*.example.com"]

    @api.model
    def budget_windows(self, connection):
        return [Window("day", 86400)]

    @api.model
    def default_streams(self, connection):
        return [
            {
                **{name: value for name, value in stream.items() if name != "lines"},
                "map_ids": [(0, 0, dict(line, sequence=number)) for number, line in enumerate(stream["lines"])],
            }
            for stream in STREAMS
        ]

    @api.model
    def test_connection(self, connection):
        PLATFORM.calls.append("test")
        return [dict(check) for check in PLATFORM.checks]

    @api.model
    def check_filter(self, stream, text):
        if "=" not in text:
            raise FaultError("contract", "BAD_FILTER", f"'{text}' is not a condition.")

    @api.model
    def count(self, stream):
        self._called(stream, "count")
        return len(PLATFORM.rows[stream.remote_object])

    @api.model
    def read_in_scope(self, stream, external_ids):
        return self.read_by_ids(stream, external_ids)

    @api.model
    def row_key(self, stream, row):
        return row["id"], row.get("version", 0)

    @api.model
    def cursor_after_load(self, stream, cursor):
        kept = {key: value for key, value in cursor.items() if key in ("since", "modstamp", "id")}
        return kept, kept.get("since")

    @api.model
    def cursor_time(self, cursor):
        return cursor.get("modstamp") or cursor.get("since") or False

    @api.model
    def bulk_begin(self, stream):
        self._called(stream, "bulk_begin")
        return {"since": str(PLATFORM.now), "offset": 0}

    @api.model
    def bulk_begin_changes(self, stream, cursor):
        self._called(stream, "bulk_begin_changes")
        rows = PLATFORM.after(stream.remote_object, cursor)
        last = rows[-1] if rows else {"version": cursor.get("modstamp"), "id": cursor.get("id")}
        found = {"modstamp": str(last["version"]), "id": last["id"]}
        return {"behind": {name: cursor[name] for name in ("modstamp", "id") if name in cursor}, "offset": 0, **found}

    @api.model
    def bulk_begin_ids(self, stream):
        self._called(stream, "bulk_begin_ids")
        return {"ids": True, "offset": 0}

    @api.model
    def bulk_ready(self, stream, cursor):
        return True, cursor

    @api.model
    def bulk_fetch(self, stream, cursor, limit):
        self._called(stream, "bulk_fetch")
        rows = PLATFORM.after(stream.remote_object, cursor.get("behind", {"modstamp": 0}))
        if cursor.get("ids"):
            rows = [{"id": row["id"], "version": row["version"]} for row in rows]
        start = cursor["offset"]
        part = rows[start : start + limit]
        more = start + limit < len(rows)
        return part, dict(cursor, offset=start + limit) if more else None

    @api.model
    def list_versions(self, stream, cursor, limit):
        self._called(stream, "list_versions")
        keys = sorted(self.row_key(stream, row) for row in PLATFORM.rows[stream.remote_object].values())
        start = cursor["offset"] if cursor else 0
        return keys[start : start + limit], {"offset": start + limit} if start + limit < len(keys) else None

    @api.model
    def begin_cursor(self, stream):
        return {"since": str(PLATFORM.now), "modstamp": "0"}

    @api.model
    def fetch_page(self, stream, cursor, limit):
        self._called(stream, "fetch_page")
        rows = PLATFORM.after(stream.remote_object, {"modstamp": cursor.get("modstamp"), "id": cursor.get("id")})
        part = rows[:limit]
        if part:
            cursor = moved(cursor, part)
        return part, cursor, len(rows) > limit

    @api.model
    def poll(self, connection, streams, limit):
        self._called(connection, "poll")
        return {stream.id: self._poll_result(stream, stream.cursor or {}, limit) for stream in streams}

    @api.model
    def poll_stream(self, stream, cursor, limit):
        self._called(stream, f"poll_stream {stream.remote_object}")
        return self._poll_result(stream, cursor, limit)

    @api.model
    def _poll_result(self, stream, cursor, limit):
        if stream.remote_object in PLATFORM.stream_faults:
            return PollResult(error=PLATFORM.stream_faults[stream.remote_object])
        rows = PLATFORM.after(stream.remote_object, cursor)
        seen = int(stream.deleted_until or 0)
        refs = [
            DeletedRef(external_id, str(at)) for external_id, at in PLATFORM.deleted[stream.remote_object] if at > seen
        ]
        return PollResult(
            rows=rows[:limit],
            cursor=moved(cursor, rows[:limit]),
            more=len(rows) > limit,
            remaining=len(rows[limit:]) or None,
            deleted=self.resolve_deleted(stream, refs),
            deleted_until=str(PLATFORM.now),
            deletions_error=PLATFORM.deletions_fault,
            deletions_lost=PLATFORM.deletions_lost,
        )

    @api.model
    def read_by_ids(self, stream, external_ids):
        self._called(stream, "read_by_ids")
        there = PLATFORM.rows[stream.remote_object]
        return (
            [dict(there[external_id]) for external_id in external_ids if external_id in there],
            [external_id for external_id in external_ids if external_id not in there],
        )

    @api.model
    def read_by_keys(self, stream, keys):
        self._called(stream, "read_by_keys")
        return [dict(row) for row in PLATFORM.rows[stream.remote_object].values() if row.get("odoo_id") in keys]

    @api.model
    def resolve_deleted(self, stream, refs):
        for ref in refs:
            ref.winner = PLATFORM.winners.get(ref.external_id)
            ref.confirmed = any(ref.external_id == gone for gone, _at in PLATFORM.deleted[stream.remote_object])
        return refs

    @api.model
    def record_url(self, connection, remote_object, external_id):
        return f"{connection.base_url or 'https://platform.example.com'}/{remote_object}/{external_id}"

    @api.model
    def _finish_decode(self, stream, incoming, row, options):
        key = row.get("odoo_id") or ""
        incoming.local_ref = key.rpartition(":")[2] or None
        drop_team(incoming)

    # -- to the platform

    @api.model
    def write_limit(self, stream, lane):
        return 200

    @api.model
    def bulk_write_threshold(self, stream):
        return PLATFORM.bulk_from

    @api.model
    def export_domain(self, stream):
        if stream.entity != "customer":
            return Domain.TRUE
        return Domain("is_company", "=", stream.remote_object == FIRM)

    @api.model
    def encode(self, stream, records):
        encoder = compile_encoder(stream._map_rows(), stream.entity)
        feeds = {}
        for row in stream._map_rows():
            feeds.setdefault(row.path, set()).add((row.part, row.field))
        outgoing = []
        for record in records:
            if record.res_id in PLATFORM.poison:
                raise ValueError("This record cannot be encoded")
            encoded = encoder.encode(record.parts, record.changed)
            fault = None
            if encoded.errors:
                fault = FaultError("business", encoded.errors[0].code, encoded.errors[0].message)
            fields = given_to_team(record, dict(encoded.fields), PLATFORM.strangers)
            if record.ack:
                fields["odoo_id"] = record.key
            outgoing.append(
                EncodedRecord(
                    record, fields, encoded.warnings, fault, feeds=feeds, required=("name",), identity=("odoo_id",)
                )
            )
        return outgoing

    @api.model
    def push(self, stream, outgoing):
        self._called(stream, "push")
        answers = [self._take(stream, encoded) for encoded in outgoing]
        if PLATFORM.answer_lost:
            PLATFORM.answer_lost = False
            raise FaultError("transient", "READ_TIMEOUT", "No answer")
        return answers

    @api.model
    def _take(self, stream, encoded):
        refusal = PLATFORM.refusals.pop(encoded.record.external_id or encoded.record.key, None)
        rule = PLATFORM.look_alikes.get(encoded.fields.get("name"))
        if rule and not (rule == "warn" and encoded.record.create_anyway):
            return Answer(False, fault=FaultError("duplicate", "LOOKS_ALIKE", "It looks like another one"))
        refusal = refusal or next((PLATFORM.refuses[name] for name in encoded.fields if name in PLATFORM.refuses), None)
        if refusal is None and PLATFORM.refuses_record:
            refusal = PLATFORM.refuses_record(encoded.record, encoded.fields)
        if refusal is not None:
            return Answer(False, fault=refusal, candidates=PLATFORM.candidates.get(encoded.record.key, []))
        if encoded.record.external_id and encoded.record.external_id not in PLATFORM.rows[stream.remote_object]:
            return Answer(False, fault=FaultError("gone", "GONE", "It is deleted"))
        crossed = PLATFORM.crossed(stream.remote_object, encoded)
        external_id, created = PLATFORM.take(
            stream.remote_object, encoded.record.key, encoded.record.external_id, encoded.fields
        )
        return Answer(True, external_id, created, crossed=crossed)

    @api.model
    def bulk_push_begin(self, stream, outgoing):
        self._called(stream, "bulk_push_begin")
        PLATFORM.bulk_waits = [(stream, encoded) for encoded in outgoing]
        if not PLATFORM.bulk_is_late:
            PLATFORM.run_bulk(self)
        return {"asked": 0}

    @api.model
    def bulk_push_ready(self, stream, cursor):
        self._called(stream, "bulk_push_ready")
        return cursor["asked"] > 0 and not PLATFORM.bulk_waits, {"asked": cursor["asked"] + 1}

    @api.model
    def bulk_push_results(self, stream, cursor):
        return PLATFORM.bulk

    @api.model
    def push_facts(self, stream, facts):
        self._called(stream, "push_facts")
        answers = []
        for fact in facts:
            refusal = PLATFORM.refusals.pop(fact.key, None)
            if refusal is None:
                PLATFORM.facts.append((fact.key, fact.res_id))
            answers.append(
                Answer(refusal is None, f"E{len(PLATFORM.facts)}" if refusal is None else None, fault=refusal)
            )
        PLATFORM.at("taken")
        return answers

    @api.model
    def find_effect(self, stream, key):
        self._called(stream, "find_effect")
        PLATFORM.at("asked")
        if not PLATFORM.knows_effects:
            return UNKNOWN
        return next((f"E{number}" for number, (known, _id) in enumerate(PLATFORM.facts, 1) if known == key), None)

    @api.model
    def actions(self, connection):
        return {
            "refund": CommandSpec(
                arguments=(
                    ArgumentSpec("order"),
                    ArgumentSpec("card", sensitivity="sensitive"),
                    ArgumentSpec("note", sensitivity="personal", required=False),
                ),
                answer={"reference": "internal", "holder": "sensitive"},
                label="Refund",
            )
        }

    @api.model
    def call(self, connection, action, arguments):
        self._called(connection, "call")
        PLATFORM.commands.append((action, arguments, dict(self.env.context)))
        return PLATFORM.answer

    @api.model
    def may_create_anyway(self, stream, code):
        return code == "LOOKS_ALIKE"

    @api.model
    def retires(self, stream):
        return PLATFORM.retires

    @api.model
    def retire_remote(self, stream, winners):
        self._called(stream, "retire_remote")
        PLATFORM.retired.update(winners)
        there, gone = PLATFORM.rows[stream.remote_object], FaultError("gone", "GONE", "It is deleted")
        return [Answer(True, key) if key in there else Answer(False, fault=gone) for key in winners]

    @api.model
    def delete_remote(self, stream, external_ids):
        self._called(stream, "delete_remote")
        return [self._delete(stream, external_id) for external_id in external_ids]

    @api.model
    def _delete(self, stream, external_id):
        refusal = PLATFORM.refusals.pop(external_id, None)
        if refusal is not None:
            return Answer(False, fault=refusal)
        PLATFORM.delete(stream.remote_object, external_id)
        return Answer(True, external_id)

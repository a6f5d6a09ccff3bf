from collections.abc import Mapping, Sequence
from typing import Any

from odoo import api, models

from ..domain.canonical.schema import Incoming, content_hash
from ..domain.resilience.budget import Window
from ..domain.resilience.faults import FaultClass, FaultError
from ..domain.security.event_notice import Notice
from .declarations import ALWAYS, POLL_METHODS, REQUIRED, Capabilities, CredentialField, Polls
from .events import SIGNED_JSON, EventDoor, EventReply, EventRequest, reply_json, verify_signed_json
from .unanswered import unanswered
from .values import AccountReport, DeletedRef, PollResult

Row = dict[str, Any]
Cursor = dict[str, Any]
# Recordsets of retail.sync.connection and retail.sync.stream: Odoo publishes no types.
Connection = Any
Stream = Any


class RetailSyncAdapter(models.AbstractModel):
    """What the engine asks of a platform.

    An adapter inherits this as `retail.sync.adapter.<system>`. Its methods raise FaultError and nothing else, make
    every call through `connection._call_guard(...)`, and return rows as plain dicts that JSON can carry. A method that
    an adapter has to answer raises AdapterContractError here; only what is optional has a default. What writes to the
    platform is in `contract_writes.py`.

    All of them are private: the engine calls them, and no user calls them over RPC. What an adapter overrides stays
    private; a method of its own is private by a name with an underscore or by `@api.private`.
    """

    _name = "retail.sync.adapter"
    _description = "Platform adapter"

    @api.private
    @api.model
    def contract_gaps(self) -> list[str]:
        """Return the names of the methods that this adapter has to answer and does not."""
        base, adapter = self.env.registry[RetailSyncAdapter._name], type(self)
        missing = [name for name in REQUIRED[ALWAYS] if getattr(adapter, name) is getattr(base, name)]
        if "capabilities" in missing:
            return missing
        able = self.capabilities()
        wanted = [name for ability, names in REQUIRED.items() if getattr(able, ability, False) for name in names]
        wanted += [method for polls, method in POLL_METHODS.items() if able.polls is polls]
        return missing + [name for name in wanted if getattr(adapter, name) is getattr(base, name)]

    # -- declarations

    @api.private
    @api.model
    def capabilities(self) -> Capabilities:
        """Return what the platform can do."""
        unanswered(self, "capabilities")

    @api.private
    @api.model
    def credential_fields(self, connection: Connection) -> list[CredentialField]:
        """Return what the engine has to know to sign in, as the connection's settings stand."""
        unanswered(self, "credential_fields")

    @api.private
    @api.model
    def platform_hosts(self, connection: Connection) -> Sequence[str]:
        """Return the hosts at which the platform answers: names, or `*.` and the end of names.

        Calls go to these and to those of the server configuration; optional: to the latter only. The client asks
        `connection._host_rules()` before each call, for the name and for each IP address that it leads to.
        """
        return ()

    @api.private
    @api.model
    def budget_windows(self, connection: Connection) -> list[Window]:
        """Return the limits of the platform, several at once; optional: none are known."""
        return []

    @api.private
    @api.model
    def default_streams(self, connection: Connection) -> list[dict[str, Any]]:
        """Return vals of the streams, with their field mappings, that the adapter ships; optional: none."""
        return []

    # -- the connection

    @api.private
    @api.model
    def test_connection(self, connection: Connection) -> list[dict[str, Any]]:
        """Return a list of {"name", "ok", "level", "detail", "next_step"}: one per thing checked."""
        unanswered(self, "test_connection")

    @api.private
    @api.model
    def inspect_account(self, connection: Connection, ids: Mapping[int, Sequence[str]]) -> AccountReport | None:
        """Return the account that the credentials lead to now, whichever it is; optional: None.

        It is read only, and may be another one than that of the links.

        :param ids: {stream id: external ids} that are looked for there
        """
        return None

    @api.private
    @api.model
    def adopt_account(self, connection: Connection, report: AccountReport) -> str:
        """Let a connection be about this account from now on; return the id of the former one, '' for none."""
        unanswered(self, "adopt_account")

    @api.private
    @api.model
    def check_schema(self, stream: Stream) -> list[dict[str, Any]]:
        """Return a list of {"path", "field", "status": ok|missing|read_only, "detail"} per field mapping; optional."""
        return []

    @api.private
    @api.model
    def known_fields(self, stream: Stream) -> dict[str, str]:
        """Return {field, or relation with a dot: label} as last described, without a call; optional: none is known."""
        return {}

    @api.private
    @api.model
    def check_filter(self, stream: Stream, text: str) -> None:
        """Raise FaultError when a scope filter is not a condition that the platform understands."""
        if self.capabilities().scope_filters:
            unanswered(self, "check_filter")
        raise FaultError(FaultClass.contract, "NO_FILTERS", self.env._("This platform has no scope filters."))

    @api.private
    @api.model
    def is_own_account(self, connection: Connection, account: str | None) -> bool:
        """Return whether a notification that names this account (None: names none) is for us; optional: any is."""
        return True

    @api.private
    @api.model
    def record_url(self, connection: Connection, remote_object: str, external_id: str) -> str | bool:
        """Return where staff can see the record; optional: False."""
        return False

    # -- loads

    @api.private
    @api.model
    def count(self, stream: Stream) -> int:
        """Return how many remote records are in scope."""
        unanswered(self, "count")

    @api.private
    @api.model
    def suits_bulk(self, stream: Stream) -> bool:
        """Return whether a stream's records can be read in bulk at all, given that the platform can; optional: True."""
        return True

    @api.private
    @api.model
    def bulk_begin(self, stream: Stream) -> Cursor:
        """Start a bulk read of everything in scope; return its cursor."""
        unanswered(self, "bulk_begin")

    @api.private
    @api.model
    def bulk_begin_changes(self, stream: Stream, cursor: Cursor) -> Cursor:
        """Start a bulk read of what changed since a cursor of polls; return its cursor, for `bulk_ready` and on.

        Its `cursor_after_load` is where polls go on.
        """
        unanswered(self, "bulk_begin_changes")

    @api.private
    @api.model
    def bulk_begin_ids(self, stream: Stream) -> Cursor:
        """Start a bulk read of the ids of all records that live, in scope or not, for `row_key`; return its cursor."""
        unanswered(self, "bulk_begin_ids")

    @api.private
    @api.model
    def bulk_ready(self, stream: Stream, cursor: Cursor) -> tuple[bool, Cursor]:
        """Return (ready, cursor). Raises FaultError BULK_JOB_LOST when the platform forgot the job."""
        unanswered(self, "bulk_ready")

    @api.private
    @api.model
    def bulk_fetch(self, stream: Stream, cursor: Cursor, limit: int) -> tuple[list[Row], Cursor | None]:
        """Return (rows, cursor), at most limit rows; cursor None after the last."""
        unanswered(self, "bulk_fetch")

    @api.private
    @api.model
    def list_versions(self, stream: Stream, cursor: Cursor | None, limit: int) -> tuple[list[Any], Cursor | None]:
        """Return ([(external id, version)] in scope, cursor): None begins and ends; nothing and a cursor: not ready."""
        unanswered(self, "list_versions")

    @api.private
    @api.model
    def begin_cursor(self, stream: Stream) -> Cursor:
        """Return the cursor of a first load page by page: from the beginning."""
        unanswered(self, "begin_cursor")

    @api.private
    @api.model
    def fetch_page(self, stream: Stream, cursor: Cursor, limit: int) -> tuple[list[Row], Cursor, bool]:
        """Return (rows, cursor, more): the next rows in order of change after cursor."""
        unanswered(self, "fetch_page")

    @api.private
    @api.model
    def cursor_after_load(self, stream: Stream, cursor: Cursor) -> tuple[Cursor, str | None]:
        """Return (cursor of the polls that follow a load, from when on deletions are asked for).

        :param cursor: the load's own: polls start where it began, so that no change in between is lost
        """
        unanswered(self, "cursor_after_load")

    @api.private
    @api.model
    def cursor_time(self, cursor: Cursor) -> str | bool:
        """Return up to when a cursor of polls has read, as text for people; False when it has read nothing."""
        unanswered(self, "cursor_time")

    # -- polls

    @api.private
    @api.model
    def poll(self, connection: Connection, streams: Stream, limit: int) -> dict[int, PollResult]:
        """Ask once for the changes of all streams; return {stream id: PollResult}. For polls "batch".

        A fault of one stream is its result's `error`; a raised FaultError concerns all streams. Trouble with deletions
        is no fault of the stream: see PollResult. The cursor never passes what may still be uncommitted over there.
        """
        unanswered(self, "poll")

    @api.private
    @api.model
    def poll_stream(self, stream: Stream, cursor: Cursor, limit: int) -> PollResult:
        """Ask for one stream's changes after cursor; for polls "stream". Polls in batches: a batch of one."""
        if self.capabilities().polls is not Polls.batch:
            unanswered(self, "poll_stream")
        return self.poll(stream.connection_id, stream, limit).get(stream.id) or PollResult(cursor=cursor)

    # -- single records

    @api.private
    @api.model
    def read_by_ids(self, stream: Stream, external_ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        """Return (rows, missing ids): the records as they are now."""
        unanswered(self, "read_by_ids")

    @api.private
    @api.model
    def read_by_keys(self, stream: Stream, keys: Sequence[str]) -> list[Row]:
        """Return the rows of records that carry these external ids of ours, as they are now."""
        unanswered(self, "read_by_keys")

    @api.private
    @api.model
    def read_in_scope(self, stream: Stream, external_ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        """Return (rows, missing ids); records outside the stream's scope are among the missing.

        `resolve_deleted` knows that those live, and leaves them out. Without scope filters: as read_by_ids.
        """
        if self.capabilities().scope_filters:
            unanswered(self, "read_in_scope")
        return self.read_by_ids(stream, external_ids)

    @api.private
    @api.model
    def resolve_deleted(self, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        """Say of each DeletedRef what became of it.

        Return the refs with `winner` filled in where a record was merged, and `confirmed` where the platform itself
        says that it is deleted; leave out records that live. Without the ability: nothing is confirmed.
        """
        if self.capabilities().deletions:
            unanswered(self, "resolve_deleted")
        return refs

    @api.private
    @api.model
    def row_key(self, stream: Stream, row: Row) -> tuple[str, int]:
        """Return (external id in normal form, version in ms since 1970) of a row."""
        unanswered(self, "row_key")

    @api.private
    @api.model
    def normalise_id(self, external_id: str) -> str:
        """Return the one form an external id is stored in; optional: as it is."""
        return external_id

    # -- from rows to canonical records

    @api.private
    @api.model
    def decode_options(self, stream: Stream) -> dict[str, Any]:
        """Return what transforms and their inverses need to know besides the record."""
        return {"default_country": stream.connection_id.default_country_id.code or None}

    @api.private
    @api.model
    def decode(
        self, stream: Stream, decoder: Any, row: Row, options: Mapping[str, Any]
    ) -> tuple[Incoming, list[Exception]]:
        """Return (Incoming, errors) of one row; errors are TransformErrors, the record is then refused."""
        external_id, version = self.row_key(stream, row)
        decoded = decoder.decode(row, options)
        incoming = Incoming(
            external_id=external_id,
            remote_object=stream.remote_object,
            version=version,
            parts=decoded.parts,
            warnings=decoded.warnings,
            payload=row,
            unread=decoded.unread,
            read_in_country=decoded.read_in_country,
        )
        self._finish_decode(stream, incoming, row, options)
        incoming.content_hash = content_hash(incoming.parts, decoder.digest)
        return incoming, decoded.errors

    @api.model
    def _finish_decode(self, stream: Stream, incoming: Incoming, row: Row, options: Mapping[str, Any]) -> None:
        """Hook: secondary ids, the Odoo id a record carries, deletions."""

    # -- webhooks

    @api.private
    @api.model
    def event_doors(self, connection: Connection) -> list[EventDoor]:
        """Return the forms of webhooks that are accepted; optional: the engine's own signed JSON, with events."""
        return [SIGNED_JSON] if self.capabilities().events else []

    @api.private
    @api.model
    def verify_event(self, connection: Connection, request: EventRequest) -> list[Notice]:
        """Return the notices of a request whose sender is proved; optional: the engine's own signed JSON.

        Raises EventRefused, or NoticeError for a body that is none. A request of a door that is not declared does not
        get here, nor does one that is too long.
        """
        return verify_signed_json(request, lambda account: self.is_own_account(connection, account))

    @api.private
    @api.model
    def event_reply(self, connection: Connection, door: str, received: int, new: int) -> EventReply:
        """Return the answer to an accepted request; optional: JSON with both numbers."""
        return reply_json(received, new)

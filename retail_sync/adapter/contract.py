from odoo import api, models
from odoo.fields import Domain

from ..domain.canonical.schema import Incoming, content_hash
from ..domain.resilience.faults import FaultClass, FaultError
from .effects import UNKNOWN
from .values import Answer, EncodedRecord


class RetailSyncAdapter(models.AbstractModel):
    """What the engine asks of a platform.

    An adapter inherits this as `retail.sync.adapter.<system>`. Its methods raise
    FaultError and nothing else, make every call through `connection._call_guard(...)`, and
    return rows as plain dicts that JSON can carry.
    """

    _name = "retail.sync.adapter"
    _description = "Platform adapter"

    @api.model
    def default_streams(self, connection):
        """Return vals of the streams, with their map lines, that the adapter ships."""
        return []

    @api.model
    def test_connection(self, connection):
        """Return a list of {"name", "ok", "level", "detail", "next_step"}: one per thing checked."""
        return []

    @api.model
    def check_schema(self, stream):
        """Return a list of {"path", "field", "status": ok|missing|read_only, "detail"} per map line."""
        return []

    @api.model
    def check_filter(self, stream, text):
        """Raise FaultError when a scope filter is not a condition the platform understands."""

    @api.model
    def count(self, stream):
        """Return how many remote records are in scope."""
        return 0

    @api.model
    def bulk_begin(self, stream):
        """Start a bulk read of everything in scope; return its cursor, with "since": the remote clock now."""
        return {}

    @api.model
    def bulk_ready(self, stream, cursor):
        """Return (ready, cursor). Raises FaultError BULK_JOB_LOST when the platform forgot the job."""
        return True, cursor

    @api.model
    def bulk_fetch(self, stream, cursor, limit):
        """Return (rows, cursor), at most limit rows; cursor None after the last."""
        return [], None

    @api.model
    def begin_cursor(self, stream):
        """Return the cursor of a first load page by page, with "since" absent: from the beginning."""
        return {}

    @api.model
    def fetch_page(self, stream, cursor, limit):
        """Return (rows, cursor, more): the next rows in order of change after cursor."""
        return [], cursor, False

    @api.model
    def poll(self, connection, streams, limit):
        """Ask once for the changes of all streams; return {stream id: PollResult}."""
        return {}

    @api.model
    def read_by_ids(self, stream, external_ids):
        """Return (rows, missing ids): the records as they are now."""
        return [], list(external_ids)

    @api.model
    def read_by_keys(self, stream, keys):
        """Return the rows of records that carry these external ids of ours, as they are now."""
        return []

    @api.model
    def read_in_scope(self, stream, external_ids):
        """As read_by_ids, for an adapter with scope filters: records outside the stream's scope are among the missing.

        `resolve_deleted` knows that those live, and leaves them out.
        """
        return self.read_by_ids(stream, external_ids)

    @api.model
    def is_own_org(self, connection, org_id):
        """Tell whether a notification that names this account of the platform (None: names none) is the
        connection's.
        """
        return True

    @api.model
    def resolve_deleted(self, stream, refs):
        """Say of each DeletedRef what became of it.

        Return the refs with `winner` filled in where a record was merged, and `confirmed`
        where the platform itself says that it is deleted; leave out records that live.
        """
        return refs

    @api.model
    def row_key(self, stream, row):
        """Return (external id in normal form, version in ms since 1970) of a row."""
        return row["id"], row.get("version", 0)

    @api.model
    def normalise_id(self, external_id):
        """Return the one form an external id is stored in."""
        return external_id

    @api.model
    def record_url(self, connection, remote_object, external_id):
        """Return where staff can see the record, or False."""
        return False

    @api.model
    def decode_options(self, stream):
        """Return what transforms need to know besides the record."""
        return {"default_country": stream.connection_id.default_country_id.code or None}

    @api.model
    def decode(self, stream, decoder, row, options):
        """Return (Incoming, errors) of one row; errors are TransformErrors, the record is then refused."""
        external_id, version = self.row_key(stream, row)
        decoded = decoder.decode(row, options)
        incoming = Incoming(
            external_id=external_id,
            remote_object=stream.remote_object,
            version=version,
            parts=decoded.parts,
            aliases=[],
            warnings=decoded.warnings,
            payload=row,
            local_ref=None,
            content_hash="",
        )
        self._finish_decode(stream, incoming, row, options)
        incoming.content_hash = content_hash(incoming.parts, decoder.digest)
        return incoming, decoded.errors

    @api.model
    def _finish_decode(self, stream, incoming, row, options):
        """Hook: aliases, the Odoo id a record carries, deletions."""

    # -- to the platform

    @api.model
    def write_limit(self, stream, lane):
        """Return how many records one delivery may take."""
        return 200

    @api.model
    def bulk_write_threshold(self, stream):
        """Return from how many waiting records on the bulk interface is used, or 0 for never."""
        return 0

    @api.model
    def export_domain(self, stream):
        """Return the Domain of Odoo records that this stream may create on the platform."""
        return Domain.FALSE

    @api.model
    def encode(self, stream, records):
        """Return an Outgoing per OutboundRecord, in order; one that cannot be sent carries its fault."""
        return [EncodedRecord(record, {}) for record in records]

    @api.model
    def push(self, stream, outgoing):
        """Send; return an Answer per Outgoing, in order. Raises FaultError when the call as a whole failed."""
        return [Answer(False) for _one in outgoing]

    @api.model
    def bulk_push_begin(self, stream, outgoing):
        """Hand records to the platform's bulk interface; return a cursor (dict that JSON can carry)."""
        return {}

    @api.model
    def bulk_push_ready(self, stream, cursor):
        """Return (done, cursor)."""
        return True, cursor

    @api.model
    def bulk_push_results(self, stream, cursor):
        """Return {record key: Answer}; a record without one was not processed and is sent again."""
        return {}

    @api.model
    def delete_remote(self, stream, external_ids):
        """Delete records on the platform; return an Answer per id, in order."""
        return [Answer(False) for _one in external_ids]

    @api.model
    def may_insist(self, stream, code):
        """Tell whether a new record refused with this code may be created if a person insists
        (OutboundRecord.insisted).
        """
        return False

    @api.model
    def retires(self, stream):
        """Tell whether the platform can mark a record as a second one of another."""
        return False

    @api.model
    def retire_remote(self, stream, winners):
        """Mark records as second ones; return an Answer per id, in order.

        :param winners: {external id: the id of the record that remains, or None to take the mark away}
        """
        return [Answer(False) for _one in winners]

    # -- facts: append-only, in order per record, at most once

    @api.model
    def push_facts(self, stream, facts):
        """Append OutboundFacts; return an Answer per fact, in order. At most one fact of a record is in a call.

        Raises FaultError when the call as a whole failed. Its class says whether anything can have been taken: see
        `delivery/facts.py`.
        """
        raise FaultError(FaultClass.contract, "NO_FACTS", self.env._("This platform takes no facts."))

    @api.model
    def find_effect(self, stream, key):
        """Return the external id of what a fact or action with this key created, None where it had no effect.

        UNKNOWN where the platform cannot be asked: a person then decides. Asked before anything is sent again.
        """
        return UNKNOWN

    # -- commands: request and answer

    @api.model
    def actions(self, connection):
        """Return {action: CommandSpec} of what `connection._call` may ask of this platform."""
        return {}

    @api.model
    def call(self, connection, action, arguments):
        """Carry out a declared action with complete, known arguments; return its answer, which JSON can carry.

        The context has the lane, the correlation id and, as retail_sync_timeout, the seconds that a call may take.
        """
        raise FaultError(FaultClass.contract, "UNKNOWN_ACTION", self.env._("This platform has no actions."))

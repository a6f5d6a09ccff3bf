from collections.abc import Collection, Mapping, Sequence
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ..domain.resilience.faults import FaultClass, FaultError
from .commands import CommandSpec
from .contract import Connection, Cursor, Stream
from .effects import UNKNOWN, Effect, OutboundFact
from .unanswered import unanswered
from .values import Answer, Capacity, EncodedRecord, OutboundRecord


class RetailSyncAdapterWrites(models.AbstractModel):
    """What the engine asks of a platform that it writes to: records, facts and commands."""

    _inherit = "retail.sync.adapter"

    # -- to the platform

    @api.private
    @api.model
    def write_limit(self, stream: Stream, lane: str) -> int:
        """Return how many records one delivery may contain; optional: 200."""
        return 200

    @api.private
    @api.model
    def bulk_write_threshold(self, stream: Stream) -> int:
        """Return from how many waiting records on the bulk interface is used; optional: 0 for never."""
        return 0

    @api.private
    @api.model
    def bulk_write_limit(self, stream: Stream) -> int:
        """Return how many records one bulk delivery may contain; optional: 2,500."""
        return 2500

    @api.private
    @api.model
    def export_domain(self, stream: Stream) -> Domain:
        """Return the Domain of Odoo records that this stream may create on the platform."""
        if self.capabilities().write:
            unanswered(self, "export_domain")
        return Domain.FALSE

    # -- what a history needs, before it is sent

    @api.private
    @api.model
    def storage_estimate(self, stream: Stream, count: int) -> int:
        """Return the bytes that so many new records take on the platform; optional: none are counted."""
        return 0

    @api.private
    @api.model
    def call_estimate(self, stream: Stream, count: int) -> int:
        """Return about how many calls it takes to send so many new records; optional: by `write_limit`."""
        return -(-count // self.write_limit(stream, "bulk"))

    @api.private
    @api.model
    def capacity(self, connection: Connection) -> Capacity:
        """Return what is left of storage and calls; optional: the platform does not say."""
        return Capacity()

    # -- records

    @api.private
    @api.model
    def beside_fields(self, stream: Stream) -> Collection[str]:
        """Return the canonical fields that `encode` and `push` look at though no line maps them; optional: none.

        They are among a record's values like the mapped ones, and their changes are sent.
        """
        return ()

    @api.private
    @api.model
    def encode(self, stream: Stream, records: Sequence[OutboundRecord]) -> list[EncodedRecord]:
        """Return an EncodedRecord per OutboundRecord, in order; one that cannot be sent carries its fault."""
        unanswered(self, "encode")

    @api.private
    @api.model
    def push(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> list[Answer]:
        """Send; return an Answer per EncodedRecord, in order. Raises FaultError when the call as a whole failed."""
        unanswered(self, "push")

    @api.private
    @api.model
    def bulk_push_begin(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> Cursor:
        """Hand records to the platform's bulk interface; return a cursor (dict that JSON can carry)."""
        unanswered(self, "bulk_push_begin")

    @api.private
    @api.model
    def bulk_push_ready(self, stream: Stream, cursor: Cursor) -> tuple[bool, Cursor]:
        """Return (done, cursor)."""
        unanswered(self, "bulk_push_ready")

    @api.private
    @api.model
    def bulk_push_results(self, stream: Stream, cursor: Cursor) -> dict[str, Answer]:
        """Return {record key: Answer}; a record without one was not processed and is sent again."""
        unanswered(self, "bulk_push_results")

    @api.private
    @api.model
    def delete_remote(self, stream: Stream, external_ids: Sequence[str]) -> list[Answer]:
        """Delete records on the platform; return an Answer per id, in order."""
        unanswered(self, "delete_remote")

    @api.private
    @api.model
    def may_create_anyway(self, stream: Stream, code: str) -> bool:
        """Return whether a new record refused with this code may be created anyway once a person confirms it
        (OutboundRecord.create_anyway); optional: no.
        """
        return False

    @api.private
    @api.model
    def retires(self, stream: Stream) -> bool:
        """Return whether records of this stream can be marked as second ones; optional: as declared."""
        return self.capabilities().retire

    @api.private
    @api.model
    def retire_remote(self, stream: Stream, winners: Mapping[str, str | None]) -> list[Answer]:
        """Mark records as second ones; return an Answer per id, in order.

        :param winners: {external id: the id of the record that remains, or None to take the mark away}
        """
        unanswered(self, "retire_remote")

    # -- facts: append-only, in order per record, at most once

    @api.private
    @api.model
    def push_facts(self, stream: Stream, facts: Sequence[OutboundFact]) -> list[Answer]:
        """Append OutboundFacts; return an Answer per fact, in order. At most one fact of a record is in a call.

        Raises FaultError when the call as a whole failed. Its class says whether anything can have been accepted.
        """
        if self.capabilities().facts:
            unanswered(self, "push_facts")
        raise FaultError(FaultClass.contract, "NO_FACTS", self.env._("This platform takes no facts."))

    @api.private
    @api.model
    def find_effect(self, stream: Stream, key: str) -> str | Effect | None:
        """Return the external id of what a fact or action with this key created, None where it had no effect.

        UNKNOWN where the platform cannot be asked: a person then decides. Asked before anything is sent again.
        """
        if self.capabilities().find_effect:
            unanswered(self, "find_effect")
        return UNKNOWN

    # -- commands: request and answer

    @api.private
    @api.model
    def actions(self, connection: Connection) -> dict[str, CommandSpec]:
        """Return {action: CommandSpec} of what `connection._call` may ask of this platform; optional: nothing."""
        return {}

    @api.private
    @api.model
    def call(self, connection: Connection, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a declared action with complete, known arguments; return its answer, which JSON can carry.

        The context has the lane, the correlation id and, as retail_sync_timeout, the seconds that the call may take.
        The time-out of the platform's client has to end it then: the engine cannot.
        """
        if action in self.actions(connection):
            unanswered(self, "call")
        raise FaultError(FaultClass.contract, "UNKNOWN_ACTION", self.env._("This platform has no actions."))

from collections.abc import Mapping, Sequence
from typing import Any

from odoo import api, models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.retail_sync.adapter import EncodedRecord, FaultClass, FaultError, OutboundRecord, refuse, take_out
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical.schema import ENTITIES
from odoo.addons.retail_sync.domain.mapping.encoding import Encoder, compile_encoder
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.directory import ORGANIZATIONS, PEOPLE, TICKETS
from ...client.rows import CUSTOM
from .decode import KEY_FIELD

# Fields of rows that a desk takes, by object; its own fields beside.
WRITABLE: Mapping[str, frozenset[str]] = {
    TICKETS: frozenset("subject status priority type requester organization assignee group brand form tags".split()),
    PEOPLE: frozenset("name email phone organization tags".split()),
    ORGANIZATIONS: frozenset("name domains tags".split()),
}
# Of a new ticket whose customer the desk does not know yet: it finds or creates a person by the address.
REQUESTER_NAME, REQUESTER_EMAIL = "requester_name", "requester_email"


class RetailSyncAdapterDesk(models.AbstractModel):
    """From canonical records to what is sent, and what can be said against it before it is."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def export_domain(self, stream: Stream) -> Domain:
        """Return firms for organisations; for people those who can be written to; every ticket."""
        if stream.remote_object == ORGANIZATIONS:
            return Domain("is_company", "=", True)
        if stream.remote_object == PEOPLE:
            return Domain("is_company", "=", False) & Domain("type", "=", "contact") & Domain("email", "!=", False)
        return Domain.TRUE if stream.remote_object == TICKETS else Domain.FALSE

    @api.model
    def encode(self, stream: Stream, records: Sequence[OutboundRecord]) -> list[EncodedRecord]:
        if not records:
            return []
        try:
            encoder = compile_encoder(stream._map_rows(), entity=stream.entity)
        except ValueError as error:
            raise FaultError(FaultClass.contract, "BAD_MAPPING", str(error)) from error
        feeds: dict[str, set[tuple[str, str]]] = {}
        for row in stream._map_rows():
            if row.direction != "in":
                feeds.setdefault(row.path, set()).add((row.part, row.field))
        new = [record.res_id for record in records if not record.external_id]
        # Not in the job's transaction: it may be older than a ticket that it sends.
        texts = run_separately(self.env, _new_tickets, new) if new and stream.remote_object == TICKETS else {}
        options = self.decode_options(stream)
        return [self._encode_one(stream, record, encoder, feeds, options, texts) for record in records]

    @api.model
    def _encode_one(
        self,
        stream: Stream,
        record: OutboundRecord,
        encoder: Encoder,
        feeds: Mapping[str, set[tuple[str, str]]],
        options: Mapping[str, Any],
        texts: Mapping[int, dict[str, Any]],
    ) -> EncodedRecord:
        known = WRITABLE[stream.remote_object]
        encoded = encoder.encode(
            record.parts,
            record.changed,
            options,
            lambda path: path in known or path.startswith(CUSTOM),
            remote=record.remote,
        )
        outgoing = EncodedRecord(
            record,
            dict(encoded.fields),
            list(dict.fromkeys(encoded.warnings)),
            feeds=feeds,
            required=("name",) if stream.remote_object != TICKETS else (),
            identity=(KEY_FIELD,),
        )
        spec = ENTITIES[stream.entity]
        for error in encoded.errors:
            fault = FaultError(FaultClass.business, error.code, error.message)
            refuse(spec, outgoing, [key for keys in feeds.values() for key in keys if key[1] == error.field], fault)
        if not record.external_id:
            self._complete_new(stream, outgoing, texts.get(record.res_id) or {})
        else:
            self._fit_known(stream, outgoing)
            if record.ack:
                outgoing.fields[KEY_FIELD] = record.key
        return outgoing

    @api.model
    def _fit_known(self, stream: Stream, outgoing: EncodedRecord) -> None:
        """Take out of a known record what its desk is sure to refuse."""
        remote = outgoing.record.remote or {}
        if stream.remote_object != TICKETS:
            if "email" in outgoing.fields and not outgoing.fields["email"]:
                text = self.env._("The desk keeps the e-mail address of a person: it can be replaced, not emptied.")
                fault = FaultError(FaultClass.business, "EMAIL_REMAINS", text, fields=["email"])
                take_out(ENTITIES[stream.entity], outgoing, ["email"], fault)
            return
        if outgoing.fields.get("status") == "new" and remote.get("status") not in (None, "new"):
            text = self.env._("At the desk a ticket that was worked on cannot be new again.")
            fault = FaultError(FaultClass.business, "STATUS_NEW", text, fields=["status"])
            take_out(ENTITIES[stream.entity], outgoing, ["status"], fault)

    @api.model
    def _complete_new(self, stream: Stream, outgoing: EncodedRecord, texts: Mapping[str, Any]) -> None:
        """Give a new record its key and what its desk asks for; a fault where it has none."""
        fields = {path: value for path, value in outgoing.fields.items() if value not in (None, [], "")}
        outgoing.fields = {**fields, KEY_FIELD: outgoing.record.key}
        if stream.remote_object != TICKETS:
            if not fields.get("name"):
                outgoing.fault = FaultError(
                    FaultClass.business, "NAME_MISSING", self.env._("The desk asks for a name."), fields=["name"]
                )
            return
        outgoing.fields["description"] = texts.get("description") or ""
        outgoing.fields.setdefault("subject", texts.get("subject") or "")
        status = outgoing.fields.get("status")
        # What is closed at once cannot take the first answer.
        if status == "closed":
            outgoing.fields["status"] = "solved"
        # A status other than that of Odoo would be read as an edit of the desk, made later than what follows in Odoo.
        elif status == "new" and (outgoing.fields.get("assignee") or stream.connection_id.system != "zendesk"):
            outgoing.fields["status"] = "open"
        if not fields.get("requester"):
            if not texts.get("email"):
                text = self.env._("The desk asks for a customer with an e-mail address; the ticket has none.")
                outgoing.fault = FaultError(FaultClass.business, "NO_REQUESTER", text, fields=["requester"])
                return
            outgoing.fields[REQUESTER_NAME] = texts.get("name") or texts["email"]
            outgoing.fields[REQUESTER_EMAIL] = texts["email"]


def _new_tickets(tx: Environment, res_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return {ticket id: its subject, its description as text, name and address of its customer}, in one query."""
    tickets = tx["helpdesk.ticket"].with_context(active_test=False).browse(res_ids).exists()
    return {
        ticket.id: {
            "subject": ticket.name,
            "description": html2plaintext(ticket.description or "").strip(),
            "name": ticket.partner_id.name or ticket.partner_name,
            "email": ticket.partner_id.email_normalized or ticket.partner_email,
        }
        for ticket in tickets
    }

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import EncodedRecord, FaultClass, FaultError, OutboundRecord, refuse, take_out
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical.schema import ENTITIES, PART_MAIN
from odoo.addons.retail_sync.domain.mapping.decoding import MapRow
from odoo.addons.retail_sync.domain.mapping.encoding import compile_encoder

from ....mapping.default_lines import BUSINESS, CURRENCY, PERSON
from ....mapping.record_kinds import is_person, with_mailing_address, without_mailing_copy
from ....mapping.transforms import OWNER_NEEDED, STAND_IN
from ....writing.plan import Key, WritePlan
from ....writing.schema import Objection, WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD
from .objects import IMMUTABLE, LATER, SUPPLIED
from .owners import OWNER

RECORD_TYPE = "RecordTypeId"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """From canonical records to what is sent, and what can be said against it before it is."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def encode(self, stream: Stream, records: Sequence[OutboundRecord]) -> list[EncodedRecord]:
        if not records:
            return []
        schema = WriteSchema(self._write_schema(stream))
        # What the schema says may be newer than what this transaction sees of the stream.
        options = dict(
            self.decode_options(stream),
            listed_states=schema.listed_states(),
            sf_owners=self._owners(stream, records),
        )
        plans, outgoing = {}, []
        for record in records:
            kind = self._is_person(stream, record), not record.external_id
            if kind not in plans:
                plans[kind] = WritePlan(self._rows_out(stream, kind[0]), schema, creating=kind[1], entity=stream.entity)
            outgoing.append(self._encode_one(stream, record, plans[kind], kind[0], options))
        return outgoing

    @api.model
    def _is_person(self, stream: Stream, record: OutboundRecord) -> bool:
        """Tell whether a record is written by the lines for persons; one that exists is what it is over there."""
        if stream.entity != "customer":
            return False
        if stream.remote_object != "Account":
            return True
        known = "IsPersonAccount" in (record.remote or {})
        return is_person(record.remote) if known else record.attributes.get("kind") == "person"

    @api.model
    def _rows_out(self, stream: Stream, person: bool | None = None) -> list[MapRow]:
        """Return the mapping rows that write records: of all kinds, or of firms or persons only."""
        other = None
        if stream.remote_object == "Account" and person is not None:
            other = BUSINESS if person else PERSON
        lines = stream.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("out", "both"))
        return [line._row() for line in lines if line.sf_applies_to != other]

    @api.model
    def _paths_out(self, stream: Stream) -> list[str]:
        """Return the platform's fields that the mapping writes, and those that writing needs besides."""
        try:
            paths = compile_encoder(self._rows_out(stream), entity=stream.entity).paths
        except ValueError as error:
            raise FaultError(FaultClass.contract, "BAD_MAPPING", str(error)) from error
        steering = [EXTERNAL_ID_FIELD, *SUPPLIED.get(stream.remote_object, ()), CURRENCY]
        return list(dict.fromkeys([*paths, *steering]))

    @api.model
    def _paths_beside(self, stream: Stream) -> list[str]:
        """Return the platform's fields that writing has to see besides those that are read: other parts of a name."""
        try:
            return compile_encoder(self._rows_out(stream), entity=stream.entity).paths
        except ValueError:
            return []  # reading goes on; writing reports it

    @api.model
    def _encode_one(
        self, stream: Stream, record: OutboundRecord, plan: WritePlan, person: bool, options: Mapping[str, Any]
    ) -> EncodedRecord:
        customer, account = stream.entity == "customer", stream.remote_object == "Account"
        self._leave_parts_out(record, plan)
        present = with_mailing_address(record.remote) if account and person and record.remote else record.remote
        currency = self._record_currency(stream, record, plan)
        options = {**options, "sf_creating": plan.creating, "lengths": plan.lengths, "currency": currency}
        encoded = plan.encode(record.parts, record.changed, {**options, "currency_noted": True}, present)
        outgoing = EncodedRecord(
            record,
            {},
            list(dict.fromkeys(encoded.warnings)),
            feeds=plan.feeds,
            required=plan.schema.needed(person, account),
            identity=(EXTERNAL_ID_FIELD,),
        )
        foreign = self._note_foreign_amounts(stream, outgoing, plan, currency)
        spec = ENTITIES[stream.entity]
        for error in encoded.errors:
            if error.code == OWNER_NEEDED:
                self._leave_out(stream.entity, record, self._keys_of(record, error.field))
                outgoing.warnings.append(
                    self.env._("Odoo has no salesperson; Salesforce keeps the owner, because each record needs one.")
                )
                continue
            fault = FaultError(FaultClass.business, error.code, error.message)
            refuse(spec, outgoing, self._keys_of(record, error.field), fault)
        if account and person and not plan.creating:
            encoded.fields = without_mailing_copy(record.remote or {}, encoded.fields)
        values, objections = plan.schema.fit(encoded.fields, record.remote)
        values = plan.news(values, record.remote or {})
        objections = [objection for objection in objections if values.keys() & set(objection.fields)]
        self._leave_out(stream.entity, record, {*plan.left_out, *encoded.unsent})
        for path in () if plan.creating else plan.reopened(values, record.remote or {}):
            del values[path]
            self._leave_out(stream.entity, record, plan.feeds.get(path, ()))
            outgoing.warnings.append(self.env._("%s stays set: only a person takes an objection back.", path))
        self._note_owner(record, values, options)
        undecided = self._set_account(stream, outgoing, plan, values) if customer and not account else None
        outgoing.fields = values
        if not plan.creating:
            for path in IMMUTABLE.get(stream.remote_object, ()):
                values.pop(path, None)
        for objection in objections:
            # The rest of the record is sent without it.
            fault = FaultError(FaultClass.business, objection.code, objection.text, fields=objection.fields)
            take_out(spec, outgoing, objection.fields, fault)
        if undecided and not plan.creating:
            take_out(spec, outgoing, undecided.fields, undecided)
        against: list[Objection] = []
        if plan.creating:
            if undecided:
                against.append(Objection(undecided.code, undecided.message, tuple(undecided.fields)))
            if account and person:
                against += self._set_person_type(stream, plan, values)
            if customer:
                self._set_currency(stream, outgoing, plan)
            lacking = plan.schema.missing(values, person, account, beside=LATER.get(stream.remote_object, ()))
            if lacking:
                # What is missing may have been refused a moment ago: then that is the reason.
                reasons = [found for found in (*objections, *foreign) if set(found.fields) & set(lacking.fields)]
                feeding = {name for path in lacking.fields for _part, name in plan.feeds.get(path, ())}
                reasons += [
                    Objection(error.code, error.message, lacking.fields)
                    for error in encoded.errors
                    if error.field in feeding
                ]
                against += reasons or [lacking]
        if not customer:
            self._complete_document(stream, outgoing, plan, currency)
        if against:
            outgoing.fault = FaultError(
                FaultClass.business,
                against[0].code,
                " ".join(objection.text for objection in against),
                fields=[name for objection in against for name in objection.fields],
            )
            outgoing.fields = {}
            return outgoing
        self._add_key(stream, outgoing, plan)
        return outgoing

    @api.model
    def _set_currency(self, stream: Stream, outgoing: EncodedRecord, plan: WritePlan) -> None:
        """Say which currency a new record's amounts are in; leave them out where the org does not have it."""
        if not plan.schema.known(CURRENCY):
            return
        code = (stream.connection_id.company_id or self.env.company).currency_id.name
        choices = plan.schema.fields[CURRENCY].get("choices")
        if plan.writable(CURRENCY) and (not choices or code in choices):
            outgoing.fields[CURRENCY] = code
            return
        for path in [path for path in outgoing.fields if plan.schema.fields.get(path, {}).get("type") == "currency"]:
            del outgoing.fields[path]
            self._leave_out(stream.entity, outgoing.record, plan.feeds.get(path, ()))
            outgoing.warnings.append(
                self.env._("%(field)s was not sent: the org lacks the currency %(code)s.", field=path, code=code)
            )

    @api.model
    def _keys_of(self, record: OutboundRecord, name: str) -> set[Key]:
        """Return the fields of a record that have a name, in each of its parts that sends it."""
        parts = record.parts if record.changed is None else record.changed
        return {(part, name) for part, names in parts.items() if names and name in names}

    @api.model
    def _add_key(self, stream: Stream, outgoing: EncodedRecord, plan: WritePlan) -> None:
        """Give a record our own id; a new one cannot be written without."""
        if not (outgoing.record.ack or plan.creating):
            return
        if plan.writable(EXTERNAL_ID_FIELD):
            outgoing.fields[EXTERNAL_ID_FIELD] = outgoing.record.key
        elif plan.creating:
            text = self.env._(
                "%(object)s has no field %(field)s that our user may write; without it a record could be made twice.",
                object=stream.remote_object,
                field=EXTERNAL_ID_FIELD,
            )
            outgoing.fault = FaultError(FaultClass.contract, "EXTERNAL_ID_MISSING", text, fields=[EXTERNAL_ID_FIELD])
            outgoing.fields = {}
        else:
            outgoing.warnings.append(self.env._("%s can't be written; it was not sent.", EXTERNAL_ID_FIELD))

    @api.model
    def _note_owner(self, record: OutboundRecord, values: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        """Agree on the address of the user who is the owner over there, where a person said that it means ours.

        The owner of the rest stands for a salesperson without a user, and for none, also where it is the owner already.
        """
        main = record.sent.get(PART_MAIN) or {}
        if "owner" not in main:
            return
        user = options["sf_owners"].get((main["owner"] or "").lower()) if main["owner"] else None
        if user and values.get(OWNER):
            main["owner"] = user[1]
        elif not user and options["sf_owners"].get(STAND_IN):
            record.stand_ins[PART_MAIN] = ["owner"]

    @api.model
    def _set_person_type(self, stream: Stream, plan: WritePlan, values: dict[str, Any]) -> list[Objection]:
        """Make a new account a person; return what stands against it."""
        if not stream.connection_id.sf_person_accounts:
            text = self.env._("The org keeps no private customers as accounts: it has no person accounts.")
            return [Objection("PERSON_ACCOUNTS_OFF", text, (RECORD_TYPE,))]
        if plan.schema.person_type and plan.writable(RECORD_TYPE):
            values[RECORD_TYPE] = plan.schema.person_type
        return []

    @api.model
    def _leave_parts_out(self, record: OutboundRecord, plan: WritePlan) -> None:
        """Take parts out that were made in Odoo and that records of this kind have no writable field for.

        Accounts of firms and of persons share a mapping, and not their addresses: nothing of these parts was sent.
        """
        parts = set(record.sent) if plan.creating else set(record.gained)
        for part in parts - plan.parts - {PART_MAIN}:
            for values in (record.parts, record.sent, record.local, record.replaces, record.changed or {}):
                values.pop(part, None)
            record.gained.discard(part)

    @api.model
    def _leave_out(self, entity: str, record: OutboundRecord, keys: Iterable[Key]) -> None:
        """Take values that are not sent out of what the record will be said to have agreed on."""
        left: dict[str, set[str]] = {}
        for part, name in keys:
            left.setdefault(part, set()).add(name)
        for part, names in left.items():
            sent = record.sent.get(part) or {}
            composites = ENTITIES[entity].composites_of(part)
            whole = {composite.name for composite in composites if names.issuperset(composite.fields)}
            for name in (names | whole) & sent.keys():
                del sent[name]

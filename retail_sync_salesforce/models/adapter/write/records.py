from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.adapter.contract import Stream

from ....client import collections, duplicates
from ....client.collections import SaveResult
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....writing.faults import is_drift, write_fault
from ..read.decode import EXTERNAL_ID_FIELD, clean
from .households import HOUSEHOLD
from .objects import BESIDE, NEIGHBOURS, OWN_OBJECTS
from .price_books import BASE
from .prices import list_of
from .products import target_id

# Records of one bulk delivery: about eight calls, where collections take one for each 1,000 records.
BULK_RECORDS = 50_000

# What became of a record; a fault where the engine's call guard stopped the call that the record was to go with.
Result: TypeAlias = SaveResult | FaultError


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Writing by collections: up to 1,000 records a call, each with an answer of its own.

    Linked records are written by their id, others under our external id: both may be sent again.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def write_limit(self, stream: Stream, lane: str) -> int:
        """Return one collection for what is urgent, and what a call can hold for the rest."""
        return collections.BATCH if lane == "critical" else collections.MAX_RECORDS

    @api.model
    def beside_fields(self, stream: Stream) -> Collection[str]:
        lines = ("lines",) if self._keeps_lines(stream) or self._mirrors(stream) else ()
        return BESIDE.get(stream.entity, ()) + lines + (("stage",) if self._mirrors(stream) else ())

    @api.model
    def may_create_anyway(self, stream: Stream, code: str) -> bool:
        return code == duplicates.DETECTED

    @api.model
    def bulk_write_threshold(self, stream: Stream) -> int:
        # What is written after the record itself (comments of cases, lines of orders) needs its answer at once.
        return 0 if stream.entity == "case" or self._keeps_lines(stream) else stream.bulk_write_threshold

    @api.model
    def bulk_write_limit(self, stream: Stream) -> int:
        return BULK_RECORDS

    @api.model
    def export_domain(self, stream: Stream) -> Domain:
        """Return firms for accounts and people for contacts; private people are accounts where the org has such."""
        if stream.entity != "customer":
            return Domain.TRUE
        private = Domain("is_company", "=", False) & Domain("parent_id", "=", False)
        employed = Domain("is_company", "=", False) & Domain("parent_id", "!=", False)
        employed &= Domain("type", "=", "contact") & Domain("commercial_partner_id.is_company", "=", True)
        persons_are_accounts = stream.connection_id.sudo().sf_person_accounts
        if stream.remote_object == "Account":
            firms = Domain("is_company", "=", True)
            return firms | private if persons_are_accounts else firms
        if stream.remote_object == "Contact":
            return employed if persons_are_accounts else employed | private
        return Domain.FALSE

    @api.model
    def push(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> list[Answer]:
        with self._session(stream.connection_id, "standard") as session:
            try:
                answers = self._before_save(session, stream, outgoing)
                todo = [encoded for encoded in outgoing if encoded.record.key not in answers]
                todo.sort(key=neighbour)
                results = self._save_all(session, stream, todo)
            except (ClientError, FaultError) as error:
                raise self._whole_fault(stream, error, outgoing) from None
            results = self._learn_candidates(session, stream, [_record(encoded) for encoded in todo], results)
            late = self._after_save(session, stream, todo, results)
        for encoded, result in zip(todo, results, strict=True):
            answer = self._answer(encoded.record.external_id, encoded.fields, result)
            if isinstance(result, SaveResult) and result.before is not None and answer.ok:
                answer.crossed = _crossed(encoded, clean(result.before))
            if answer.ok and encoded.record.key in late:
                answer = Answer(False, answer.external_id, fault=late[encoded.record.key])
            answers[encoded.record.key] = answer
        return self._excuse_drift(stream, outgoing, [answers[encoded.record.key] for encoded in outgoing])

    @api.model
    def _before_save(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Make ready what the records refer to or take over; return the refusals of records that are not sent."""
        if stream.entity == "product":
            return self._adopt_products(session, stream, outgoing)
        if stream.entity == "price":
            return self._place_prices(session, stream, outgoing)
        if stream.entity == "case":
            return self._place_cases(session, stream, outgoing)
        if self._mirrors(stream):
            return self._place_orders(session, stream, outgoing)
        return self._save_households(session, stream, outgoing)

    @api.model
    def _save_all(self, session: SalesforceSession, stream: Stream, todo: Sequence[EncodedRecord]) -> list[Result]:
        """Return the results of records, in order; standard prices are written before those of lists."""
        if stream.entity != "price":
            return self._save_part(session, stream, todo)
        standard = [index for index, encoded in enumerate(todo) if list_of(encoded) == BASE]
        others = [index for index, encoded in enumerate(todo) if list_of(encoded) != BASE]
        found: dict[int, Result] = {}
        for group in (standard, others):
            part = [todo[index] for index in group]
            results = self._save_prices(session, stream, part, self._save_part(session, stream, part)) if part else []
            found.update(zip(group, results, strict=True))
        return [found[index] for index in range(len(todo))]

    @api.model
    def _save_part(self, session: SalesforceSession, stream: Stream, todo: Sequence[EncodedRecord]) -> list[Result]:
        records = [_record(encoded) for encoded in todo]
        of_package = stream.remote_object in OWN_OBJECTS
        anyway = [of_package or encoded.record.create_anyway for encoded in todo]
        return self._save(session, stream, records, anyway, _to_look_at(todo))

    @api.model
    def _after_save(
        self,
        session: SalesforceSession,
        stream: Stream,
        todo: Sequence[EncodedRecord],
        results: Sequence[Result],
    ) -> dict[str, FaultError]:
        """Write what belongs to the records that were accepted; return {record key: why it has to be sent again}."""
        well = [
            (encoded, str(result.id or target_id(encoded)))
            for encoded, result in zip(todo, results, strict=True)
            if isinstance(result, SaveResult) and not result.error
        ]
        if not well or not (stream.entity == "case" or self._keeps_lines(stream) or self._mirrors(stream)):
            return {}
        try:
            if self._mirrors(stream):
                return self._complete_orders(session, stream, well)
            if stream.entity == "case":
                self._comment_solved(session, stream, well)
                return {}
            return self._save_lines(session, stream, [encoded for encoded, _record_id in well])
        except (ClientError, FaultError) as error:
            fault = error if isinstance(error, FaultError) else as_fault(error)
            return {encoded.record.key: fault for encoded, _record_id in well}

    @api.model
    def _save(
        self,
        session: SalesforceSession,
        stream: Stream,
        records: Sequence[collections.Record],
        anyway: Sequence[bool],
        look: Sequence[str] = (),
    ) -> list[Result]:
        """Return the results of records, in order; raises the error of the first call where nothing was written.

        :param anyway: of each record, whether a person confirmed that it is new
        :param look: fields of known records that are read in the same call, just before it writes them
        """
        found: dict[int, Result] = {}
        try:
            for allow in (False, True):
                positions = [index for index, confirmed in enumerate(anyway) if confirmed is allow]
                chosen = [records[index] for index in positions]
                for saved in collections.save(session, stream.remote_object, EXTERNAL_ID_FIELD, chosen, allow, look):
                    for index, result in saved.items():
                        found[positions[index]] = result
        except (ClientError, FaultError) as error:
            if not found:
                raise
            # What was written stays written: only the rest is sent again.
            rest = error if isinstance(error, FaultError) else SaveResult(False, error=error)
            found = {index: found.get(index, rest) for index in range(len(records))}
        return [found[index] for index in range(len(records))]

    @api.model
    def _whole_fault(
        self, stream: Stream, error: ClientError | FaultError, outgoing: Sequence[EncodedRecord]
    ) -> FaultError:
        """Return a failed call's fault; one that a change of the org's schema explains is worth another try."""
        fault = error if isinstance(error, FaultError) else as_fault(error)
        return self._excused(stream, fault, outgoing) if is_drift(fault) else fault

    @api.model
    def _excuse_drift(self, stream: Stream, outgoing: Sequence[EncodedRecord], answers: list[Answer]) -> list[Answer]:
        """Let records go again that were refused over a field which we now know not to send."""
        refused = [encoded for encoded, answer in zip(outgoing, answers, strict=True) if is_drift(answer.fault)]
        if refused:
            first = next(answer.fault for answer in answers if is_drift(answer.fault))
            excuse = self._excused(stream, first, refused)
            if excuse is not first:
                for answer in answers:
                    answer.fault = excuse if is_drift(answer.fault) else answer.fault
        return answers

    @api.model
    def _excused(self, stream: Stream, fault: FaultError, outgoing: Sequence[EncodedRecord]) -> FaultError:
        """Return the fault, or a passing one where the org no longer lets us write what was sent."""
        for creating in (True, False):
            chosen = [item for item in outgoing if creating is not bool(item.record.external_id)]
            # A household's account is no field of the contact: it would explain any refusal.
            paths = {path for item in chosen for path in item.fields if path not in (HOUSEHOLD, "Id")}
            if paths and self._explained(stream, paths, creating):
                return FaultError(FaultClass.transient, "SCHEMA_CHANGED", fault.message, fields=fault.fields)
        return fault

    @api.model
    def _learn_candidates(
        self,
        session: SalesforceSession,
        stream: Stream,
        records: Sequence[collections.Record],
        results: list[Result],
    ) -> list[Result]:
        """Return the results, those refused as look-alikes with whom they look like."""
        asked = [index for index, result in enumerate(results) if _lacks_candidates(result)]
        if not asked:
            return results
        try:
            found = duplicates.ask(
                session, stream.remote_object, EXTERNAL_ID_FIELD, [records[index] for index in asked]
            )
        except (ClientError, FaultError):
            # Names are missing, no more: the refusal itself is known.
            return results
        results = list(results)
        for index, result in zip(asked, found, strict=True):
            results[index] = result
        return results

    @api.model
    def _answer(self, known: str | None, sent: Mapping[str, Any], result: Result) -> Answer:
        """Return the engine's Answer to one record.

        :param known: the record's id, None for a new one
        :param sent: the fields that were sent
        """
        if isinstance(result, FaultError):
            return Answer(False, known, fault=result)
        if result.error is None:
            return Answer(True, result.id or known, result.created)
        fault = write_fault(result.error, sent, not known, EXTERNAL_ID_FIELD)
        candidates = [record_id for record_id in result.error.record_ids if record_id != known]
        return Answer(False, known, fault=fault, candidates=candidates)

    @api.model
    def delete_remote(self, stream: Stream, external_ids: Sequence[str]) -> list[Answer]:
        wanted = [self.normalise_id(external_id) for external_id in external_ids]
        with self._session(stream.connection_id, "standard") as session:
            results = collections.delete(session, wanted)
        answers = []
        for external_id, result in zip(wanted, results, strict=True):
            fault = as_fault(result.error) if result.error else None
            gone = fault is None or fault.fault_class == FaultClass.gone
            answers.append(Answer(gone, external_id, fault=None if gone else fault))
        return answers


def _record(encoded: EncodedRecord) -> dict[str, Any]:
    """Return an EncodedRecord as the client takes it."""
    if encoded.record.external_id:
        return {**encoded.fields, "Id": encoded.record.external_id}
    return {**encoded.fields, EXTERNAL_ID_FIELD: encoded.record.key}


def neighbour(encoded: EncodedRecord) -> str:
    """Return by what records are sorted, so that those which lock one parent go in one call."""
    main = encoded.record.parts.get("main") or {}
    return next((str(main[name]) for name in NEIGHBOURS if main.get(name)), "")


def _to_look_at(outgoing: Sequence[EncodedRecord]) -> list[str]:
    """Return the fields to read just before they are written: of records that were read and reconciled."""
    known = [encoded for encoded in outgoing if encoded.record.external_id and encoded.record.remote]
    paths = {path for encoded in known for path in encoded.fields if path in (encoded.record.remote or {})}
    return sorted(path for path in paths - {EXTERNAL_ID_FIELD, "Id"} if "." not in path)


def _crossed(encoded: EncodedRecord, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return {field: its value just before our write} where it was edited over there after the record was read."""
    remote = encoded.record.remote or {}
    return {
        path: before[path]
        for path, value in encoded.fields.items()
        if path in remote and path in before and before[path] not in (remote[path], value)
    }


def _lacks_candidates(result: Result) -> bool:
    """Whether a record was refused because it resembles others, and the refusal does not name them."""
    error = result.error if isinstance(result, SaveResult) else None
    return error is not None and error.code == duplicates.DETECTED and not error.record_ids

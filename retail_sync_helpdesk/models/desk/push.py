from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.adapter.contract import Stream

from ...client import rows
from ...client.directory import ORGANIZATIONS, TICKETS, Directory
from ...client.errors import ClientError
from ...client.records import Saved
from .encode import REQUESTER_EMAIL, REQUESTER_NAME
from .reading import END_USER

T = TypeVar("T")
# Records in one delivery: each is a call of its own.
WRITE_LIMIT = 50
CRITICAL_LIMIT = 10
# After these no other record would fare better.
_OF_ALL = frozenset({FaultClass.throttled, FaultClass.auth})
# So many records in a row that fail as an outage does are one.
OUTAGE = 2


class RetailSyncAdapterDesk(models.AbstractModel):
    """Writing one by one: linked records by their id and the version that was read, others under our key.

    All of them may be sent again: a creation that was made already is found by its key.
    """

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def write_limit(self, stream: Stream, lane: str) -> int:
        return CRITICAL_LIMIT if lane == "critical" else WRITE_LIMIT

    @api.model
    def push(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> list[Answer]:
        with self._desk(stream.connection_id, "standard") as desk:
            return one_by_one(
                outgoing,
                lambda encoded: self._push_one(desk, stream, encoded),
                lambda encoded: encoded.record.external_id,
            )

    @api.model
    def _push_one(self, desk: Directory, stream: Stream, encoded: EncodedRecord) -> Answer:
        record, fields = encoded.record, encoded.fields
        if stream.remote_object == TICKETS:
            saved = self._push_ticket(desk, encoded)
            if saved.error:
                raise saved.error
            return Answer(True, saved.key or record.external_id, saved.created)
        if stream.remote_object == ORGANIZATIONS:
            values = rows.organization_values(fields)
            if record.external_id:
                return Answer(True, desk.change_organization(record.external_id, values).key)
            organization, created = desk.save_organization(values)
            return Answer(True, organization.key, created)
        values = rows.person_values(fields)
        if record.external_id:
            return Answer(True, desk.change_person(record.external_id, values).key)
        self._check_no_agent(desk, values)
        person, created = desk.save_person(values)
        return Answer(True, person.key, created)

    @api.model
    def _push_ticket(self, desk: Directory, encoded: EncodedRecord) -> Saved:
        record, fields = encoded.record, dict(encoded.fields)
        if record.external_id:
            version = str((record.remote or {}).get("updated_at") or "")
            [saved] = desk.change(record.external_id, [rows.ticket_change(fields, version)]) or [Saved(True)]
            return saved
        requester = None
        if fields.get(REQUESTER_EMAIL):
            requester = {"name": fields.pop(REQUESTER_NAME, ""), "email": fields.pop(REQUESTER_EMAIL)}
        return desk.create(rows.ticket_change(fields, marker=record.key, creating=True), requester)

    @api.model
    def _check_no_agent(self, desk: Directory, values: dict[str, Any]) -> None:
        """Keep agents as they are: a customer with the address of one would rename and mark the agent's user."""
        email = values.get("email")
        person = desk.person_at(str(email)) if email else None
        if person is not None and person.role not in ("", END_USER):
            raise FaultError(
                FaultClass.business,
                "ADDRESS_OF_AGENT",
                self.env._("An agent of the desk has this e-mail address: no customer is created for it."),
                fields=["email"],
            )

    @api.model
    def delete_remote(self, stream: Stream, external_ids: Sequence[str]) -> list[Answer]:
        keys = [self.normalise_id(external_id) for external_id in external_ids]
        with self._desk(stream.connection_id, "standard") as desk:
            return one_by_one(keys, lambda key: self._delete_one(desk, stream, key), lambda key: key)

    @api.model
    def _delete_one(self, desk: Directory, stream: Stream, key: str) -> Answer:
        if stream.remote_object != TICKETS:
            raise FaultError(
                FaultClass.business,
                "NOT_DELETED",
                self.env._("People and organisations are deleted at the desk itself: their tickets would go along."),
            )
        desk.delete_ticket(key)
        return Answer(True, key)


def one_by_one(items: Sequence[T], send: Callable[[T], Answer], known: Callable[[T], str | None]) -> list[Answer]:
    """Return an Answer for each item, in order; what follows a fault of the whole way is not sent.

    :param known: the id of an item over there, None for a new one
    :raises FaultError: when nothing but such a fault came of it
    """
    answers: list[Answer] = []
    failed = 0
    for item in items:
        try:
            answers.append(send(item))
            failed = 0
            continue
        except (ClientError, FaultError) as error:
            fault = error if isinstance(error, FaultError) else as_fault(error)
        answers.append(Answer(False, known(item), fault=fault))
        failed = failed + 1 if fault.fault_class is FaultClass.transient else 0
        if fault.fault_class in _OF_ALL or failed >= OUTAGE:
            if len(answers) == max(1, failed):
                raise fault
            break
    if len(answers) == failed == len(items) and answers:
        raise answers[0].fault  # type: ignore[misc]  # a failed answer has one
    rest = answers[-1].fault if answers else None
    return answers + [Answer(False, known(item), fault=rest) for item in items[len(answers) :]]

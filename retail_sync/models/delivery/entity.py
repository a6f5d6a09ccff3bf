"""What has to be on the platform before a record is sent: its references."""

from collections.abc import Iterable
from typing import Any

from odoo import api, models

from ...domain.canonical.entity_spec import ReferenceSpec
from ...domain.canonical.schema import make_ref
from ..links import lookups
from ..mapping.entity_outbound import Waiting
from ..outbox import router
from ..outbox.outbox import LIVING

# How local values name a record that the platform does not know.
UNKNOWN = "odoo/"


class RetailSyncEntity(models.AbstractModel):
    """References of a record, in the platform's words."""

    _inherit = "retail.sync.entity"

    @api.model
    def _outbound_references(
        self, stream: models.BaseModel, records: models.BaseModel, local: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, str | Waiting | None]]:
        """Return {record id: {reference name: "Object/id", None for an empty one, or Waiting}}.

        A reference of lines is Waiting for the first record that the platform does not know, else None. What a record
        waits for is queued where a stream may create it, in case nothing about it has changed lately.

        :param local: {record id: folded values}, in which lines name a record as "Object/id" or "odoo/<id>"
        """
        found: dict[int, dict[str, str | Waiting | None]] = {record.id: {} for record in records}
        for spec in self._spec().references.values():
            targets = {record.id: self._referenced_ids(record, spec, local.get(record.id) or {}) for record in records}
            wanted = {target for ids in targets.values() for target in ids}
            known, waiting = self._known_references(stream, spec.entity, wanted)
            for record_id, ids in targets.items():
                missing = next((waiting[target] for target in ids if target in waiting), None)
                whole = "." not in spec.field and ids
                found[record_id][spec.name] = missing or (known[ids[0]] if whole else None)
        return found

    @api.model
    def _referenced_ids(self, record: models.BaseModel, spec: ReferenceSpec, values: dict[str, Any]) -> list[int]:
        """Return the ids of the records that a reference names; of lines, only of those that are not known."""
        name, dot, inner = spec.field.partition(".")
        if not dot:
            columns = self._columns().get(name)
            return record[columns[0]].ids if columns else []
        texts = [line.get(inner) for line in values.get(name) or ()]
        return [int(text.removeprefix(UNKNOWN)) for text in texts if text and text.startswith(UNKNOWN)]

    @api.model
    def _known_references(
        self, stream: models.BaseModel, entity: str, res_ids: Iterable[int]
    ) -> tuple[dict[int, str], dict[int, Waiting]]:
        """Return ({record id: "Object/id"}, {record id: Waiting}) of records of an entity."""
        res_ids = sorted(res_ids)
        if not res_ids:
            return {}, {}
        target = self._of_name(entity)
        links = lookups.main_links(
            self.env,
            stream.connection_id,
            target._res_model,
            res_ids,
            role=entity,
            other_roles=True,
            not_roles=self._other_entities(entity),
        )
        known = {
            res_id: make_ref(link.remote_object, link.external_id)
            for res_id, link in links.items()
            if link.state in LIVING
        }
        read = bool(self._reading_streams(stream, entity))
        waiting = {
            # One whose link has ended (deleted over there, or excluded) is not expected back.
            res_id: Waiting(target._res_model, res_id, due=False, expected=read and res_id not in links)
            for res_id in res_ids
            if res_id not in known
        }
        unknown = [res_id for res_id in waiting if res_id not in links]
        for other in self._sending_streams(stream, entity):
            due = target._exportable(other, unknown)
            # One that the platform has refused waits for a person, not for those that refer to it.
            router.enqueue(self.env, other, [(res_id, "write", {}, 1) for res_id in due], renew=False)
            waiting.update({res_id: Waiting(target._res_model, res_id) for res_id in due})
        return known, waiting

    @api.model
    def _reading_streams(self, stream: models.BaseModel, entity: str) -> models.BaseModel:
        """Return the streams that take records of an entity in, on the connection of a stream."""
        found = stream.connection_id.sudo().stream_ids.filtered(
            lambda other: other.entity == entity and other.direction in ("in", "both")
        )
        return found.filtered(lambda other: other._takes_in())

    @api.model
    def _sending_streams(self, stream: models.BaseModel, entity: str) -> models.BaseModel:
        """Return the streams of an entity that send on the same connection."""
        sending = self.env["retail.sync.stream"]._sending()
        return sending.filtered(lambda other: other.connection_id == stream.connection_id and other.entity == entity)

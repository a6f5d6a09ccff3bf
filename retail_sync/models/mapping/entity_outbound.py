"""What an entity tells about its way to a platform, with defaults that follow the declaration."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical import composites
from ...domain.canonical.entity_spec import Authority, Effect
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultError
from .entity import ARCHIVING, EntityContractError


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record of Odoo that the platform has to know first.

    ``due``: whether a stream will create it there. ``expected``: whether it may become known there at all.
    """

    model: str
    res_id: int
    due: bool = True
    expected: bool = True


class RetailSyncEntity(models.AbstractModel):
    """Which records are sent, for what changes, and with which values."""

    _inherit = "retail.sync.entity"

    # -- what a change is about

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        """Return {canonical field: the stored columns that hold it}. Raises EntityContractError without `_plain`."""
        if not self._plain:
            raise EntityContractError(self._name, "_plain or _columns")
        return {name: (column,) for name, column in self._plain.items()}

    @api.model
    def _columns_of(self, names: Iterable[str]) -> set[str]:
        """Return the stored columns that hold these canonical values."""
        columns = self._columns()
        return {column for name in names for column in columns.get(name, ())}

    @api.model
    def _steering_columns(self) -> set[str]:
        """Return columns that decide whether and where a record is sent."""
        return {"active"} & set(self.env[self._res_model]._fields)

    @api.model
    def _fields_of(self, columns: Iterable[str]) -> set[str]:
        """Return the canonical names that stored columns (or words of change sources) hold; else the word itself."""
        named: dict[str, set[str]] = {}
        for name, found in self._columns().items():
            for column in found:
                named.setdefault(column, set()).add(name)
        return set().union(*(named.get(column, {column}) for column in columns))

    @api.model
    def _spread(self, stream: models.BaseModel, changed: dict[int, Any]) -> dict[int, Any]:
        """Return {record id: Touched} with the records added whose values follow from others' and go to this stream."""
        return changed

    @api.model
    def _subjects(self, stream: models.BaseModel, res_ids: Collection[int]) -> dict[int, int]:
        """Return {record id: id of the record that is sent for it}: a part is sent with the record that shows it."""
        return {res_id: res_id for res_id in res_ids}

    @api.model
    def _part_fields(self) -> Collection[str]:
        """Return the canonical names that a new part brings to the record that shows it."""
        return {name for part in self._spec().parts.values() for name in part.fields}

    # -- which records

    @api.model
    def _in_use(self, records: models.BaseModel) -> models.BaseModel:
        """Return those of the existing records that are not archived."""
        return records.filtered("active") if "active" in records._fields else records

    @api.model
    def _exportable(
        self, stream: models.BaseModel, res_ids: Collection[int], ordered: Collection[int] = ()
    ) -> list[int]:
        """Return the ids of those records that may be created on the platform now, by the stream's setting.

        Any setting but "never" means at once: what has no first order cannot wait for it.

        :param ordered: ids of records for which a change source has reported a reason to create them
        """
        if not res_ids or stream.export_policy == "never":
            return []
        domain = Domain("id", "in", list(res_ids)) & self._export_domain(stream)
        return self.env[self._res_model].sudo().search(domain).ids

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Return the domain of the records that a stream may create on its platform, whatever changes of them.

        An entity that is a part of its model, such as transfers to customers, narrows it: `_exportable`, the history
        at go-live and its counts all ask here.
        """
        company = stream.connection_id.company_id.id
        domain = Domain(stream._adapter().export_domain(stream))
        if company and "company_id" in self.env[self._res_model]._fields:
            domain &= Domain("company_id", "in", [False, company])
        return domain

    @api.model
    def _publishes(self) -> bool:
        """Return whether Odoo alone writes these records: they are sent without a look at the platform's."""
        return self._spec().authority is Authority.odoo

    @api.model
    def _local_deletion_effect(self, stream: models.BaseModel) -> Effect:
        """Return what a deletion in Odoo does on the platform: as declared, or as the stream's setting says."""
        effect = self._spec().lifecycle.local_deletion
        if effect is Effect.policy:
            return Effect.delete if stream.unlink_policy == "delete" else Effect.keep
        return effect

    @api.model
    def _ended_values(self, effect: Effect) -> dict[str, Any]:
        """Return the canonical values that tell the platform that a record ended in Odoo.

        Raises EntityContractError for an effect that the entity does not translate into values.
        """
        values = {name: False for name, column in self._plain.items() if column == "active"}
        if effect not in ARCHIVING or not values:
            raise EntityContractError(self._name, f"_ended_values, for {effect.value}")
        return values

    # -- which values

    @api.model
    def _sendable(self, stream: models.BaseModel) -> set[str]:
        """Return the names that a stream sends: fields, and composites of which it sends a field."""
        names = stream._outbound_fields()
        return names | composites.fold_names(names, self._spec())

    @api.model
    def _expand(self, values: Mapping[str, Any], part: str = PART_MAIN) -> dict[str, Any]:
        """Return folded values with composites in their fields again, as mapping lines name them."""
        return composites.expand(values, self._spec(), part)

    @api.model
    def _expand_names(self, names: Iterable[str], part: str = PART_MAIN) -> set[str]:
        """Return names of values with the fields of composites in place of the composites."""
        return composites.expand_names(names, self._spec())

    @api.model
    def _changed_fields(
        self, values: Mapping[str, Any], before: Mapping[str, Any], part: str, unread: Collection[str]
    ) -> set[str]:
        """Return the fields that folded values change: of a composite those that differ from what was there."""
        return composites.changed_fields(values, before, self._spec(), part, frozenset(unread))

    @api.model
    def _part_records(
        self, stream: models.BaseModel, res_ids: Collection[int], parts: Collection[str]
    ) -> dict[int, dict[str, models.BaseModel]]:
        """Return {record id: {part: its record}} of parts (of the names given) that the platform does not show yet."""
        return {}

    @api.model
    def _part_values(self, record: models.BaseModel, part: str, ctx: dict[str, Any]) -> dict[str, Any] | None:
        """Return the folded values that are sent of a part's record; None when nothing of it is."""
        raise EntityContractError(self._name, "_part_values")

    @api.model
    def _outbound_refusals(
        self,
        stream: models.BaseModel,
        records: models.BaseModel,
        local: Mapping[int, Mapping[str, Any]],
        bases: Mapping[int, Mapping[str, Any]],
    ) -> dict[int, FaultError]:
        """Return {record id: why it is not sent as it is}, of records that a person has to put right in Odoo first.

        :param local: {record id: folded values}
        :param bases: {record id: values that the platform accepted last}; new records are not in it
        """
        return {}

    @api.model
    def _attributes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an adapter has to know of a record beside its values (OutboundRecord.attributes)."""
        return {}

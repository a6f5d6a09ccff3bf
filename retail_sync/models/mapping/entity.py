"""How records of one canonical entity live in Odoo: the contract, with defaults that follow the declaration."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from odoo import api, models

from ...domain.canonical import composites, registry
from ...domain.canonical.entity_spec import Effect, EntitySpec, ReferenceSpec, Strategy
from ...domain.canonical.schema import PART_MAIN
from ...runtime.constants import QUIET
from . import entity_kinds

# Effects that an active flag can carry: they need no code of the entity.
ARCHIVING = (Effect.archive, Effect.deactivate)
# Effects that leave the other side's record as it is; the link notes what happened.
KEEPING = (Effect.keep, Effect.append_only)


class Refusal(NamedTuple):
    """Why a record stays without a reference. again: a later change may make it possible, so that it waits on."""

    reason: str
    again: bool = False


class EntityContractError(Exception):
    """An entity lacks what the engine has to know of it. `entity`, `member`: what is missing where."""

    def __init__(self, entity: str, member: str):
        self.entity = entity
        self.member = member
        super().__init__(f"{entity} must define {member}; see retail.sync.entity for what it returns.")


class RetailSyncEntity(models.AbstractModel):
    """How one canonical entity lives in Odoo: `retail.sync.entity.<entity>`.

    The engine walks records through the same steps whatever they are; what a value means in Odoo is known here and
    nowhere else. An entity declares itself in `domain.canonical.registry` and names its declaration (`_entity`), its
    model (`_res_model`) and the columns that hold values as they are (`_plain`: {canonical field: column}). That is
    enough for records without parts and lines; the methods below are overridden for the rest.
    """

    _name = "retail.sync.entity"
    _description = "Canonical entity in Odoo"

    _entity: str | None = None
    _res_model: str | None = None
    _plain: Mapping[str, str] = {}
    # Canonical fields that Odoo fills in where no value was given.
    _filled_in: tuple[str, ...] = ()
    # The canonical field by which staff know a record; left empty, the key, else the first field.
    _title_field: str = ""

    # -- the declaration

    @api.model
    def _spec(self) -> EntitySpec:
        """Return the declaration. Raises EntityContractError, and UnknownEntityError where it is not registered."""
        if not self._entity:
            raise EntityContractError(self._name, "_entity")
        return registry.get(self._entity)

    @api.model
    def _model(self) -> models.BaseModel:
        """Return the Odoo model of the records, archived ones included, without notes and mails for what is written."""
        if not self._res_model:
            raise EntityContractError(self._name, "_res_model")
        return self.env[self._res_model].with_context(**QUIET, active_test=False)

    @api.model
    def _all(self) -> "dict[str, RetailSyncEntity]":
        """Return {name: entity} of the declared entities that have a model, in the order of their declaration."""
        names = {spec.name: f"retail.sync.entity.{spec.name}" for spec in registry.all()}
        return {name: self.env[model] for name, model in names.items() if model in self.env}

    @api.model
    def _of_model(self, res_model: str) -> list[str]:
        """Return the names of the entities whose records are of an Odoo model."""
        return [name for name, entity in self._all().items() if entity._res_model == res_model]

    @api.model
    def _of_name(self, name: str) -> "RetailSyncEntity":
        """Return the entity of a name. Raises EntityContractError where its addon has no such model."""
        if f"retail.sync.entity.{name}" not in self.env:
            raise EntityContractError(f"retail.sync.entity.{name}", "a model")
        return self.env[f"retail.sync.entity.{name}"]

    @api.model
    def _header_references(self) -> dict[str, ReferenceSpec]:
        """Return {canonical field: reference} of the references that are fields of the record itself, not of lines."""
        return {spec.field: spec for spec in self._spec().references.values() if "." not in spec.field}

    @api.model
    def _context(self, connection: models.BaseModel, items: Iterable[Any]) -> dict[str, Any]:
        """Return look-up tables for a page; read once, passed to the methods below."""
        return {"company_id": connection.company_id.id or False}

    @api.model
    def _transform_options(self) -> dict[str, Any]:
        """Return the tables by which transforms read and write the values of this entity."""
        return {}

    # -- canonical -> Odoo

    @api.model
    def _fold(self, item: Any, ctx: dict[str, Any]) -> None:
        """Fill item.folded, item.absent and item.unread: the parts as they are compared with Odoo's."""
        spec = self._spec()
        item.unread.update(item.incoming.unread)
        for part, values in item.incoming.parts.items():
            item.absent[part] = composites.absent_fields(values or {}, spec, part)
            item.folded[part] = None if values is None else composites.fold(values, spec, part)

    @api.model
    def _complete(self, values: dict[str, Any], local: dict[str, Any], absent: Any) -> dict[str, Any]:
        """Return folded values, with Odoo's (of local) where a field of a composite was not reported."""
        return composites.complete(values, local, self._spec(), absent) if absent else values

    @api.model
    def _bases_of(self, items: Iterable[Any]) -> dict[int, Any]:
        """Return {record id: base} of the records that items are linked with, as Odoo's values are read by them."""
        return {bound.res_id: bound.base for item in items for bound in item.bound.values()}

    @api.model
    def _beside(
        self, local: dict[str, Any], base: dict[str, Any], part: str, unread: Collection[str]
    ) -> dict[str, Any]:
        """Return folded values of Odoo to complete a record with: those of the base where it was not understood."""
        return composites.with_base(local, base, self._spec(), frozenset(unread), part) if unread else local

    @api.model
    def _vals(self, values: dict[str, Any], item: Any, ctx: dict[str, Any]) -> dict[str, Any]:
        """Return Odoo vals of folded values; what cannot be taken is named in item.incoming.warnings.

        Only fields that are present are written. A reference is left out while its record is not known.
        """
        fields, references = self._spec().fields, self._header_references()
        vals: dict[str, Any] = {}
        for name, column in self._plain.items():
            if name not in values:
                continue
            if name in references:
                target = item.target_of(references[name].name)
                if target or values[name] is None:
                    vals[column] = target or False
            else:
                vals[column] = entity_kinds.to_column(fields[name], values[name])
        return vals

    @api.model
    def _vals_for_write(self, record: models.BaseModel, values: dict[str, Any], item: Any, ctx: dict[str, Any]):
        """Return the vals that bring a record to folded values, without those it has already."""
        vals = self._vals(values, item, ctx)
        return {column: value for column, value in vals.items() if not entity_kinds.holds(record, column, value)}

    @api.model
    def _reference_vals(
        self,
        item: Any,
        record: models.BaseModel,
        apply: dict[str, Any],
        vals: dict[str, Any],
        shown: dict[str, Any],
        ctx: dict[str, Any],
    ) -> dict[str, Any]:
        """Return vals of the references in apply, given the other vals of the record.

        A reference whose record is not known is left as it is: it follows when that record comes. One that is not
        applied and that Odoo has filled waits for nothing. shown: folded values as the platform shows them.
        """
        found = {}
        for name, spec in self._header_references().items():
            column = self._plain.get(name)
            if column is None:
                continue
            if name not in apply:
                if record[column]:
                    item.references.pop(spec.name, None)
                continue
            target = item.target_of(spec.name)
            if target or apply[name] is None:
                found[column] = target or False
        return {column: value for column, value in found.items() if not entity_kinds.holds(record, column, value)}

    @api.model
    def _create_records(self, items: list[Any], ctx: dict[str, Any]) -> dict[tuple[str, str], int]:
        """Create the records of items and of their parts; set item.res_id. References of items are known by now.

        item.written gets {record id: vals}: what an automation makes of these values is found by it.

        :return: {(external id, part): record id}
        """
        model = self._model()
        vals_list = [self._vals(item.folded[PART_MAIN], item, ctx) for item in items]
        if "company_id" in model._fields and ctx.get("company_id"):
            for vals in vals_list:
                vals.setdefault("company_id", ctx["company_id"])
        records = model.create(vals_list)
        created = {}
        for item, record, vals in zip(items, records, vals_list, strict=True):
            item.res_id = record.id
            item.written[record.id] = vals
            created[(item.incoming.external_id, PART_MAIN)] = record.id
        if any(item.lacking() for item in items):
            created.update(self._create_parts(items, {record.id: record for record in records}, ctx))
        return created

    @api.model
    def _create_parts(self, items: list[Any], owners: dict[int, Any], ctx: dict[str, Any]):
        """Create the records of parts that are not linked yet, all in one batch. owners: {record id: record}.

        :return: {(external id, part): record id}
        """
        if self._spec().parts:
            raise EntityContractError(self._name, "_create_parts")
        return {}

    @api.model
    def _before_write(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        """Prepare for a page's changes: {record id: vals}."""

    @api.model
    def _write_records(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        """Write {record id: vals}: records with equal vals in one call, all through one shared prefetch."""
        groups: dict[str, list[int]] = defaultdict(list)
        for record_id, vals in changes.items():
            if vals:
                groups[repr(sorted(vals.items(), key=lambda entry: entry[0]))].append(record_id)
        shared = self._model().browse([record_id for ids in groups.values() for record_id in ids])
        for ids in groups.values():
            shared.browse(ids).with_prefetch(shared.ids).write(dict(changes[ids[0]]))

    # -- Odoo -> canonical

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]):
        """Return {record id: folded canonical values as Odoo has them now}. bases: {record id: the link's base}."""
        spec = self._spec()
        local = {}
        for record in records:
            values = {
                name: entity_kinds.from_column(spec.fields[name], record, column)
                for name, column in self._plain.items()
            }
            local[record.id] = composites.fold(values, spec)
        return local

    # -- references that come later

    @api.model
    def _can_wait(self, reference: ReferenceSpec) -> bool:
        """Return whether a record can be created before the record that a reference names.

        Where the column is required, or the reference is one of a line, the record itself comes later.
        """
        column = self._plain.get(reference.field)
        return reference.waits and bool(column) and not self._model()._fields[column].required

    @api.model
    def _check_references(self, items: list[Any], changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        """Look at the references of a page as they will be together, before any is written: {record id: vals}.

        One that cannot be written is taken out of changes; with its target in item.references set to None it waits.
        """

    @api.model
    def _apply_deferred(self, reference: str, ids_by_target: dict[int, list[int]]) -> dict[int, Refusal]:
        """Complete records by references that came after them: {target id: [record ids]}.

        :return: {record id: Refusal} of those that could not be completed
        """
        column = self._plain.get(self._spec().references[reference].field)
        if column is None:
            raise EntityContractError(self._name, "_apply_deferred")
        existing = set(self._model().browse({id_ for ids in ids_by_target.values() for id_ in ids}).exists().ids)
        for target, ids in ids_by_target.items():
            self._model().browse(id_ for id_ in ids if id_ in existing).write({column: target})
        return {}

    # -- values that Odoo does not know

    @api.model
    def _takes(self, name: str, value: Any, ctx: dict[str, Any]) -> bool:
        """Return whether Odoo can take a value of the platform in; not where it names what Odoo does not know."""
        return True

    @api.model
    def _unknown_values(self, items: Iterable[Any], ctx: dict[str, Any]) -> dict[str, dict[str, int]]:
        """Return {kind of value: {value: records}} of what items name and Odoo does not know, such as a salesperson."""
        return {}

    @api.model
    def _note_unknown(self, stream: models.BaseModel, counts: dict[str, Mapping[str, int]], met: bool = False) -> None:
        """Keep what a dry run, or a page (met), has found, for a person to say what each value means."""

    # -- records that no platform may touch

    @api.model
    def _internal(self, res_ids: Iterable[int]) -> set[int]:
        """Return those of the records that no platform may link to or change: none by default."""
        return set()

    @api.model
    def _internal_reason(self) -> str:
        """Return why, and what a person can do."""
        return self.env._("No platform may link to this record or change it.")

    # -- the end of a record or of a part

    @api.model
    def _deletion_effect(self, stream: models.BaseModel) -> Effect:
        """Return what a deletion on the platform does here: as declared, or as the stream's setting says."""
        effect = self._spec().lifecycle.remote_deletion
        if effect is Effect.policy:
            return Effect.archive if stream.delete_policy == "archive" else Effect.keep
        return effect

    @api.model
    def _merge_effect(self) -> Effect:
        """Return what becomes of a record whose counterpart was merged into another one on the platform."""
        effect = self._spec().lifecycle.remote_deletion
        return Effect.archive if effect is Effect.policy else effect

    @api.model
    def _ended(self, records: models.BaseModel) -> models.BaseModel:
        """Return those of the records whose end in Odoo has come already: nothing is done to them again."""
        return records.filtered(lambda record: not record.active) if "active" in records._fields else records.browse()

    @api.model
    def _deleted_remotely_vals(self, records: models.BaseModel, effect: Effect) -> dict[str, Any]:
        """Return the vals of records that ended on the platform. Raises EntityContractError for other effects."""
        if effect in ARCHIVING and "active" in records._fields:
            return {"active": False}
        raise EntityContractError(self._name, f"_end_records or _deleted_remotely_vals, for {effect.value}")

    @api.model
    def _end_records(self, records: models.BaseModel, effect: Effect) -> None:
        """Do to records what was done to them on the platform: one call for all."""
        records.write(self._deleted_remotely_vals(records, effect))

    @api.model
    def _part_gone_vals(self, part: str, record: models.BaseModel) -> dict[str, Any]:
        """Return the vals of a part's record when the platform shows that part as empty."""
        return {"active": False} if "active" in record._fields and record.active else {}

    @api.model
    def _revive_vals(self, record: models.BaseModel) -> dict[str, Any]:
        """Return the vals of a record that the sync had archived, and whose counterpart is back."""
        return {"active": True} if "active" in record._fields and not record.active else {}

    @api.model
    def _follow_merge(self, stream: models.BaseModel, losers: models.BaseModel, winner: models.BaseModel) -> bool:
        """Follow a merge of two records on the platform. losers: the loser's links, all parts; winner: a link.

        :return: whether the links are dealt with; False: the caller notes the merge on them
        """
        return False

    @api.model
    def _hand_over(self, stream: models.BaseModel, old: models.BaseModel, survivor: models.BaseModel, parts) -> None:
        """Give a merged record's dependants to its survivor. parts: ids of its own parts, which end with it."""

    # -- who a record is

    @api.model
    def _records_by_key(self, stream: models.BaseModel, keys: Collection[Any]) -> dict[Any, list[int]]:
        """Return {key: [record ids, in order]} of the records that have one of these keys, in one query."""
        spec = self._spec()
        column = self._plain.get(spec.identity.field)
        if spec.identity.strategy is not Strategy.key or column is None:
            raise EntityContractError(self._name, "_records_by_key")
        domain = [(column, "in", sorted(keys))]
        company = stream.connection_id.company_id.id
        if company and "company_id" in self._model()._fields:
            domain.append(("company_id", "in", [False, company]))
        found: dict[Any, list[int]] = defaultdict(list)
        for record in self._model().search_fetch(domain, [column], order="id"):
            found[record[column]].append(record.id)
        return found

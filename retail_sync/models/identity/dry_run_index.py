"""What matching would compare in the course of a load, for a dry run, which creates and changes no customer.

A load finds the customers that its earlier pages have created and changed as the index shows them by then. Here the
same is made of the values that would be written.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from odoo import models

from ...domain.canonical.customer import ADDRESS, ADDRESS_FIELDS
from ...domain.canonical.schema import PART_MAIN, make_ref
from ...domain.identity.normalise.features import prepare
from ...domain.identity.normalise.record import COMPANY, PERSON, Record
from ...domain.identity.normalise.serialise import pack
from ...domain.values.addresses import within_address
from ..links.dry_run_record import PLANNED_FROM, DryRun, PlannedRow
from ..mapping.item import Outcome, Reconciled
from . import index

# Canonical values that matching compares.
COMPARED = {"name", "kind", "email", "phone", "vat", "website", "parent", ADDRESS}


# -- finding


def add_carriers(dry: DryRun, keys: Iterable[int], carriers: dict[int, list[int]]) -> None:
    """Complete {key: partner ids} by what earlier pages would have created and changed."""
    planned = {int(key): ids for key, ids in dry.carriers(str(key) for key in keys).items()}
    changed = dry.stored({id_ for ids in carriers.values() for id_ in ids}).keys()
    if changed:
        for key, ids in carriers.items():
            carriers[key] = [id_ for id_ in ids if id_ not in changed]
    for key, ids in planned.items():
        carriers[key] = [*carriers.get(key, ()), *ids]


def packed(dry: DryRun, ids: Iterable[int]) -> dict[int, str]:
    """Return {partner id: packed features} of planned customers, and of those that would have been changed."""
    return {id_: features for id_, (_values, features) in dry.stored(ids).items()}


def names(dry: DryRun, ids: Iterable[int]) -> dict[int, str]:
    """Return {partner id: name} of planned customers, and of those that would have been changed."""
    return {id_: values["name"] for id_, (values, _features) in dry.stored(ids).items()}


# -- noting


def note(dry: DryRun, stream: models.BaseModel, items: Collection[Reconciled], ctx: dict[str, Any]) -> None:
    """Note what a page would have created, linked and changed.

    :param items: as `forecast` returned them, with ctx
    """
    done = (Outcome.create, Outcome.linked, Outcome.updated, Outcome.unchanged)
    items = [item for item in items if item.outcome in done and item.folded]
    if not items:
        return
    page = _Page(dry, stream, items, ctx)
    dry.note(stream, [page.row(item) for item in items])
    _complete(dry, stream, page.ids)


def _row(external_id: str, res_id: int, record: Record, parent: Record | None, waits_for: str | None) -> PlannedRow:
    features = prepare(_shown(record, parent))
    keys = [str(key) for key in index.keys_of(features)]
    return PlannedRow(external_id, res_id, json.dumps(asdict(record)), pack(features), waits_for, keys)


def _complete(dry: DryRun, stream: models.BaseModel, come: Mapping[str, int]) -> None:
    """Put planned customers under parents that came after them: {"Object/id": partner id}."""
    waiting = dry.waiting(come)
    if not waiting:
        return
    parents = _records(dry, {come[ref] for *_row, ref in waiting})
    model = stream._entity()._res_model
    renewed = []
    for remote_object, role, external_id, res_id, values, ref in waiting:
        parent = parents.get(come[ref])
        record = _under(_record(values), come[ref], parent)
        renewed.append((remote_object, role, model, _row(external_id, res_id, record, parent, None)))
    dry.renew(renewed)


def _record(values: Mapping[str, Any]) -> Record:
    """Return a stored record: JSON has lists for tuples."""
    return Record(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _records(dry: DryRun, ids: Collection[int]) -> dict[int, Record]:
    """Return {partner id: Record} as they would be by now."""
    found = {id_: _record(values) for id_, (values, _features) in dry.stored(ids).items()}
    rest = [id_ for id_ in ids if id_ not in found and id_ < PLANNED_FROM]
    if rest:
        found |= {int(record.id): record for record in index.read_records(dry.env, rest)}
    return found


def _under(record: Record, parent_id: int, parent: Record | None) -> Record:
    """Return a customer as Odoo keeps it under a parent: with the parent's address, unless it has another one."""
    record = replace(record, parent=parent_id)
    if parent is None:
        return record
    if record.kind == PERSON:
        record = replace(record, company=parent.name if parent.kind == COMPANY else "", vat="")
    if not _shares_address(record, parent):
        return record
    return replace(record, **{name: getattr(parent, name) for name in ADDRESS_FIELDS})


def _shares_address(record: Record, parent: Record) -> bool:
    stated, shared = ({name: getattr(side, name) for name in ADDRESS_FIELDS} for side in (record, parent))
    return within_address(stated, shared)


def _shown(record: Record, parent: Record | None) -> Record:
    """Return what the index shows of a customer: the address of a company proves nothing about its people."""
    if parent is None or record.kind == COMPANY or not _shares_address(record, parent):
        return record
    return replace(record, street="", street2="", city="", zip="", state="")


class _Page:
    """The records of a page as they would be after it. ids: {"Object/id": partner id}."""

    def __init__(
        self, dry: DryRun, stream: models.BaseModel, items: Collection[Reconciled], ctx: dict[str, Any]
    ) -> None:
        self.entity, self.ctx = stream._entity(), ctx
        self.by_ref = {make_ref(stream.remote_object, item.incoming.external_id): item for item in items}
        first = dry.next_id()
        new = [ref for ref, item in self.by_ref.items() if item.outcome is Outcome.create]
        self.ids = {ref: item.linked_id for ref, item in self.by_ref.items() if item.linked_id}
        self.ids |= {ref: first + number for number, ref in enumerate(new)}
        self.by_id = {self.ids[ref]: item for ref, item in self.by_ref.items()}
        self.ref_of = {id(item): ref for ref, item in self.by_ref.items()}
        changed = {self.ids[ref] for ref, item in self.by_ref.items() if self._applied(item)}
        above = {target for item in items if (target := self._parent_id(item))}
        # A parent of this page that stays as it is counts as it stands; new ones have no record yet.
        self.there = _records(dry, {id_ for id_ in changed | above if id_ < first})
        self.made: dict[int, Record | None] = {}

    def row(self, item: Reconciled) -> PlannedRow:
        """Return what is noted about an item; its values only where they are not those that Odoo has."""
        external_id, res_id = item.incoming.external_id, self.ids[self.ref_of[id(item)]]
        record = self._record(item)
        if record is None:
            return PlannedRow(external_id, res_id)
        parent_id = self._parent_id(item)
        waits_for = item.ref_of("parent") if not parent_id and not record.parent else None
        return _row(external_id, res_id, record, self._above(parent_id), waits_for)

    def _parent_id(self, item: Reconciled) -> int | None:
        return item.target_of("parent") or self.ids.get(item.ref_of("parent") or "")

    def _applied(self, item: Reconciled) -> dict[str, Any]:
        """Return the values of a known record that would be written and that matching compares."""
        applied = item.to_apply.get(PART_MAIN) or {}
        return {name: value for name, value in applied.items() if name in COMPARED}

    def _above(self, parent_id: int | None) -> Record | None:
        if not parent_id:
            return None
        item = self.by_id.get(parent_id)
        return (self._record(item) if item else None) or self.there.get(parent_id)

    def _record(self, item: Reconciled) -> Record | None:
        """Return an item as it would be; None where a known one stays as it is."""
        key = id(item)
        if key not in self.made:
            # Above itself, in a circle of parents, it stands without one.
            self.made[key] = None
            self.made[key] = self._made(item)
        return self.made[key]

    def _made(self, item: Reconciled) -> Record | None:
        res_id = self.ids[self.ref_of[id(item)]]
        if item.outcome is Outcome.create:
            record, values = Record(id=res_id, kind=COMPANY), item.folded.get(PART_MAIN) or {}
        else:
            values = self._applied(item)
            if not values or res_id not in self.there:
                return None
            record = self.there[res_id]
        record = replace(record, **self._fields(values, item, record))
        parent_id = self._parent_id(item)
        if parent_id and (item.outcome is Outcome.create or "parent" in values):
            return _under(record, parent_id, self._above(parent_id))
        if "parent" in values and not values["parent"]:
            return replace(record, parent=None, company="")
        return record

    def _fields(self, values: dict[str, Any], item: Reconciled, record: Record) -> dict[str, Any]:
        """Return the fields of a Record that canonical values set, by way of the columns in which Odoo keeps them."""
        vals = self.entity._vals(values, item, self.ctx)
        fields = {name: vals[name] or "" for name in ("name", "website", "vat") if name in vals}
        if "is_company" in vals:
            fields["kind"] = COMPANY if vals["is_company"] else PERSON
        if "email" in vals:
            fields["emails"] = (vals["email"],) if vals["email"] else ()
        if "country_id" in vals:
            fields |= {name: vals[name] or "" for name in ("street", "street2", "city", "zip")}
            state = self.ctx["state_of"].get(vals["state_id"])
            fields["state"] = state.code if state else ""
            fields["country"] = self.ctx["country_code"].get(vals["country_id"], "")
        if "phone" in vals:
            fields |= {"phones": (), "mobiles": ()}
            fields |= index.phone_numbers(vals["phone"] or "", fields.get("country", record.country))
        return fields

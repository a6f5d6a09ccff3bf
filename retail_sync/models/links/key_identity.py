"""Unknown records that are found by a key, or by nothing but the id of ours that they carry."""

from collections import defaultdict
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.entity_spec import Strategy
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError
from ..mapping import write_guard
from ..mapping.item import Outcome, Resolved
from . import lookups
from .dry_run_record import PLANNED_FROM, DryRun

# Candidates that are kept with an exception.
SHOWN = 5


def decide_page(
    env: Environment,
    stream: models.BaseModel,
    items: list[Resolved],
    decision: str | None = None,
    dry: DryRun | None = None,
) -> None:
    """Decide for every item that has no link: link, create, or failed with candidates. Two look-ups for the page.

    :param decision: 'create' when a person decided already
    :param dry: a dry run, and what its earlier pages have decided
    """
    unknown = [item for item in items if PART_MAIN not in item.bound]
    if not unknown:
        return
    # The outcome must not depend on the order of arrival within a page.
    unknown.sort(key=lambda item: item.incoming.external_id)
    if decision == "create":
        for item in unknown:
            item.outcome, item.rule = Outcome.create, "person"
            item.reason = env._("Decided by a person.")
        return
    carried = carried_ids(env, stream, unknown, dry)
    entity = stream._entity()
    identity = entity._spec().identity
    by_key: dict[object, list[int]] = {}
    if identity.strategy is Strategy.key:
        keys = {item.main[identity.field] for item in unknown if item.main.get(identity.field)}
        by_key = dict(entity._records_by_key(stream, keys)) if keys else {}
        if dry and keys:
            planned = dry.carriers(planned_key(entity, key) for key in keys)
            by_key = {key: [*by_key.get(key, ()), *planned.get(planned_key(entity, key), ())] for key in keys}
    found = {res_id for ids in by_key.values() for res_id in ids}
    bound = {link.res_id for link in _linked(env, stream, found)}
    if dry:
        bound |= dry.linked(stream, found)
    internal = entity._internal({*found, *carried.values()})
    # Of two records of one page that claim one record of Odoo, the one that carries its id gets it, whatever the order.
    taken = {res_id: external_id for external_id, res_id in carried.items()}
    created: dict[object, str] = {}
    takes_in = stream._takes_in()
    refused: list[Resolved] = []
    for item in unknown:
        external_id = item.incoming.external_id
        key = item.main.get(identity.field) if identity.field else None
        ids = by_key.get(key, [])
        if carried.get(external_id) in internal or not internal.isdisjoint(ids):
            item.outcome, item.fault = Outcome.failed, write_guard.protected_fault(entity)
            continue
        if external_id in carried:
            item.res_id, item.outcome, item.rule = carried[external_id], Outcome.link, "external_id"
            item.reason = env._("The record carries the id of this record in Odoo.")
            continue
        other = taken.get(ids[0]) if ids else created.get(key)
        if len(ids) > 1:
            text = env._("%(count)s records in Odoo have the key %(key)s.", count=len(ids), key=key)
            refused.append(_refuse(item, ids, text))
        elif other or (ids and ids[0] in bound):
            text = env._(
                "The record with the key %(key)s is linked to another one already. %(other)s",
                key=key,
                other=other or "",
            )
            refused.append(_refuse(item, ids, text.strip()))
        elif ids:
            item.res_id, item.outcome, item.rule = ids[0], Outcome.link, "key"
            item.reason = env._("The record in Odoo has the same key: %s", key)
            taken[ids[0]] = external_id
        else:
            item.outcome, item.rule = Outcome.create, "new"
            item.reason = env._("No record in Odoo has this key.") if key else env._("That record is not linked yet.")
            if key and takes_in:
                created[key] = external_id


def planned_key(entity: models.BaseModel, key: Any) -> str:
    """Return how a dry run notes the key of a record that a load would create."""
    return f"{entity._res_model} {key}"


def _refuse(item: Resolved, ids: list[int], text: str) -> Resolved:
    """Let a record fail because its key does not say which record it is; return it."""
    item.outcome = Outcome.failed
    item.fault = FaultError(FaultClass.duplicate, "KEY_NOT_UNIQUE", text)
    shown = [res_id for res_id in ids if res_id < PLANNED_FROM][:SHOWN]
    item.candidates = [{"id": res_id, "reasons": [text]} for res_id in shown]
    return item


def carried_ids(
    env: Environment, stream: models.BaseModel, items: list[Resolved], dry: DryRun | None = None
) -> dict[str, int]:
    """Return {external id: record id} of records that carry an Odoo id which is free to link."""
    wanted = defaultdict(list)
    for item in items:
        if item.incoming.local_ref and item.incoming.local_ref.isdigit():
            wanted[int(item.incoming.local_ref)].append(item.incoming.external_id)
    if not wanted:
        return {}
    there = stream._entity()._model().browse(list(wanted)).exists()
    bound = {link.res_id for link in _linked(env, stream, there.ids)}
    if dry:
        bound |= dry.linked(stream, there.ids)
    # Of two records that carry the same id, such as a copy, the last one counts.
    return {wanted[res_id][-1]: res_id for res_id in there.ids if res_id not in bound}


def _linked(env: Environment, stream: models.BaseModel, res_ids) -> models.BaseModel:
    """Return the links by which records stand for a record of this stream's kind already."""
    if not res_ids:
        return env["retail.sync.link"]
    return lookups.primary_links(env, stream.connection_id, stream._entity()._res_model, res_ids, role=stream.role)

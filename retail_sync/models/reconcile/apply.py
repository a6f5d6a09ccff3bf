"""Write what was decided: records in batches, links in one statement."""

import logging
from collections.abc import Callable
from typing import Any

import psycopg2
from psycopg2.errors import ProgramLimitExceeded, UniqueViolation

from odoo import models
from odoo.api import Environment
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.kinds import form_of, is_empty
from ...domain.canonical.parts import repeating_parts
from ...domain.canonical.schema import PART_MAIN, make_ref
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime import error_texts
from ...runtime.halving import halve
from ..links import deferred_references, link_store
from ..links.rows import LinkRow
from ..mapping import write_guard
from ..mapping.item import Outcome, Reconciled, Resolved
from ..outbox import parked
from . import references as reference_steps
from . import update_known
from .merge_part import MergedPart

_logger = logging.getLogger(__name__)

# Violated when another worker was faster; the page runs again and finds the result of that worker.
OUR_INDEXES = ("retail_sync_link_remote_uniq", "retail_sync_link_local_uniq", "retail_sync_message_open_uniq")


def apply(env: Environment, stream: models.BaseModel, resolved: list[Resolved]) -> list[Reconciled]:
    """Create, link and compare records; return all of them. Failing ones keep a fault and the outcome 'failed'."""
    items = [Reconciled.of(item) for item in resolved]
    entity = stream._entity()
    coming = (Outcome.create, Outcome.link, Outcome.undecided)
    page_refs = {make_ref(stream.remote_object, item.incoming.external_id) for item in items if item.outcome in coming}
    reference_steps.hold_back(env, stream, [item for item in items if item.outcome in coming], page_refs)
    reference_steps.note_waiting(env, stream, items)
    todo = [item for item in items if item.outcome in coming]
    if not todo:
        return items
    if not stream._takes_in():
        _link_only(env, stream, todo)
        return items
    ctx = entity._context(stream.connection_id, todo)
    ctx["fields"] = stream._mapped_fields()
    spec = entity._spec()
    for item in todo:
        entity._fold(item, ctx)
        item.repeats = repeating_parts(item.incoming.parts, spec)
    entity._note_unknown(stream, entity._unknown_values(todo, ctx), met=True)
    check(env, stream, entity, todo, ctx)
    todo = [item for item in todo if item.outcome in coming]
    rows = []
    known = [item for item in todo if item.outcome is not Outcome.create]
    if known:
        rows += _guarded(env, known, lambda part: update_known.merge_known(env, stream, entity, part, ctx))
    _create(env, stream, entity, [item for item in todo if item.outcome is Outcome.create], todo, ctx, rows)
    link_store.save(env, stream, rows)
    parked.release(env, stream, [row.res_id for row in rows if isinstance(row, LinkRow)])
    deferred_references.link(env, stream.connection_id, refs=_refs(stream, rows, todo))
    return items


def check(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]
) -> None:
    """Let the entity look at all records of a page; those that must not be taken in get their outcome."""
    if not entity._checks_items:
        return
    _guarded(env, items, lambda part: entity._check_items(stream, part, ctx) or [])
    # A check may find that a reference is missing that a known record could do without so far.
    reference_steps.note_waiting(env, stream, items)


def _link_only(env: Environment, stream: models.BaseModel, items: list[Reconciled]) -> None:
    """Link records that Odoo alone writes: no value is compared or taken in, and none counts as agreed on."""
    rows, entity = [], stream._entity()
    internal = entity._internal({item.linked_id for item in items})
    for item in items:
        if item.linked_id in internal:
            item.outcome, item.fault = Outcome.failed, write_guard.protected_fault(entity)
            continue
        item.folded = {PART_MAIN: {}}
        item.outcome = Outcome.linked
        rows.append(link_store.row(item, PART_MAIN, item.res_id))
        rows.extend(link_store.secondary_rows(env, item))
    link_store.save(env, stream, rows)
    deferred_references.link(env, stream.connection_id, refs=_refs(stream, rows, items))


def _refs(stream: models.BaseModel, rows: list[Any], items: list[Reconciled]) -> set[str]:
    """Return "Object/id" of the records that rows link, and of those for which items wait.

    A reference may wait although its record is known, as one that would close a circle.
    """
    pairs = (row if isinstance(row, tuple) else (stream.remote_object, row) for row in rows)
    linked = {make_ref(remote_object, row.external_id) for remote_object, row in pairs if row.part == PART_MAIN}
    return linked.union(*(refs for item in items for refs in item.missing().values()))


def _create(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    items: list[Reconciled],
    page: list[Reconciled],
    ctx: dict[str, Any],
    rows: list[Any],
) -> None:
    """Create records after those of the same page to which they refer, each generation in one batch."""
    page_by_ref = {make_ref(stream.remote_object, item.incoming.external_id): item for item in page}
    to_itself = {spec.name for spec in entity._spec().references.values() if entity._of_name(spec.entity) == entity}
    waiting = items
    while waiting:
        unborn = {id(item) for item in waiting}
        ready = [
            item
            for item in waiting
            if not any(
                res_id is None and id(page_by_ref.get(ref)) in unborn
                for name in to_itself
                for ref, res_id in item.references.get(name, {}).items()
            )
        ]
        if not ready:
            # They refer to each other in a circle: created side by side, and the rest is left to the deferred step.
            ready = waiting
        for item in ready:
            for name in to_itself:
                for ref, res_id in item.references.get(name, {}).items():
                    target = page_by_ref.get(ref)
                    if not res_id and target is not None and target.res_id:
                        item.references[name][ref] = target.res_id
        rows += _guarded(env, ready, lambda part: _create_part(env, stream, entity, part, ctx))
        born = {id(item) for item in ready}
        waiting = [item for item in waiting if id(item) not in born]


def _create_part(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], ctx: dict[str, Any]
) -> list[Any]:
    created = entity._create_records(items, ctx)
    write_guard.check_created(entity._model().browse(created.values()), stream.connection_id)
    rows, references = [], entity._header_references()
    for item in items:
        item.outcome = Outcome.created
        for part in item.folded:
            res_id = created.get((item.incoming.external_id, part))
            if res_id:
                agreed = dict(_agreed(entity, item, part) or {})
                attention = {"state": "attention"} if item.fault is not None else {}
                rows.append(MergedPart(item, part, res_id, agreed, {}, attention).row(references))
        rows.extend(link_store.secondary_rows(env, item))
    return rows


def _agreed(entity: models.BaseModel, item: Reconciled, part: str) -> dict[str, Any] | None:
    """Return the values of a new record that count as agreed on: those that the record has taken in.

    What Odoo alone decides is not taken in. As agreed on, the new record's blanks would clear it on the platform. A
    blank of the platform is agreed on: what is typed over it later is an edit, and no value from before.
    """
    specs, folded = entity._spec().merge_specs(part), item.folded[part]
    return folded and {
        name: value
        for name, value in folded.items()
        if name not in specs or specs[name].owner != "odoo" or is_empty(value, *form_of(specs[name]))
    }


def _guarded(env: Environment, items: list[Reconciled], step: Callable[[list[Reconciled]], list[Any]]) -> list[Any]:
    """Run step(items) in a savepoint; when it fails, halve until the guilty records stand alone.

    :return: the link rows that step returned for what went through

    Serialisation failures, deadlocks and lost connections are not a record's fault:
    they go up, and queue_job runs the page again.
    """

    def attempt(part):
        before = [(item.outcome, item.res_id, item.fault) for item in part]
        try:
            with env.cr.savepoint():
                return step(part)
        except Exception as error:
            reraise_technical(error)
            for item, (outcome, res_id, fault) in zip(part, before, strict=True):
                item.outcome, item.res_id, item.fault = outcome, res_id, fault
                item.conflicts.clear()
                item.conflict_parts.clear()
                item.to_push.clear()
                item.taken_back.clear()
                item.written.clear()
            raise

    def failed(item, error):
        item.outcome, item.fault = Outcome.failed, as_fault(error)
        return []

    return [row for rows in halve(items, attempt, failed, passes_on=is_technical) for row in rows]


def is_technical(error: Exception) -> bool:
    """Tell whether an error is no fault of a record: the page runs again as a whole.

    A value that no index of Odoo holds is the fault of its record, although psycopg2 counts it among those of the
    server.
    """
    technical = isinstance(error, (psycopg2.OperationalError, RetryableJobError))
    return technical and not isinstance(error, ProgramLimitExceeded)


def reraise_technical(error: Exception) -> None:
    """Send up what is no record's fault: lost serialisation, deadlocks, retries, a race for one of our keys."""
    if isinstance(error, UniqueViolation) and error.diag.constraint_name in OUR_INDEXES:
        raise RetryableJobError("Another worker took this record", seconds=2, ignore_retry=True) from error
    if is_technical(error):
        raise error


def as_fault(error: Exception) -> FaultError:
    """Return what Odoo said against a record as a fault with a stable code."""
    if isinstance(error, FaultError):
        return error
    text = error_texts.of_error(error)
    if isinstance(error, write_guard.ProtectedRecordError):
        return FaultError(FaultClass.business, write_guard.PROTECTED, text)
    if isinstance(error, AccessError):
        return FaultError(FaultClass.contract, "ODOO_ACCESS", text)
    if isinstance(error, (ValidationError, UserError, RedirectWarning)):
        return FaultError(FaultClass.business, "ODOO_VALIDATION", text)
    if isinstance(error, psycopg2.Error):
        return FaultError(FaultClass.business, "ODOO_DATABASE", text)
    error_texts.log(_logger, logging.ERROR, error, "A record could not be applied")
    return FaultError(FaultClass.unknown, "ODOO_UNEXPECTED", text)

"""What incoming records refer to, found among the linked records: by the references that their entity declares."""

from collections.abc import Iterable, Iterator
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.entity_spec import OnMissing, ReferenceSpec
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError
from ..links import deferred_references
from ..links.dry_run_record import DryRun
from ..mapping.item import Decoded, Outcome


def resolve(env: Environment, stream: models.BaseModel, items: list[Decoded], dry: DryRun | None = None) -> None:
    """Fill item.references with the Odoo records that references name, in one query for the page.

    A reference whose record is not here yet keeps None: the deferred step completes it when that record comes.

    :param dry: a dry run, in which references also name what its earlier pages would have linked
    """
    entity = stream._entity()
    specs = entity._spec().references
    wanted: dict[tuple[str, str], list[dict[str, int | None]]] = {}
    for item in items:
        for name, spec in specs.items():
            for ref in _refs(item.main, spec):
                found = item.references.setdefault(name, {})
                found[ref] = None
                wanted.setdefault((ref, entity._of_name(spec.entity)._res_model), []).append(found)
    if not wanted:
        return
    pairs = [(*ref.split("/", 1), model) for ref, model in wanted]
    objects, ids, names = zip(*pairs, strict=True)
    rows = env.execute_query(
        SQL(
            "SELECT link.remote_object || '/' || link.external_id, link.res_model, link.res_id"
            " FROM retail_sync_link link"
            " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS ref(remote_object, external_id, res_model)"
            " USING (remote_object, external_id, res_model)"
            " WHERE link.connection_id = %s AND link.part = 'main' AND link.state <> 'excluded'",
            list(objects),
            list(ids),
            list(names),
            stream.connection_id.id,
        )
    )
    entity_of = {entity._of_name(spec.entity)._res_model: entity._of_name(spec.entity) for spec in specs.values()}
    internal = {model: entity_of[model]._internal({row[2] for row in rows if row[1] == model}) for model in entity_of}
    for ref, model, res_id in rows:
        for found in wanted[(ref, model)]:
            if res_id not in internal[model]:
                found[ref] = res_id
    for (ref, model), res_id in (dry.targets(wanted) if dry else {}).items():
        for found in wanted[(ref, model)]:
            found[ref] = found[ref] or res_id


def _refs(values: Any, spec: ReferenceSpec) -> Iterator[str]:
    """Yield the "Object/id" texts of one reference: of a field, or of a field of each line."""
    name, dot, inner = spec.field.partition(".")
    found = [line.get(inner) for line in values.get(name) or ()] if dot else [values.get(name)]
    for ref in found:
        if ref and "/" in ref:
            yield ref


def hold_back(
    env: Environment, stream: models.BaseModel, items: Iterable[Decoded], page_refs: Iterable[str] = ()
) -> None:
    """Let records fail that cannot do without what they refer to; drop references that may be left out.

    :param page_refs: "Object/id" of the records that this page creates or links: they are here in a moment
    """
    entity = stream._entity()
    specs, coming = entity._spec().references, set(page_refs)
    for item in items:
        known = PART_MAIN in item.bound
        for name, refs in item.missing().items():
            spec = specs[name]
            missing = sorted(set(refs) - coming)
            waits = spec.waits and (entity._can_wait(spec) or (known and "." not in spec.field))
            if not missing or waits:
                continue
            text = env._("The record refers to '%s', which is not in Odoo yet.", ", ".join(missing))
            if spec.on_missing is OnMissing.skip:
                item.incoming.warnings.append(text)
                del item.references[name]
                continue
            if item.outcome is Outcome.failed:
                continue
            item.outcome = Outcome.failed
            item.fault = FaultError(FaultClass.dependency, "REFERENCE_MISSING", text)


def note_waiting(env: Environment, stream: models.BaseModel, items: Iterable[Decoded]) -> None:
    """Note what held-back records wait for: they are read again when it comes."""
    specs = stream._entity()._spec().references
    waiting = []
    for item in items:
        if isinstance(item.fault, FaultError) and item.fault.code == "REFERENCE_MISSING":
            refs = {name: refs for name, refs in item.missing().items() if specs[name].waits}
            bound = item.bound.get(PART_MAIN)
            waiting.append((bound.id if bound else None, item.incoming.external_id, refs))
    deferred_references.note(env, stream, waiting)

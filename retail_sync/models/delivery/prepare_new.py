"""Records that were made in Odoo and that the platform does not know yet."""

from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.schema import PART_MAIN
from ..outbox import outbox, router
from ..outbox.outbox import LIVING
from . import prepare


def new_records(env: Environment, stream, claimed, verdicts):
    """Return OutboundRecords of records to create; those that must wait, or need not go, get a Verdict."""
    entity = stream._entity()
    ids = [one.res_id for one in claimed]
    there = env[entity._res_model].with_context(active_test=False).browse(ids).exists()
    may = set(entity._exportable(stream, there.filtered("active").ids))
    todo = []
    for one in claimed:
        if one.res_id in may:
            todo.append(one)
        else:
            verdicts[one.id] = prepare.Verdict("done", env._("Not to be created on the platform (any longer)."))
    records = there.browse([one.res_id for one in todo])
    parents = _parents(env, stream, records)
    ctx = dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())
    local = entity._local_values(records, ctx, {})
    parts = set(stream.sudo().map_ids.filtered("active").mapped("part"))
    children = entity._address_children(stream, records.ids, parts)
    found = []
    for one in todo:
        record = records.browse(one.res_id)
        parent = parents.get(record.parent_id.id)
        if record.parent_id and isinstance(parent, prepare.Verdict):
            verdicts[one.id] = parent
            continue
        values = dict(local[record.id], parent=parent)
        found.append(_record(env, stream, entity, one, values, children.get(record.id, {}), ctx))
    return found


def _record(env: Environment, stream, entity, one, values, children, ctx):
    mapped = router.can_be_sent(stream)
    sent = {PART_MAIN: {name: value for name, value in values.items() if name in mapped}}
    local = {PART_MAIN: one.res_id}
    for part, child in children.items():
        own = entity._local_values(child, ctx, {})[child.id]
        if own.get("address"):
            sent[part] = {name: own[name] for name in ("address", "name", "phone") if own.get(name)}
            local[part] = child.id
    return OutboundRecord(
        key=prepare.key(env, stream, one.res_id),
        res_id=one.res_id,
        external_id=None,
        parts={part: entity._expand(values) for part, values in sent.items()},
        changed=None,
        kind=values.get("kind") or "company",
        ack=True,
        message_id=one.id,
        sent=sent,
        local=local,
        insisted=one.insisted,
    )


def _parents(env: Environment, stream, records):
    """Return {parent id: reference, None (never there), or the Verdict that its children wait}.

    A parent that will be created is queued, in case nothing about it has changed lately.
    """
    parent_ids = records.parent_id.ids
    links = outbox.bound(env, stream, parent_ids)
    parents = {
        parent_id: f"{link.remote_object}/{link.external_id}"
        for parent_id, link in links.items()
        if link.state in LIVING
    }
    unknown = [parent_id for parent_id in parent_ids if parent_id not in links]
    entity = stream._entity()
    for other in (
        env["retail.sync.stream"]
        ._sending()
        .filtered(lambda other: other.connection_id == stream.connection_id and other.entity == stream.entity)
    ):
        due = entity._exportable(other, unknown)
        router.enqueue(env, other, [(parent_id, "write", {}, 1) for parent_id in due])
        for parent_id in due:
            parents[parent_id] = prepare.Verdict("parked", f"{entity._res_model}/{parent_id}")
    return parents

"""What was read, and our own writes that crossed it."""

from odoo.api import Environment

from ...domain.canonical.schema import EntitySpec
from ...domain.reconcile.stale_reads import base_with_ours, tells_otherwise
from . import update_known


def drop_stale(entity, items, local, spec: EntitySpec):
    """Return items without those that must be read again: outcome 'stale'.

    Of two that cross, a read and a write of ours, the read may come in last and show what the write has replaced.
    Taken in, it would undo the edit here. Where it shows what both sides agreed on it does no harm.
    """
    trusted = []
    for item in items:
        if item.maybe_stale and any(
            _differs(entity, item, part, values, local, spec) for part, values in item.folded.items()
        ):
            item.outcome, item.res_id = "stale", update_known.res_id_of(item)
        else:
            trusted.append(item)
    return trusted


def _differs(entity, item, part, values, local, spec: EntitySpec):
    bound = item.bound.get(part)
    if bound is None or bound.res_id not in local:
        return bool(values)
    if values is None:
        return bool(bound.base)
    here, absent_parts = local[bound.res_id], item.absent_parts.get(part)
    remote = entity._complete(values, here, absent_parts)
    base = entity._complete(bound.base or {}, here, absent_parts)
    both = {name: value for name, value in remote.items() if name in here}
    return tells_otherwise(base, both, spec.merge_specs(part))


def base(env: Environment, base, remote, sent, specs):
    """Return the base that both sides are measured against, given what was sent without an answer."""
    return base_with_ours(base, remote, sent, specs) if sent else base

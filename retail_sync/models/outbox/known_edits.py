"""When Odoo's values were edited: what decides which of two edits is the later one."""

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.registry import get
from ...runtime.constants import UNCLOSED_STATES
from .edit_times import Edits


def edit_times(env: Environment, stream, res_ids):
    """Return {record id: Edits}: changes made in Odoo that the platform has not taken yet."""
    env["retail.sync.message"].flush_model(["changes", "state"])
    rows = env.execute_query(
        SQL(
            "SELECT res_id, changes FROM retail_sync_message WHERE stream_id = %s AND kind = 'delivery'"
            " AND res_id = ANY(%s) AND op = 'write'"
            " AND state = ANY(%s) ORDER BY id",
            stream.id,
            list(res_ids),
            list(UNCLOSED_STATES),
        )
    )
    times, spec = {}, get(stream.entity)
    for res_id, changes in rows:
        found = times.setdefault(res_id, Edits())
        for name, at in (changes or {}).items():
            if isinstance(at, dict):
                found.note(name, at["at"], True, spec)
            elif isinstance(at, int):
                found.note(name, at, False, spec)
    _unrouted_times(env, stream, res_ids, times)
    return times


def _unrouted_times(env: Environment, stream, res_ids, times):
    """Add changes that no router has seen yet: those of plain SQL leave no other trace of when they were made."""
    entity, spec = stream._entity(), get(stream.entity)
    rows = env.execute_query(
        SQL(
            "SELECT res_id, names, origin, (EXTRACT(EPOCH FROM at) * 1000)::bigint FROM retail_sync_change"
            " WHERE model = %s AND res_id = ANY(%s) AND op <> 'D' AND origin IS DISTINCT FROM %s ORDER BY id",
            entity._res_model,
            list(res_ids),
            str(stream.connection_id.id),
        )
    )
    for res_id, names, origin, at in rows:
        found = times.setdefault(res_id, Edits())
        for name in entity._fields_of(set(names.split(",")) if names else set()):
            found.note(name, at, bool(origin), spec)

"""When Odoo's values were edited: what decides which of two edits is the later one."""

from odoo.api import Environment
from odoo.tools import SQL

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
    entity = stream._entity()
    times = {}
    for res_id, changes in rows:
        found = times.setdefault(res_id, Edits())
        for name, at in (changes or {}).items():
            names = {name} | entity._composites_of({name})
            if isinstance(at, dict):
                found.note(names, at["at"], True)
            elif isinstance(at, int):
                found.note(names, at, False)
    _unrouted_times(env, stream, res_ids, times)
    return times


def _unrouted_times(env: Environment, stream, res_ids, times):
    """Add changes that no router has seen yet: those of plain SQL leave no other trace of when they were made."""
    entity = stream._entity()
    rows = env.execute_query(
        SQL(
            "SELECT res_id, names, origin, (EXTRACT(EPOCH FROM at) * 1000)::bigint FROM retail_sync_change"
            " WHERE model = %s AND res_id = ANY(%s) AND op <> 'D' AND origin IS DISTINCT FROM %s ORDER BY id",
            entity._res_model,
            list(res_ids),
            str(stream.connection_id.id),
        )
    )
    named = entity._fields_named(names for _res_id, names, _origin, _at in rows)
    for res_id, names, origin, at in rows:
        fields = named[names]
        times.setdefault(res_id, Edits()).note(fields | entity._composites_of(fields), at, bool(origin))

"""When Odoo's values were edited: what decides which of two edits is the later one."""

from dataclasses import dataclass, field

from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.constants import UNCLOSED_STATES

# When a change was made: a number, or an object that says so. What a deletion notes is no time.
_AT = (
    "CASE jsonb_typeof(value) WHEN 'object' THEN (value ->> 'at')::numeric WHEN 'number' THEN value::numeric ELSE 0 END"
)


def latest(old, new):
    """Return the SQL of two columns of changes as one: of a field that both name, the later edit.

    Not simply the newer column: routers pass each other, and what a page notes carries the platform's clock.
    """
    return (
        f"CASE WHEN {old} IS NULL OR {old} = '{{}}' THEN COALESCE({new}, '{{}}') ELSE ("
        f"SELECT COALESCE(jsonb_object_agg(key, value), '{{}}') FROM (SELECT DISTINCT ON (key) key, value FROM ("
        f"SELECT key, value, 0 AS place FROM jsonb_each({old})"
        f" UNION ALL SELECT key, value, 1 FROM jsonb_each(COALESCE({new}, '{{}}'))) AS edits"
        f" ORDER BY key, {_AT} DESC, place DESC) AS later) END"
    )


@dataclass(slots=True)
class Edits:
    """When fields were changed in Odoo (ms since 1970), and which of them by another connection."""

    times: dict[str, int] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def note(self, names: set[str], at: int, foreign: bool) -> None:
        """Note that values, and composites named beside their fields, were changed at a time (ms since 1970)."""
        for name in names:
            if at >= self.times.get(name, 0):
                self.times[name] = at
                (self.foreign.add if foreign else self.foreign.discard)(name)


def edit_times(env: Environment, stream, res_ids):
    """Return {record id: Edits}: changes made in Odoo that the platform has not taken yet."""
    env["retail.sync.message"].flush_model(["changes", "state"])
    rows = env.execute_query(
        SQL(
            "SELECT res_id, changes FROM retail_sync_message WHERE stream_id = %s AND kind IN ('delivery', 'field')"
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


def edited_ids(env: Environment, links, name: str) -> set[int]:
    """Return the ids of linked records of which a field was edited in Odoo, and no platform has taken the edit yet."""
    found = set()
    # What this transaction has edited counts too: triggers see it once it is in the table.
    env[links[:1].res_model].browse(links.mapped("res_id")).flush_recordset()
    for stream, linked in links.grouped("stream_id").items():
        times = edit_times(env, stream, linked.mapped("res_id"))
        found |= {res_id for res_id, edits in times.items() if name in edits.times}
    return found


def _unrouted_times(env: Environment, stream, res_ids, times):
    """Add changes that no router has seen yet: those of plain SQL leave no other trace of when they were made."""
    entity = stream._entity()
    rows = env.execute_query(
        SQL(
            "SELECT res_id, names, CASE WHEN op <> 'C' THEN origin END, (EXTRACT(EPOCH FROM at) * 1000)::bigint"
            " FROM retail_sync_change"
            " WHERE model = %s AND res_id = ANY(%s) AND op <> 'D' AND (op = 'C' OR origin IS DISTINCT FROM %s)"
            " ORDER BY id",
            entity._res_model,
            list(res_ids),
            str(stream.connection_id.id),
        )
    )
    named = entity._fields_named(names for _res_id, names, _origin, _at in rows)
    for res_id, names, origin, at in rows:
        fields = named[names]
        times.setdefault(res_id, Edits()).note(fields | entity._composites_of(fields), at, bool(origin))

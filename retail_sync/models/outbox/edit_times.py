"""When Odoo's values were edited, as changes note it."""

from dataclasses import dataclass, field

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

"""Triggers by which the database itself refuses to change the audit trail, whoever asks."""

from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

PREFIX = "retail_sync_audit_guard"
LOCK = 7_283_411_909

# Rows come in without a seal. A seal is set once, on a row that is otherwise left as it is. Nothing else is accepted.
_ROW = """
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.seq IS NULL AND NEW.hash IS NULL AND NEW.sealed_at IS NULL THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL AND NEW.sealed_at IS NOT NULL
           AND to_jsonb(NEW) - ARRAY['seq', 'hash', 'sealed_at'] = to_jsonb(OLD) - ARRAY['seq', 'hash', 'sealed_at']
        THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""
# A text leaves only after a row of the trail says so, and that row is not sealed yet: it is written with the erasure.
_TEXT = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM retail_sync_audit WHERE seq IS NULL AND kind = 'erasure'
                   AND details -> 'texts_of' @> to_jsonb(OLD.audit_id))
        THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'Reasons in the audit trail are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
"""
# The head only moves forward.
_HEAD = """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id = OLD.id AND NEW.seq > OLD.seq THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'The head of the audit trail only moves forward: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
"""
# {function: body}. The name carries a version: another body gets another name.
FUNCTIONS = {f"{PREFIX}_row_v1": _ROW, f"{PREFIX}_text_v1": _TEXT, f"{PREFIX}_head_v1": _HEAD}


class Trigger(NamedTuple):
    """A trigger: its name, its table, when it fires, and the function that it calls."""

    name: str
    table: str
    fires: str
    function: str


def _triggers() -> tuple[Trigger, ...]:
    tables = (
        ("row", "retail_sync_audit", "INSERT OR UPDATE OR DELETE"),
        ("text", "retail_sync_audit_text", "UPDATE OR DELETE"),
        ("head", "retail_sync_audit_head", "UPDATE OR DELETE"),
    )
    found = []
    for key, table, events in tables:
        function = f"{PREFIX}_{key}_v1"
        found.append(Trigger(f"{PREFIX}_{key}", table, f"BEFORE {events} ON {table} FOR EACH ROW", function))
        truncate = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        found.append(Trigger(f"{PREFIX}_{key}_truncate", table, truncate, function))
    return tuple(found)


TRIGGERS = _triggers()


def missing(env: Environment) -> list[str]:
    """Return names of triggers that do not stand as they are to be: absent, switched off, or with another function."""
    bodies = dict(
        env.execute_query(SQL("SELECT proname, prosrc FROM pg_proc WHERE starts_with(proname, %s)", f"{PREFIX}_"))
    )
    rows = env.execute_query(
        SQL(
            "SELECT trigger.tgname, class.relname, proc.proname, pg_get_triggerdef(trigger.oid) FROM pg_trigger trigger"
            " JOIN pg_class class ON class.oid = trigger.tgrelid"
            " JOIN pg_namespace space ON space.oid = class.relnamespace"
            " JOIN pg_proc proc ON proc.oid = trigger.tgfoid"
            # 'A': fires in sessions of replication too.
            " WHERE space.nspname = current_schema AND trigger.tgenabled = 'A' AND trigger.tgqual IS NULL"
            " AND starts_with(trigger.tgname, %s)",
            PREFIX,
        )
    )
    standing = {name: (table, function, definition) for name, table, function, definition in rows}
    return [trigger.name for trigger in TRIGGERS if not _stands(trigger, standing.get(trigger.name), bodies)]


def _stands(trigger: Trigger, found: tuple[str, str, str] | None, bodies: dict[str, str]) -> bool:
    if found is None or found[:2] != (trigger.table, trigger.function):
        return False
    when = set(trigger.fires.split(" ON ")[0].removeprefix("BEFORE ").split(" OR "))
    # PostgreSQL puts the events into an order of its own.
    before, _on, _rest = found[2].partition(" ON ")
    events = set(before.partition(" BEFORE ")[2].split(" OR "))
    return events == when and bodies.get(trigger.function) == FUNCTIONS[trigger.function]


def ensure(env: Environment) -> list[str]:
    """Make the triggers that are missing; return their names.

    Several servers may start at once: one of them does it.
    """
    absent = missing(env)
    if not absent or not env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))[0][0]:
        return []
    for name, body in FUNCTIONS.items():
        env.cr.execute(
            SQL("CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s", SQL.identifier(name), body)
        )
    for trigger in TRIGGERS:
        if trigger.name in absent:
            name, table = SQL.identifier(trigger.name), SQL.identifier(trigger.table)
            env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, table))
            call = SQL("EXECUTE FUNCTION %s()", SQL.identifier(trigger.function))
            # The text is a constant of this file, and holds no value.
            env.cr.execute(SQL("CREATE TRIGGER %s %s %s", name, SQL(trigger.fires), call))  # pylint: disable=sql-injection
            env.cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, name))
    return absent


def remove(env: Environment) -> None:
    """Drop the triggers and their functions; for the uninstallation."""
    for name in FUNCTIONS:
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)))

"""Triggers by which the database itself refuses to change what is written once, whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL


class Trigger(NamedTuple):
    """A trigger: its name, its table, what it fires before (``UPDATE OR DELETE``), and the function that it calls."""

    name: str
    table: str
    events: str
    function: str

    @property
    def fires(self) -> str:
        """Return when it fires, as ``CREATE TRIGGER`` has it."""
        each = "STATEMENT" if self.events == "TRUNCATE" else "ROW"
        return f"BEFORE {self.events} ON {self.table} FOR EACH {each}"


@dataclass(frozen=True)
class Guard:
    """The triggers of tables that are only added to.

    :param lock: key of the advisory lock under which they are made
    :param functions: {name: body}. The name carries a version: another body gets another name
    """

    lock: int
    functions: Mapping[str, str]
    triggers: tuple[Trigger, ...]

    @property
    def tables(self) -> list[str]:
        """Return the names of the guarded tables."""
        return list(dict.fromkeys(trigger.table for trigger in self.triggers))

    def is_due(self, env: Environment) -> bool:
        """Return whether all tables exist: before that, an installation has not made them yet."""
        count = env.execute_query(
            SQL("SELECT count(*) FROM unnest(%s) name WHERE to_regclass(name) IS NOT NULL", self.tables)
        )[0][0]
        return bool(count == len(self.tables))

    def missing(self, env: Environment) -> list[str]:
        """Return names of triggers that are not as they must be: absent, switched off, or with another function."""
        rows = env.execute_query(
            SQL(
                "SELECT trigger.tgname, class.relname, proc.proname, proc.prosrc, pg_get_triggerdef(trigger.oid)"
                " FROM pg_trigger trigger JOIN pg_class class ON class.oid = trigger.tgrelid"
                " JOIN pg_namespace space ON space.oid = class.relnamespace"
                " JOIN pg_proc proc ON proc.oid = trigger.tgfoid"
                # 'A': fires in sessions of replication too.
                " WHERE space.nspname = current_schema AND trigger.tgenabled = 'A' AND trigger.tgqual IS NULL"
                " AND class.relname = ANY(%s)",
                self.tables,
            )
        )
        standing = {
            (name, table, function): (body, _events(definition)) for name, table, function, body, definition in rows
        }
        return [
            trigger.name
            for trigger in self.triggers
            if standing.get((trigger.name, trigger.table, trigger.function))
            != (self.functions[trigger.function], _events(trigger.fires))
        ]

    def ensure(self, env: Environment) -> list[str]:
        """Make the triggers that are missing; return their names.

        Several servers may start at once: one of them does it.
        """
        absent = self.missing(env)
        if not absent or not env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", self.lock))[0][0]:
            return []
        for function, body in self.functions.items():
            make = "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s"
            env.cr.execute(SQL(make, SQL.identifier(function), body))
        for trigger in self.triggers:
            if trigger.name in absent:
                name, table = SQL.identifier(trigger.name), SQL.identifier(trigger.table)
                env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, table))
                # The text is a constant of the addon, and holds no value.
                fires = SQL(trigger.fires)  # pylint: disable=sql-injection
                call = SQL("EXECUTE FUNCTION %s()", SQL.identifier(trigger.function))
                env.cr.execute(SQL("CREATE TRIGGER %s %s %s", name, fires, call))
                env.cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, name))
        return absent

    def remove(self, env: Environment) -> None:
        """Drop the triggers and their functions; for the uninstallation."""
        for function in self.functions:
            env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(function)))


def _events(definition: str) -> frozenset[str]:
    """Return what a trigger fires before; PostgreSQL puts the events into an order of its own."""
    return frozenset(definition.partition("BEFORE ")[2].partition(" ON ")[0].split(" OR "))

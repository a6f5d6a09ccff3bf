import logging
from collections import defaultdict
from contextlib import contextmanager
from typing import NamedTuple

import psycopg2

from odoo import api, models
from odoo.tools import SQL, sql

from ...runtime import error_texts
from .capture_sql import FUNCTION_NAME, FUNCTIONS, create_statements
from .change_source import PREFIX, ChangeSource, record_arguments, record_trigger_name

__all__ = ["ChangeSource", "Trigger"]

_logger = logging.getLogger(__name__)

LOCK = 7_283_411_905
# pg_trigger.tgtype: for each row, after insert, update and delete.
AFTER_EACH_ROW = 1 | 4 | 8 | 16


class Trigger(NamedTuple):
    """A trigger as it is wanted, or as the database has it. function "": an unknown body, to be made anew."""

    table: str
    arguments: tuple[str, ...]
    function: str = FUNCTION_NAME


class RetailSyncCapture(models.AbstractModel):
    """Triggers that note each change of a mapped column in the transaction that makes it.

    They see what no override does: stored computes, imports, plain SQL and values per
    company. They are made from the active mapping, and are checked after each load of the
    registry, so after each upgrade too, and on schedule: an upgrade may take one away.
    """

    _name = "retail.sync.capture"
    _description = "Change capture"

    def _register_hook(self):
        super()._register_hook()
        if "retail.sync.stream" not in self.env:
            return
        # Not after an upgrade's own load only: Odoo says that the registry is ready after this hook. A database whose
        # upgrade is still to come may lack columns, and must start all the same.
        try:
            with self.env.cr.savepoint():
                self._refresh()
        except psycopg2.Error as error:
            text = "Change capture could not be checked; the schedule checks it again"
            error_texts.log(_logger, logging.ERROR, error, text)

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Hook: return the sources of computed values that concern every stream, whatever its entity."""
        return []

    @api.model
    def _sources(self, entities) -> list[ChangeSource]:
        """Return the change sources of these entities and journals (models) and those of the hook, each once."""
        found = list(self._change_sources())
        for entity in entities:
            found += entity._change_sources()
        return list(dict.fromkeys(found))

    @api.model
    def _watched(self) -> dict[str, Trigger]:
        """Return {trigger name: Trigger}: what the active streams and the journals have to hear of."""
        streams = self.env["retail.sync.stream"].sudo().search([("direction", "in", ["out", "both"])])
        columns, owners, entities, wanted_names = defaultdict(set), {}, {}, set()
        for stream in streams.filtered(lambda stream: stream.connection_id.active):
            entity = stream._entity()
            mapped = stream._outbound_fields()
            wanted_names |= mapped | set(entity._export_words()) | set(entity._cause_words())
            columns[entity._res_model] |= entity._columns_of(mapped) | entity._steering_columns()
            owners[entity._res_model] = owners.get(entity._res_model) or entity._owner_column()
            entities[entity._name] = entity
        journals = self.env["retail.sync.journal"].sudo()._kept()
        if not (entities or journals):
            return {}
        for journal in journals:
            wanted_names.update(name for source in journal._change_sources() for name in source.names)
        watching = [*entities.values(), *journals]
        sources = [source for source in self._sources(watching) if wanted_names & set(source.names)]
        for source in sources:
            if self._is_own(source):
                columns[source.model].update(source.columns)
        wanted = {}
        for model, found in columns.items():
            records = self.env[model]
            arguments = record_arguments(model, found, records._log_access, owners.get(model, ""))
            wanted[record_trigger_name(records._table)] = Trigger(records._table, arguments)
        tables = {source.table for source in sources}
        there = set(sql.existing_tables(self.env.cr, tables)) if tables else set()
        for source in sources:
            if source.table not in there:
                _logger.warning("Change capture: there is no table %s for %s", source.table, ", ".join(source.names))
            elif not self._is_own(source):
                arguments = source.arguments(wanted_names & set(source.names))
                wanted[source.trigger_name()] = Trigger(source.table, arguments)
        return wanted

    @api.model
    def _is_own(self, source: ChangeSource) -> bool:
        """Tell whether a source stands in the record's own row, which has a trigger already."""
        return source.in_own_row(self.env[source.model]._table)

    @api.model
    def _refresh(self) -> list[str]:
        """Make the triggers that stand equal those that the active streams want; return the names that changed.

        Several servers may start at once: one of them does it.
        """
        wanted = self._watched()
        standing = self._standing()
        if standing == wanted:
            return []
        if not self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))[0][0]:
            return []
        for statement in create_statements():
            self.env.cr.execute(statement)
        changed = [name for name in standing.keys() | wanted.keys() if standing.get(name) != wanted.get(name)]
        for name in sorted(changed):
            if name in standing:
                self._drop(name, standing[name].table)
            if name in wanted:
                table, arguments, function = wanted[name]
                # One that a person switched off does not stand, and has the name all the same.
                self._drop(name, table)
                self.env.cr.execute(
                    SQL(
                        "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s(%s)",
                        SQL.identifier(name),
                        SQL.identifier(table),
                        SQL.identifier(function),
                        SQL(", ").join(SQL("%s", argument) for argument in arguments),
                    )
                )
        self._drop_functions(keep=FUNCTIONS)
        _logger.info("Change capture: %s set", ", ".join(sorted(changed)))
        return changed

    @api.model
    def _drop(self, name: str, table: str) -> None:
        self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(table)))

    @api.model
    def _standing(self) -> dict[str, Trigger]:
        """Return {trigger name: Trigger} as the database has them, switched on, of all versions.

        One that is not called as it is to be, or whose function is another, has no name of a function: it equals no
        trigger that is wanted.
        """
        bodies = self._bodies()
        sound = all(bodies.get(name) == body for name, (_signature, _result, body) in FUNCTIONS.items())
        rows = self.env.execute_query(
            SQL(
                "SELECT trigger.tgname, class.relname, trigger.tgargs, proc.proname, trigger.tgtype = %s"
                " AND trigger.tgqual IS NULL AND cardinality(trigger.tgattr::int2[]) = 0 FROM pg_trigger trigger"
                " JOIN pg_class class ON class.oid = trigger.tgrelid"
                " JOIN pg_namespace space ON space.oid = class.relnamespace"
                " JOIN pg_proc proc ON proc.oid = trigger.tgfoid"
                " WHERE space.nspname = current_schema AND NOT trigger.tgisinternal"
                " AND trigger.tgenabled IN ('O', 'A') AND starts_with(trigger.tgname, %s)",
                AFTER_EACH_ROW,
                PREFIX,
            )
        )
        return {
            name: Trigger(
                table, tuple(bytes(arguments).decode().split("\x00")[:-1]), function if sound and full else ""
            )
            for name, table, arguments, function, full in rows
        }

    @api.model
    def _bodies(self) -> dict[str, str]:
        """Return {name: body} of the functions of all versions that the database has."""
        rows = self.env.execute_query(
            SQL(
                "SELECT proc.proname, proc.prosrc FROM pg_proc proc JOIN pg_namespace space"
                " ON space.oid = proc.pronamespace WHERE space.nspname = current_schema"
                " AND starts_with(proc.proname, %s)",
                PREFIX,
            )
        )
        return dict(rows)

    @api.model
    def _drop_functions(self, keep=()) -> None:
        """Drop the functions of all versions but those to keep, with the triggers that still call them."""
        for name in self._bodies():
            if name not in keep:
                self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", SQL.identifier(name)))

    @api.model
    def _remove(self) -> None:
        """Drop all triggers and functions of all versions; for the uninstallation."""
        for name, trigger in self._standing().items():
            self._drop(name, trigger.table)
        self._drop_functions()

    @api.model
    @contextmanager
    def _origin(self, connection):
        """Mark what is changed within the block as coming from a connection: it is not sent back there."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT current_setting('retail_sync.origin', true), set_config('retail_sync.origin', %s, true)",
            [str(connection.id)],
        )
        before = self.env.cr.fetchone()[0] or ""
        yield
        self.env.flush_all()
        # After an error there is nothing to unmark: the savepoint takes the mark back.
        self.env.cr.execute("SELECT set_config('retail_sync.origin', %s, true)", [before])

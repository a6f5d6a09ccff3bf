import logging
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PREFIX = "retail_sync_capture"
LOCK = 7_283_411_905

# One function for all tables. Its arguments: the name of the model, the column that holds
# the record's id, 'U' for changes or 'C' for a cause, the names that a cause reports, the
# column without whose amount a row says nothing, then the columns to watch. Values are
# compared as jsonb and looked up by name: a column that an upgrade drops or retypes
# breaks nothing.
FUNCTION = """
CREATE OR REPLACE FUNCTION retail_sync_capture() RETURNS trigger AS $$
DECLARE
    before jsonb;
    after jsonb;
    seen text[] := '{}';
    said text := TG_ARGV[3];
    kind text := CASE WHEN TG_ARGV[2] = 'C' THEN 'C' ELSE left(TG_OP, 1) END;
    mine text := nullif(current_setting('retail_sync.origin', true), '');
    who int;
    former int;
BEGIN
    IF kind <> 'C' AND TG_ARGV[1] = 'id' THEN
        IF TG_OP = 'UPDATE' THEN
            -- A record that this very transaction created has said so already: what the ORM
            -- computes and stores on top is part of its creation, unless somebody else does it.
            IF OLD.create_date = now() AT TIME ZONE 'UTC'
               AND current_setting('retail_sync.born', true) = '+' || coalesce(mine, '')
            THEN RETURN NULL; END IF;
        ELSE
            INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
            VALUES (TG_ARGV[0], CASE WHEN TG_OP = 'INSERT' THEN NEW.id ELSE OLD.id END, kind, said,
                    mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
            PERFORM set_config('retail_sync.captured', txid_current()::text, true),
                    set_config('retail_sync.born', '+' || coalesce(mine, ''), true);
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    IF TG_OP = 'UPDATE' THEN
        FOR i IN 5 .. TG_NARGS - 1 LOOP
            IF before -> TG_ARGV[i] IS DISTINCT FROM after -> TG_ARGV[i] THEN
                seen := seen || TG_ARGV[i];
            END IF;
        END LOOP;
        IF seen = '{}' THEN RETURN NULL; END IF;
    END IF;
    IF kind = 'C' AND TG_ARGV[4] <> ''
       AND coalesce((before ->> TG_ARGV[4])::numeric, 0) = 0 AND coalesce((after ->> TG_ARGV[4])::numeric, 0) = 0
    THEN RETURN NULL; END IF;
    who := (coalesce(after, before) ->> TG_ARGV[1])::int;
    IF who IS NOT NULL THEN
        INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
        VALUES (TG_ARGV[0], who, kind, CASE WHEN said = '' THEN array_to_string(seen, ',') ELSE said END,
                mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
    END IF;
    -- A row that moved from one record to another concerns both.
    former := (before ->> TG_ARGV[1])::int;
    IF kind = 'C' AND former IS NOT NULL AND former IS DISTINCT FROM who THEN
        INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at)
        VALUES (TG_ARGV[0], former, kind, said, mine, txid_current(), clock_timestamp() AT TIME ZONE 'UTC');
    END IF;
    PERFORM set_config('retail_sync.captured', txid_current()::text, true);
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


@dataclass(frozen=True, slots=True)
class ChangeSource:
    """A table whose rows change a computed value of a record.

    :param table: e.g. account_move_line
    :param id_column: the column that holds the record's id, e.g. partner_id
    :param columns: what to watch in the table
    :param model: whose records the ids are
    :param names: canonical names of the values that may change
    :param amount: a numeric column; rows in which it is and was zero say nothing
    """

    table: str
    id_column: str
    columns: tuple[str, ...]
    model: str
    names: tuple[str, ...]
    amount: str = ""


class RetailSyncCapture(models.AbstractModel):
    """Triggers that note each change of a mapped column in the transaction that makes it.

    They see what no override does: stored computes, imports, plain SQL and values per
    company. They are made from the active mapping, and are checked at each start and on
    schedule, since an upgrade may take one away.
    """

    _name = "retail.sync.capture"
    _description = "Change capture"

    def _register_hook(self):
        super()._register_hook()
        if "retail.sync.stream" in self.env and self.env.registry.ready:
            self._refresh()

    @api.model
    def _causes(self):
        """Hook: return the Causes of values that are computed and not stored."""
        return []

    @api.model
    def _watched(self):
        """Return {(table, arguments)}: what the active streams need to be told of."""
        streams = self.env["retail.sync.stream"].sudo().search([("direction", "in", ["out", "both"])])
        columns, names = defaultdict(set), set()
        for stream in streams.filtered(lambda stream: stream.connection_id.active):
            entity = stream._entity()
            mapped = stream._outbound_fields()
            names |= mapped
            columns[entity._res_model] |= entity._columns_of(mapped) | entity._steering_columns()
        told = names | {"first_order"}
        causes = [cause for cause in self._causes() if columns and told & set(cause.names)]
        for cause in causes:
            if self._is_own(cause):
                columns[cause.model].update(cause.columns)
        wanted = {}
        for model, found in columns.items():
            table = self.env[model]._table
            wanted[f"{PREFIX}_{table}"] = (table, (model, "id", "U", "", "", *sorted(found)))
        for cause in causes:
            if not self._is_own(cause):
                words = ",".join(sorted(told & set(cause.names)))
                wanted[f"{PREFIX}_{cause.table}_{cause.id_column}"[:63]] = (
                    cause.table,
                    (cause.model, cause.id_column, "C", words, cause.amount, *sorted(cause.columns)),
                )
        return wanted

    @api.model
    def _is_own(self, cause):
        """Tell whether a cause stands in the record's own row, which has a trigger already."""
        return cause.id_column == "id" and cause.table == self.env[cause.model]._table

    @api.model
    def _refresh(self):
        """Make the triggers that stand equal those that the active streams want; return the names that changed.

        Several servers may start at once: one of them does it.
        """
        wanted = self._watched()
        standing = self._standing()
        if standing == wanted:
            return []
        if not self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))[0][0]:
            return []
        self.env.cr.execute(FUNCTION)
        changed = [name for name in standing.keys() | wanted.keys() if standing.get(name) != wanted.get(name)]
        for name in sorted(changed):
            if name in standing:
                self.env.cr.execute(
                    SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(standing[name][0]))
                )
            if name in wanted:
                table, arguments = wanted[name]
                self.env.cr.execute(
                    SQL(
                        "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s"
                        " FOR EACH ROW EXECUTE FUNCTION retail_sync_capture(%s)",
                        SQL.identifier(name),
                        SQL.identifier(table),
                        SQL(", ").join(SQL("%s", argument) for argument in arguments),
                    )
                )
        _logger.info("Change capture: %s set", ", ".join(sorted(changed)))
        return changed

    @api.model
    def _standing(self):
        """Return {trigger name: (table, arguments)} as the database has them, switched on."""
        rows = self.env.execute_query(
            SQL(
                "SELECT trigger.tgname, class.relname, trigger.tgargs FROM pg_trigger trigger"
                " JOIN pg_class class ON class.oid = trigger.tgrelid"
                " JOIN pg_namespace space ON space.oid = class.relnamespace"
                " WHERE space.nspname = current_schema AND NOT trigger.tgisinternal AND trigger.tgenabled <> 'D'"
                " AND trigger.tgname LIKE %s",
                f"{PREFIX}%",
            )
        )
        return {name: (table, tuple(bytes(arguments).decode().split("\x00")[:-1])) for name, table, arguments in rows}

    @api.model
    def _remove(self):
        """Take all triggers away, and their function; for the uninstallation."""
        for name, (table, _arguments) in self._standing().items():
            self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(table)))
        self.env.cr.execute("DROP FUNCTION IF EXISTS retail_sync_capture() CASCADE")

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

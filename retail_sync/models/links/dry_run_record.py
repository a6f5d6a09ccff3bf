"""What a dry run has decided so far: the records that a load would have created and linked by now."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.schema import make_ref
from ...runtime import retention
from ...runtime.erasure import Erasure, Ids, Record, Remote, Through
from ...runtime.sql import execute_values

# Ids that stand for records which a load would create: above those of all records, and within the range of ids.
PLANNED_FROM = 2_000_000_000
# Rows about a record on the platform; what it would become has no id in Odoo yet.
PLANNED = Remote(connection=None)


class RetailSyncDryRunRecord(models.Model):
    """A record that a load would have created or linked before the page at hand.

    Dropped when the last of the dry runs that were started together ends, however it ends: it holds personal data.
    """

    _name = "retail.sync.dry.run.record"
    _description = "Dry run: planned record"
    _erasure = Erasure(rows=(Record(), PLANNED), quotes=("values", "features"))
    _log_access = False

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    scope = fields.Char(required=True, help="Correlation id of the dry runs that were started together.")
    remote_object = fields.Char(required=True)
    role = fields.Char(required=True)
    external_id = fields.Char(required=True)
    res_model = fields.Char(required=True)
    res_id = fields.Integer(required=True, help="The record in Odoo; a number above all ids for a planned one.")
    values = fields.Json(
        groups=fields.NO_ACCESS,
        help="What matching compares, as the record would be; empty where it stays as it is.",
    )
    features = fields.Text(groups=fields.NO_ACCESS, help="The values in normal forms.")
    waits_for = fields.Char(help="Object/id of the record to which it refers and that has not come yet.")

    _record_uniq = models.UniqueIndex("(scope, remote_object, role, external_id)")
    _target_idx = models.Index("(scope, res_id)")
    _waiting_idx = models.Index("(scope, waits_for) WHERE waits_for IS NOT NULL")

    @api.model
    def _drop(self, runs: models.BaseModel) -> None:
        """Drop what these runs and those started with them have noted, unless another one of them still needs it."""
        scopes = set(runs.mapped("correlation_id"))
        alive = [("kind", "=", "dry"), ("state", "in", ("pending", "running")), ("id", "not in", runs.ids)]
        alive.append(("correlation_id", "in", list(scopes)))
        scopes -= set(self.env["retail.sync.run"].search(alive).mapped("correlation_id"))
        if not scopes:
            return
        for table in ("retail_sync_dry_run_key", "retail_sync_dry_run_record"):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE scope = ANY(%s)", SQL.identifier(table), list(scopes)))
        self.env["retail.sync.dry.run.record"].invalidate_model()
        self.env["retail.sync.dry.run.key"].invalidate_model()

    @retention.batched
    def _gc_records(self) -> retention.Progress:
        """Delete what dry runs left behind whose run no longer exists, or was ended by plain SQL."""
        return retention.delete_expired(self, left_behind(self._table), SQL("id"))


class RetailSyncDryRunKey(models.Model):
    """A key by which a planned record, or a record as a load would change it, is found."""

    _name = "retail.sync.dry.run.key"
    _description = "Dry run: key of a planned record"
    _erasure = Erasure(
        rows=(
            Ids("res_id"),
            Through("retail_sync_dry_run_record", PLANNED, ("scope", "res_id"), ("scope", "res_id")),
        )
    )
    _log_access = False

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    scope = fields.Char(required=True)
    key = fields.Char(required=True, groups=fields.NO_ACCESS)
    res_id = fields.Integer(required=True)

    _key_idx = models.Index("(scope, key)")
    _target_idx = models.Index("(scope, res_id)")

    @retention.batched
    def _gc_keys(self) -> retention.Progress:
        """Delete the keys of records that dry runs left behind."""
        return retention.delete_expired(self, left_behind(self._table), SQL("id"))


def left_behind(table: str) -> SQL:
    """Return the condition of rows for which no dry run works any more."""
    return SQL(
        "NOT EXISTS (SELECT FROM retail_sync_run alive WHERE alive.correlation_id = %s AND alive.kind = 'dry'"
        " AND alive.state IN ('pending', 'running'))",
        SQL.identifier(table, "scope"),
    )


class PlannedRow(NamedTuple):
    """One row of what a page decided. keys: by which the record is found."""

    external_id: str
    res_id: int
    values: str | None = None
    features: str | None = None
    waits_for: str | None = None
    keys: Collection[str] = ()


class DryRun:
    """What the pages of a dry run before this one have decided. Every method is one statement, whatever it is given."""

    def __init__(self, env: Environment, run: models.BaseModel) -> None:
        self.env, self.run, self.scope = env(su=True), run, run.correlation_id

    def known(self, stream: models.BaseModel, external_ids: Iterable[str]) -> set[str]:
        """Return those of a stream's records about which this dry run has decided already."""
        rows = self.env.execute_query(
            SQL(
                "SELECT external_id FROM retail_sync_dry_run_record WHERE scope = %s AND remote_object = %s"
                " AND role = %s AND external_id = ANY(%s)",
                self.scope,
                stream.remote_object,
                stream.role,
                list(external_ids),
            )
        )
        return {external_id for (external_id,) in rows}

    def targets(self, refs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return {("Object/id", model): record id} of references to records that a load would have linked by now."""
        refs = list(refs)
        if not refs:
            return {}
        pairs = [(*ref.split("/", 1), model) for ref, model in refs]
        objects, ids, names = zip(*pairs, strict=True)
        rows = self.env.execute_query(
            SQL(
                "SELECT planned.remote_object, planned.external_id, planned.res_model, planned.res_id"
                " FROM retail_sync_dry_run_record planned"
                " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS ref(remote_object, external_id, res_model)"
                " USING (remote_object, external_id, res_model) WHERE planned.scope = %s",
                list(objects),
                list(ids),
                list(names),
                self.scope,
            )
        )
        return {(make_ref(object_, external_id), model): res_id for object_, external_id, model, res_id in rows}

    def linked(self, stream: models.BaseModel, res_ids: Iterable[int]) -> set[int]:
        """Return those of the records that a record of this stream's kind would be linked to by now."""
        ids = list(res_ids)
        if not ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM retail_sync_dry_run_record WHERE scope = %s AND res_id = ANY(%s)"
                " AND role = %s AND res_model = %s",
                self.scope,
                ids,
                stream.role,
                stream._entity()._res_model,
            )
        )
        return {res_id for (res_id,) in rows}

    def carriers(self, keys: Iterable[str]) -> dict[str, list[int]]:
        """Return {key: record ids} of the keys by which planned or changed records are found."""
        rows = self.env.execute_query(
            SQL(
                "SELECT key, array_agg(res_id ORDER BY res_id) FROM retail_sync_dry_run_key WHERE scope = %s"
                " AND key = ANY(%s) GROUP BY key",
                self.scope,
                list(keys),
            )
        )
        return dict(rows)

    def stored(self, res_ids: Iterable[int]) -> dict[int, tuple[Any, str]]:
        """Return {record id: (values, features)} of planned records, and of those that a load would have changed."""
        rows = self.env.execute_query(
            SQL(
                "SELECT res_id, values, features FROM retail_sync_dry_run_record WHERE scope = %s"
                " AND res_id = ANY(%s) AND features IS NOT NULL",
                self.scope,
                list(res_ids),
            )
        )
        return {res_id: (values, features) for res_id, values, features in rows}

    def waiting(self, refs: Iterable[str]) -> list[tuple[str, str, str, int, Any, str]]:
        """Return [(object, role, external id, record id, values, "Object/id")] of the records that wait for these."""
        return self.env.execute_query(
            SQL(
                "SELECT remote_object, role, external_id, res_id, values, waits_for FROM retail_sync_dry_run_record"
                " WHERE scope = %s AND waits_for = ANY(%s) AND values IS NOT NULL ORDER BY res_id",
                self.scope,
                list(refs),
            )
        )

    def next_id(self) -> int:
        """Return the first id that no planned record has."""
        [(last,)] = self.env.execute_query(
            SQL("SELECT MAX(res_id) FROM retail_sync_dry_run_record WHERE scope = %s", self.scope)
        )
        return max(last or 0, PLANNED_FROM) + 1

    def note(self, stream: models.BaseModel, rows: Sequence[PlannedRow]) -> None:
        """Note what a page decided about records of a stream; a later note takes the place of an earlier one."""
        if not rows:
            return
        place = (self.run.id, self.scope, stream.remote_object, stream.role, stream._entity()._res_model)
        self._store([(*place, *row[:-1]) for row in rows])
        self._note_keys({row.res_id: row.keys for row in rows if row.keys})

    def renew(self, rows: Collection[tuple[str, str, str, PlannedRow]]) -> None:
        """Note rows of any stream again: [(object, role, model, row)]."""
        if rows:
            self._store([(self.run.id, self.scope, *place, *row[:-1]) for *place, row in rows])
            self._note_keys({row.res_id: row.keys for *_place, row in rows})

    def _store(self, rows: list[tuple[Any, ...]]) -> None:
        execute_values(
            self.env,
            "INSERT INTO retail_sync_dry_run_record (run_id, scope, remote_object, role, res_model, external_id,"
            " res_id, values, features, waits_for) VALUES %s"
            " ON CONFLICT (scope, remote_object, role, external_id) DO UPDATE"
            " SET values = EXCLUDED.values, features = EXCLUDED.features, waits_for = EXCLUDED.waits_for",
            rows,
            template="(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
            page_size=1000,
        )

    def _note_keys(self, keys_of: dict[int, Collection[str]]) -> None:
        """Note by which keys records are found from now on: {record id: keys}."""
        if not keys_of:
            return
        self.env.cr.execute(
            "DELETE FROM retail_sync_dry_run_key WHERE scope = %s AND res_id = ANY(%s)", [self.scope, list(keys_of)]
        )
        rows = [(self.run.id, self.scope, key, res_id) for res_id, keys in keys_of.items() for key in keys]
        if rows:
            execute_values(
                self.env,
                "INSERT INTO retail_sync_dry_run_key (run_id, scope, key, res_id) VALUES %s",
                rows,
                page_size=5000,
            )

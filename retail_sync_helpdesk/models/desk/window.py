"""Limits of a desk beside that of the account: of an endpoint, and of a single ticket or person."""

import json
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.retail_sync.runtime import retention
from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.budget import ACCOUNT, States, Window, WindowState

T = TypeVar("T")
# The longest window of a desk is ten minutes; what is older says nothing more.
KEPT_SECONDS = 3600


class RetailSyncDeskWindow(models.Model):
    """What all workers have used of a limit, written in short transactions: a call was made whatever its job does."""

    _name = "retail.sync.desk.window"
    _description = "Used calls of a limit of the desk"
    _erasure = Erasure(why="Counts calls by ids of the desk, for minutes.")
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    state = fields.Json(readonly=True)
    written_at = fields.Datetime(required=True, readonly=True)

    _name_uniq = models.UniqueIndex("(connection_id, name)")
    _written_idx = models.Index("(written_at)")

    @retention.batched
    def _gc_windows(self) -> retention.Progress:
        """Delete what was used long ago."""
        old = SQL("written_at < now() AT TIME ZONE 'UTC' - %s * interval '1 second'", KEPT_SECONDS)
        return retention.delete_expired(self, old, SQL("written_at"))


class DatabaseBudgetStore:
    """The client's budget store over these rows. The account's own window is the call guard's, and is not kept here."""

    def __init__(self, env: Environment, connection_id: int) -> None:
        self._env = env
        self._connection_id = connection_id

    def change(self, names: Collection[str], step: Callable[[States], tuple[T, States]]) -> T:
        kept = sorted(name for name in names if name != ACCOUNT)
        if not kept:
            return step({})[0]
        result: T = run_separately(self._env, _change, self._connection_id, kept, step, read_committed=True)
        return result


class LimitsBesideAccount:
    """The limits of an account without that of the account as a whole, which the call guard keeps."""

    def __init__(self, limits: Any) -> None:
        self._limits = limits

    def of_call(self, method: str, path: str) -> list[Window]:
        """Return the windows that a call is counted in."""
        return [window for window in self._limits.of_call(method, path) if window.name != ACCOUNT]


def _change(tx: Environment, connection_id: int, names: list[str], step: Callable[[States], tuple[T, States]]) -> T:
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_window (connection_id, name, written_at)"
        " SELECT %s, name, now() AT TIME ZONE 'UTC' FROM unnest(%s) AS name ORDER BY name"
        " ON CONFLICT (connection_id, name) DO NOTHING",
        [connection_id, names],
    )
    tx.cr.execute(
        "SELECT name, state FROM retail_sync_desk_window WHERE connection_id = %s AND name = ANY(%s)"
        " ORDER BY name FOR UPDATE",
        [connection_id, names],
    )
    stored = {name: WindowState.from_json(state) for name, state in tx.cr.fetchall() if state}
    result, states = step(stored)
    for name in names:
        if name in states:
            tx.cr.execute(
                "UPDATE retail_sync_desk_window SET state = %s::jsonb, written_at = now() AT TIME ZONE 'UTC'"
                " WHERE connection_id = %s AND name = %s",
                [json.dumps(states[name].to_json()), connection_id, name],
            )
    return result

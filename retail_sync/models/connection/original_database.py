"""Which database a connection belongs to: a copy of it must not speak to the platform of the original."""

from typing import Any

from odoo import models

from ...domain.security.audit import AuditKind
from ..audit import trail

# The database as PostgreSQL names it within its cluster, and as Odoo names it. A dump carries the latter along.
_PARTS = (
    "(SELECT oid::text FROM pg_database WHERE datname = current_database())",
    "(SELECT value FROM ir_config_parameter WHERE key = 'database.uuid')",
)
# The cluster: another one after a restore on another server.
_CLUSTER = "(SELECT system_identifier::text FROM pg_control_system())"


# {database: whether it names its cluster to Odoo}; a grant, which does not change while a server runs.
_clusters: dict[str, bool] = {}


def seal_sql(cr: Any) -> str:
    """Return an SQL expression for the seal of the database that a cursor is connected to.

    A provider of databases may keep the cluster's number to itself: the name of the database stands in for it then.
    """
    if cr.dbname not in _clusters:
        cr.execute("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")
        _clusters[cr.dbname] = cr.fetchone()[0]
    third = _CLUSTER if _clusters[cr.dbname] else "current_database()"
    return f"concat_ws(':', {', '.join(_PARTS)}, {third})"


class RetailSyncConnection(models.Model):
    """Which database may speak for a connection."""

    _inherit = "retail.sync.connection"

    def action_database_is_original(self) -> bool:
        """Let this database speak to the platform again: it is the original, restored or moved, and no copy of it."""
        self._require_manager()
        for connection in self.sudo():
            connection._call_guard("critical").accept_database()
            trail.add(
                self.env,
                AuditKind.ORIGINAL,
                model=self._name,
                res_ids=connection.ids,
                connection=connection,
                details={"database": self.env.cr.dbname},
            )
            connection.message_post(
                body=self.env._("%s declared this database to be the original. Calls pass again.", self.env.user.name)
            )
        return True

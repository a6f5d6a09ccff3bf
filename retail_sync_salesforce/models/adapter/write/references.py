import time
from typing import Any

from odoo import api, models
from odoo.api import Environment

from odoo.addons.retail_sync.adapter import retry_transaction, separate_transaction
from odoo.addons.retail_sync.adapter.contract import Connection

# What is looked up seldom is looked up again after a day: people change it without telling us.
RECHECK_SECONDS = 86400


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Records of the org that many others refer to: kept on the connection, so that they cost no call each time."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _kept(self, connection: Connection, kind: str) -> dict[str, Any]:
        """Return what is known of one kind ("books", "cases"); nothing where it is older than a day.

        Read in a transaction of its own: this job's may not see what another one has found meanwhile.
        """
        with separate_transaction(self.env) as tx:
            known = tx["retail.sync.connection"].sudo().browse(connection.id).sf_references or {}
        found: dict[str, Any] = known.get(kind) or {}
        return found if time.time() - found.get("at", 0) < RECHECK_SECONDS else {}

    @api.model
    def _keep(self, connection: Connection, kind: str, found: dict[str, Any]) -> dict[str, Any]:
        """Note what was found of one kind; {} forgets it. Return it."""
        noted = {**found, "at": found.get("at") or int(time.time())} if found else {}

        def note(tx: Environment) -> None:
            stored = tx["retail.sync.connection"].sudo().browse(connection.id)
            stored.sf_references = {**(stored.sf_references or {}), kind: noted}

        retry_transaction(self.env, note)
        return noted

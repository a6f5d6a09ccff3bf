from odoo import api, models

from odoo.addons.retail_sync.adapter import Capabilities, CredentialField, CredentialKind, Polls, Window
from odoo.addons.retail_sync.adapter.contract import Connection
from odoo.addons.retail_sync.adapter.unanswered import unanswered

from .adapter import WRITE_SECONDS
from .call_hooks import MINUTE

MINUTE_SECONDS = 60


class RetailSyncAdapterDesk(models.AbstractModel):
    """What desks have in common of abilities, credentials and limits."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def capabilities(self) -> Capabilities:
        return Capabilities(
            polls=Polls.stream,
            deletions=True,
            write=True,
            delete=True,
            events=True,
            facts=True,
            find_effect=True,
            versions=True,
            write_seconds=WRITE_SECONDS,
        )

    @api.model
    def _account_limit(self) -> int:
        """Return the calls a minute of the smallest plan; the account's own figure comes with each answer."""
        unanswered(self, "_account_limit")

    @api.model
    def budget_windows(self, connection: Connection) -> list[Window]:
        """Return the account's window; those of endpoints and single records are kept by the desk's own windows."""
        return [Window(MINUTE, MINUTE_SECONDS, self._account_limit())]

    @api.model
    def _webhook_secret(self) -> CredentialField:
        return CredentialField(
            "desk_webhook_secret",
            self.env._("Webhook secret"),
            secret=True,
            required=False,
            kind=CredentialKind.password,
        )

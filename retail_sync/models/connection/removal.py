"""What goes with a connection when it is deleted, and how fast."""

from odoo import SUPERUSER_ID, api, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...runtime import removal


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    def unlink(self) -> bool:
        """Delete what belongs to the connections first, table by table.

        The database's cascade goes row by row: with 505,000 links, uninstalling an addon took 390 s, and the web client
        waits for 120 s.
        """
        if not self.ids:
            return super().unlink()
        self.check_access("unlink")
        self.env.flush_all()
        # A client can send the flag too: emptying whole tables locks them, and is for the system's uninstallation.
        uninstalling = self.env.uid == SUPERUSER_ID and bool(self.env.context.get(MODULE_UNINSTALL_FLAG))
        emptied = removal.empty(self.env(su=True), self._table, self.ids, truncate=uninstalling)
        self.env.invalidate_all(flush=False)
        result: bool = super().unlink()
        if emptied:
            self.env["retail.sync.connection"].sudo()._after_removal()
        return result

    @api.model
    def _after_removal(self) -> None:
        """Hook: compute afresh what is kept by triggers, which do not fire where a table is emptied at once."""

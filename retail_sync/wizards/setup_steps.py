from odoo import models
from odoo.exceptions import UserError

from .setup import STEPS


class RetailSyncSetup(models.TransientModel):
    """The buttons of the set-up wizard."""

    _inherit = "retail.sync.setup"

    def action_back(self):
        self.ensure_one()
        names = [name for name, _label in STEPS]
        return self._go(names[max(0, names.index(self.step) - 1)])

    def action_test(self):
        """Test the connection and show every check."""
        self.ensure_one()
        self._check_complete()
        self.backend_id.action_test_connection()
        return self._go("test")

    def action_scope(self):
        self.ensure_one()
        if not self.test_ok:
            raise UserError(self.env._("Mend the problems marked red first, then test again."))
        return self._go("scope")

    def action_dry_run(self):
        """Count what a first load would do. Nothing is written to customers."""
        self.ensure_one()
        if not self.scope_confirmed:
            raise UserError(
                self.env._("Please look at the filters and confirm them: they decide who becomes a customer.")
            )
        self.load_confirmed = False
        self.backend_id.start_dry_run()
        return self._go("dry")

    def action_to_load(self):
        """Go on to the first load; nothing starts yet."""
        self.ensure_one()
        if not self.dry_done:
            raise UserError(
                self.env._("Wait until the dry run has ended, so that you know what the first load will do.")
            )
        return self._go("load")

    def action_first_load(self):
        self.ensure_one()
        if not self.load_confirmed:
            raise UserError(self.env._("Please confirm that you have looked at the dry run's numbers."))
        self.backend_id.start_first_load()
        return self._go("load")

    def action_overview(self):
        return self.env["ir.actions.actions"]._for_xml_id("retail_sync.action_overview")

    def action_exceptions(self):
        return self.backend_id.action_exceptions()

    def action_connection(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "retail.sync.backend",
            "res_id": self.backend_id.id,
            "views": [[False, "form"]],
        }

from unittest.mock import patch

from odoo.tests import tagged

from ...models.operations.uninstall_dialog import BaseModuleUninstall
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestUninstallDialog(EngineCase):
    """Whoever uninstalls an addon hears what goes with it."""

    def loss(self, module):
        modules = self.env["ir.module.module"].search([("name", "=", module)])
        return self.env["base.module.uninstall"].create({"module_ids": modules.ids}).retail_sync_loss

    def test_the_dialog_counts_links_and_messages(self):
        """Connections and 505,000 links were deleted without a word (M6)."""
        for number in range(3):
            self.firm(f"F{number}")
        self.firm("F9", name="")
        self.take(FIRM)
        links = self.env["retail.sync.link"].search_count([("connection_id", "=", self.connection.id)])
        text = self.loss("retail_sync")
        self.assertIn(self.connection.name, text)
        self.assertIn(f"Link: {links}", text)
        self.assertIn("Customers stay", text)

    def test_the_addon_of_a_platform_takes_its_connections_alone(self):
        owners = {"fake": "retail_sync_salesforce"}
        with patch.object(BaseModuleUninstall, "_addon_of", lambda dialog, system: owners.get(system, "")):
            wizard = self.env["base.module.uninstall"]
            self.assertIn(self.connection.name, wizard._retail_sync_loss({"retail_sync_salesforce"}))
            owners["fake"] = "another_addon"
            self.assertFalse(wizard._retail_sync_loss({"retail_sync_salesforce"}))

    def test_other_addons_say_nothing(self):
        self.assertFalse(self.env["base.module.uninstall"]._retail_sync_loss({"an_addon"}))

    def test_the_addon_of_a_choice_is_found(self):
        choices = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "retail.sync.connection"), ("field_id.name", "=", "system")]
        )
        self.assertTrue(choices)
        for choice in choices:
            self.assertTrue(self.env["base.module.uninstall"]._addon_of(choice.value).startswith("retail_sync"))

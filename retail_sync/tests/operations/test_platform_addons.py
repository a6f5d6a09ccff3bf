from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ..common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestPlatformAddons(TransactionCase):
    """An engine without an adapter shows which platform addons can be installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connections = cls.env["retail.sync.connection"]
        modules = cls.env["ir.module.module"]

        def module(name, depends, state="uninstalled"):
            dependencies = [Command.create({"name": depends})]
            values = {"shortdesc": f"Title of {name}", "summary": "A summary", "dependencies_id": dependencies}
            return modules.create({"name": name, "state": state, **values})

        module("retail_sync_shop_a", "retail_sync")
        module("retail_sync_other", "base")
        module("retailXsync_shop", "retail_sync")
        module("retail_sync_broken", "retail_sync", "uninstallable")

    def without_platform(self):
        return patch.object(self.connections._fields["system"], "selection", [])

    def test_platform_addons_that_are_not_installed_are_listed(self):
        with self.without_platform():
            found = self.connections.get_platform_addons()
        self.assertFalse(found["has_platform"])
        addons = {addon["name"]: addon for addon in found["addons"]}
        self.assertEqual(
            addons["retail_sync_shop_a"],
            {"name": "retail_sync_shop_a", "title": "Title of retail_sync_shop_a", "summary": "A summary"},
        )
        self.assertFalse({"retail_sync", "retail_sync_other", "retailXsync_shop", "retail_sync_broken"} & set(addons))

    def test_operator_who_cannot_read_modules_sees_the_list(self):
        operator = new_test_user(self.env, "operator_of_addons", groups="retail_sync.group_operator")
        with self.without_platform():
            found = self.connections.with_user(operator).get_platform_addons()
        self.assertIn("retail_sync_shop_a", [addon["name"] for addon in found["addons"]])


@tagged("post_install", "-at_install")
class TestPlatformAddonInstalled(FakePlatformCase):
    def test_engine_with_an_adapter_lists_no_addons(self):
        self.assertEqual(self.env["retail.sync.connection"].get_platform_addons(), {"has_platform": True, "addons": []})

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import FakePlatformCase

ADDONS = ("retail_sync", "retail_sync_salesforce")


@tagged("post_install", "-at_install")
class TestDialogs(FakePlatformCase):
    """A dialog belongs to the user who opened it."""

    def dialogs(self):
        """Return the names of all dialogs that our addons define."""
        return sorted(
            name
            for name, model in self.registry.items()
            if model._transient and not model._abstract and model._original_module in ADDONS
        )

    def test_every_dialog_has_the_rule_of_its_creator(self):
        missing = [
            name
            for name in self.dialogs()
            if not self.env["ir.rule"].search_count(
                [
                    ("model_id.model", "=", name),
                    ("groups", "=", False),
                    ("domain_force", "=", "[('create_uid', '=', user.id)]"),
                    *((f"perm_{operation}", "=", True) for operation in ("read", "write", "create", "unlink")),
                ]
            )
        ]
        self.assertGreater(len(self.dialogs()), 15)
        self.assertEqual(missing, [], "a rule in security/rules_wizards.xml")

    def test_a_colleague_reads_no_open_dialog(self):
        owner, other = self.make_user("owner", "group_manager"), self.make_user("other", "group_manager")
        first = self.env["res.partner"].create({"name": "Geheim Eins", "email": "eins@geheim.example"})
        second = self.env["res.partner"].create({"name": "Geheim Zwei", "email": "zwei@geheim.example"})
        wizard = (
            self.env["retail.sync.merge.wizard"]
            .with_user(owner)
            .create({"partner_ids": [(6, 0, (first | second).ids)], "survivor_id": first.id})
        )
        self.env.flush_all()
        self.assertTrue(wizard.line_ids)
        for records in (wizard, wizard.line_ids):
            seen = records.with_user(other)
            seen.invalidate_model()
            self.assertFalse(seen.search([]))
            self.assertFalse(seen.search_read([("id", "in", records.ids)]))
            for refused in (
                lambda seen=seen: seen.read(),
                lambda seen=seen: seen.web_read({"display_name": {}}),
                lambda seen=seen: seen.write({"reason": "x"}),
                lambda seen=seen: seen.unlink(),
            ):
                with self.assertRaises(AccessError):
                    refused()
        with self.assertRaises(AccessError):
            wizard.with_user(other).action_merge()
        self.assertEqual(wizard.with_user(owner).search([("id", "=", wizard.id)]), wizard)

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.retail_sync.tests.common import FakePlatformCase

ROLES = ("group_agent", "group_supervisor", "group_service_manager", "group_refund_finance")


@tagged("post_install", "-at_install")
class TestServiceViews(FakePlatformCase):
    """The screens of the service desk open for each of its roles, empty as well."""

    def setUp(self):
        super().setUp()
        self.users = {role: self.make_user(role, f"retail_sync_helpdesk.{role}") for role in ROLES}

    def actions_of(self, user):
        """Return the window actions of the addon behind the menu items that a user sees."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        found = [menu["action_id"] for menu in menus.values() if menu.get("action_model") == "ir.actions.act_window"]
        actions = self.env["ir.actions.act_window"].browse(sorted(set(found)))
        names = actions.get_external_id()
        return actions.filtered(lambda action: names[action.id].startswith("retail_sync_helpdesk."))

    def test_each_role_has_its_menus(self):
        seen = {role: set(self.actions_of(user).mapped("res_model")) for role, user in self.users.items()}
        self.assertIn("retail.sync.return", seen["group_agent"])
        self.assertIn("retail.sync.approval", seen["group_supervisor"])
        self.assertNotIn("retail.sync.api.key", seen["group_supervisor"])
        self.assertIn("retail.sync.api.key", seen["group_service_manager"])
        self.assertIn("retail.sync.policy", seen["group_service_manager"])
        self.assertIn("retail.sync.refund", seen["group_refund_finance"])

    def test_the_warehouse_sees_returns_and_nothing_else(self):
        user = self.make_user("stock", "stock.group_stock_user")
        self.assertEqual(self.actions_of(user).mapped("res_model"), ["retail.sync.return"])

    def test_every_view_opens_with_its_records(self):
        for user in self.users.values():
            for action in self.actions_of(user):
                model = self.env[action.res_model].with_user(user)
                for view_type in [*action.view_mode.split(","), "search"]:
                    arch = model.get_view(False, view_type)["arch"]
                    names = {node.get("name") for node in etree.fromstring(arch).xpath("//field[not(ancestor::field)]")}
                    if view_type in ("list", "form") and not model._transient:
                        model.search([], limit=3).read(sorted(names & model._fields.keys()))

    def test_every_list_says_what_it_is_for_and_can_be_filtered_and_grouped(self):
        for user in self.users.values():
            for action in self.actions_of(user):
                model = self.env[action.res_model].with_user(user)
                if model._transient:
                    continue
                self.assertTrue(action.help, f"{action.name}: says nothing when it is empty")
                search = etree.fromstring(model.get_view(action.search_view_id.id or False, "search")["arch"])
                self.assertTrue(search.xpath("//filter"), action.name)
                for node in search.xpath("//group/filter"):
                    field = safe_eval(node.get("context"), {"uid": user.id})["group_by"]
                    model.formatted_read_group([], [field], ["__count"])
                for node in search.xpath("//filter[@domain]"):
                    model.search_count(safe_eval(node.get("domain"), {"uid": user.id}))

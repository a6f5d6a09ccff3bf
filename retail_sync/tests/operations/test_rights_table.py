from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ...domain.security import rights_table
from ...domain.security.rights_table import CALL, READ, WRITE
from ...models.audit import trail
from ...models.milestone import evaluation, looks
from .. import rights_walk
from ..commerce_case import CommerceCase
from ..rights_world import World

GROUPS = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "user": "base.group_user",
    "sales": "sales_team.group_sale_salesman_all_leads",
    "operator": "retail_sync.group_operator",
    "steward": "retail_sync.group_steward",
    "manager": "retail_sync.group_manager",
    "auditor": "retail_sync.group_auditor",
    "integration": "retail_sync.group_integration",
    "block": "retail_sync.group_account_block",
    "override": "retail_sync.group_account_block_override",
    "settings": "base.group_system",
}

NO_ORDER = 2_000_000_000


@tagged("post_install", "-at_install")
class TestRightsTable(CommerceCase):
    """The table of rights is true and complete: every model, field and method of the addons, for every kind of user."""

    entities = ()
    maxDiff = None  # each line is a right to correct

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env["res.users"].with_context(no_reset_password=True)
        cls.users = {
            role: users.create({"name": role, "login": f"rights_{role}", "group_ids": [(6, 0, cls.env.ref(group).ids)]})
            for role, group in GROUPS.items()
        }

    def setUp(self):
        super().setUp()
        partner = self.customer
        order = self.sold()
        # Of no order: whoever may see the look may open it, and whether the order can be read is a right of the order.
        looks.schedule(self.env, [NO_ORDER])
        self.world = World(
            self.env,
            res_partner=partner,
            res_company=self.env.company,
            res_users=self.users["user"],
            sale_order=order,
            retail_sync_audit=self.env["retail.sync.audit"].browse(trail.add(self.env, "export")),
            retail_sync_connection=self.connection,
            retail_sync_link=self.link("F1"),
            retail_sync_milestone_look=self.env["retail.sync.milestone.look"].search([("order_id", "=", NO_ORDER)]),
            retail_sync_milestone=self.env["retail.sync.milestone"].search([("res_id", "=", order.id)], limit=1),
        )

    def sold(self):
        """Return an order that was shipped, billed and paid: documents of Odoo that have fields and buttons of ours."""
        order = self.make_order([(self.make_product(), 1)])
        self.ship(order)
        self.pay(self.invoice(order))
        evaluation.evaluate(self.env, order.ids)
        return order

    @mute_logger("odoo.sql_db")  # an attempt with nothing to write is refused by the database, not by a right
    def test_the_table_lists_what_each_user_may_do_and_nothing_else(self):
        names = rights_walk.touched_models(self.env)
        measured = rights_walk.Walk(self.env, self.users, self.world).measure(names)
        measured = {key: roles for key, roles in measured.items() if roles or key[1] == READ}
        fields = {}
        for name, right, member in measured:
            fields.setdefault((name, right), []).append(member)
        table = rights_table.declared(self._rows(), fields)
        self.assertEqual(rights_table.differences(measured, table), [], "correct security/rights.csv, or the right")

    def _rows(self):
        """Return the rows of the tables of all installed addons."""
        rows = []
        made = {self.env.registry[name]._original_module for name in rights_walk.our_models(self.env)}
        # The engine's fields on tickets have the engine's rights.
        for addon in sorted(made | ({rights_walk.SERVICE_DESK} if "helpdesk.ticket" in self.env else set())):
            with file_open(f"{addon}/security/rights.csv") as table:
                rows += rights_table.parse(table.read())
        return rows

    @mute_logger("odoo.sql_db")
    def test_the_walk_sees_fields_methods_and_records(self):
        """A walk that finds nothing would agree with an empty table."""
        names = rights_walk.touched_models(self.env)
        self.assertIn("retail.sync.message", names)
        self.assertIn("res.partner", names)
        self.assertIn("action_retry", rights_walk.our_methods(self.env, "retail.sync.message"))
        self.assertIn("action_sync_now", rights_walk.our_methods(self.env, "res.partner"))
        self.assertNotIn("write", rights_walk.our_methods(self.env, "res.partner"))
        walk = rights_walk.Walk(self.env, {"manager": self.users["manager"]}, self.world)
        measured = walk.measure(["retail.sync.stream"])
        self.assertEqual(measured["retail.sync.stream", WRITE, "filter_text"], {"manager"})
        self.assertEqual(measured["retail.sync.stream", WRITE, "state"], frozenset())
        self.assertEqual(measured["retail.sync.stream", CALL, "action_pause"], {"manager"})

from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.retail_sync.domain.security import rights_table
from odoo.addons.retail_sync.domain.security.rights_table import READ
from odoo.addons.retail_sync.tests import rights_walk
from odoo.addons.retail_sync.tests.commerce_case import CommerceCase
from odoo.addons.retail_sync.tests.rights_world import World

ADDON = "retail_sync_helpdesk"
PANEL = "retail.sync.service.panel"
# What the required fields of a model do not say.
VALUES = {
    "retail.sync.action": {"actor_reference": "user/1", "state": "waiting"},
    "retail.sync.policy": {"name": "Rights"},
    "retail.sync.refund.close": {"payment_id": False},
    "retail.sync.policy.method": {"method": "credit"},
    "retail.sync.policy.version": {"number": 99},
    "retail.sync.reason": {"code": "rights_reason", "name": "Rights"},
}
_ASKED = {"action": "cancel_order", "reason": "other"}
# Arguments of methods that take some; the name of a model stands for the id of its record.
ARGUMENTS = {
    (PANEL, "overview"): ["helpdesk.ticket"],
    (PANEL, "order"): ["helpdesk.ticket", "sale.order"],
    (PANEL, "verdict"): ["helpdesk.ticket", "sale.order", "cancel_order", "other"],
    (PANEL, "preview"): ["helpdesk.ticket", "sale.order", _ASKED],
    (PANEL, "submit"): ["helpdesk.ticket", "sale.order", {"request": _ASKED, "token": "x"}, "key"],
    (PANEL, "follow"): ["helpdesk.ticket", "uuid"],
    ("retail.sync.action", "preview_for_screen"): ["sale.order", _ASKED],
    ("retail.sync.action", "submit_for_screen"): ["sale.order", _ASKED, "x", "key"],
}


def is_ours(module):
    return module == ADDON


def refuses(answer):
    """Return whether an answer to the panel says that the user lacks the right."""
    problem = answer.get("problem") if isinstance(answer, dict) else None
    return bool(problem) and problem.get("code") == "scope_missing"


@tagged("post_install", "-at_install")
class TestServiceRights(CommerceCase):
    """The table of the service desk's rights is true and complete: every model, field and method, for every user."""

    entities = ()
    maxDiff = None  # each line is a right to correct

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open(f"{ADDON}/security/service_roles.csv") as listed:
            cls.roles = rights_table.parse_roles(listed.read())
        users = cls.env["res.users"].with_context(no_reset_password=True)
        cls.users = {
            role: users.create({"name": role, "login": f"rights_{role}", "group_ids": [(6, 0, cls.env.ref(group).ids)]})
            for role, group in cls.roles.groups.items()
        }

    def setUp(self):
        super().setUp()
        buyer = self.env["res.partner"].create({"name": "Verdi Spa", "email": "verdi@example.com"})
        # Whether a right lets a user try is asked, so that documents need not have got far.
        order = self.make_order([(self.make_product(stock=None), 1)], buyer, confirm=False)
        bill = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": buyer.id, "invoice_line_ids": [(0, 0, {"name": "Shirt"})]}
        )
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Rights", "description": "-", "partner_id": buyer.id, "partner_email": buyer.email}
        )
        self.world = World(
            self.env,
            ours=is_ours,
            values=VALUES,
            given=ARGUMENTS,
            res_partner=buyer,
            res_company=self.env.company,
            res_currency=self.env.company.currency_id,
            res_users=self.users["user"],
            res_groups=self.env.ref(self.roles.groups["supervisor"]),
            sale_order=order,
            account_move=bill,
            helpdesk_ticket=ticket,
        )

        # Each key has one row of these, made with it.
        key = self.world.record("retail.sync.api.key", self.env.user).sudo()
        for name in ("retail.sync.api.key.use", "retail.sync.api.key.journal"):
            self.world.made[name] = self.env[name].sudo().search([("key_id", "=", key.id)])

    def walk(self, users, names):
        return rights_walk.Walk(self.env, users, self.world, is_ours, refuses).measure(names)

    @mute_logger("odoo.sql_db")  # an attempt with nothing to write is refused by the database, not by a right
    def test_the_table_lists_what_each_user_may_do_and_nothing_else(self):
        names = rights_walk.touched_models(self.env, is_ours)
        measured = self.walk(self.users, names)
        measured = {key: roles for key, roles in measured.items() if roles or key[1] == READ}
        fields = {}
        for name, right, member in measured:
            fields.setdefault((name, right), []).append(member)
        with file_open(f"{ADDON}/security/service_rights.csv") as listed:
            table = rights_table.declared(rights_table.parse(listed.read(), self.roles), fields)
        differences = rights_table.differences(measured, table, self.roles)
        self.assertEqual(differences, [], "correct security/service_rights.csv, or the right")

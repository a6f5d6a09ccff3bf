import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import FakePlatformMixin

SECRET = "Suspected fraud: lawyer informed"
STAFF_FIELDS = (
    "account_block",
    "account_block_reason",
    "account_block_uid",
    "account_block_since",
    "account_block_until",
    "account_blocked",
    "account_block_banner",
    "sync_state",
    "sync_error",
    "sync_next_step",
    "sync_waiting",
    "sync_external_ids",
    "sync_platform_name",
    "sync_message_count",
    "sync_locked",
    "sync_locked_text",
    "sync_taken_back",
    "sync_credit_state",
    "sync_credit_reason",
    "sync_amount_due",
    "sync_overdue_amount",
    "retail_sync_merge_notice",
    "retail_sync_merge_count",
)
ORDER_FIELDS = ("account_block_note", "credit_hold_note", "is_stopped")


@tagged("post_install", "-at_install")
class TestPortalFields(FakePlatformMixin, HttpCase):
    """A customer reads nothing that staff wrote about it; staff read what their work needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "a_portal_customer", groups="base.group_portal")
        cls.partner = cls.portal.partner_id
        cls.partner.sudo()._block_account(SECRET)
        cls.env["retail.sync.message"].create(
            {
                "connection_id": cls.connection.id,
                "kind": "record",
                "external_id": "P1",
                "res_model": "res.partner",
                "res_id": cls.partner.id,
                "fault_message": "The platform refused a value",
            }
        )
        product = cls.env["product.product"].create({"name": "Chair", "type": "service", "list_price": 10})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
                "state": "sent",
            }
        )

    def rpc(self, model, method, *args, **kwargs):
        body = {"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}}
        headers = {"Content-Type": "application/json"}
        answer = self.url_open("/web/dataset/call_kw", data=json.dumps(body), headers=headers).json()
        return answer.get("result"), json.dumps(answer.get("error") or "")

    def test_a_customer_reads_no_field_that_staff_wrote_over_rpc(self):
        self.authenticate("a_portal_customer", "a_portal_customer")
        partner = self.rpc("res.partner", "read", [self.partner.id], ["name"])[0]
        self.assertTrue(partner, "the customer may read its record as such")
        for model, res_id, names in (
            ("res.partner", self.partner.id, STAFF_FIELDS),
            ("sale.order", self.order.id, ORDER_FIELDS),
        ):
            shown = self.rpc(model, "fields_get")[0] or {}
            for name in names:
                self.assertNotIn(name, shown)
                result, error = self.rpc(model, "read", [res_id], [name])
                self.assertFalse(result, f"{model}.{name} is read")
                self.assertNotIn("fraud", error)
        for domain in (
            [["account_block_reason", "ilike", "fraud"]],
            [["account_blocked", "=", True]],
            [["sync_state", "=", "attention"]],
            [["sync_external_ids", "ilike", "P1"]],
        ):
            result, error = self.rpc("res.partner", "search_count", domain)
            self.assertIsNone(result, domain)
            self.assertIn("AccessError", error)
        everything = self.rpc("res.partner", "read", [self.partner.id])
        self.assertNotIn("fraud", str(everything))
        self.assertNotIn("refused a value", str(everything))

    def test_the_portal_page_of_a_stopped_order_says_whom_to_contact(self):
        self.authenticate("a_portal_customer", "a_portal_customer")
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn("Please contact", page)
        self.assertNotIn("fraud", page)

    def readable(self, login, *groups):
        user = new_test_user(self.env, login, groups=",".join(groups))
        return set(self.partner.with_user(user).fields_get()) & set(STAFF_FIELDS), self.partner.with_user(user)

    def test_a_plain_user_sees_that_a_customer_is_blocked_and_not_why(self):
        names, partner = self.readable("plain", "base.group_user")
        self.assertTrue(partner.account_blocked)
        for name in ("account_block_reason", "account_block_banner", "sync_error", "sync_waiting", "sync_external_ids"):
            self.assertNotIn(name, names)
            with self.assertRaises(AccessError):
                partner.read([name])
        for name in ("account_block_reason", "sync_external_ids"):
            with self.assertRaises(AccessError, msg=name):
                partner.search([(name, "ilike", "fraud")])
        with self.assertRaises(AccessError):
            partner.formatted_read_group([], ["account_block_reason"], ["__count"])

    def test_a_salesman_reads_the_banner_and_no_error_of_the_sync(self):
        names, partner = self.readable("seller", "sales_team.group_sale_salesman_all_leads")
        self.assertIn("fraud", partner.account_block_banner)
        self.assertLessEqual({"account_blocked", "account_block_banner", "sync_state"}, names)
        self.assertFalse({"account_block_reason", "account_block_uid", "sync_error", "sync_external_ids"} & names)

    def test_who_blocks_reads_the_reason_and_who_syncs_reads_the_error(self):
        names, partner = self.readable("blocker", "retail_sync.group_account_block")
        self.assertEqual(partner.account_block_reason, SECRET)
        self.assertNotIn("sync_error", names)
        _names, partner = self.readable("an_operator", "retail_sync.group_operator")
        self.assertEqual(partner.sync_error, "The platform refused a value")

    def test_forms_and_lists_open_for_every_internal_user(self):
        for login, groups in (
            ("plain", "base.group_user"),
            ("seller", "sales_team.group_sale_salesman"),
            ("an_operator", "retail_sync.group_operator"),
        ):
            user = new_test_user(self.env, f"opens_{login}", groups=groups)
            for view_type in ("form", "list", "search"):
                views = self.env["res.partner"].with_user(user).get_views([(False, view_type)])
                self.assertTrue(views["views"][view_type]["arch"])

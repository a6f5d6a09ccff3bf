from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestShippedLines(OutboundCase):
    """A stream made before an update gets the mappings that came with it."""

    def setUp(self):
        super().setUp()
        self.customer = self.linked_firm("F1", name="Rossi Srl")
        self.customer.website = "https://rossi.example"
        self.firms.map_ids.filtered(lambda line: line.canonical_field in ("website", "vat")).unlink()
        self.send()

    def test_only_what_is_missing_is_added(self):
        self.firms.map_ids.filtered(lambda line: line.canonical_field == "phone").write(
            {"remote_path": "our_phone", "active": False}
        )
        before = self.firms.with_context(active_test=False).map_ids
        self.firms.action_add_shipped_lines()
        added = self.firms.with_context(active_test=False).map_ids - before
        self.assertEqual(set(added.mapped("canonical_field")), {"website", "vat"})
        self.firms.action_add_shipped_lines()
        self.assertEqual(self.firms.with_context(active_test=False).map_ids, before | added)

    def test_what_the_platform_lacks_of_them_is_sent(self):
        self.assertNotEqual(self.remote("F1").get("website"), "https://rossi.example")
        self.firms.action_add_shipped_lines()
        self.firms.map_ids.filtered(lambda line: line.canonical_field == "website").direction = "both"
        self.run_jobs()
        self.send()
        self.assertEqual(self.remote("F1")["website"], "https://rossi.example")

    def test_only_a_manager_may(self):
        operator = self.make_user("operator", "group_operator")
        with self.assertRaises(AccessError):
            self.firms.with_user(operator).action_add_shipped_lines()

from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestTakenBack(OutboundCase):
    """An edit that the platform's value replaces is reported to the person who made it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "seller.taken.back", groups="base.group_partner_manager,sales_team.group_sale_salesman_all_leads"
        )
        cls.seller.partner_id.email = "seller@shop.example"

    def edits(self, partner):
        return self.env["retail.sync.taken.back"].search([("res_id", "=", partner.id)])

    def refused(self, sensitivity="internal", **edit):
        """Let the seller edit a firm whose web site belongs to the platform; return (customer, notices)."""
        self.ownership_rule("website", "remote", "owner_wins")
        self.env["retail.sync.ownership.rule"].search(
            [("canonical_field", "=", "website"), ("connection_id", "=", self.connection.id)]
        ).sensitivity = sensitivity
        partner = self.linked_firm(website="http://their.example", phone="+390432111111")
        partner.with_user(self.seller).write(edit or {"website": "http://ours.example"})
        notices = []
        with patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **_options: notices.append((user, kind, message)),
        ):
            self.send()
            self.poll()
            self.send()
        self.env.invalidate_all()
        return partner, [entry for entry in notices if entry[1] == "simple_notification"]

    def test_who_edits_a_field_of_the_platform_hears_that_the_edit_was_taken_back(self):
        """The value was back within seconds, and no word was said anywhere."""
        partner, notices = self.refused()
        self.assertEqual((partner.website, self.remote("F1")["website"]), ("http://their.example",) * 2)
        edit = self.edits(partner)
        self.assertEqual(
            edit.mapped(lambda found: (found.canonical_field, found.odoo_value, found.remote_value, found.reason)),
            [("website", "http://ours.example", "http://their.example", "remote_owns")],
        )
        self.assertEqual(edit.user_id, self.seller)
        [(user, _kind, message)] = notices
        self.assertEqual(user, self.seller)
        self.assertIn("http://ours.example was replaced by http://their.example", message["message"])
        self.assertIn("http://ours.example", partner.message_ids[0].body)
        self.assertEqual(partner.sync_taken_back, "Website")
        edit.action_seen()
        partner.invalidate_recordset()
        self.assertFalse(partner.sync_taken_back)

    def test_an_edit_that_counts_is_not_reported(self):
        partner, notices = self.refused(phone="+390432222222")
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
        self.assertFalse(self.edits(partner))
        self.assertFalse(notices)

    def test_values_of_a_sensitive_field_are_in_no_notice(self):
        partner, notices = self.refused("sensitive")
        self.assertTrue(self.edits(partner))
        self.assertNotIn("ours.example", str(notices) + partner.message_ids[0].body)

    def test_an_edit_that_lost_against_a_later_one_is_reported(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.with_user(self.seller).write({"phone": "+390432222222"})
        self.route()
        self.platform.now = max(self.outbox("pending")[-1:].sudo().changes.values()) + 60_000
        self.firm("F1", phone="+390432333333")
        self.poll()
        self.assertEqual(self.edits(partner).mapped("reason"), ["remote_later"])

    def test_values_are_for_stewards(self):
        partner, _notices = self.refused()
        operator, steward = (
            new_test_user(self.env, f"{name}.taken.back", groups=f"base.group_user,retail_sync.group_{name}")
            for name in ("operator", "steward")
        )
        edit = self.edits(partner).with_user(operator)
        self.assertTrue(edit.field_label)
        with self.assertRaises(AccessError):
            edit.read(["odoo_value"])
        self.assertIn("their.example", edit.with_user(steward).values_text)

    def test_fields_of_the_platform_are_read_only_on_linked_records(self):
        partner, _notices = self.refused()
        self.connection.stream_ids.write({"state": "live"})
        partner.invalidate_recordset()
        self.assertIn(",website,", partner.sync_locked)
        self.assertIn("Website", partner.sync_locked_text)
        self.assertNotIn(",phone,", partner.sync_locked)
        self.assertFalse(self.env["res.partner"].create({"name": "Unlinked"}).sync_locked)
        arch = etree.fromstring(self.env["res.partner"].with_user(self.seller).get_view(view_type="form")["arch"])
        [website] = arch.xpath("//field[@name='website'][not(ancestor::field)]")
        self.assertIn("',website,' in sync_locked", website.get("readonly"))
        [phone, *_others] = arch.xpath("//field[@name='phone'][not(ancestor::field)]")
        self.assertNotIn("sync_locked", phone.get("readonly") or "")
        self.assertTrue(arch.xpath("//field[@name='sync_locked']"))

    def test_lists_that_are_edited_and_forms_of_child_contacts_lock_the_same_fields(self):
        self.refused()
        self.connection.stream_ids.write({"state": "live"})
        view = self.env["ir.ui.view"].create(
            {
                "name": "list of several",
                "model": "res.partner",
                "arch": "<list multi_edit='1'><field name='name'/><field name='website'/><field name='phone'/></list>",
            }
        )
        partners = self.env["res.partner"].with_user(self.seller)
        arch = etree.fromstring(partners.get_view(view.id, "list")["arch"])
        self.assertIn("sync_locked", arch.xpath("/list/field[@name='website']")[0].get("readonly"))
        self.assertFalse(arch.xpath("/list/field[@name='phone']")[0].get("readonly"))
        self.assertTrue(arch.xpath("/list/field[@name='sync_locked']")[0].get("column_invisible"))
        view.arch = view.arch.replace('multi_edit="1"', "").replace("multi_edit='1'", "")
        arch = etree.fromstring(partners.get_view(view.id, "list")["arch"])
        self.assertFalse(arch.xpath("/list/field[@name='sync_locked']"))
        form = self.env["ir.ui.view"].create(
            {
                "name": "form with children",
                "model": "res.partner",
                "arch": "<form><field name='child_ids'><form><field name='website'/></form></field></form>",
            }
        )
        arch = etree.fromstring(partners.get_view(form.id, "form")["arch"])
        [website] = arch.xpath("//field[@name='child_ids']/form/field[@name='website']")
        self.assertIn("sync_locked", website.get("readonly"))
        self.assertTrue(arch.xpath("//field[@name='child_ids']/form/field[@name='sync_locked']"))

    def test_a_salesperson_sees_on_the_record_what_was_taken_back(self):
        partner, _notices = self.refused()
        arch = etree.fromstring(self.env["res.partner"].with_user(self.seller).get_view(view_type="form")["arch"])
        self.assertTrue(arch.xpath("//field[@name='sync_taken_back'][not(ancestor::page)]"))
        self.assertFalse(arch.xpath("//button[@name='action_sync_taken_back']"))
        self.assertIn("Website", partner.with_user(self.seller).sync_taken_back)
